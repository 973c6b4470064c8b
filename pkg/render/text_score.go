package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

const (
	areaBar   = 20  // columns of the bar of an area
	areaLabel = 14  // columns of its name
	maxFound  = 300 // columns of what a cure is for
)

// score returns the blocks of a report with a score: the number, a bar an area, what
// was lost, what wins it back, what is open.
func (t *textRenderer) score(r *report.Report) []block {
	blocks := []block{{t.scoreLine(r)}}
	s := r.Score
	if s.Warning != "" {
		blocks = append(blocks, t.labelled("not authenticated: ", s.Warning))
	}
	if s.Refused == "" {
		blocks = append(blocks, t.areas(s))
		if s.Confidence() < 1 {
			blocks = append(blocks, t.openRows(s))
		}
		if len(s.Lost) > 0 {
			blocks = append(blocks, t.losses(s))
		}
		blocks = append(blocks, t.cures(s)...)
		if len(s.Requirements) > 0 {
			blocks = append(blocks, t.requirements(s))
		}
	}
	if t.verbosity == Verbose || s.Refused != "" {
		return append(blocks, t.rest(r)...)
	}
	return append(blocks, t.questions("unknown", r.Unknown)...)
}

// scoreLine returns the number with its band.
func (t *textRenderer) scoreLine(r *report.Report) string {
	s := r.Score
	line := t.paint.bold.Sprint(displayName(r.Title())) + "  "
	if s.Refused != "" {
		return line + t.paint.bad.Sprint("no score") + ": " + Printable(s.Refused)
	}
	colour := t.paint.good
	switch {
	case s.Value < 60:
		colour = t.paint.bad
	case s.Value < 80:
		colour = t.paint.weak
	}
	line += colour.Sprint(s.Value.String()+" of 10") + ", " + s.Band
	if s.Confidence() < 1 {
		line += " as far as judged"
	}
	if s.Warning != "" {
		line += ", " + t.paint.bad.Sprint("not authenticated")
	}
	if s.Profile != "mail" {
		line += ", as " + s.Profile
	}
	return line + fmt.Sprintf("  (confidence %.2f)", s.Confidence())
}

// areas returns a bar for each area: won, lost, and what could not be judged. On a
// narrow terminal the words stand below it.
func (t *textRenderer) areas(s *report.Score) block {
	var b block
	for _, a := range s.Areas {
		won := int(a.Won) * areaBar / int(a.Of)
		lost := min((int(a.Lost)*areaBar+int(a.Of)-1)/int(a.Of), areaBar-won)
		if a.Won+a.Lost == a.Of {
			lost = areaBar - won
		}
		words := fmt.Sprintf("%s of %s", a.Won, a.Of)
		if open := a.Of - a.Won - a.Lost; open > 0 {
			words += fmt.Sprintf(", %s not judged", open)
		}
		line := fmt.Sprintf("  %-*s[%s%s%s]", areaLabel, a.Name, t.paint.good.Sprint(strings.Repeat("=", won)),
			t.paint.bad.Sprint(strings.Repeat("-", lost)), t.paint.note.Sprint(strings.Repeat("?", areaBar-won-lost)))
		if areaLabel+areaBar+len(words)+6 > t.width {
			b = append(b, line, "    "+words)
			continue
		}
		b = append(b, line+"  "+words)
	}
	return b
}

// openRows says what the confidence lacks.
func (t *textRenderer) openRows(s *report.Score) block {
	b := hang("", "  ", fmt.Sprintf("not judged: %s of %s points, which cost nothing", s.Applicable-s.Judged, s.Applicable), min(t.width, maxProse))
	for _, row := range s.Open {
		why := "nobody could ask"
		if row.Asked {
			why = "no answer"
		}
		b = append(b, t.pointLine("  ", row.Of.String(), row.Title+" ("+why+")")...)
	}
	if len(s.Ask) > 0 {
		b = append(b, t.labelled("  to judge them: ", list(s.Ask...))...)
	}
	return b
}

