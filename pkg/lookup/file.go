package lookup

import (
	"errors"
	"io"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// File is a master file that is judged before it is published: reading goes on
// behind what cannot be read.
type File struct {
	Name string // path, for messages and findings
	Text string

	Records []Record // all that can be read, in the order of the file, repeated ones too
	Faults  []Fault  // the others, the first twenty
	Cut     []Cut    // text that ends where a comment begins

	Includes []string // files that $INCLUDE names; they are not read
}

// ReadFile reads a master file for judgement. The error is that of the reader.
func ReadFile(name string, in io.Reader) (*File, error) {
	text, err := readBounded(in)
	return &File{Name: name, Text: text}, err
}

// Fault is an entry that cannot be read.
type Fault struct {
	*ParseError
	Span lint.Span // the place, within its line
}

// Cut is a TXT record whose unquoted text runs into a semicolon, where a comment
// begins (RFC 1035, Section 5.1).
type Cut struct {
	Source *lint.Source // what is left
	Meant  string       // the text up to the end of the line
}

// maxFaults is how many faults of a file are listed. Nobody reads more of them.
const maxFaults = 20

// View reads master files that form one view of the DNS. A file with faults or
// $INCLUDE grants no authority: what it does not say, the rest of it may.
func View(files ...*File) *Zone {
	z := newZone()
	for _, f := range files {
		if err := z.readFile(f.Name, f.Text, f); err != nil && len(f.Faults) == 0 {
			f.addFault(err)
		}
		for _, rec := range f.Records {
			if rec.Type == TypeSOA && len(f.Faults)+len(f.Includes) > 0 {
				z.nodes[rec.Name].apex = false
			}
		}
	}
	z.finish()
	return z
}

// addFault keeps the error of an entry with the line it is about.
func (f *File) addFault(err error) {
	fault, ok := errors.AsType[*ParseError](err)
	if !ok {
		return // reading knows no other error
	}
	line := strings.TrimPrefix(f.Text, "\ufeff")
	for range fault.Line - 1 {
		_, line, _ = strings.Cut(line, "\n")
	}
	line, _, _ = strings.Cut(line, "\n")
	line = strings.TrimSuffix(line, "\r")
	source := lint.NewFileSource("master file", f.Name, line, []lint.Anchor{{Line: fault.Line, Column: 1}})
	start := min(fault.Column-1, len(line))
	end := len(line)
	if n := strings.IndexAny(line[start:], " \t;"); n > 0 {
		end = start + n
	}
	f.Faults = append(f.Faults, Fault{ParseError: fault, Span: source.Span(start, end)})
}

// survive notes a fault of the file under judgement and moves to the next entry,
// unless the fault was found behind its end. It reports false where nothing more
// can be read.
func (r *reader) survive(err error, entryEnded bool) bool {
	if r.judged == nil {
		return false
	}
	r.judged.addFault(err)
	// Without its origin a name means another one.
	if len(r.judged.Faults) == maxFaults || entryEnded && r.tokens[0].is("$ORIGIN") {
		return false
	}
	if !entryEnded {
		r.skipEntry()
	}
	return true
}

// skipEntry moves behind the line, and where parentheses are open behind the one
// that closes them.
func (s *scanner) skipEntry() {
	for ended := false; !ended; s.endLine() {
		from := s.offset
		s.skipLine()
		ended = s.depth == 0 || s.offset == len(s.text) || strings.Contains(s.text[from:s.offset], ")")
	}
	s.depth = 0
}

// keep adds a record, which has these tokens as its data, to the file under
// judgement.
func (r *reader) keep(rec Record, data []token) {
	if r.judged == nil {
		return
	}
	r.judged.Records = append(r.judged.Records, rec)
	if meant := r.cutText(data); meant != "" && rec.Type == TypeTXT {
		r.judged.Cut = append(r.judged.Cut, Cut{Source: rec.Source, Meant: meant})
	}
}

// cutText returns what the text of an entry was meant to be, from its first token
// on, where a comment begins right behind an unquoted one; else "".
func (r *reader) cutText(tokens []token) string {
	if r.comment == "" || len(tokens) == 0 {
		return ""
	}
	var words []string
	for _, t := range tokens {
		words = append(words, t.text)
	}
	return strings.TrimSpace(strings.Join(words, " ") + r.comment)
}
