package message

import (
	"bufio"
	"bytes"
	"io"
	"iter"
)

// mboxMark begins the line before each message of an mbox file (RFC 4155).
const mboxMark = "From "

// Part is a message within an mbox file.
type Part struct {
	*io.SectionReader     // its octets as they are, without the line before it and the empty line behind it
	Line              int // of the file at which it begins, from 1
}

// Split takes an mbox file apart. A line begins a message if it begins with "From ",
// holds a time of day and stands at the start of the file or behind an empty line.
// What comes before the first such line is a message, too. Lines in which the "From " of a text was changed to ">From " stay as they are. The error
// is that of the input and ends the sequence.
func Split(in io.ReaderAt, size int64) iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) {
		s := splitter{in: bufio.NewReaderSize(io.NewSectionReader(in, 0, size), BlockSize), line: 1}
		start, line := int64(0), 1
		for {
			at, blank, err := s.next()
			if err != nil && err != io.EOF {
				yield(Part{}, err)
				return
			}
			if at-blank > start && !yield(Part{io.NewSectionReader(in, start, at-blank-start), line}, nil) || err == io.EOF {
				return
			}
			start, line = s.at, s.line
		}
	}
}

// splitter finds the lines that begin messages.
type splitter struct {
	in   *bufio.Reader
	at   int64 // of the next octet
	line int   // from 1
}

// next goes on behind the next line that begins a message. It returns the offset of
// that line, or of the end, and the octets of the empty line before it.
func (s *splitter) next() (at, blank int64, err error) {
	blank = -1
	if s.at == 0 {
		blank = 0
	}
	for {
		// Long lines come in pieces: the first one decides.
		first, err := s.in.ReadSlice('\n')
		begin, size := s.at, int64(len(first))
		mark := blank >= 0 && isMboxLine(first)
		empty := len(bytes.TrimRight(first, "\r\n")) == 0 && err == nil
		for err == bufio.ErrBufferFull {
			var more []byte
			more, err = s.in.ReadSlice('\n')
			size += int64(len(more))
		}
		s.at += size
		if err != nil {
			if size > 0 || blank < 0 {
				blank = 0
			}
			return s.at, blank, err
		}
		s.line++
		if mark {
			return begin, blank, nil
		}
		blank = -1
		if empty {
			blank = size
		}
	}
}

// isMboxLine reports whether a line begins as one between messages does.
func isMboxLine(line []byte) bool {
	if !bytes.HasPrefix(line, []byte(mboxMark)) {
		return false
	}
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	for i := len(mboxMark); i+4 < len(line); i++ {
		if line[i+2] == ':' && digit(line[i]) && digit(line[i+1]) && digit(line[i+3]) && digit(line[i+4]) {
			return true
		}
	}
	return false
}
