package check_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/report"
)

func TestHostOpenQuestions(t *testing.T) {
	t.Parallel()
	const settle = "authcheck mx example.com @9.9.9.9"
	client := netip.MustParseAddr("192.0.2.1")
	for _, tt := range []struct {
		name, zone, domain string
		options            mailhost.Options
		target             string
		unknown, unchecked []report.Question
	}{
		{
			name: "one family fails", domain: "Example.COM", zone: "@ A 192.0.2.1\n;! TIMEOUT example.com. AAAA",
			options: mailhost.Options{Parts: mailhost.Addresses}, target: "example.com",
			unknown: []report.Question{{Question: "AAAA example.com", Reason: "timeout", Settle: settle, Rule: "dns-timeout"}},
		},
		{
			name: "name of a mail host fails", domain: "example.com", target: "example.com",
			zone:    "@ A 192.0.2.9\n@ MX 10 mail\nmail A 192.0.2.1\n;! SERVFAIL 1.2.0.192.in-addr.arpa. PTR",
			unknown: []report.Question{{Question: "PTR 1.2.0.192.in-addr.arpa", Reason: "servfail", Settle: settle, Rule: "dns-servfail"}},
		},
		{
			name: "no address to look at", domain: "example.com", zone: "@ MX 0 .", target: "example.com",
			options: mailhost.Options{Parts: mailhost.Reverses},
			unchecked: []report.Question{{Question: "reverse names of example.com", Reason: "no mail host with a public address is known",
				Settle: "authcheck ptr ADDRESS"}},
		},
		{
			name: "too many mail hosts", domain: "example.com", zone: "$GENERATE 1-600 @ MX 10 m$", target: "example.com",
			unchecked: []report.Question{{Question: "mail hosts of example.com", Reason: "too many questions for one domain"}},
		},
		{
			name: "address", options: mailhost.Options{Senders: []netip.Addr{client}}, target: "192.0.2.1",
		},
		{
			name: "HELO without a client", options: mailhost.Options{HELO: mailhost.ParseHELO("Mail.example.com")}, target: "Mail.example.com",
			zone: "mail A 192.0.2.1",
			unchecked: []report.Question{{Question: "whether the client is mail.example.com", Reason: "no client address was given",
				Settle: "authcheck helo Mail.example.com --ip ADDRESS"}},
		},
		{
			name: "HELO without a name", options: mailhost.Options{HELO: mailhost.ParseHELO("")}, target: "(empty)",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+tt.zone+"\n")
			if err != nil {
				t.Fatal(err)
			}
			r := check.Host(t.Context(), zone, check.HostRequest{Domain: tt.domain, Options: tt.options}, check.Options{Settle: settle})
			if r.Target != tt.target {
				t.Errorf("target %q, want %q", r.Target, tt.target)
			}
			if diff := cmp.Diff(tt.unknown, r.Unknown); diff != "" {
				t.Errorf("unknown (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.unchecked, r.Unchecked); diff != "" {
				t.Errorf("not checked (-want +got)\n%s", diff)
			}
		})
	}
}
