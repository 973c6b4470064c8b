package lint

import (
	"slices"
	"strings"
)

// Fix is a correction that can be pasted.
type Fix struct {
	Span Span   // the octets that Text replaces; may reach beyond those of the finding
	Text string // empty: the octets go
}

// Replace returns the fix that puts text in the place of the span.
func Replace(span Span, text string) *Fix { return &Fix{Span: span, Text: text} }

// Rewrite returns the fix that puts record in the place of the whole text.
func Rewrite(source *Source, record string) *Fix { return Replace(source.Whole(), record) }

// Record returns the whole text once corrected.
func (f *Fix) Record() string {
	text := f.Span.Source.Text
	return text[:f.Span.Start] + f.Text + text[f.Span.End:]
}

// Within returns the same correction as a change of the span alone, or the fix
// itself where it changes more than that.
func (f *Fix) Within(span Span) *Fix {
	if span.Start < f.Span.Start || span.End > f.Span.End {
		return f
	}
	text := span.Source.Text
	before, after := text[f.Span.Start:span.Start], text[span.End:f.Span.End]
	if len(before)+len(after) > len(f.Text) || !strings.HasPrefix(f.Text, before) || !strings.HasSuffix(f.Text, after) {
		return f
	}
	return Replace(span, f.Text[len(before):len(f.Text)-len(after)])
}

// Correction is a text with all its faults corrected.
type Correction struct {
	Source *Source
	Record string
	Fixes  int // corrections that went into Record
}

// Correct applies the fixes of errors and warnings to the texts they are about. A
// text with an error that has no fix, or whose fixes overlap, gets no correction:
// what is not right in full is not for publishing. The findings are sorted.
func Correct(findings []Finding) []Correction {
	var corrections []Correction
	var sources []*Source
	about := map[*Source][]*Finding{}
	for i := range findings {
		f := &findings[i]
		if s := f.Span.Source; s != nil {
			if about[s] == nil {
				sources = append(sources, s)
			}
			about[s] = append(about[s], f)
		}
	}
	for _, s := range sources {
		if c, ok := correct(s, about[s]); ok {
			corrections = append(corrections, c)
		}
	}
	return corrections
}

func correct(source *Source, findings []*Finding) (Correction, bool) {
	var fixes []*Fix
	for _, f := range findings {
		switch {
		case f.Severity < Warning || f.Suppressed != "":
		case f.Fix == nil && f.Severity == Error:
			return Correction{}, false
		case f.Fix != nil:
			fixes = append(fixes, f.Fix)
		}
	}
	slices.SortStableFunc(fixes, func(a, b *Fix) int { return a.Span.Start - b.Span.Start })
	var b strings.Builder
	at := 0
	for i, f := range fixes {
		if f.Span.Start < at || i > 0 && f.Span == fixes[i-1].Span {
			return Correction{}, false
		}
		b.WriteString(source.Text[at:f.Span.Start] + f.Text)
		at = f.Span.End
	}
	b.WriteString(source.Text[at:])
	return Correction{Source: source, Record: b.String(), Fixes: len(fixes)}, len(fixes) > 0
}
