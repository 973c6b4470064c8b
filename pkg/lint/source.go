package lint

import "sort"

// Source is one text under judgement: the joined strings of a TXT record, a
// header field, a line of a file. It is immutable once made.
type Source struct {
	Subject string // what the text is, such as "TXT _dmarc.example.com"
	File    string // path the text was read from; empty for answers of the DNS
	Text    string // octets as they are judged, escapes undone, strings joined
	anchors []Anchor
}

// Anchor ties an octet of a Source to its place in the file: one stands at the
// start of every character-string, after every escape sequence, and at the end of
// every character-string but the last.
type Anchor struct {
	Offset int // octet of Source.Text, from 0
	Line   int // from 1
	Column int // octet within the line, from 1
}

// Position is a place in a file, lines and columns counted from 1 and columns
// in octets. The zero value means that no file is known.
type Position struct {
	Line, Column int
}

// NewSource returns a text that stands in no file.
func NewSource(subject, text string) *Source {
	return &Source{Subject: subject, Text: text}
}

// NewFileSource returns a text read from a file. The anchors are sorted by
// offset, the first at 0; the Source keeps the slice.
func NewFileSource(subject, file, text string, anchors []Anchor) *Source {
	return &Source{Subject: subject, File: file, Text: text, anchors: anchors}
}

// Position returns the place of an octet of the text in its file, or the zero
// Position where there is no file.
func (s *Source) Position(offset int) Position {
	if len(s.anchors) == 0 {
		return Position{}
	}
	i := sort.Search(len(s.anchors), func(i int) bool { return s.anchors[i].Offset > offset })
	a := s.anchors[max(i-1, 0)]
	return Position{Line: a.Line, Column: a.Column + offset - a.Offset}
}

// Span returns the half-open range of octets start to end of the text.
func (s *Source) Span(start, end int) Span {
	return Span{Source: s, Start: start, End: end}
}

// Whole returns the span of the whole text.
func (s *Source) Whole() Span { return s.Span(0, len(s.Text)) }

// Span is a half-open range of octets of a text. The zero value is no place.
type Span struct {
	Source     *Source
	Start, End int
}

// Text returns the octets of the span.
func (s Span) Text() string {
	if s.Source == nil {
		return ""
	}
	return s.Source.Text[s.Start:s.End]
}

// Len returns the number of octets of the span.
func (s Span) Len() int { return s.End - s.Start }

// Empty reports whether the span holds no octet.
func (s Span) Empty() bool { return s.Start >= s.End }

// Position returns where the span starts in its file.
func (s Span) Position() Position {
	if s.Source == nil {
		return Position{}
	}
	return s.Source.Position(s.Start)
}

// EndPosition returns the place just after the last octet of the span in its
// file; of an empty span that is its start.
func (s Span) EndPosition() Position {
	if s.Source == nil || s.Empty() {
		return s.Position()
	}
	p := s.Source.Position(s.End - 1)
	if p.Line > 0 {
		p.Column++
	}
	// An escape takes more than one column: what follows says where it ends.
	anchors := s.Source.anchors
	i := sort.Search(len(anchors), func(i int) bool { return anchors[i].Offset >= s.End })
	if i < len(anchors) && anchors[i].Offset == s.End && anchors[i].Line == p.Line {
		p.Column = max(p.Column, anchors[i].Column)
	}
	return p
}
