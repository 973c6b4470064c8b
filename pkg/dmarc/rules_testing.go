package dmarc

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// testingRules judge the tag t.
func testingRules() []rule { return []rule{testMode, testOfNothing, testConflict} }

// enforces reports whether one of the policies in force asks for something.
func (r *Record) enforces() bool {
	return None.Weaker(r.P) || None.Weaker(r.Subdomain()) || None.Weaker(r.NonExistent())
}

// enforces reports whether a policy asks for something that is known to be in force: for
// names below the record's own it need not be.
func (f *Facts) enforces() bool {
	return None.Weaker(f.Record.P) || f.Record.enforces() && f.Covers()
}

var testMode = tagRule("t", lint.Doc{
	ID: "dmarc-t-test-mode", Severity: lint.Warning,
	Title: "Test mode: the policy is not applied in full",
	Why:   "With t=y receivers apply each policy one level lower, reject as quarantine and quarantine as none. Receivers that keep to RFC 7489 do not know the tag and apply the policy in full.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; t=y"),
	Good:  example("v=DMARC1; p=reject; t=n"),
}, func(r *Record, t *Tag, report lint.ReportFunc) {
	for _, p := range [...]Policy{r.P, r.Subdomain(), r.NonExistent()} {
		if r.Testing && None.Weaker(p) {
			report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%s is applied as %s", p, p.lowered()), Hint: "Take t=y out when the test is over."})
			return
		}
	}
})

var testOfNothing = tagRule("t", lint.Doc{
	ID: "dmarc-t-without-policy", Severity: lint.Notice,
	Title: "Test mode of the policy none",
	Why:   "t=y lowers a policy by one level; below none there is nothing.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=none; t=y; rua=mailto:dmarc@example.com"),
	Good:  example("v=DMARC1; p=quarantine; t=y; rua=mailto:dmarc@example.com"),
}, func(r *Record, t *Tag, report lint.ReportFunc) {
	if r.Testing && !r.enforces() {
		report(lint.Finding{Span: t.Span, Message: "t=y has no effect on the policy none", Fix: removal(t)})
	}
})

var testConflict = tagRule("t", lint.Doc{
	ID: "dmarc-t-and-pct-conflict", Severity: lint.Notice,
	Title: "t and pct say different things",
	Why:   "New receivers read t and older ones pct. t=y goes with pct=0, t=n with pct=100 or none.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; t=y; pct=100"),
	Good:  example("v=DMARC1; p=reject; t=y; pct=0"),
}, func(r *Record, t *Tag, report lint.ReportFunc) {
	pct := r.valid("pct")
	if pct != "" && t.Err == nil && (r.Testing != (pct == "0")) && (r.Testing || strings.Trim(pct, "0123456789") == "" && pct != "100") {
		report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q and pct=%s say different things to new and old receivers", t.Span.Text(), pct), Hint: "Use t=y with pct=0, or leave both out."})
	}
})
