package check

import (
	"slices"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// Options says how facts become a report. The zero value judges by the rules'
// own severities.
type Options struct {
	Config Config
	Settle string // command that asks open questions elsewhere; empty: none is known
}

// finish puts findings into a report: what reports a question without answer
// becomes an unknown, severities and ignores of the configuration are applied, and
// the documentation of the rules that fired is attached.
func (o Options) finish(r *report.Report, findings []lint.Finding) {
	fired := map[string]bool{}
	unanswered := map[string]bool{}
	docs := Docs()
	for _, doc := range docs {
		unanswered[doc.ID] = doc.Unanswered
	}
	for _, f := range findings {
		if unanswered[f.RuleID] {
			fired[f.RuleID] = true
			r.Unknown = append(r.Unknown, report.Question{Question: f.Subject(), Reason: f.Message, Settle: o.Settle, Rule: f.RuleID})
			continue
		}
		if o.Config.judge(&f) {
			fired[f.RuleID] = true
			r.Findings = append(r.Findings, f)
		}
	}
	lint.Sort(r.Findings)
	r.Corrected = lint.Correct(r.Findings)
	r.Rules = slices.DeleteFunc(docs, func(doc lint.Doc) bool { return !fired[doc.ID] })
}
