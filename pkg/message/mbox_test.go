package message

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	type part struct {
		Text string
		Line int
	}
	const mark = "From a@b.example Tue Jul 14 09:00:00 2026\n"
	long := strings.Repeat("x", 2*BlockSize) + "\n"
	for _, tt := range []struct {
		name, in string
		want     []part
	}{
		{"empty", "", nil},
		{"one", mark + "A: b\n\nx\n", []part{{"A: b\n\nx\n", 2}}},
		{"two", mark + "A: b\n\nx\n\n" + mark + "C: d\n\ny\n\n", []part{{"A: b\n\nx\n", 2}, {"C: d\n\ny\n", 7}}},
		{"CRLF", mark + "A: b\r\n\r\nx\r\n\r\n" + mark + "C: d\r\n\r\ny", []part{{"A: b\r\n\r\nx\r\n", 2}, {"C: d\r\n\r\ny", 7}}},
		{"no empty line before", mark + "A: b\n\nx\n" + mark, []part{{"A: b\n\nx\n" + mark, 2}}},
		{"no time", mark + "A: b\n\nFrom here on\n>From there\n", []part{{"A: b\n\nFrom here on\n>From there\n", 2}}},
		{"no mark", "A: b\n\nx\n", []part{{"A: b\n\nx\n", 1}}},
		{"nothing between", mark + "\n" + mark + "A: b\n", []part{{"A: b\n", 4}}},
		{"long lines", mark + long + "\n" + mark + "From 00:00 " + long, []part{{long, 2}, {"From 00:00 " + long, 5}}},
		{"end behind an empty line", mark + "A: b\n\nx", []part{{"A: b\n\nx", 2}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []part
			for p, err := range Split(strings.NewReader(tt.in), int64(len(tt.in))) {
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(p)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, part{string(text), p.Line})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
