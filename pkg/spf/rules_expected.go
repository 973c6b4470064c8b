package spf

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/lint"
)

// expectedRules compare verdicts with what somebody who knows the senders expects.
func expectedRules() []rule { return []rule{expectedNotPass, unexpectedPass} }

// expecting is an example of a client and what it shall get.
func expecting(flag string) lint.Example {
	return lint.Example{Zone: sends + `~all"`, Args: []string{"spf", "example.com", flag, "192.0.2.1"}}
}

var expectedNotPass = rule{
	Doc: lint.Doc{
		ID: "spf-expected-sender-not-pass", Severity: lint.Error,
		Title: "Sender that must pass does not",
		Why: "The address was named with --expect-pass or expect_pass: it sends the domain's mail, and a change of the record, of what it includes, or of " +
			"a host's address took it out. Where a question has no answer the verdict is unknown.",
		Ref:  "RFC 7208, Section 8.3",
		Bad:  lint.Example{Zone: sends + `~all"`, Args: []string{"spf", "example.com", "--expect-pass", "192.0.2.9"}},
		Good: expecting("--expect-pass"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for i := range f.Passing {
			if r := &f.Passing[i]; r.Status != Pass && r.Status != TempError {
				report(lint.Finding{Span: r.place(), Hint: r.cure(),
					Message: fmt.Sprintf("%s must pass for %s, and the verdict is %s: %s", r.Query.IP, r.Query.Domain, r.Status, r.because())})
			}
		}
	},
}

var unexpectedPass = rule{
	Doc: lint.Doc{
		ID: "spf-unexpected-sender-pass", Severity: lint.Error,
		Title: "Client that must not pass does",
		Why: "The address was named with --expect-fail or expect_fail: it does not send the domain's mail, such as a host that was given up or a neighbour in " +
			"the network of a provider, and the record lets it.",
		Ref:  "RFC 7208, Section 8.3",
		Bad:  expecting("--expect-fail"),
		Good: lint.Example{Zone: sends + `~all"`, Args: []string{"spf", "example.com", "--expect-fail", "192.0.2.9"}},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for i := range f.Failing {
			if r := &f.Failing[i]; r.Status == Pass {
				report(lint.Finding{Span: r.place(), Hint: "Take out of the record what names it, or name the senders one by one.",
					Message: fmt.Sprintf("%s must not pass for %s, and does: %s", r.Query.IP, r.Query.Domain, r.because())})
			}
		}
	},
}
