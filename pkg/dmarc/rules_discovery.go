package dmarc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

func discoveryRules() []rule { return []rule{missing, multipleRecords, unrelated, misplaced} }

var missing = rule{
	Doc: lint.Doc{
		ID: "dmarc-missing", Severity: lint.Error, Reason: ErrNoRecord,
		Title: "No DMARC record applies",
		Why: "Without a record at the domain or its Organizational Domain nothing tells receivers what to do with forged mail, and " +
			"large ones refuse or junk bulk mail of such domains.",
		Ref:  "RFC 9989, Section 4.10.1",
		Bad:  zone(`@ TXT "v=spf1 -all"`),
		Good: example("v=DMARC1; p=reject; rua=mailto:dmarc@example.com"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Err != ErrNoRecord || f.almost() || f.dangling() {
			return
		}
		if f.Text != nil {
			found := lint.Finding{Span: f.Text.Whole(), Message: "receivers do not take this text for a DMARC record: it does not start with v=DMARC1",
				Hint: `Start it with "v=DMARC1;" and a policy such as p=none.`}
			if Intended(f.Text.Text).P != "" {
				found.Hint = `Start it with "v=DMARC1;".`
			}
			report(found)
			return
		}
		report(lint.Finding{Span: place(f.Domain), Message: fmt.Sprintf("no DMARC record applies to %s", f.Domain),
			Hint: fmt.Sprintf(`Publish a TXT record at _dmarc.%s: "v=DMARC1; p=none; rua=mailto:ADDRESS" to begin with, p=quarantine or p=reject once the reports show that all your mail passes.`, f.Suffixes.Organizational(f.Domain))})
	},
}

// dangling reports whether a name that was asked about is an alias of nothing,
// which says why there is no record.
func (f *Facts) dangling() bool {
	return slices.ContainsFunc(f.Own(), func(r lookup.Reply) bool { return r.Answer.NXDomain && len(r.Answer.Chain) > 0 })
}

var multipleRecords = rule{
	Doc: lint.Doc{
		ID: "dmarc-multiple-records", Severity: lint.Error, Reason: ErrMultipleRecords,
		Title: "More than one DMARC record",
		Why: "All records of a name are discarded if there is more than one, even if they are the same. The search goes on at the " +
			"names above; receivers that keep to RFC 7489 stop and apply nothing.",
		Ref:  "RFC 9989, Section 4.10",
		Bad:  zone("_dmarc TXT \"v=DMARC1; p=reject\"\n_dmarc TXT \"v=DMARC1; p=none\""),
		Good: example("v=DMARC1; p=reject"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.own(func(s *Step) {
			if s.Err == ErrMultipleRecords {
				report(lint.Finding{Span: s.Records[1].Source.Whole(), Hint: "Keep one record and delete the others.",
					Message: fmt.Sprintf("_dmarc.%s has %d DMARC records, so none of them counts", s.Domain, len(s.Records))})
			}
		})
	},
}

// others holds the version tags of records that belong at other names.
var others = [...]string{"v=spf1", "v=dkim1", "v=stsv1", "v=tlsrptv1", "v=bimi1"}

// foreignRecord returns the version tag of another protocol that a text starts
// with, "" for any other text.
func foreignRecord(text string) string {
	for _, other := range others {
		if len(text) >= len(other) && strings.EqualFold(text[:len(other)], other) {
			return text[:len(other)]
		}
	}
	return ""
}

var unrelated = rule{
	Doc: lint.Doc{
		ID: "txt-unrelated-at-special-name", Severity: lint.Notice,
		Title: "Text that is no DMARC record stands beside it",
		Why:   "The name _dmarc is for DMARC records; receivers discard anything else there. Often the text was meant for another name.",
		Ref:   "RFC 8552, Section 1.4",
		Bad:   zone("_dmarc TXT \"v=DMARC1; p=reject\"\n_dmarc TXT \"some-verification=1\""),
		Good:  example("v=DMARC1; p=reject"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.ignored(func(source *lint.Source) {
			if f.Text == nil && nearMiss(source.Text) == nil && foreignRecord(source.Text) == "" {
				report(lint.Finding{Span: source.Whole(), Message: "no DMARC record; nobody reads it here", Hint: "Move it to the name where it belongs, or delete it."})
			}
		})
	},
}

var misplaced = rule{
	Doc: lint.Doc{
		ID: "txt-misplaced-record", Severity: lint.Warning,
		Title: "Record of another protocol at the name for DMARC",
		Why:   "Every protocol looks for its records at a name of its own. Here nobody reads this one.",
		Ref:   "RFC 8552, Section 1.1",
		Bad:   zone("_dmarc TXT \"v=DMARC1; p=reject\"\n_dmarc TXT \"v=spf1 -all\""),
		Good:  zone("_dmarc TXT \"v=DMARC1; p=reject\"\n@ TXT \"v=spf1 -all\""),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.ignored(func(source *lint.Source) {
			if other := foreignRecord(source.Text); other != "" && f.Text == nil {
				report(lint.Finding{Span: source.Whole(), Message: fmt.Sprintf("%q has no effect at this name", other), Hint: "Move it to the name where it belongs, or delete it."})
			}
		})
	},
}
