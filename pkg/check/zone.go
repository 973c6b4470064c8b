package check

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// maxZoneNames is how many names with mail records are judged in one run.
const maxZoneNames = 100_000

// Zones judges master files that form one view of the DNS and returns a report for
// each. What lies outside of them is not checked.
func Zones(ctx context.Context, files []*lookup.File, o Options) []*report.Report {
	z := newZones(files)
	names := mailNames(files)
	for _, n := range names {
		z.names[n.name] = n
	}
	for _, n := range names[:min(len(names), maxZoneNames)] {
		z.judge(ctx, n)
	}
	reports := make([]*report.Report, len(files))
	for i, f := range files {
		r := z.reports[f.Name]
		for _, path := range f.Includes {
			r.Unchecked = append(r.Unchecked, report.Question{Question: "records of " + path, Reason: "$INCLUDE is not followed",
				Settle: report.Command("authcheck", "lint", "zone", f.Name, path)})
		}
		if len(names) > maxZoneNames {
			r.Unchecked = append(r.Unchecked, report.Question{Question: "all names with mail records", Reason: "there are too many of them"})
		}
		o.finish(r.Report, append(r.found, lint.Run(lookup.FileRules(), f)...))
		slices.SortStableFunc(r.Findings, byLine)
		r.Corrected = slices.DeleteFunc(r.Corrected, func(c lint.Correction) bool { return !fit(c) })
		reports[i] = r.Report
	}
	return reports
}

// registryless is a view in which the registries above the domains publish no DMARC
// policy, as long as the files do not say so: hardly any does, and what a domain
// without a policy of its own lacks must not hide behind the question.
type registryless struct{ *lookup.Zone }

func (v registryless) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	answer, err := v.Zone.Query(ctx, name, typ)
	if errors.Is(err, lookup.ErrOffline) && isRegistry(name) {
		return lookup.Answer{NXDomain: true}, nil
	}
	return answer, err
}

// isRegistry reports whether a name holds the DMARC policy of a public suffix.
func isRegistry(name string) bool {
	domain, ok := strings.CutPrefix(name, "_dmarc.")
	suffix, _ := (*dmarc.Suffixes)(nil).Suffix(domain)
	return ok && suffix == domain
}

// byLine orders findings of one file: harshest first, then as they stand in the file.
func byLine(a, b lint.Finding) int {
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Span.Position().Line, b.Span.Position().Line))
}

// zones is the state of one judgement of zone files.
type zones struct {
	view    registryless
	reports map[string]*zoneReport // by the name of the file
	names   map[string]*mailName
	first   map[string]*lint.Source // first record of each name
	cut     map[*lint.Source]bool   // texts that a comment cut off
	seen    map[fingerprint]bool    // findings, of which the judgement of another name may be the same
	open    map[string]bool         // questions
}

type zoneReport struct {
	*report.Report
	found []lint.Finding
}

func newZones(files []*lookup.File) *zones {
	z := &zones{
		view: registryless{lookup.View(files...)}, reports: map[string]*zoneReport{},
		names: map[string]*mailName{}, first: map[string]*lint.Source{}, cut: map[*lint.Source]bool{}, seen: map[fingerprint]bool{}, open: map[string]bool{},
	}
	for _, f := range files {
		z.reports[f.Name] = &zoneReport{Report: &report.Report{Target: f.Name, Kind: report.Zone, Results: report.Results{Zone: &report.ZoneFile{Records: len(f.Records)}}}}
		for _, rec := range f.Records {
			if z.first[rec.Name] == nil {
				z.first[rec.Name] = rec.Source
			}
		}
		for _, c := range f.Cut {
			z.cut[c.Source] = true
		}
	}
	return z
}

// fingerprint tells findings apart.
type fingerprint struct {
	rule, subject, message string
	place                  lint.Position
	file                   string
}

// judge looks at a name with all that the files say about it.
func (z *zones) judge(ctx context.Context, n *mailName) {
	var results report.Results
	var found []lint.Finding
	if n.domain {
		q := DomainRequest{Target: Target{Domain: n.name, Selectors: n.selectors}, Zone: z.view.Zone}
		results = q.gather(ctx, z.view)
		found = slices.DeleteFunc(q.findings(results), func(f lint.Finding) bool { return z.settledAbove(n.name, f) })
	} else {
		results = n.gather(ctx, z.view)
		found = findings(results)
	}
	home := z.reports[z.near(n, n.name).File]
	home.Results.Zone.Names = append(home.Results.Zone.Names, n.name)
	replies := asked(results)
	for _, r := range replies {
		reason := "the name is not in these files"
		_, err := z.view.Zone.Query(ctx, r.Name, r.Type)
		if !errors.Is(err, lookup.ErrOffline) {
			continue
		}
		if isRegistry(r.Name) {
			reason += "; it is taken to have no record"
		}
		if q := r.Question.String(); !z.open[q] {
			z.open[q] = true
			home.Unchecked = append(home.Unchecked, report.Question{Question: q, Reason: reason, Settle: report.Command("authcheck", "check", n.name)})
		}
	}
	failed := lint.Run(lookup.FailureRules(), slices.DeleteFunc(replies, func(r lookup.Reply) bool { return errors.Is(r.Err, lookup.ErrOffline) }))
	z.add(append(failed, found...), n)
}

// settledAbove reports whether a domain above the name settles what a finding asks
// for: it has keys, which sign for the names below it as well, or is told itself to
// publish a policy for all of them.
func (z *zones) settledAbove(name string, f lint.Finding) bool {
	for _, name, more := strings.Cut(name, "."); more; _, name, more = strings.Cut(name, ".") {
		above := z.names[name]
		switch {
		case above == nil || !above.domain:
		case f.RuleID == "dmarc-missing":
			return true
		// RFC 9989, Section 4.4: identifiers are aligned where they share the organization.
		case f.RuleID == "dkim-domainkey-nxdomain" || f.RuleID == "spf-all-fail-without-dkim":
			return len(above.selectors) > 0
		}
	}
	return false
}

// add gives each finding to the report of its file. One without a text stands where
// the first record of its name does, or that of the domain.
func (z *zones) add(found []lint.Finding, n *mailName) {
	for _, f := range found {
		if f.Span.Source.File == "" {
			_, name, _ := strings.Cut(f.Subject(), " ")
			z.place(&f, z.near(n, name, n.name))
		}
		file := f.Span.Source.File
		if z.cut[f.Span.Source] {
			continue // what is left of the text is not what was meant
		}
		id := fingerprint{f.RuleID, f.Subject(), f.Message, f.Span.Position(), file}
		if !z.seen[id] {
			z.seen[id] = true
			z.reports[file].found = append(z.reports[file].found, f)
		}
	}
}

// place ties a finding about a record that is missing to the place of another.
func (z *zones) place(f *lint.Finding, near *lint.Source) {
	at := near.Position(0)
	source := lint.NewFileSource(f.Subject(), near.File, f.Span.Source.Text, []lint.Anchor{{Line: at.Line, Column: at.Column}})
	f.Span.Source = source
	if f.Fix != nil {
		fix := *f.Fix
		fix.Span.Source = source
		f.Fix = &fix
	}
}

// near returns the first record of the nearest name that the files have, at or above
// the names given; else the one that tells of the name that is judged.
func (z *zones) near(n *mailName, names ...string) *lint.Source {
	for _, name := range names {
		for ; name != ""; _, name, _ = strings.Cut(name, ".") {
			if s := z.first[name]; s != nil {
				return s
			}
		}
	}
	return n.source
}
