package lookup

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

// restFor is how long a server that did not answer is asked last.
const restFor = 30 * time.Second

// transport carries queries to one server. The error of an exchange is an
// *Error where the response is at fault, else what the network said.
type transport interface {
	exchange(ctx context.Context, query *dns.Msg) (response, error)
	close()
	String() string // URL
}

// upstream is a server and the ways to it.
type upstream struct {
	server
	main      transport    // the one its URL asks for
	tcp       transport    // for what UDP truncates; nil unless main is UDP
	restUntil atomic.Int64 // Unix time in nanoseconds
}

// newUpstream prepares the transports of a server; it opens no connection.
// trust holds the certificate authorities, its zero value those of the system.
func newUpstream(s server, cfg Config, trust *tls.Config) *upstream {
	u := &upstream{server: s}
	d := newDialer(s, cfg)
	trust = trust.Clone()
	trust.ServerName = s.certName()
	trust.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	switch s.scheme {
	case "udp":
		u.main = &socket{url: s.String(), converse: datagrams, pool: pool{dial: d.over("udp")}}
		s.scheme = "tcp"
		u.tcp = &socket{url: s.String(), converse: stream, pool: pool{dial: d.over("tcp")}}
	case "tcp":
		u.main = &socket{url: s.String(), converse: stream, pool: pool{dial: d.over("tcp")}}
	case "tls":
		u.main = &socket{url: s.String(), converse: stream, pool: pool{dial: d.overTLS(trust)}}
	case "https":
		u.main = newDoH(s, d.over("tcp"), trust, cfg.Timeout)
	}
	return u
}

func (u *upstream) close() {
	u.main.close()
	if u.tcp != nil {
		u.tcp.close()
	}
}

// rest makes the server one that is asked last for a while; wake ends that.
func (u *upstream) rest(now time.Time) { u.restUntil.Store(now.Add(restFor).UnixNano()) }

func (u *upstream) wake() { u.restUntil.Store(0) }

func (u *upstream) resting(now time.Time) bool { return now.UnixNano() < u.restUntil.Load() }

// dialFunc opens a connection to a server.
type dialFunc func(context.Context) (net.Conn, error)

// dialer knows where a server is, or asks the system once.
type dialer struct {
	net.Dialer
	server
	trace   func(Event)
	looking chan struct{} // holds a token while addrs is in use
	addrs   []netip.AddrPort
}

func newDialer(s server, cfg Config) *dialer {
	// The time-out is for HTTP, which goes on dialling after its caller left.
	d := &dialer{Dialer: net.Dialer{Timeout: cfg.Timeout}, server: s, trace: cfg.Trace, looking: make(chan struct{}, 1)}
	if s.addr.IsValid() {
		d.addrs = []netip.AddrPort{netip.AddrPortFrom(s.addr, s.port)}
	}
	return d
}

// over returns the function that connects over a network of package net, to the
// first address that answers.
func (d *dialer) over(network string) dialFunc {
	return func(ctx context.Context) (c net.Conn, err error) {
		addrs, err := d.addresses(ctx)
		for _, addr := range addrs {
			if c, err = d.DialContext(ctx, network, addr.String()); err == nil {
				return c, nil
			}
		}
		return nil, err
	}
}

// overTLS returns the function that connects over TLS.
func (d *dialer) overTLS(config *tls.Config) dialFunc {
	overTCP := d.over("tcp")
	return func(ctx context.Context) (net.Conn, error) {
		c, err := overTCP(ctx)
		if err != nil {
			return nil, err
		}
		encrypted := tls.Client(c, config)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			c.Close()
			return nil, err
		}
		return encrypted, nil
	}
}

// addresses returns where the server listens. Of a URL without an address the
// system is asked, until it knows.
func (d *dialer) addresses(ctx context.Context) ([]netip.AddrPort, error) {
	select {
	case d.looking <- struct{}{}:
		defer func() { <-d.looking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if len(d.addrs) > 0 {
		return d.addrs, nil
	}
	start := time.Now()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", d.name)
	event := Event{Question: Question{d.name, TypeA}, Server: "system", Duration: time.Since(start), Outcome: fmt.Sprint(found)}
	if err != nil {
		event.Outcome = err.Error()
	}
	d.trace(event)
	for _, addr := range found {
		d.addrs = append(d.addrs, netip.AddrPortFrom(addr.Unmap(), d.port))
	}
	return d.addrs, err
}
