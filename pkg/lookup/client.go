package lookup

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/time/rate"
)

// The defaults of Config.
const (
	DefaultTimeout  = 5 * time.Second
	DefaultTries    = 3
	DefaultInFlight = 512
)

// Config says whom a Client asks and how patiently. The zero value is ready to
// use.
type Config struct {
	// Servers are resolver URLs in order of preference: "1.1.1.1",
	// "[::1]:5353", "udp://IP", "tcp://IP", "tls://NAME@IP", "https://NAME@IP/dns-query";
	// without "@IP" the system is asked for the name, once. Empty: the resolvers
	// of the system.
	Servers []string
	// Timeout is for one exchange of packets. 0: DefaultTimeout.
	Timeout time.Duration
	// Tries is how often a question is asked at most, going from server to
	// server. Repeating it over TCP or without EDNS is no try of its own.
	// 0: DefaultTries.
	Tries int
	// Rate is the number of queries a second, in total, spread evenly. 0: no limit.
	Rate float64
	// InFlight is the number of exchanges at once, in total. 0: DefaultInFlight.
	InFlight int
	// Trace is told of every exchange, by many goroutines at once. nil: nobody is.
	Trace func(Event)
}

// Client is the Resolver that asks servers. Trust in certificates is the
// system's, SSL_CERT_FILE included.
type Client struct {
	upstreams []*upstream
	timeout   time.Duration
	tries     int
	limiter   *rate.Limiter
	slots     chan struct{} // holds a token for each exchange in flight
	trace     func(Event)
}

// NewClient returns a client; it opens no connection yet. The error names the
// URL that is no resolver's and says what is accepted.
func NewClient(cfg Config) (*Client, error) { return newClient(cfg, new(tls.Config)) }

// newClient is NewClient with the certificate authorities to trust.
func newClient(cfg Config, trust *tls.Config) (*Client, error) {
	if cfg.Timeout <= 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.Tries <= 0 {
		cfg.Tries = DefaultTries
	}
	if cfg.InFlight <= 0 {
		cfg.InFlight = DefaultInFlight
	}
	if cfg.Trace == nil {
		cfg.Trace = func(Event) {}
	}
	limit := rate.Inf
	if cfg.Rate > 0 {
		limit = rate.Limit(cfg.Rate)
	}
	servers, err := parseServers(cfg.Servers)
	if err != nil {
		return nil, err
	}
	c := &Client{
		timeout: cfg.Timeout, tries: cfg.Tries, trace: cfg.Trace,
		limiter: rate.NewLimiter(limit, 1), slots: make(chan struct{}, cfg.InFlight),
	}
	for _, s := range servers {
		c.upstreams = append(c.upstreams, newUpstream(s, cfg, trust))
	}
	return c, nil
}

// Servers returns the resolver URLs in canonical form.
func (c *Client) Servers() []string {
	urls := make([]string, len(c.upstreams))
	for i, u := range c.upstreams {
		urls[i] = u.String()
	}
	return urls
}

// Close closes the connections that no query is using; the others are closed
// when their query ends.
func (c *Client) Close() {
	for _, u := range c.upstreams {
		u.close()
	}
}

// Query asks the servers, following aliases.
func (c *Client) Query(ctx context.Context, name string, typ Type) (Answer, error) {
	q := Question{name, typ}
	if name != "" {
		canonical, err := Canonical(name)
		if err != nil {
			return Answer{}, &Error{Question: q, Reason: ErrName, Detail: strings.TrimPrefix(err.Error(), ErrName.Error()+": ")}
		}
		q.Name = canonical
	}
	var answer Answer
	for more := true; more; {
		r, failed := c.resolve(ctx, Question{answer.Owner(q.Name), typ})
		if failed == nil {
			more, failed = answer.add(q, r)
		}
		if failed != nil {
			failed.Question = q
			return Answer{}, failed
		}
	}
	return answer, nil
}

