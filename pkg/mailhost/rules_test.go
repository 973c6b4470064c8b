package mailhost_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

// judge returns severity and rule of every finding, joined.
func judge(f *mailhost.Facts) string {
	var found []string
	for _, finding := range lint.Run(mailhost.Rules(), f) {
		found = append(found, finding.Severity.String()+" "+finding.RuleID)
	}
	return strings.Join(found, ", ")
}

// TestExchanges wants of every MX record the one fault that explains most, as grave
// as the other records make it.
func TestExchanges(t *testing.T) {
	t.Parallel()
	const fine = "\n@ MX 20 ok\nok A 198.51.100.1\nok AAAA 2001:db8:1::1\n1.100.51.198.in-addr.arpa. PTR ok\n" +
		"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR ok"
	for _, tt := range []struct{ name, zone, want string }{
		{"fine", fine, ""},
		{"nothing", `@ TXT "x"`, "error mx-missing"},
		{"unknown domain", "", "error mx-missing"},
		{"no answer about MX", ";! SERVFAIL example.com. MX", ""},
		{"no answer about the address", ";! TIMEOUT example.com. AAAA", ""},
		{"dangling alias of the domain", "@ CNAME gone.example.net.", ""},
		{"alone and missing", "@ A 192.0.2.1\n@ MX 10 gone", "error mx-target-nxdomain"},
		{"missing beside another", "@ MX 10 gone" + fine, "warning mx-target-nxdomain"},
		{"missing beside one without answer", "@ MX 10 gone\n@ MX 20 slow\n;! TIMEOUT slow.example.com. *", "warning mx-target-nxdomain"},
		{"no address beside another", "@ MX 10 x\nx TXT \"x\"" + fine, "warning mx-target-no-address"},
		{"private beside another", "@ MX 10 x\nx A 10.0.0.1\nx AAAA fe80::1" + fine, "warning mx-target-not-routable"},
		{"one address of two is private", "@ MX 10 x\nx A 10.0.0.1\nx AAAA 2001:db8::1\n" +
			"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR x", ""},
		{"old proof beside another", "@ MX 32767 ms1.msv1.invalid." + fine, "notice mx-msv1-invalid"},
		{"address in brackets", "@ MX 10 [192.0.2.1]." + fine, "error mx-target-ip-literal"},
		{"address without a dot", "@ MX 10 192.0.2.1" + fine, "error mx-target-ip-literal"},
		{"name of digits", "@ MX 10 192.0.2.1\n192.0.2.1 A 192.0.2.1\n192.0.2.1 AAAA 2001:db8::1\n1.2.0.192.in-addr.arpa. PTR x\n" +
			"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR x", ""},
		{"IPv6 address", "@ MX 10 2001:db8::1." + fine, "error mx-target-ip-literal"},
		{"name in the local network", "@ MX 10 mail.lan." + fine, "error mx-target-localhost"},
		{"alias to nothing", "@ MX 10 x\nx CNAME gone.example.net." + fine, "error mx-target-cname"},
		{"underscore and missing", "@ MX 10 x_1" + fine, "warning mx-target-nxdomain"},
		{"doubled but there", "@ MX 10 x.example.com\nx.example.com A 192.0.2.1\nx.example.com AAAA 2001:db8::1\n" +
			"1.2.0.192.in-addr.arpa. PTR x\n1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR x", ""},
		{"null twice", "@ MX 0 .\n@ MX 10 .", "warning mx-null-nonzero-preference"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := judge(mailhost.Inspect(t.Context(), parse(t, tt.zone), "example.com", mailhost.Options{Parts: mailhost.Exchanges}))
			if got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// TestWording wants messages to say what is there.
func TestWording(t *testing.T) {
	t.Parallel()
	const mail = "\nmail A 192.0.2.1"
	for _, tt := range []struct{ zone, rule, want string }{
		{"@ MX 10 \\$zone\n\\$zone A 192.0.2.1", "mx-target-invalid-name", `the label "$zone" cannot stand in a host name`},
		{"@ MX 10 a\\032b\na\\032b A 192.0.2.1", "mx-target-invalid-name", `the label "a\032b" cannot stand in a host name`},
		{"@ MX 0 .\n@ MX 10 mail" + mail, "mx-null-with-others", `"0 ." stands beside another MX record`},
		{"@ MX 0 .\n@ MX 10 mail\n@ MX 20 mail" + mail, "mx-null-with-others", `"0 ." stands beside 2 other MX records`},
		{"@ MX 10 mail" + mail, "aaaa-missing", "mail.example.com has no IPv6 address, only IPv4"},
	} {
		var got []string
		for _, found := range lint.Run(mailhost.Rules(), mailhost.Inspect(t.Context(), parse(t, tt.zone), "example.com", mailhost.Options{Parts: mailhost.Exchanges})) {
			if found.RuleID == tt.rule {
				got = append(got, found.Message)
			}
		}
		if len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: %q, want %q", tt.zone, got, tt.want)
		}
	}
}

// TestNamedHosts wants a missing host reported once, by the rule that knows most
// about it.
func TestNamedHosts(t *testing.T) {
	t.Parallel()
	const self = "@ A 192.0.2.1\n@ AAAA 2001:db8::1\n"
	for _, tt := range []struct {
		name, zone, host string
		options          mailhost.Options
		want             string
	}{
		{name: "there", zone: "imap A 192.0.2.2\nimap AAAA 2001:db8::2", host: "imap"},
		{name: "without IPv6", zone: "imap A 192.0.2.2", host: "imap", want: "notice aaaa-missing"},
		{name: "no such name", host: "imap", want: "warning a-required-host-missing"},
		{name: "no address", zone: `imap TXT "x"`, host: "imap.example.com", want: "warning a-required-host-missing"},
		{name: "alias to no address", zone: "imap CNAME x\nx TXT \"x\"", host: "imap", want: "warning a-required-host-missing"},
		{name: "dangling alias", zone: "imap CNAME gone.example.net.", host: "imap"},
		{name: "one family without answer", zone: ";! TIMEOUT imap.example.com. AAAA", host: "imap"},
		{name: "no answer", zone: ";! SERVFAIL imap.example.com. *", host: "imap"},
		{name: "private", zone: "imap A 10.0.0.1\nimap AAAA 2001:db8::2", host: "imap", want: "error a-not-globally-routable"},
		{name: "another domain", zone: "imap.example.net. A 192.0.2.2\nimap.example.net. AAAA 2001:db8::2", host: "imap.example.net"},
		{name: "the domain itself", host: "example.com"},
		{name: "expected", zone: "imap A 192.0.2.1\nimap AAAA 2001:db8::1", host: "imap", options: mailhost.Options{Expect: []netip.Addr{
			netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}}},
		{name: "not expected", zone: "imap A 192.0.2.9\nimap AAAA 2001:db8::1", host: "imap", want: "error a-expected-mismatch",
			options: mailhost.Options{Expect: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}}},
		{name: "HELO name", host: "mail", options: mailhost.Options{HELO: mailhost.ParseHELO("mail.example.com")}, want: "error helo-unresolvable"},
		{name: "MX target", zone: "@ MX 10 mail", host: "mail", options: mailhost.Options{Parts: mailhost.Addresses | mailhost.Exchanges},
			want: "error mx-target-nxdomain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.options.Hosts = []string{tt.host}; tt.options.Parts == 0 {
				tt.options.Parts = mailhost.Addresses
			}
			if got := judge(mailhost.Inspect(t.Context(), parse(t, self+tt.zone), "example.com", tt.options)); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ zone, want string }{
		{`@ TXT "x"`, "notice mx-missing"},
		{"@ MX 0 .", "notice mx-null"},
		{"@ A 192.0.2.1", "warning mx-null-missing-when-parked"},
	} {
		f := mailhost.Inspect(t.Context(), parse(t, tt.zone), "example.com", mailhost.Options{Parts: mailhost.Exchanges, Profile: mailhost.Parked})
		if got := judge(f); got != tt.want {
			t.Errorf("%s: found %q, want %q", tt.zone, got, tt.want)
		}
	}
}

// TestNullOfSender wants a null MX to be a fault where the domain sends, whatever its
// preference, and no other finding about the record then.
func TestNullOfSender(t *testing.T) {
	t.Parallel()
	sender := []netip.Addr{netip.MustParseAddr("192.0.2.1")}
	const named = "1.2.0.192.in-addr.arpa. PTR mail\nmail A 192.0.2.1\n"
	for _, tt := range []struct {
		name, zone string
		senders    []netip.Addr
		profile    mailhost.Profile
		want       string
	}{
		{"sends", "@ MX 0 .", sender, "", "error mx-null-on-sending-domain"},
		{"sends by profile", "@ MX 0 .", sender, mailhost.Smarthost, "error mx-null-on-sending-domain"},
		{"other preference", "@ MX 10 .", sender, mailhost.Mail, "error mx-null-on-sending-domain"},
		{"beside another", "@ MX 0 .\n@ MX 10 mail", sender, mailhost.Mail, "error mx-null-with-others, notice aaaa-missing, notice mx-single"},
		{"no sender", "@ MX 0 .", nil, mailhost.Mail, "notice mx-null"},
		{"parked", "@ MX 0 .", sender, mailhost.Parked, "notice mx-null"},
		{"does not send", "@ MX 0 .", sender, mailhost.NoSend, "notice mx-null"},
		{"no answer", ";! TIMEOUT example.com. MX", sender, mailhost.Mail, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := mailhost.Inspect(t.Context(), parse(t, named+tt.zone), "example.com",
				mailhost.Options{Parts: mailhost.Exchanges, Senders: tt.senders, Profile: tt.profile})
			if got := judge(f); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSenders(t *testing.T) {
	t.Parallel()
	const reverse = "1.2.0.192.in-addr.arpa. "
	for _, tt := range []struct{ name, zone, want string }{
		{"fine", reverse + "PTR mail\nmail A 192.0.2.1", ""},
		{"underscore", reverse + "PTR mail_1\nmail_1 A 192.0.2.1", "warning ptr-malformed"},
		{"single label", reverse + "PTR mail.", "error ptr-malformed"},
		{"address", reverse + "PTR 192.0.2.1.", "error ptr-malformed"},
		{"local and another", reverse + "PTR mail.lan.\n" + reverse + "PTR mail\nmail A 192.0.2.1", "error ptr-malformed, notice ptr-multiple"},
		{"other family", reverse + "PTR mail\nmail AAAA 2001:db8::1", "error ptr-not-forward-confirmed"},
		{"no answer about the name", reverse + "PTR mail\n;! SERVFAIL mail.example.com. A", ""},
		{"no answer", ";! SERVFAIL " + reverse + "PTR", ""},
		{"delegation to nowhere", reverse + "CNAME gone.example.net.", "error ptr-cname-delegation-broken"},
		{"delegation over two aliases", reverse + "CNAME a\na CNAME gone.example.net.", "error ptr-cname-delegation-broken"},
		{"delegation to a name without PTR", reverse + "CNAME 1.x\n1.x TXT \"x\"", "error ptr-cname-delegation-broken"},
		{"delegation without answer", reverse + "CNAME 1.x\n;! SERVFAIL 1.x.example.com. PTR", ""},
		{"delegation that works", reverse + "CNAME 1.x\n1.x PTR mail\nmail A 192.0.2.1", ""},
		{"no name", "", "error ptr-missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := mailhost.Inspect(t.Context(), parse(t, tt.zone), "", mailhost.Options{Senders: []netip.Addr{netip.MustParseAddr("192.0.2.1")}})
			if got := judge(f); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHELO(t *testing.T) {
	t.Parallel()
	const mail = "mail A 192.0.2.1\nmail AAAA 2001:db8::1\n1.2.0.192.in-addr.arpa. PTR mail\n"
	for _, tt := range []struct{ helo, zone, client, want string }{
		{"mail.example.com", mail, "192.0.2.1", ""},
		{"mail.example.com.", mail, "192.0.2.1", "warning helo-invalid-syntax"},
		{"mail.example.com", mail, "::ffff:192.0.2.1", ""},
		{"mail.example.com", mail, "", ""},
		{"other.example.com", mail, "", "error helo-unresolvable"},
		{"other.example.com", "other MX 10 mail\n" + mail, "", "warning helo-unresolvable"},
		{"other.example.com", ";! TIMEOUT other.example.com. *\n" + mail, "192.0.2.1", ""},
		{"other.example.com", "other A 10.0.0.1\nother AAAA 2001:db8::2\n" + mail, "192.0.2.1", "error a-not-globally-routable, warning helo-not-client-ip"},
		{"other_1.example.com", mail, "", "error helo-invalid-syntax"},
		{"[192.0.2.1]", mail, "192.0.2.1", "warning helo-literal"},
		{"[192.0.2.9]", mail, "192.0.2.1", "warning helo-literal-mismatch"},
	} {
		t.Run(tt.helo+" "+tt.client, func(t *testing.T) {
			t.Parallel()
			o := mailhost.Options{HELO: mailhost.ParseHELO(tt.helo)}
			if tt.client != "" {
				o.HELO.Client = netip.MustParseAddr(tt.client)
				o.Senders = []netip.Addr{o.HELO.Client}
			}
			if got := judge(mailhost.Inspect(t.Context(), parse(t, tt.zone), "", o)); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// TestHostileTime bounds what a domain with thousands of records costs.
func TestHostileTime(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"$GENERATE 1-4000 @ MX $ .",
		"$GENERATE 1-4000 @ MX $ m$",
		"@ MX 10 m\n$GENERATE 1-4000 m AAAA 2001:db8::$",
		"$GENERATE 1-2000 @ MX $ .\n$GENERATE 1-2000 @ MX $ m$",
	} {
		zone := parse(t, text)
		start := time.Now()
		judge(mailhost.Inspect(t.Context(), lookup.NewCache(zone, 0), "example.com", mailhost.Options{}))
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: %s", text, took)
		}
	}
}
