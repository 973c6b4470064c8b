package render

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// spf returns the verdicts, the record and what evaluating it costs.
func (t *textRenderer) spf(r *report.Report) []block {
	facts := r.Results.SPF
	var blocks []block
	for i := range facts.Results {
		blocks = append(blocks, t.verdict(&facts.Results[i]))
	}
	if facts.Root.Record == nil {
		return append(blocks, block{"  (" + shortReason(cmp.Or(facts.Root.Err, spf.ErrNoRecord)) + ")"})
	}
	record, cost := t.record(facts.Root.Record), t.labelled("  ", costs(facts))
	if t.showsTree(r) {
		blocks = append(blocks, record, append(cost, t.tree(facts)...))
	} else {
		blocks = append(blocks, append(record, cost...))
	}
	if t.verbosity == Verbose && facts.Evaluable() {
		blocks = append(blocks, t.networks(facts))
	}
	return blocks
}

// shortReason returns why something is not there, without the question that was
// asked: the line says that.
func shortReason(err error) string {
	if e, ok := errors.AsType[*lookup.Error](err); ok {
		err = e.Reason
	}
	return Printable(err.Error())
}

// showsTree reports whether the tree tells something: there are terms that ask
// the DNS, it was asked, and the domain is not in order.
func (t *textRenderer) showsTree(r *report.Report) bool {
	root := r.Results.SPF.Root
	switch {
	case len(root.Branches) == 0:
		return false
	case t.verbosity == Verbose:
		return true
	}
	return root.TXT != nil && !clean(r.Summary())
}

// identity names one of the identities that SPF judges (RFC 7208,
// Sections 2.3 and 2.4).
func identity(q spf.Query) string {
	if q.Identity == spf.MailFrom {
		return "MAIL FROM " + Printable(q.Sender)
	}
	return "HELO " + Printable(cmp.Or(q.Helo, q.Domain))
}

// outcome returns the verdicts in a few words.
func (t *textRenderer) outcome(r *report.Report) string {
	var verdicts []spf.Result
	if r.Results.SPF != nil {
		verdicts = r.Results.SPF.Results
	} else if r.Results.HELO != nil {
		verdicts = []spf.Result{*r.Results.HELO}
	}
	var b strings.Builder
	for _, v := range verdicts {
		name := v.Query.IP.String()
		if v.Query.Identity == spf.Helo {
			name = "HELO"
		}
		fmt.Fprintf(&b, "  %s %s", name, t.paint.status(v.Status).Sprint(string(v.Status)))
	}
	return b.String()
}

// verdict returns a verdict and how it came about.
func (t *textRenderer) verdict(v *spf.Result) block {
	b := block{fmt.Sprintf("  %s  %s  (%s)", v.Query.IP, t.paint.status(v.Status).Sprint(string(v.Status)), identity(v.Query))}
	if v.Reason != nil {
		b = append(b, t.labelled("    reason: ", v.Reason.Error())...)
	}
	path := make([]string, len(v.Path))
	for i, step := range v.Path {
		path[i] = displayName(step.Domain) + ": " + asciiOnly(step.Term.Text())
	}
	if v.Reason == nil && matched(v) == nil {
		path = append(path, "no term matches")
	}
	b = append(b, t.labelled("    path: ", strings.Join(path, " -> "))...)
	if v.Explanation != "" {
		b = append(b, t.labelled("    explanation: ", `"`+v.Explanation+`"`)...)
	}
	if v.Record == nil {
		return b
	}
	return append(b, fmt.Sprintf("    lookups: %d of %d, void %d of %d", v.Lookups, spf.MaxLookups, v.Voids, spf.MaxVoids))
}

// maxRecordLines is how much of a record is shown.
const maxRecordLines = 12

func (t *textRenderer) record(r *spf.Record) block {
	if r.String() == "" {
		return block{"  (empty)"}
	}
	b := hang("  ", "  ", asciiOnly(r.String()), t.width)
	if len(b) > maxRecordLines {
		b = append(b[:maxRecordLines], "  … (-f json)")
	}
	return b
}

// costs says how much of the limits the record uses up.
func costs(f *spf.Facts) string {
	least := ""
	if f.Partial() {
		least = "at least "
	}
	lookups := fmt.Sprintf("%s%d of %d lookups in the worst case", least, f.Worst.Lookups, spf.MaxLookups)
	if f.Worst.Lookups >= spf.MaxCount {
		lookups = fmt.Sprintf("%d of %d lookups or more", f.Worst.Lookups, spf.MaxLookups)
	}
	if f.Root.TXT == nil {
		return lookups // nothing was asked, so nothing is known to be void
	}
	more, seen := "", ""
	if f.VoidsPartial() {
		more, seen = "+", " seen"
	}
	switch {
	case f.Worst.Void4 != f.Worst.Void6:
		return fmt.Sprintf("%s, void %d%s of %d (IPv4), %d%s of %d (IPv6)",
			lookups, f.Worst.Void4, more, spf.MaxVoids, f.Worst.Void6, more, spf.MaxVoids)
	case f.Worst.Void4 == 0:
		return lookups + ", no void lookups" + seen
	}
	return fmt.Sprintf("%s, void %d%s of %d", lookups, f.Worst.Void4, more, spf.MaxVoids)
}
