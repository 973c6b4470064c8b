package check

import (
	"net/netip"
	"strings"
	"time"

	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/report"
)

// guess completes an envelope from the Received and Return-Path fields of a message.
// What is known already stays.
func guess(e report.Envelope, m *message.Message) report.Envelope {
	if e.Sender == nil {
		if paths := m.Named("Return-Path"); len(paths) > 0 {
			if sender, ok := returnPath(paths[0].Value()); ok {
				e.Sender, e.Guessed = &sender, true
			}
		}
	}
	if e.Client.IsValid() {
		return e
	}
	for _, field := range m.Named("Received") {
		helo, client := receivedFrom(field.Value())
		if !outside(client) {
			continue
		}
		e.Client, e.Guessed = client, true
		if e.HELO == "" {
			e.HELO = helo
		}
		break
	}
	return e
}

// returnPath returns the address of a Return-Path field, "" for the null sender (RFC
// 5322, Section 3.6.7).
func returnPath(value string) (address string, ok bool) {
	open, end := strings.IndexByte(value, '<'), strings.LastIndexByte(value, '>')
	if open < 0 || end < open {
		return "", false
	}
	address = strings.TrimSpace(value[open+1 : end])
	return address, address == "" || strings.Contains(address, "@")
}

// receivedFrom returns the name and the address of the host that a Received field
// says the message came from (RFC 5321, Section 4.4): "from NAME (RDNS [ADDRESS])".
func receivedFrom(value string) (helo string, client netip.Addr) {
	words := strings.Fields(value)
	if len(words) < 2 || !strings.EqualFold(words[0], "from") {
		return "", client
	}
	helo = words[1]
	for _, word := range words[1:] {
		if strings.EqualFold(word, "by") {
			break
		}
		_, literal, open := strings.Cut(word, "[")
		literal, _, closed := strings.Cut(literal, "]")
		if !open || !closed {
			continue
		}
		if len(literal) > 5 && strings.EqualFold(literal[:5], "IPv6:") {
			literal = literal[5:]
		}
		if addr, err := netip.ParseAddr(literal); err == nil && addr.Zone() == "" {
			return helo, addr.Unmap()
		}
	}
	return helo, client
}

// receivedAt returns the moment of the newest Received field with a date. ok is false
// where none has one.
func receivedAt(m *message.Message) (at time.Time, ok bool) {
	for _, field := range m.Named("Received") {
		if at, ok = message.ReceivedDate(field); ok {
			return at, true
		}
	}
	return at, false
}
