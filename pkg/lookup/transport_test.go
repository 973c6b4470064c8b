package lookup

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// Ways in which a packet is no answer to the query.
var junk = []struct {
	name string
	make func(query *dns.Msg) []byte
	want string // detail of the error
}{
	{"garbage", func(*dns.Msg) []byte { return []byte("not a message at all") }, "answer with another id"},
	{"too short", func(*dns.Msg) []byte { return []byte{1, 2} }, "2 octets"},
	{"another id", altered(func(m *dns.Msg) { m.Id++ }), "answer with another id"},
	{"query", altered(func(m *dns.Msg) { m.Response = false }), "a query instead of an answer"},
	{"another opcode", altered(func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify }), "answer with another opcode"},
	{"another name", altered(func(m *dns.Msg) { m.Question[0].Name = "b.example." }), "answer to another question"},
	{"another type", altered(func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeMX }), "answer to another question"},
	{"another class", altered(func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }), "answer to another question"},
	{"no question", altered(func(m *dns.Msg) { m.Question = nil }), "answer to another question"},
	{"cut short", func(m *dns.Msg) []byte {
		octets := altered(func(m *dns.Msg) { m.Answer = []dns.RR{newRR("a.example. 60 IN A 192.0.2.1")} })(m)
		return octets[:len(octets)-2]
	}, "overflow"},
}

func altered(change func(*dns.Msg)) func(*dns.Msg) []byte {
	return func(query *dns.Msg) []byte {
		m := new(dns.Msg).SetReply(query)
		change(m)
		octets, err := m.Pack()
		if err != nil {
			panic(err)
		}
		return octets
	}
}

func TestJunkOverUDP(t *testing.T) {
	t.Parallel()
	for _, tt := range junk {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var more atomic.Bool // whether the answer follows the junk
			server := serve(t, dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
				w.Write(tt.make(m))
				if more.Load() {
					script{"A a.example": "A.EXAMPLE. 60 IN A 192.0.2.1"}.ServeDNS(w, m)
				}
			}), nil)
			c := client(t, Config{Servers: []string{server}, Tries: 1, Timeout: 250 * time.Millisecond})
			_, err := c.Query(t.Context(), "a.example", TypeA)
			if e, ok := errors.AsType[*Error](err); !ok || e.Reason != ErrMalformed || !strings.Contains(e.Detail, tt.want) {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
			more.Store(true)
			c = client(t, Config{Servers: []string{server}, Tries: 1, Timeout: time.Minute})
			if got := show(c.Query(t.Context(), "a.example", TypeA)); got != `A a.example "192.0.2.1"` {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestJunkOverTCP(t *testing.T) {
	t.Parallel()
	for _, tt := range junk {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := &countingListener{Listener: listen(t)}
			run(t, &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
				w.Write(tt.make(m))
			})})
			c := client(t, Config{Servers: []string{"tcp://" + l.Addr().String()}, Tries: 2})
			_, err := c.Query(t.Context(), "a.example", TypeA)
			if e, ok := errors.AsType[*Error](err); !ok || e.Reason != ErrMalformed || !strings.Contains(e.Detail, tt.want) {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
			if got := l.accepted.Load(); got != 2 {
				t.Errorf("%d connections for two tries: one was kept", got)
			}
		})
	}
}

func TestAnswerFromAnotherAddressIsIgnored(t *testing.T) {
	t.Parallel()
	forger, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer forger.Close()
	server := serve(t, dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		forger.WriteTo(altered(func(m *dns.Msg) { m.Rcode = dns.RcodeNameError })(m), w.RemoteAddr())
		script{"A a.example": "a.example. 60 IN A 192.0.2.1"}.ServeDNS(w, m)
	}), nil)
	c := client(t, Config{Servers: []string{server}})
	if got := show(c.Query(t.Context(), "a.example", TypeA)); got != `A a.example "192.0.2.1"` {
		t.Errorf("got %s", got)
	}
}

