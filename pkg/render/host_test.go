package render

import (
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/report"
)

func hostReport(t *testing.T, zone string, o mailhost.Options) *report.Report {
	t.Helper()
	z, err := lookup.ParseZone("", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+zone+"\n")
	if err != nil {
		t.Fatal(err)
	}
	facts := mailhost.Inspect(t.Context(), z, "example.com", o)
	return &report.Report{Target: "example.com", Kind: report.Domain, Results: report.Results{Host: facts}}
}

func TestHostText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, zone, want string }{
		{"implicit", "@ A 192.0.2.1", "  -  example.com  192.0.2.1  (no name)\n"},
		{"none", "", "  (no mail host)\n"},
		{"unknown", ";! REFUSED example.com. MX", "  (refused)\n"},
		{"null", "@ MX 0 .", "  0  .  (no mail)\n"},
		{"address", "@ MX 10 192.0.2.1.", "  10  192.0.2.1  (not asked)\n"},
		{"internationalized", "@ MX 10 xn--bcher-kva", "  10  bücher.example.com (xn--bcher-kva.example.com)  (no address)\n"},
		{"states", "@ MX 5 a\n@ MX 10 b\n@ MX 200 c\na A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3\n;! TIMEOUT c.example.com. AAAA\n" +
			"1.2.0.192.in-addr.arpa. PTR a\n2.2.0.192.in-addr.arpa. PTR a\n;! TIMEOUT 3.2.0.192.in-addr.arpa. PTR", "" +
			"  5    a.example.com  192.0.2.1  a.example.com\n" +
			"  10   b.example.com  192.0.2.2  a.example.com (not confirmed)\n" +
			"  200  c.example.com  192.0.2.3  (name unknown)\n" +
			"                      (timeout)\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := hostReport(t, tt.zone, mailhost.Options{Parts: mailhost.Exchanges})
			got := rendered(t, Text, Options{Width: 100}, r)
			if diff := cmp.Diff("example.com  MX  ok\n\n"+tt.want, got); diff != "" {
				t.Errorf("text (-want +got)\n%s", diff)
			}
		})
	}
}

func TestNamedHostsText(t *testing.T) {
	t.Parallel()
	r := hostReport(t, "@ A 192.0.2.1\nimap A 192.0.2.2\nimap AAAA 2001:db8::2\n;! TIMEOUT smtp.example.com. *",
		mailhost.Options{Parts: mailhost.Addresses, Hosts: []string{"imap", "pop", "smtp"}})
	const want = `example.com  A  ok

  192.0.2.1

  imap.example.com  192.0.2.2
                    2001:db8::2
  pop.example.com   (no address)
  smtp.example.com  (timeout)
`
	if diff := cmp.Diff(want, rendered(t, Text, Options{Width: 100}, r)); diff != "" {
		t.Errorf("text (-want +got)\n%s", diff)
	}
}

// TestHostileHosts wants tables that fit, and nothing that a terminal obeys.
func TestHostileHosts(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("x", 60)
	zone := "@ MX 1 \\027[2J\\255\\226\\128\\174\n\\027[2J\\255\\226\\128\\174 A 192.0.2.1\n1.2.0.192.in-addr.arpa. PTR \\007\\010." + label + "\n" +
		"@ MX 2 " + strings.Repeat(label+".", 3) + "example.net.\n$GENERATE 1-300 @ MX 10 m$\n$GENERATE 1-300 m$ A 192.0.2.1"
	r := hostReport(t, zone, mailhost.Options{Senders: []netip.Addr{netip.MustParseAddr("192.0.2.1")}, HELO: mailhost.ParseHELO("\\027[2J." + label + ".example")})
	for _, width := range []int{40, 80, 200} {
		text := rendered(t, Text, Options{Width: width}, r)
		checkSafe(t, text)
		if n := strings.Count(text, "\n"); n > 300 {
			t.Errorf("width %d: %d lines", width, n)
		}
		for line := range strings.Lines(text) {
			if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > width || strings.HasSuffix(line, " ") {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
	checkSafe(t, rendered(t, JSON, Options{}, r))
}
