package arc

import (
	"strings"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
)

// eachMessageSignature makes a rule about ARC-Message-Signature fields, one by one. judge
// returns the tag that is at fault, or the whole field, and finds nothing where it
// returns no message.
func eachMessageSignature(doc lint.Doc, hint string, judge func(*dkim.Signature) (at lint.Span, message string)) rule {
	doc.Severity, doc.Good = lint.Warning, verified("arc-pass")
	return rule{Doc: doc, Check: func(c *Chain, report lint.ReportFunc) {
		for i := range c.Sets {
			s := c.Sets[i].Message
			if s == nil {
				continue
			}
			if at, message := judge(s); message != "" {
				report(lint.Finding{Span: at, Message: message, Hint: "The software that made this signature must " + hint + "."})
			}
		}
	}}
}

// volatile are the fields that an ARC-Message-Signature must not name, but for the one
// that makes it fail.
var volatile = [...]string{"Authentication-Results", Results.String(), MessageSignature.String()}

var signsVolatile = eachMessageSignature(lint.Doc{
	ID:    "arc-ams-signs-volatile",
	Title: "An ARC-Message-Signature covers results or fields of ARC",
	Why: "Receivers remove results of others, and each handler adds fields of ARC, so a signature over them breaks though nobody did anything wrong. " +
		"ARC-Seal in h= is told as what makes the signature fail.",
	Ref: "RFC 8617, Section 4.1.2",
	Bad: verified("arc-names-results"),
}, "leave them out", func(s *dkim.Signature) (lint.Span, string) {
	var names []string
	for _, name := range volatile {
		if s.Covers(name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return lint.Span{}, ""
	}
	return s.List.Get("h").Span, "h= names " + strings.Join(names, ", ")
})

var fromUnsigned = eachMessageSignature(lint.Doc{
	ID:    "arc-ams-from-not-signed",
	Title: "An ARC-Message-Signature does not cover From",
	Why: "The field is made like a DKIM signature, which must cover From: else anybody can put another author above the message, and the chain still holds. " +
		"It is verified here all the same; others may let the chain fail.",
	Ref: "RFC 6376, Section 5.4",
	Bad: verified("arc-from-unsigned"),
}, "sign From", func(s *dkim.Signature) (lint.Span, string) {
	h := s.List.Get("h")
	if h == nil || s.Covers("From") {
		return lint.Span{}, ""
	}
	return h.Span, "h= does not name From"
})

var formUnsaid = eachMessageSignature(lint.Doc{
	ID:    "arc-ams-c-tag-missing",
	Title: "An ARC-Message-Signature in relaxed form does not say so",
	Why: "Without c= the simple form is meant, in which the signature does not verify; it does in the relaxed form. That is let pass here, as some verifiers do, " +
		"but those that go by the standard alone let the chain fail.",
	Ref: "RFC 6376, Section 3.5",
	Bad: verified("arc-form-unsaid"),
}, "write c=relaxed/relaxed", func(s *dkim.Signature) (lint.Span, string) {
	if s.Header != dkim.Relaxed || s.List.Get("c") != nil {
		return lint.Span{}, ""
	}
	return s.List.Source.Whole(), "the field has no c=, and verifies in relaxed form alone"
})