func TestHeaderAloneIsARefusal(t *testing.T) {
	t.Parallel()
	server := serve(t, dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		w.Write(altered(func(m *dns.Msg) { m.Rcode, m.Question = dns.RcodeRefused, nil })(m))
	}), nil)
	c := client(t, Config{Servers: []string{server}})
	if _, err := c.Query(t.Context(), "a.example", TypeA); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v", err)
	}
}

// countingListener counts the connections it accepts.
type countingListener struct {
	net.Listener
	accepted atomic.Int32
}

func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.accepted.Add(1)
	}
	return c, err
}

func TestLongResponseOverTCP(t *testing.T) {
	t.Parallel()
	const strings255 = 200
	long := script{"TXT a.example": "TC\na.example. 60 IN TXT " + strings.Repeat(`"`+strings.Repeat("x", 255)+`" `, strings255)}
	c := client(t, Config{Servers: []string{serve(t, long, long)}})
	a, err := c.Query(t.Context(), "a.example", TypeTXT)
	if err != nil || len(a.Records) != 1 || len(a.Records[0].Strings) != strings255 || a.Size < strings255*256 {
		t.Errorf("got %d records in %d octets, %v", len(a.Records), a.Size, err)
	}
}

func TestUDPSocketIsReused(t *testing.T) {
	t.Parallel()
	const questions = 3
	ports := make(chan string, questions)
	c := client(t, Config{Servers: []string{serve(t, dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		ports <- w.RemoteAddr().String()
		script{"A a.example": ""}.ServeDNS(w, m)
	}), nil)}})
	for range questions {
		if _, err := c.Query(t.Context(), "a.example", TypeA); err != nil {
			t.Fatal(err)
		}
	}
	if a, b, c := <-ports, <-ports, <-ports; a != b || b != c {
		t.Errorf("asked from %s, %s and %s", a, b, c)
	}
}

func TestStreamIsReusedAndReplaced(t *testing.T) {
	t.Parallel()
	config, trust := certificate(t)
	for _, scheme := range []string{"tcp", "tls"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			l := &countingListener{Listener: listen(t)}
			var served net.Listener = l
			if scheme == "tls" {
				served = tls.NewListener(l, config)
			}
			var closing atomic.Bool // whether the server closes after its answer
			run(t, &dns.Server{Listener: served, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
				last := closing.Load()
				script{"A a.example": "a.example. 60 IN A 192.0.2.1"}.ServeDNS(w, m)
				if last {
					w.Close()
				}
			})})
			c := clientTrusting(t, Config{Servers: []string{scheme + "://" + l.Addr().String()}, Tries: 1}, trust)
			ask := func(wantAccepted int32) {
				t.Helper()
				if _, err := c.Query(t.Context(), "a.example", TypeA); err != nil {
					t.Error(err)
				}
				if got := l.accepted.Load(); got != wantAccepted {
					t.Errorf("%d connections, want %d", got, wantAccepted)
				}
			}
			ask(1)
			closing.Store(true)
			ask(1)
			ask(2) // what the server closed is replaced, which costs no try
		})
	}
}

// certificate returns the configuration of a server on 127.0.0.1 and example.com,
// and that of a client which trusts it.
func certificate(t *testing.T) (config, trust *tls.Config) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, &tls.Config{RootCAs: roots}
}

