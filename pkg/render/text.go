package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// The rules of the text output:
//
//   - A report is a row of blocks with a blank line between them: header fields, if
//     they are asked for, headline,
//     verdicts, record, include tree, findings, what is unknown, what was left
//     out. A domain without faults gets the short form, without a tree.
//   - Errors and warnings are shown in full and notices counted, unless verbose.
//     What is unknown is always shown. Quiet is the headline alone.
//   - A finding says what is wrong, where, why that matters and what to do, in
//     this order. Why is told once a rule.
//   - Lines fit the terminal, except those made to be copied or clicked: the place
//     of a finding, a record to publish, a command. None ends in a space.
//   - Text from outside passes Printable; records show nothing but ASCII, so that
//     carets stand where they should. Every part is bounded, and says where it
//     was cut.
//   - Colour is only added: the text without it is the same.
type textRenderer struct {
	w         io.Writer
	width     int
	verbosity Verbosity
	paint     palette
	reports   int // written so far
}

const (
	defaultWidth = 100
	minWidth     = 40
	maxProse     = 100 // columns of running text, however wide the terminal is
)

// block is a group of lines.
type block []string

func (t *textRenderer) Write(r *report.Report) error {
	t.reports++
	if t.verbosity == Quiet && r.Score != nil {
		return t.print([]block{{t.scoreLine(r)}})
	}
	if t.verbosity == Quiet {
		line := t.headline(r)
		if r.Results.Message == nil { // whose headline has them
			line += t.outcome(r) + t.dmarcOutcome(r)
		}
		return t.print([]block{append(header(r), line)})
	}
	blocks := t.blocks(r)
	if lines := header(r); len(lines) > 0 {
		blocks = append([]block{lines}, blocks...)
	}
	if t.reports > 1 {
		blocks = append([]block{nil}, blocks...)
	}
	return t.print(blocks)
}

func (t *textRenderer) Close(total report.Summary) error {
	if t.verbosity == Quiet || total.Targets < 2 {
		return nil
	}
	return t.print([]block{nil, {fmt.Sprintf("%d targets: %s", total.Targets, t.counts(total))}})
}

func (t *textRenderer) print(blocks []block) error {
	var b strings.Builder
	for i, lines := range blocks {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, line := range lines {
			b.WriteString(inert(strings.TrimRight(line, " ")))
			b.WriteByte('\n')
		}
	}
	_, err := io.WriteString(t.w, b.String())
	return err
}

func (t *textRenderer) blocks(r *report.Report) []block {
	if r.Score != nil {
		return t.score(r)
	}
	blocks := []block{{t.headline(r)}}
	if r.Results.Message != nil {
		blocks = append(blocks, t.message(r)...)
		return append(blocks, t.rest(r)...)
	}
	if r.Results.SPF != nil {
		blocks = append(blocks, t.spf(r)...)
	}
	if r.Results.Flattening != nil {
		blocks = append(blocks, t.flattening(r.Results.Flattening)...)
	}
	if r.Results.Difference != nil {
		blocks = append(blocks, t.difference(r.Results.Difference)...)
	}
	if r.Results.Built != nil {
		blocks = append(blocks, t.built(r.Results.Built)...)
	}
	if r.Results.DKIM != nil {
		blocks = append(blocks, t.dkim(r)...)
	}
	if r.Results.Keys != nil {
		blocks = append(blocks, t.keys(r.Results.Keys))
	}
	if r.Results.DMARC != nil {
		blocks = append(blocks, t.dmarc(r)...)
	}
	if r.Results.Host != nil {
		blocks = append(blocks, t.host(r.Results.Host)...)
	}
	if r.Results.HELO != nil {
		blocks = append(blocks, t.verdict(r.Results.HELO))
	}
	return append(blocks, t.rest(r)...)
}

// rest returns what follows the results: findings, corrected texts, open questions.
func (t *textRenderer) rest(r *report.Report) []block {
	blocks := append(t.findings(r), t.corrected(r)...)
	blocks = append(blocks, t.questions("unknown", r.Unknown)...)
	if t.verbosity == Verbose {
		return append(blocks, t.questions("not checked", r.Unchecked)...)
	}
	s := r.Summary()
	if left := list(plural(s.Notices, "notice"), count(s.Unchecked, "not checked"), count(s.Suppressed, "suppressed")); left != "" {
		blocks = append(blocks, block{left + " (-v)"})
	}
	return blocks
}

