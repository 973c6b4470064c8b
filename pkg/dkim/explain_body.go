package dkim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"math"

	"github.com/authcheck/authcheck/pkg/message"
)

// Bounds of the search for a body.
const (
	maxPasses   = 8         // over a body, for all trials
	minBodyWork = 512 << 10 // octets that are read if need be, in more passes: a thousandth of a second
	maxBodyWork = 256 << 20 // octets that are read at most: five passes over 50 MB, the largest mail that servers take
	maxFooter   = 1 << 20   // octets of a footer; each line end in as much of a body is tried as its end
	sumWork     = 128       // octets that ask for as much work as one hash of what is hashed so far: two blocks of SHA-256
)

// bodySearch looks for the body that was signed.
type bodySearch struct {
	ctx  context.Context
	m    *message.Message
	s    *Signature
	size int64 // of the body, about
	from int64 // octets of the canonical body before which nobody looks for a footer
	work int64 // octets read so far

	allowed int64  // of them
	block   []byte // for copies
}

func newBodySearch(ctx context.Context, m *message.Message, r *Result) *bodySearch {
	size := m.Size - m.BodyOffset
	return &bodySearch{ctx: ctx, m: m, s: r.Signature, size: size, from: max(min(size, r.Body.Length)-maxFooter, 0),
		allowed: min(max(maxPasses*size, minBodyWork), maxBodyWork), block: make([]byte, min(max(size, 1), message.BlockSize))}
}

// trial is a body as it may have been when it was signed.
type trial struct {
	cause Cause
	form  Canonicalization
	edits []edit            // in the order of the body
	lines func() lineChange // nil: every line stays
	whole wholeness
}

// wholeness says where the hash of a body may be taken.
type wholeness int

const (
	declared wholeness = iota // at l=, else at the end of a line near the end
	anywhere                  // at the end of a line near the end, whatever l= says
	atEnd                     // at l=, else at the end
)

// edit stands for what was signed in place of a part of the transported body.
type edit struct {
	from, to int64
	lines    [2]int                                  // of the file
	recode   func(out io.Writer, in io.Reader) error // makes the signed octets of the present ones; nil: they are left out
	text     string                                  // follows
}

// found is a trial with the right hash.
type found struct {
	trial
	kept    int    // lines of the trial that were signed
	footer  bool   // lines follow that were not
	added   [2]int // they; zero where they are not lines of the file
	spaces  bool   // they are of white space only
	changed [2]int // lines that a lineChange changed; zero: none
	length  int64  // octets hashed
}

// errWork ends a trial that would ask for too much.
var errWork = errors.New("more work than allowed")

// metered is the transported body with its octets counted.
type metered struct {
	in io.Reader
	s  *bodySearch
}

func (r metered) Read(p []byte) (int, error) {
	if r.s.work > r.s.allowed+message.BlockSize {
		return 0, errWork
	}
	if err := context.Cause(r.s.ctx); err != nil {
		return 0, err
	}
	n, err := r.in.Read(p)
	r.s.work += int64(n)
	return n, err
}

// body returns a reader of the present body.
func (b *bodySearch) body() io.Reader { return metered{b.m.Transported(), b} }

// affordable reports whether one more pass over the body is within bounds.
func (b *bodySearch) affordable() bool {
	return b.work+b.size <= b.allowed && b.ctx.Err() == nil
}

// try hashes a trial, and returns nil where it is not what was signed.
func (b *bodySearch) try(t trial) *found {
	if !b.affordable() {
		return nil
	}
	c := &cutter{hash: sha256.New(), want: b.s.BodyHash, limit: b.s.Length, from: b.from, work: &b.work}
	switch {
	case t.whole == anywhere:
		c.limit = -1
	case t.whole == atEnd:
		c.from = math.MaxInt64
	}
	c.start(t.form)
	out := newCanonicalizer(t.form, c)
	changed, err := b.write(out, t)
	if err != nil {
		return nil
	}
	out.Close()
	if !c.finish() {
		return nil
	}
	f := &found{trial: t, kept: c.kept, footer: c.first > 0, spaces: c.spaces, changed: changed, length: c.length}
	base := b.m.BodyLine - 1
	for _, e := range t.edits {
		if e.recode != nil {
			return f
		}
		base += e.lines[1] - e.lines[0] + 1
	}
	if f.footer {
		f.added = [2]int{base + c.first, base + c.last}
	}
	return f
}

