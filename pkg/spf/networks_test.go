package spf_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/spf"
)

// sets is what a table wants of Networks; the rest of the addresses stays out.
type sets struct {
	Pass, SoftFail, Neutral, Fail, PermError, Unknown []string
	Conditions, Covered                               []string
}

// small returns the networks of a set that is not the rest of the address space.
func small(s spf.Set) []string {
	var out []string
	if s.IPv4() < 1<<31 && s.IPv6().BitLen() < 127 {
		for _, p := range s.Prefixes() {
			out = append(out, p.String())
		}
		return out
	}
	return []string{"rest"}
}

func TestNetworks(t *testing.T) {
	t.Parallel()
	const hosts = "\ne TXT \"v=spf1\"\nh A 192.0.2.1\nh AAAA 2001:db8::1\nmail MX 10 h\nmail MX 20 f\nf A 192.0.2.9\nf AAAA 2001:db8::9\n" +
		";! SERVFAIL broken.example.com. *\n;! SERVFAIL half.example.com. AAAA\nhalf A 192.0.2.50\n" +
		"p TXT \"v=spf1 -ip4:198.51.100.7 ip4:198.51.100.0/24 ~all\"\n"
	rest := []string{"rest"}
	for _, tt := range []struct {
		name, zone string
		want       sets
	}{
		{"first match wins", `@ TXT "v=spf1 ip4:192.0.2.0/30 -ip4:192.0.2.0/29 ~ip4:192.0.2.0/28 ?all"`,
			sets{Pass: []string{"192.0.2.0/30"}, Fail: []string{"192.0.2.4/30"}, SoftFail: []string{"192.0.2.8/29"}, Neutral: rest}},
		{"only what an include passes", `@ TXT "v=spf1 include:p.example.com -all"`,
			sets{Pass: []string{"198.51.100.0/30", "198.51.100.4/31", "198.51.100.6/32", "198.51.100.8/29", "198.51.100.16/28", "198.51.100.32/27", "198.51.100.64/26", "198.51.100.128/25"}, Fail: rest}},
		{"qualifier of an include", `@ TXT "v=spf1 -ip4:198.51.100.0/25 ~include:p.example.com"`,
			sets{Fail: []string{"198.51.100.0/25"}, SoftFail: []string{"198.51.100.128/25"}, Neutral: rest}},
		{"redirect", "@ TXT \"v=spf1 ip4:192.0.2.1 redirect=q.example.com\"\nq TXT \"v=spf1 ?ip4:192.0.2.0/31 -all\"",
			sets{Pass: []string{"192.0.2.1/32"}, Neutral: []string{"192.0.2.0/32"}, Fail: rest}},
		{"lengths of a and mx", `@ TXT "v=spf1 a:h.example.com/30//64 mx:mail.example.com//127 -all"`,
			sets{Pass: []string{"192.0.2.0/30", "192.0.2.9/32", "2001:db8::/64"}, Fail: rest}},
		{"exists matches everybody", `@ TXT "v=spf1 ip4:192.0.2.1 -exists:h.example.com ?all"`, sets{Pass: []string{"192.0.2.1/32"}, Fail: rest}},
		{"what depends on the message", `@ TXT "v=spf1 ip4:192.0.2.1 exists:%{i}.example.com ip4:192.0.2.2 -all"`,
			sets{Pass: []string{"192.0.2.1/32", "192.0.2.2/32"}, Conditions: []string{"exists:%{i}.example.com"}}},
		{"a condition that changes nothing", "@ TXT \"v=spf1 include:x.example.com all\"\nx TXT \"v=spf1 ptr -all\"", sets{Pass: rest}},
		{"condition inside an include", "@ TXT \"v=spf1 -include:x.example.com ~all\"\nx TXT \"v=spf1 ip4:192.0.2.1 ?exists:%{l}.example.com ip4:192.0.2.2 -all\"",
			sets{Fail: []string{"192.0.2.1/32"}, SoftFail: rest, Conditions: []string{"?exists:%{l}.example.com"}}},
		{"no answer", `@ TXT "v=spf1 ip4:192.0.2.1 include:broken.example.com -all"`, sets{Pass: []string{"192.0.2.1/32"}, Unknown: rest}},
		{"no answer for one family", `@ TXT "v=spf1 a:half.example.com -all"`, sets{Pass: []string{"192.0.2.50/32"}, Fail: rest, Unknown: rest}},
		{"include of nothing", `@ TXT "v=spf1 ip4:192.0.2.1 include:gone.example.com -all"`, sets{Pass: []string{"192.0.2.1/32"}, PermError: rest}},
		{"syntax error anywhere", `@ TXT "v=spf1 ip4:192.0.2.1 -all ip4:300.0.0.1"`, sets{PermError: rest}},
		{"the eleventh lookup", `@ TXT "v=spf1 ip4:192.0.2.1` + strings.Repeat(" include:e.example.com", 11) + ` ip4:192.0.2.2 -all"`,
			sets{Pass: []string{"192.0.2.1/32"}, PermError: rest}},
		{"the third void lookup", `@ TXT "v=spf1 a:g1.example.com a:g2.example.com ip4:192.0.2.1 a:g3.example.com -all"`, sets{Pass: []string{"192.0.2.1/32"}, PermError: rest}},
		{"circle", `@ TXT "v=spf1 ip4:192.0.2.1 include:example.com -all"`, sets{Pass: []string{"192.0.2.1/32"}, PermError: rest}},
		{"covered by an include", `@ TXT "v=spf1 include:p.example.com ip4:198.51.100.128/25 -a:h.example.com ip4:192.0.2.1 all"`,
			sets{Pass: rest, Fail: []string{"192.0.2.1/32", "2001:db8::1/128"}, Covered: []string{"ip4:198.51.100.128/25 by include:p.example.com", "ip4:192.0.2.1 otherwise by -a:h.example.com"}}},
		{"everyone", `@ TXT "v=spf1 all"`, sets{Pass: rest}},
		{"no record", `@ TXT "hello"`, sets{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := spf.Inspect(t.Context(), zone(t, tt.zone+hosts), "example.com", spf.Options{}).Networks()
			got := sets{
				Pass: small(n.Of(spf.Pass)), SoftFail: small(n.Of(spf.SoftFail)), Neutral: small(n.Of(spf.Neutral)), Fail: small(n.Of(spf.Fail)),
				PermError: small(n.Of(spf.PermError)), Unknown: small(n.Of(spf.TempError)),
			}
			for _, c := range n.Conditions {
				got.Conditions = append(got.Conditions, c.Term.Text())
			}
			for _, c := range n.Covered {
				text := c.Term.Text() + " "
				if !c.Same {
					text += "otherwise "
				}
				got.Covered = append(got.Covered, text+"by "+c.By.Text())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNetworksBounded judges records that were made to keep us busy.
func TestNetworksBounded(t *testing.T) {
	t.Parallel()
	var doubling, alternating strings.Builder
	doubling.WriteString("@ TXT \"v=spf1 include:d0.example.com -all\"\n")
	for i := range 40 {
		name := string(rune('0'+i/10)) + string(rune('0'+i%10))
		next := string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10))
		doubling.WriteString("d" + strings.TrimPrefix(name, "0") + " TXT \"v=spf1 include:d" + strings.TrimPrefix(next, "0") + ".example.com include:d" + strings.TrimPrefix(next, "0") + ".example.com -all\"\n")
	}
	alternating.WriteString("@ TXT \"v=spf1")
	for i := range 3000 {
		alternating.WriteString([]string{"\" \" ", "\" \" -"}[i%2] + "ip4:10." + octet(i/250) + "." + octet(i%250) + ".7")
	}
	alternating.WriteString(" -all\"\n")
	for name, text := range map[string]string{"doubling": doubling.String(), "alternating": alternating.String()} {
		facts := spf.Inspect(t.Context(), zone(t, text), "example.com", spf.Options{})
		for _, n := range []*spf.Networks{facts.Networks(), facts.Meant()} {
			if name == "alternating" && n.Err != spf.ErrTooLarge {
				t.Errorf("%s: %v, pass %d", name, n.Err, n.Of(spf.Pass).IPv4())
			}
		}
	}
}

func octet(i int) string {
	return strconv.Itoa(i)
}
