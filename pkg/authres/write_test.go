package authres

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

var written = []struct {
	name, id string
	results  []Result
	want     string
}{
	// RFC 8601, Appendix B, in the folding of this package.
	{"B.2 nothing was checked", "example.org", nil, "Authentication-Results: example.org; none\r\n"},
	{"B.3 one result", "example.com", []Result{
		{Method: "spf", Result: "pass", Properties: []Property{{"smtp", "mailfrom", "example.net"}}},
	}, "Authentication-Results: example.com;\r\n spf=pass smtp.mailfrom=example.net\r\n"},
	{"B.4 an account and an address", "example.com", []Result{
		{Method: "auth", Result: "pass", Properties: []Property{{"smtp", "auth", "sender@example.net"}}},
		{Method: "iprev", Result: "pass", Properties: []Property{{"policy", "iprev", "192.0.2.200"}}},
	}, "Authentication-Results: example.com;\r\n auth=pass smtp.auth=sender@example.net;\r\n iprev=pass policy.iprev=192.0.2.200\r\n"},
	{"B.6 reasons", "example.com", []Result{
		{Method: "dkim", Result: "pass", Reason: "good signature", Properties: []Property{{"header", "i", "@mail-router.example.net"}}},
		{Method: "dkim", Result: "fail", Reason: "bad signature", Properties: []Property{{"header", "i", "@newyork.example.com"}}},
	}, "Authentication-Results: example.com;\r\n dkim=pass reason=\"good signature\" header.i=@mail-router.example.net;\r\n dkim=fail reason=\"bad signature\" header.i=@newyork.example.com\r\n"},

	{"order is kept, and what is named twice", "a.example", []Result{
		{Method: "x", Result: "pass", Properties: []Property{{"smtp", "z", "1"}, {"header", "a", "2"}, {"smtp", "z", "3"}, {"smtp", "helo", ""}}},
	}, "Authentication-Results: a.example;\r\n x=pass smtp.z=1 header.a=2 smtp.z=3\r\n"},
	{"quotes where the grammar wants them", "mail server", []Result{
		{Method: "dkim", Result: "pass", Reason: "fine", Properties: []Property{{"header", "b", "ab/cd+ef"}, {"header", "b", "ab+cd"}, {"policy", "iprev", "2001:db8::1"}}},
		{Method: "spf", Result: "pass", Properties: []Property{{"smtp", "mailfrom", "SRS0=x/y=z@a.example"}, {"smtp", "mailfrom", "a@b"}}},
		{Method: "spf", Result: "fail", Properties: []Property{{"smtp", "mailfrom", `"a; \"b"@c.example`}, {"smtp", "mailfrom", `"a"b"@c.example`}}},
		{Method: "spf", Result: "none", Properties: []Property{{"smtp", "mailfrom", "a..b@c.example"}, {"smtp", "helo", "[192.0.2.1]"}}},
	}, "Authentication-Results: \"mail server\";\r\n" +
		" dkim=pass reason=fine header.b=\"ab/cd+ef\" header.b=ab+cd\r\n policy.iprev=\"2001:db8::1\";\r\n" +
		" spf=pass smtp.mailfrom=SRS0=x/y=z@a.example smtp.mailfrom=\"a@b\";\r\n" +
		" spf=fail smtp.mailfrom=\"a; \\\"b\"@c.example smtp.mailfrom=\"\\\"a\\\"b\\\"@c.example\";\r\n" +
		" spf=none smtp.mailfrom=\"a..b@c.example\" smtp.helo=\"[192.0.2.1]\"\r\n"},
	{"beyond ASCII", "bücher.example", []Result{
		{Method: "dkim", Result: "pass", Reason: "schön", Properties: []Property{{"header", "i", "jürgen@bücher.example"}, {"header", "d", "bücher.example"}, {"header", "s", "schlüssel"}}},
	}, "Authentication-Results: \"bücher.example\";\r\n dkim=pass reason=\"schön\" header.i=jürgen@bücher.example\r\n header.d=bücher.example header.s=\"schlüssel\"\r\n"},

	{"line ends and other controls", "a\r\nb", []Result{
		{Method: "spf\r\n", Result: "pass;x=y", Reason: "bad\r\n\r\nhello\t\x00\x1b[31m\u202e\u2028\xff", Properties: []Property{{"smtp", "mail from", "a\r\nX: b"}}},
	}, "Authentication-Results: \"a  b\";\r\n spf=pass-x-y reason=\"bad    hello ??[31m???\" smtp.mail-from=\"a  X: b\"\r\n"},
	{"quotes and backslashes", `a"b`, []Result{
		{Method: "spf", Result: "fail", Reason: `\"; dkim=pass \`, Properties: []Property{{"smtp", "helo", `x\" y`}, {"smtp", "helo", `a\b`}}},
	}, "Authentication-Results: \"a\\\"b\";\r\n spf=fail reason=\"\\\\\\\"; dkim=pass \\\\\" smtp.helo=\"x\\\\\\\" y\" smtp.helo=\"a\\\\b\"\r\n"},
	{"comments are text", "a", []Result{{Method: "spf", Result: "fail", Reason: "(x", Properties: []Property{{"smtp", "helo", "(y)"}}}},
		"Authentication-Results: a;\r\n spf=fail reason=\"(x\" smtp.helo=\"(y)\"\r\n"},
	{"names that are none", "", []Result{{Method: "-", Result: "", Properties: []Property{{"SMTP", "Mail_From-", "x"}}}},
		"Authentication-Results: \"\";\r\n unknown=unknown smtp.mail-from=x\r\n"},
	{"long texts are cut", "a", []Result{{Method: "spf", Result: "fail", Reason: strings.Repeat("x", 399) + "é"}},
		"Authentication-Results: a;\r\n spf=fail\r\n reason=" + strings.Repeat("x", 399) + "\r\n"},
	{"long texts of no characters are cut too", "a", []Result{{Method: "spf", Result: "fail", Reason: strings.Repeat("\x80", 500)}},
		"Authentication-Results: a;\r\n spf=fail\r\n reason=\"" + strings.Repeat("?", 396) + "\"\r\n"},
	{"lines break at spaces", "a", []Result{{Method: "spf", Result: "fail", Reason: strings.Repeat("five ", 16) + "  six"}},
		"Authentication-Results: a;\r\n spf=fail reason=\"five" + strings.Repeat(" five", 11) + "\r\n five five five five   six\"\r\n"},
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, tt := range written {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, Format(tt.id, tt.results)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var writtenSPF = []struct {
	name string
	in   ReceivedSPF
	want string
}{
	// RFC 7208, Section 9.1: the third example, with the quotes that its grammar wants.
	{"pass", ReceivedSPF{Result: "pass", Comment: "mybox.example.org: domain of myname@example.com designates 192.0.2.1 as permitted sender",
		Receiver: "mybox.example.org", ClientIP: netip.MustParseAddr("192.0.2.1"), Mechanism: "ip4:192.0.2.1", EnvelopeFrom: "myname@example.com", HELO: "foo.example.com"},
		"Received-SPF: pass (mybox.example.org: domain of myname@example.com designates\r\n" +
			" 192.0.2.1 as permitted sender) receiver=mybox.example.org;\r\n" +
			" client-ip=192.0.2.1; envelope-from=\"myname@example.com\";\r\n" +
			" helo=foo.example.com; mechanism=\"ip4:192.0.2.1\"\r\n"},
	{"error", ReceivedSPF{Result: "permerror", ClientIP: netip.MustParseAddr("2001:db8::1"), Identity: "helo", HELO: "foo.example.com", Problem: "two records"},
		"Received-SPF: permerror client-ip=\"2001:db8::1\"; helo=foo.example.com;\r\n identity=helo; problem=\"two records\"\r\n"},
	{"least", ReceivedSPF{Result: "none"}, "Received-SPF: none\r\n"},
	{"hostile", ReceivedSPF{Result: "pass\r\n", Comment: "a) x=(y\\\r\nz", HELO: "a\"; x=y\\", EnvelopeFrom: "a\r\nB: c", Receiver: "x..y", ClientIP: netip.MustParseAddr("fe80::1%a\r\nb")},
		"Received-SPF: pass (a\\) x=\\(y\\\\  z) receiver=\"x..y\"; client-ip=\"fe80::1%a  b\";\r\n envelope-from=\"a  B: c\"; helo=\"a\\\"; x=y\\\\\"\r\n"},
}

func TestFormatReceivedSPF(t *testing.T) {
	t.Parallel()
	for _, tt := range writtenSPF {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, FormatReceivedSPF(tt.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFormatLimits writes more than a field may hold.
func TestFormatLimits(t *testing.T) {
	t.Parallel()
	worst := strings.Repeat(`"`, 1000)
	name := strings.Repeat("x", 100)
	large := Result{Method: name, Result: name, Reason: worst}
	for range 40 {
		large.Properties = append(large.Properties, Property{name, name, worst})
	}
	small := make([]Result, MaxResults+1)
	for _, tt := range []struct {
		name               string
		results            []Result
		claims, properties int
	}{
		{"many results", small, MaxResults, 0},
		{"one large result", []Result{large}, 1, 32},
		{"large results", []Result{large, large, large}, 1, 32},
	} {
		f := Parse(fieldValue(t, "Authentication-Results", Format(worst, tt.results)))
		if f.Err != nil || len(f.Claims) != tt.claims || len(f.Claims[0].Properties) != tt.properties {
			t.Errorf("%s: %d claims, %v", tt.name, len(f.Claims), f.Err)
		}
	}
}

// TestRoundTrip reads the examples of RFC 8601, Appendix B, writes what they say and
// reads that again.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, tt := range fields {
		if !strings.HasPrefix(tt.name, "B.") {
			continue
		}
		first := Parse(lint.NewSource("", tt.in)).said()
		second := Parse(fieldValue(t, "Authentication-Results", Format(first.ID, first.Results)))
		if diff := cmp.Diff(first, second.said()); diff != "" || second.Err != nil {
			t.Errorf("%s: %v %s", tt.name, second.Err, diff)
		}
	}
}

// fieldValue checks that a text is one header field as RFC 5322, Sections 2.1.1, 2.2
// and 2.2.3 want it, and returns what stands after its name.
func fieldValue(t *testing.T, name, text string) *lint.Source {
	t.Helper()
	value, named := strings.CutPrefix(text, name+":")
	value, ended := strings.CutSuffix(value, "\r\n")
	if !named || !ended {
		t.Fatalf("%q has no name or no line end", text)
	}
	for i, line := range strings.Split(name+":"+value, "\r\n") {
		switch {
		case len(line) > 998:
			t.Fatalf("a line of %d octets", len(line))
		case strings.ContainsFunc(line, func(c rune) bool { return c < ' ' || c == '\x7f' }):
			t.Fatalf("a control in %q", line)
		case i > 0 && (!strings.HasPrefix(line, " ") || strings.Trim(line, " ") == ""):
			t.Fatalf("no continuation: %q", line)
		}
	}
	return lint.NewSource(name, value)
}
