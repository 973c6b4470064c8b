package spf_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// rfc7208 is the schema of the SPF suite (spf/1).
type rfc7208 struct {
	Scenarios []struct {
		Description string
		Zonefile    string
		Cases       []struct {
			ID, IP, Helo, MailFrom, Explanation string
			Result                              []string
		}
	}
}

// TestRFC7208 runs the public conformance suite. Cases that cannot pass stand in
// suite_exceptions.txt with a reason; one that passes all the same is a failure.
func TestRFC7208(t *testing.T) {
	dir := filepath.Join(suites.Dir(t), "spf")
	var suite rfc7208
	suites.ReadJSON(t, filepath.Join(dir, "rfc7208.json"), &suite)
	exceptions := readExceptions(t)
	passed, total := 0, 0
	for _, scenario := range suite.Scenarios {
		text, err := os.ReadFile(filepath.Join(dir, scenario.Zonefile))
		if err != nil {
			t.Fatal(err)
		}
		zone, err := lookup.ParseZone(scenario.Zonefile, string(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range scenario.Cases {
			total++
			ok := t.Run(c.ID, func(t *testing.T) {
				got := spf.Check(t.Context(), zone, spf.Query{IP: netip.MustParseAddr(c.IP), Sender: c.MailFrom, Helo: c.Helo})
				fault := ""
				if !slices.Contains(c.Result, string(got.Status)) {
					fault = "result " + string(got.Status) + ", want " + strings.Join(c.Result, " or ")
				} else if want := strings.TrimPrefix(c.Explanation, "DEFAULT"); got.Status == spf.Fail && got.Explanation != want {
					fault = "explanation " + got.Explanation + ", want " + want
				}
				if reason, listed := exceptions[c.ID]; listed && fault == "" {
					t.Errorf("passes, but suite_exceptions.txt lists it: %s", reason)
				} else if fault != "" && !listed {
					t.Errorf("%s (%v)", fault, got.Reason)
				}
			})
			if ok {
				passed++
			}
		}
	}
	t.Logf("spf/rfc7208: %d/%d", passed, total)
	if total < 203 {
		t.Errorf("the suite has 203 cases, %d were found", total)
	}
}

// readExceptions reads lines of "case reason".
func readExceptions(t *testing.T) map[string]string {
	data, err := os.ReadFile("suite_exceptions.txt")
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	exceptions := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if id, reason, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(id, "#") {
			exceptions[id] = reason
		}
	}
	return exceptions
}
