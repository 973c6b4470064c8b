package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/report"
)

// routed returns the domains to which answers to a message and bounces of it go.
func routed(m *message.Message, e report.Envelope) []string {
	var domains []string
	if authors := m.FromDomains(); len(authors) == 1 {
		domains = authors
	}
	if domain := bounces(m, e); domain != "" && !slices.Contains(domains, domain) {
		domains = append(domains, domain)
	}
	return domains
}

// bounces returns the domain to which bounces go, that of MAIL FROM, or where nobody gave
// it of the Return-Path field; "" where there is none.
func bounces(m *message.Message, e report.Envelope) string {
	sender := ""
	if given(e) {
		sender = *e.Sender
	} else if fields := m.Named("Return-Path"); len(fields) > 0 {
		sender, _ = returnPath(fields[0].Value())
	}
	domain, err := lookup.FromUser(sender[strings.LastIndexByte(sender, '@')+1:])
	if err != nil || !strings.Contains(domain, ".") || strings.ContainsAny(domain, `\[]`) {
		return ""
	}
	return domain
}

// given reports whether somebody said what MAIL FROM was.
func given(e report.Envelope) bool {
	return e.Sender != nil && !slices.Contains(e.Guessed, report.EnvelopeSender)
}

// openRoutes lists the domains of which it is not known whether they take mail: no
// verdict rests on it.
func openRoutes(routes []*mailhost.Facts) []report.Question {
	var open []report.Question
	for _, f := range routes {
		if failure, ok := errors.AsType[*lookup.Error](f.RouteErr()); ok {
			open = append(open, report.Question{Question: failure.Question.String(), Reason: "whether " + f.Domain + " takes mail: " + reason(failure)})
		}
	}
	return open
}

// noRoute returns why no mail gets to a domain, "" where it does, or where that is not
// known.
func (f *mailFacts) noRoute(domain string) string {
	at := slices.IndexFunc(f.Message.Routes, func(route *mailhost.Facts) bool { return route.Domain == domain })
	if at < 0 {
		return ""
	}
	return f.Message.Routes[at].NoRoute()
}

// answered is the example of a message whose bounces go to another domain.
func answered(zone string) lint.Example {
	e := claiming("Return-Path: <ann@bounce.example.com>\n")
	e.Zone += "\n" + zone
	return e
}

var returnUnreceivable = mailRule{
	Doc: lint.Doc{
		ID: "msg-return-path-unreceivable", Severity: lint.Warning,
		Title: "Bounces of the message go nowhere",
		Why: "The domain of MAIL FROM, which Return-Path holds, takes no mail: it has a null MX, or neither MX record nor address, so nobody learns that a message was not delivered. " +
			"Many receivers reject mail of such a sender. It is no more than a warning, for it is the DNS of today: a sender of an old message may be gone since.",
		Ref:  "RFC 7505, Section 4.2",
		Bad:  answered("@ MX 10 mx\nbounce TXT \"v=spf1 ip4:192.0.2.1 -all\""),
		Good: answered("@ MX 10 mx\nbounce MX 10 mx"),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		m := f.Message
		domain := bounces(m.Message, m.Envelope)
		if why := f.noRoute(domain); why != "" {
			var at lint.Span
			if given(m.Envelope) {
				at = lint.NewSource("MAIL FROM", *m.Envelope.Sender).Whole()
			} else {
				at = whole(m.Source(m.Named("Return-Path")[0], "Return-Path"))
			}
			report(lint.Finding{Span: at, Message: fmt.Sprintf("no mail gets to %s: %s", domain, why),
				Hint: "Publish an MX record for the domain, or send with another one."})
		}
	},
}

var fromUnreceivable = mailRule{
	Doc: lint.Doc{
		ID: "msg-from-unreceivable", Severity: lint.Warning,
		Title: "Answers to the author go nowhere",
		Why: "The domain of From takes no mail: it has a null MX, or neither MX record nor address. Many filters count that against the message, and some receivers reject it. " +
			"Nothing is found where bounces go to the same domain, which is told then.",
		Ref:  "RFC 7505, Section 4.2",
		Bad:  answered("@ MX 0 .\nbounce MX 10 mx"),
		Good: answered("@ MX 10 mx\nbounce MX 10 mx"),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		domains := f.Message.FromDomains()
		if len(domains) != 1 {
			return
		}
		why := f.noRoute(domains[0])
		if why == "" || bounces(f.Message.Message, f.Message.Envelope) == domains[0] {
			return
		}
		i := slices.IndexFunc(f.Message.Authors, func(a message.Author) bool { return a.Domain == domains[0] })
		report(lint.Finding{Span: f.Message.Authors[i].Span, Message: fmt.Sprintf("no mail gets to %s: %s", domains[0], why),
			Hint: "Publish an MX record for the domain, or write with an address that takes answers."})
	},
}
