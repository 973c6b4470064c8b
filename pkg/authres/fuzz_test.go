package authres

import (
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
)

// FuzzParse reads any text in all three ways: places lie in the text, in order, and
// between them stand only comments, white space and semicolons.
func FuzzParse(f *testing.F) {
	for _, tt := range fields {
		f.Add(tt.in)
	}
	for _, tt := range arcFields {
		f.Add(tt.in)
	}
	for _, tt := range spfFields {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(*lint.Source) *Field{Parse, ParseARC} {
			field := parse(lint.NewSource("", text))
			at := 0
			for i := range field.Claims {
				c := &field.Claims[i]
				if at > 0 {
					lost(t, text, at, c.Span.Start, field.None)
				}
				at = c.Span.End
				checkClaim(t, text, c)
			}
			if at > 0 && field.Unread.Empty() {
				lost(t, text, at, len(text), field.None)
			}
			checkWords(t, text, field.Comments)
		}
		field := ParseReceivedSPF(lint.NewSource("", text))
		checkWords(t, text, field.Comments)
		checkPairs(t, text, field.Pairs, lint.Span{Start: field.Result.Span.End, End: len(text)})
	})
}

// lost finds octets that no place covers.
func lost(t *testing.T, text string, start, end int, none lint.Span) {
	t.Helper()
	gap := text[start:end]
	if none.Start >= start && none.End <= end {
		gap = "" // comments may stand beside it
	}
	if strings.Trim(gap, "; \t\r\n") != "" {
		t.Fatalf("%q is lost", gap)
	}
}

func checkClaim(t *testing.T, text string, c *Claim) {
	t.Helper()
	head := 0
	for _, w := range []Word{c.Method, c.Version, c.Result} {
		if !w.Empty() {
			if w.Span.Start < max(head, c.Span.Start) || w.Span.End > c.Span.End {
				t.Fatalf("%q in %q", w.Span.Text(), c.Span.Text())
			}
			head = w.Span.End
		}
	}
	checkWords(t, text, c.Comments)
	checkPairs(t, text, c.Properties, lint.Span{Start: max(head, c.Span.Start), End: c.Span.End})
}

func checkWords(t *testing.T, text string, words []Word) {
	t.Helper()
	at := 0
	for _, w := range words {
		if w.Span.Start < at || w.Span.End > len(text) || !strings.HasPrefix(w.Span.Text(), "(") || strings.ContainsAny(w.Text, "\r\n") {
			t.Fatalf("%q is no comment", w.Span.Text())
		}
		at = w.Span.End
	}
}

func checkPairs(t *testing.T, text string, pairs []Pair, within lint.Span) {
	t.Helper()
	at := within.Start
	for _, p := range pairs {
		if p.Span.Empty() || p.Span.Start < at || p.Span.End > within.End {
			t.Fatalf("%q in %q", p.Span.Text(), text)
		}
		at = p.Span.End
		for _, w := range []Word{p.Type, p.Name, p.Value} {
			if !w.Empty() && (w.Span.Start < p.Span.Start || w.Span.End > p.Span.End) {
				t.Fatalf("%q in %q", w.Span.Text(), p.Span.Text())
			}
		}
	}
}
