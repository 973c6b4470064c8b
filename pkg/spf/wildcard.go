package spf

import (
	"context"
	"fmt"
	"slices"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// wildcardOf returns the question about the wildcard below a domain, and whether the
// DNS can hold its name.
func wildcardOf(domain string) (lookup.Question, bool) {
	name, err := lookup.Canonical("*." + domain)
	return lookup.Question{Name: name, Type: lookup.TypeTXT}, err == nil
}

// readFiles looks for what costs nothing where files answer.
func (f *Facts) readFiles(ctx context.Context, zone *lookup.Zone) {
	if answer, err := zone.Query(ctx, f.Domain, lookup.TypeSPF); err == nil {
		f.Type99 = answer.Records
	}
	if q, possible := wildcardOf(f.Domain); possible && f.Wildcard == nil {
		if answer, err := zone.Query(ctx, q.Name, q.Type); err == nil {
			f.Wildcard = &lookup.Reply{Question: q, Answer: answer}
		}
	}
}

// Holds reports whether an answer holds an SPF record.
func Holds(answer lookup.Answer) bool {
	return slices.ContainsFunc(answer.Records, func(rr lookup.Record) bool { return hasVersion(rr.Source.Text) })
}

// Nobody reports whether the record says that nobody sends mail: it has no term but
// "-all".
func (r *Record) Nobody() bool {
	return len(r.Terms) == 1 && r.Terms[0].Err == nil && r.Terms[0].Kind == All && r.Terms[0].Qualifier == '-'
}

var sameForAll = rule{
	Doc: lint.Doc{
		ID: "spf-wildcard", Severity: lint.Notice,
		Title: "Wildcard with the same SPF record",
		Why: "Names below the domain that nobody made get the record, too, so its senders can use any of them, while names that exist are left out. " +
			"It is not told of v=spf1 -all, which keeps others from using such names. Files show the wildcard, the command spf asks for it, and check sees it where nothing stands below _domainkey.",
		Ref:  "RFC 7208, Section 3.5",
		Bad:  lint.Example{Zone: "@ TXT \"v=spf1 mx -all\"\n* TXT \"v=spf1 mx -all\""},
		Good: lint.Example{Zone: "@ TXT \"v=spf1 mx -all\"\n* TXT \"v=spf1 -all\""},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Wildcard == nil || f.Root.Record == nil || f.Root.Record.Nobody() {
			return
		}
		for _, rr := range f.Wildcard.Answer.Records {
			if rr.Source.Text == f.Root.Record.Source.Text {
				report(lint.Finding{Span: f.Wildcard.Place(rr), Message: fmt.Sprintf("names below %s that have no records get its SPF record", f.Domain),
					Hint: `Publish a record at each name that sends mail, and "v=spf1 -all" at the wildcard.`})
				return
			}
		}
	},
}
