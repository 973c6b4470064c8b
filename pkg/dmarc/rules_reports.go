package dmarc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// reportRules judge whether reports arrive anywhere.
func reportRules() []rule {
	return []rule{ruaMissing, ruaEmpty, addressMissing, rufPresent, noMailHost, unauthorized, otherHost, authorizedTwice, authorizedByWildcard, authorizedNames}
}

// optionRules judge fo.
func optionRules() []rule { return []rule{foInvalid, foBoth, foWithoutReports} }

// both reports whether a value of fo holds 0 and 1.
func both(value string) bool {
	list := ":" + compact(strings.ToLower(value)) + ":"
	return strings.Contains(list, ":0:") && strings.Contains(list, ":1:")
}

var foInvalid = tagRule("fo", lint.Doc{
	ID: "dmarc-fo-invalid", Severity: lint.Warning,
	Title: "fo is not a list of 0, 1, d and s",
	Why:   "Receivers take the default, 0. Only failure reports depend on it.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; fo=x; ruf=mailto:dmarc@example.com"),
	Good:  example("v=DMARC1; p=reject; fo=1:d:s; ruf=mailto:dmarc@example.com"),
}, func(_ *Record, t *Tag, report lint.ReportFunc) {
	if t.Err == ErrValue && !both(t.Value.Text()) && !glued(t) {
		report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q is not a list of 0, 1, d and s", t.Value.Text()), Hint: "Write fo=1 to learn of every failure, or leave fo out."})
	}
})

var foBoth = tagRule("fo", lint.Doc{
	ID: "dmarc-fo-0-and-1", Severity: lint.Warning,
	Title: "fo holds 0 and 1",
	Why:   "0 asks for reports when everything failed and 1 when anything did; together they are not valid, and receivers take the default, 0.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; fo=0:1; ruf=mailto:dmarc@example.com"),
	Good:  example("v=DMARC1; p=reject; fo=1; ruf=mailto:dmarc@example.com"),
}, func(_ *Record, t *Tag, report lint.ReportFunc) {
	if both(t.Value.Text()) {
		report(lint.Finding{Span: t.Span, Message: "0 and 1 exclude each other", Hint: "Keep 1 to learn of every failure."})
	}
})

var foWithoutReports = tagRule("fo", lint.Doc{
	ID: "dmarc-fo-without-ruf", Severity: lint.Notice,
	Title: "fo without ruf",
	Why:   "fo says when failure reports are sent. Without an address for them nothing is sent, and fo is ignored.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; fo=1"),
	Good:  example("v=DMARC1; p=reject; fo=1; ruf=mailto:dmarc@example.com"),
}, func(r *Record, t *Tag, report lint.ReportFunc) {
	if r.Tag("ruf") == nil {
		report(lint.Finding{Span: t.Span, Message: "fo has no effect without ruf", Fix: removal(t)})
	}
})

var ruaMissing = recordRule(lint.Doc{
	ID: "dmarc-rua-missing", Severity: lint.Warning,
	Title: "No address for reports",
	Why:   "Nobody learns what is refused in the domain's name, one's own mail with a fault among it.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject"),
	Good:  goodURI,
}, func(f *Facts, report lint.ReportFunc) {
	// Where addresses are demanded, the rule about those says more.
	if f.enforces() && f.Record.Tag("rua") == nil && len(f.Required) == 0 {
		report(lint.Finding{Span: f.Record.Version, Message: "the policy is applied and nobody gets reports", Hint: "Add rua=mailto:ADDRESS."})
	}
})

var ruaEmpty = tagRule("rua", lint.Doc{
	ID: "dmarc-rua-empty", Severity: lint.Warning,
	Title: "No usable address for reports",
	Why:   "None of the addresses of rua is valid, so there are no reports; and where p, sp or np is not valid the record is not processed at all.",
	Ref:   "RFC 9989, Section 4.10.1",
	Bad:   uriRecord("dmarc@example.com"),
	Good:  goodURI,
}, func(r *Record, t *Tag, report lint.ReportFunc) {
	if !usable(r.RUA) && t.Err != ErrEmptyValue && !glued(t) {
		report(lint.Finding{Span: t.Span, Message: "rua has no valid address: nobody gets reports", Hint: "Write rua=mailto:ADDRESS."})
	}
})

