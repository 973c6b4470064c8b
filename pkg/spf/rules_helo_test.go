package spf_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// TestHELORules wants every verdict on the HELO identity judged once, by these
// rules or by those about the verdicts of a record.
func TestHELORules(t *testing.T) {
	t.Parallel()
	const domain = "@ TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
	for _, tt := range []struct {
		name, zone, helo string
		want             []string
	}{
		{"pass", `mail TXT "v=spf1 ip4:192.0.2.1 -all"`, "mail.example.com", nil},
		{"fail", `mail TXT "v=spf1 -all"`, "mail.example.com", []string{"error helo-spf-fail TXT mail.example.com -all"}},
		{"softfail", `mail TXT "v=spf1 ~all"`, "mail.example.com", []string{"warning helo-spf-fail TXT mail.example.com ~all"}},
		{"neutral", `mail TXT "v=spf1 ?all"`, "mail.example.com", nil},
		{"no term matches", `mail TXT "v=spf1 ip4:192.0.2.2"`, "mail.example.com", nil},
		{"syntax", `mail TXT "v=spf1 ipv4:192.0.2.1 -all"`, "mail.example.com",
			[]string{"warning helo-spf-fail TXT mail.example.com ipv4:192.0.2.1"}},
		{"two records", "mail TXT \"v=spf1 a -all\"\nmail TXT \"v=spf1 mx -all\"", "mail.example.com",
			[]string{"warning helo-spf-fail TXT mail.example.com "}},
		{"no record", "mail A 192.0.2.1", "mail.example.com", []string{"notice helo-spf-missing TXT mail.example.com "}},
		{"no such name", "", "mail.example.com", nil},
		{"no answer", ";! TIMEOUT mail.example.com. TXT", "mail.example.com",
			[]string{"warning spf-result-temperror verdict on 192.0.2.1 for mail.example.com "}},
		{"literal", "", "[192.0.2.1]", nil},
		{"the domain itself", "", "example.com", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+domain+tt.zone+"\n")
			if err != nil {
				t.Fatal(err)
			}
			ip := netip.MustParseAddr("192.0.2.1")
			facts := spf.Inspect(t.Context(), zone, "example.com", spf.Options{Queries: []spf.Query{
				{IP: ip, Domain: "example.com", Sender: "postmaster@example.com", Helo: tt.helo},
				{Identity: spf.Helo, IP: ip, Domain: tt.helo, Sender: "postmaster@" + tt.helo, Helo: tt.helo},
			}})
			var got []string
			for _, f := range append(lint.Run(spf.ResultRules(), facts.Results), lint.Run(spf.Rules(), facts)...) {
				if f.Severity >= lint.Warning || f.RuleID == "helo-spf-missing" {
					got = append(got, f.Severity.String()+" "+f.RuleID+" "+f.Subject()+" "+f.Span.Text())
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got)\n%s", diff)
			}
		})
	}
}
