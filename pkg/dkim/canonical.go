package dkim

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"
	"sync"
)

// canonicalizer passes on the canonical form of a body that is written to it in
// pieces of any size. Lines end in CRLF; a CR or LF alone is an octet like others.
type canonicalizer interface {
	io.WriteCloser // Close writes what the end of the body makes certain
}

// newCanonicalizer returns a canonicalizer that writes to out, which never fails.
func newCanonicalizer(c Canonicalization, out io.Writer) canonicalizer {
	if c == Relaxed {
		small := writers.Get().(*bufio.Writer)
		small.Reset(out)
		return &relaxedBody{out: small}
	}
	return &simpleBody{out: out}
}

// smallWrites is the size of a buffer for pieces of a few octets.
const smallWrites = 4 << 10

// writers are such buffers.
var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, smallWrites) }}

// lineEnds are written where empty lines were held back.
var lineEnds = bytes.Repeat([]byte("\r\n"), 1<<9)

func writeLineEnds(out io.Writer, n int64) {
	for n > 0 {
		some := min(n, int64(len(lineEnds)/2))
		out.Write(lineEnds[:2*some])
		n -= some
	}
}

// simpleBody leaves the empty lines at the end out and ends the last line
// (RFC 6376, Section 3.4.3).
type simpleBody struct {
	out  io.Writer
	ends int64 // line ends that may be followed by nothing
	cr   bool  // and behind them a CR that may be the start of one more
}

func (s *simpleBody) Write(p []byte) (int, error) {
	size := len(p)
	if s.cr && size > 0 {
		s.cr = false
		if p[0] == '\n' {
			s.ends++
			p = p[1:]
		} else {
			s.release()
			s.out.Write([]byte{'\r'})
		}
	}
	if n := len(p); n > 0 && p[n-1] == '\r' {
		s.cr = true
		p = p[:n-1]
	}
	end := len(p)
	for end >= 2 && p[end-1] == '\n' && p[end-2] == '\r' {
		end -= 2
	}
	if end > 0 {
		s.release()
		s.out.Write(p[:end])
	}
	s.ends += int64(len(p)-end) / 2
	return size, nil
}

func (s *simpleBody) release() {
	writeLineEnds(s.out, s.ends)
	s.ends = 0
}

func (s *simpleBody) Close() error {
	if s.cr {
		s.release()
		s.out.Write([]byte{'\r'})
	}
	writeLineEnds(s.out, 1)
	return nil
}

// relaxedBody makes one space of white space within a line, leaves out that at its
// end and then the empty lines at the end of the body, and ends the last line of a
// body that is not empty (RFC 6376, Section 3.4.4).
type relaxedBody struct {
	out   *bufio.Writer
	any   bool  // something was written
	ends  int64 // line ends that may be followed by nothing
	space bool  // and behind them white space, which may end a line
	cr    bool  // and behind it a CR that may be the start of one more line end
}

// Write hands most octets on as they stand. Up to the last octet of p that is not
// white space nothing depends on what comes next.
func (r *relaxedBody) Write(p []byte) (int, error) {
	size := len(p)
	for len(p) > 0 && (r.ends > 0 || r.space || r.cr) {
		r.step(p[0])
		p = p[1:]
	}
	end := len(p)
	for end > 0 && isBlank(p[end-1]) {
		end--
	}
	if end > 0 {
		r.any = true
		r.inner(p[:end])
	}
	for _, c := range p[end:] {
		r.step(c)
	}
	return size, nil
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// step takes one octet.
func (r *relaxedBody) step(c byte) {
	if r.cr {
		r.cr = false
		if c == '\n' {
			r.space = false
			r.ends++
			return
		}
		r.put('\r')
	}
	switch c {
	case ' ', '\t':
		r.space = true
	case '\r':
		r.cr = true
	default:
		r.put(c)
	}
}

// put writes an octet and what was held back before it.
func (r *relaxedBody) put(c byte) {
	writeLineEnds(r.out, r.ends)
	if r.space {
		r.out.WriteByte(' ')
	}
	r.ends, r.space, r.any = 0, false, true
	r.out.WriteByte(c)
}

// inner writes octets of which the last is not white space. Only white space that
// is not one space within a line needs a look.
func (r *relaxedBody) inner(p []byte) {
	tab, double, last := next{mark: []byte("\t")}, next{mark: []byte("  ")}, next{mark: []byte(" \r\n")}
	for at := 0; at < len(p); {
		to := min(tab.from(p, at), double.from(p, at), last.from(p, at))
		// A tab may stand behind one space.
		if to > at && to < len(p) && p[to-1] == ' ' {
			to--
		}
		r.out.Write(p[at:to])
		if to == len(p) {
			return
		}
		for at = to; p[at] == ' ' || p[at] == '\t'; {
			at++
		}
		if p[at] != '\r' || p[at+1] != '\n' {
			r.out.WriteByte(' ')
		}
	}
}

// next remembers where a mark comes next.
type next struct {
	mark []byte
	at   int
	set  bool
}

// from returns the offset of the mark at or behind from, or the end of p.
func (n *next) from(p []byte, from int) int {
	if n.set && n.at >= from {
		return n.at
	}
	n.set, n.at = true, len(p)
	if i := bytes.Index(p[from:], n.mark); i >= 0 {
		n.at = from + i
	}
	return n.at
}

func (r *relaxedBody) Close() error {
	if r.cr {
		r.put('\r')
	}
	if r.any {
		writeLineEnds(r.out, 1)
	}
	err := r.out.Flush()
	r.out.Reset(nil)
	writers.Put(r.out)
	r.out = nil
	return err
}

// appendHeader appends the canonical form of a field, its CRLF included. Whatever
// the lines of the field end in, CRLF stands for it.
func appendHeader(dst []byte, c Canonicalization, raw string) []byte {
	dst = slices.Grow(dst, len(raw)+len("\r\n"))
	if c == Relaxed {
		return appendRelaxed(dst, raw)
	}
	for line := range strings.Lines(raw) { // RFC 6376, Section 3.4.1
		dst = append(dst, strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")...)
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// appendRelaxed implements RFC 6376, Section 3.4.2.
func appendRelaxed(dst []byte, raw string) []byte {
	name, value, _ := strings.Cut(raw, ":")
	for _, c := range []byte(strings.TrimRight(name, " \t")) {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	dst = append(dst, ':')
	start, space := len(dst), false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == ' ' || c == '\t':
			space = true
		case c == '\n', c == '\r' && i+1 < len(value) && value[i+1] == '\n': // unfolded
		default:
			if space && len(dst) > start {
				dst = append(dst, ' ')
			}
			space = false
			dst = append(dst, c)
		}
	}
	return append(dst, "\r\n"...)
}
