package spf_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

var ip6 = spf.Query{IP: netip.MustParseAddr("2001:db8::1")}

// TestVoidLimit has two void lookups, which are allowed, and three, which are
// not (RFC 7208, Section 4.6.4).
func TestVoidLimit(t *testing.T) {
	t.Parallel()
	over := func(path string, lookups int) verdict {
		return verdict{spf.PermError, spf.ErrVoidLimit, "example.com " + path, lookups, 3, ""}
	}
	fail := func(lookups, voids int) verdict {
		return verdict{spf.Fail, nil, "example.com -all", lookups, voids, ""}
	}
	const only4 = "\nx A 192.0.2.9\ny A 192.0.2.9\nz A 192.0.2.9"
	runCases(t, []checkCase{
		{"two of a", `@ TXT "v=spf1 a:x.example.com a:y.example.com -all"`, spf.Query{}, fail(2, 2)},
		{"three of a", `@ TXT "v=spf1 a:x.example.com a:y.example.com a:z.example.com -all"`, spf.Query{}, over("a:z.example.com", 3)},
		{"a match before the third", `@ TXT "v=spf1 a:x.example.com a:y.example.com ip4:192.0.2.1 a:z.example.com"`, spf.Query{},
			verdict{spf.Pass, nil, "example.com ip4:192.0.2.1", 2, 2, ""}},
		{"addresses of the other family: IPv4 client", `@ TXT "v=spf1 a:x.example.com a:y.example.com a:z.example.com -all"` + only4, spf.Query{}, fail(3, 0)},
		{"addresses of the other family: IPv6 client", `@ TXT "v=spf1 a:x.example.com a:y.example.com a:z.example.com -all"` + only4, ip6, over("a:z.example.com", 3)},
		{"two of mx", "@ TXT \"v=spf1 mx:x.example.com mx:y.example.com -all\"\nx A 192.0.2.1", spf.Query{}, fail(2, 2)},
		{"three of mx", "@ TXT \"v=spf1 mx:x.example.com mx:y.example.com mx:z.example.com -all\"\nz A 192.0.2.1", spf.Query{}, over("mx:z.example.com", 3)},
		{"MX hosts without address are not void", "@ TXT \"v=spf1 mx mx mx -all\"\n@ MX 1 x\n@ MX 2 y\n@ MX 3 z", spf.Query{}, fail(3, 0)},
		{"null MX is not void", "@ TXT \"v=spf1 mx mx mx -all\"\n@ MX 0 .", spf.Query{}, fail(3, 0)},
		{"two of exists", `@ TXT "v=spf1 exists:x.example.com exists:%{i}.y.example.com -all"`, spf.Query{}, fail(2, 2)},
		{"three of exists", `@ TXT "v=spf1 exists:x.example.com exists:y.example.com exists:%{l}.example.com -all"`, spf.Query{}, over("exists:%{l}.example.com", 3)},
		{"exists asks for A alone", `@ TXT "v=spf1 exists:x.example.com exists:y.example.com exists:z.example.com -all"` +
			strings.ReplaceAll(only4, "A 192.0.2.9", "AAAA 2001:db8::1"), ip6, over("exists:z.example.com", 3)},
		{"names without reverse DNS", `@ TXT "v=spf1 ptr ptr ptr -all"`, spf.Query{}, over("ptr", 3)},
		{"reverse DNS that fails is not void", "@ TXT \"v=spf1 ptr ptr ptr -all\"\n;! SERVFAIL 1.2.0.192.in-addr.arpa. PTR", spf.Query{}, fail(3, 0)},
		{"no data counts as no name does", "@ TXT \"v=spf1 a:x.example.com mx:x.example.com exists:x.example.com -all\"\nx TXT \"x\"", spf.Query{}, over("exists:x.example.com", 3)},
		{"one count for includes and redirect", "@ TXT \"v=spf1 a:x.example.com include:in.example.com redirect=to.example.com\"\n" +
			"in TXT \"v=spf1 a:y.example.com\"\nto TXT \"v=spf1 a:z.example.com -all\"", spf.Query{},
			over("redirect=to.example.com > to.example.com a:z.example.com", 5)},
		{"an include without record stays what it is", `@ TXT "v=spf1 a:x.example.com a:y.example.com include:z.example.com -all"`, spf.Query{},
			verdict{spf.PermError, spf.ErrIncludeNone, "example.com include:z.example.com", 3, 3, ""}},
		{"the explanation is not counted", "@ TXT \"v=spf1 a:x.example.com a:y.example.com -all exp=z.example.com\"", spf.Query{}, fail(2, 2)},
		{"impossible names are not asked for", `@ TXT "v=spf1 a:a..x a:b..x mx:c..x exists:d..x -all"`, spf.Query{}, fail(4, 0)},
		{"alias of a name that does not exist", "@ TXT \"v=spf1 a:x.example.com a:x.example.com a:x.example.com -all\"\nx CNAME y", spf.Query{}, over("a:x.example.com", 3)},
	})
}

