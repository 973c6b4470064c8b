package spf_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// TestIdentities follows RFC 7208, Sections 2.3, 2.4 and 4.3, and RFC 8616,
// Section 4.
func TestIdentities(t *testing.T) {
	t.Parallel()
	const both = "@ TXT \"v=spf1 -all exp=why.example.com\"\nwhy TXT \"%{L} %{o} %{d} %{h}\"\n" +
		"mail TXT \"v=spf1 exists:%{l}.users.example.com ~all\"\npostmaster.users A 127.0.0.2\n"
	const local = "@ TXT \"v=spf1 exists:%{l}.x.example.com exists:%{s}.x.example.com include:%{l}.x.example.com exists:%{d} -all\"\n" +
		"@ A 127.0.0.2\n*.x A 127.0.0.2\n*.x TXT \"v=spf1 +all\""
	none := func(reason error) verdict { return verdict{Status: spf.None, Reason: reason} }
	runCases(t, []checkCase{
		{"MAIL FROM", both, spf.Query{Sender: "a.user@example.com", Helo: "mail.example.com"},
			verdict{spf.Fail, nil, "example.com -all", 0, 0, "a.user example.com example.com mail.example.com"}},
		{"empty MAIL FROM", both, spf.Query{Helo: "mail.example.com"},
			verdict{spf.Pass, nil, "mail.example.com exists:%{l}.users.example.com", 1, 0, ""}},
		{"HELO identity beside a sender", both, spf.Query{Domain: "mail.example.com", Sender: "postmaster@mail.example.com", Helo: "mail.example.com"},
			verdict{spf.Pass, nil, "mail.example.com exists:%{l}.users.example.com", 1, 0, ""}},
		{"no local-part", both, spf.Query{Sender: "@example.com", Helo: "x"},
			verdict{spf.Fail, nil, "example.com -all", 0, 0, "postmaster example.com example.com x"}},
		{"upper case and final dot", both, spf.Query{Sender: "a@Example.COM.", Helo: "x"},
			verdict{spf.Fail, nil, "example.com -all", 0, 0, "a Example.COM. example.com x"}},
		{"domain given apart from the sender", both, spf.Query{Domain: "mail.example.com", Sender: "a@example.net", Helo: "x"},
			verdict{spf.SoftFail, nil, "mail.example.com ~all", 1, 1, ""}},
		{"a single label", both, spf.Query{Helo: "localhost"}, none(spf.ErrNotDomain)},
		{"an empty label", both, spf.Query{Sender: "a@b..example.com"}, none(spf.ErrNotDomain)},
		{"a label of 64 octets", both, spf.Query{Sender: "a@" + strings.Repeat("b", 64) + ".example.com"}, none(spf.ErrNotDomain)},
		{"an address literal", both, spf.Query{Sender: "a@[192.0.2.1]"}, none(spf.ErrNotDomain)},
		{"an IPv6 literal for HELO", both, spf.Query{Helo: "[IPv6:2001:db8::192.0.2.1]"}, none(spf.ErrNotDomain)},
		{"no such name", both, spf.Query{Sender: "a@gone.example.com"}, none(spf.ErrNoDomain)},
		{"no TXT record", both, spf.Query{Sender: "a@postmaster.users.example.com"}, none(spf.ErrNoRecord)},
		{"parents do not count", both, spf.Query{Sender: "a@why.example.com"}, none(spf.ErrNoRecord)},
		{"two records", both + `@ TXT "v=spf1 ?all"`, spf.Query{}, verdict{Status: spf.PermError, Reason: spf.ErrMultipleRecords}},
		{"ASCII local-part", local, spf.Query{Sender: "a@example.com"},
			verdict{spf.Pass, nil, "example.com exists:%{l}.x.example.com", 1, 0, ""}},
		{"local-part outside ASCII", local, spf.Query{Sender: "\u00fc@example.com"},
			verdict{spf.Pass, nil, "example.com exists:%{d}", 4, 0, ""}},
		{"redirect by a local-part outside ASCII", `@ TXT "v=spf1 redirect=%{l}.x.example.com"`, spf.Query{Sender: "\u00fc@example.com"},
			verdict{spf.PermError, spf.ErrRedirectNone, "example.com redirect=%{l}.x.example.com", 1, 0, ""}},
		{"U-labels in the sender", "$ORIGIN xn--bcher-kva.example.\n@ TXT \"v=spf1 exists:%{o}.%{d} -all\"\nxn--bcher-kva.example A 127.0.0.2",
			spf.Query{Sender: "a@B\u00dcCHER.example"}, verdict{spf.Pass, nil, "xn--bcher-kva.example exists:%{o}.%{d}", 1, 0, ""}},
	})
}

