package dmarc

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// organizationRules judge what the record means for the names around the domain.
func organizationRules() []rule {
	return []rule{onPublicSuffix, notSuffix, cutsOff, differs, depth, shadowed, weakerThanParent, onSubdomain}
}

var onPublicSuffix = rule{
	Doc: lint.Doc{
		ID: "dmarc-record-on-public-suffix", Severity: lint.Warning,
		Title: "Record of a public suffix without psd=y",
		Why: "Names under a public suffix belong to different people. Without psd=y the suffix counts as the Organizational Domain of " +
			"all of them, unless they say psd=n themselves, so they are aligned with each other.",
		Ref:  "RFC 9989, Section 5.2",
		Bad:  zone("_dmarc TXT \"v=DMARC1; p=reject\"\n_dmarc.com. TXT \"v=DMARC1; p=none\""),
		Good: zone("_dmarc TXT \"v=DMARC1; p=reject\"\n_dmarc.com. TXT \"v=DMARC1; p=none; psd=y\""),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Tree == nil {
			return
		}
		for i := range f.Tree.Steps {
			s := &f.Tree.Steps[i]
			if suffix, listed := f.Suffixes.Suffix(s.Domain); s.Err != nil || s.Record().PSD != 'u' || !listed || suffix != s.Domain {
				continue
			}
			hint := "Publish a record with psd=n at your own Organizational Domain."
			if s.Domain == f.Domain {
				hint = "Add psd=y."
			}
			report(lint.Finding{Span: s.Record().Source.Whole(), Message: fmt.Sprintf("%s is a public suffix and its record has no psd=y", s.Domain), Hint: hint})
		}
	},
}

var notSuffix = psdRule('y', lint.Doc{
	ID: "dmarc-psd-y-not-suffix", Severity: lint.Error,
	Title: "psd=y at a domain that is no public suffix",
	Why:   "psd=y says that the names below belong to others: every one of them becomes an organization of its own, so that mail of subdomains is not aligned with the domain.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; psd=y"),
	Good:  example("v=DMARC1; p=reject"),
}, func(f *Facts, t *Tag, report lint.ReportFunc) {
	if suffix, _ := f.Suffixes.Suffix(f.RecordDomain); f.RecordDomain != "" && suffix != f.RecordDomain {
		report(lint.Finding{Span: t.Span, Fix: removal(t), Message: f.RecordDomain + " is not on the Public Suffix List"})
	}
})

var cutsOff = psdRule('n', lint.Doc{
	ID: "dmarc-psd-n-changes-org", Severity: lint.Warning,
	Title: "psd=n cuts the domain off from its parent",
	Why:   "The domain becomes an organization of its own: mail signed by the parent, or sent with its MAIL FROM, is no longer aligned. Often that is what is wanted.",
	Ref:   "RFC 9989, Section 4.10.2",
	Bad:   lint.Example{Zone: `_dmarc.unit TXT "v=DMARC1; p=reject; psd=n"`, Args: []string{"dmarc", "unit.example.com"}},
	Good:  example("v=DMARC1; p=reject; psd=n"),
}, func(f *Facts, t *Tag, report lint.ReportFunc) {
	if f.RecordDomain == "" {
		return
	}
	if org := f.Suffixes.Organizational(f.RecordDomain); org != f.RecordDomain {
		report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%s is cut off from %s", f.RecordDomain, org), Hint: "Leave psd out if the two belong together."})
	}
})

// psdRule makes a rule about a record whose psd has a value.
func psdRule(value byte, doc lint.Doc, judge func(f *Facts, t *Tag, report lint.ReportFunc)) rule {
	return recordRule(doc, func(f *Facts, report lint.ReportFunc) {
		if t := f.Record.Tag("psd"); t != nil && f.Record.PSD == value {
			judge(f, t, report)
		}
	})
}

var differs = rule{
	Doc: lint.Doc{
		ID: "dmarc-org-domain-psl-differs", Severity: lint.Warning,
		Title: "Old and new receivers see different organizations",
		Why: "Receivers that keep to RFC 7489 find the Organizational Domain by the Public Suffix List, those that keep to RFC 9989 by " +
			"the records of the names above. Where the two differ the same message can pass here and fail there.",
		Ref:  "RFC 9989, Section 4.10.2",
		Bad:  lint.Example{Zone: `_dmarc.mail TXT "v=DMARC1; p=reject"`, Args: []string{"dmarc", "mail.example.com"}},
		Good: lint.Example{Zone: "_dmarc.mail TXT \"v=DMARC1; p=reject\"\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"dmarc", "mail.example.com"}},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Tree == nil || !f.Tree.found() {
			return
		}
		list := f.Suffixes.Organizational(f.Domain)
		if walk, err := f.Tree.Org(); err == nil && walk != list {
			report(lint.Finding{Span: place(f.Domain), Message: fmt.Sprintf("the Organizational Domain of %s is %s by the tree walk, %s by the Public Suffix List", f.Domain, walk, list),
				Hint: fmt.Sprintf("Publish a record at _dmarc.%s if that is the organization.", list)})
		}
	},
}

