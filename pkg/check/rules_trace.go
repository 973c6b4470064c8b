package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/report"
)

// Trace fields of examples: how the message came to mx.example.net.
const (
	exampleHop   = "Received: from mail.example.com (mail.example.com [192.0.2.1])\n\tby mx.example.net with ESMTPS id 1; Sat, 21 Nov 2026 17:00:05 +0000\n"
	exampleClaim = "Authentication-Results: mx.example.net; dkim=permerror header.d=example.com\n"
)

var arForged = mailRule{
	Doc: lint.Doc{
		ID: "ar-forged-inside", Severity: lint.Error,
		Title: "Results in the receiver's name that came with the message",
		Why: "The field bears the name that --authserv-id gives, but stands below the Received field with which the message came from outside to a host of that name: somebody else wrote it, " +
			"or it is from an earlier delivery there. The receiver must delete such fields, else programs behind it believe them. It is a warning where no field of the receiver stands above, " +
			"for a few receivers add theirs at the end of the header.",
		Ref:  "RFC 8601, Section 5",
		Bad:  claiming(exampleClaim+exampleHop+"Authentication-Results: mx.example.net; dmarc=none header.from=example.com\n", "--authserv-id", "mx.example.net"),
		Good: claiming(exampleClaim+exampleHop, "--authserv-id", "mx.example.net"),
	},
	Check: func(f *mailFacts, found lint.ReportFunc) {
		border := f.border()
		if border == nil {
			return
		}
		severity := lint.Warning
		for i, field := range f.Message.Named("Authentication-Results")[:len(f.Claims)] {
			switch claims := f.Claims[i]; {
			case !f.believed(claims):
			case field.Offset < border.Offset:
				severity = lint.Error
			default:
				found(lint.Finding{Span: claims.ID.Span, Severity: severity, Message: fmt.Sprintf("the field of %s stands below the Received field of its border", claims.ID.Text),
					Hint: "Let the receiver delete fields that bear its name from mail that comes from outside."})
			}
		}
	},
}

// border returns the Received field with which the message came from outside to the
// receiver that is believed, nil where none is, or where the fields do not tell.
func (f *mailFacts) border() *message.Field {
	id, err := lookup.FromUser(f.ID)
	if err != nil || id == "" || len(f.Claims) == 0 {
		return nil
	}
	for _, field := range f.Message.Named("Received") {
		value := field.Value()
		by := strings.ToLower(word(value, "by"))
		if by == "" || !akin(by, id) {
			continue
		}
		helo, client, sure := receivedFrom(value)
		switch {
		case !sure, helo != "" && !client.IsValid(): // this may be the hop from outside
			return nil
		case outside(client) && !kindred(value, helo, by):
			return field
		}
	}
	return nil
}

var clientUnclear = mailRule{
	Doc: lint.Doc{
		ID: "received-client-ip-unclear", Severity: lint.Notice,
		Title: "Client guessed from a Received field",
		Why: "A saved message does not say which client delivered it. With --guess-envelope the address is that of the topmost Received field that names one of the Internet; " +
			"that is another client where the message was passed on inside, and anybody can write the fields below. The verdict of SPF is about this address.",
		Ref:  "operational",
		Bad:  claiming(exampleHop, "--guess-envelope"),
		Good: claiming(exampleHop, "--ip", "192.0.2.1", "--helo", "mail.example.com", "--sender", "ann@example.com"),
	},
	Check: func(f *mailFacts, found lint.ReportFunc) {
		if !slices.Contains(f.Message.Envelope.Guessed, report.EnvelopeClient) {
			return
		}
		for _, field := range f.Message.Named("Received") {
			if _, client, sure := receivedFrom(field.Value()); sure && client == f.Message.Envelope.Client {
				found(lint.Finding{Span: whole(f.Message.Source(field, "Received")), Hint: "Give the address of the client with --ip.",
					Message: fmt.Sprintf("the client %s is a guess, by this field", client)})
				return
			}
		}
	},
}