var addressMissing = recordRule(lint.Doc{
	ID: "dmarc-rua-required-address-missing", Severity: lint.Error,
	Title: "Address that must get reports is not named",
	Why:   "Every address given with --require-rua shall get the aggregate reports, and rua does not name all of them.",
	Ref:   "operational",
	Bad:   lint.Example{Zone: goodURI.Zone, Args: []string{"dmarc", "example.com", "--require-rua", "reports@example.com"}},
	Good:  lint.Example{Zone: goodURI.Zone, Args: []string{"dmarc", "example.com", "--require-rua", "dmarc@example.com"}},
}, func(f *Facts, report lint.ReportFunc) {
	var words, entries []string
	for _, a := range f.Required {
		if !slices.ContainsFunc(f.Record.RUA, func(u URI) bool { return u.names(a) }) && !slices.Contains(words, a.String()) {
			words, entries = append(words, a.String()), append(entries, a.uri())
		}
	}
	if len(words) == 0 {
		return
	}
	list := strings.Join(entries, ",")
	found := lint.Finding{Span: f.Record.Version, Message: "rua does not name " + strings.Join(words, ", "), Hint: "Add to rua: " + list}
	switch t := f.Record.meant("rua"); {
	case t == nil:
		found.Message, found.Hint = "the record has no rua, which must name "+strings.Join(words, ", "), "Add rua="+list
		found.Fix = insertion(&f.Record.Tags[len(f.Record.Tags)-1], "rua="+list)
	case f.Record.Tag("rua") == nil:
		found.Span, found.Hint = t.Span, "Write rua in lower case, and name there: "+list
	case t.Err == nil && !glued(t) && !slices.ContainsFunc(f.Record.RUA, func(u URI) bool { return u.Err != nil && u.Err != ErrURIEmpty && u.Err != ErrURIScheme }):
		found.Span, found.Fix = t.Value, lint.Replace(t.Value.Source.Span(t.Value.End, t.Value.End), ","+list)
	default: // what is broken may be the address, and is for its owner to mend
		found.Span = t.Span
	}
	report(found)
})

var rufPresent = tagRule("ruf", lint.Doc{
	ID: "dmarc-ruf-present", Severity: lint.Notice,
	Title: "Failure reports are asked for",
	Why:   "Few receivers send them. They hold parts of messages, so whoever takes them needs to care for the privacy of others.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; ruf=mailto:dmarc@example.com"),
	Good:  goodURI,
}, func(_ *Record, t *Tag, report lint.ReportFunc) {
	report(lint.Finding{Span: t.Span, Message: "failure reports can hold personal data", Hint: "Keep ruf only if somebody reads the reports."})
})

// destinationRule makes a rule about addresses for reports.
func destinationRule(doc lint.Doc, judge func(f *Facts, d *Destination) (message, hint string)) rule {
	return recordRule(doc, func(f *Facts, report lint.ReportFunc) {
		for _, d := range f.Destinations {
			if message, hint := judge(f, d); message != "" {
				report(lint.Finding{Span: d.URI.Span, Message: message, Hint: hint})
			}
		}
	})
}

var noMailHost = destinationRule(lint.Doc{
	ID: "dmarc-report-domain-no-mx", Severity: lint.Error,
	Title: "Address for reports takes no mail",
	Why:   "The domain of the address has neither MX nor address records, or a null MX: reports cannot be delivered.",
	Ref:   "RFC 7505, Section 3",
	Bad:   zone("_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@nomail.example.com\"\nnomail MX 0 ."),
	Good:  zone("_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@mail.example.com\"\nmail MX 10 mx"),
}, func(_ *Facts, d *Destination) (message, hint string) {
	const mend = "Give an address that takes mail, or publish an MX record for its domain."
	answered := func(r *lookup.Reply) bool { return r != nil && r.Err == nil }
	switch {
	case !answered(d.MX):
	case d.MX.Answer.NXDomain:
		return d.URI.Host + " does not exist", mend
	case len(d.MX.Answer.Records) == 1 && d.MX.Answer.Records[0].Host == "":
		return d.URI.Host + " takes no mail (null MX)", mend
	case answered(d.A) && answered(d.AAAA) && d.MX.Answer.Void() && d.A.Answer.Void() && d.AAAA.Answer.Void():
		return d.URI.Host + " has neither MX nor address records", mend
	}
	return "", ""
})

var unauthorized = destinationRule(lint.Doc{
	ID: "dmarc-report-unauthorized", Severity: lint.Error, Reason: ErrUnauthorized,
	Title: "Destination does not agree to take reports",
	Why:   "An address of another organization gets reports only if that organization publishes its consent, else anybody could be flooded. Receivers ignore the address.",
	Ref:   "RFC 9990, Section 4",
	Bad:   zone("_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.net\"\nexample.net. MX 10 mx.example.net."),
	Good:  zone("_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.net\"\nexample.net. MX 10 mx.example.net.\nexample.com._report._dmarc.example.net. TXT \"v=DMARC1\""),
}, func(f *Facts, d *Destination) (message, hint string) {
	if d.Err != ErrUnauthorized {
		return "", ""
	}
	if d.Name == "" {
		return fmt.Sprintf("the name for the consent of %s is longer than the DNS allows", d.URI.Host), "Use an address of a shorter domain."
	}
	return fmt.Sprintf("%s does not agree to take reports about %s", d.URI.Host, f.RecordDomain), fmt.Sprintf(`Have the TXT record "v=DMARC1" published at %s, or use an address of your own.`, d.Name)
})

