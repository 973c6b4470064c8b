package dkim

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"slices"
	"strings"
)

// Bounds of what is noted of a body. Real messages stay below them.
const (
	maxDelimiters = 64      // lines that divide a multipart
	maxBoundaries = 16      // multiparts within each other
	maxPartHeader = 8 << 10 // octets of the header of a part
	maxMarks      = 40      // lines at the top of a part and at its end, before or behind which something may have been added
)

// mark is the start of a line.
type mark struct {
	at   int64 // octet of the transported body
	line int   // of the file
}

// part is a part of a multipart, or the whole body where it is none. The first is
// always the whole body.
type part struct {
	boundary string // "" for the whole body
	start    mark   // of the line that divides it from what is before
	body     mark   // behind its header
	end      mark   // of the next line that divides its multipart
	multi    bool
	opaque   bool     // its content is no text, so that nobody encodes it anew
	encoding string   // of its content, in lower case; "" where its header does not say
	value    [2]int64 // octets of the body at which the value of its Content-Transfer-Encoding stands; zero where it has none
	valueAt  int      // line of it
	top      []mark   // starts of the lines behind the first
	bottom   []mark   // starts of the last lines
	blank    []mark   // starts of the empty lines right before the end
}

// outline is what a pass over a body notes of its structure.
type outline struct {
	parts      []*part
	boundaries []string // of the multiparts, outermost first
	open       []*part  // whose end was not seen
	header     strings.Builder
	inHeader   bool
	at         mark
	seen       map[Cause]bool // lines that could be undone were seen
}

// outline reads the body once.
func (b *bodySearch) outline() (*outline, error) {
	whole := &part{body: mark{0, b.m.BodyLine}, start: mark{0, b.m.BodyLine}}
	o := &outline{parts: []*part{whole}, open: []*part{whole}, at: whole.body, seen: map[Cause]bool{}}
	for _, f := range b.m.Named("Content-Type") {
		o.contentType(whole, f.Value())
	}
	for _, f := range b.m.Named("Content-Transfer-Encoding") {
		whole.encoding = strings.ToLower(strings.TrimSpace(f.Value()))
	}
	in := bufio.NewReaderSize(b.body(), int(min(maxChanged, b.size+1)))
	for start := true; ; {
		line, err := in.ReadSlice('\n')
		if start && len(line) > 0 {
			o.note(line)
			o.line(line)
		}
		o.at.at += int64(len(line))
		if start = err == nil; start {
			o.at.line++
		}
		if err == io.EOF {
			if len(line) > 0 {
				o.at.line++
			}
			break
		}
		if err != nil && err != bufio.ErrBufferFull {
			return nil, err
		}
	}
	for _, p := range o.open {
		o.end(p)
	}
	return o, nil
}

// contentType notes the boundary of a multipart.
func (o *outline) contentType(p *part, value string) {
	kind, parameters, err := mime.ParseMediaType(unfold(value))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		p.opaque = err == nil && !strings.HasPrefix(kind, "text/")
		return
	}
	p.multi = true
	if b := parameters["boundary"]; b != "" && len(o.boundaries) < maxBoundaries {
		o.boundaries = append(o.boundaries, b)
	}
}

func unfold(value string) string {
	return strings.TrimSpace(lineBreaks.Replace(value))
}

var lineBreaks = strings.NewReplacer("\r", "", "\n", "")

// note looks for what relays leave in a line.
func (o *outline) note(line []byte) {
	text, end := cutEnd(line)
	switch {
	case len(text) == 0:
	case text[0] == '.':
		o.seen[DotStuffing] = true
	case text[0] == '>' || text[0] == 'F':
		if bytes.HasPrefix(bytes.TrimLeft(text, ">"), []byte("From ")) {
			o.seen[FromQuoting] = true
		}
	}
	if len(text) >= shortest {
		o.seen[LongLines] = true
	}
	if len(end) == 1 || bytes.IndexByte(text, '\r') >= 0 {
		o.seen[LineEndings] = true
	}
}

// line takes the start of a line.
func (o *outline) line(line []byte) {
	text := bytes.TrimRight(line[:min(len(line), maxLineStart)], whiteSpace)
	if bytes.HasPrefix(text, []byte("--")) && o.delimiter(string(text[len("--"):])) {
		return
	}
	if o.inHeader {
		o.partHeader(string(line), len(text) == 0)
		return
	}
	for _, p := range o.open {
		if p.multi {
			continue
		}
		if p.body.at < o.at.at && len(p.top) < maxMarks {
			p.top = append(p.top, o.at)
		}
		if len(p.bottom) == 2*maxMarks {
			p.bottom = append(p.bottom[:0], p.bottom[maxMarks:]...)
		}
		p.bottom = append(p.bottom, o.at)
		if len(text) > 0 {
			p.blank = p.blank[:0]
		} else if len(p.blank) < maxMarks {
			p.blank = append(p.blank, o.at)
		}
	}
}

// maxLineStart is more octets than a line has that divides a multipart.
const maxLineStart = 200

// delimiter takes a line that may divide a multipart.
func (o *outline) delimiter(text string) bool {
	name := slices.IndexFunc(o.boundaries, func(b string) bool { return text == b || text == b+"--" })
	if name < 0 {
		return false
	}
	boundary := o.boundaries[name]
	// The parts within end, too, and so does the one before.
	level := slices.IndexFunc(o.open, func(p *part) bool { return p.boundary == boundary })
	if level < 0 {
		level = min(name+1, len(o.open))
	}
	for _, p := range o.open[level:] {
		o.end(p)
	}
	o.open = o.open[:level]
	o.inHeader = false
	if text != boundary || len(o.parts) >= maxDelimiters {
		return true
	}
	p := &part{boundary: boundary, start: o.at}
	o.parts, o.open = append(o.parts, p), append(o.open, p)
	o.inHeader = true
	o.header.Reset()
	return true
}

func (o *outline) end(p *part) {
	p.end = o.at
	if p.body.line == 0 {
		p.body = o.at // its header goes on to the end
	}
	p.bottom = p.bottom[max(len(p.bottom)-maxMarks, 0):]
}

// partHeader takes a line of the header of a part.
func (o *outline) partHeader(line string, empty bool) {
	p := o.open[len(o.open)-1]
	if !empty {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "Content-Transfer-Encoding") {
			text := strings.TrimSpace(value)
			p.encoding = strings.ToLower(text)
			from := o.at.at + int64(len(name)+1+strings.Index(value, text))
			p.value, p.valueAt = [2]int64{from, from + int64(len(text))}, o.at.line
		}
		if o.header.Len()+len(line) <= maxPartHeader {
			o.header.WriteString(line)
		}
		return
	}
	o.inHeader = false
	p.body = mark{o.at.at + int64(len(line)), o.at.line + 1}
	value := ""
	for line := range strings.Lines(o.header.String()) {
		name, rest, ok := strings.Cut(line, ":")
		folded := line[0] == ' ' || line[0] == '\t'
		switch {
		case !folded && ok && strings.EqualFold(strings.TrimSpace(name), "Content-Type"):
			value = rest
		case folded && value != "":
			value += line
		case value != "":
			o.contentType(p, value)
			value = ""
		}
	}
	if value != "" {
		o.contentType(p, value)
	}
}
