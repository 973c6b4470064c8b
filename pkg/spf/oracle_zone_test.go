package spf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// ownZone is what the referees judge beside the public suite: below example.com
// one name for each record.
const ownZone = `
host A 192.0.2.1
host AAAA 2001:db8::1
four A 192.0.2.4
six AAAA 2001:db8::6
mail MX 10 host
mail MX 20 four
null MX 0 .
text TXT "hello"
alias CNAME host
;! SERVFAIL broken.example.com. *
joe._spf A 127.0.0.2
1.2.0.192.in-addr._spf A 127.0.0.2
1.2.0.192.in-addr.arpa. PTR host
1.2.0.192.in-addr.arpa. PTR other.example.net.
other.example.net. A 192.0.2.1
4.2.0.192.in-addr.arpa. PTR four.example.net.
pass TXT "v=spf1 +all"
fail TXT "v=spf1 -all"
soft TXT "v=spf1 ~all"
none TXT "v=spf1"
twice TXT "v=spf1 -all"
twice TXT "v=spf1 +all"
wide TXT "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"
nested TXT "v=spf1 include:wide.example.com ?all"
loop TXT "v=spf1 include:loop.example.com -all"
`

// ownRecords are the terms of the records that the cases evaluate, each for every
// client of ownClients.
var ownRecords = []string{
	"-all", "+all", "?all", "~all", "ALL", "", "all.", "all:x", "all/8", "--all", "-",
	"ip4:192.0.2.1 -all", "ip4:192.0.2.0/30 -all", "ip4:192.0.2.77/24 ~all", "ip4:0.0.0.0/0 -all", "ip4:192.0.2.0/33 -all",
	"ip4:192.0.2.0/024 -all", "ip4:192.0.2 -all", "ip4:192.0.2.01 -all", "ip4:2001:db8::1 -all", "ip4: -all", "ip4 -all", "ip4:192.0.2.1:25 -all",
	"ip6:2001:db8::1 -all", "ip6:2001:db8::/64 -all", "ip6:::/0 -all", "ip6:2001:db8::/129 -all", "ip6:192.0.2.1 -all", "ip6:::ffff:192.0.2.1 -all",
	"a:host.example.com -all", "a:host.example.com/24 -all", "a:host.example.com/24//64 -all", "a:host.example.com//64 -all", "a:four.example.com -all",
	"a:six.example.com//96 -all", "a:alias.example.com -all", "a:gone.example.com -all", "a:text.example.com ?all", "a:broken.example.com -all",
	"a:host.example.com. -all", "a:museum -all", "a:host.example.com:25 -all", "a:a..example.com -all", "a: -all", "a/33 -all", "a:host.example.com/24/64 -all",
	"mx:mail.example.com -all", "mx:mail.example.com/24 -all", "mx:null.example.com -all", "mx:gone.example.com -all", "mx:host.example.com -all", "mx:broken.example.com -all",
	"ptr -all", "ptr:example.com -all", "ptr:example.net -all", "ptr:host.example.com -all", "ptr:example.org -all", "ptr/24 -all", "ptr: -all",
	"exists:host.example.com -all", "exists:six.example.com -all", "exists:gone.example.com -all", "exists:%{l}._spf.example.com -all",
	"exists:%{ir}.%{v}._spf.example.com -all", "exists:%{i}.%{h}.%{o}.%{d}.example.com -all", "exists:%{l1r+}._spf.example.com -all", "exists:%{L}._spf.%{o} -all",
	"exists:%{d3}.%{x} -all", "exists:%{d0}.example.com -all", "exists:%(l).example.com -all", "exists:%{c}.example.com -all", "exists:host.example.com/24 -all", "exists: -all",
	"include:pass.example.com -all", "include:fail.example.com ?all", "include:soft.example.com ?all", "include:none.example.com ~all", "include:gone.example.com -all",
	"include:text.example.com -all", "include:twice.example.com -all", "include:broken.example.com -all", "include:nested.example.com -all", "-include:nested.example.com +all",
	"include:loop.example.com -all", "include:wide.example.com/24 -all", "include: -all", "include:%{d1}.com -all", "include=wide.example.com -all", "include:com -all",
	"redirect=wide.example.com", "redirect=gone.example.com", "redirect=text.example.com", "redirect=broken.example.com", "redirect=loop.example.com",
	"redirect=pass.example.com -all", "redirect=wide.example.com redirect=pass.example.com", "redirect:wide.example.com", "redirect=", "redirect=wide.example.com ip4:192.0.2.9",
	"-redirect=wide.example.com", "redirect=twice.example.com", "redirect=none.example.com",
	"exp=text.example.com -all", "exp=a.example.com -all exp=b.example.com", "exp= -all", "exp=-all -all", "foo=bar -all", "foo=%a -all", "=x -all", "1up=x -all", "x.y-z_9=%{i} -all",
	"moo -all", "-all moo", "moo:x -all", "moo.cow:x=y -all", "ip4:192.0.2.1 -all ip4:300.0.0.1", "a:host.example.com  -all  ", "mx -all",
	"a:gone.example.com a:gone2.example.com -all", "a:gone.example.com a:gone2.example.com a:gone3.example.com -all", "exists:x.example.com exists:y.example.com mx:z.example.com -all",
	"a:four.example.com a:four.example.com a:four.example.com -all", "a:six.example.com a:six.example.com a:six.example.com -all",
	strings.Repeat("a:four.example.com ", 10) + "-all", strings.Repeat("exists:host.example.net ", 2) + strings.Repeat("mx:mail.example.com ", 8) + "-all",
	strings.Repeat("mx:null.example.com ", 11) + "-all", strings.Repeat("include:none.example.com ", 10) + "?all", strings.Repeat("include:none.example.com ", 11) + "?all",
	strings.Repeat("include:none.example.com ", 10) + "redirect=pass.example.com",
}

// ownClients are an IPv4, an IPv6 and an IPv4-mapped client, and a stranger.
var ownClients = []string{"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "203.0.113.9"}

// ownCases makes a case of each record for each client, with the terms for an id.
func ownCases(t testing.TB) (map[string]lookup.Resolver, []refereeCase) {
	t.Helper()
	var b strings.Builder
	b.WriteString(ownZone)
	var cases []refereeCase
	for i, terms := range ownRecords {
		fmt.Fprintf(&b, "r%d TXT \"%s\"\n", i, strings.TrimSuffix("v=spf1 "+terms, " "))
		for _, ip := range ownClients {
			cases = append(cases, refereeCase{terms, "own", ip, fmt.Sprintf("joe@r%d.example.com", i), "host.example.com"})
		}
	}
	return map[string]lookup.Resolver{"own": zone(t, b.String())}, cases
}