var otherHost = destinationRule(lint.Doc{
	ID: "dmarc-report-auth-overrides-rua", Severity: lint.Error, Reason: ErrOtherHost,
	Title: "Destination sends reports to another host",
	Why:   "A destination may name another address, but only on the same host; else reports go to neither.",
	Ref:   "RFC 9990, Section 4",
	Bad:   zone("_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.net\"\nexample.net. MX 10 mx.example.net.\nexample.com._report._dmarc.example.net. TXT \"v=DMARC1; rua=mailto:d@example.org\""),
	Good:  zone("_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.net\"\nexample.net. MX 10 mx.example.net.\nexample.com._report._dmarc.example.net. TXT \"v=DMARC1; rua=mailto:e@example.net\""),
}, func(_ *Facts, d *Destination) (message, hint string) {
	if d.Err != ErrOtherHost {
		return "", ""
	}
	return fmt.Sprintf("the record at %s names an address on another host, so nothing is sent", d.Name), "Ask the destination which address to use."
})

var authorizedTwice = destinationRule(lint.Doc{
	ID: "dmarc-report-auth-multiple", Severity: lint.Notice,
	Title: "Destination agrees in several records",
	Why:   "One record is enough; unlike policies, several are not discarded.",
	Ref:   "RFC 9990, Section 4",
	Bad:   zone("_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.net\"\nexample.net. MX 10 mx.example.net.\nexample.com._report._dmarc.example.net. TXT \"v=DMARC1\"\nexample.com._report._dmarc.example.net. TXT \"v=DMARC1;\""),
	Good:  zone("_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.net\"\nexample.net. MX 10 mx.example.net.\nexample.com._report._dmarc.example.net. TXT \"v=DMARC1\""),
}, func(_ *Facts, d *Destination) (message, hint string) {
	if len(d.Agreed) < 2 {
		return "", ""
	}
	return fmt.Sprintf("%s has %d DMARC records", d.Name, len(d.Agreed)), "Tell the destination to keep one."
})

var authorizedByWildcard = destinationRule(lint.Doc{
	ID: "dmarc-report-auth-wildcard", Severity: lint.Notice,
	Title: "Destination agrees by a wildcard",
	Why:   "The destination takes reports about every domain. Report services do that on purpose; others can be flooded with reports.",
	Ref:   "RFC 9990, Section 4",
	Bad:   zone("_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.net\"\nexample.net. MX 10 mx.example.net.\n*._report._dmarc.example.net. TXT \"v=DMARC1\""),
	Good:  zone("_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.net\"\nexample.net. MX 10 mx.example.net.\nexample.com._report._dmarc.example.net. TXT \"v=DMARC1\""),
}, func(_ *Facts, d *Destination) (message, hint string) {
	if !d.forAll() {
		return "", ""
	}
	return fmt.Sprintf("%s takes reports about every domain", d.URI.Host), "Nothing to do unless the address is your own."
})

// forAll reports whether the destination agrees for every domain.
func (d *Destination) forAll() bool {
	return d.Wildcard != nil && len(d.Agreed) > 0 && len(newStep("", d.Wildcard).Records) > 0
}

// inherited is a record that news.example.com gets its policy from.
func inherited(rua string) lint.Example {
	return lint.Example{Zone: "_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@" + rua + "\"\nnews A 192.0.2.1\n@ MX 10 mx\nexample.net. MX 10 mx\n" +
		"example.com._report._dmarc.example.net. TXT \"v=DMARC1\"", Args: []string{"dmarc", "news.example.com"}}
}

var authorizedNames = destinationRule(lint.Doc{
	ID: "dmarc-report-authorized-names", Severity: lint.Notice,
	Title: "Name under which a destination agrees",
	Why: "The destination agrees for the name where the record stands. A record of consent that is made from the name in the From field is never asked for. " +
		"It is not told of destinations that agree for every domain.",
	Ref:  "RFC 9990, Section 4",
	Bad:  inherited("example.net"),
	Good: inherited("example.com"),
}, func(f *Facts, d *Destination) (message, hint string) {
	if !d.Foreign || !f.Inherited() || d.Name == "" || d.forAll() {
		return "", ""
	}
	return fmt.Sprintf("the record of %s serves %s, and %s is asked for its consent at %s", f.RecordDomain, f.Domain, d.URI.Host, d.Name), ""
})
