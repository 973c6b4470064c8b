package render

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/report"
)

// dmarc returns the verdict, the record and what it asks for. How it was found is
// shown where something is wrong, or all evidence is wanted.
func (t *textRenderer) dmarc(r *report.Report) []block {
	f := r.Results.DMARC
	var blocks []block
	if v := r.Results.DMARCResult; v != nil {
		blocks = append(blocks, t.dmarcVerdict(v))
	}
	var b block
	if f.Record == nil {
		b = block{"  (" + shortReason(f.Err) + ")"}
	} else {
		if f.Inherited() {
			b = block{"  record of " + displayName(f.RecordDomain) + ":"}
		}
		lines := hang("  ", "  ", asciiOnly(f.Record.String()), t.width)
		if len(lines) > maxRecordLines {
			lines = append(lines[:maxRecordLines], "  … (-f json)")
		}
		b = append(append(b, lines...), t.labelled("  ", asked(f))...)
	}
	if blocks = append(blocks, b); f.Path == nil || t.verbosity != Verbose && clean(r.Summary()) {
		return blocks
	}
	return append(append(blocks, t.walk(f)), t.destinations(f)...)
}

// asked says what the record asks of receivers, for whom.
func asked(f *dmarc.Facts) string {
	p := f.Policies()
	requested := func(policy dmarc.Policy) string {
		if lowered := f.Requested(policy); lowered != policy {
			return fmt.Sprintf("%s (%s while t=y)", policy, lowered)
		}
		return string(policy)
	}
	switch {
	case p.P == "":
		return "no policy: receivers do no DMARC processing"
	case f.Inherited() && f.Policy() == "":
		return fmt.Sprintf("policy not known: %s if the name exists, else %s", requested(p.Subdomain()), requested(p.NonExistent()))
	case f.Inherited():
		return "policy " + requested(f.Policy())
	case !f.Covers():
		return "policy " + requested(p.P)
	case p.P == p.Subdomain() && p.P == p.NonExistent():
		return "policy " + requested(p.P) + ", for every name below it too"
	case p.Subdomain() == p.NonExistent():
		return "policy " + requested(p.P) + ", for names below it " + requested(p.Subdomain())
	}
	return fmt.Sprintf("policy %s, for names below it %s, for names that do not exist %s", requested(p.P), requested(p.Subdomain()), requested(p.NonExistent()))
}

// dmarcStatus returns the verdict in its colour.
func (t *textRenderer) dmarcStatus(status dmarc.Status) string {
	colour := t.paint.weak
	switch status {
	case dmarc.StatusPass:
		colour = t.paint.good
	case dmarc.StatusFail, dmarc.StatusPermError:
		colour = t.paint.bad
	}
	return "  " + colour.Sprint(string(status))
}

// dmarcOutcome returns the verdict in a word.
func (t *textRenderer) dmarcOutcome(r *report.Report) string {
	if r.Results.DMARCResult == nil {
		return ""
	}
	return t.dmarcStatus(r.Results.DMARCResult.Status)
}

// dmarcVerdict returns what DMARC makes of the message that was described.
func (t *textRenderer) dmarcVerdict(v *dmarc.Result) block {
	line := t.dmarcStatus(v.Status)
	if v.Status == dmarc.StatusFail && v.Disposition != "" {
		line += ", requested: " + string(v.Disposition)
	}
	b := block{line}
	if v.Reason != nil {
		b = append(b, t.labelled("    reason: ", v.Reason.Error())...)
	}
	if v.Status == dmarc.StatusPass || v.Status == dmarc.StatusFail {
		b = append(b,
			"    SPF "+identifiers(v.Results.SPF)+alignment[v.SPFAligned], "    DKIM "+identifiers(v.Results.DKIM)+alignment[v.DKIMAligned])
	}
	return b
}

var alignment = map[bool]string{true: ": aligned", false: ": no aligned pass"}

// identifiers lists what SPF or DKIM said.
func identifiers(all []dmarc.Identifier) string {
	parts := make([]string, len(all))
	for i, id := range all {
		parts[i] = strings.TrimSpace(id.Result + " " + Printable(id.Domain))
	}
	return cmp.Or(bounded(list(parts...)), "none")
}

// walk returns the names that were asked about, and what came of it.
func (t *textRenderer) walk(f *dmarc.Facts) block {
	title := "  tree walk (RFC 9989):"
	if f.Standard == dmarc.RFC7489 {
		title = "  discovery (RFC 7489):"
	}
	names, answers := make([]string, len(f.Path.Steps)), make([]string, len(f.Path.Steps))
	wide, wider := 0, 0
	for i := range f.Path.Steps {
		names[i], answers[i] = Printable("_dmarc."+f.Path.Steps[i].Domain), answer(&f.Path.Steps[i])
		wide, wider = min(max(wide, len(names[i])), maxProse/2), max(wider, len(answers[i]))
	}
	b := block{title}
	for i := range names {
		b = append(b, hang("    ", "        ", fmt.Sprintf("%-*s  %-*s  %s", wide, names[i], wider, answers[i], f.Next(i)), min(t.width, maxProse))...)
	}
	org := displayName(f.OrgDomain)
	if f.OrgErr != nil {
		org = "not known (" + shortReason(f.OrgErr) + ")"
	}
	b = append(b, "  Organizational Domain: "+org)
	if f.Standard == dmarc.RFC7489 {
		b = append(b, t.labelled("  list: ", f.Suffixes.String())...)
	}
	return b
}

// destinations returns where reports go.
func (t *textRenderer) destinations(f *dmarc.Facts) []block {
	if len(f.Destinations) == 0 {
		return nil
	}
	b := block{"  reports:"}
	for _, d := range f.Destinations {
		b = append(b, t.labelled("    ", fmt.Sprintf("%s  %s  %s", d.Tag, d.URI.Text(), agreement(d)))...)
	}
	return []block{b}
}
