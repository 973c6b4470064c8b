package check

import (
	"context"
	"time"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// DKIMRequest says which keys to look at.
type DKIMRequest struct {
	Domain    string
	Selectors []string          // empty: those that are well known
	Private   []dkim.PrivateKey // to compare with
	At        time.Time         // moment of the evaluation; zero: the age of keys is not judged
	MinBits   int               // that RSA keys shall have at least; 0: what receivers demand
}

// DKIM looks up the keys of a domain and judges them.
func DKIM(ctx context.Context, r lookup.Resolver, q DKIMRequest, o Options) *report.Report {
	facts := dkim.Inspect(ctx, r, q.Domain, dkim.Options{Selectors: q.Selectors, Private: q.Private, At: q.At, MinBits: q.MinBits})
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
	var open []report.Question
	for _, found := range lint.Run(openRules(), f) {
		open = append(open, report.Question{Question: found.Subject(), Reason: found.Message, Settle: found.Hint, Rule: found.RuleID})
	}
	return open
}
