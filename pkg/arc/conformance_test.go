package arc_test

import (
	"path/filepath"
	"testing"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// TestVerifySuite runs the public suite of chains.
func TestVerifySuite(t *testing.T) {
	dir := filepath.Join(suites.Dir(t), "arc", "valimail-validation")
	var suite struct {
		Cases []struct{ ID, File, DNS, CV string }
	}
	suites.ReadJSON(t, filepath.Join(dir, "cases.json"), &suite)
	passed := 0
	for _, c := range suite.Cases {
		ok := t.Run(c.ID, func(t *testing.T) {
			var dns struct {
				Zone   map[string][]suites.Record
				Faults map[string]map[string]string
			}
			suites.ReadJSON(t, filepath.Join(dir, c.DNS), &dns)
			zone, err := lookup.ParseZone(c.DNS, suites.Zone(dns.Zone, dns.Faults))
			if err != nil {
				t.Fatal(err)
			}
			m, err := message.Open(filepath.Join(dir, c.File))
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			chain := arc.Verify(t.Context(), zone, m, arc.Options{})
			if string(chain.Status) != c.CV {
				t.Errorf("%s (i=%d: %v), want %s", chain.Status, chain.Instance, chain.Reason, c.CV)
			}
			if (chain.Reason != nil) != (chain.Status == arc.Fail) {
				t.Errorf("%s, reason %v", chain.Status, chain.Reason)
			}
			t.Logf("%s i=%d: %v", chain.Status, chain.Instance, chain.Reason)
		})
		if ok {
			passed++
		}
	}
	t.Logf("arc/valimail-validation: %d/%d", passed, len(suite.Cases))
	if len(suite.Cases) < 171 {
		t.Errorf("the suite has 171 cases, %d were found", len(suite.Cases))
	}
}
