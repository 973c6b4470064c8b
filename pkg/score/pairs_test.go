package score_test

import (
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/report"
)

// Two virtues that are missing cost what each of them costs, and all cures lead to ten.
func TestPairs(t *testing.T) {
	t.Parallel()
	text := zones(t, "example.com")
	for a, first := range without {
		for b, second := range without {
			// A record that ends in permerror does not say whom it authorizes.
			silent := capped[a] > 0 && b == "spf-sender"
			if a >= b || silent || !apart(text, first, second) {
				continue
			}
			s := scored(t, edited(t, text, append(append([]edit{}, first...), second...)...), good()).Score
			sum := report.Points(0)
			for _, loss := range s.Lost {
				sum += loss.Lost
			}
			if rows := strings.Join(lostRows(s), " "); !strings.Contains(rows, a) || !strings.Contains(rows, b) || sum != report.MaxPoints-s.Value {
				t.Errorf("without %s and %s: lost %s, %s points", a, b, rows, s.Value)
			}
			value := s.Value
			for _, cure := range s.Cures {
				if cure.Score < value {
					t.Errorf("without %s and %s: a cure leads from %s to %s", a, b, value, cure.Score)
				}
				value = cure.Score
			}
			if value != report.MaxPoints {
				t.Errorf("without %s and %s: the cures lead to %s", a, b, value)
			}
		}
	}
}

// apart reports whether edits touch different parts of a text.
func apart(text string, first, second []edit) bool {
	for _, e := range first {
		text = strings.Replace(text, e.old, e.new, 1)
	}
	for _, e := range second {
		if !strings.Contains(text, e.old) {
			return false
		}
	}
	return true
}
