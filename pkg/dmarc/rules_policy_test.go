package dmarc

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

// TestPolicyAdvice wants the tags named that the policy for the domain is from (RFC 9989,
// Section 4.7): p at the record's own name, sp and else p where a name below it exists, np
// and else those where it does not. Where they are the same nobody asks whether the name
// exists, and both are named. sub exists, ghost does not.
func TestPolicyAdvice(t *testing.T) {
	t.Parallel()
	const (
		top, sub, ghost = "example.com", "sub.example.com", "ghost.example.com"
		on, end         = "Move on to ", " when the reports show that all your mail passes."
		use, lists      = "Use ", " if nobody writes to mailing lists from the domain."
	)
	for _, tt := range []struct{ name, record, span, hint string }{
		{top, "p=none", "p=none", on + "p=quarantine" + end},
		{top, "p=none; sp=reject; np=reject", "p=none", on + "p=quarantine" + end},
		{top, "p=quarantine; sp=none", "p=quarantine", use + "p=reject" + lists},
		{top, "p=reject; sp=none", "", ""},
		{sub, "p=none", "p=none", on + "p=quarantine" + end},
		{sub, "p=none; np=none", "p=none", on + "p=quarantine and np=quarantine" + end},
		{sub, "p=none; np=reject", "p=none", on + "p=quarantine" + end},
		{sub, "p=reject; sp=none", "sp=none", on + "sp=quarantine" + end},
		{sub, "p=reject; sp=none; np=none", "sp=none", on + "sp=quarantine and np=quarantine" + end},
		{sub, "p=none; sp=none; np=quarantine", "sp=none", on + "sp=quarantine" + end},
		{sub, "p=none; sp=quarantine", "sp=quarantine", use + "sp=reject" + lists},
		{sub, "p=quarantine; np=quarantine", "p=quarantine", use + "p=reject and np=reject" + lists},
		{sub, "p=none; sp=reject", "", ""},
		{sub, "p=reject; np=none", "", ""},
		{ghost, "p=reject; np=none", "np=none", on + "np=quarantine" + end},
		{ghost, "p=none; sp=none; np=quarantine", "np=quarantine", use + "np=reject" + lists},
		{ghost, "p=reject; sp=none", "sp=none", on + "sp=quarantine" + end},
		{ghost, "p=none", "p=none", on + "p=quarantine" + end},
		{ghost, "p=none; np=reject", "", ""},
	} {
		zone := ";! AUTHORITATIVE .\n$ORIGIN example.com.\nsub A 192.0.2.1\n_dmarc TXT \"v=DMARC1; " + tt.record + "; rua=mailto:a@example.com\"\n"
		span, hint := "", ""
		for _, found := range lint.Run([]rule{pNone, pQuarantine}, inspect(t, zone, tt.name, Options{})) {
			span, hint = span+found.Span.Text(), hint+found.Hint
		}
		if span != tt.span || hint != tt.hint {
			t.Errorf("%s of %q: %q: %s", tt.name, tt.record, span, hint)
		}
	}
}

// TestNoReports wants one thing said of a record without addresses: that it asks for
// nothing, or that nobody learns what it asks for. Policies for names below a subdomain's
// record are not in force (RFC 9989, Section 4.7); without an answer from above that is
// not known.
func TestNoReports(t *testing.T) {
	t.Parallel()
	const (
		above   = "_dmarc TXT \"v=DMARC1; p=none; rua=mailto:a@example.com\"\n"
		silent  = ";! TIMEOUT _dmarc.example.com. TXT\n"
		nothing = "dmarc-p-none-no-rua"
		missing = "dmarc-rua-missing"
	)
	for _, tt := range []struct {
		name, record, above string
		want                []string
	}{
		{"none", "p=none", "", []string{nothing}},
		{"reject", "p=reject", "", []string{missing}},
		{"reject below", "p=none; sp=reject", "", []string{missing}},
		{"reject what does not exist", "p=none; np=reject", "", []string{missing}},
		{"nothing below either", "p=none; sp=none; np=none", "", []string{nothing}},
		{"reject below, not in force", "p=none; sp=reject", above, []string{nothing}},
		{"reject, organization not known", "p=reject", silent, []string{missing}},
		{"reject below, organization not known", "p=none; sp=reject", silent, nil},
		{"none, organization not known", "p=none", silent, []string{nothing}},
	} {
		zone := ";! AUTHORITATIVE .\n$ORIGIN example.com.\n_dmarc.sub TXT \"v=DMARC1; " + tt.record + "\"\n" + tt.above
		var got []string
		for _, found := range lint.Run(RecordRules(), inspect(t, zone, "sub.example.com", Options{})) {
			if slices.Contains([]string{nothing, missing}, found.RuleID) {
				got = append(got, found.RuleID)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}
