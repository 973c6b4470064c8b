package spf_test

import "strings"

// What blitiri.com.ar/go/spf v1.6.0 does otherwise.
const (
	lazy      = "4.6: a syntax error anywhere is permerror; it reads terms as it gets to them"
	anyDomain = "7.1: a domain-spec ends in a dot and a top label; it looks up whatever stands there"
	noExp     = "6 and 6.2: exp takes one domain-spec, once; it skips the modifier unread"
	oneFamily = "5 and 4.6.4: the lookup of the client's family is void; its resolver asks for both at once"
	noPath    = "7.1: a slash may stand in a domain-spec; it ends the name there"
	zeros     = "12: a prefix length has no leading zero; it takes one"
)

// blitiriDisputes are about records of ours.
var blitiriDisputes = map[string]dispute{
	"ip4:192.0.2.0/024 -all":                   {"permerror", zeros},
	"ip4:2001:db8::1 -all":                     {"permerror", "5.6: ip4 takes IPv4; it takes either in both"},
	"ip6:192.0.2.1 -all":                       {"permerror", "5.6: ip6 takes IPv6; it takes either in both"},
	"ip6:::ffff:192.0.2.1 -all":                {"fail", "5: IPv4 clients are listed with ip4 only; it compares the mapped form"},
	"a:museum -all":                            {"permerror", anyDomain},
	"a:host.example.com:25 -all":               {"permerror", anyDomain},
	"exp=a.example.com -all exp=b.example.com": {"permerror", noExp},
	"exp= -all":                                {"permerror", noExp},
	"exp=-all -all":                            {"permerror", noExp},
	"foo=%a -all":                              {"permerror", "6 and 7.1: the value of an unknown modifier is a macro-string; it skips it unread"},
	"-all moo":                                 {"permerror", lazy},
	"ip4:192.0.2.1 -all ip4:300.0.0.1":         {"permerror", lazy},
	"a:four.example.com a:four.example.com a:four.example.com -all": {"permerror", oneFamily},
	"a:six.example.com a:six.example.com a:six.example.com -all":    {"permerror", oneFamily},
	strings.Repeat("a:four.example.com ", 10) + "-all":              {"permerror", oneFamily},
}

// blitiriSuiteDisputes are about the public suite, whose results we give.
var blitiriSuiteDisputes = map[string]dispute{
	"non-ascii-policy":             {"permerror", lazy},
	"control-char-policy":          {"permerror", lazy},
	"detect-errors-anywhere":       {"permerror", lazy},
	"redirect-is-modifier":         {"permerror", lazy},
	"invalid-domain":               {"permerror", anyDomain},
	"a-bad-domain":                 {"permerror", anyDomain},
	"a-null":                       {"permerror", anyDomain},
	"a-numeric":                    {"permerror", anyDomain},
	"a-numeric-toplabel":           {"permerror", anyDomain},
	"a-bad-toplabel":               {"permerror", anyDomain},
	"a-only-toplabel":              {"permerror", anyDomain},
	"a-only-toplabel-trailing-dot": {"permerror", anyDomain},
	"mx-bad-domain":                {"permerror", anyDomain},
	"mx-null":                      {"permerror", anyDomain},
	"mx-numeric-top-label":         {"permerror", anyDomain},
	"mx-bad-toplab":                {"permerror", anyDomain},
	"a-colon-domain":               {"pass", noPath},
	"a-colon-domain-ip4mapped":     {"pass", noPath},
	"mx-colon-domain":              {"pass", noPath},
	"mx-colon-domain-ip4mapped":    {"pass", noPath},
	"cidr4-032":                    {"permerror", zeros},
	"bare-ip6":                     {"permerror", lazy},
	"redirect-syntax-error":        {"permerror", lazy},
	"redirect-empty-domain":        {"permerror", lazy},
	"exp-empty-domain":             {"permerror", noExp},
	"exp-syntax-error":             {"permerror", noExp},
	"exp-twice":                    {"permerror", noExp},
	"unknown-modifier-syntax":      {"permerror", "6 and 7.1: the value of an unknown modifier is a macro-string; it skips it unread"},
	"exp-only-macro-char":          {"permerror", lazy},
	"p-macro-multiple":             {"pass", "7.3: %{p} is a validated name; it always writes unknown"},
}

// pyspfDisputes and pyspfSuiteDisputes are those with pyspf 2.0.14.
var (
	pyspfDisputes = map[string]dispute{
		"exists:%{d0}.example.com -all": {"permerror", "7.3: the number of parts is not zero; it takes zero for all"},
		strings.Repeat("exists:host.example.net ", 2) + strings.Repeat("mx:mail.example.com ", 8) + "-all": {"pass",
			"4.6.4: void lookups are those of terms; it counts MX hosts without an address too, which the text leaves open"},
	}
	pyspfSuiteDisputes = map[string]dispute{
		"ptr-cname-loop": {"neutral", "5.5: a name whose address lookup fails is skipped; it says temperror"},
	}
)
