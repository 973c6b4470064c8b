package check

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/report"
)

// TestMessageRules states what is found in a message by what is known of its
// delivery. The signature is that of ../../cmd/authcheck/testdata/mail/expired.eml,
// which was good until 2026-11-28T10:00:00Z.
func TestMessageRules(t *testing.T) {
	t.Parallel()
	const signer = `s1._domainkey.example.com. TXT "v=DKIM1; k=ed25519; p=mf+HX2ct/Lua43Rd+j1h42aA887W1csN86GIQXkUQQI="` + "\n"
	zone, err := lookup.ParseZone("zone", ";! AUTHORITATIVE .\n"+signer+`_dmarc.example.com. TXT "v=DMARC1; p=reject"
mail.example.com. TXT "v=spf1 ip4:192.0.2.1 -all"
mail.example.net. TXT "v=spf1 ip4:192.0.2.1 -all"
`)
	if err != nil {
		t.Fatal(err)
	}
	m, err := message.Open("../../cmd/authcheck/testdata/mail/expired.eml")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	undated := *m
	undated.Fields = slices.DeleteFunc(slices.Clone(m.Fields), func(f message.Field) bool { return f.Is("Received") })
	text := "From: ann@example.com\n\nHello\n"
	unsigned, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	null, someone, other := "", "bounce@example.org", "bounce@mail.example.net"
	client := netip.MustParseAddr("192.0.2.1")
	for _, tt := range []struct {
		name     string
		m        *message.Message
		envelope report.Envelope
		at       time.Time
		want     []string
	}{
		{"in time, SPF not checked", m, report.Envelope{}, time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC), []string{"notice dkim-pass", "notice dkim-sig-ed25519-unverifiable-note", "notice dkim-sig-from-not-oversigned", "notice dmarc-result-pass"}},
		{"expired", m, report.Envelope{Client: client, HELO: "mail.example.com", Sender: &someone}, time.Time{},
			[]string{"error dkim-sig-expired", "error dmarc-result-fail", "notice dmarc-disposition", "notice spf-dmarc-unalignable", "warning spf-result-none"}},
		{"expired by now", &undated, report.Envelope{Client: client, HELO: "mail.example.com", Sender: &someone}, time.Time{},
			[]string{"notice dkim-sig-expired", "notice dmarc-disposition", "notice spf-dmarc-unalignable", "warning dmarc-result-fail", "warning spf-result-none"}},
		{"SPF not checked", unsigned, report.Envelope{}, time.Time{}, []string{"notice dmarc-disposition", "warning dkim-unsigned", "warning dmarc-result-fail"}},
		{"a HELO name that passes is no identifier", unsigned, report.Envelope{Client: client, HELO: "mail.example.net", Sender: &someone}, time.Time{},
			[]string{"error dmarc-result-fail", "notice dmarc-disposition", "notice spf-dmarc-unalignable", "warning dkim-unsigned", "warning spf-result-none"}},
		{"but for a bounce", unsigned, report.Envelope{Client: client, HELO: "mail.example.net", Sender: &null}, time.Time{},
			[]string{"error dmarc-result-fail", "notice dmarc-disposition", "notice spf-null-sender-uses-helo", "warning dkim-unsigned", "warning dmarc-spf-not-aligned"}},
		{"an aligned HELO name of a bounce", unsigned, report.Envelope{Client: client, HELO: "mail.example.com", Sender: &null}, time.Time{},
			[]string{"notice dmarc-pass-by-spf-only", "notice dmarc-result-pass", "notice spf-null-sender-uses-helo", "warning dkim-unsigned"}},
		{"a sender of another domain", unsigned, report.Envelope{Client: client, HELO: "mail.example.com", Sender: &other}, time.Time{},
			[]string{"error dmarc-result-fail", "notice dmarc-disposition", "warning dkim-unsigned", "warning dmarc-spf-not-aligned"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := MessageRequest{Envelope: tt.envelope, At: tt.at, Now: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
			var got []string
			for _, found := range Message(t.Context(), zone, tt.m, q, Options{}).Findings {
				// What is said of the form and of chains is for other tests.
				if found.RuleID != "arc-none" && !strings.HasPrefix(found.RuleID, "msg-") {
					got = append(got, found.Severity.String()+" "+found.RuleID)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
