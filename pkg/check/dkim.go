package check

import (
	"context"
	"fmt"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// DKIMRequest says which keys to look at.
type DKIMRequest struct {
	Domain    string
	Selectors []string         // empty: those that are well known
	Private   *dkim.PrivateKey // to compare with; nil: none
}

// DKIM looks up the keys of a domain and judges them.
func DKIM(ctx context.Context, r lookup.Resolver, q DKIMRequest, o Options) *report.Report {
	facts := dkim.Inspect(ctx, r, q.Domain, dkim.Options{Selectors: q.Selectors, Private: q.Private})
	results := report.Results{DKIM: facts}
	return o.judge(&report.Report{Target: facts.Domain, Kind: report.Domain, Results: results}, findings(results), fit)
}

// DKIMText judges a key record that is not published, without asking anything.
func DKIMText(source *lint.Source, o Options) *report.Report {
	results := report.Results{DKIM: dkim.InspectText(source)}
	return o.judge(&report.Report{Target: "text", Kind: report.Text, Results: results}, findings(results), fitKey)
}

// fitKey reports whether a corrected text is a usable key record.
func fitKey(c lint.Correction) bool { return dkim.Parse(lint.NewSource("", c.Record)).Err() == nil }

// uncheckedDKIM lists what nobody could ask: only mail tells which selectors there
// are (RFC 6376, Section 3.6.2.1).
func uncheckedDKIM(f *dkim.Facts) []report.Question {
	if f.Named || f.NoKeys() {
		return nil
	}
	q := report.Question{Question: "DKIM keys of " + f.Domain, Settle: report.Command("authcheck", "dkim", f.Domain, "--selector", "SELECTOR")}
	failed, tried := f.Unanswered(), len(f.Tried)
	switch {
	case len(f.Selectors) > 0:
		q.Question = "other " + q.Question
		q.Reason = "no selector was named, and only well-known ones were tried"
		if failed > 0 {
			q.Reason += fmt.Sprintf("; %d of them got no answer", failed)
		}
	case failed == 0:
		q.Reason = fmt.Sprintf("no selector was named, and of %d well-known ones none has a key", tried)
	case failed == tried:
		q.Reason = fmt.Sprintf("no selector was named, and none of %d well-known ones got an answer", tried)
	default:
		q.Reason = fmt.Sprintf("no selector was named; of %d well-known ones %d got no answer, the others have no key", tried, failed)
	}
	return []report.Question{q}
}
