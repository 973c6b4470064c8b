package taglist

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

type row struct {
	Name, Value string
	Err         error
	Duplicate   bool
}

var tables = []struct {
	name, in string
	want     []row
}{
	{"empty", "", nil},
	{"blank", " \t ", nil},
	{"two", "v=DKIM1; p=ab=", []row{{Name: "v", Value: "DKIM1"}, {Name: "p", Value: "ab="}}},
	{"white space", "\tv = DMARC1 ;\r\n p= a b ;", []row{{Name: "v", Value: "DMARC1"}, {Name: "p", Value: "a b"}}},
	{"empty value", "v=1; p=", []row{{Name: "v", Value: "1"}, {Name: "p"}}},
	{"empty element", "a=1;; b=2", []row{{Name: "a", Value: "1"}, {Err: ErrEmpty}, {Name: "b", Value: "2"}}},
	{"semicolons alone", ";;", []row{{Err: ErrEmpty}, {Err: ErrEmpty}}},
	{"no equals", "a:1; b=2", []row{{Value: "a:1", Err: ErrNoEquals}, {Name: "b", Value: "2"}}},
	{"no name", "=1", []row{{Value: "1", Err: ErrName}}},
	{"bad name", "a b=1; 1a=2; a_1=3", []row{{Name: "a b", Value: "1", Err: ErrName}, {Name: "1a", Value: "2", Err: ErrName}, {Name: "a_1", Value: "3"}}},
	{"bad octet", "a=\u201cx\u201d; b=\x00", []row{{Name: "a", Value: "\u201cx\u201d", Err: ErrCharacter}, {Name: "b", Value: "\x00", Err: ErrCharacter}}},
	{"duplicates", "a=1; A=2; a=3", []row{{Name: "a", Value: "1"}, {Name: "A", Value: "2"}, {Name: "a", Value: "3", Duplicate: true}}},
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range tables {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []row
			for _, tag := range Parse(lint.NewSource("", tt.in)).Tags {
				got = append(got, row{tag.Name.Text(), tag.Value.Text(), tag.Err, tag.Duplicate})
			}
			if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	l := Parse(lint.NewSource("", "A=1; a=2; a=3; nothing"))
	if got := l.Get("a").Value.Text(); got != "2" {
		t.Errorf("Get: %q", got)
	}
	if got := l.Find("a").Value.Text(); got != "1" {
		t.Errorf("Find: %q", got)
	}
	if l.Get("") != nil || l.Find("b") != nil {
		t.Error("a tag that is not there")
	}
}

// FuzzParse reads any text: the spans lie in it, in order, and only white space and
// semicolons stand between them.
func FuzzParse(f *testing.F) {
	for _, tt := range tables {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l := Parse(lint.NewSource("", text))
		at := 0
		for _, tag := range l.Tags {
			if gap := text[at:tag.Span.Start]; strings.Trim(gap, "; \t\r\n") != "" {
				t.Fatalf("%q is lost", gap)
			}
			at = tag.Span.End
			inside := tag.Name.Start >= tag.Span.Start && tag.Name.End <= tag.Value.Start && tag.Value.End <= tag.Span.End
			if tag.Err != ErrNoEquals && tag.Err != ErrEmpty && !inside {
				t.Fatalf("%q: name %d-%d, value %d-%d", tag.Span.Text(), tag.Name.Start, tag.Name.End, tag.Value.Start, tag.Value.End)
			}
		}
		if rest := text[at:]; strings.Trim(rest, "; \t\r\n") != "" {
			t.Fatalf("%q is lost", rest)
		}
	})
}
