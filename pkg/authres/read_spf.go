package authres

import "github.com/authcheck/authcheck/pkg/lint"

// SPFField is a Received-SPF field (RFC 7208, Section 9.1).
type SPFField struct {
	Source   *lint.Source // the value of the field, folded as it was
	Result   Word
	Comments []Word    // the one after the result comes first
	Pairs    []Pair    // in their order, the broken ones too; Type is absent
	Unread   lint.Span // the rest, where Err is ErrTooLong or ErrTooMany
	Err      error     // nil, ErrTooLong, ErrTooMany, ErrResult or ErrUnclosed
}

// Value returns the value of the first pair with that key, or "".
func (f *SPFField) Value(key string) string { return value(f.Pairs, "", key) }

// ParseReceivedSPF reads the value of a Received-SPF field. It never fails: what is
// wrong stands in the field and its pairs. White space alone between two pairs, and
// values that need quotes and have none, are taken as they are.
func ParseReceivedSPF(source *lint.Source) *SPFField {
	f, s := &SPFField{Source: source}, &scanner{source: source}
	if len(source.Text) > MaxLength {
		f.Unread, f.Err = source.Whole(), ErrTooLong
		return f
	}
	s.skip()
	start, comments := s.at, len(s.comments)
	f.Result = s.word("=")
	s.skip()
	if s.next('=') { // a pair stands in its place
		f.Result = Word{}
		s.at, s.comments = start, s.comments[:comments]
	}
	if f.Result.Text == "" {
		f.Err = ErrResult
	}
	for s.skip(); !s.done(); s.skip() {
		if s.take(';') {
			continue
		}
		if len(f.Pairs) == MaxResults {
			f.Unread, f.Err = s.trimmed(s.at, len(source.Text)), ErrTooMany
			break
		}
		f.Pairs = append(f.Pairs, s.pair())
	}
	f.Comments = s.takeComments()
	if s.unclosed {
		f.Err = ErrUnclosed
	}
	return f
}
