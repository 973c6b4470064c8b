package mailhost

import (
	"fmt"
	"net/netip"

	"github.com/authcheck/authcheck/pkg/lint"
)

// heloRules judge the form of the name given with HELO or EHLO.
func heloRules() []rule { return []rule{heloMissing, heloNotFQDN, heloBareIP, heloSyntax, heloLiteral} }

// heloFault returns the rule about a name that is none.
func heloFault(doc lint.Doc, report func(h *HELO) lint.Finding) rule {
	doc.Severity = lint.Error
	doc.Good = onHELO("mail.example.com", "mail A 192.0.2.1")
	return rule{Doc: doc, Check: func(f *Facts, found lint.ReportFunc) {
		if f.HELO != nil && f.HELO.Err == doc.Reason {
			finding := report(f.HELO)
			finding.Span = f.HELO.Fault
			found(finding)
		}
	}}
}

const nameYourself = "Let the server give its full name, one that has its address."

var heloMissing = heloFault(lint.Doc{
	ID: "helo-missing", Reason: ErrNoHELO,
	Title: "HELO without a name",
	Why:   "The command wants a name. Servers refuse it without one.",
	Ref:   "RFC 5321, Section 4.1.1.1",
	Bad:   onHELO("", "@ A 192.0.2.1"),
}, func(*HELO) lint.Finding { return lint.Finding{Message: "the name is empty", Hint: nameYourself} })

var heloNotFQDN = heloFault(lint.Doc{
	ID: "helo-not-fqdn", Reason: ErrNotFQDN,
	Title: "HELO name without a public domain",
	Why:   "A single word, localhost and names in local, lan, internal or localdomain say nothing to a receiver; many refuse them.",
	Ref:   "RFC 5321, Section 2.3.5",
	Bad:   onHELO("mail.local", "@ A 192.0.2.1"),
}, func(h *HELO) lint.Finding {
	return lint.Finding{Message: fmt.Sprintf("%q is no name that others can look up", h.Source.Text), Hint: nameYourself}
})

var heloBareIP = heloFault(lint.Doc{
	ID: "helo-bare-ip", Reason: ErrBareAddress,
	Title: "HELO with an address without brackets",
	Why:   "An address is written in brackets here, and only by hosts without a name. Many receivers refuse it otherwise.",
	Ref:   "RFC 5321, Section 4.1.3",
	Bad:   onHELO("192.0.2.1", "@ A 192.0.2.1"),
}, func(h *HELO) lint.Finding {
	literal := "[" + h.Source.Text + "]"
	if addr, err := netip.ParseAddr(h.Source.Text); err == nil && addr.Is6() {
		literal = "[" + literalTag + h.Source.Text + "]"
	}
	return lint.Finding{Message: fmt.Sprintf("%q is an address without brackets", h.Source.Text),
		Hint: "Give the host's name, or " + literal + " where it has none."}
})

var heloSyntax = heloFault(lint.Doc{
	ID: "helo-invalid-syntax", Reason: ErrHELOSyntax,
	Title: "HELO with what is neither a domain nor an address literal",
	Why:   "Labels have letters, digits and inner hyphens, literals are [192.0.2.1] or [IPv6:2001:db8::1]. Many servers refuse others, underscores among them. A dot at the end alone is a warning.",
	Ref:   "RFC 5321, Section 4.1.2",
	Bad:   onHELO("mail_1.example.com", "mail_1 A 192.0.2.1"),
}, func(h *HELO) lint.Finding {
	if h.finalDot() {
		return lint.Finding{Severity: lint.Warning, Message: "a dot at the end of the name", Hint: "Leave it out."}
	}
	return lint.Finding{Message: fmt.Sprintf("%q is no part of a domain, and no address literal", h.Fault.Text()), Hint: nameYourself}
})

var heloLiteral = rule{
	Doc: lint.Doc{
		ID: "helo-literal", Severity: lint.Warning,
		Title: "HELO with an address instead of a name",
		Why:   "That is for hosts without a name. Senders of mail have one, and filters count a literal against them.",
		Ref:   "RFC 5321, Section 4.1.4",
		Bad:   onHELO("[192.0.2.1]", "@ A 192.0.2.1"),
		Good:  onHELO("mail.example.com", "mail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if h := f.HELO; h != nil && h.Literal.IsValid() && (!h.Client.IsValid() || h.Literal.Unmap() == h.Client.Unmap()) {
			report(lint.Finding{Span: h.Fault, Message: h.Source.Text + " is an address", Hint: nameYourself})
		}
	},
}
