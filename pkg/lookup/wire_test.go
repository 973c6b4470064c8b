package lookup

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"
)

func TestFromRR(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want Record
		text string
	}{
		{"A.example. 60 IN A 192.0.2.1", Record{Addr: netip.MustParseAddr("192.0.2.1")}, "192.0.2.1"},
		{"a.example. 60 IN AAAA ::ffff:192.0.2.1", Record{Addr: netip.MustParseAddr("::ffff:192.0.2.1")}, "::ffff:192.0.2.1"},
		{"a.example. 60 IN MX 10 B.example.", Record{Preference: 10, Host: "b.example"}, "10 b.example."},
		{"a.example. 60 IN MX 0 .", Record{}, "0 ."},
		{"a.example. 60 IN NS b.example.", Record{Host: "b.example"}, "b.example."},
		{"a.example. 60 IN PTR b\\.b.example.", Record{Host: `b\.b.example`}, `b\.b.example.`},
		{`a.example. 60 IN TXT "a\"" "" "\\\009\255"`, Record{Strings: []string{`a"`, "", "\\\t\xff"}}, "a\"\\\t\xff"},
		{`a.example. 60 IN SPF "v=spf1"`, Record{Strings: []string{"v=spf1"}}, "v=spf1"},
		{"a.example. 60 IN SRV 1 2 3 B.example.", Record{Data: "1 2 3 B.example."}, "1 2 3 B.example."},
		{`a\\#.example. 60 IN TYPE65280 \# 2 abcd`, Record{Name: `a\\#.example`, Data: `\# 2 abcd`}, `\# 2 abcd`},
	}
	for _, tt := range tests {
		rr := newRR(tt.in)
		tt.want.Type, tt.want.TTL = Type(rr.Header().Rrtype), 60
		if tt.want.Name == "" {
			tt.want.Name = "a.example"
		}
		got, ok := fromRR(rr)
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateComparable(tt.want.Addr)); diff != "" || !ok {
			t.Errorf("%s: ok %v\n%s", tt.in, ok, diff)
		}
		if got.text() != tt.text {
			t.Errorf("%s: got text %q, want %q", tt.in, got.text(), tt.text)
		}
	}
}

func TestFromRRLeavesOut(t *testing.T) {
	t.Parallel()
	header := dns.RR_Header{Name: "a.example.", Class: dns.ClassINET}
	for _, rr := range []dns.RR{
		newRR("a.example. 60 CH TXT chaos"),
		&dns.A{Hdr: header},
		&dns.AAAA{Hdr: header},
		&dns.MX{Hdr: header},
		&dns.TXT{Hdr: header},
	} {
		if rec, ok := fromRR(rr); ok {
			t.Errorf("%v: got %+v", rr, rec)
		}
	}
	if rec, _ := fromRR(newRR("a.example. 2147483648 IN A 192.0.2.1")); rec.TTL != 0 {
		t.Errorf("TTL with its top bit set: got %d", rec.TTL)
	}
}

func TestCompareRecords(t *testing.T) {
	t.Parallel()
	sorted := []Record{
		{Type: TypeA, Addr: netip.MustParseAddr("192.0.2.9")},
		{Type: TypeA, Addr: netip.MustParseAddr("192.0.2.10")},
		{Type: TypeMX, Preference: 5, Host: "b"},
		{Type: TypeMX, Preference: 10, Host: "a"},
		{Type: TypeMX, Preference: 10, Host: "a", TTL: 1},
		{Type: TypeMX, Preference: 10, Host: "b"},
		{Type: TypeTXT, Strings: []string{"a"}},
		{Type: TypeTXT, Strings: []string{"a", "b"}},
		{Type: TypeTXT, Strings: []string{"ab"}},
	}
	for i, a := range sorted {
		for j, b := range sorted {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := compareRecords(a, b); got != want {
				t.Errorf("%+v and %+v: got %d, want %d", a, b, got, want)
			}
		}
	}
}

// FuzzWire reads any octets as the response to a question.
func FuzzWire(f *testing.F) {
	q := Question{"a.example", TypeTXT}
	query := newQuery(q)
	query.Id = 0
	for _, rrs := range []string{
		`a.example. 60 IN TXT "a" "\"\255"`, "a.example. 60 IN CNAME b.example.", "a.example. 60 IN MX 0 .",
	} {
		m := new(dns.Msg).SetReply(query)
		m.Answer = []dns.RR{newRR(rrs), newRR(`b.example. 60 IN TXT "b"`)}
		m.Ns = []dns.RR{newRR("example. 60 IN NS ns.example.")}
		octets, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(octets, uint16(TypeTXT))
		f.Add(octets, m.Answer[0].Header().Rrtype)
		f.Add(octets[:len(octets)-3], uint16(TypeTXT))
	}
	f.Fuzz(func(t *testing.T, octets []byte, typ uint16) {
		q.Type, query.Question[0].Qtype = Type(typ), typ
		r, failed := readResponse(octets, query)
		if failed == nil && !r.msg.Truncated {
			failed = judge(r.msg)
		}
		var a Answer
		if failed == nil {
			_, failed = a.add(q, r)
		}
		if failed != nil {
			if failed.Reason == nil {
				t.Error("an error without reason")
			}
			return
		}
		checkAnswer(t, q, a)
	})
}

// checkAnswer reports what no answer may be.
func checkAnswer(t *testing.T, q Question, a Answer) {
	names := slices.Clone(a.Chain)
	for _, r := range a.Records {
		if r.Type != q.Type || r.Name != a.Owner(q.Name) || r.Source == nil {
			t.Errorf("not an answer to %v: %+v", q, r)
		}
		names = append(names, r.Name, r.Host)
	}
	for _, name := range names {
		if c, err := Canonical(name); name != "" && (c != name || err != nil) {
			t.Errorf("%q is not canonical: %q, %v", name, c, err)
		}
	}
	if !slices.IsSortedFunc(a.Records, compareRecords) {
		t.Errorf("records out of order: %+v", a.Records)
	}
	if a.NXDomain && len(a.Records) > 0 || len(a.Chain) > maxChain {
		t.Errorf("contradiction: %+v", a)
	}
}
