package lookup

import (
	"fmt"
	"strings"
)

// maxTokens bounds the items of one entry: more than the octets of the largest
// record, written one by one (RFC 1035, Section 3.2.1: RDLENGTH has 16 bits).
const maxTokens = 1 << 17

// ParseError says where a master file cannot be read and why. Reading stops at
// the first one.
type ParseError struct {
	File     string
	Line     int    // from 1
	Column   int    // octet within the line, from 1
	Found    string // what stands there, such as `"exmaple"` or "the end of the entry"
	Expected string // what could stand there

	limit bool // reading ends here, whatever is wrong elsewhere
}

// Error returns the place and the fault in one line, such as
// `zone:3:14: found "10.0.0", expected an IPv4 address`.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d:%d: found %s, expected %s", e.File, e.Line, e.Column, e.Found, e.Expected)
}

// scanner cuts a master file into entries and these into tokens. A line feed
// ends a line, with or without a carriage return before it.
type scanner struct {
	file   string
	text   string
	offset int   // of the next octet
	line   int   // that it stands in, from 1
	start  int   // offset of that line
	depth  int   // parentheses that are open
	open   token // the outermost of them

	tokens    []token // of the entry read last
	blank     bool    // that entry starts with a blank: its owner is the one before
	directive bool    // that entry is a directive line, its first token ";!"
	comment   string  // the first comment in it that touches a token, its semicolon included
}

func newScanner(file, text string) *scanner {
	return &scanner{file: file, text: strings.TrimPrefix(text, "\ufeff"), line: 1}
}

// next reads the next entry that has tokens. more is false at the end of the
// file.
func (s *scanner) next() (more bool, err error) {
	s.tokens, s.directive, s.comment = s.tokens[:0], false, ""
	for s.offset < len(s.text) && len(s.tokens) == 0 && err == nil {
		if strings.HasPrefix(s.text[s.offset:], directiveMark) {
			s.scanDirective()
			return true, nil
		}
		s.blank = isBlank(s.text[s.offset])
		err = s.scanEntry()
	}
	return len(s.tokens) > 0, err
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// scanEntry reads up to the end of a line outside parentheses.
func (s *scanner) scanEntry() error {
	for s.offset < len(s.text) {
		c := s.text[s.offset]
		switch {
		case c == '\n':
			s.endLine()
			if s.depth == 0 {
				return nil
			}
		case isBlank(c):
			s.offset++
		case c == ';':
			if s.offset == s.start && strings.HasPrefix(s.text[s.offset:], directiveMark) {
				return s.errorAt(s.here(), directiveMark, "the end of the parentheses before a directive")
			}
			s.skipComment()
		case c == '(':
			if s.depth == 0 {
				s.open = s.here()
			}
			s.depth++
			s.offset++
		case c == ')' && s.depth == 0:
			return s.errorAt(s.here(), `")"`, `"(" before it`)
		case c == ')':
			s.depth--
			s.offset++
		default:
			if err := s.scanToken(); err != nil {
				return err
			}
		}
	}
	if s.depth > 0 {
		return s.errorAt(s.open, "the end of the file", `")" for the "(" here`)
	}
	return nil
}

// scanToken reads one token. A quoted one ends in the line it starts in: BIND
// demands that too, and a missing quote shows where it is missing.
func (s *scanner) scanToken() error {
	t := s.here()
	if len(s.tokens) == maxTokens {
		return s.errorAt(t, fmt.Sprintf("more than %d items", maxTokens), "the end of the entry")
	}
	if n := len(s.tokens); n > 0 {
		last := s.tokens[n-1]
		t.glued = last.line == t.line && last.end() == t.column
	}
	if t.quoted = s.text[s.offset] == '"'; t.quoted {
		s.offset++
	}
	from := s.offset
	for s.offset < len(s.text) && !s.endsToken(s.text[s.offset], t.quoted) {
		n := 1
		if s.text[s.offset] == '\\' {
			if n = escapeLength(s.text[s.offset:]); n == 0 {
				return s.errorAt(s.here(), "a backslash", `an escape: \ and a character, or \000 to \255`)
			}
		}
		s.offset += n
	}
	t.text = s.text[from:s.offset]
	if t.quoted {
		if s.offset == len(s.text) || s.text[s.offset] != '"' {
			return s.errorAt(t, "the end of the line", `'"' for the quote here`)
		}
		s.offset++
	}
	s.tokens = append(s.tokens, t)
	return nil
}

func (s *scanner) endsToken(c byte, quoted bool) bool {
	if quoted {
		return c == '"' || c == '\n'
	}
	return isBlank(c) || c == '\n' || c == ';' || c == '(' || c == ')' || c == '"'
}

// scanDirective reads a directive line: fields between blanks, without quotes,
// parentheses or comments. More of them than any directive has are not kept.
func (s *scanner) scanDirective() {
	mark := s.here()
	mark.text = directiveMark
	s.tokens, s.directive = append(s.tokens, mark), true
	s.offset += len(directiveMark)
	for s.offset < len(s.text) && s.text[s.offset] != '\n' {
		if isBlank(s.text[s.offset]) {
			s.offset++
			continue
		}
		t := s.here()
		from := s.offset
		for s.offset < len(s.text) && !isBlank(s.text[s.offset]) && s.text[s.offset] != '\n' {
			s.offset++
		}
		t.text = s.text[from:s.offset]
		if len(s.tokens) < directiveTokens {
			s.tokens = append(s.tokens, t)
		}
	}
	s.endLine()
}

// skipComment moves to the end of the line.
func (s *scanner) skipComment() {
	from, here := s.offset, s.here()
	s.skipLine()
	if n := len(s.tokens); n > 0 && s.comment == "" {
		last := s.tokens[n-1]
		if last.line == here.line && last.end() == here.column {
			s.comment = s.text[from:s.offset]
		}
	}
}

// skipLine moves to the line feed that ends the line.
func (s *scanner) skipLine() {
	n := strings.IndexByte(s.text[s.offset:], '\n')
	if n < 0 {
		n = len(s.text) - s.offset
	}
	s.offset += n
}

// endLine moves over a line feed, if one is left.
func (s *scanner) endLine() {
	if s.offset < len(s.text) {
		s.offset++
		s.line++
		s.start = s.offset
	}
}

// here returns an empty token at the next octet.
func (s *scanner) here() token {
	return token{line: s.line, column: s.offset - s.start + 1}
}

func (s *scanner) errorAt(t token, found, expected string) error {
	return &ParseError{File: s.file, Line: t.line, Column: t.column, Found: found, Expected: expected}
}

// unexpected is the error for a token that is not what stands at its place.
func (s *scanner) unexpected(t token, expected string) error {
	const shown = 60 // octets of a token that a message repeats
	text := t.raw()
	if len(text) > shown {
		return s.errorAt(t, fmt.Sprintf("%+q...", text[:shown]), expected)
	}
	return s.errorAt(t, fmt.Sprintf("%+q", text), expected)
}

// missing is the error for an entry that ends too early.
func (s *scanner) missing(expected string) error {
	last := s.tokens[len(s.tokens)-1]
	last.column = last.end()
	return s.errorAt(last, "the end of the entry", expected)
}