// TestLookupLimit has ten terms that ask, which are allowed, and eleven.
func TestLookupLimit(t *testing.T) {
	t.Parallel()
	host := "\nm A 192.0.2.9\n1.2.0.192.in-addr.arpa. PTR m\n"
	a := func(n int) string { return strings.Repeat("a:m.example.com ", n) }
	record := func(terms string) string { return `@ TXT "v=spf1 ` + terms + `"` + host }
	fail := func(lookups int) verdict { return verdict{spf.Fail, nil, "example.com -all", lookups, 0, ""} }
	over := func(path string, lookups int) verdict {
		return verdict{spf.PermError, spf.ErrLookupLimit, "example.com " + path, lookups, 0, ""}
	}
	runCases(t, []checkCase{
		{"ten", record(a(10) + "-all"), spf.Query{}, fail(10)},
		{"eleven", record(a(11) + "-all"), spf.Query{}, over("a:m.example.com", 11)},
		{"a match before the eleventh", record(a(10) + "ip4:192.0.2.1 a"), spf.Query{}, verdict{spf.Pass, nil, "example.com ip4:192.0.2.1", 10, 0, ""}},
		{"terms that do not ask", record("ip4:192.0.2.8 ip6:::1 x=%{i} " + a(10) + "exp=m.example.com -all"), spf.Query{}, fail(10)},
		{"%{p} in the tenth", record(a(9) + "exists:%{p}.example.com -all"), spf.Query{}, over("exists:%{p}.example.com", 11)},
		{"%{p} in the ninth, however often", record(a(8)+"exists:%{p}.%{p}.x.example.com -all") + "unknown.unknown.x A 127.0.0.2\n", spf.Query{},
			verdict{spf.Pass, nil, "example.com exists:%{p}.%{p}.x.example.com", 10, 0, ""}},
		{"impossible names count", record(a(10) + "a:a..example.com -all"), spf.Query{}, over("a:a..example.com", 11)},
		{"ptr is one", record(strings.Repeat("ptr:example.net ", 10) + "-all"), spf.Query{}, fail(10)},
		{"redirect is the eleventh", record(a(10) + "redirect=to.example.com"), spf.Query{}, over("redirect=to.example.com", 11)},
		{"an ignored redirect is not counted", record(a(10) + "redirect=to.example.com -all"), spf.Query{}, fail(10)},
		{"one count through redirect", record(a(5)+"redirect=to.example.com") + `to TXT "v=spf1 ` + a(5) + `-all"`, spf.Query{},
			over("redirect=to.example.com > to.example.com a:m.example.com", 11)},
		{"one count through includes", record("include:in.example.com "+a(5)+"-all") + `in TXT "v=spf1 ` + a(4) + `-all"`, spf.Query{}, fail(10)},
		{"terms behind an include count", record("include:in.example.com "+a(6)+"-all") + `in TXT "v=spf1 ` + a(4) + `-all"`, spf.Query{},
			over("a:m.example.com", 11)},
		{"redirect in a circle", record("redirect=to.example.com") + "to TXT \"v=spf1 redirect=example.com\"", spf.Query{},
			over(strings.Repeat("redirect=to.example.com > to.example.com redirect=example.com > example.com ", 5)+"redirect=to.example.com", 11)},
	})
}

