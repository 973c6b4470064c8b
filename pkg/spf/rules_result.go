package spf

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/lint"
)

// ResultRules returns the rules about verdicts. They are apart from Rules because a
// client can be judged without a look at the whole record.
func ResultRules() []lint.Rule[[]Result] {
	return []verdictRule{resultFail, resultSoftFail, resultNeutral, resultNone, resultTempError, resultPermError, nullSender, heloMissing, heloFail}
}

type verdictRule = lint.Rule[[]Result]

// sends is the record of a domain that 192.0.2.1 may send for.
const sends = `@ TXT "v=spf1 ip4:192.0.2.1 `

var passes = lint.Example{Zone: sends + `-all"`, Args: []string{"spf", "example.com", "--ip", "192.0.2.1"}}

// resultRule makes a rule about one result. Others judge the HELO identity; only
// where it has no verdict it is told here, once for both identities.
func resultRule(status Status, doc lint.Doc, message string) verdictRule {
	return verdictRule{Doc: doc, Check: func(results []Result, report lint.ReportFunc) {
		for i := range results {
			r := &results[i]
			identity := "MAIL FROM"
			if r.Query.Identity == Helo {
				identity = "HELO"
				if status != TempError || r.Query.Domain == results[0].Query.Domain {
					continue
				}
			}
			if r.Status == status {
				report(lint.Finding{Span: r.place(), Hint: r.cure(),
					Message: fmt.Sprintf(message, r.Query.IP, r.Query.Domain, identity) + ": " + r.because()})
			}
		}
	}}
}

// because says what gave the verdict.
func (r *Result) because() string {
	text := "no term matches"
	switch {
	case r.Reason != nil:
		text = r.Reason.Error()
	case len(r.Path) > 0:
		text = fmt.Sprintf("%q matches", r.Path[0].Term.Text())
	}
	if r.Explanation != "" {
		text += fmt.Sprintf("; explanation: %q", r.Explanation)
	}
	return text
}

// cure says what to do about a client that does not pass.
func (r *Result) cure() string {
	switch r.Status {
	case Fail, SoftFail, Neutral:
		return fmt.Sprintf("If this host sends mail for %s, add %s, or the include of its provider, to the record.", r.Query.Domain, r.mechanism())
	case PermError:
		return "Mend the record as the other findings say."
	}
	return ""
}

// mechanism returns the mechanism that authorizes the client alone.
func (r *Result) mechanism() string {
	kind := IP4
	if r.Query.IP.Is6() {
		kind = IP6
	}
	return fmt.Sprintf("%s:%s", kind, r.Query.IP)
}

// place returns the term that gave the verdict, as far down as its own record
// goes, or the place of the missing record.
func (r *Result) place() lint.Span {
	switch {
	case len(r.Path) > 0:
		return r.Path[0].Term.Span
	case r.Record != nil && r.Record.Err() != nil:
		return r.Record.Err().Span
	case r.Record != nil:
		return r.Record.Source.Whole()
	case r.Status == TempError:
		return lint.NewSource(fmt.Sprintf("verdict on %s for %s", r.Query.IP, r.Query.Domain), "").Whole()
	}
	return missing(r.Query.Domain)
}

var resultFail = resultRule(Fail, lint.Doc{
	ID: "spf-result-fail", Severity: lint.Error,
	Title: "Client is not authorized",
	Why:   "The domain says that this client must not send its mail; many receivers refuse it with 550.",
	Ref:   "RFC 7208, Section 8.4",
	Bad:   lint.Example{Zone: sends + `-all"`, Args: []string{"spf", "example.com", "--ip", "192.0.2.9"}},
	Good:  passes,
}, "%s may not send mail for %s (%s)")

var resultSoftFail = resultRule(SoftFail, lint.Doc{
	ID: "spf-result-softfail", Severity: lint.Warning,
	Title: "Client is probably not authorized",
	Why:   "The domain doubts this client; receivers mark the mail and should not refuse it for this alone.",
	Ref:   "RFC 7208, Section 8.5",
	Bad:   lint.Example{Zone: sends + `~all"`, Args: []string{"spf", "example.com", "--ip", "192.0.2.9"}},
	Good:  passes,
}, "%s is probably not a sender for %s (%s)")

var resultNeutral = resultRule(Neutral, lint.Doc{
	ID: "spf-result-neutral", Severity: lint.Warning,
	Title: "Record says nothing about the client",
	Why:   "Neutral is treated like none: SPF does not speak for this mail.",
	Ref:   "RFC 7208, Section 8.2",
	Bad:   lint.Example{Zone: sends + `?all"`, Args: []string{"spf", "example.com", "--ip", "192.0.2.9"}},
	Good:  passes,
}, "nothing is said about %s for %s (%s)")

var resultNone = resultRule(None, lint.Doc{
	ID: "spf-result-none", Severity: lint.Warning,
	Title: "No SPF verdict",
	Why:   "There is no usable domain or no record, so SPF does not speak for this mail.",
	Ref:   "RFC 7208, Section 2.6.1",
	Bad:   lint.Example{Zone: `@ A 192.0.2.1`, Args: []string{"spf", "example.com", "--ip", "192.0.2.9"}},
	Good:  passes,
}, "no verdict on %s for %s (%s)")

var resultTempError = resultRule(TempError, lint.Doc{
	ID: "spf-result-temperror", Severity: lint.Warning, Unanswered: true,
	Title: "Verdict unknown: a DNS lookup failed",
	Why:   "A receiver in the same position would ask the sender to try again later.",
	Ref:   "RFC 7208, Section 2.6.6",
	Bad:   lint.Example{Zone: ";! TIMEOUT example.com. TXT", Args: []string{"spf", "example.com", "--ip", "192.0.2.9"}},
	Good:  passes,
}, "no verdict on %s for %s (%s)")

var resultPermError = resultRule(PermError, lint.Doc{
	ID: "spf-result-permerror", Severity: lint.Error,
	Title: "Record cannot be evaluated",
	Why:   "Receivers treat the domain as if its SPF were broken; some refuse the mail with 550.",
	Ref:   "RFC 7208, Section 8.7",
	Bad:   lint.Example{Zone: `@ TXT "v=spf1 ipv4:192.0.2.1 -all"`, Args: []string{"spf", "example.com", "--ip", "192.0.2.1"}},
	Good:  passes,
}, "no verdict on %s for %s (%s)")

var nullSender = verdictRule{
	Doc: lint.Doc{
		ID: "spf-null-sender-uses-helo", Severity: lint.Notice,
		Title: "Empty MAIL FROM: the HELO name was judged",
		Why:   "Bounces have no sender, so receivers judge postmaster at the HELO name; give every sending host an SPF record.",
		Ref:   "RFC 7208, Section 2.4",
		Bad:   lint.Example{Zone: `mail TXT "v=spf1 ip4:192.0.2.1 -all"`, Args: []string{"spf", "--ip", "192.0.2.1", "--helo", "mail.example.com"}},
		Good:  passes,
	},
	Check: func(results []Result, report lint.ReportFunc) {
		for i := range results {
			if r := &results[i]; r.NullSender {
				report(lint.Finding{Span: r.place(), Message: fmt.Sprintf("MAIL FROM is empty: %s was judged", r.Query.Sender)})
			}
		}
	},
}
