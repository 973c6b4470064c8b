package render

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

const dmarcZone = `;! AUTHORITATIVE .
;! SERVFAIL _dmarc.slow.example. TXT
_dmarc.example.com. TXT "v=DMARC1; p=reject; sp=quarantine; np=reject; t=y; rua=mailto:dmarc@example.com,mailto:d@report.example"
example.com. MX 10 mail.example.com.
report.example. MX 10 mail.report.example.
`

// dmarcFixtures returns a good domain, one that inherits with a verdict, one under
// the older standard, one without answer and a text.
func dmarcFixtures(t *testing.T) []*report.Report {
	t.Helper()
	zone, err := lookup.ParseZone("dmarc.zone", dmarcZone)
	if err != nil {
		t.Fatal(err)
	}
	gather := func(domain string, standard dmarc.Standard, identifiers ...dmarc.Identifier) *report.Report {
		results := dmarc.Results{DKIM: identifiers}
		facts := dmarc.Inspect(t.Context(), lookup.NewCache(zone, 0), domain, dmarc.Options{Standard: standard, Identifiers: results.Domains()})
		r := &report.Report{Target: domain, Kind: report.Domain, Results: report.Results{DMARC: facts}}
		if len(identifiers) > 0 {
			result := dmarc.Evaluate(facts, results)
			r.Results.DMARCResult = &result
		}
		return r
	}
	inherits := gather("shop.example.com", "", dmarc.Identifier{Result: "pass", Domain: "example.net"})
	inherits.Findings = []lint.Finding{{RuleID: "dmarc-sp-weaker", Severity: lint.Warning, Span: inherits.Results.DMARC.Record.Tag("sp").Span,
		Message: "weaker", Hint: "leave it out", Ref: "RFC 9989, Section 4.7"}}
	old := gather("shop.example.com", dmarc.RFC7489, dmarc.Identifier{Result: "pass", Domain: "example.com"})
	unknown := gather("slow.example", "", dmarc.Identifier{Result: "pass", Domain: "slow.example"})
	unknown.Unknown = []report.Question{{Question: "TXT _dmarc.slow.example", Reason: "servfail", Rule: "dns-servfail"}}
	text := &report.Report{Target: "text", Kind: report.Text, Results: report.Results{DMARC: dmarc.InspectText(lint.NewSource("text", "p=none"))}}
	return []*report.Report{gather("example.com", ""), inherits, old, unknown, text}
}

// TestDMARCGolden compares what reports about DMARC look like with files; -update
// rewrites them.
func TestDMARCGolden(t *testing.T) {
	for file, format := range map[string]Format{"dmarc.txt": Text, "dmarc.json": JSON} {
		got := rendered(t, format, Options{Version: "1.0.0"}, dmarcFixtures(t)...)
		golden(t, file, got)
		if format == JSON {
			validate(t, compiled(t, ""), got)
		}
	}
}

// TestPoliciesBelow wants no policy shown for names below a record that is not for
// them: those of a subdomain's record are ignored (RFC 9989, Section 4.7).
func TestPoliciesBelow(t *testing.T) {
	t.Parallel()
	const own = "_dmarc.mail.example.com. TXT \"v=DMARC1; p=reject; sp=none\"\n"
	for _, tt := range []struct {
		name, zone, text string
		want             wirePolicies
	}{
		{"of the organization", own, "policy reject, for names below it none", wirePolicies{Domain: "reject", Subdomain: "none", NonExistent: "none"}},
		{"below the organization", own + "_dmarc.example.com. TXT \"v=DMARC1; p=reject\"\n", "policy reject", wirePolicies{Domain: "reject"}},
		{"organization not known", own + ";! SERVFAIL _dmarc.example.com. TXT\n", "policy reject", wirePolicies{Domain: "reject"}},
	} {
		zone, err := lookup.ParseZone("dmarc.zone", ";! AUTHORITATIVE .\n"+tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		facts := dmarc.Inspect(t.Context(), lookup.NewCache(zone, 0), "mail.example.com", dmarc.Options{})
		if got := asked(facts); got != tt.text {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.text)
		}
		if diff := cmp.Diff(&tt.want, wireDMARCOf(report.Results{DMARC: facts}).Policies); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}