// losses returns each row that costs points, with its rules.
func (t *textRenderer) losses(s *report.Score) block {
	b := block{t.paint.bold.Sprint("lost") + ":"}
	for _, loss := range s.Lost {
		rules := strings.Join(append([]string{loss.Rule}, loss.Further...), ", ")
		title := loss.Title
		if loss.Lost != loss.Of {
			title += fmt.Sprintf(": no more than %s", report.MaxPoints-loss.Of)
		}
		b = append(b, t.pointLine("  ", loss.Lost.String(), title+"  ["+rules+"]")...)
	}
	return b
}

// pointLine wraps text behind points.
func (t *textRenderer) pointLine(margin, points, text string) block {
	first := fmt.Sprintf("%s%4s  ", margin, points)
	return hang(first, strings.Repeat(" ", len(first)), bounded(Printable(text)), min(t.width, maxProse))
}

// cures returns what to do, a block a cure, each with the score it leads to. A record
// stands on a line of its own, for copying.
func (t *textRenderer) cures(s *report.Score) []block {
	var blocks []block
	for i, c := range s.Cures {
		title := fmt.Sprintf("%d. %s -> %s", i+1, c.Effort, c.Score)
		if c.Held != "" {
			title += fmt.Sprintf(" (held down: %s)", c.Held)
		}
		b := hang("", "   ", title+"  ["+c.Rule+"]", min(t.width, maxProse))
		number, _, _ := strings.Cut(title, " (")
		b[0] = t.paint.good.Sprint(number) + strings.TrimPrefix(b[0], number)
		b = append(b, t.labelled("   ", cut(c.Found, maxFound))...)
		if c.Place != "" && publishable(lint.Correction{Record: c.Fix}) {
			b = append(b, "   publish as "+Printable(c.Place)+":", "   "+c.Fix)
		} else {
			b = append(b, t.labelled("   fix: ", c.Fix)...)
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// requirements returns the checklist of a provider.
func (t *textRenderer) requirements(s *report.Score) block {
	b := block{t.paint.bold.Sprint("what "+provider(s.Profile)+" asks of bulk senders") + ":"}
	for _, q := range s.Requirements {
		label := fmt.Sprintf("  %-12s  ", q.Outcome)
		lines := hang(label, strings.Repeat(" ", len(label)), fmt.Sprintf("%-3s  %s (%s, %s)", q.ID, q.Text, witness(q), q.Dated), min(t.width, maxProse))
		colour := t.paint.note
		switch q.Outcome {
		case report.Met:
			colour = t.paint.good
		case report.Failed:
			colour = t.paint.bad
		}
		lines[0] = "  " + colour.Sprint(string(q.Outcome)) + strings.TrimPrefix(lines[0], "  "+string(q.Outcome))
		b = append(b, lines...)
	}
	if slices.ContainsFunc(s.Requirements, func(q report.Requirement) bool { return q.Outcome == report.Undecided }) {
		b = append(b, t.labelled("  ", "What is unknown a message of the domain tells (--eml), or the flags that let more be judged.")...)
	}
	return b
}

// Weights writes the table of points, as text or as Markdown.
func Weights(w io.Writer, format Format, table []report.Weight) error {
	var b strings.Builder
	line := func(row, domain, message, title string) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-18s %6s %7s  %s", row, domain, message, title), " ") + "\n")
	}
	if format == Markdown {
		line = func(row, domain, message, title string) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", row, domain, message, title)
		}
	}
	line("row", "domain", "message", "what it is worth points for")
	if format == Markdown {
		line("---", "--:", "--:", "---")
	}
	var domain, message report.Points
	for _, row := range table {
		domain, message = domain+row.Domain, message+row.Message
		if row.Cap > 0 {
			line(row.Row, "<= "+row.Cap.String(), "<= "+row.Cap.String(), row.Title)
			continue
		}
		line(row.Row, points(row.Domain), points(row.Message), row.Title)
	}
	line("sum", domain.String(), points(message), "")
	_, err := io.WriteString(w, b.String())
	return err
}

// points shows points; none: "-".
func points(p report.Points) string {
	if p == 0 {
		return "-"
	}
	return p.String()
}

// witness says where a requirement was read.
func witness(q report.Requirement) string {
	if q.Certainty == "quoted" {
		return "from copies of its page"
	}
	return "as others tell it"
}

// provider returns the name of a provider as it is written.
func provider(profile string) string { return strings.ToUpper(profile[:1]) + profile[1:] }
