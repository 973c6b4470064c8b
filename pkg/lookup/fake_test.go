package lookup

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// script is what a test server says: to each question ("TXT a.example") the
// records of the response, one a line. "ns" before a record puts it into the
// authority section; a line of capitals is an RCODE or one of the flags AA, AD,
// TC and NORA; DROP gives no response, EDE an extended error.
type script map[string]string

func (s script) ServeDNS(w dns.ResponseWriter, query *dns.Msg) {
	q := query.Question[0]
	text, ok := s[Type(q.Qtype).String()+" "+strings.TrimSuffix(q.Name, ".")]
	if !ok {
		text = "NOTAUTH"
	}
	m := new(dns.Msg).SetReply(query)
	m.RecursionAvailable, m.Compress = true, true
	for line := range strings.SplitSeq(text, "\n") {
		switch line = strings.TrimSpace(line); line {
		case "":
		case "DROP":
			return
		case "AA":
			m.Authoritative = true
		case "AD":
			m.AuthenticatedData = true
		case "NORA":
			m.RecursionAvailable = false
		case "TC":
			m.Truncated = w.LocalAddr().Network() == "udp"
		case "EDE":
			m.SetEdns0(1232, false).IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: 6, ExtraText: "no\x1bway"}}
		default:
			if rcode, ok := dns.StringToRcode[line]; ok {
				m.Rcode = rcode
			} else if ns, ok := strings.CutPrefix(line, "ns "); ok {
				m.Ns = append(m.Ns, newRR(ns))
			} else {
				m.Answer = append(m.Answer, newRR(line))
			}
		}
	}
	w.WriteMsg(m)
}

func newRR(text string) dns.RR {
	rr, err := dns.NewRR(text)
	if err != nil {
		panic(err)
	}
	return rr
}

// serve answers on one loopback port over UDP and, unless tcp is nil, over TCP,
// and returns the address.
func serve(t testing.TB, udp, tcp dns.Handler) string {
	t.Helper()
	l, pc := listenBoth(t)
	run(t, &dns.Server{PacketConn: pc, Handler: udp})
	if tcp == nil {
		l.Close()
	} else {
		run(t, &dns.Server{Listener: l, Handler: tcp})
	}
	return pc.LocalAddr().String()
}

func listenBoth(t testing.TB) (net.Listener, net.PacketConn) {
	t.Helper()
	for range 20 {
		l := listen(t)
		if pc, err := net.ListenPacket("udp", l.Addr().String()); err == nil {
			return l, pc
		}
		l.Close()
	}
	t.Fatal("no port that is free for both UDP and TCP")
	return nil, nil
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func run(t testing.TB, s *dns.Server) {
	started := make(chan struct{})
	s.NotifyStartedFunc = func() { close(started) }
	go s.ActivateAndServe()
	<-started
	t.Cleanup(func() { s.Shutdown() })
}

func client(t testing.TB, cfg Config) *Client { return clientTrusting(t, cfg, new(tls.Config)) }

func clientTrusting(t testing.TB, cfg Config, trust *tls.Config) *Client {
	t.Helper()
	c, err := newClient(cfg, trust)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// show writes an outcome in one line, for tables.
func show(a Answer, err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.why()
	}
	var parts []string
	for _, target := range a.Chain {
		parts = append(parts, "-> "+target)
	}
	for _, r := range a.Records {
		parts = append(parts, fmt.Sprintf("%s %q", r.Source.Subject, r.Source.Text))
	}
	if a.NXDomain {
		parts = append(parts, "NXDOMAIN")
	}
	if a.AD {
		parts = append(parts, "AD")
	}
	return strings.Join(parts, ", ")
}
