package spf

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authcheck/authcheck/pkg/lint"
)

// brokenRecords break the grammar of RFC 7208, Section 12. The guillemets stand
// around the octets at fault and are no part of the record; terms is how many
// terms are in error.
var brokenRecords = []struct {
	name, in string
	reason   error
	terms    int
}{
	{"unknown mechanism at the end", "v=spf1 ip4:192.0.2.1 -all «moo»", ErrUnknownMechanism, 1},
	{"misspelt", "v=spf1 «ipv4:192.0.2.1» -all", ErrUnknownMechanism, 1},
	{"no name before =", "v=spf1 «=all»", ErrUnknownMechanism, 1},
	{"name with a digit in front", "v=spf1 «1up=foo» -all", ErrUnknownMechanism, 1},
	{"colon before =", "v=spf1 «moo.cow:far_out=man:dog/cat» -all", ErrUnknownMechanism, 1},
	{"slash before =", "v=spf1 «moo.cow/far_out=man:dog/cat» -all", ErrUnknownMechanism, 1},
	{"qualifier alone", "v=spf1 a «-»", ErrUnknownMechanism, 1},
	{"qualifiers alone", "v=spf1 a «--»", ErrUnknownMechanism, 1},
	{"all with a name", "v=spf1 all«:foobar»", ErrUnknownMechanism, 1},
	{"all with a length", "v=spf1 all«/8»", ErrUnknownMechanism, 1},
	{"all with a dot", "v=spf1 «-all.»", ErrUnknownMechanism, 1},
	{"space behind the qualifier", "v=spf1 a «- all»", ErrUnknownMechanism, 2},
	{"space behind ip4", "v=spf1 «ip4: 192.0.2.1» -all", ErrAddress, 2},
	{"space behind include", "v=spf1 «include: example.net» -all", ErrEmptyDomain, 2},
	{"space behind the slash", "v=spf1 «ip4:192.0.2.0/ 24» -all", ErrPrefixLength, 2},
	{"redirect with a colon", "v=spf1 redirect«:example.net»", ErrModifierColon, 1},
	{"exp alone", "v=spf1 -all exp«»", ErrModifierColon, 1},
	{"qualifier on redirect", "v=spf1 «-»redirect=example.net", ErrModifierQualifier, 1},
	{"qualifier on an unknown modifier", "v=spf1 «+»foo=bar -all", ErrModifierQualifier, 1},
	{"two qualifiers", "v=spf1 a «--»all", ErrDoubleQualifier, 1},
	{"two different qualifiers", "v=spf1 «+-»mx -all", ErrDoubleQualifier, 1},
	{"bare IPv4 address", "v=spf1 «192.0.2.1» -all", ErrBareAddress, 1},
	{"bare network with qualifier", "v=spf1 ?«192.0.2.0/24» -all", ErrBareAddress, 1},
	{"bare IPv6 address", "v=spf1 «2001:db8::1» -all", ErrBareAddress, 1},
	{"bare host name", "v=spf1 «mail.example.com» -all", ErrBareAddress, 1},
	{"three octets", "v=spf1 ip4:«192.0.2» -all", ErrAddress, 1},
	{"leading zero in an octet", "v=spf1 ip4:«192.0.2.01» -all", ErrAddress, 1},
	{"octet over 255", "v=spf1 ip4:«192.0.2.256» -all", ErrAddress, 1},
	{"port", "v=spf1 ip4:«192.0.2.1:8080» -all", ErrAddress, 1},
	{"wildcard", "v=spf1 ip4:«192.0.2.*» -all", ErrAddress, 1},
	{"range", "v=spf1 ip4:«192.0.2.1-9» -all", ErrAddress, 1},
	{"ip4 alone", "v=spf1 «ip4» -all", ErrAddress, 1},
	{"ip4 with nothing", "v=spf1 «ip4:» -all", ErrAddress, 1},
	{"ip6 with a length only", "v=spf1 «ip6/64» -all", ErrAddress, 1},
	{"ip6 with a zone", "v=spf1 ip6:«fe80::1%eth0» -all", ErrAddress, 1},
	{"ip6 in brackets", "v=spf1 ip6:«[2001:db8::1]» -all", ErrAddress, 1},
	{"IPv4 address in ip6", "v=spf1 ip6:«192.0.2.1»/24 -all", ErrIP4InIP6, 1},
	{"IPv6 address in ip4", "v=spf1 ip4:«2001:db8::1» -all", ErrIP6InIP4, 1},
	{"macro in ip4", "v=spf1 ip4:«%{i}» -all", ErrMacroInAddress, 1},
	{"ip4 length over 32", "v=spf1 ip4:192.0.2.0«/33» -all", ErrPrefixLength, 1},
	{"ip4 length with a leading zero", "v=spf1 ip4:192.0.2.0«/032» -all", ErrPrefixLength, 1},
	{"ip4 length missing", "v=spf1 ip4:192.0.2.0«/» -all", ErrPrefixLength, 1},
	{"ip4 with two slashes", "v=spf1 ip4:192.0.2.0«//32» -all", ErrPrefixLength, 1},
	{"netmask", "v=spf1 ip4:192.0.2.0«/255.255.255.0» -all", ErrPrefixLength, 1},
	{"ip6 length over 128", "v=spf1 ip6:2001:db8::«/129» -all", ErrPrefixLength, 1},
	{"ip6 with two slashes", "v=spf1 ip6:2001:db8::«//32» -all", ErrPrefixLength, 1},
	{"a length over 32", "v=spf1 a«/33» -all", ErrPrefixLength, 1},
	{"a IPv6 length over 128", "v=spf1 a:example.net«//129» -all", ErrPrefixLength, 1},
	{"a IPv4 length with a leading zero", "v=spf1 a«/00//64» -all", ErrPrefixLength, 1},
	{"a length missing", "v=spf1 a«/» -all", ErrPrefixLength, 1},
	{"a IPv6 length missing", "v=spf1 a:example.net«/24//» -all", ErrPrefixLength, 1},
	{"a with both lengths behind single slashes", "v=spf1 a«/24/64» -all", ErrPrefixLength, 1},
	{"mx with both lengths behind single slashes", "v=spf1 mx:example.net«/24/64» -all", ErrPrefixLength, 1},
	{"a length with a letter in it", "v=spf1 a«/24x» -all", ErrPrefixLength, 1},
	{"a with three slashes", "v=spf1 a«///64» -all", ErrPrefixLength, 1},
	{"length on ptr", "v=spf1 ptr«/0» -all", ErrLengthNotAllowed, 1},
	{"length on ptr with a name", "v=spf1 ptr:example.net«/24» -all", ErrLengthNotAllowed, 1},
	{"length on include", "v=spf1 include:example.net«/24» -all", ErrLengthNotAllowed, 1},
	{"length on exists", "v=spf1 exists:example.net«/24» -all", ErrLengthNotAllowed, 1},
	{"length on redirect", "v=spf1 redirect=example.net«/24»", ErrLengthNotAllowed, 1},
	{"include alone", "v=spf1 «include» -all", ErrEmptyDomain, 1},
	{"include with nothing", "v=spf1 «-include:» -all", ErrEmptyDomain, 1},
	{"exists with nothing", "v=spf1 «exists:» -all", ErrEmptyDomain, 1},
	{"a with nothing", "v=spf1 «a:» -all", ErrEmptyDomain, 1},
	{"mx with nothing and a length", "v=spf1 «mx:/24» -all", ErrEmptyDomain, 1},
	{"ptr with nothing", "v=spf1 «ptr:» -all", ErrEmptyDomain, 1},
	{"redirect with nothing", "v=spf1 «redirect=»", ErrEmptyDomain, 1},
	{"exp with nothing", "v=spf1 -all «exp=»", ErrEmptyExp, 1},
	{"single label", "v=spf1 a:«museum» -all", ErrTarget, 1},
	{"single label with a final dot", "v=spf1 a:«museum.» -all", ErrTarget, 1},
	{"single label with a hyphen", "v=spf1 a:«foo-bar» -all", ErrTarget, 1},
	{"top label of digits", "v=spf1 a:«abc.123» -all", ErrTarget, 1},
	{"top label with a hyphen in front", "v=spf1 a:«example.-com» -all", ErrTarget, 1},
	{"top label with a hyphen behind", "v=spf1 a:«example.com-» -all", ErrTarget, 1},
	{"top label with an underscore", "v=spf1 a:«example.c_m» -all", ErrTarget, 1},
	{"two dots at the end", "v=spf1 include:«example.com..» -all", ErrTarget, 1},
	{"text without a dot behind a macro", "v=spf1 exists:«%{i}com» -all", ErrTarget, 1},
	{"port on a name", "v=spf1 a:example.com«:8080» -all", ErrTarget, 1},
	{"redirect to a qualifier", "v=spf1 redirect=«-all»", ErrTarget, 1},
	{"exp of a qualifier", "v=spf1 -all exp=«-all»", ErrTarget, 1},
	{"address behind a", "v=spf1 a:«192.0.2.1» -all", ErrTargetAddress, 1},
	{"half an address behind mx", "v=spf1 mx:«192.0.2»/24 -all", ErrTargetAddress, 1},
	{"network behind include", "v=spf1 include:«192.0.2.0/24» -all", ErrTargetAddress, 1},
	{"address behind a, before a bare name", "v=spf1 a:«192.0.2.1» mail.example.com -all", ErrTargetAddress, 2},
	{"address behind include, before a bare name", "v=spf1 include:«192.0.2.1/» example.com -all", ErrTargetAddress, 2},
	{"IPv6 address behind a", "v=spf1 a:«2001:db8::1» -all", ErrTargetAddress, 1},
	{"parentheses for braces", "v=spf1 -exists:«%(»ir).sbl.example.org -all", ErrMacro, 1},
	{"percent sign at the end", "v=spf1 exists:%{i}.example.com«%» -all", ErrMacro, 1},
	{"unknown macro letter", "v=spf1 exists:«%{u}».example.com -all", ErrMacro, 1},
	{"macro not closed", "v=spf1 exists:«%{i.example.com» -all", ErrMacro, 1},
	{"macro without a letter", "v=spf1 exists:«%{}».example.com -all", ErrMacro, 1},
	{"zero parts", "v=spf1 exists:«%{d0}».example.com -all", ErrMacro, 1},
	{"delimiter before digits", "v=spf1 exists:«%{d-2}».example.com -all", ErrMacro, 1},
	{"macro in an unknown modifier", "v=spf1 foo=«%a»bc -all", ErrMacro, 1},
	{"c in a name", "v=spf1 exists:«%{c}».example.com -all", ErrMacroExpOnly, 1},
	{"t in the name of exp", "v=spf1 -all exp=«%{T}».example.com", ErrMacroExpOnly, 1},
	{"second redirect", "v=spf1 redirect=a.example «redirect=b.example»", ErrRedirectTwice, 1},
	{"second exp", "v=spf1 exp=a.example -all «exp=a.example»", ErrExpTwice, 1},
	{"third exp", "v=spf1 exp=a.example «EXP=b.example» exp=c.example", ErrExpTwice, 2},
	{"comma behind an address", "v=spf1 ip4:192.0.2.1«,» -all", ErrSeparator, 1},
	{"semicolon at the end", "v=spf1 a -all«;»", ErrSeparator, 1},
	{"comma between terms", "v=spf1 ip4:192.0.2.1«,»ip4:192.0.2.2 -all", ErrSeparator, 1},
	{"tab", "v=spf1 a«\t»mx -all", ErrSeparator, 1},
	{"line end", "v=spf1 a -all«\r\n»", ErrSeparator, 1},
	{"glued to a network", "v=spf1 ip4:192.0.2.0/24«~all»", ErrGlued, 1},
	{"glued to an address", "v=spf1 ip4:192.0.2.1«ip4:192.0.2.2» -all", ErrGlued, 1},
	{"glued with its qualifier", "v=spf1 ip4:192.0.2.1«?include:example.net» -all", ErrGlued, 1},
	{"glued record", "v=spf1 mx -all«v=spf1» a -all", ErrSecondRecord, 1},
	{"glued record behind a name", "v=spf1 mx include:example.net«v=spf1» a -all", ErrSecondRecord, 1},
	{"en dash", "v=spf1 a «\xe2\x80\x93»all", ErrCharacter, 1},
	{"NUL", "v=spf1 a«\x00» -all", ErrCharacter, 1},
	{"DEL", "v=spf1 foo=«\x7f» -all", ErrCharacter, 1},
	{"byte order mark in a name", "v=spf1 a:«\xef\xbb\xbf»garbage.example.net -all", ErrCharacter, 1},
	{"quotation mark at the end", `v=spf1 a -all«"»`, ErrQuote, 1},
	{"quotation marks inside", `v=spf1 ip4:192.0.2.1«"» "-all`, ErrQuote, 2},
	{"argument of all", "v=spf1 mx -all«:foobar»", ErrUnknownMechanism, 1},
	{"text glued to -all", "v=spf1 mx -all«MS=ms123»", ErrTrailingText, 1},
	{"markup", "v=spf1 mx -all «<br>»", ErrTrailingText, 1},
	{"sentence", "v=spf1 mx -all «please allow our mail»", ErrTrailingText, 4},
}