func (t *textRenderer) headline(r *report.Report) string {
	line := t.paint.bold.Sprint(displayName(r.Title()))
	if r.Results.Message != nil {
		return line + t.messageWords(r) + "  " + t.counts(r.Summary())
	}
	if r.Results.SPF != nil {
		line += "  SPF"
	}
	if r.Results.Flattening != nil {
		line += "  SPF flattened"
	}
	if r.Results.Difference != nil {
		line += "  SPF compared"
	}
	if r.Results.Built != nil {
		line += "  built"
	}
	if r.Results.DKIM != nil {
		line += "  DKIM"
	}
	if r.Results.DMARC != nil {
		line += "  DMARC"
	}
	if r.Results.Host != nil {
		line += hostWords(r.Results.Host)
	}
	if k := r.Results.Keys; k != nil {
		line += "  " + plural(len(k.Keys), "private key")
	}
	if z := r.Results.Zone; z != nil {
		if z.Records == 0 && len(z.Unread) > 0 && clean(r.Summary()) {
			return line + "  " + t.paint.weak.Sprint("nothing read: $INCLUDE is not followed")
		}
		line += "  " + list(cmp.Or(plural(z.Records, "record"), "no record"), plural(len(z.Names), "mail name"))
	}
	return line + "  " + t.counts(r.Summary())
}

// counts says in a few words how a report, or all of them, came out.
func (t *textRenderer) counts(s report.Summary) string {
	if clean(s) {
		return t.paint.good.Sprint("ok")
	}
	return list(
		t.paint.bad.Sprint(plural(s.Errors, "error")),
		t.paint.weak.Sprint(plural(s.Warnings, "warning")),
		t.paint.note.Sprint(count(s.Unknown, "unknown")),
	)
}

// clean reports whether there is nothing to say beyond "ok".
func clean(s report.Summary) bool {
	return s.AtLeast(lint.Warning) == 0 && s.Unknown == 0
}

// findings returns a block for each finding that the verbosity shows.
func (t *textRenderer) findings(r *report.Report) []block {
	var blocks []block
	explained := map[string]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if t.verbosity != Verbose && (f.Suppressed != "" || f.Severity < lint.Warning) {
			continue
		}
		var doc lint.Doc
		if at := slices.IndexFunc(r.Rules, func(d lint.Doc) bool { return d.ID == f.RuleID }); at >= 0 && !explained[f.RuleID] {
			doc = r.Rules[at]
			explained[f.RuleID] = true
		}
		blocks = append(blocks, t.finding(f, doc))
	}
	return blocks
}

// finding returns the lines about one finding; doc is empty where the rule has
// been explained before.
func (t *textRenderer) finding(f *lint.Finding, doc lint.Doc) block {
	colour := t.paint.severity(f.Severity)
	b := t.title(colour, f.Severity.String(), f.Message, f.RuleID)
	b = append(b, t.place(colour, f.Span)...)
	if f.Suppressed != "" {
		return append(b, t.labelled("  suppressed: ", f.Suppressed)...)
	}
	b = append(b, t.labelled("  why: ", doc.Why)...)
	b = append(b, t.labelled("  fix: ", advice(f))...)
	if doc.ID != "" {
		b = append(b, t.labelled("  see: ", doc.Ref+" · authcheck explain "+doc.ID)...)
	}
	return b
}

// corrected returns what to publish instead, one block a text.
func (t *textRenderer) corrected(r *report.Report) []block {
	var blocks []block
	for _, c := range r.Corrected {
		if !publishable(c) {
			continue
		}
		title := "publish"
		if c.Source.Subject != "text" {
			title += " as " + Printable(c.Source.Subject)
		}
		if c.Fixes > 1 {
			title += fmt.Sprintf(", all %d corrections made", c.Fixes)
		}
		blocks = append(blocks, block{t.paint.good.Sprint(title) + ":", "  " + c.Record})
	}
	return blocks
}

// place shows where a span is: the file and the subject, then the text with a
// caret below every column of the span.
func (t *textRenderer) place(colour *colour, span lint.Span) block {
	source := span.Source
	if source == nil {
		return nil
	}
	b := block{"  --> " + Printable(place(span))}
	if source.Text == "" {
		return b
	}
	const margin = "   | "
	x := cutOut(span, t.width-len(margin))
	return append(b, margin+x.line, margin+strings.Repeat(" ", x.column)+colour.Sprint(strings.Repeat("^", x.carets)))
}

// questions returns a block for each question that stayed open.
func (t *textRenderer) questions(word string, questions []report.Question) []block {
	blocks := make([]block, len(questions))
	for i, q := range questions {
		blocks[i] = t.title(t.paint.note, word, q.Question+": "+q.Reason, q.Rule)
		if q.Settle != "" {
			blocks[i] = append(blocks[i], "  settle: "+Printable(q.Settle))
		}
	}
	return blocks
}

// title wraps the first line of a block, its first word coloured.
func (t *textRenderer) title(colour *colour, word, message, rule string) block {
	line := word + ": " + bounded(Printable(message))
	if rule != "" {
		line += "  [" + rule + "]"
	}
	b := hang("", "  ", line, min(t.width, maxProse))
	b[0] = colour.Sprint(word) + strings.TrimPrefix(b[0], word)
	return b
}

// labelled wraps text behind a label; no text, no lines.
func (t *textRenderer) labelled(label, text string) block {
	if text == "" {
		return nil
	}
	return hang(label, strings.Repeat(" ", len(label)), bounded(Printable(text)), min(t.width, maxProse))
}
