package message

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type part struct {
	Text string
	Line int
}

func TestSplit(t *testing.T) {
	t.Parallel()
	const mark = "From a@b.example Tue Jul 14 09:00:00 2026\n"
	long := strings.Repeat("x", 2*BlockSize) + "\n"
	for _, tt := range []struct {
		name, in string
		want     []part
	}{
		{"empty", "", nil},
		{"one", mark + "A: b\n\nx\n", []part{{"A: b\n\nx\n", 2}}},
		{"two", mark + "A: b\n\nx\n\n" + mark + "C: d\n\ny\n\n", []part{{"A: b\n\nx\n\n", 2}, {"C: d\n\ny\n\n", 7}}},
		{"CRLF", mark + "A: b\r\n\r\nx\r\n\r\n" + mark + "C: d\r\n\r\ny", []part{{"A: b\r\n\r\nx\r\n\r\n", 2}, {"C: d\r\n\r\ny", 7}}},
		{"no empty line before", mark + "A: b\n\nx\n" + mark, []part{{"A: b\n\nx\n" + mark, 2}}},
		{"no time", mark + "A: b\n\nFrom here on\n>From there\n", []part{{"A: b\n\nFrom here on\n>From there\n", 2}}},
		{"no mark", "A: b\n\nx\n", []part{{"A: b\n\nx\n", 1}}},
		{"nothing between", mark + "\n" + mark + "A: b\n", []part{{"\n", 2}, {"A: b\n", 4}}},
		{"long lines", mark + long + "\n" + mark + "From 00:00 " + long, []part{{long + "\n", 2}, {"From 00:00 " + long, 5}}},
		{"end behind an empty line", mark + "A: b\n\nx", []part{{"A: b\n\nx", 2}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := split(t, tt.in)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func split(t *testing.T, text string) []part {
	var parts []part
	for p, err := range Split(strings.NewReader(text), int64(len(text))) {
		if err != nil {
			t.Fatal(err)
		}
		octets, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{string(octets), p.Line})
	}
	return parts
}

var markLine = regexp.MustCompile(`^From (?s:.*)[0-9]{2}:[0-9]{2}`)

// slowSplit does the same line by line.
func slowSplit(text string) []part {
	var parts []part
	p, empty := part{Line: 1}, true
	for i, line := range strings.SplitAfter(text, "\n") {
		mark := empty && markLine.MatchString(line) && strings.HasSuffix(line, "\n")
		empty = strings.Trim(line, "\r\n") == ""
		if mark {
			if p.Text != "" {
				parts = append(parts, p)
			}
			p = part{Line: i + 2}
			continue
		}
		p.Text += line
	}
	if p.Text != "" {
		parts = append(parts, p)
	}
	return parts
}

// FuzzSplit compares the parts of any text with what is found line by line.
func FuzzSplit(f *testing.F) {
	for _, text := range []string{"", "\n", "From 00:00\n\n\nFrom 00:00\nA: b\n\nx", "A:b\r\n\r\nFrom 00:00\r\n\r\n", "\nFrom 1:00\n\nFrom 11:00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if diff := cmp.Diff(slowSplit(text), split(t, text)); diff != "" {
			t.Fatalf("%q: %s", text, diff)
		}
	})
}
