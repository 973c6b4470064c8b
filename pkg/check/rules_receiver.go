package check

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/spf"
)

// fromStranger returns an example of a message from the client 192.0.2.9, which is no
// host of example.net, to mx.example.net.
func fromStranger(helo string) lint.Example {
	e := claiming("Received: from "+helo+" (unknown [192.0.2.9])\n\tby mx.example.net with ESMTPS id 1; Sat, 21 Nov 2026 17:00:05 +0000\n",
		"--ip", "192.0.2.9", "--helo", helo, "--sender", "ann@example.com")
	e.Zone += "\nexample.net. TXT \"v=spf1 ip4:192.0.2.2 -all\""
	return e
}

var heloImpersonates = mailRule{
	Doc: lint.Doc{
		ID: "helo-impersonates-recipient", Severity: lint.Error,
		Title: "Client that gives the receiver's own name",
		Why: "The name given with HELO is that of the server that took the message, or of a domain above it, and the SPF record of the name says that the client is none of " +
			"its hosts. Nobody but a forger gives it. Without such a record nothing is told, since servers do send to themselves, nor of clients within, or with a password.",
		Ref:  "operational",
		Bad:  fromStranger("example.net"),
		Good: fromStranger("mail.example.com"),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		if f.HELO == nil || f.HELO.Status != spf.Fail || !outside(f.HELO.Query.IP) {
			return
		}
		name, client := f.HELO.Query.Domain, f.HELO.Query.IP
		for _, field := range f.Message.Named("Received") {
			value := field.Value()
			if _, from, sure := receivedFrom(value); !sure || from != client {
				continue
			}
			by := strings.ToLower(word(value, "by"))
			if strings.HasSuffix("."+by, "."+name) && !vouched(value, by) && !submitted(word(value, "with")) {
				report(lint.Finding{Span: whole(f.Message.Source(field, "Received")), Hint: "Let the server refuse clients from outside that give its own name.",
					Message: fmt.Sprintf("%s gave %s the name %s, which is the receiver's, and is none of its hosts", client, by, name)})
			}
			return
		}
	},
}

// submitted reports whether a protocol is one whose client gave a password: its name
// ends in A then, as in ESMTPSA (RFC 3848).
func submitted(with string) bool { return strings.HasSuffix(strings.ToUpper(with), "A") }

// vouched reports whether the reverse name of the client, which receivers write in the
// comment of a Received field, may be one of the receiver's.
func vouched(received, by string) bool {
	from, _, _ := strings.Cut(received, "[")
	_, comment, _ := strings.Cut(from, "(")
	return kindred(comment, "", by)
}
