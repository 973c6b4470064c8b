package mailhost_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

// TestManyExchanges gives a domain 500 mail hosts without a reverse name: the first
// hundred are judged in full, and it is known that the others were not looked at.
func TestManyExchanges(t *testing.T) {
	t.Parallel()
	var zone strings.Builder
	zone.WriteString(";! AUTHORITATIVE .\n$ORIGIN example.com.\n")
	for i := range 500 {
		fmt.Fprintf(&zone, "@ MX %d m%d\nm%[2]d A 198.51.%d.%d\n", i, i, 100+i/250, i%250)
	}
	z, err := lookup.ParseZone("many.zone", zone.String())
	if err != nil {
		t.Fatal(err)
	}
	facts := mailhost.Inspect(t.Context(), z, "example.com", mailhost.Options{Parts: mailhost.Reverses})
	if facts.Cut != 400 {
		t.Errorf("%d hosts were left out, want 400", facts.Cut)
	}
	if n := len(facts.Reverses); n != 100 {
		t.Errorf("%d reverse names were asked for, want 100", n)
	}
	missing := 0
	for _, f := range lint.Run(mailhost.Rules(), facts) {
		if f.RuleID == "ptr-missing" {
			missing++
		}
	}
	if missing != 100 {
		t.Errorf("%d findings ptr-missing, want 100", missing)
	}
}