// write writes the body of a trial, which it makes of the present one, and returns
// the lines that were changed one by one.
func (b *bodySearch) write(out io.Writer, t trial) (changed [2]int, err error) {
	var l *lineWriter
	if t.lines != nil {
		l = &lineWriter{out: out, change: t.lines(), line: b.m.BodyLine}
		out = l
	}
	in, at := b.body(), int64(0)
	for _, e := range t.edits {
		section := io.LimitReader(in, e.to-e.from)
		if _, err = io.CopyBuffer(out, io.LimitReader(in, e.from-at), b.block); err == nil && e.recode != nil {
			err = e.recode(out, section)
		}
		if err == nil {
			_, err = io.CopyBuffer(nowhere{}, section, b.block)
		}
		if err == nil {
			_, err = io.WriteString(out, e.text)
		}
		if err != nil {
			return changed, err
		}
		at = e.to
	}
	if _, err := io.CopyBuffer(out, in, b.block); err != nil {
		return changed, err
	}
	if l != nil {
		l.finish()
		changed = l.changed
	}
	return changed, nil
}

// nowhere is io.Discard without a buffer of its own.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// cutter hashes a canonical body and compares the hash at the end of each line from
// a place on, so that one pass finds what was added at the end, however long it is.
type cutter struct {
	hash   hash.Hash
	want   []byte
	limit  int64 // l=; -1: none
	from   int64 // octets before which no line end is tried
	work   *int64
	length int64 // octets hashed
	tail   [3]byte
	line   int // lines that ended so far
	right  bool
	sum    [sha256.Size]byte

	kept int // lines before the place where the hash was right
	// Of what follows it:
	first, last int  // lines that are not empty, from 1; 0: none
	spaces      bool // they hold white space only
	cr          bool // the octet before is CR
}

// start tries the empty body, to which there is no line end.
func (c *cutter) start(form Canonicalization) {
	c.tail = [3]byte{'\n', '\n', '\n'}
	empty := ""
	if form == Simple {
		empty = "\r\n"
	}
	sum := sha256.Sum256([]byte(empty))
	c.spaces = true
	c.right = c.limit < 0 && c.from < math.MaxInt64 && bytes.Equal(sum[:], c.want)
}

func (c *cutter) Write(p []byte) (int, error) {
	size := len(p)
	for len(p) > 0 && !c.right {
		n := len(p)
		switch end := bytes.IndexByte(p, '\n'); {
		case c.limit >= 0:
			if c.length == c.limit {
				return size, nil
			}
			n = int(min(c.limit-c.length, int64(n)))
		case c.length < c.from:
			n = int(min(c.from-c.length, int64(n)))
		case end >= 0:
			n = end + 1
		}
		c.add(p[:n])
		p = p[n:]
		if c.limit < 0 && c.length > c.from && c.tail[0] != '\n' && c.tail[1] == '\r' && c.tail[2] == '\n' {
			c.compare()
		}
	}
	if c.right && c.limit < 0 {
		c.follow(p)
	}
	return size, nil
}

func (c *cutter) add(p []byte) {
	c.hash.Write(p)
	c.length += int64(len(p))
	c.line += bytes.Count(p, []byte{'\n'})
	for _, octet := range p[max(len(p)-len(c.tail), 0):] {
		c.tail = [3]byte{c.tail[1], c.tail[2], octet}
	}
}

func (c *cutter) compare() {
	*c.work += sumWork
	c.right = bytes.Equal(c.hash.Sum(c.sum[:0]), c.want)
	c.kept = c.line
}

// follow looks at what follows that which was signed. LF alone ends no line that the
// canonical form leaves out at the end: it is something that was added.
func (c *cutter) follow(p []byte) {
	for _, octet := range p {
		ends := octet == '\n'
		if octet != '\r' && !(ends && c.cr) {
			if c.first == 0 {
				c.first = c.line + 1
			}
			c.last = c.line + 1
			c.spaces = c.spaces && (ends || octet == ' ' || octet == '\t')
		}
		if ends {
			c.line++
		}
		c.cr = octet == '\r'
	}
}

// finish reports whether the hash was right somewhere.
func (c *cutter) finish() bool {
	if !c.right && (c.limit < 0 || c.length == c.limit) {
		c.compare()
	}
	return c.right
}
