package dmarc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// policyRules judge what the record asks for.
func policyRules() []rule {
	return []rule{
		pMissing, pNotSecond, policyInvalid("p"), policyInvalid("sp"), policyInvalid("np"),
		pNone, pNoneNoReports, pQuarantine, spWeaker, npWeaker, npMissing,
	}
}

var policyTags = []string{"p", "sp", "np"}

var pMissing = recordRule(lint.Doc{
	ID: "dmarc-p-missing", Severity: lint.Error,
	Title: "No policy",
	Why: "Without p the record acts as p=none at best. It is an error where there is no address for reports either: then receivers " +
		"do no DMARC processing. With one, or with P in capitals, it is a warning: receivers that keep to RFC 7489 want p, right behind the version.",
	Ref:  "RFC 9989, Section 4.10.1",
	Bad:  example("v=DMARC1; adkim=r"),
	Good: example("v=DMARC1; p=none; rua=mailto:dmarc@example.com"),
}, func(f *Facts, report lint.ReportFunc) {
	if f.Record.Tag("p") != nil {
		return
	}
	found := lint.Finding{Span: f.Record.Version, Fix: insertion(&f.Record.Tags[0], "p=none"), Message: "the record has no policy and no usable report address: receivers do no DMARC processing"}
	if usable(f.Record.RUA) {
		found.Severity, found.Message = lint.Warning, "the record has no policy: it acts as p=none"
	}
	if f.Record.meant("p") != nil {
		found.Severity = lint.Warning // the error is the name in capitals
	}
	// A broken p, such as p:reject, is for the rule about that; and who wrote of a
	// policy elsewhere did not mean none.
	if f.Record.meant("p") != nil || Intended(f.Record.Source.Text).P != "" || slices.ContainsFunc(f.Record.Tags, func(t Tag) bool { return t.Err != nil && strings.HasPrefix(t.Span.Text(), "p") }) {
		found.Fix, found.Hint = nil, "Write p=none, p=quarantine or p=reject."
	}
	if f.Text != nil && len(f.Record.Tags) == 1 { // RFC 9990, Section 4
		found.Fix, found.Hint = nil, "Add p=none, p=quarantine or p=reject. At NAME._report._dmarc the text is whole as it is: the consent to take reports about NAME."
	}
	report(found)
})

var pNotSecond = recordRule(lint.Doc{
	ID: "dmarc-p-not-second", Severity: lint.Notice,
	Title: "Policy does not stand right behind the version",
	Why:   "Any order is right today; RFC 7489 wanted p second, and some receivers still insist.",
	Ref:   "RFC 9989, Section 4.8",
	Bad:   example("v=DMARC1; adkim=r; p=reject"),
	Good:  example("v=DMARC1; p=reject; adkim=r"),
}, func(f *Facts, report lint.ReportFunc) {
	if t := f.Record.Tag("p"); t != nil && len(f.Record.Tags) > 1 && t != &f.Record.Tags[1] && t.Err == nil {
		rest := Parse(lint.NewSource("", removal(t).Record()))
		report(lint.Finding{Span: t.Span, Message: "p does not stand right behind the version", Fix: lint.Rewrite(f.Record.Source, insertion(&rest.Tags[0], t.Span.Text()).Record())})
	}
})

// policyInvalid makes the rule about one of the three policies.
func policyInvalid(name string) rule {
	bad := "v=DMARC1; p=reject; " + name + "=block"
	if name == "p" {
		bad = "v=DMARC1; p=block"
	}
	return tagRule(name, lint.Doc{
		ID: "dmarc-" + name + "-invalid", Severity: lint.Error,
		Title: name + " is not none, quarantine or reject",
		Why:   "One policy that is not valid makes the whole record act as p=none if it has an address for reports. If it has none, receivers do no DMARC processing.",
		Ref:   "RFC 9989, Section 4.10.1",
		Bad:   example(bad),
		Good:  example("v=DMARC1; p=reject; sp=reject; np=reject"),
	}, func(r *Record, t *Tag, report lint.ReportFunc) {
		if t.Err == nil || glued(t) {
			return
		}
		effect := "receivers do no DMARC processing"
		if usable(r.RUA) {
			effect = "the whole record acts as p=none"
		}
		report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q is no policy: %s", t.Value.Text(), effect), Hint: "Write " + name + "=none, " + name + "=quarantine or " + name + "=reject."})
	})
}

var pNone = recordRule(lint.Doc{
	ID: "dmarc-p-none", Severity: lint.Notice,
	Title: "Policy none: receivers only report",
	Why:   "Forged mail is delivered as if there were no DMARC. That is the right start: the reports show who sends in the domain's name.",
	Ref:   "RFC 9989, Section 5.4",
	Bad:   example("v=DMARC1; p=none; rua=mailto:dmarc@example.com"),
	Good:  example("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
}, func(f *Facts, report lint.ReportFunc) {
	if f.Policy() == None && usable(f.Record.RUA) && f.asProposed() {
		report(lint.Finding{Span: f.policySpan(), Message: "mail that fails is treated like any other",
			Hint: fmt.Sprintf("Move on to %s when the reports show that all your mail passes.", f.asking(Quarantine))})
	}
})

var pNoneNoReports = recordRule(lint.Doc{
	ID: "dmarc-p-none-no-rua", Severity: lint.Warning,
	Title: "Policy none without reports has no effect",
	Why:   "The record asks receivers for nothing and tells its owner nothing.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=none"),
	Good:  example("v=DMARC1; p=none; rua=mailto:dmarc@example.com"),
}, func(f *Facts, report lint.ReportFunc) {
	// What asks for something may be in force where the organization is not known.
	if asks := f.enforces() || f.OrgErr != nil && f.Record.enforces(); f.Policy() == None && !usable(f.Record.RUA) && !asks {
		report(lint.Finding{Span: f.policySpan(), Message: "the record asks for nothing and has no address for aggregate reports", Hint: "Add rua=mailto:ADDRESS, and read what arrives there."})
	}
})

