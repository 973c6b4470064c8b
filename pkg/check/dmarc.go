package check

import (
	"context"
	"errors"
	"slices"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// DMARCRequest says which domain to look at and which message to judge.
type DMARCRequest struct {
	Domain   string          // Author Domain
	Results  dmarc.Results   // of a message; none: no verdict
	Standard dmarc.Standard  // empty: RFC 9989
	Suffixes *dmarc.Suffixes // nil: the built-in Public Suffix List
	Required []dmarc.Address // that rua shall name; none: no demand
}

// DMARC finds the record that applies to a domain, judges it and says what it
// makes of a message with these results.
func DMARC(ctx context.Context, r lookup.Resolver, q DMARCRequest, o Options) *report.Report {
	facts := dmarc.Inspect(ctx, r, q.Domain, dmarc.Options{Standard: q.Standard, Suffixes: q.Suffixes, Required: q.Required, Identifiers: q.Results.Domains()})
	results := report.Results{DMARC: facts}
	if len(q.Results.SPF)+len(q.Results.DKIM) > 0 {
		result := dmarc.Evaluate(facts, q.Results)
		results.DMARCResult = &result
	}
	return o.judge(&report.Report{Target: facts.Domain, Kind: report.Domain, Results: results}, findings(results), fit)
}

// DMARCText judges a record that is not published, without asking anything.
func DMARCText(source *lint.Source, o Options) *report.Report {
	results := report.Results{DMARC: dmarc.InspectText(source)}
	return o.judge(&report.Report{Target: "text", Kind: report.Text, Results: results}, findings(results), improvesDMARC)
}

// behind returns the question whose failure a verdict names: in the walk of an
// identifier it need not be among those of the record.
func behind(reason error) []lookup.Reply {
	failure, ok := errors.AsType[*lookup.Error](reason)
	if !ok {
		return nil
	}
	return []lookup.Reply{{Question: failure.Question, Err: failure}}
}

// improvesDMARC reports whether a corrected text is fit for publishing: judged
// alone it has no error, no warning but those that the owner alone can settle, and
// asks for no less than the text was meant to.
func improvesDMARC(c lint.Correction) bool {
	before := dmarc.InspectText(lint.NewSource("", c.Source.Text))
	after := dmarc.InspectText(lint.NewSource("", c.Record))
	for _, f := range lint.Run(dmarc.RecordRules(), after) {
		if f.Severity == lint.Error || f.Severity == lint.Warning && !choices[f.RuleID] {
			return false
		}
	}
	if after.Record == nil || after.Record.Testing && before.Record != nil && !before.Record.Testing {
		return false
	}
	now, meant := after.Policies(), dmarc.Intended(c.Source.Text)
	return !now.P.Weaker(meant.P) && !now.Subdomain().Weaker(meant.Subdomain()) && !now.NonExistent().Weaker(meant.NonExistent())
}

// choices are the warnings about what a record leaves out, or asks for on purpose.
var choices = map[string]bool{
	"dmarc-rua-missing": true, "dmarc-p-none-no-rua": true, "dmarc-sp-weaker": true, "dmarc-t-test-mode": true,
}

// uncheckedDMARC lists what nobody needed to know, or could ask.
func uncheckedDMARC(f *dmarc.Facts, asked []lookup.Reply) []report.Question {
	var open []report.Question
	if failure, ok := errors.AsType[*lookup.Error](f.OrgErr); ok {
		if !slices.ContainsFunc(asked, func(r lookup.Reply) bool { return r.Question == failure.Question }) {
			open = append(open, report.Question{Question: failure.Question.String(), Reason: "which name is the Organizational Domain: " + reason(failure)})
		}
	}
	for _, domain := range f.Skipped {
		open = append(open, report.Question{Question: "Organizational Domain of " + domain, Reason: dmarc.ErrTooManyIdentifiers.Error()})
	}
	return open
}