// unmark takes the guillemets out of a text and returns what stood between them.
func unmark(marked string) (text string, start, end int) {
	before, rest, _ := strings.Cut(marked, "«")
	fault, after, _ := strings.Cut(rest, "»")
	return before + fault + after, len(before), len(before) + len(fault)
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	type fault struct {
		Reason            error
		Start, End, Terms int
	}
	for _, tt := range brokenRecords {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, start, end := unmark(tt.in)
			r := Parse(lint.NewSource("", text))
			var got fault
			for i := range r.Terms {
				if r.Terms[i].Err != nil {
					got.Terms++
				}
			}
			if err := r.Err(); err != nil {
				got.Reason, got.Start, got.End = err.Reason, err.Span.Start, err.Span.End
			}
			if diff := cmp.Diff(fault{tt.reason, start, end, tt.terms}, got, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("%q (%v)\n%s", text, r.Err(), diff)
			}
			checkLossless(t, r)
		})
	}
}

// TestReasonsCovered wants every reason for a broken term in the table above.
func TestReasonsCovered(t *testing.T) {
	t.Parallel()
	for _, reason := range []error{
		ErrUnknownMechanism, ErrModifierColon, ErrModifierQualifier, ErrDoubleQualifier, ErrBareAddress, ErrAddress,
		ErrIP4InIP6, ErrIP6InIP4, ErrPrefixLength, ErrLengthNotAllowed, ErrEmptyDomain, ErrEmptyExp, ErrTarget,
		ErrTargetAddress, ErrMacro, ErrMacroExpOnly, ErrMacroInAddress, ErrRedirectTwice, ErrExpTwice, ErrSeparator,
		ErrGlued, ErrSecondRecord, ErrCharacter, ErrQuote, ErrTrailingText,
	} {
		if !slices.ContainsFunc(brokenRecords, func(b struct {
			name, in string
			reason   error
			terms    int
		}) bool {
			return b.reason == reason
		}) {
			t.Errorf("no record for %q", reason)
		}
	}
}

