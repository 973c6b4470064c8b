package authres

import (
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// Word is one element of a field. The zero Word stands where there is none.
type Word struct {
	Span lint.Span // as written, with quotes or parentheses
	Text string    // quoting and folding undone
}

// Empty reports whether nothing stands there; a pair of quotes is something.
func (w Word) Empty() bool { return w.Span.Empty() }

// scanner goes once through a field.
type scanner struct {
	source   *lint.Source
	at       int    // octet to read next
	comments []Word // met since takeComments
	unclosed bool   // a comment or a quoted string has no end
}

func (s *scanner) done() bool { return s.at == len(s.source.Text) }

// ends reports whether an element of a list ends here.
func (s *scanner) ends() bool { return s.done() || s.source.Text[s.at] == ';' }

// next reports whether an octet comes next.
func (s *scanner) next(c byte) bool { return !s.done() && s.source.Text[s.at] == c }

// take steps over an octet if it comes next.
func (s *scanner) take(c byte) bool {
	found := s.next(c)
	if found {
		s.at++
	}
	return found
}

// takeComments returns the comments met since the last call.
func (s *scanner) takeComments() []Word {
	list := s.comments
	s.comments = nil
	return list
}

// skip steps over CFWS: white space, line ends and comments (RFC 5322, Section
// 3.2.2).
func (s *scanner) skip() {
	for ; !s.done(); s.at++ {
		for s.next('(') {
			s.comments = append(s.comments, s.enclosed(')'))
		}
		if s.done() || !isSpace(s.source.Text[s.at]) {
			return
		}
	}
}

// enclosed reads a comment, others within it counted, or a quoted string, from its
// first octet to the last (RFC 5322, Sections 3.2.2 and 3.2.4).
func (s *scanner) enclosed(last byte) Word {
	text, start, depth := s.source.Text, s.at, 1
	first := text[start]
	inside := make([]byte, 0, 32)
	for s.at++; !s.done(); s.at++ {
		c := text[s.at]
		switch {
		case c == '\\' && s.at+1 < len(text):
			s.at++
			c = text[s.at]
		case c == last:
			depth--
		case c == first:
			depth++
		}
		if depth == 0 {
			s.at++
			return Word{s.source.Span(start, s.at), string(inside)}
		}
		if c != '\r' && c != '\n' {
			inside = append(inside, c)
		}
	}
	s.unclosed = true
	return Word{s.source.Span(start, s.at), string(inside)}
}

// word reads to white space, a comment, a semicolon or one of the given octets. A
// word that is one quoted string loses its quotes; one that only has a quoted part,
// such as the local part of an address, keeps them.
func (s *scanner) word(stops string) Word {
	text, start := s.source.Text, s.at
	for !s.ends() {
		c := text[s.at]
		if isSpace(c) || c == '(' || strings.IndexByte(stops, c) >= 0 {
			break
		}
		if c != '"' {
			s.at++
			continue
		}
		quoted := s.enclosed('"')
		whole := s.ends() || isSpace(text[s.at]) || text[s.at] == '(' || strings.IndexByte(stops, text[s.at]) >= 0
		if quoted.Span.Start == start && whole {
			return quoted
		}
	}
	if s.at == start {
		return Word{}
	}
	span := s.source.Span(start, s.at)
	return Word{span, unfold.Replace(span.Text())}
}

// unfold removes the line ends of folding (RFC 5322, Section 2.2.3).
var unfold = strings.NewReplacer("\r", "", "\n", "")

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// trimmed returns the octets start to end without white space around them.
func (s *scanner) trimmed(start, end int) lint.Span {
	for start < end && isSpace(s.source.Text[start]) {
		start++
	}
	// What is not closed reaches to the very end.
	for start < end && isSpace(s.source.Text[end-1]) && !s.unclosed {
		end--
	}
	return s.source.Span(start, end)
}

// property reads a type, a dot, a name, an equals sign and a value (RFC 8601, Section
// 2.2: propspec). What is no property ends where its last word does.
func (s *scanner) property() Pair {
	start := s.at
	p := Pair{Name: s.word("=.")}
	end := s.at
	s.skip()
	dot := s.take('.')
	if dot {
		end = s.at
		s.skip()
		p.Type, p.Name = p.Name, s.word("=")
		end = max(end, p.Name.Span.End)
	}
	s.finish(&p, start, end)
	if !dot || p.Type.Text == "" {
		p.Err = ErrProperty
	}
	return p
}

// pair reads a key, an equals sign and a value (RFC 7208, Section 9.1).
func (s *scanner) pair() Pair {
	start := s.at
	p := Pair{Name: s.word("=")}
	s.finish(&p, start, s.at)
	return p
}

// finish reads what follows the name of a pair that runs from start to end so far.
func (s *scanner) finish(p *Pair, start, end int) {
	s.skip()
	equals := s.take('=')
	if equals {
		end = s.at
		s.skip()
		p.Value = s.word("")
		end = max(end, p.Value.Span.End)
	}
	p.Span = s.source.Span(start, end)
	switch {
	case !equals || p.Name.Text == "":
		p.Err = ErrProperty
	case p.Value.Empty():
		p.Err = ErrValue
	}
}
