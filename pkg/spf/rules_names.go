package spf

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// The rules about names and macros, and about modifiers that carry them.

var emptyDomain = syntaxRule(lint.Doc{
	ID: "spf-empty-domain-spec", Reason: ErrEmptyDomain,
	Title: "Domain name missing",
	Why:   "include, exists and redirect need a name; a, mx and ptr need one when a colon is written.",
	Ref:   "RFC 7208, Section 12",
	Bad:   bad("v=spf1 include: -all"),
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 include:_spf.example.net -all\"\n_spf.example.net. TXT \"v=spf1 ip4:192.0.2.0/24 -all\""},
}, func(t *Term, err *SyntaxError) (string, string, string) {
	if t.Kind == A || t.Kind == MX || t.Kind == PTR {
		return fmt.Sprintf("no name follows %q", t.Text()), fmt.Sprintf("Write %q for the domain itself, or the name.", t.Kind),
			strings.TrimSuffix(t.Text(), ":")
	}
	return fmt.Sprintf("no name follows %q", t.Text()), "Write the name, or remove the term.", ""
})

var emptyExp = syntaxRule(lint.Doc{
	ID: "spf-exp-empty", Reason: ErrEmptyExp,
	Title: "exp without a name",
	Why:   "exp= names the TXT record that holds the explanation.",
	Ref:   "RFC 7208, Section 6.2",
	Bad:   bad("v=spf1 ip4:192.0.2.1 -all exp="),
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 -all exp=why.example.com\"\nwhy TXT \"not from here\""},
}, func(t *Term, err *SyntaxError) (string, string, string) {
	return "exp= has no value", "Remove it, or name the explanation's record.", remove
})

var targetInvalid = syntaxRule(lint.Doc{
	ID: "spf-target-invalid", Reason: ErrTarget,
	Title: "Target is not a domain name",
	Why: "A target ends in a dot and a last label with a letter in it, or in a macro. A name that is written correctly " +
		"but cannot exist (an empty label, a label over 63 octets) is left open by the standard; receivers differ.",
	Ref:  "RFC 7208, Sections 4.8 and 7.1",
	Bad:  bad("v=spf1 a:mailserver -all"),
	Good: lint.Example{Zone: "@ TXT \"v=spf1 a:mailserver.example.com -all\"\nmailserver A 192.0.2.1\nmailserver AAAA 2001:db8::1"},
}, func(t *Term, err *SyntaxError) (string, string, string) {
	value := err.Span.Text()
	text, start := t.Text(), err.Span.Start-t.Span.Start
	switch name := strings.TrimRight(value, ".-_:"); {
	case t.Kind == Redirect && isQualifier(value[0]) && strings.EqualFold(value[1:], "all"):
		return fmt.Sprintf("redirect takes the name of a domain, not %q", value), "To end the record, write the all without redirect.", value
	case value[0] == ':':
		return fmt.Sprintf("%q: a domain name has no port", value), "", text[:start]
	case name != value:
		return withDetail(fmt.Sprintf("%q cannot be looked up", value), err), "", text[:start] + name
	}
	return withDetail(fmt.Sprintf("%q cannot be looked up", value), err), "Write the full name.", ""
})

var targetAddress = syntaxRule(lint.Doc{
	ID: "spf-a-mx-with-ip", Reason: ErrTargetAddress,
	Title: "Address where a name belongs",
	Why:   "a, mx, include, exists, ptr and redirect take names; addresses go into ip4 and ip6.",
	Ref:   "RFC 7208, Section 7.1",
	Bad:   bad("v=spf1 a:192.0.2.1 -all"),
	Good:  good("v=spf1 ip4:192.0.2.1 -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	value := err.Span.Text()
	tail := t.Span.Source.Text[err.Span.End:t.Span.End]
	if t.Kind == Redirect || t.Kind == Exp || !isAddress(value) {
		return fmt.Sprintf("%q is an address; %s takes a name", value, t.Kind), "", ""
	}
	return fmt.Sprintf("%q is an address; %s takes a name", value, t.Kind), "",
		qualifierText(t) + addressKind(value).String() + ":" + value + tail
})

var macroSyntax = syntaxRule(lint.Doc{
	ID: "spf-macro-syntax", Reason: ErrMacro,
	Title: "Invalid macro",
	Why:   "A percent sign starts a macro: %{letter}, with digits, r and delimiters as needed, or %%, %_ and %-. That holds for the value of an unknown modifier too.",
	Ref:   "RFC 7208, Section 7.1",
	Bad:   bad("v=spf1 exists:%(i).example.com -all"),
	Good:  good("v=spf1 exists:%{i}.example.com -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	fixed := strings.NewReplacer("%(", "%{", ")", "}").Replace(t.Text())
	if fixed == t.Text() {
		fixed = ""
	}
	return withDetail(fmt.Sprintf("%q is not a macro", err.Span.Text()), err), "", fixed
})

var macroExpOnly = syntaxRule(lint.Doc{
	ID: "spf-macro-exp-only", Reason: ErrMacroExpOnly,
	Title: "Macro letter that only explanations may use",
	Why:   "The letters c, r and t are defined for the text that exp= points to, not for names.",
	Ref:   "RFC 7208, Section 7.2",
	Bad:   bad("v=spf1 exists:%{c}.example.com -all"),
	Good:  good("v=spf1 exists:%{i}.example.com -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	return fmt.Sprintf("%q may stand only in the text of an explanation", err.Span.Text()), "",
		strings.ReplaceAll(strings.ReplaceAll(t.Text(), "%{c}", "%{i}"), "%{C}", "%{I}")
})

var redirectTwice = syntaxRule(lint.Doc{
	ID: "spf-redirect-multiple", Reason: ErrRedirectTwice,
	Title: "More than one redirect",
	Why:   "redirect may stand once in a record.",
	Ref:   "RFC 7208, Section 6",
	Bad:   lint.Example{Zone: "@ TXT \"v=spf1 redirect=a.example.net redirect=b.example.net\"\na.example.net. TXT \"v=spf1 -all\"\nb.example.net. TXT \"v=spf1 -all\""},
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 redirect=a.example.net\"\na.example.net. TXT \"v=spf1 -all\""},
}, func(t *Term, err *SyntaxError) (string, string, string) {
	return "a second redirect", "To use the networks of both, include them: include:NAME include:NAME -all", ""
})

var expTwice = syntaxRule(lint.Doc{
	ID: "spf-exp-multiple", Reason: ErrExpTwice,
	Title: "More than one exp",
	Why:   "exp may stand once in a record.",
	Ref:   "RFC 7208, Section 6",
	Bad:   lint.Example{Zone: "@ TXT \"v=spf1 -all exp=a.example.com exp=b.example.com\"\na TXT \"no\"\nb TXT \"no\""},
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 -all exp=a.example.com\"\na TXT \"no\""},
}, func(t *Term, err *SyntaxError) (string, string, string) {
	return "a second exp", "Keep one of them.", remove
})