// TestHosts has the ten names of one mx or ptr, and their order.
func TestHosts(t *testing.T) {
	t.Parallel()
	hosts := func(owner, rtype string, n int, last string) string {
		var b strings.Builder
		for i := range n - 1 {
			fmt.Fprintf(&b, "%s %s h%02d.example.net.\nh%02d.example.net. A 203.0.113.%d\n", owner, rtype, i, i, i)
		}
		fmt.Fprintf(&b, "%s %s %s\n%s A 192.0.2.1\n", owner, rtype, last, last)
		return b.String()
	}
	const mx, ptr = "@ TXT \"v=spf1 mx -all\"\n", "@ TXT \"v=spf1 ptr -all\"\n"
	const arpa = "1.2.0.192.in-addr.arpa."
	pass := func(term string) verdict { return verdict{spf.Pass, nil, "example.com " + term, 1, 0, ""} }
	fail := verdict{spf.Fail, nil, "example.com -all", 1, 0, ""}
	temp := func(reason error) verdict { return verdict{spf.TempError, reason, "example.com mx", 1, 0, ""} }
	runCases(t, []checkCase{
		{"the tenth MX host", mx + hosts("@", "MX 5", 10, "z.example.net."), spf.Query{}, pass("mx")},
		{"eleven MX hosts", mx + hosts("@", "MX 5", 11, "z.example.net."), spf.Query{}, verdict{spf.PermError, spf.ErrMXLimit, "example.com mx", 1, 0, ""}},
		{"no implicit MX", mx + "@ A 192.0.2.1", spf.Query{}, verdict{spf.Fail, nil, "example.com -all", 1, 1, ""}},
		{"null MX", mx + "@ MX 0 .\n@ A 192.0.2.1", spf.Query{}, fail},
		{"MX host is an alias", mx + "@ MX 5 m\nm CNAME n\nn A 192.0.2.1", spf.Query{}, pass("mx")},
		{"match before a failing host", mx + "@ MX 5 m\n@ MX 9 n\nm A 192.0.2.1\n;! TIMEOUT n.example.com. A", spf.Query{}, pass("mx")},
		{"failing host before the match", mx + "@ MX 9 m\n@ MX 5 n\nm A 192.0.2.1\n;! TIMEOUT n.example.com. A", spf.Query{}, temp(lookup.ErrTimeout)},
		{"failing host, no match", mx + "@ MX 5 m\n@ MX 9 n\nm A 192.0.2.7\n;! REFUSED n.example.com. A", spf.Query{}, temp(lookup.ErrRefused)},
		{"failure for the other family", mx + "@ MX 5 m\nm A 192.0.2.1\n;! TIMEOUT m.example.com. AAAA", spf.Query{}, pass("mx")},
		{"host does not exist", mx + "@ MX 5 m\n@ MX 9 n\nn A 192.0.2.1", spf.Query{}, pass("mx")},
		{"the tenth PTR name", ptr + hosts(arpa, "PTR", 10, "z.example.com."), spf.Query{}, pass("ptr")},
		{"the eleventh PTR name is left out", ptr + hosts(arpa, "PTR", 11, "z.example.com."), spf.Query{}, fail},
		{"PTR name equal to the target", ptr + arpa + " PTR @\n@ A 192.0.2.1", spf.Query{}, pass("ptr")},
		{"PTR name above the target", "@ TXT \"v=spf1 ptr:mail.example.com -all\"\n" + arpa + " PTR @\n@ A 192.0.2.1", spf.Query{}, fail},
		{"PTR name that only ends like the target", ptr + arpa + " PTR mail.bad-example.com.\nmail.bad-example.com. A 192.0.2.1", spf.Query{}, fail},
		{"PTR name that leads elsewhere", ptr + arpa + " PTR m\nm A 192.0.2.2", spf.Query{}, fail},
		{"PTR name of the wrong family", ptr + arpa + " PTR m\nm AAAA ::ffff:192.0.2.1", spf.Query{}, fail},
		{"PTR name that fails is left out", ptr + arpa + " PTR m\n" + arpa + " PTR n\n;! SERVFAIL m.example.com. A\nn A 192.0.2.1", spf.Query{}, pass("ptr")},
		{"PTR of an IPv6 client", ptr + "1" + strings.Repeat(".0", 23) + ".8.b.d.0.1.0.0.2.ip6.arpa. PTR m\nm AAAA 2001:db8::1", ip6, pass("ptr")},
	})
}

// TestUnanswered has every failure of the DNS at each place where one can
// happen (RFC 7208, Sections 4.4, 5 and 5.5).
func TestUnanswered(t *testing.T) {
	t.Parallel()
	reasons := []error{
		lookup.ErrTimeout, lookup.ErrServFail, lookup.ErrRefused, lookup.ErrRCode, lookup.ErrNetwork, lookup.ErrMalformed,
		lookup.ErrTruncated, lookup.ErrReferral, lookup.ErrCNAMELoop, lookup.ErrOffline, lookup.ErrCanceled,
	}
	places := []struct {
		terms, name string
		typ         lookup.Type
		path        string
		lookups     int
	}{
		{"-all", "example.com", lookup.TypeTXT, "", 0},
		{"a -all", "example.com", lookup.TypeA, "example.com a", 1},
		{"mx -all", "example.com", lookup.TypeMX, "example.com mx", 1},
		{"mx:m.example.com -all", "n.example.com", lookup.TypeA, "example.com mx:m.example.com", 1},
		{"exists:x.example.com -all", "x.example.com", lookup.TypeA, "example.com exists:x.example.com", 1},
		{"include:in.example.com -all", "in.example.com", lookup.TypeTXT, "example.com include:in.example.com", 1},
		{"redirect=in.example.com", "in.example.com", lookup.TypeTXT, "example.com redirect=in.example.com", 1},
	}
	for _, reason := range reasons {
		for _, p := range places {
			t.Run(fmt.Sprintf("%v/%s", reason, p.terms), func(t *testing.T) {
				t.Parallel()
				z := zone(t, `@ TXT "v=spf1 `+p.terms+`"`+"\nm MX 5 n")
				z.Fail(p.name, p.typ, reason)
				compare(t, verdict{spf.TempError, reason, p.path, p.lookups, 0, ""}, ask(t, z, spf.Query{}))
			})
		}
		t.Run(fmt.Sprintf("%v/ptr", reason), func(t *testing.T) {
			t.Parallel()
			z := zone(t, `@ TXT "v=spf1 ptr -all"`)
			z.Fail("1.2.0.192.in-addr.arpa", lookup.TypePTR, reason)
			compare(t, verdict{spf.Fail, nil, "example.com -all", 1, 0, ""}, ask(t, z, spf.Query{}))
		})
	}
}
