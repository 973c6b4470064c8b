package dkim_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/message"
)

// explained are the messages of the suites that fail for a cause that can be
// confirmed, with the cause that the one who changed them gives.
var explained = map[string]dkim.Cause{
	"rfc6376-a2-folding-changed":             dkim.Refolded,
	"rfc8463-a3-date-added":                  dkim.FieldAdded,
	"oversigned-added-header":                dkim.FieldAdded,
	"added-header-below":                     dkim.FieldAdded,
	"header-refolded-simple":                 dkim.Refolded,
	"header-name-case-simple":                dkim.Refolded,
	"body-trailing-space-lines-added-simple": dkim.BlankLines,
	"b-flipped":                              dkim.NotThisKey,
	"b-truncated":                            dkim.NotThisKey,
	"b-of-zeros":                             dkim.NotThisKey,
	"badkey2_ed25519":                        dkim.SubjectTag,
}

// TestExplainSuites explains all messages of the suites. Of other changes than those
// above nothing is claimed.
func TestExplainSuites(t *testing.T) {
	for _, name := range []string{"rfc", "synthetic", "maildkim"} {
		suite, zone := readSuite(t, name)
		for _, c := range suite.Cases {
			t.Run(name+"/"+c.ID, func(t *testing.T) {
				m, err := message.Open(filepath.Join(suite.Dir, c.File))
				if err != nil {
					t.Fatal(err)
				}
				defer m.Close()
				results := dkim.Verify(t.Context(), zone, m, dkim.VerifyOptions{At: suiteTime})
				for i := range results {
					var got, want []dkim.Cause
					for _, e := range dkim.Explain(t.Context(), m, &results[i], results) {
						got = append(got, e.Cause)
					}
					if cause := explained[c.ID]; cause != "" {
						want = []dkim.Cause{cause}
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("signature %d (%v): %s", i+1, results[i].Reason, diff)
					}
				}
			})
		}
	}
}