// TestSuspicion has terms that obey the grammar but name what cannot exist
// (RFC 7208, Section 4.8); the marks are those of brokenRecords.
func TestSuspicion(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	tests := []struct {
		name, in string
		reason   error
	}{
		{"ordinary", "v=spf1 include:_spf.example.net", nil},
		{"final dot", "v=spf1 a:mail.example.net.", nil},
		{"name that ends like a term", "v=spf1 include:spf-all.example.net", nil},
		{"macro", "v=spf1 exists:%{i},x.example.net", nil},
		{"unknown modifier", "v=spf1 foo=a..example.net", nil},
		{"empty label", "v=spf1 a:«a..example.net»", ErrTarget},
		{"label of 64 octets", "v=spf1 mx:«" + long + ".example.net»", ErrTarget},
		{"label of 63 octets", "v=spf1 mx:" + long[1:] + ".example.net", nil},
		{"comma", "v=spf1 include:a.example«,»b.example", ErrSeparator},
		{"glued include", "v=spf1 include:a.example«include:b.example»", ErrGlued},
		{"glued all, a top label by its form", "v=spf1 include:a.example«-all»", ErrGlued},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, start, end := unmark(tt.in)
			r := Parse(lint.NewSource("", text))
			got := r.Terms[0].suspicion()
			if err := r.Err(); err != nil {
				t.Fatal(err)
			}
			switch {
			case tt.reason == nil && got == nil:
			case got == nil:
				t.Error("no suspicion")
			case got.Reason != tt.reason || got.Span != r.Source.Span(start, end):
				t.Errorf("got %v at %d-%d", got, got.Span.Start, got.Span.End)
			}
		})
	}
}

func TestSyntaxErrorText(t *testing.T) {
	t.Parallel()
	for record, want := range map[string]string{
		"v=spf1 moo -all":           `"moo": not an SPF mechanism`,
		"v=spf1 a:museum -all":      `"museum": invalid target name: a single label is not a domain name`,
		"v=spf1 a\x00 -all":         `"\x00": character outside printable ASCII`,
		"v=spf1 ip4:192.0.2.* -all": `"192.0.2.*": not an IP address: a network is written with a prefix length, not with a wildcard`,
	} {
		if got := Parse(lint.NewSource("", record)).Err().Error(); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	if got := Kind(99).String() + Invalid.String() + Unknown.String(); got != "" {
		t.Errorf("names of what has none: %q", got)
	}
}
