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
				e.Sender, e.Guessed = &sender, append(e.Guessed, report.EnvelopeSender)
			}
		}
	}
	for _, field := range m.Named("Received") {
		helo, client, sure := receivedFrom(field.Value())
		if !sure {
			break
		}
		if !outside(client) {
			continue
		}
		if !e.Client.IsValid() {
			e.Client, e.Guessed = client, append(e.Guessed, report.EnvelopeClient)
		}
		if e.HELO == "" && helo != "" && e.Client == client {
			e.HELO, e.Guessed = helo, append(e.Guessed, report.EnvelopeHELO)
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
// says the message came from (RFC 5321, Section 4.4): "from NAME (RDNS [ADDRESS])". The
// client chooses the NAME, and a part of some comments: the address in a comment counts
// before a literal NAME. sure is false where comments hold several addresses.
func receivedFrom(value string) (helo string, client netip.Addr, sure bool) {
	rest, comments := fromClause(value)
	words := strings.Fields(rest)
	if len(words) < 2 || !strings.EqualFold(words[0], "from") {
		return "", client, true
	}
	helo = words[1]
	for _, comment := range comments {
		for _, addr := range addresses(comment) {
			if client.IsValid() && client != addr {
				return "", netip.Addr{}, false
			}
			client = addr
		}
		for _, word := range strings.Fields(comment) {
			if name, ok := strings.CutPrefix(word, "helo="); ok { // as Exim writes it
				helo = name
			}
		}
	}
	if literals := addresses(words[1]); !client.IsValid() && len(literals) == 1 {
		client = literals[0]
	}
	return helo, client, true
}

// fromClause returns a Received field up to "by": the text outside of comments, and the
// comments.
func fromClause(value string) (rest string, comments []string) {
	var outside strings.Builder
	for {
		before, after, found := strings.Cut(value, "(")
		before, by := beforeBy(before)
		outside.WriteString(before)
		outside.WriteByte(' ')
		if by || !found {
			return outside.String(), comments
		}
		end := commentEnd(after)
		comments = append(comments, after[:end])
		value = strings.TrimPrefix(after[end:], ")")
	}
}

// commentEnd returns the offset of the parenthesis that ends a comment, or of the end.
func commentEnd(text string) int {
	depth := 1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// beforeBy returns what stands before the word "by", if it is there.
func beforeBy(text string) (before string, found bool) {
	const space = " \t\r\n"
	for at := 0; at < len(text); {
		start := at + len(text[at:]) - len(strings.TrimLeft(text[at:], space))
		end := start + strings.IndexAny(text[start:], space)
		if end < start {
			break
		}
		if strings.EqualFold(text[start:end], "by") {
			return text[:start], true
		}
		at = end
	}
	return text, false
}

// addresses returns the address literals in a text, or the address that it is.
func addresses(text string) []netip.Addr {
	if addr, ok := literal(strings.TrimSpace(text)); ok {
		return []netip.Addr{addr}
	}
	var found []netip.Addr
	for {
		_, after, open := strings.Cut(text, "[")
		if !open {
			return found
		}
		text = after
		inside, _, _ := strings.Cut(text[:min(len(text), maxLiteral)], "]")
		if addr, ok := literal(inside); ok {
			found = append(found, addr)
		}
	}
}

// maxLiteral is more than the octets of any address literal.
const maxLiteral = 64

// literal reads an address as it stands between brackets (RFC 5321, Section 4.1.3).
func literal(text string) (addr netip.Addr, ok bool) {
	if len(text) > 5 && strings.EqualFold(text[:5], "IPv6:") {
		text = text[5:]
	}
	addr, err := netip.ParseAddr(text)
	return addr.Unmap(), err == nil && addr.Zone() == ""
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