// resolve asks one server after the other until one answers. Of several failures
// it returns the last of the most telling.
func (c *Client) resolve(ctx context.Context, q Question) (response, *Error) {
	var telling *Error
	queue := c.inOrder()
	for try := 1; try <= c.tries && len(queue) > 0; try++ {
		u := queue[0]
		r, failed := c.ask(ctx, u, q, try)
		if failed == nil {
			u.wake()
			return r, nil
		}
		failed.Server = u.String()
		if ctx.Err() != nil {
			return response{}, failed
		}
		if silent(failed) {
			u.rest(time.Now())
		}
		if telling == nil || weight(failed) >= weight(telling) {
			telling = failed
		}
		queue = queue[1:]
		if mayRecover(failed) {
			queue = append(queue, u)
		}
	}
	return response{}, telling
}

// inOrder returns the servers as configured, those last that did not answer a
// moment ago.
func (c *Client) inOrder() []*upstream {
	now := time.Now()
	var awake, resting []*upstream
	for _, u := range c.upstreams {
		if u.resting(now) {
			resting = append(resting, u)
		} else {
			awake = append(awake, u)
		}
	}
	return append(awake, resting...)
}

// silent reports whether the server said nothing at all.
func silent(e *Error) bool { return e.Reason == ErrTimeout || e.Reason == ErrNetwork }

// mayRecover reports whether the same server may answer if asked again.
func mayRecover(e *Error) bool {
	return e.Reason != ErrRefused && e.Reason != ErrRCode && e.Reason != ErrReferral
}

// weight orders failures by what they tell about the name asked for: a SERVFAIL
// is about the name, other answers are about the server, silence about nothing.
func weight(e *Error) int {
	switch {
	case e.Reason == ErrServFail:
		return 2
	case silent(e):
		return 0
	}
	return 1
}

// ask puts the question to one server, in as many exchanges as that takes.
func (c *Client) ask(ctx context.Context, u *upstream, q Question, try int) (response, *Error) {
	query := newQuery(q)
	r, failed := c.exchange(ctx, u.main, query, q, try)
	if failed == nil && (r.msg.Rcode == dns.RcodeFormatError || r.msg.Rcode == dns.RcodeNotImplemented) {
		query.Extra = nil // RFC 6891, Section 7: the server may not know EDNS
		r, failed = c.exchange(ctx, u.main, query, q, try)
	}
	if failed == nil && r.msg.Truncated {
		r, failed = c.exchange(ctx, u.tcp, query, q, try)
		if failed != nil && ctx.Err() == nil {
			failed = &Error{Reason: ErrTruncated, Detail: failed.why()}
		}
	}
	if failed != nil {
		return response{}, failed
	}
	return r, judge(r.msg)
}

// exchange sends one query and waits for its response, within the limits.
func (c *Client) exchange(ctx context.Context, t transport, query *dns.Msg, q Question, try int) (response, *Error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return response{}, ended(ctx)
	}
	if err := c.limiter.Wait(ctx); err != nil {
		return response{}, ended(ctx)
	}
	start := time.Now()
	timed, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r, err := t.exchange(timed, query)
	failed := explain(ctx, timed, err)
	c.trace(Event{Question: q, Server: t.String(), Try: try, Duration: time.Since(start), Outcome: outcome(r, failed)})
	return r, failed
}

// explain turns the error of an exchange into one of this package's. timed is
// the context of the exchange, made of ctx.
func explain(ctx, timed context.Context, err error) *Error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ended(ctx)
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[net.Error](err); timed.Err() != nil || ok && e.Timeout() {
		return &Error{Reason: ErrTimeout}
	}
	// Only what does not change from run to run: no URL, no port of ours.
	detail := err
	if e, ok := errors.AsType[*url.Error](detail); ok {
		detail = e.Err
	}
	if e, ok := errors.AsType[*net.OpError](detail); ok {
		detail = e.Err
	}
	if errors.Is(detail, io.EOF) || errors.Is(detail, io.ErrUnexpectedEOF) {
		return &Error{Reason: ErrNetwork, Detail: "connection closed"}
	}
	return &Error{Reason: ErrNetwork, Detail: detail.Error()}
}

// ended is the error of a query whose context ended, or will end before the
// query may be sent.
func ended(ctx context.Context) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &Error{Reason: ErrCanceled}
	}
	return &Error{Reason: ErrTimeout, Detail: "deadline"}
}
