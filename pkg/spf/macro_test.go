package spf

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// client returns an evaluation for the message of RFC 7208, Section 7.4, with
// the given client address and names of it.
func client(t testing.TB, ip string) *evaluation {
	t.Helper()
	zone, err := lookup.ParseZone("test", `;! AUTHORITATIVE .
3.2.0.192.in-addr.arpa. PTR mx.example.org.
mx.example.org. A 192.0.2.3
`)
	if err != nil {
		t.Fatal(err)
	}
	return newEvaluation(t.Context(), zone, Query{
		IP: netip.MustParseAddr(ip), Sender: "strong-bad@email.example.com", Helo: "mx.example.org",
		Receiver: "mta.example.net", At: time.Unix(1400000000, 0),
	})
}

func whole(text string) lint.Span { return lint.NewSource("", text).Whole() }

// macroRows are expansions for the domain email.example.com; the address is
// IPv4 where none is given.
var macroRows = []struct {
	in, ip, want string
}{
	// RFC 7208, Section 7.4, every row.
	{"%{s}", "", "strong-bad@email.example.com"},
	{"%{o}", "", "email.example.com"},
	{"%{d}", "", "email.example.com"},
	{"%{d4}", "", "email.example.com"},
	{"%{d3}", "", "email.example.com"},
	{"%{d2}", "", "example.com"},
	{"%{d1}", "", "com"},
	{"%{dr}", "", "com.example.email"},
	{"%{d2r}", "", "example.email"},
	{"%{l}", "", "strong-bad"},
	{"%{l-}", "", "strong.bad"},
	{"%{lr}", "", "strong-bad"},
	{"%{lr-}", "", "bad.strong"},
	{"%{l1r-}", "", "strong"},
	{"%{ir}.%{v}._spf.%{d2}", "", "3.2.0.192.in-addr._spf.example.com"},
	{"%{lr-}.lp._spf.%{d2}", "", "bad.strong.lp._spf.example.com"},
	{"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
	{"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
	{"%{d2}.trusted-domains.example.net", "", "example.com.trusted-domains.example.net"},
	// The RFC prints the nibbles in lower case, the public suite wants upper case;
	// in a name it is all the same.
	{"%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01",
		"1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com"},

	// The other letters (Sections 7.2 and 7.3).
	{"%{i}", "", "192.0.2.3"},
	{"%{i}", "::ffff:192.0.2.3", "192.0.2.3"},
	{"%{v}", "::ffff:192.0.2.3", "in-addr"},
	{"%{i}", "2001:db8::cb01", "2.0.0.1.0.D.B.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.C.B.0.1"},
	{"%{c}", "", "192.0.2.3"},
	{"%{c}", "2001:db8::cb01", "2001:db8::cb01"},
	{"%{h}", "", "mx.example.org"},
	{"%{p}", "", "mx.example.org"},
	{"%{p}", "192.0.2.4", "unknown"},
	{"%{r}", "", "mta.example.net"},
	{"%{t}", "", "1400000000"},

	// Literal text and the two-octet forms (Section 7.1).
	{"", "", ""},
	{"no macro", "", "no macro"},
	{"%%", "", "%"},
	{"a%_b", "", "a b"},
	{"a%-b", "", "a%20b"},
	{"%%{d}%%%%", "", "%{d}%%"},
	{"100%%%_%{d1}", "", "100% com"},

	// Transformers (Section 7.3): reverse first, then keep the right-hand parts.
	{"%{d128}", "", "email.example.com"},
	{"%{d99999999999999999999}", "", "email.example.com"},
	{"%{d01}", "", "com"},
	{"%{i1}", "", "3"},
	{"%{i1r}", "", "192"},
	{"%{i2R}", "", "0.192"},
	{"%{dr-}", "", "email.example.com"},

	// Delimiters: any of them splits, dots join, empty parts stay.
	{"%{s@}", "", "error"},
	{"%{s-.}", "", "strong.bad@email.example.com"},
	{"%{sr-.}", "", "com.example.bad@email.strong"},
	{"%{l.-+,/_=}", "", "strong.bad"},
	{"%{h,}", "", "mx.example.org"},

	// Upper case: the value with everything escaped that is not unreserved.
	{"%{S}", "", "strong-bad%40email.example.com"},
	{"%{L1R-}", "", "strong"},
	{"%{I}", "", "192.0.2.3"},
	{"%{C}", "2001:db8::cb01", "2001%3Adb8%3A%3Acb01"},
	{"%{D2}", "", "example.com"},
}

func TestMacroExpand(t *testing.T) {
	t.Parallel()
	for _, tt := range macroRows {
		t.Run(tt.in+" "+tt.ip, func(t *testing.T) {
			t.Parallel()
			ip := tt.ip
			if ip == "" {
				ip = "192.0.2.3"
			}
			got := "error"
			if m, err := parseMacros(whole(tt.in), explainLetters); err == nil {
				got = client(t, ip).expand(m, "email.example.com")
				checkMacros(t, m)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestMacroSenders has local-parts that are odd in one way each.
func TestMacroSenders(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, sender, in, want string
	}{
		{"consecutive delimiters", "a..b@example.com", "%{lr}", "b..a"},
		{"leading and trailing delimiters", "-a-@example.com", "%{l-}", ".a."},
		{"right-hand parts may be empty", "a-b-@example.com", "%{l2-}", "b."},
		{"each delimiter", "a.b-c+d,e/f_g=h@example.com", "%{lr.-+,/_=}", "h.g.f.e.d.c.b.a"},
		{"only the delimiters given", "a.b-c+d@example.com", "%{lr+}", "d.a.b-c"},
		{"at sign in a quoted local-part", `"a@b"@example.com`, "%{l}|%{o}", `"a@b"|example.com`},
		{"no local-part", "@example.com", "%{s}", "postmaster@example.com"},
		{"no at sign", "example.com", "%{s}", "postmaster@example.com"},
		{"empty reverse-path", "", "%{s}", "postmaster@helo.example.net"},
		{"reserved octets", "a%b&c~d_e@example.com", "%{L}", "a%25b%26c~d_e"},
		{"octets outside ASCII", "\xc3\xbc@example.com", "%{L}", "%C3%BC"},
		{"U-labels", "x@b\u00fccher.example", "%{o}", "xn--bcher-kva.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, bad := parseMacros(whole(tt.in), explainLetters)
			if bad != nil {
				t.Fatal(bad)
			}
			e := newEvaluation(t.Context(), nil, Query{Sender: tt.sender, Helo: "helo.example.net"})
			if got := e.expand(m, "example.com"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMacroUnknowns(t *testing.T) {
	t.Parallel()
	m, _ := parseMacros(whole("%{r}"), explainLetters)
	if got := newEvaluation(t.Context(), nil, Query{}).expand(m, ""); got != "unknown" {
		t.Errorf("receiver %q", got)
	}
}

// TestTarget has the limit of 253 octets (RFC 7208, Section 7.3). A label of n
// octets and its dot take n+1, so 63+1+63+1+63+1+61 = 253.
func TestTarget(t *testing.T) {
	t.Parallel()
	label := func(c string, n int) string { return strings.Repeat(c, n) }
	right := label("b", 63) + "." + label("c", 63) + "." + label("d", 57) + ".com"
	tests := []struct {
		name, local, in, want string
		ok                    bool
	}{
		{"253 octets", label("a", 63), "%{l}." + right, label("a", 63) + "." + right, true},
		{"254 octets", label("a", 63), "x%{l}." + right, right, true},
		{"255 octets, only the first label goes", "x." + label("a", 63), "%{l}." + right, label("a", 63) + "." + right, true},
		{"many labels", strings.Repeat("y.", 400) + label("a", 63), "%{l}." + right, label("a", 63) + "." + right, true},
		{"a final dot does not count", label("a", 63), "%{l}." + right + ".", label("a", 63) + "." + right, true},
		{"one label of 254 octets", label("a", 254), "%{l}", "", false},
		{"label of 64 octets in a name that fits", label("a", 64), "%{l}.com", "", false},
		{"empty label", "a..b", "%{l}.com", "", false},
		{"nothing", ".", "%{l1}", "", false},
		{"upper case", "ABC", "%{l}.Example.COM", "abc.example.com", true},
		{"blank", "a b", "%{l}.com", `a\032b.com`, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := Parse(lint.NewSource("", "v=spf1 exists:"+tt.in))
			if err := r.Err(); err != nil {
				t.Fatal(err)
			}
			e := newEvaluation(t.Context(), nil, Query{Sender: tt.local + "@example.com"})
			if got, ok := e.target(&r.Terms[0], "example.com"); got != tt.want || ok != tt.ok {
				t.Errorf("got %q (%d octets), %v", got, len(got), ok)
			}
		})
	}
}

// TestClientName has the order of preference for %{p} (RFC 7208, Section 7.3)
// in the domain example.com.
func TestClientName(t *testing.T) {
	t.Parallel()
	eleven := ""
	for _, c := range "abcdefghij" {
		eleven += "@ PTR " + string(c) + ".example.net.\n"
	}
	tests := []struct {
		name, zone, want string
	}{
		{"the domain before its subdomains", "@ PTR a.example.com.\n@ PTR example.com.\n@ PTR z.example.net.\n" +
			"a.example.com. A 192.0.2.3\nexample.com. A 192.0.2.3\nz.example.net. A 192.0.2.3", "example.com"},
		{"a subdomain before others", "@ PTR a.example.net.\n@ PTR z.example.com.\n" +
			"a.example.net. A 192.0.2.3\nz.example.com. A 192.0.2.3", "z.example.com"},
		{"any name", "@ PTR a.notexample.com.\na.notexample.com. A 192.0.2.3", "a.notexample.com"},
		{"names that lead elsewhere do not count", "@ PTR example.com.\n@ PTR b.example.net.\nexample.com. A 192.0.2.4\n" +
			"b.example.net. A 192.0.2.4\nb.example.net. A 192.0.2.3", "b.example.net"},
		{"no name leads back", "@ PTR example.com.\nexample.com. AAAA 2001:db8::1", "unknown"},
		{"a failing name is left out", "@ PTR example.com.\n@ PTR a.example.com.\n;! SERVFAIL example.com. A\n" +
			"a.example.com. A 192.0.2.3", "a.example.com"},
		{"the eleventh name is left out", eleven + "@ PTR z.example.net.\nz.example.net. A 192.0.2.3", "unknown"},
		{"a failure", ";! TIMEOUT 3.2.0.192.in-addr.arpa. PTR", "unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test", ";! AUTHORITATIVE .\n$ORIGIN 3.2.0.192.in-addr.arpa.\n"+tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			e := newEvaluation(t.Context(), zone, Query{IP: netip.MustParseAddr("192.0.2.3")})
			if got := e.clientName("example.com"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMacroProperties(t *testing.T) {
	t.Parallel()
	m, bad := parseMacros(whole("a%{D3r-+}%_%{l}"), domainLetters)
	if bad != nil {
		t.Fatal(bad)
	}
	want := []Macro{
		{Start: 1, End: 9, Letter: 'd', Escape: true, Parts: 3, Reverse: true, Delimiters: "-+"},
		{Start: 9, End: 11, Letter: '_'},
		{Start: 11, End: 15, Letter: 'l'},
	}
	if diff := cmp.Diff(want, m.Macros, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if !m.Uses("xl") || m.Uses("siopvh") || m.Literal() {
		t.Error("wrong letters in use")
	}
	for text, want := range map[string]bool{"a.example": true, "%{d2r}.x": true, "%%%_%-": true, "%{d}%{i}": false, "%{H}": false} {
		if m, _ := parseMacros(whole(text), domainLetters); m.Literal() != want {
			t.Errorf("%q is literal: %v", text, !want)
		}
	}
}