// TestLiteralAsksNothing wants no question for what is no domain name
// (RFC 7208, Section 4.3): without data the zone would answer with a failure.
func TestLiteralAsksNothing(t *testing.T) {
	t.Parallel()
	silent, err := lookup.ParseZone("test", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, domain := range []string{"[192.0.2.1]", "localhost", "", ".", "a..b", "com."} {
		got := spf.Check(t.Context(), silent, spf.Query{IP: netip.MustParseAddr("192.0.2.1"), Domain: domain})
		if got.Status != spf.None {
			t.Errorf("%q: %s, %v", domain, got.Status, got.Reason)
		}
		facts := spf.Inspect(t.Context(), silent, domain, spf.Options{})
		if len(facts.Asked) != 0 || facts.Root.Err != spf.ErrNotDomain {
			t.Errorf("%q: asked %v, %v", domain, facts.Asked, facts.Root.Err)
		}
	}
}

// TestSenderUnknown takes the domain for the sender's where nothing else is known.
func TestSenderUnknown(t *testing.T) {
	t.Parallel()
	z := zone(t, "@ TXT \"v=spf1 -all exp=why.example.com\"\nwhy TXT \"%{s} [%{h}]\"")
	got := spf.Check(t.Context(), z, spf.Query{IP: netip.MustParseAddr("192.0.2.1"), Domain: "example.com"})
	if want := "postmaster@example.com []"; got.Explanation != want {
		t.Errorf("got %q, want %q", got.Explanation, want)
	}
}

func TestFromHelo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		query spf.Query
		want  bool
	}{
		{spf.Query{Helo: "a.example"}, true},
		{spf.Query{Helo: "a.example", Sender: "b@a.example"}, false},
		{spf.Query{}, false},
	} {
		got := spf.Check(t.Context(), zone(t, ""), tt.query)
		if got.NullSender != tt.want {
			t.Errorf("%+v: %v", got.Query, got.NullSender)
		}
	}
}

// TestFamilies has the address families: which records are asked for, and which
// prefix length counts (RFC 7208, Sections 5 and 5.3).
func TestFamilies(t *testing.T) {
	t.Parallel()
	const hosts = "m A 192.0.2.1\nm AAAA 2001:db8::1\n@ MX 10 m\n"
	v4, mapped, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("::ffff:192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	near4, near6 := netip.MustParseAddr("192.0.2.77"), netip.MustParseAddr("2001:db8::77")
	match := func(term string, lookups int) verdict {
		return verdict{spf.Pass, nil, "example.com " + term, lookups, 0, ""}
	}
	miss := func(lookups int) verdict { return verdict{spf.Fail, nil, "example.com -all", lookups, 0, ""} }
	var cases []checkCase
	for _, c := range []struct {
		term string
		ip   netip.Addr
		want verdict
	}{
		{"a:m.example.com", v4, match("a:m.example.com", 1)},
		{"a:m.example.com", v6, match("a:m.example.com", 1)},
		{"a:m.example.com", mapped, match("a:m.example.com", 1)},
		{"a:m.example.com", near4, miss(1)},
		{"a:m.example.com/24", near4, match("a:m.example.com/24", 1)},
		{"a:m.example.com/24", near6, miss(1)},
		{"a:m.example.com//64", near6, match("a:m.example.com//64", 1)},
		{"a:m.example.com//64", near4, miss(1)},
		{"mx", v6, match("mx", 1)},
		{"mx/24//128", near4, match("mx/24//128", 1)},
		{"mx/0", netip.MustParseAddr("203.0.113.9"), match("mx/0", 1)},
		{"mx/0", near6, miss(1)},
		{"ip4:192.0.2.1", mapped, match("ip4:192.0.2.1", 0)},
		{"ip4:192.0.2.99/26", near4, match("ip4:192.0.2.99/26", 0)},
		{"ip4:0.0.0.0/0", v6, miss(0)},
		{"ip6:::/0", v4, miss(0)},
		{"ip6:::ffff:192.0.2.1", mapped, miss(0)},
		{"ip6:::ffff:0:0/96", v4, miss(0)},
		{"ip6:2001:db8::/126", v6, match("ip6:2001:db8::/126", 0)},
		{"ip6:2001:db8::/126", near6, miss(0)},
		{"exists:m.example.com", v6, match("exists:m.example.com", 1)},
		{"exists:%{v}.example.com", mapped, verdict{spf.Fail, nil, "example.com -all", 1, 1, ""}},
	} {
		cases = append(cases, checkCase{c.term + " " + c.ip.String(), hosts + `@ TXT "v=spf1 ` + c.term + ` -all"`, spf.Query{IP: c.ip}, c.want})
	}
	runCases(t, cases)
}
