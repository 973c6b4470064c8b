package check

import (
	"net/netip"
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
			if known := e.Client.IsValid() || e.Sender != nil; e.Guessed != known {
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
	if e.Client.String() != "192.0.2.9" || *e.Sender != sender || e.HELO != "" || e.Guessed {
		t.Errorf("%+v", e)
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
