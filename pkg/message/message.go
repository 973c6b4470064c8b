package message

import (
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/authcheck/authcheck/pkg/lint"
)

// Limits of what is held in memory. No real message comes near them.
const (
	MaxHeader    = 4 << 20 // octets of a header
	MaxFields    = 20_000  // fields of a header
	MaxAddresses = 1_000   // addresses of one From field; those beyond are not read
	MaxLine      = 998     // octets of a line without its end (RFC 5322, Section 2.1.1)
)

// BlockSize is the number of octets in which a body is best read.
const BlockSize = 64 << 10

// blocks are buffers for reading, of BlockSize octets.
var blocks = sync.Pool{New: func() any { return new([BlockSize]byte) }}

// Block returns a buffer of BlockSize octets for reading. Whoever needs it no longer
// calls release, and never looks at it again.
func Block() (block []byte, release func()) {
	array := blocks.Get().(*[BlockSize]byte)
	return array[:], func() { blocks.Put(array) }
}

// The reasons for which an input is not read as a message.
var (
	ErrNotMail   = errors.New("not a mail message")
	ErrHeader    = errors.New("the header is too large")
	ErrTruncated = errors.New("the input ended early") // it got shorter while it was read
)

// Origin says where a message comes from. The zero value is an input without a name.
type Origin struct {
	File string // for findings; empty: unknown
	Line int    // of File at which the message begins, from 1; 0 stands for 1
}

// LineEnds is how the lines of a message end.
type LineEnds int

// The ways in which lines end. A message without any line end has CRLF.
const (
	CRLF  LineEnds = iota // as mail is transported
	LF                    // throughout, as files are saved on Unix
	Mixed                 // some so, some so
)

// Message is a message as it stands in its input, which Read goes on using: it must
// not change. A Message is not changed after it was read and can be used by many
// goroutines at once.
type Message struct {
	Origin     Origin
	Size       int64 // octets of the input
	Fields     []Field
	Authors    []Author // the addresses of all From fields, in their order
	LineEnds   LineEnds // of header and body, an mbox line not counted
	Defects    []Defect // in the order of the kinds below
	BodyOffset int64    // of the first octet behind the empty line; Size where there is no body
	BodyLine   int      // of the file, from 1

	in     io.ReaderAt
	bareLF bool // lines of the header end in LF alone
	close  func() error
}

// Field is a field of the header as it stands in the input.
type Field struct {
	Name   string // as written, without white space before the colon
	Raw    string // every octet, line ends included; the last field of an input may have none
	Offset int64  // of the first octet in the input
	Line   int    // of the first octet in the file, from 1
	colon  int    // offset of the colon in Raw
}

// Is reports whether the field has that name, in whatever case.
func (f *Field) Is(name string) bool { return strings.EqualFold(f.Name, name) }

// Value returns what stands behind the colon, folding and white space included,
// without the end of the last line.
func (f *Field) Value() string {
	return strings.TrimSuffix(strings.TrimSuffix(f.Raw[f.colon+1:], "\n"), "\r")
}

// Named returns the fields of that name, in whatever case, top first.
func (m *Message) Named(name string) []*Field {
	var fields []*Field
	for i := range m.Fields {
		if m.Fields[i].Is(name) {
			fields = append(fields, &m.Fields[i])
		}
	}
	return fields
}

// Source returns the value of a field for judgement, each line of it tied to its
// place in the file.
func (m *Message) Source(f *Field, subject string) *lint.Source {
	text := f.Value()
	if m.Origin.File == "" {
		return lint.NewSource(subject, text)
	}
	anchors := []lint.Anchor{{Offset: 0, Line: f.Line, Column: f.colon + 2}}
	for i, line := 0, f.Line; i < len(text); {
		next := strings.IndexByte(text[i:], '\n')
		if next < 0 {
			break
		}
		i += next + 1
		line++
		anchors = append(anchors, lint.Anchor{Offset: i, Line: line, Column: 1})
	}
	return lint.NewFileSource(subject, m.Origin.File, text, anchors)
}

// Body returns the octets of the body as they are.
func (m *Message) Body() *io.SectionReader {
	return io.NewSectionReader(m.in, m.BodyOffset, m.Size-m.BodyOffset)
}

// Transported returns a reader of the body with the line ends that it has in
// transport: where the lines of the header end in LF alone, CRLF stands for each
// such end in the body (RFC 6376, Section 5.3). Other octets, a bare LF among CRLF
// line ends included, are those of Body.
func (m *Message) Transported() io.Reader {
	if m.bareLF {
		return &transported{in: m.Body()}
	}
	return m.Body()
}

// Close lets go of the input where Open or Spool opened it.
func (m *Message) Close() error {
	if m.close == nil {
		return nil
	}
	return m.close()
}
