package dmarc

import (
	"errors"
	"fmt"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// TestTemporary holds unanswered questions to RFC 9989, Section 5.3.6: they count
// only where the verdict depends on them.
func TestTemporary(t *testing.T) {
	t.Parallel()
	const zone = `;! AUTHORITATIVE .
;! SERVFAIL _dmarc.com. TXT
;! SERVFAIL _dmarc.slow.example.com. TXT
;! SERVFAIL _dmarc.example.net. TXT
_dmarc.example.com. TXT "v=DMARC1; p=reject"
_dmarc.example.org. TXT "v=DMARC1; p=reject; sp=quarantine; np=none; psd=n"
;! SERVFAIL real.example.org. A
`
	tests := []struct {
		name, author string
		dkim         Identifier
		want         Status
		policy       Policy
	}{
		{"the same name", "example.com", Identifier{"pass", "example.com"}, StatusPass, Reject},
		{"below, and com may be the organization", "example.com", Identifier{"pass", "a.example.com"}, StatusTempError, Reject},
		{"no name in common", "example.com", Identifier{"pass", "example.net"}, StatusFail, Reject},
		{"outside of a known organization", "example.org", Identifier{"pass", "example.net"}, StatusFail, Reject},
		{"an aligned temporary error", "example.org", Identifier{"temperror", "example.org"}, StatusTempError, Reject},
		{"another temporary error", "example.org", Identifier{"temperror", "example.net"}, StatusFail, Reject},
		{"existence not known", "real.example.org", Identifier{"pass", "example.org"}, StatusPass, ""},
		{"no record known", "www.example.com", Identifier{"pass", "www.example.com"}, StatusTempError, ""},
		{"an address is no name", "example.org", Identifier{"pass", ""}, StatusFail, Reject},
	}
	for _, tt := range tests {
		results := Results{DKIM: []Identifier{tt.dkim}}
		got := Evaluate(inspect(t, zone, tt.author, Options{Identifiers: results.Domains()}), results)
		if got.Status != tt.want || got.Policy != tt.policy {
			t.Errorf("%s: %s (%v), policy %q", tt.name, got.Status, got.Reason, got.Policy)
		}
	}
}

// TestManyIdentifiers checks that signatures of many domains cost no more than a
// bounded number of walks, and that this is said.
func TestManyIdentifiers(t *testing.T) {
	t.Parallel()
	var results Results
	for i := range 3 * maxIdentifiers {
		results.DKIM = append(results.DKIM, Identifier{"pass", fmt.Sprintf("s%d.example.com", i)})
	}
	facts := inspect(t, ";! AUTHORITATIVE .\n_dmarc.a.example.com. TXT \"v=DMARC1; p=none\"\n_dmarc.example.com. TXT \"v=DMARC1; p=none\"\n"+
		zoneOfUnits(maxIdentifiers), "a.example.com", Options{Identifiers: results.Domains()})
	if len(facts.Walks) != maxIdentifiers || len(facts.Skipped) != 2*maxIdentifiers {
		t.Errorf("%d walks, %d skipped", len(facts.Walks), len(facts.Skipped))
	}
	if got := Evaluate(facts, results); got.Status != StatusTempError || !errors.Is(got.Reason, ErrTooManyIdentifiers) {
		t.Errorf("%s, %v", got.Status, got.Reason)
	}
}

// zoneOfUnits makes the first n signers organizations of their own.
func zoneOfUnits(n int) string {
	zone := ""
	for i := range n {
		zone += fmt.Sprintf("_dmarc.s%d.example.com. TXT \"v=DMARC1; p=none; psd=n\"\n", i)
	}
	return zone
}

// TestWildcard checks that a text which a wildcard puts everywhere is not reported
// as misplaced.
func TestWildcard(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]bool{
		"*.example.com. TXT \"v=spf1 -all\"":      false,
		"_dmarc.example.com. TXT \"v=spf1 -all\"": true,
	} {
		got := false
		for _, f := range lint.Run(RecordRules(), inspect(t, ";! AUTHORITATIVE .\n"+zone, "example.com", Options{})) {
			got = got || f.RuleID == "txt-misplaced-record"
		}
		if got != want {
			t.Errorf("%s: reported %v", zone, got)
		}
	}
}

// TestUnusable checks what an invalid policy without a report address comes to.
func TestUnusable(t *testing.T) {
	t.Parallel()
	facts := inspect(t, ";! AUTHORITATIVE .\n_dmarc.example.com. TXT \"v=DMARC1; p=reject; sp=block\"\n", "example.com", Options{})
	if got := Evaluate(facts, Results{}); got.Status != StatusPermError || got.Reason != ErrUnusable || got.Policy != "" {
		t.Errorf("%+v", got)
	}
	facts = Inspect(t.Context(), failing{}, "example.com", Options{})
	if got := Evaluate(facts, Results{}); got.Status != StatusTempError || !errors.Is(got.Reason, lookup.ErrTimeout) {
		t.Errorf("%+v", got)
	}
}
