package lookup

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/miekg/dns"
)

const (
	// dohType is the media type of a DNS message (RFC 8484, Section 6).
	dohType = "application/dns-message"
	// maxHTTPHeader bounds the header of an HTTP response, in octets.
	maxHTTPHeader = 16 << 10
)

// doh is the transport over HTTPS. Of HTTP/2 one connection carries all
// exchanges, so there is no pool.
type doh struct {
	url    string // canonical, for people
	target string // what is requested
	client *http.Client
}

func newDoH(s server, dial dialFunc, config *tls.Config, timeout time.Duration) *doh {
	host := strings.TrimSuffix(net.JoinHostPort(s.certName(), fmt.Sprint(s.port)), ":443")
	return &doh{
		url:    s.String(),
		target: (&url.URL{Scheme: "https", Host: host, Path: s.path}).String(),
		client: &http.Client{
			Transport: &http.Transport{
				DialContext:            func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
				TLSClientConfig:        config,
				TLSHandshakeTimeout:    timeout,
				ForceAttemptHTTP2:      true,
				DisableCompression:     true,
				MaxIdleConnsPerHost:    maxIdle,
				MaxResponseHeaderBytes: maxHTTPHeader,
			},
			// A resolver that sends its clients elsewhere is none.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

func (d *doh) String() string { return d.url }

func (d *doh) close() { d.client.CloseIdleConnections() }

func (d *doh) exchange(ctx context.Context, query *dns.Msg) (response, error) {
	anonymous := *query
	anonymous.Id = 0 // RFC 8484, Section 4.1: equal questions are equal requests
	packed, err := anonymous.Pack()
	if err != nil {
		return response{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.target, bytes.NewReader(packed))
	if err != nil {
		return response{}, err
	}
	request.Header.Set("Content-Type", dohType)
	request.Header.Set("Accept", dohType)
	// Package http sends no such field, but may then repeat the request where an
	// idle connection turns out to be closed.
	request.Header["Idempotency-Key"] = nil
	reply, err := d.client.Do(request)
	if err != nil {
		return response{}, err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return response{}, malformed("HTTP status %d", reply.StatusCode)
	}
	if typ, _, _ := mime.ParseMediaType(reply.Header.Get("Content-Type")); typ != dohType {
		return response{}, malformed("content type %+q", reply.Header.Get("Content-Type"))
	}
	octets, err := io.ReadAll(io.LimitReader(reply.Body, dns.MaxMsgSize+1))
	if err != nil {
		return response{}, err
	}
	if len(octets) > dns.MaxMsgSize {
		return response{}, malformed("over %d octets", dns.MaxMsgSize)
	}
	return readWhole(octets, &anonymous)
}
