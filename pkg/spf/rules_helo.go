package spf

import (
	"errors"
	"fmt"

	"github.com/authcheck/authcheck/pkg/lint"
)

// heloVerdicts calls visit for each verdict on the HELO identity. Where its domain
// is that of MAIL FROM too, the verdict on that has said the same.
func heloVerdicts(results []Result, visit func(r *Result)) {
	for i := range results {
		r, first := &results[i], &results[0]
		said := first.Query.Identity == MailFrom && first.Query.Domain == r.Query.Domain
		if r.Query.Identity == Helo && !said {
			visit(r)
		}
	}
}

// hostRecord is the record of a host that takes part in mail (RFC 7208,
// Section 10.1.2).
const hostRecord = version + " a -all"

// onHELO is an example of a name that the client 192.0.2.1 gives.
func onHELO(zone string) lint.Example {
	return lint.Example{Zone: "mail A 192.0.2.1\n1.2.0.192.in-addr.arpa. PTR mail\n" + zone,
		Args: []string{"helo", "mail.example.com", "--ip", "192.0.2.1"}}
}

var heloMissing = verdictRule{
	Doc: lint.Doc{
		ID: "helo-spf-missing", Severity: lint.Notice,
		Title: "HELO name without an SPF record",
		Why:   "Bounces are judged by the HELO name alone. A record there, v=spf1 a -all, lets them pass and keeps others from using the name.",
		Ref:   "RFC 7208, Section 10.1.2",
		Bad:   onHELO(""),
		Good:  onHELO(`mail TXT "v=spf1 a -all"`),
	},
	Check: func(results []Result, report lint.ReportFunc) {
		heloVerdicts(results, func(r *Result) {
			if r.Status == None && errors.Is(r.Reason, ErrNoRecord) {
				span := missing(r.Query.Domain)
				report(lint.Finding{Span: span, Fix: lint.Rewrite(span.Source, hostRecord), Message: r.Query.Domain + " has no SPF record"})
			}
		})
	},
}

var heloFail = verdictRule{
	Doc: lint.Doc{
		ID: "helo-spf-fail", Severity: lint.Error,
		Title: "HELO name does not authorize the client",
		Why: "Receivers may judge the HELO name first and refuse the mail before they look at MAIL FROM. " +
			"A softfail or permerror is a warning.",
		Ref:  "RFC 7208, Section 2.3",
		Bad:  onHELO(`mail TXT "v=spf1 ip4:192.0.2.2 -all"`),
		Good: onHELO(`mail TXT "v=spf1 a -all"`),
	},
	Check: func(results []Result, report lint.ReportFunc) {
		heloVerdicts(results, func(r *Result) {
			finding := lint.Finding{Severity: lint.Warning, Span: r.place(),
				Message: fmt.Sprintf("%s gives the name %s, and its SPF verdict is %s: %s", r.Query.IP, r.Query.Domain, r.Status, r.because())}
			switch r.Status {
			case Fail, SoftFail:
				finding.Hint = fmt.Sprintf("If this host is %s, add %s to the record; if not, let it give its own name.", r.Query.Domain, r.mechanism())
			case PermError:
				finding.Hint = fmt.Sprintf("Mend the record: authcheck spf %s shows its faults.", r.Query.Domain)
			default:
				return
			}
			if r.Status == Fail {
				finding.Severity = lint.Error
			}
			report(finding)
		})
	},
}
