package score

import (
	"testing"

	"github.com/authcheck/authcheck/pkg/report"
)

// TestBands has the bands as people know them: 10; 9 to 8 good; 7 to 6 acceptable; 5 and
// less never.
func TestBands(t *testing.T) {
	t.Parallel()
	for value, want := range map[report.Points]string{
		100: "perfect", 99: "good", 80: "good", 79: "acceptable", 60: "acceptable", 59: "not good enough", 50: "not good enough", 0: "not good enough",
	} {
		if got := band(value); got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}
