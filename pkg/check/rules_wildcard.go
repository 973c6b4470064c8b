package check

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

var wildcardText = crossRule{
	Doc: lint.Doc{
		ID: "dns-wildcard-txt", Severity: lint.Notice,
		Title: "Wildcard with a text",
		Why: "The text stands at _dmarc, at every selector or at all other names that have no records, so that something is there proves nothing. " +
			"It is not told of v=spf1 -all and of a revoked key, which belong there, and only where an answer that is needed anyway, or a file, shows the wildcard.",
		Ref:  "RFC 8552, Section 1.4",
		Bad:  lint.Example{Zone: "* TXT \"verification=1\"\n@ TXT \"v=spf1 -all\"", Args: []string{"check", "example.com"}},
		Good: lint.Example{Zone: "* TXT \"v=spf1 -all\"\n*._domainkey TXT \"v=DKIM1; p=\"\n@ TXT \"v=spf1 mx -all\"", Args: []string{"check", "example.com"}},
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		for _, w := range f.wildcards() {
			for _, rr := range w.reply.Answer.Records {
				if !f.belongs(rr.Source) {
					found(lint.Finding{Span: w.reply.Place(rr), Hint: "Publish the text at the names that need it.",
						Message: fmt.Sprintf("the text stands at every name below %s that has no records", w.above)})
					return
				}
			}
		}
	},
}

// wildcard is an answer about a name below another that has no records of its own.
type wildcard struct {
	above string
	reply *lookup.Reply
}

// wildcards returns what is known of wildcards below the domain and below its keys.
func (f *CrossFacts) wildcards() []wildcard {
	var list []wildcard
	for _, reply := range [...]*lookup.Reply{f.SPF.Wildcard, f.DMARC.Wildcard} {
		if reply != nil {
			list = append(list, wildcard{f.SPF.Domain, reply})
		}
	}
	for i := range f.DKIM.Selectors {
		if s := &f.DKIM.Selectors[i]; s.Name == "*" && s.Reply != nil {
			list = append(list, wildcard{"_domainkey." + f.SPF.Domain, s.Reply})
		}
	}
	return list
}

// belongs reports whether a text is one that a wildcard should have, or one of which
// another rule speaks.
func (f *CrossFacts) belongs(source *lint.Source) bool {
	if root := f.SPF.Root.Record; root != nil && root.Source.Text == source.Text {
		return true
	}
	return spf.Parse(source).Nobody() || dkim.Parse(source).Is(dkim.ErrRevoked)
}
