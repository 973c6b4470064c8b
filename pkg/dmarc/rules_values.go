package dmarc

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// valueRules judge single values, and the tags that RFC 9989 has removed.
func valueRules() []rule {
	return []rule{
		adkimInvalid, aspfInvalid, tInvalid, psdInvalid, alignmentStrict,
		removedPct, removed("rf"), removed("ri"), pctNot100, pctZero, pctInvalid,
	}
}

// valueInvalid makes a rule about a tag with few values.
func valueInvalid(name string, doc lint.Doc) rule {
	doc.ID, doc.Ref = "dmarc-"+name+"-invalid", "RFC 9989, Section 4.7"
	allowed := strings.Join(values[name], ", ")
	doc.Title = fmt.Sprintf("%s is none of %s", name, allowed)
	doc.Bad, doc.Good = example("v=DMARC1; p=reject; "+name+"=maybe"), example("v=DMARC1; p=reject; "+name+"="+values[name][0])
	return tagRule(name, doc, func(_ *Record, t *Tag, report lint.ReportFunc) {
		if t.Err == ErrValue && !glued(t) {
			report(lint.Finding{Span: t.Span, Hint: "Write one of " + allowed + ", or leave the tag out.",
				Message: fmt.Sprintf("%q is no value of %s: receivers take %s", t.Value.Text(), name, values[name][0])})
		}
	})
}

var (
	adkimInvalid = valueInvalid("adkim", lint.Doc{Severity: lint.Warning, Why: "Receivers take the default, relaxed alignment, for a value they do not know."})
	aspfInvalid  = valueInvalid("aspf", lint.Doc{Severity: lint.Warning, Why: "Receivers take the default, relaxed alignment, for a value they do not know."})
	tInvalid     = valueInvalid("t", lint.Doc{Severity: lint.Error, Why: "Receivers take the default, n, for a value they do not know: the policy applies in full although a test may have been meant."})
	psdInvalid   = valueInvalid("psd", lint.Doc{Severity: lint.Error, Why: "Receivers take the default, u, for a value they do not know, so the Organizational Domain may be another than was meant."})
)

var alignmentStrict = recordRule(lint.Doc{
	ID: "dmarc-alignment-strict", Severity: lint.Notice,
	Title: "Strict alignment",
	Why:   "Only the very domain of the From address counts, no other name of the organization: a bounce address or a signature in a subdomain does not help a message to pass.",
	Ref:   "RFC 9989, Section 4.4",
	Bad:   example("v=DMARC1; p=reject; adkim=s"),
	Good:  example("v=DMARC1; p=reject; adkim=r"),
}, func(f *Facts, report lint.ReportFunc) {
	for _, tag := range [...]struct{ name, mechanism string }{{"adkim", "DKIM"}, {"aspf", "SPF"}} {
		if f.Record.alignment(tag.name) == Strict {
			report(lint.Finding{Span: f.Record.Tag(tag.name).Span, Message: "names above and below the From domain do not count for " + tag.mechanism, Hint: "Make sure that every sender uses the exact domain, or leave the tag out."})
		}
	}
})

var removedPct = tagRule("pct", lint.Doc{
	ID: "dmarc-removed-tag-pct", Severity: lint.Notice,
	Title: "pct=100 says nothing any more",
	Why:   "RFC 9989 has removed pct; 100 always was the default.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; pct=100"),
	Good:  example("v=DMARC1; p=reject"),
}, func(_ *Record, t *Tag, report lint.ReportFunc) {
	if n, err := strconv.Atoi(t.Value.Text()); err == nil && n == 100 {
		report(lint.Finding{Span: t.Span, Fix: removal(t), Message: "pct was removed, and 100 was its default"})
	}
})

// removed makes the rule about a tag that says nothing to anybody.
func removed(name string) rule {
	return tagRule(name, lint.Doc{
		ID: "dmarc-removed-tag-" + name, Severity: lint.Notice,
		Title: name + " was removed",
		Why:   "RFC 9989 has removed the tag; older receivers send the same reports once a day whatever it says.",
		Ref:   "RFC 9989, Section 4.7",
		Bad:   example("v=DMARC1; p=reject; " + name + "=1"),
		Good:  example("v=DMARC1; p=reject"),
	}, func(_ *Record, t *Tag, report lint.ReportFunc) {
		report(lint.Finding{Span: t.Span, Fix: removal(t), Message: fmt.Sprintf("%s was removed, receivers ignore it", name)})
	})
}

var pctNot100 = tagRule("pct", lint.Doc{
	ID: "dmarc-pct-not-100", Severity: lint.Warning,
	Title: "pct for a part of the mail",
	Why:   "RFC 9989 has removed pct: new receivers apply the policy to all mail, older ones to a part of it.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; pct=50"),
	Good:  example("v=DMARC1; p=reject; t=y; pct=0"),
}, func(_ *Record, t *Tag, report lint.ReportFunc) {
	if n, err := strconv.Atoi(t.Value.Text()); err == nil && n > 0 && n < 100 {
		report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("new receivers apply the policy to all mail, older ones to %d percent of it", n),
			Hint: "Leave pct out; for a test use t=y, and beside it pct=0 for older receivers."})
	}
})

var pctZero = tagRule("pct", lint.Doc{
	ID: "dmarc-pct-zero", Severity: lint.Warning,
	Title: "pct=0 no longer means a test",
	Why:   "RFC 9989 has removed pct: new receivers apply the policy in full. t=y says the same to them; beside t=y, pct=0 is right for older receivers, and only a notice.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; pct=0"),
	Good:  example("v=DMARC1; p=reject; t=y"),
}, func(r *Record, t *Tag, report lint.ReportFunc) {
	if n, err := strconv.Atoi(t.Value.Text()); err != nil || n != 0 {
		return
	}
	if r.Testing {
		report(lint.Finding{Span: t.Span, Severity: lint.Notice, Message: "pct=0 speaks to older receivers only, t=y to new ones", Hint: "Take both out when the test is over."})
		return
	}
	report(lint.Finding{Span: t.Span, Fix: lint.Replace(t.Span, "t=y; pct=0"), Message: "new receivers ignore pct=0 and apply the policy in full"})
})

var pctInvalid = tagRule("pct", lint.Doc{
	ID: "dmarc-pct-invalid", Severity: lint.Warning,
	Title: "pct is not a number from 0 to 100",
	Why:   "New receivers ignore pct whatever it says, older ones take 100 or give up on the record.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; pct=all"),
	Good:  example("v=DMARC1; p=reject"),
}, func(_ *Record, t *Tag, report lint.ReportFunc) {
	if n, err := strconv.Atoi(t.Value.Text()); (err != nil || n < 0 || n > 100) && !glued(t) {
		report(lint.Finding{Span: t.Span, Fix: removal(t), Message: fmt.Sprintf("%q is not a number from 0 to 100", t.Value.Text())})
	}
})
