package lookup

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// File is a master file that is judged before it is published: reading goes on
// behind what cannot be read.
type File struct {
	Name   string // path, for messages and findings; each of a view has another one
	Origin string // canonical, in force before $ORIGIN; empty: not known
	Text   string

	Records []Record  // all that can be read, in the order of the file, repeated ones too
	Faults  []Fault   // the others, the first twenty
	Foreign []Foreign // records that are right for other readers
	Cut     []Cut     // text that ends where a comment begins

	Includes []string        // files that $INCLUDE names and nobody gave; they are not read
	Relative map[string]bool // names of records that are relative to an origin that is not known

	included []*File // read in the place of $INCLUDE
	view     *view   // set by View
}

// view is what all files of a view say.
type view struct {
	zone  *Zone
	first map[Question]*Record // first record of each name and type
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

// Cut is a TXT record whose text runs into a semicolon, where a comment begins (RFC
// 1035, Section 5.1).
type Cut struct {
	Source *lint.Source // what is left
	Rest   string       // what was meant to stand behind it; empty: that is not known
	Sure   bool         // the comment is the rest of the text; else it may be one
}

// maxFaults is how many faults of a file are listed. Nobody reads more of them.
const maxFaults = 20

// Foreign is a record of a type that only some servers have, or with data that
// cannot be read.
type Foreign struct {
	Source *lint.Source // its data
	Type   string       // as written
	Known  bool         // the type is; its data are not
}

// maxJudged is how many records all files under judgement have together: each is
// kept with its place, and looked at by every rule.
const maxJudged = 250_000

// View reads master files that form one view of the DNS. A file with faults, with
// $INCLUDE of a file that is not given, or without a known origin grants no
// authority: what it does not say, the rest of it may. A file that another one
// includes is read there. The error is that of files with too many records.
func View(files ...*File) (*Zone, error) {
	z := newZone()
	z.limit = maxJudged
	given := givenFiles(files)
	// Last those that are named by $INCLUDE in a place where it includes nothing.
	for _, again := range [...]bool{false, true} {
		for _, f := range files {
			if given.read[f] || given.named[f] && !again {
				continue
			}
			given.read[f] = true
			if err := z.readFile(f.Name, f.Text, &judgement{File: f, given: given}); isLimit(err) {
				return nil, err
			} else if err != nil && len(f.Faults) == 0 {
				f.addFault(err)
			}
		}
	}
	v := &view{zone: z, first: map[Question]*Record{}}
	for _, f := range files {
		f.view = v
		for i := range f.Records {
			rec := &f.Records[i]
			if rec.Type == TypeSOA && (f.partial() || f.Relative[rec.Name]) {
				z.nodes[rec.Name].apex = false
			}
			if q := (Question{rec.Name, rec.Type}); v.first[q] == nil {
				v.first[q] = rec
			}
		}
	}
	z.finish()
	return z, nil
}

// partial reports whether something of the file is not known.
func (f *File) partial() bool {
	return len(f.Faults)+len(f.Includes) > 0 || slices.ContainsFunc(f.included, func(part *File) bool { return len(part.Faults)+len(part.Includes) > 0 })
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
	again := func(known Fault) bool { return known.Line == fault.Line && known.Column == fault.Column }
	if !slices.ContainsFunc(f.Faults, again) { // a file may be included more than once
		f.Faults = append(f.Faults, Fault{ParseError: fault, Span: source.Span(start, end)})
	}
}

// survive notes a fault of the file under judgement and moves to the next entry,
// unless the fault was found behind its end. It reports false where nothing more
// can be read.
func (r *reader) survive(err error, entryEnded bool) bool {
	if r.judged == nil || isLimit(err) {
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
	if rec.Type == TypeTXT {
		r.keepCut(rec.Source, data)
	}
}
