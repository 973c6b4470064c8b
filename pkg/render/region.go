package render

import (
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/lint"
)

// region is a place in a file as editors and web pages count: lines and
// characters from 1, to behind the last character. The zero value is no place.
type region struct{ from, to lint.Position }

// regionOf returns where a span stands in its file.
func regionOf(span lint.Span) region {
	if span.Source == nil || span.Source.File == "" || span.Position().Line == 0 {
		return region{}
	}
	from := character(span.Source, span.Start)
	if span.Empty() {
		return region{from, from}
	}
	to := character(span.Source, span.End-1)
	to.Column++
	return region{from, to}
}

// maxLine is how many octets of a line are looked at to count its characters. In
// longer ones nobody looks for a column.
const maxLine = 4096

// character returns the place of the character that an octet of a text belongs to,
// counted in characters of UTF-8. What stands before the text in its line is taken
// for ASCII, which names and types of a master file are.
func character(s *lint.Source, offset int) lint.Position {
	p := s.Position(offset)
	for i := min(offset, len(s.Text)-1); i > max(0, offset-maxLine); i-- {
		at, before := s.Position(i), s.Position(i-1)
		if at.Line != p.Line {
			break
		}
		// An escape such as \226 takes more than one column, and is ASCII.
		if !utf8.RuneStart(s.Text[i]) && before.Line == at.Line && before.Column == at.Column-1 {
			p.Column--
		}
	}
	return p
}
