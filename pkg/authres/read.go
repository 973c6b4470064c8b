package authres

import (
	"errors"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// Limits of what is read, so that a hostile field costs little. Comments may nest as
// deep as the length allows: their depth is only counted.
const (
	MaxLength  = 64 << 10 // octets of a field; many servers take no longer header in all
	MaxResults = 200      // results, or key-value pairs of Received-SPF, of a field
)

// Why a field, a claim or a pair does not obey its grammar.
var (
	ErrTooLong   = errors.New("the field is too long to be read")
	ErrTooMany   = errors.New("the field holds too many results")
	ErrInstance  = errors.New("the field does not start with an instance")
	ErrServiceID = errors.New("the field does not name who checked")
	ErrVersion   = errors.New("not version 1")
	ErrNoResults = errors.New("the field holds no result")
	ErrEmpty     = errors.New("nothing stands between two semicolons")
	ErrMethod    = errors.New("not a method, an equals sign and a result")
	ErrResult    = errors.New("a result is missing")
	ErrUnclosed  = errors.New("a comment or a quoted string does not end")
	ErrProperty  = errors.New("not the name of a property and a value")
	ErrValue     = errors.New("a value is missing")
)

// Field is an Authentication-Results or ARC-Authentication-Results field (RFC 8601,
// Section 2.2; RFC 8617, Section 4.1.1).
type Field struct {
	Source   *lint.Source // the value of the field, folded as it was
	Instance Word         // what follows "i="; only ParseARC reads it
	ID       Word         // authserv-id
	Version  Word         // what follows ID; where it is absent, version 1 is meant
	None     lint.Span    // the word that says that nothing was checked; empty where it is absent
	Claims   []Claim      // every result, the broken ones too, in their order
	Comments []Word       // those before the first semicolon that starts a result
	Unread   lint.Span    // the rest, where Err is ErrTooLong, ErrTooMany or ErrVersion
	Err      error        // nil, or the first sentinel that holds for the field as a whole
}

// Claim is what a field says that one method resulted in. Method, result and names
// of properties compare in whatever case; whether anybody knows them is not judged.
type Claim struct {
	Span       lint.Span // all between two semicolons, no white space at either end
	Method     Word
	Version    Word // of the method; where it is absent, version 1 is meant
	Result     Word
	Reason     Word
	Properties []Pair // in their order, the broken ones too
	Comments   []Word
	Err        error // nil, or a sentinel: the claim means nothing to anybody
}

// Pair is a property with its value, or a key-value pair of Received-SPF.
type Pair struct {
	Span  lint.Span
	Type  Word // "smtp", "header", ...; absent in Received-SPF
	Name  Word
	Value Word  // an address with a quoted local part keeps those quotes
	Err   error // nil, ErrProperty or ErrValue
}

// Value returns the value of the first property of that type and name, or "".
func (c *Claim) Value(ptype, name string) string { return value(c.Properties, ptype, name) }

func value(pairs []Pair, ptype, name string) string {
	for i := range pairs {
		if p := &pairs[i]; p.Err == nil && strings.EqualFold(p.Type.Text, ptype) && strings.EqualFold(p.Name.Text, name) {
			return p.Value.Text
		}
	}
	return ""
}

// Parse reads the value of an Authentication-Results field. It never fails: what is
// wrong stands in the field, its claims and their properties.
func Parse(source *lint.Source) *Field {
	f, s := open(source)
	f.read(s)
	return f
}

// ParseARC reads the value of an ARC-Authentication-Results field, which has an
// instance before everything else. It never fails. Whether the instance is a number
// that can be, is not judged.
func ParseARC(source *lint.Source) *Field {
	f, s := open(source)
	s.skip()
	start, comments := s.at, len(s.comments)
	tag := s.word("=")
	s.skip()
	closed := false
	if strings.EqualFold(tag.Text, "i") && s.take('=') {
		s.skip()
		f.Instance = s.word("")
		s.skip()
		closed = s.take(';')
	} else {
		s.at, s.comments = start, s.comments[:comments]
	}
	if f.Instance.Empty() || !closed {
		f.fail(ErrInstance)
	}
	f.read(s)
	return f
}

// open prepares to read a field. One that is too long is at its end already.
func open(source *lint.Source) (*Field, *scanner) {
	f, s := &Field{Source: source}, &scanner{source: source}
	if len(source.Text) > MaxLength {
		s.at = len(source.Text)
		f.Unread = source.Whole()
		f.fail(ErrTooLong)
	}
	return f, s
}

// fail keeps the first reason.
func (f *Field) fail(err error) {
	if f.Err == nil {
		f.Err = err
	}
}

func (f *Field) read(s *scanner) {
	if !f.readID(s) {
		return
	}
	for !s.done() {
		s.take(';')
		start := s.at
		if len(f.Claims) == MaxResults {
			f.Unread = s.trimmed(start, len(s.source.Text))
			if !f.Unread.Empty() {
				f.fail(ErrTooMany)
			}
			return
		}
		c := s.claim()
		switch {
		case c.Span.Empty() && s.done():
			// A semicolon at the end, which the grammar has not but people write.
		case f.None.Empty() && c.none():
			f.None = c.Method.Span
			f.Comments = append(f.Comments, c.Comments...)
		default:
			f.Claims = append(f.Claims, c)
		}
	}
	if len(f.Claims) == 0 && f.None.Empty() {
		f.fail(ErrNoResults)
	}
}

// readID reads what stands before the results and reports whether they can be read.
func (f *Field) readID(s *scanner) bool {
	s.skip()
	start, comments := s.at, len(s.comments)
	f.ID = s.word("=")
	s.skip()
	if s.next('=') { // some receivers start with the first result
		f.ID = Word{}
		s.at, s.comments = start, s.comments[:comments]
	}
	if !f.ID.Empty() && !s.ends() {
		f.Version = s.word("")
		s.skip()
	}
	f.Comments = s.takeComments()
	switch {
	case s.unclosed:
		f.fail(ErrUnclosed)
	case f.ID.Empty():
		f.fail(ErrServiceID)
	case !s.ends() || !f.Version.Empty() && f.Version.Text != "1":
		// RFC 8601, Section 2.6: what follows may have another form.
		f.Unread = s.trimmed(f.Version.Span.Start, len(s.source.Text))
		f.fail(ErrVersion)
		return false
	}
	return true
}

// none reports whether the claim is the word that says that nothing was checked.
func (c *Claim) none() bool {
	return c.Err == ErrMethod && strings.EqualFold(c.Method.Text, "none") &&
		c.Version.Empty() && c.Reason.Empty() && len(c.Properties) == 0
}

// claim reads to the next semicolon.
func (s *scanner) claim() Claim {
	var c Claim
	start := s.at
	s.skip()
	c.Method = s.word("=/")
	s.skip()
	if s.take('/') {
		s.skip()
		// RFC 8601, Section 2.6: only version 1 of any method is known.
		if c.Version = s.word("="); c.Version.Text != "1" {
			c.Err = ErrVersion
		}
		s.skip()
	}
	equals := s.take('=')
	if equals {
		s.skip()
		c.Result = s.word("")
	}
	switch {
	case !equals || c.Method.Text == "":
		c.Err = ErrMethod
	case c.Result.Text == "":
		c.Err = ErrResult
	}
	for s.skip(); !s.ends(); s.skip() {
		p := s.property()
		if p.Type.Empty() && strings.EqualFold(p.Name.Text, "reason") && c.Reason.Empty() && !p.Value.Empty() {
			c.Reason = p.Value
			continue
		}
		c.Properties = append(c.Properties, p)
	}
	c.Span = s.trimmed(start, s.at)
	c.Comments = s.takeComments()
	switch {
	case s.unclosed:
		c.Err = ErrUnclosed
	case !equals && c.Method.Empty() && len(c.Properties) == 0:
		c.Err = ErrEmpty
	}
	return c
}
