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
	*io.SectionReader     // its octets as they are, without the line before it
	Line              int // of the file at which it begins, from 1
}

// Split takes an mbox file apart. A line begins a message if it begins with "From ",
// holds a time of day and stands at the start of the file or behind an empty line.
// What comes before the first such line is a message, too. Two things that writers
// of such files do stay as they are: the empty line behind a message, which is no
// part of a canonical body, and ">From " where a text had "From ". The error is that
// of the input and ends the sequence.
func Split(in io.ReaderAt, size int64) iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) {
		s := splitter{in: bufio.NewReaderSize(io.NewSectionReader(in, 0, size), BlockSize), line: 1, empty: true}
		start, line := int64(0), 1
		for {
			end, err := s.next()
			if err != nil && err != io.EOF {
				yield(Part{}, err)
				return
			}
			if end > start && !yield(Part{io.NewSectionReader(in, start, end-start), line}, nil) || err == io.EOF {
				return
			}
			start, line = s.at, s.line
		}
	}
}

// splitter finds the lines that begin messages.
type splitter struct {
	in    *bufio.Reader
	at    int64 // of the next octet
	line  int   // from 1
	empty bool  // the line before is empty, or there is none
}

// next goes on behind the next line that begins a message. It returns the offset of
// that line, or of the end with io.EOF.
func (s *splitter) next() (int64, error) {
	for {
		// Long lines come in pieces: the first one decides.
		first, err := s.in.ReadSlice('\n')
		begin := s.at
		mark := s.empty && isMboxLine(first)
		s.at += int64(len(first))
		s.empty = len(bytes.TrimRight(first, "\r\n")) == 0
		for err == bufio.ErrBufferFull {
			first, err = s.in.ReadSlice('\n')
			s.at += int64(len(first))
		}
		if err != nil {
			return s.at, err
		}
		if s.line++; mark {
			return begin, nil
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
