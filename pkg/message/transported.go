package message

import (
	"bytes"
	"io"
)

// transported puts a CR before each LF that has none.
type transported struct {
	in   io.Reader
	buf  []byte // read and not yet passed on
	room []byte // what buf is part of
	last byte   // the octet that was passed on last
	err  error  // of in
}

func (r *transported) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(r.buf) == 0 {
			if n > 0 || r.err != nil {
				break
			}
			if r.room == nil {
				r.room = make([]byte, BlockSize/2)
			}
			size, err := r.in.Read(r.room)
			r.buf, r.err = r.room[:size], err
			continue
		}
		if r.buf[0] == '\n' && r.last != '\r' {
			p[n] = '\r'
			n, r.last = n+1, '\r'
			continue
		}
		// A LF that comes first has its CR already.
		line := r.buf
		if next := bytes.IndexByte(line[1:], '\n'); next >= 0 {
			line = line[:next+1]
		}
		size := copy(p[n:], line)
		n, r.last, r.buf = n+size, line[size-1], r.buf[size:]
	}
	if n == 0 && len(p) > 0 {
		return 0, r.err
	}
	return n, nil
}
