package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

func TestPrintable(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{`v=spf1 include:%{d} "~" \ -all`, `v=spf1 include:%{d} "~" \ -all`},
		{"a\tb\r\n\x1b[1m\x00\x7f", `a\tb\r\n\x1b[1m\x00\x7f`},
		{"bücher 例え ñ", "bücher 例え ñ"},
		{"\xff\xc3(", `\xff\xc3(`},
		{"\ufffd", "\ufffd"},               // the character, not a broken octet
		{"\xed\xa0\x80", `\xed\xa0\x80`},   // a surrogate is not UTF-8
		{"\u0085\u009b", `\u0085\u009b`},   // C1 controls
		{"\u00a0\u2003x", `\u00a0\u2003x`}, // spaces that are not the space
		{"\u00ad\u200b\ufeff", `\u00ad\u200b\ufeff`},
		{"a\u202eb\u2066\u200f", `a\u202eb\u2066\u200f`},
		{"\u2028\u2029", `\u2028\u2029`},
		{"\u3164\u2800\u034f", `\u3164\u2800\u034f`}, // letters and symbols that look like nothing
		{"\ufe0f\U000e0041\U000e0100", `\ufe0f\U000e0041\U000e0100`},
		{"\ue000\U0010ffff", `\ue000\U0010ffff`},
	}
	for _, test := range tests {
		if got := Printable(test.in); got != test.want {
			t.Errorf("Printable(%+q) = %s, want %s", test.in, got, test.want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add(nasty)
	f.Add("v=spf1 -all")
	f.Fuzz(func(t *testing.T, in string) {
		out := Printable(in)
		checkSafe(t, strings.ReplaceAll(out, "\n", "\x00"))
		plain := strings.IndexFunc(in, func(r rune) bool { return r < ' ' || r > '~' }) < 0 && !strings.Contains(in, "##")
		if plain && out != in {
			t.Errorf("%q became %q", in, out)
		}
		for _, r := range asciiOnly(in) {
			if r < ' ' || r > '~' {
				t.Fatalf("asciiOnly left %U of %q", r, in)
			}
		}
	})
}

func TestCutOut(t *testing.T) {
	const alphabet = "abcdefghijklmnopqrstuvwxyz"
	tests := []struct {
		name        string
		text        string
		start, end  int
		width       int
		line, marks string
	}{
		{"whole line", "v=spf1 mx -all", 7, 9, 20,
			"v=spf1 mx -all",
			"       ^^"},
		{"exact fit", "v=spf1 mx -all", 10, 14, 14,
			"v=spf1 mx -all",
			"          ^^^^"},
		{"empty span", "v=spf1 mx", 7, 7, 20,
			"v=spf1 mx",
			"       ^"},
		{"empty span at the end", "v=spf1", 6, 6, 20,
			"v=spf1",
			"      ^"},
		{"empty span at the end of a full line", alphabet, 26, 26, 26,
			"…cdefghijklmnopqrstuvwxyz",
			"                         ^"},
		{"control character", "mx\t-all", 2, 3, 20,
			`mx\t-all`,
			"  ^^"},
		{"behind a control character", "mx\x1b-all", 3, 7, 20,
			`mx\x1b-all`,
			"      ^^^^"},
		{"code point", "mx –all", 3, 6, 20,
			`mx \u2013all`,
			"   ^^^^^^"},
		{"part of a code point", "mx –all", 4, 6, 20,
			`mx \xe2\x80\x93all`,
			"       ^^^^^^^^"},
		{"not UTF-8", "a\xffb", 1, 2, 20,
			`a\xffb`,
			" ^^^^"},
		{"cut at the end", alphabet, 0, 3, 10,
			"abcdefghi…",
			"^^^"},
		{"cut at the start", alphabet, 24, 26, 10,
			"…rstuvwxyz",
			"        ^^"},
		{"cut at both ends", alphabet, 12, 14, 10,
			"…jklmnopq…",
			"    ^^"},
		{"longer than the line", alphabet, 6, 22, 12,
			"…efghijklmn…",
			"   ^^^^^^^^^"},
		{"the whole text, too long", alphabet, 0, 26, 10,
			"abcdefghi…",
			"^^^^^^^^^^"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := cutOut(lint.NewSource("", test.text).Span(test.start, test.end), test.width)
			got := x.line + "\n" + strings.Repeat(" ", x.column) + strings.Repeat("^", x.carets)
			if diff := cmp.Diff(test.line+"\n"+test.marks, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		name, in string
		want     block
	}{
		{"empty", "", block{""}},
		{"fits", "0123456789", block{"0123456789"}},
		{"at a space", "one two three four", block{"one two", "three four"}},
		{"spaces at the break go away", "0123456789   x", block{"0123456789", "x"}},
		{"spaces within stay", "a  b", block{"a  b"}},
		{"long word", "0123456789abcdefghijk l", block{"0123456789", "abcdefghij", "k l"}},
		{"characters, not octets", "éééééééééé é", block{"éééééééééé", "é"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, wrap(test.in, 10)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}
