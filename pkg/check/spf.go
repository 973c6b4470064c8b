package check

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// SPF looks up the record of a domain with all that it refers to, judges it, and
// gives the verdict for each client asked about. zone, which may be nil, is the
// offline data that records of the historic type SPF are read from.
func SPF(ctx context.Context, r lookup.Resolver, zone *lookup.Zone, domain string, queries []spf.Query, o Options) *report.Report {
	facts := spf.Inspect(ctx, r, domain, spf.Options{Queries: queries})
	if zone != nil {
		if answer, err := zone.Query(ctx, domain, lookup.TypeSPF); err == nil {
			facts.Type99 = answer.Records
		}
	}
	return o.judgeSPF(&report.Report{Target: domain, Kind: report.Domain}, facts)
}

// SPFText judges a record that is not published, without asking anything.
func SPFText(source *lint.Source, o Options) *report.Report {
	return o.judgeSPF(&report.Report{Target: "text", Kind: report.Text}, spf.InspectText("", source))
}

func (o Options) judgeSPF(r *report.Report, facts *spf.Facts) *report.Report {
	r.Results.SPF = facts
	r.Unchecked = uncheckedSPF(facts)
	o.finish(r, slices.Concat(lint.Run(lookup.Rules(), facts.Asked), lint.Run(spf.Rules(), facts)))
	// What is recommended for publishing has passed the same judgement.
	r.Corrected = slices.DeleteFunc(r.Corrected, func(c lint.Correction) bool {
		again := spf.InspectText(facts.Domain, lint.NewSource("", c.Record))
		return slices.ContainsFunc(lint.Run(spf.Rules(), again), func(f lint.Finding) bool { return f.Severity == lint.Error })
	})
	return r
}

// uncheckedSPF lists what nobody could ask.
func uncheckedSPF(f *spf.Facts) []report.Question {
	var open []report.Question
	verdict := len(f.Results) > 0
	if !verdict && f.Domain != "" && f.Root.Record != nil {
		open = append(open, report.Question{Question: "verdict for a client of " + f.Domain, Reason: "no client address was given",
			Settle: "authcheck spf " + f.Domain + " --ip ADDRESS"})
	}
	if f.MX != nil && f.MX.Err != nil {
		open = append(open, report.Question{Question: f.MX.Question.String(), Reason: "whether the domain takes mail: " + reason(f.MX.Err)})
	}
	for _, n := range f.Nodes {
		for _, b := range n.Branches {
			if b.Skipped == nil || b.Skipped == spf.ErrUnusableName || verdict && b.Skipped == spf.ErrNeedsClient {
				continue
			}
			q := report.Question{Question: b.Term.Text(), Reason: b.Skipped.Error()}
			if n.Domain != "" {
				q.Question += " in " + n.Domain
			}
			switch {
			case b.Skipped == spf.ErrNeedsClient && f.Domain != "":
				q.Settle = fmt.Sprintf("authcheck spf %s --ip ADDRESS --sender ADDRESS --helo NAME", f.Domain)
			case b.Term.Kind == spf.Include || b.Term.Kind == spf.Redirect:
				if b.Target != "" {
					q.Settle = "authcheck spf " + b.Target
				}
			}
			open = append(open, q)
		}
	}
	return open
}

// reason returns the word for a failed lookup.
func reason(err error) string {
	var failure *lookup.Error
	if errors.As(err, &failure) {
		return failure.Reason.Error()
	}
	return err.Error()
}
