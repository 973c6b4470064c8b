package dkim

import (
	"bytes"
	"io"
)

// lineChange appends to dst what was signed in place of a line, its end included.
type lineChange func(dst, line []byte) []byte

// stateless makes a lineChange of a function that needs no more than the line.
func stateless(f lineChange) func() lineChange {
	return func() lineChange { return f }
}

// maxChanged is the size of lines that are changed, in octets. Longer ones, which no
// mail may have, stay as they are.
const maxChanged = 64 << 10

// lineWriter passes on lines changed.
type lineWriter struct {
	out     io.Writer
	change  lineChange
	line    int    // of the file
	changed [2]int // first and last line so far
	part    []byte // start of a line
	long    bool   // the line is too long
	room    []byte
}

func (l *lineWriter) Write(p []byte) (int, error) {
	size := len(p)
	l.room = l.room[:0]
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n') + 1
		if end == 0 {
			l.part = append(l.part, p...)
			break
		}
		if len(l.part) == 0 {
			l.whole(p[:end])
		} else {
			l.part = append(l.part, p[:end]...)
			l.whole(l.part)
			l.part = l.part[:0]
		}
		l.line++
		l.long = false
		p = p[end:]
	}
	if len(l.part) > maxChanged {
		l.room = append(l.room, l.part...)
		l.part, l.long = l.part[:0], true
	}
	_, err := l.out.Write(l.room)
	return size, err
}

func (l *lineWriter) whole(line []byte) {
	if l.long {
		l.room = append(l.room, line...)
		return
	}
	before := len(l.room)
	l.room = l.change(l.room, line)
	if !bytes.Equal(l.room[before:], line) {
		if l.changed[0] == 0 {
			l.changed[0] = l.line
		}
		l.changed[1] = l.line
	}
}

// finish takes the last line where it has no end.
func (l *lineWriter) finish() {
	l.room = l.room[:0]
	l.whole(l.part)
	l.out.Write(l.room)
}

// cutEnd takes a line apart from its end.
func cutEnd(line []byte) (text, end []byte) {
	text = bytes.TrimSuffix(line, []byte("\n"))
	text = bytes.TrimSuffix(text, []byte("\r"))
	return text, line[len(text):]
}

// withCRLF ends a line in CRLF, whatever the number of CR before its LF.
func withCRLF(dst, line []byte) []byte {
	text, ended := bytes.CutSuffix(line, []byte("\n"))
	if !ended {
		return append(dst, line...)
	}
	return append(append(dst, bytes.TrimRight(text, "\r")...), "\r\n"...)
}

// withoutCR makes line ends of CRs that stand alone, too.
func withoutCR(dst, line []byte) []byte {
	text, end := cutEnd(line)
	dst = append(dst, bytes.ReplaceAll(text, []byte("\r"), []byte("\r\n"))...)
	if len(end) > 0 {
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// withLF ends a line in LF alone.
func withLF(dst, line []byte) []byte {
	text, end := cutEnd(line)
	dst = append(dst, text...)
	if len(end) > 0 {
		dst = append(dst, '\n')
	}
	return dst
}

// withoutSpace leaves out the white space at the end of a line.
func withoutSpace(dst, line []byte) []byte {
	text, end := cutEnd(line)
	return append(append(dst, bytes.TrimRight(text, " \t")...), end...)
}

// withPrefix puts octets before lines that begin with a mark, behind any quoting.
func withPrefix(prefix, quoting, mark string) lineChange {
	return func(dst, line []byte) []byte {
		if bytes.HasPrefix(bytes.TrimLeft(line, quoting), []byte(mark)) {
			dst = append(dst, prefix...)
		}
		return append(dst, line...)
	}
}

// withoutPrefix undoes withPrefix.
func withoutPrefix(prefix, quoting, mark string) lineChange {
	return func(dst, line []byte) []byte {
		rest, cut := bytes.CutPrefix(line, []byte(prefix))
		if cut && bytes.HasPrefix(bytes.TrimLeft(rest, quoting), []byte(mark)) {
			line = rest
		}
		return append(dst, line...)
	}
}

// shortest is the length, in octets, of lines that are broken by no relay.
const shortest = 900

// joined joins lines again that a relay broke because they were longer than the 998
// octets of RFC 5322, Section 2.1.1. mark is what it put before the line end.
func joined(mark string) func() lineChange {
	return func() lineChange {
		var held []byte // a line end that may be the relay's
		return func(dst, line []byte) []byte {
			if held != nil && len(line) > 0 && line[0] == ' ' {
				line = line[1:]
			} else {
				dst = append(dst, held...)
			}
			held = nil
			if text, end := cutEnd(line); len(text) >= shortest && len(end) > 0 {
				if rest, marked := bytes.CutSuffix(text, []byte(mark)); marked {
					held = append([]byte(mark), end...)
					line = rest
				}
			}
			return append(dst, line...)
		}
	}
}