func TestTLSNames(t *testing.T) {
	t.Parallel()
	config, trust := certificate(t)
	l := listen(t)
	run(t, &dns.Server{Listener: tls.NewListener(l, config), Handler: script{"A a.example": ""}})
	for _, tt := range []struct {
		name  string
		trust *tls.Config
		want  error
	}{
		{"", trust, nil},
		{"example.com@", trust, nil},
		{"example.org@", trust, ErrNetwork},
		{"example.com@", new(tls.Config), ErrNetwork},
	} {
		c := clientTrusting(t, Config{Servers: []string{"tls://" + tt.name + l.Addr().String()}, Tries: 1}, tt.trust)
		if _, err := c.Query(t.Context(), "a.example", TypeA); !errors.Is(err, tt.want) {
			t.Errorf("%q: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestSystemLooksUpNameOnce(t *testing.T) {
	t.Parallel()
	var lookups, asked atomic.Int32
	_, port, _ := net.SplitHostPort(serve(t, script{}, nil)) // nobody speaks TLS there
	c := client(t, Config{
		Servers: []string{"tls://localhost:" + port}, Tries: 2,
		Trace: func(e Event) {
			asked.Add(1)
			if e.Server == "system" && strings.Contains(e.String(), "system A localhost: [") {
				lookups.Add(1)
			}
		},
	})
	if _, err := c.Query(t.Context(), "a.example", TypeA); !errors.Is(err, ErrNetwork) {
		t.Errorf("got %v", err)
	}
	if lookups.Load() != 1 || asked.Load() != 3 {
		t.Errorf("%d lookups by the system and %d events, want 1 and 3", lookups.Load(), asked.Load())
	}
}

func TestDoH(t *testing.T) {
	t.Parallel()
	answer := func(w http.ResponseWriter, query *dns.Msg) {
		w.Header().Set("Content-Type", dohType)
		m := new(dns.Msg).SetReply(query)
		m.Answer = []dns.RR{newRR("a.example. 60 IN A 192.0.2.1")}
		octets, _ := m.Pack()
		w.Write(octets)
	}
	tests := []struct {
		name    string
		url     string // before the address
		handler func(http.ResponseWriter, *dns.Msg)
		want    string
	}{
		{"by address", "https://", answer, `A a.example "192.0.2.1"`},
		{"by name", "https://example.com@", answer, `A a.example "192.0.2.1"`},
		{"status", "https://", func(w http.ResponseWriter, _ *dns.Msg) { w.WriteHeader(503) }, "malformed answer (HTTP status 503)"},
		{"redirect", "https://", func(w http.ResponseWriter, _ *dns.Msg) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(307)
		}, "malformed answer (HTTP status 307)"},
		{"content type", "https://", func(w http.ResponseWriter, _ *dns.Msg) { io.WriteString(w, "hello") },
			`malformed answer (content type "text/plain; charset=utf-8")`},
		{"too long", "https://", func(w http.ResponseWriter, _ *dns.Msg) {
			w.Header().Set("Content-Type", dohType)
			w.Write(make([]byte, 1<<17))
		}, "malformed answer (over 65535 octets)"},
		{"truncated", "https://", func(w http.ResponseWriter, m *dns.Msg) {
			w.Header().Set("Content-Type", dohType)
			w.Write(altered(func(m *dns.Msg) { m.Truncated = true })(m))
		}, "malformed answer (truncated where nothing has to be)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, accepted := httpsServer(t, func(w http.ResponseWriter, r *http.Request) {
				octets, _ := io.ReadAll(r.Body)
				query := new(dns.Msg)
				if err := query.Unpack(octets); err != nil || query.Id != 0 || r.ProtoMajor != 2 || r.URL.Path != "/dns-query" ||
					r.Method != http.MethodPost || r.Header.Get("Content-Type") != dohType {
					t.Errorf("%s %s %s, id %d, %v", r.Proto, r.Method, r.URL, query.Id, err)
				}
				tt.handler(w, query)
			})
			trust := s.Client().Transport.(*http.Transport).TLSClientConfig
			c := clientTrusting(t, Config{Servers: []string{tt.url + s.Listener.Addr().String() + "/dns-query"}, Tries: 1}, trust)
			for range 2 {
				if got := show(c.Query(t.Context(), "a.example", TypeA)); got != tt.want {
					t.Errorf("got  %s\nwant %s", got, tt.want)
				}
			}
			if accepted.Load() != 1 {
				t.Errorf("%d connections for two queries", accepted.Load())
			}
		})
	}
}

func httpsServer(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *atomic.Int32) {
	s := httptest.NewUnstartedServer(handler)
	l := &countingListener{Listener: s.Listener}
	s.Listener, s.EnableHTTP2 = l, true
	s.StartTLS()
	t.Cleanup(s.Close)
	return s, &l.accepted
}
