package check

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// maxZoneNames is how many names with mail records are judged in one run.
const maxZoneNames = 100_000

// Zones judges master files that form one view of the DNS, each of them with a name
// of its own, and returns a report for each. What lies outside of them is not
// checked. The error is that of files with too many records.
func Zones(ctx context.Context, files []*lookup.File, o Options) ([]*report.Report, error) {
	z, err := newZones(files, o)
	if err != nil {
		return nil, err
	}
	names := mailNames(files)
	for _, n := range names {
		z.names[n.name] = n
	}
	z.below = z.bareHosts(ctx, files)
	z.judgeAll(ctx, names[:min(len(names), maxZoneNames)])
	z.add(append(lint.Run(lookup.StringRules(), longTexts(files)), lint.Run(dkim.FileRules(), texts(files))...), &mailName{})
	reports := make([]*report.Report, len(files))
	for i, f := range files {
		r := z.reports[f.Name]
		r.Unchecked = append(r.Unchecked, uncheckedFile(f)...)
		if len(names) > maxZoneNames {
			r.Unchecked = append(r.Unchecked, report.Question{Question: "all names with mail records", Reason: "there are too many of them"})
		}
		o.finish(r.Report, append(once(r.found), lint.Run(lookup.FileRules(), f)...))
		slices.SortStableFunc(r.Findings, byLine)
		r.Corrected = slices.DeleteFunc(r.Corrected, func(c lint.Correction) bool { return !fit(c) })
		reports[i] = r.Report
	}
	return reports, nil
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
	options Options
	view    registryless
	reports map[string]*zoneReport // by the name of the file
	names   map[string]*mailName
	first   map[string]*lint.Source // first record of each name
	bare    map[string]bool         // names with addresses and without SPF record
	below   map[string][]string     // those, by the nearest domain above
	cut     map[*lint.Source]bool   // texts that a comment cut off
	seen    map[fingerprint]bool    // findings, of which the judgement of another name may be the same
	open    map[string]bool         // questions
}

type zoneReport struct {
	*report.Report
	found []lint.Finding
}

func newZones(files []*lookup.File, o Options) (*zones, error) {
	view, err := lookup.View(files...)
	if err != nil {
		return nil, err
	}
	z := &zones{
		options: o, view: registryless{view}, reports: map[string]*zoneReport{},
		names: map[string]*mailName{}, bare: map[string]bool{}, first: map[string]*lint.Source{}, cut: map[*lint.Source]bool{}, seen: map[fingerprint]bool{}, open: map[string]bool{},
	}
	for _, f := range files {
		z.reports[f.Name] = &zoneReport{Report: &report.Report{Target: f.Name, Kind: report.Zone, Results: report.Results{Zone: &report.ZoneFile{Records: len(f.Records), Unread: f.Includes}}}}
		for _, rec := range f.Records {
			if z.first[rec.Name] == nil {
				z.first[rec.Name] = rec.Source
			}
		}
		for _, c := range f.Cut {
			z.cut[c.Source] = c.Sure
		}
	}
	return z, nil
}

// fingerprint tells findings apart.
type fingerprint struct {
	rule, subject, message string
	place                  lint.Position
	file                   string
}

// judgement is what is found out about a name.
type judgement struct {
	found   []lint.Finding
	replies []lookup.Reply    // failures
	open    []lookup.Question // of which the files say nothing
}

// judgeAll judges names, as many at once as there are processors, and reports on them
// in their order.
func (z *zones) judgeAll(ctx context.Context, names []*mailName) {
	const block = 1024 // whose facts are in memory at once
	for part := range slices.Chunk(names, block) {
		judged := make([]judgement, len(part))
		var next atomic.Int64
		var wg sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			wg.Go(func() {
				for i := int(next.Add(1)) - 1; i < len(part); i = int(next.Add(1)) - 1 {
					judged[i] = z.judge(ctx, part[i])
				}
			})
		}
		wg.Wait()
		for i, n := range part {
			z.tell(n, judged[i])
		}
	}
}

