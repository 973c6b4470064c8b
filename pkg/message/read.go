package message

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// Read reads a message of size octets. It reads the whole input once, keeps the
// header and leaves the body where it is. The error is that of the input, or
// wraps ErrNotMail, ErrHeader or ErrTruncated.
func Read(in io.ReaderAt, size int64, origin Origin) (*Message, error) {
	if origin.Line == 0 {
		origin.Line = 1
	}
	m := &Message{Origin: origin, Size: size, BodyOffset: size, BodyLine: origin.Line, in: in}
	if size == 0 {
		m.Defects = []Defect{{Kind: Empty}}
		return m, nil
	}
	block, release := Block()
	defer release()
	block, end, err := readHeader(in, size, block)
	if err != nil {
		return nil, err
	}
	if form := foreign(block); form != "" {
		return nil, fmt.Errorf("%w but %s: save the mail itself as .eml", ErrNotMail, form)
	}
	h := header{text: string(block[:end]), line: origin.Line, found: defects{}}
	if err := h.read(); err != nil {
		return nil, err
	}
	m.Fields, m.BodyOffset, m.BodyLine = h.fields, int64(end), h.line
	s := &scanner{found: h.found, line: h.first, eightBit: EightBitHeader, last: '\n'}
	s.write(block[h.skip:end])
	m.bareLF = h.found[BareLF] != nil && !s.crlf
	if err := m.scanBody(s, block, end); err != nil {
		return nil, err
	}
	m.judge(s)
	return m, nil
}

// scanBody looks at the body. Its first octets were read with the header; the block
// is used for the others.
func (m *Message) scanBody(s *scanner, block []byte, end int) error {
	s.eightBit = EightBit
	s.write(block[end:])
	for at := int64(len(block)); at < m.Size; {
		n, err := readAt(m.in, block[:min(int64(len(block)), m.Size-at)], at)
		if err != nil {
			return err
		}
		s.write(block[:n])
		at += int64(n)
	}
	s.finish()
	return nil
}

// judge names what can be seen once the message was read.
func (m *Message) judge(s *scanner) {
	if s.found[BareLF] != nil {
		m.LineEnds = LF
		if s.crlf {
			m.LineEnds = Mixed
		}
	}
	onlyCR := s.found[BareCR] != nil && !s.crlf && s.found[BareLF] == nil
	switch {
	case onlyCR:
		// Lines that end in CR, of an old Mac: one long line, which is no header.
		m.Fields = nil
		delete(s.found, NoSeparator)
		s.found.add(NoFrom, 0)
	case len(m.Fields) == 0:
		s.found.add(NoHeaders, 0)
	default:
		m.readAuthors(s.found)
	}
	m.Defects = s.found.list()
}

// readHeader reads blocks, the first into room, until the header is in memory. end is
// the offset of the body in what was read.
func readHeader(in io.ReaderAt, size int64, room []byte) (block []byte, end int, err error) {
	for {
		n := len(block)
		if n == 0 {
			block = room[:min(int64(len(room)), size)]
		} else {
			block = append(block, make([]byte, min(BlockSize, size-int64(n)))...)
		}
		if _, err := readAt(in, block[n:], int64(n)); err != nil {
			return nil, 0, err
		}
		// The end of a line may be the last octet but one of the block before.
		if end = endOfHeader(block, max(n-2, 0)); end >= 0 && end <= MaxHeader {
			return block, end, nil
		}
		switch {
		case foreign(block) != "":
			return block, 0, nil
		case len(block) > MaxHeader || end > MaxHeader:
			return nil, 0, fmt.Errorf("%w: no empty line in the first %d octets", ErrHeader, MaxHeader)
		case int64(len(block)) == size:
			return block, len(block), nil
		}
	}
}

// endOfHeader returns the offset behind the first empty line that begins after
// from, or at the very start; -1 where there is none.
func endOfHeader(block []byte, from int) int {
	if from == 0 {
		switch {
		case bytes.HasPrefix(block, []byte("\n")):
			return 1
		case bytes.HasPrefix(block, []byte("\r\n")):
			return 2
		}
	}
	for {
		next := bytes.IndexByte(block[from:], '\n')
		if next < 0 {
			return -1
		}
		from += next + 1
		switch {
		case bytes.HasPrefix(block[from:], []byte("\n")):
			return from + 1
		case bytes.HasPrefix(block[from:], []byte("\r\n")):
			return from + 2
		}
	}
}

// readAt fills a block. An input that ends before its size has been cut since.
func readAt(in io.ReaderAt, block []byte, at int64) (int, error) {
	n, err := in.ReadAt(block, at)
	switch {
	case n == len(block):
		return n, nil
	case err == io.EOF:
		return n, fmt.Errorf("%w at octet %s", ErrTruncated, strconv.FormatInt(at+int64(n), 10))
	}
	return n, err
}
