package render

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// markdownScore returns the number, the bars as a table, the losses and the cures, for
// a ticket.
func markdownScore(s *report.Score) []string {
	if s == nil {
		return nil
	}
	if s.Refused != "" {
		return []string{"No score: " + prose(s.Refused) + "\n\n"}
	}
	var b strings.Builder
	b.WriteString("**" + s.Value.String() + " of 10**, " + s.Band + ", as " + s.Profile + ", confidence " + fmt.Sprintf("%.2f", s.Confidence()) + "\n\n")
	if s.Warning != "" {
		b.WriteString("**Not authenticated:** " + prose(s.Warning) + "\n\n")
	}
	b.WriteString("| Area | Won | Lost | Of |\n|---|--:|--:|--:|\n")
	for _, a := range s.Areas {
		b.WriteString("| " + a.Name + " | " + a.Won.String() + " | " + a.Lost.String() + " | " + a.Of.String() + " |\n")
	}
	b.WriteString("\n")
	items := []string{b.String()}
	for _, l := range s.Lost {
		items = append(items, "- lost "+l.Lost.String()+": "+prose(l.Title)+" ["+l.Rule+"]("+ruleURL(l.Rule)+")\n")
	}
	for _, o := range s.Open {
		items = append(items, "- not judged "+o.Of.String()+": "+prose(o.Title)+"\n")
	}
	for i, c := range s.Cures {
		before := ""
		if i == 0 {
			before = "\n"
		}
		fix := prose(c.Fix)
		if c.Place != "" && publishable(lint.Correction{Record: c.Fix}) {
			fence := strings.Repeat("`", max(3, longestRun(c.Fix)+1))
			fix = "publish as " + code(c.Place) + "\n\n   " + fence + "\n   " + c.Fix + "\n   " + fence
		}
		if c.Found != "" {
			fix = prose(cut(c.Found, maxFound)) + "; " + fix
		}
		if c.Held != "" {
			fix = "(held down: " + prose(c.Held) + ") " + fix
		}
		items = append(items, before+"1. "+c.Effort.String()+", to "+c.Score.String()+": "+fix+"\n")
	}
	for i, q := range s.Requirements {
		before := ""
		if i == 0 {
			before = "\n"
		}
		items = append(items, before+"- **"+string(q.Outcome)+"** "+q.ID+": "+prose(q.Text)+" ("+witness(q)+", "+q.Dated+")\n")
	}
	return append(items, "\n")
}
