package dkim

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// signatureNameRules judge the names in a signature: who signed, and what.
func signatureNameRules() []signatureRule {
	return []signatureRule{signingDomain, identityOutside, fromUnsigned}
}

var signingDomain = formRule(lint.Doc{
	ID: "dkim-sig-domain-invalid", Reason: ErrSigningDomain,
	Title: "d= and s= make no name of a key",
	Why:   "The key stands at the selector, _domainkey and the domain, which has two labels or more; where these make no name no key can be found.",
	Ref:   "RFC 6376, Section 3.5",
	Bad:   sample("d=localhost"),
}, "Sign with the domain of the sender in d= and the name of the selector alone in s=.", func(s *Signature, at lint.Span) string {
	if at == s.tag("s") {
		return fmt.Sprintf("s= is %s, which is no part of a name", brief(s.Selector))
	}
	if !strings.Contains(s.Domain, ".") {
		return fmt.Sprintf("d= is %s, a single label", brief(s.Domain))
	}
	return fmt.Sprintf("d= is %s, which is no domain", brief(s.Domain))
})

var identityOutside = formRule(lint.Doc{
	ID: "dkim-sig-i-not-under-d", Reason: ErrIdentity,
	Title: "i= is not in the domain of the signature",
	Why:   "The domain of i= must be that of d= or below it; receivers ignore the signature.",
	Ref:   "RFC 6376, Section 6.1.1",
	Bad:   sample("i=ann@news-example.com"),
}, "Sign without i=, or with an address of the domain in d=.", func(s *Signature, _ lint.Span) string {
	return fmt.Sprintf("i= is %s and d= is %s", brief(s.Identity), brief(s.Domain))
})

var fromUnsigned = formRule(lint.Doc{
	ID: "dkim-sig-from-not-signed", Reason: ErrFromUnsigned,
	Title: "Signature does not cover From",
	Why:   "Without From in h= anybody could put another author above the message; receivers ignore the signature.",
	Ref:   "RFC 6376, Section 6.1.1",
	Bad:   sample("h=to:subject"),
}, "Let the software that signs cover From.", func(s *Signature, _ lint.Span) string {
	return fmt.Sprintf("h= is %s, without from", s.value("h"))
})