var pQuarantine = recordRule(lint.Doc{
	ID: "dmarc-p-quarantine", Severity: lint.Notice,
	Title: "Policy quarantine, not reject",
	Why:   "Mail that fails is asked to be put aside. For a domain whose people write to mailing lists that is the recommended end; other domains can go on to reject.",
	Ref:   "RFC 9989, Section 7.4",
	Bad:   example("v=DMARC1; p=quarantine"),
	Good:  example("v=DMARC1; p=reject"),
}, func(f *Facts, report lint.ReportFunc) {
	if f.Policy() == Quarantine {
		report(lint.Finding{Span: f.policySpan(), Message: "mail that fails is put aside rather than refused", Hint: fmt.Sprintf("Use %s if nobody writes to mailing lists from the domain.", f.asking(Reject))})
	}
})

// asProposed reports whether the policies in force are those that were written.
func (f *Facts) asProposed() bool {
	return !slices.ContainsFunc(policyTags, func(name string) bool { t := f.Record.Tag(name); return t != nil && t.Err != nil }) && f.Record.Tag("p") != nil
}

// deciding returns the names of the tags that the policy for the domain is from; there
// are two where it makes no difference now whether the domain exists.
func (f *Facts) deciding() []string {
	first := func(names ...string) string {
		for _, name := range names {
			if f.Record.Tag(name) != nil {
				return name
			}
		}
		return "p"
	}
	switch p := f.Policies(); {
	case !f.Inherited():
		return []string{"p"}
	case p.NonExistent() == p.Subdomain() && f.Record.Tag("np") != nil:
		return []string{first("sp", "p"), "np"}
	case f.missing():
		return []string{first("np", "sp", "p")}
	}
	return []string{first("sp", "p")}
}

// asking returns the tags that would ask for a policy.
func (f *Facts) asking(p Policy) string {
	return strings.Join(f.deciding(), "="+string(p)+" and ") + "=" + string(p)
}

// policySpan returns where the policy that applies stands.
func (f *Facts) policySpan() lint.Span {
	if t := f.Record.Tag(f.deciding()[0]); t != nil && strings.EqualFold(t.Value.Text(), string(f.Policy())) {
		return t.Span
	}
	return f.Record.Version
}

// belowRule makes a rule about the policy of that tag for names below the record's
// own, where it is in force.
func belowRule(name string, doc lint.Doc, judge func(r *Record, t *Tag, report lint.ReportFunc)) rule {
	return recordRule(doc, func(f *Facts, report lint.ReportFunc) {
		if t := f.Record.Tag(name); t != nil && f.Covers() {
			judge(f.Record, t, report)
		}
	})
}

var spWeaker = belowRule("sp", lint.Doc{
	ID: "dmarc-sp-weaker", Severity: lint.Warning,
	Title: "Subdomains are less protected than the domain",
	Why:   "Who cannot forge the domain forges a name below it, which looks as good to most readers.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; sp=none"),
	Good:  example("v=DMARC1; p=reject; sp=reject"),
}, func(r *Record, t *Tag, report lint.ReportFunc) {
	if r.SP != "" && r.SP.Weaker(r.P) {
		report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q asks for less than p=%s", t.Span.Text(), r.P), Hint: "Leave sp out once the subdomains' mail passes."})
	}
})

var npWeaker = belowRule("np", lint.Doc{
	ID: "dmarc-np-weaker", Severity: lint.Warning,
	Title: "Names that do not exist are less protected than those that do",
	Why:   "Nobody sends mail from names that do not exist, so all such mail is forged.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; np=none"),
	Good:  example("v=DMARC1; p=none; np=reject; rua=mailto:dmarc@example.com"),
}, func(r *Record, t *Tag, report lint.ReportFunc) {
	if r.NP != "" && r.NP.Weaker(r.Subdomain()) {
		report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q asks for less than the %s of subdomains that exist", t.Span.Text(), r.Subdomain()), Fix: lint.Replace(t.Value, string(Reject))})
	}
})

var npMissing = recordRule(lint.Doc{
	ID: "dmarc-np-missing", Severity: lint.Notice,
	Title: "Names that do not exist could be rejected",
	Why:   "Nobody sends mail from names that do not exist; np=reject refuses it at no risk, whatever the other policies.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=none; rua=mailto:dmarc@example.com"),
	Good:  example("v=DMARC1; p=none; np=reject; rua=mailto:dmarc@example.com"),
}, func(f *Facts, report lint.ReportFunc) {
	r := f.Record
	if r.Tag("np") == nil && r.P != "" && r.Subdomain().Weaker(Reject) && f.Covers() {
		report(lint.Finding{Span: r.Version, Message: fmt.Sprintf("names that do not exist have the policy %s", r.Subdomain()), Fix: insertion(&r.Tags[len(r.Tags)-1], "np=reject")})
	}
})