var depth = rule{
	Doc: lint.Doc{
		ID: "dmarc-tree-walk-depth", Severity: lint.Notice,
		Title: "Name with so many labels that some are never asked about",
		Why:   "After the name itself the search goes on with its last seven labels; records between are never found. Such a name needs a record of its own.",
		Ref:   "RFC 9989, Section 4.10",
		Bad:   lint.Example{Zone: `_dmarc TXT "v=DMARC1; p=reject"`, Args: []string{"dmarc", "a.b.c.d.e.f.g.example.com"}},
		Good:  lint.Example{Zone: `_dmarc TXT "v=DMARC1; p=reject"`, Args: []string{"dmarc", "b.c.d.e.f.g.example.com"}},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Tree != nil && f.Tree.TooLong() {
			report(lint.Finding{Span: place(f.Domain), Message: fmt.Sprintf("%s has %d labels; only these names are asked about: %s",
				f.Domain, len(ancestors(f.Domain))+1, strings.Join(walkNames(f.Domain), ", ")), Hint: "Publish a record at the exact name."})
		}
	},
}

var shadowed = rule{
	Doc: lint.Doc{
		ID: "dmarc-subdomain-record-shadowed", Severity: lint.Warning,
		Title: "Record between the domain and its Organizational Domain does not apply",
		Why: "A domain without a record gets the policy of its Organizational Domain; a record between the two is for its own name " +
			"alone. It is a warning where that record asks for more than what applies, else a notice.",
		Ref:  "RFC 9989, Section 4.10.1",
		Bad:  lint.Example{Zone: "_dmarc.b TXT \"v=DMARC1; p=reject\"\n_dmarc TXT \"v=DMARC1; p=none\"", Args: []string{"dmarc", "a.b.example.com"}},
		Good: lint.Example{Zone: `_dmarc TXT "v=DMARC1; p=none"`, Args: []string{"dmarc", "a.b.example.com"}},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if !f.owned() || f.Tree == nil {
			return
		}
		for i := range f.Tree.Steps {
			s := &f.Tree.Steps[i]
			if s.Err != nil || s.Domain == f.Domain || !within(s.Domain, f.OrgDomain) || s.Domain == f.OrgDomain || !f.Inherited() {
				continue
			}
			found := lint.Finding{Span: s.Record().Source.Whole(), Severity: lint.Notice, Hint: fmt.Sprintf("Publish a record at _dmarc.%s if it shall have this policy.", f.Domain),
				Message: fmt.Sprintf("the record of %s does not apply to %s, that of %s does", s.Domain, f.Domain, f.RecordDomain)}
			if f.Policy().Weaker(s.Record().Subdomain()) {
				found.Severity = lint.Warning
			}
			report(found)
		}
	},
}

var weakerThanParent = recordRule(lint.Doc{
	ID: "dmarc-existing-subdomain-record", Severity: lint.Notice,
	Title: "Subdomain asks for less than it would inherit",
	Why: "A record of its own takes the place of the policy that the Organizational Domain has for its subdomains. Often that is a step of a " +
		"roll-out, sometimes it was forgotten.",
	Ref:  "RFC 9989, Section 4.10.1",
	Bad:  lint.Example{Zone: "_dmarc.mail TXT \"v=DMARC1; p=none\"\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"dmarc", "mail.example.com"}},
	Good: lint.Example{Zone: "_dmarc.mail TXT \"v=DMARC1; p=reject\"\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"dmarc", "mail.example.com"}},
}, func(f *Facts, report lint.ReportFunc) {
	if f.Tree == nil || f.Inherited() || f.OrgErr != nil || f.OrgDomain == f.Domain || !f.asProposed() {
		return
	}
	if s := f.Tree.at(f.OrgDomain); s != nil && s.Err == nil && f.Policy().Weaker(s.Record().Subdomain()) {
		report(lint.Finding{Span: f.policySpan(), Message: fmt.Sprintf("without this record %s would have the policy %s of %s", f.Domain, s.Record().Subdomain(), f.OrgDomain),
			Hint: "Delete the record when the mail of the subdomain passes."})
	}
})

var onSubdomain = recordRule(lint.Doc{
	ID: "dmarc-sp-on-subdomain", Severity: lint.Notice,
	Title: "Policy for subdomains at a name that has none of its own",
	Why:   "sp and np count only in the record of an Organizational Domain; names below a subdomain get their policy from there.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   lint.Example{Zone: "_dmarc.mail TXT \"v=DMARC1; p=reject; sp=none\"\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"dmarc", "mail.example.com"}},
	Good:  lint.Example{Zone: "_dmarc.mail TXT \"v=DMARC1; p=reject\"\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"dmarc", "mail.example.com"}},
}, func(f *Facts, report lint.ReportFunc) {
	if f.Domain == "" || f.RecordDomain == f.OrgDomain || f.OrgErr != nil {
		return
	}
	for _, name := range [...]string{"sp", "np"} {
		if t := f.Record.Tag(name); t != nil {
			report(lint.Finding{Span: t.Span, Fix: removal(t), Message: fmt.Sprintf("%q is ignored: %s is below the Organizational Domain %s", t.Span.Text(), f.RecordDomain, f.OrgDomain)})
		}
	}
})
