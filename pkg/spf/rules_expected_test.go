package spf_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// TestExpectedRules demands that 192.0.2.1 passes and 192.0.2.9 does not.
func TestExpectedRules(t *testing.T) {
	t.Parallel()
	const (
		notPass = "spf-expected-sender-not-pass TXT example.com "
		pass    = "spf-unexpected-sender-pass TXT example.com "
	)
	for _, tt := range []struct {
		name, zone string
		want       []string
	}{
		{"as wanted", `@ TXT "v=spf1 ip4:192.0.2.1 -all"`, nil},
		{"neither fails nor passes", `@ TXT "v=spf1 ip4:192.0.2.1 ?all"`, nil},
		{"fail", `@ TXT "v=spf1 -all"`, []string{notPass + "-all"}},
		{"softfail", `@ TXT "v=spf1 ~all"`, []string{notPass + "~all"}},
		{"neutral by a term", `@ TXT "v=spf1 ?ip4:192.0.2.1 -all"`, []string{notPass + "?ip4:192.0.2.1"}},
		{"no term matches", `@ TXT "v=spf1 ip4:192.0.2.2"`, []string{notPass + "v=spf1 ip4:192.0.2.2"}},
		{"permerror", `@ TXT "v=spf1 ip4:192.0.2.1 x -all"`, []string{notPass + "x"}},
		{"no record", `@ A 192.0.2.1`, []string{notPass}},
		{"no domain", ``, []string{notPass}},
		{"no answer", ";! TIMEOUT example.com. TXT", nil},
		{"no answer for the one, no need of it for the other", "@ TXT \"v=spf1 ip4:192.0.2.9 include:a.example -all\"\n;! TIMEOUT a.example. TXT", []string{pass + "ip4:192.0.2.9"}},
		{"everybody", `@ TXT "v=spf1 +all"`, []string{pass + "+all"}},
		{"a network too wide", "@ TXT \"v=spf1 include:a.example -all\"\na.example. TXT \"v=spf1 ip4:192.0.2.0/28 -all\"", []string{pass + "include:a.example"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+tt.zone+"\n")
			if err != nil {
				t.Fatal(err)
			}
			query := func(ip string) []spf.Query {
				return []spf.Query{{IP: netip.MustParseAddr(ip), Domain: "example.com", Sender: "postmaster@example.com"}}
			}
			facts := spf.Inspect(t.Context(), zone, "example.com", spf.Options{Passing: query("192.0.2.1"), Failing: query("192.0.2.9")})
			var got []string
			for _, f := range lint.Run(spf.Rules(), facts) {
				if f.RuleID == "spf-expected-sender-not-pass" || f.RuleID == "spf-unexpected-sender-pass" {
					got = append(got, f.RuleID+" "+f.Subject()+" "+f.Span.Text())
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got)\n%s", diff)
			}
		})
	}
}
