package lookup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

func TestClientQuery(t *testing.T) {
	t.Parallel()
	const soa = "ns example. 60 IN SOA ns.example. root.example. 1 2 3 4 5\n"
	tests := []struct {
		name   string
		script script
		typ    Type
		want   string
	}{
		{"strings and order", script{"TXT a.example": `a.example. 60 IN TXT "b" "\"\195\;"
			A.example. 60 IN TXT "a"
			a.example. 30 IN TXT "a"
			b.example. 60 IN TXT "other"
			a.example. 60 CH TXT "chaos"`}, TypeTXT, `TXT a.example "a", TXT a.example "b\"\xc3;"`},
		{"preference and host", script{"MX a.example": `a.example. 60 IN MX 20 a.example.
			a.example. 60 IN MX 10 B.example.
			a.example. 60 IN MX 10 a.example.
			a.example. 60 IN MX 0 .`}, TypeMX,
			`MX a.example "0 .", MX a.example "10 a.example.", MX a.example "10 b.example.", MX a.example "20 a.example."`},
		{"validated", script{"A a.example": "AD\na.example. 60 IN A 192.0.2.1"}, TypeA, `A a.example "192.0.2.1", AD`},
		{"no data", script{"A a.example": soa}, TypeA, ""},
		{"no data without SOA", script{"A a.example": ""}, TypeA, ""},
		{"no such name", script{"A a.example": "NXDOMAIN\n" + soa}, TypeA, "NXDOMAIN"},
		{"servfail", script{"A a.example": "SERVFAIL"}, TypeA, "servfail"},
		{"servfail with reason", script{"A a.example": "SERVFAIL\nEDE"}, TypeA, `servfail (DNSSEC Bogus: "no\x1bway")`},
		{"refused", script{"A a.example": "REFUSED"}, TypeA, "refused"},
		{"other rcode", script{"A a.example": "YXDOMAIN"}, TypeA, "unexpected rcode (YXDOMAIN)"},
		{"referral", script{"A a.example": "NORA\nns example. 60 IN NS ns.example."}, TypeA,
			"referral (the server does not resolve for others)"},
		{"name servers from a resolver", script{"A a.example": "ns example. 60 IN NS ns.example."}, TypeA, ""},
		{"chain in any order", script{"A a.example": `c.example. 60 IN A 192.0.2.1
			B.example. 60 IN CNAME c.example.
			a.example. 60 IN CNAME b.EXAMPLE.`}, TypeA, `-> b.example, -> c.example, A a.example "192.0.2.1"`},
		{"chain over two responses", script{
			"A a.example": "AD\na.example. 60 IN CNAME b.example.",
			"A b.example": "b.example. 60 IN A 192.0.2.1"}, TypeA, `-> b.example, A a.example "192.0.2.1"`},
		{"chain to no data", script{"A a.example": "a.example. 60 IN CNAME b.example.\n" + soa}, TypeA, "-> b.example"},
		{"chain to no name", script{"A a.example": "NXDOMAIN\na.example. 60 IN CNAME b.example."}, TypeA, "-> b.example, NXDOMAIN"},
		{"alias asked for", script{"CNAME a.example": "a.example. 60 IN CNAME b.example."}, TypeCNAME, `CNAME a.example "b.example."`},
		{"loop in one response", script{"A a.example": "a.example. 60 IN CNAME b.example.\nb.example. 60 IN CNAME a.example."},
			TypeA, "cname loop (at a.example)"},
		{"loop over responses", script{
			"A a.example": "a.example. 60 IN CNAME b.example.",
			"A b.example": "b.example. 60 IN CNAME b.example."}, TypeA, "cname loop (at b.example)"},
		{"endless chain", endless(), TypeA, "cname loop (at n17.example)"},
		{"truncated", script{"A a.example": "TC\na.example. 60 IN A 192.0.2.1"}, TypeA, `A a.example "192.0.2.1"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := client(t, Config{Servers: []string{serve(t, tt.script, tt.script)}})
			a, err := c.Query(t.Context(), "a.example", tt.typ)
			if got := show(a, err); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if (a.Size > 0) != (err == nil) {
				t.Errorf("size %d with error %v", a.Size, err)
			}
		})
	}
}

// endless is a chain of aliases that never comes to an end.
func endless() script {
	s := script{"A a.example": "a.example. 60 IN CNAME n1.example."}
	for i := range 20 {
		s[fmt.Sprintf("A n%d.example", i)] = fmt.Sprintf("n%d.example. 60 IN CNAME n%d.example.", i, i+1)
	}
	return s
}

func TestClientNames(t *testing.T) {
	t.Parallel()
	c := client(t, Config{Servers: []string{serve(t, script{
		"A a.example":         "a.example. 60 IN A 192.0.2.1",
		"NS ":                 ". 60 IN NS a.root-servers.net.",
		`A a\.b\032c.example`: "SERVFAIL",
	}, nil)}, Tries: 1})
	for _, tt := range []struct {
		name string
		typ  Type
		want string
	}{
		{"A.Example.", TypeA, `A a.example "192.0.2.1"`},
		{"", TypeNS, `NS . "a.root-servers.net."`},
		{"a..b", TypeA, "invalid domain name (empty label)"},
	} {
		if got := show(c.Query(t.Context(), tt.name, tt.typ)); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestClientRotation(t *testing.T) {
	t.Parallel()
	const good = "a.example. 60 IN A 192.0.2.1"
	tests := []struct {
		name    string
		servers []string // what each says
		tries   int
		want    string
		asked   []int // how often each was asked
	}{
		{"first answers", []string{good, good}, 3, `A a.example "192.0.2.1"`, []int{1, 0}},
		{"servfail", []string{"SERVFAIL", good}, 3, `A a.example "192.0.2.1"`, []int{1, 1}},
		{"refused", []string{"REFUSED", good}, 3, `A a.example "192.0.2.1"`, []int{1, 1}},
		{"timeout", []string{"DROP", good}, 3, `A a.example "192.0.2.1"`, []int{1, 1}},
		{"all tries", []string{"SERVFAIL"}, 3, "servfail", []int{3}},
		{"refused is final", []string{"REFUSED"}, 3, "refused", []int{1}},
		{"one try", []string{"SERVFAIL", good}, 1, "servfail", []int{1, 0}},
		{"servfail tells more than timeout", []string{"SERVFAIL", "DROP"}, 2, "servfail", []int{1, 1}},
		{"servfail tells more than refused", []string{"SERVFAIL", "REFUSED"}, 2, "servfail", []int{1, 1}},
		{"refused tells more than timeout", []string{"DROP", "REFUSED"}, 2, "refused", []int{1, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var urls []string
			asked := make([]atomic.Int32, len(tt.servers))
			for i, says := range tt.servers {
				urls = append(urls, serve(t, dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
					asked[i].Add(1)
					script{"A a.example": says}.ServeDNS(w, m)
				}), nil))
			}
			c := client(t, Config{Servers: urls, Tries: tt.tries, Timeout: time.Second})
			if got := show(c.Query(t.Context(), "a.example", TypeA)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			for i := range asked {
				if got := int(asked[i].Load()); got != tt.asked[i] {
					t.Errorf("server %d was asked %d times, want %d", i, got, tt.asked[i])
				}
			}
		})
	}
}

func TestClientLeavesSilentServerForLast(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var trace []string
	c := client(t, Config{
		Servers: []string{serve(t, script{"A a.example": "DROP"}, nil), serve(t, script{"A a.example": ""}, nil)},
		Timeout: 250 * time.Millisecond,
		Trace: func(e Event) {
			mu.Lock()
			defer mu.Unlock()
			trace = append(trace, fmt.Sprintf("%s %d %s", e.Question, e.Try, e.Outcome))
		},
	})
	for range 2 {
		if _, err := c.Query(t.Context(), "a.example", TypeA); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"A a.example 1 timeout", "A a.example 2 NOERROR 0 records", "A a.example 1 NOERROR 0 records"}
	if diff := cmp.Diff(want, trace); diff != "" {
		t.Error(diff)
	}
}

func TestClientTruncatedWithoutTCP(t *testing.T) {
	t.Parallel()
	c := client(t, Config{Servers: []string{serve(t, script{"A a.example": "TC"}, nil)}, Tries: 1})
	_, err := c.Query(t.Context(), "a.example", TypeA)
	if !errors.Is(err, ErrTruncated) {
		t.Errorf("got %v", err)
	}
}

func TestClientWithoutEDNS(t *testing.T) {
	t.Parallel()
	for _, rcode := range []string{"FORMERR", "NOTIMP"} {
		server := serve(t, dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
			if m.IsEdns0() != nil {
				script{"A a.example": rcode}.ServeDNS(w, m)
				return
			}
			script{"A a.example": "a.example. 60 IN A 192.0.2.1"}.ServeDNS(w, m)
		}), nil)
		c := client(t, Config{Servers: []string{server}, Tries: 1})
		if got := show(c.Query(t.Context(), "a.example", TypeA)); got != `A a.example "192.0.2.1"` {
			t.Errorf("%s: got %s", rcode, got)
		}
	}
}

func TestClientCancel(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		scheme string
		want   error
	}{
		{"canceled", "udp", ErrCanceled},
		{"canceled on a stream", "tcp", ErrCanceled},
		{"deadline", "udp", ErrTimeout},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if tt.want == ErrTimeout {
				ctx, cancel = context.WithTimeout(ctx, 20*time.Millisecond)
				defer cancel()
			}
			silent := dns.HandlerFunc(func(dns.ResponseWriter, *dns.Msg) {
				if tt.want == ErrCanceled {
					cancel()
				}
			})
			c := client(t, Config{Servers: []string{tt.scheme + "://" + serve(t, silent, silent)}, Timeout: time.Minute})
			start := time.Now()
			_, err := c.Query(ctx, "a.example", TypeA)
			if took := time.Since(start); !errors.Is(err, tt.want) || took > 30*time.Second {
				t.Errorf("got %v after %v", err, took)
			}
		})
	}
}

func TestClientInFlight(t *testing.T) {
	t.Parallel()
	const questions, atOnce = 12, 3
	var mu sync.Mutex
	var arrived, most int
	group := make(chan struct{})
	server := serve(t, dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		mu.Lock()
		arrived++
		most = max(most, arrived)
		mine := group
		if arrived == atOnce { // the group is complete: all of it is answered
			arrived, group = 0, make(chan struct{})
			close(mine)
		}
		mu.Unlock()
		<-mine
		w.WriteMsg(new(dns.Msg).SetReply(m))
	}), nil)
	c := client(t, Config{Servers: []string{server}, InFlight: atOnce, Tries: 1})
	asked := slices.Repeat([]Question{{"a.example", TypeA}}, questions)
	for _, reply := range All(t.Context(), c, asked) {
		if reply.Err != nil {
			t.Error(reply.Err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(c.slots) != 0 || cap(c.slots) != atOnce || most > atOnce {
		t.Errorf("%d of %d slots taken at the end, %d exchanges at once", len(c.slots), cap(c.slots), most)
	}
}

func TestClientWaitingForASlotGivesWay(t *testing.T) {
	t.Parallel()
	c := client(t, Config{Servers: []string{serve(t, script{"A a.example": ""}, nil)}, InFlight: 1})
	c.slots <- struct{}{} // somebody else's
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Query(ctx, "a.example", TypeA); !errors.Is(err, ErrCanceled) {
		t.Errorf("got %v", err)
	}
}

func TestClientRate(t *testing.T) {
	t.Parallel()
	const questions, rate = 11, 200
	c := client(t, Config{Servers: []string{serve(t, script{"A a.example": ""}, nil)}, Rate: rate})
	start := time.Now()
	All(t.Context(), c, slices.Repeat([]Question{{"a.example", TypeA}}, questions))
	if took := time.Since(start); took < (questions-1)*time.Second/rate {
		t.Errorf("%d questions in %v are more than %d a second", questions, took, rate)
	}
}

func TestClientRateGivesWay(t *testing.T) {
	t.Parallel()
	c := client(t, Config{Servers: []string{serve(t, script{"A a.example": ""}, nil)}, Rate: 0.001})
	if _, err := c.Query(t.Context(), "a.example", TypeA); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := c.Query(ctx, "a.example", TypeA); !errors.Is(err, ErrTimeout) {
		t.Errorf("got %v, want a timeout at once", err)
	}
}

func TestEventString(t *testing.T) {
	t.Parallel()
	e := Event{Question: Question{"a.example", TypeTXT}, Server: "udp://192.0.2.1", Try: 2, Duration: 1234567, Outcome: "NXDOMAIN"}
	if got, want := e.String(), "udp://192.0.2.1 TXT a.example: NXDOMAIN, 1.2ms, try 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkClientUDP(b *testing.B) {
	server := serve(b, script{"TXT a.example": `a.example. 60 IN TXT "v=spf1 -all"`}, nil)
	c := client(b, Config{Servers: []string{server}})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.Query(b.Context(), "a.example", TypeTXT); err != nil {
				b.Error(err)
			}
		}
	})
}
