package check

import (
	"cmp"
	"context"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// SPFRecord names a record: one that is published, or one that is given.
type SPFRecord struct {
	Domain string       // where it is or would be published; empty for a text: not known
	Text   *lint.Source // nil: what is published
	Zone   *lookup.Zone // laid over what is published; nil: nothing is
}

// gather looks the record up with all that it refers to.
func (q SPFRecord) gather(ctx context.Context, r lookup.Resolver) *spf.Facts {
	if q.Zone != nil {
		r = lookup.NewOverlay(q.Zone, r)
	}
	if q.Text == nil {
		return spf.Inspect(ctx, r, q.Domain, spf.Options{})
	}
	return spf.InspectRecord(ctx, r, q.Domain, q.Text)
}

// FlattenRequest says which record to flatten.
type FlattenRequest struct {
	Domain string    // where the result is to be published
	Source SPFRecord // the record with its includes; its zero value: what is published at Domain
	Max    int       // lookups aimed at; 0: what the standard allows
	Check  bool      // compare the source with what is published
}

// Flatten looks for a record with fewer lookups and the same meaning.
func Flatten(ctx context.Context, r lookup.Resolver, q FlattenRequest, o Options) *report.Report {
	source := q.Source
	source.Domain = cmp.Or(source.Domain, q.Domain)
	flat := spf.Flatten(source.gather(ctx, r), spf.FlattenOptions{Max: q.Max, Domain: q.Domain})
	if q.Check {
		flat.Published = spf.Compare(flat.Source, flat.Source.Meant(), spf.Inspect(ctx, r, q.Domain, spf.Options{}))
	}
	results := report.Results{Flattening: flat}
	return o.judge(&report.Report{Target: flat.Domain, Kind: report.Domain, Results: results}, findings(results), fit)
}

// DiffRequest says which records to compare.
type DiffRequest struct {
	From, To SPFRecord
	Keep     bool // what the first one passes, the second one must pass
}

// Diff compares what two records authorize.
func Diff(ctx context.Context, r lookup.Resolver, q DiffRequest, o Options) *report.Report {
	from, to := q.From.gather(ctx, r), q.To.gather(ctx, r)
	d := spf.Compare(from, from.Networks(), to)
	d.Keep = q.Keep
	results := report.Results{Difference: d}
	target := cmp.Or(to.Domain, from.Domain, "text")
	return o.judge(&report.Report{Target: target, Kind: report.Domain, Results: results}, findings(results), fit)
}
