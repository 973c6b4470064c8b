package check

import (
	"strings"

	"github.com/authcheck/authcheck/pkg/authres"
	"github.com/authcheck/authcheck/pkg/lint"
)

// claimRule makes a rule about words that receivers write and nobody has registered. words
// returns those of a claim.
func claimRule(doc lint.Doc, words func(*authres.Claim) []string) mailRule {
	doc.Severity = lint.Notice
	doc.Good = claiming("Authentication-Results: mx.example.net; dkim=permerror header.d=example.com\n")
	return mailRule{Doc: doc, Check: func(f *mailFacts, report lint.ReportFunc) {
		for _, field := range f.Claims {
			var at lint.Span
			var found []string
			for i := range field.Claims {
				c := &field.Claims[i]
				if field.Err != nil || c.Err != nil || len(found) > maxWords {
					continue
				}
				if list := words(c); len(list) > 0 {
					if len(found) == 0 {
						at = c.Span
					}
					found = append(found, list...)
				}
			}
			if len(found) > maxWords {
				found = append(found[:maxWords], "...")
			}
			if len(found) > 0 {
				report(lint.Finding{Span: at, Message: field.ID.Text + " writes what is not registered: " + strings.Join(found, ", ")})
			}
		}
	}}
}

var arUnknownMethod = claimRule(lint.Doc{
	ID:    "ar-unknown-method",
	Title: "Authentication-Results of a method that is not registered",
	Why:   "Methods that the registry of IANA does not have are experiments of the receiver. Programs that do not know one take no notice of its result, and the rest of the field counts.",
	Ref:   "RFC 8601, Section 2.7.6",
	Bad:   claiming("Authentication-Results: mx.example.net; x-trust=high; dkim=permerror header.d=example.com\n"),
}, func(c *authres.Claim) []string {
	if c.KnowsMethod() {
		return nil
	}
	return []string{c.Method.Text}
})

var arUnknownResult = claimRule(lint.Doc{
	ID:    "ar-unknown-result",
	Title: "Authentication-Results with a result or a property that is not registered",
	Why:   "Programs must ignore a result that its method does not have in the registry of IANA, and one with a property of another type than smtp, header, body, policy or dns. The rest of the field counts.",
	Ref:   "RFC 8601, Section 4.1",
	Bad:   claiming("Authentication-Results: mx.example.net; dkim=hardfail header.d=example.com\n"),
}, func(c *authres.Claim) []string {
	if !c.KnowsMethod() {
		return nil
	}
	var words []string
	if !c.KnowsResult() {
		words = append(words, c.Method.Text+"="+c.Result.Text)
	}
	for i := range c.Properties {
		if p := &c.Properties[i]; p.Err == nil && !p.KnowsType() && len(words) <= maxWords {
			words = append(words, p.Type.Text+"."+p.Name.Text)
		}
	}
	return words
})
