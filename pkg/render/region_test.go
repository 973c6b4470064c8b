package render

import (
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
)

func TestRegion(t *testing.T) {
	t.Parallel()
	// `"é–a" "–\226b"` at column 5 of line 2: anchors stand at the strings and behind
	// the escape, columns count octets.
	text := "é–a–\xe2b"
	source := lint.NewFileSource("TXT x", "a.zone", text, []lint.Anchor{
		{Offset: 0, Line: 2, Column: 6}, {Offset: 6, Line: 2, Column: 15}, {Offset: 10, Line: 2, Column: 22},
	})
	tests := []struct {
		name       string
		start, end int
		want       [4]int // line and column, of the start and behind the end
	}{
		{"first character", 0, 2, [4]int{2, 6, 2, 7}},
		{"second", 2, 5, [4]int{2, 7, 2, 8}},
		{"ASCII behind them", 5, 6, [4]int{2, 8, 2, 9}},
		{"next string", 6, 9, [4]int{2, 12, 2, 13}},
		{"escape", 9, 10, [4]int{2, 13, 2, 14}},
		{"behind the escape", 10, 11, [4]int{2, 17, 2, 18}},
		{"the end", 11, 11, [4]int{2, 18, 2, 18}},
		{"no octet", 5, 5, [4]int{2, 8, 2, 8}},
		{"part of a character", 3, 4, [4]int{2, 7, 2, 8}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := regionOf(source.Span(test.start, test.end))
			if got := [4]int{r.from.Line, r.from.Column, r.to.Line, r.to.Column}; got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	for _, span := range []lint.Span{{}, lint.NewSource("TXT x", "abc").Span(0, 1), lint.NewFileSource("TXT x", "a.zone", "abc", nil).Span(0, 1)} {
		if r := regionOf(span); r != (region{}) {
			t.Errorf("got %v for no place", r)
		}
	}
}