// judge looks at a name with all that the files say about it. It changes nothing.
func (z *zones) judge(ctx context.Context, n *mailName) (j judgement) {
	var results report.Results
	if n.domain {
		q := DomainRequest{Target: z.target(n), Zone: z.view.Zone, At: z.options.At, files: fileFacts{z.bare, z.below[n.name], nil}}
		if z.domainAbove(n.name) == "" { // whose names serve for those below it
			q.files.programs = lookup.All(ctx, z.view.Zone, programQuestions(n.name))
		}
		results = q.gather(ctx, z.view)
		j.found = slices.DeleteFunc(q.findings(results), func(f lint.Finding) bool { return z.keysElsewhere(n.name, f) || z.settledAbove(n.name, f) })
	} else {
		results = n.gather(ctx, z.view, z.target(n), z.options.At)
		j.found = findings(results)
	}
	for _, r := range asked(results) {
		if _, err := z.view.Zone.Query(ctx, r.Name, r.Type); errors.Is(err, lookup.ErrOffline) {
			j.open = append(j.open, r.Question)
		}
		if r.Err != nil && !errors.Is(r.Err, lookup.ErrOffline) {
			j.replies = append(j.replies, r)
		}
	}
	return j
}

// tell puts what was found out about a name into the reports.
func (z *zones) tell(n *mailName, j judgement) {
	home := z.reports[z.near(n, n.name).File]
	home.Results.Zone.Names = append(home.Results.Zone.Names, n.name)
	for _, question := range j.open {
		reason := "the name is not in these files"
		if isRegistry(question.Name) {
			reason += "; it is taken to have no record"
		}
		if q := question.String(); !z.open[q] {
			z.open[q] = true
			home.Unchecked = append(home.Unchecked, report.Question{Question: q, Reason: reason, Settle: report.Command("authcheck", "check", n.name)})
		}
	}
	z.add(append(lint.Run(lookup.FailureRules(), j.replies), j.found...), n)
}

// target returns what is known and demanded of a name: by the files, and by the
// configuration.
func (z *zones) target(n *mailName) Target {
	known := z.options.Config.Target(n.name)
	t := Target{Domain: n.name, Selectors: slices.Clone(n.selectors), MinBits: known.MinBits, Profile: known.Profile, Expect: known.Expect, Required: known.Required,
		Passing: known.Passing, Failing: known.Failing}
	for _, selector := range known.Selectors {
		if !slices.Contains(t.Selectors, selector) {
			t.Selectors = append(t.Selectors, selector)
		}
	}
	return t
}

// keysElsewhere reports whether a finding says that a domain has no key, although
// keys may stand outside of the files: at the targets of its selectors, or in a zone
// of their own.
func (z *zones) keysElsewhere(name string, f lint.Finding) bool {
	if f.RuleID != "dkim-domainkey-nxdomain" && f.RuleID != "spf-all-fail-without-dkim" {
		return false
	}
	n := z.names[name]
	return len(n.selectors) > 0 || !z.view.Covers("_domainkey."+name)
}

// settledAbove reports whether a domain above the name settles what a finding asks
// for: it has keys, which sign for the names below it as well, or is told itself to
// publish a policy for all of them, or shows where its reports go.
func (z *zones) settledAbove(name string, f lint.Finding) bool {
	for _, name, more := strings.Cut(name, "."); more; _, name, more = strings.Cut(name, ".") {
		above := z.names[name]
		switch {
		case above == nil || !above.domain:
		case f.RuleID == "dmarc-missing" || f.RuleID == "dmarc-report-authorized-names":
			return true
		// RFC 9989, Section 4.4: identifiers are aligned where they share the organization.
		case f.RuleID == "dkim-domainkey-nxdomain" || f.RuleID == "spf-all-fail-without-dkim":
			return len(above.selectors) > 0 || !z.view.Covers("_domainkey."+name)
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
			if f.RuleID == "dkim-selector-invalid" { // it is about the selector, not its record
				name = f.Span.Text() + "._domainkey." + n.name
			}
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
