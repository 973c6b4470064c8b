package message

import (
	"bytes"
	"encoding/binary"
)

// scanner looks at every octet of a message once, block by block.
type scanner struct {
	found    defects
	eightBit Kind // under which octets above 127 are noted
	line     int  // of the file, from 1
	length   int  // octets of the line so far, a CR at the end included
	last     byte // the octet before
	crlf     bool // a line ended in CRLF
}

func (s *scanner) write(block []byte) {
	s.findOctets(block)
	for len(block) > 0 {
		end := bytes.IndexByte(block, '\n')
		if end < 0 {
			s.part(block)
			return
		}
		if end > 0 {
			s.part(block[:end])
		}
		if s.last == '\r' && s.length > 0 {
			s.crlf = true
			s.length--
		} else {
			s.found.add(BareLF, s.line)
		}
		s.endLine()
		block = block[end+1:]
	}
}

// part takes a part of a line: the octet behind it is a LF or not yet known.
func (s *scanner) part(part []byte) {
	if s.last == '\r' && s.length > 0 {
		s.found.add(BareCR, s.line)
	}
	if i := bytes.IndexByte(part, '\r'); i >= 0 && i < len(part)-1 {
		s.found.add(BareCR, s.line)
	}
	s.length += len(part)
	s.last = part[len(part)-1]
}

func (s *scanner) endLine() {
	if s.length > MaxLine {
		s.found.add(LongLine, s.line)
	}
	s.line++
	s.length, s.last = 0, '\n'
}

// finish takes the end of the message.
func (s *scanner) finish() {
	if s.length > 0 && s.last == '\r' {
		s.found.add(BareCR, s.line)
	}
	if s.length > MaxLine {
		s.found.add(LongLine, s.line)
	}
}

// findOctets notes the lines of a block that hold NUL or octets above 127.
func (s *scanner) findOctets(block []byte) {
	s.each(block, NUL, func(b []byte) int { return bytes.IndexByte(b, 0) })
	s.each(block, s.eightBit, indexEightBit)
}

// each notes a defect of each line in which index finds an octet.
func (s *scanner) each(block []byte, kind Kind, index func([]byte) int) {
	for line := s.line; !s.found.full(kind); {
		i := index(block)
		if i < 0 {
			return
		}
		line += bytes.Count(block[:i], []byte{'\n'})
		s.found.add(kind, line)
		end := bytes.IndexByte(block[i:], '\n')
		if end < 0 {
			return
		}
		block = block[i+end:]
	}
}

// indexEightBit returns the place of the first octet above 127, -1 where there is
// none. It looks at eight octets at a time.
func indexEightBit(block []byte) int {
	const high = 0x8080808080808080
	i := 0
	for ; i+32 <= len(block); i += 32 {
		b := block[i : i+32]
		if (binary.NativeEndian.Uint64(b)|binary.NativeEndian.Uint64(b[8:])|
			binary.NativeEndian.Uint64(b[16:])|binary.NativeEndian.Uint64(b[24:]))&high != 0 {
			break
		}
	}
	for ; i < len(block); i++ {
		if block[i] >= 0x80 {
			return i
		}
	}
	return -1
}
