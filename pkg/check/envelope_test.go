package check

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/report"
)

func readMessage(t *testing.T, text string) *message.Message {
	t.Helper()
	m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestGuess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, header       string
		client, helo, from string // from: "-" where it is not known
	}{
		{"usual", "Return-Path: <b@a.example>\r\nReceived: from out.a.example (rdns.a.example [192.0.2.1])\r\n\tby mx.b.example; x\r\n", "192.0.2.1", "out.a.example", "b@a.example"},
		{"null sender", "Return-Path: <>\r\n", "invalid IP", "", ""},
		{"no path", "Return-Path: nobody\r\nReceived: by mx.b.example\r\n", "invalid IP", "", "-"},
		{"IPv6", "Received: from h ([IPv6:2001:db8::1]) by b\r\n", "2001:db8::1", "h", "-"},
		{"address literal alone", "Received: from [192.0.2.7] by b\r\n", "192.0.2.7", "[192.0.2.7]", "-"},
		{"hop within the host", "Received: from localhost (localhost [127.0.0.1]) by b\r\nReceived: from x (y [198.51.100.1]) by b\r\n", "198.51.100.1", "x", "-"},
		{"address of the receiver", "Received: from x by [192.0.2.9] for y\r\n", "invalid IP", "", "-"},
		{"topmost wins", "Received: from a ([192.0.2.1]) by b\r\nReceived: from c ([192.0.2.2]) by d\r\n", "192.0.2.1", "a", "-"},
		{"HELO that is an address", "Received: from [192.0.2.66] (unknown [203.0.113.9]) by b\r\n", "203.0.113.9", "[192.0.2.66]", "-"},
		{"HELO that is an address, hop within", "Received: from [198.51.100.1] ([10.0.0.1]) by b\r\n", "invalid IP", "", "-"},
		{"HELO with a comment", "Received: from x([192.0.2.66]) (unknown [203.0.113.9]) by b\r\nReceived: from z ([192.0.2.5]) by b\r\n", "invalid IP", "", "-"},
		{"identity with an address", "Received: from x (IDENT:[192.0.2.66]@h.evil.example [203.0.113.9]) by b\r\n", "invalid IP", "", "-"},
		{"quoted address", "Received: from x (\"[192.0.2.77]\" [203.0.113.9]) by b\r\n", "invalid IP", "", "-"},
		{"certificate with an address", "Received: from x (y [203.0.113.9])\r\n\t(Client CN \"[192.0.2.66]\", Issuer \"z\" (not verified))\r\n\tby b\r\n", "invalid IP", "", "-"},
		{"the same address twice", "Received: from x ([192.0.2.1] [192.0.2.1]) by b\r\n", "192.0.2.1", "x", "-"},
		{"by within a comment", "Received: from x (held by y [192.0.2.1]) by b ([192.0.2.2])\r\n", "192.0.2.1", "x", "-"},
		{"Exim with a literal", "Received: from [192.0.2.1] (helo=h.example)\r\n\tby b with esmtp\r\n", "192.0.2.1", "h.example", "-"},
		{"Exim with a name", "Received: from rdns.example ([192.0.2.1]:4711 helo=h.example)\r\n\tby b with esmtp\r\n", "192.0.2.1", "h.example", "-"},
		{"address without brackets", "Received: from x.example (192.0.2.1) by b with Microsoft SMTP Server\r\n", "192.0.2.1", "x.example", "-"},
		{"IPv6 without brackets", "Received: from x.example (2001:db8::1) by b\r\n", "2001:db8::1", "x.example", "-"},
		{"comment that does not end", "Received: from x (y [192.0.2.1] by b\r\n", "192.0.2.1", "x", "-"},
		{"no address", "Received: from x (y [not an address]) by b\r\nReceived: from\r\nReceived:\r\n", "invalid IP", "", "-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := guess(report.Envelope{}, readMessage(t, tt.header+"From: a@a.example\r\n\r\n"))
			from := "-"
			if e.Sender != nil {
				from = *e.Sender
			}
			if diff := cmp.Diff([]string{tt.client, tt.helo, tt.from}, []string{e.Client.String(), e.HELO, from}); diff != "" {
				t.Error(diff)
			}
			if known := e.Client.IsValid() || e.Sender != nil; (len(e.Guessed) > 0) != known {
				t.Errorf("guessed: %v", e.Guessed)
			}
		})
	}
}

// TestGuessLeavesWhatIsKnown completes an envelope of which half is known.
func TestGuessLeavesWhatIsKnown(t *testing.T) {
	t.Parallel()
	m := readMessage(t, "Return-Path: <b@a.example>\r\nReceived: from h ([192.0.2.1]) by b\r\n\r\n")
	sender := "known@a.example"
	e := guess(report.Envelope{Client: netip.MustParseAddr("192.0.2.9"), Sender: &sender}, m)
	if e.Client.String() != "192.0.2.9" || *e.Sender != sender || e.HELO != "" || e.Guessed != nil {
		t.Errorf("%+v", e)
	}
	e = guess(report.Envelope{Client: netip.MustParseAddr("192.0.2.1"), Sender: &sender}, m)
	if e.HELO != "h" || !slices.Equal(e.Guessed, []report.EnvelopePart{report.EnvelopeHELO}) {
		t.Errorf("of the client that is known: %+v", e)
	}
}

func TestReceivedAt(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Received: from a by b; Mon, 21 Sep 2026 14:13:50 +0200 (CEST)\r\n":                                      "2026-09-21T12:13:50Z",
		"Received: from a by b\r\nReceived: by c;\r\n\tTue, 22 Sep 2026 00:00:00 +0000\r\n":                      "2026-09-22T00:00:00Z",
		"Received: from a by b; soon\r\n":                                                                        "",
		"Received: by a; Tue, 22 Sep 2026 00:00:00 +0000\r\nReceived: by b; Wed, 23 Sep 2026 00:00:00 +0000\r\n": "2026-09-22T00:00:00Z",
		"": "",
	} {
		got := ""
		if at, ok := receivedAt(readMessage(t, header+"From: a@a.example\r\n\r\n")); ok {
			got = at.UTC().Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
