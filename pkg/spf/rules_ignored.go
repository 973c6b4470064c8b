package spf

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// The rules about records beside the SPF record that receivers do not read.

// discarded calls visit for every text that receivers do not take for SPF.
func (f *Facts) discarded(visit func(*lint.Source)) {
	for _, source := range f.Texts {
		if !hasVersion(source.Text) {
			visit(source)
		}
	}
}

var type99 = rule{
	Doc: lint.Doc{
		ID: "spf-type99-record", Severity: lint.Warning,
		Title: "Record of the historic type SPF",
		Why: "Receivers ask for TXT only. It is a notice where the text equals the TXT record; where it differs, old software " +
			"judges by another policy than everybody else.",
		Ref:  "RFC 7208, Section 3.1",
		Bad:  lint.Example{Zone: "@ TXT \"v=spf1 -all\"\n@ SPF \"v=spf1 mx -all\""},
		Good: lint.Example{Zone: `@ TXT "v=spf1 -all"`},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for i := range f.Type99 {
			source := f.Type99[i].Source
			found := lint.Finding{Span: source.Whole(), Message: "nobody asks for type SPF any more", Hint: "Delete it.", Severity: lint.Notice}
			switch {
			case f.Root.Err == ErrNoRecord:
				found.Severity, found.Message = lint.Warning, "the record is of the historic type SPF, which nobody asks for; there is no TXT record"
				found.Hint = "Publish it as TXT."
			case f.Root.Record == nil || f.Root.Record.Source.Text != source.Text:
				found.Severity, found.Message = lint.Warning, "a record of the historic type SPF differs from the TXT record"
			}
			report(found)
		}
	},
}

var senderID = rule{
	Doc: lint.Doc{
		ID: "spf-senderid-record", Severity: lint.Notice,
		Title: "Sender ID record",
		Why:   "spf2.0 records belong to Sender ID, which was given up; no receiver reads them, and they are not SPF records.",
		Ref:   "RFC 7208, Section 4.5",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 -all\"\n@ TXT \"spf2.0/pra -all\""},
		Good:  lint.Example{Zone: `@ TXT "v=spf1 -all"`},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.discarded(func(source *lint.Source) {
			if strings.HasPrefix(strings.ToLower(source.Text), "spf2.0/") {
				report(lint.Finding{Span: source.Whole(), Message: "a Sender ID record, which no receiver reads", Hint: "Delete it."})
			}
		})
	},
}

// elsewhere holds the version tags of records that belong at other names.
var elsewhere = map[string]string{
	"v=dmarc1": "_dmarc.%s", "v=stsv1": "_mta-sts.%s", "v=tlsrptv1": "_smtp._tls.%s",
	"v=bimi1": "default._bimi.%s", "v=dkim1": "SELECTOR._domainkey.%s",
}

// strangers finds such a tag at the start of a text, or behind the name that a record
// has in a zone file.
var strangers = regexp.MustCompile(`(?i)^(.*[ \t"'])?(v=(?:dmarc1|stsv1|tlsrptv1|bimi1|dkim1))`)

var noEffectAtApex = rule{
	Doc: lint.Doc{
		ID: "txt-record-at-apex-has-no-effect", Severity: lint.Warning,
		Title: "Record of another protocol stands at the domain itself",
		Why:   "DMARC, DKIM, MTA-STS, TLS-RPT and BIMI records are looked for at names of their own; at the domain itself nobody reads them.",
		Ref:   "RFC 8552, Section 1.1",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 -all\"\n@ TXT \"v=DMARC1; p=reject\""},
		Good:  lint.Example{Zone: "@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\""},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Domain == "" || strings.HasPrefix(f.Domain, "_") {
			return
		}
		f.discarded(func(source *lint.Source) {
			m := strangers.FindStringSubmatch(strings.TrimSpace(source.Text))
			if m == nil {
				return
			}
			found := lint.Finding{Span: source.Whole(), Message: fmt.Sprintf("%q has no effect at %s", m[2], f.Domain),
				Hint: "Publish it at " + fmt.Sprintf(elsewhere[strings.ToLower(m[2])], f.Domain) + " instead."}
			if m[1] != "" {
				found.Hint = strings.TrimSuffix(found.Hint, ".") + ", without what stands before the version."
			}
			report(found)
		})
	},
}
