package lookup

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	// maxIdle is the number of idle connections that one pool keeps open.
	maxIdle = 256
	// maxDatagram is the largest UDP response that is read, in octets. Servers
	// were asked for ednsSize and some send more.
	maxDatagram = 4096
)

// conn is a connection with the buffer for what is read from it. It carries one
// exchange at a time.
type conn struct {
	net.Conn
	buf []byte
}

// pool keeps connections to one server for the next exchange.
type pool struct {
	dial func(context.Context) (net.Conn, error)

	mu     sync.Mutex
	idle   []*conn // the one used last comes last
	closed bool
}

// reuse returns an idle connection, or nil.
func (p *pool) reuse() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	c := p.idle[last]
	p.idle = p.idle[:last]
	return c
}

// open returns a new connection.
func (p *pool) open(ctx context.Context) (*conn, error) {
	nc, err := p.dial(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: nc, buf: make([]byte, maxDatagram)}, nil
}

// put takes a connection back after an exchange that went well.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.idle) == maxIdle {
		c.Close()
		return
	}
	p.idle = append(p.idle, c)
}

// close closes the idle connections, and from now on every one that comes back.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, c := range p.idle {
		c.Close()
	}
	p.idle = nil
}

// socket is the transport over datagrams or over a stream, by its converse.
type socket struct {
	url  string
	pool pool
	// converse writes a packed query to c and reads the response.
	converse func(c *conn, query *dns.Msg, packed []byte) (response, error)
}

func (s *socket) String() string { return s.url }

func (s *socket) close() { s.pool.close() }

// exchange asks on an idle connection, or on a new one. An idle connection that
// the server has closed meanwhile is replaced at once.
func (s *socket) exchange(ctx context.Context, query *dns.Msg) (response, error) {
	packed, err := query.Pack()
	if err != nil {
		return response{}, err
	}
	if c := s.pool.reuse(); c != nil {
		r, err := s.use(ctx, c, query, packed)
		if err == nil || ctx.Err() != nil || errors.Is(err, ErrMalformed) {
			return r, err
		}
	}
	c, err := s.pool.open(ctx)
	if err != nil {
		return response{}, err
	}
	return s.use(ctx, c, query, packed)
}

// use has one conversation, which the end of ctx interrupts, and puts the
// connection back, or closes it where a late answer could still arrive.
func (s *socket) use(ctx context.Context, c *conn, query *dns.Msg, packed []byte) (response, error) {
	interrupt := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	r, err := s.converse(c, query, packed)
	if undisturbed := interrupt(); err != nil || !undisturbed {
		c.Close()
		return r, err
	}
	s.pool.put(c)
	return r, nil
}

// datagrams asks over a connected UDP socket. Packets that do not answer the
// query are ignored, as they may be forged or late; the error names the last of
// them if nothing better comes.
func datagrams(c *conn, query *dns.Msg, packed []byte) (response, error) {
	if _, err := c.Write(packed); err != nil {
		return response{}, err
	}
	var junk *Error
	for {
		n, err := c.Read(c.buf)
		if err != nil && junk != nil {
			return response{}, junk
		}
		if err != nil {
			return response{}, err
		}
		r, malformed := readResponse(c.buf[:n], query)
		if malformed == nil {
			return r, nil
		}
		junk = malformed
	}
}

// stream asks over TCP or TLS, each message after its length (RFC 7766,
// Section 8). Whatever comes first has to be the answer.
func stream(c *conn, query *dns.Msg, packed []byte) (response, error) {
	framed := append(binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(packed)), uint16(len(packed))), packed...)
	if _, err := c.Write(framed); err != nil {
		return response{}, err
	}
	if _, err := io.ReadFull(c, c.buf[:2]); err != nil {
		return response{}, err
	}
	size := int(binary.BigEndian.Uint16(c.buf))
	if size > len(c.buf) {
		c.buf = make([]byte, size)
	}
	if _, err := io.ReadFull(c, c.buf[:size]); err != nil {
		return response{}, err
	}
	return readWhole(c.buf[:size], query)
}

// readWhole is readResponse for transports on which nothing is truncated.
func readWhole(octets []byte, query *dns.Msg) (response, error) {
	r, failed := readResponse(octets, query)
	switch {
	case failed != nil:
		return response{}, failed
	case r.msg.Truncated:
		return response{}, malformed("truncated where nothing has to be")
	}
	return r, nil
}
