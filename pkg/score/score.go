package score

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// leastJudged is the part of the points, as one of so many, without which there is no
// number: it would say more about what is not known than about what is. A fault that caps
// the score is known well enough.
const leastJudged = 2

// Of returns the score of a report on a domain, or on a message and the domain of its
// author, by a profile.
func Of(r *report.Report, profile Profile) *report.Score {
	profile = fitting(r, profile)
	s := newSheet(r, profile)
	score := &report.Score{Profile: string(profile)}
	if score.Refused = refusal(r); score.Refused != "" {
		return score
	}
	rows := Weighted(profile, columnOf(r))
	for i := range rows {
		s.add(score, &rows[i])
	}
	if score.Judged == 0 {
		return &report.Score{Profile: string(profile), Refused: "nothing could be judged", Applicable: score.Applicable}
	}
	score.Caps = s.caps(func(*Row) bool { return true })
	if score.Judged*leastJudged < score.Applicable && len(score.Caps) == 0 {
		return &report.Score{Profile: string(profile), Refused: fmt.Sprintf("only %s of %s points could be judged, and a number takes half of them", score.Judged, score.Applicable),
			Judged: score.Judged, Applicable: score.Applicable}
	}
	score.Cures = s.cures(score)
	score.Value = s.limit(score)
	score.Band = band(score.Value)
	score.Requirements = s.requirements(columnOf(r))
	score.Warning = s.warning()
	return score
}

// columnOf returns the column of the table that a report is judged by.
func columnOf(r *report.Report) Column {
	if r.Results.Message != nil {
		return Message
	}
	return Domain
}

// refusal says why there is nothing to score.
func refusal(r *report.Report) string {
	m, f := r.Results.Message, r.Results.SPF
	switch {
	case m != nil && len(m.FromDomains()) == 0:
		return "no From field names a domain"
	case f == nil || f.Root.Err != spf.ErrNoDomain:
		return ""
	case m != nil:
		return f.Domain + ", the domain of From, does not exist"
	}
	return r.Target + " does not exist"
}

// add adds what became of a row to a score.
func (s *sheet) add(score *report.Score, w *Weight) {
	at := slices.IndexFunc(score.Areas, func(a report.Area) bool { return a.Name == w.Row.Area })
	if at < 0 {
		at = len(score.Areas)
		score.Areas = append(score.Areas, report.Area{Name: w.Row.Area})
	}
	area := &score.Areas[at]
	area.Of += w.Points
	switch state := s.verdicts[w.Row.ID].state; state {
	case won:
		area.Won += w.Points
	case notApplicable:
		area.Won += w.Points
		return
	case lost, absent:
		c := s.cause(&w.Row)
		area.Lost += w.Points
		score.Lost = append(score.Lost, report.Loss{Row: w.Row.ID, Area: w.Row.Area, Title: w.Row.Title,
			Rule: c.rule, Further: c.further, Found: c.found, Fix: c.fix, Place: c.place, Change: c.change, Lost: w.Points, Of: w.Points})
	default:
		score.Applicable += w.Points
		score.Open = append(score.Open, report.OpenRow{Row: w.Row.ID, Title: w.Row.Title, Of: w.Points, Asked: state == unknown})
		if ask := w.Row.Ask; state == unchecked && !strings.Contains(strings.Join(score.Ask, " "), ask) {
			score.Ask = append(score.Ask, ask)
		}
		return
	}
	score.Applicable += w.Points
	score.Judged += w.Points
}

// caps returns the caps that hold as long as some of the lost rows are, the lowest
// first.
func (s *sheet) caps(remains func(*Row) bool) []report.Cap {
	var caps []report.Cap
	for i := range s.rows {
		row := &s.rows[i]
		if row.Cap == 0 || !s.lost(row.ID) || !slices.ContainsFunc(s.lifters(row), func(id string) bool { return s.lost(id) && remains(s.row(id)) }) {
			continue
		}
		caps = append(caps, report.Cap{Row: row.ID, Title: row.Title, Rule: s.cause(row).rule, Max: row.Cap})
	}
	slices.SortStableFunc(caps, func(a, b report.Cap) int { return cmp.Compare(a.Max, b.Max) })
	return caps
}

// limit returns the number, and makes what the lowest cap takes a loss of its own.
func (s *sheet) limit(score *report.Score) report.Points {
	value := left(score.Lost)
	if len(score.Caps) == 0 || score.Caps[0].Max >= value {
		return value
	}
	c := score.Caps[0]
	score.Lost = append(score.Lost, report.Loss{Row: c.Row, Area: s.row(c.Row).Area, Title: c.Title, Rule: c.Rule,
		Fix: s.lifting(c.Row, score.Lost), Lost: value - c.Max, Of: report.MaxPoints - c.Max})
	return c.Max
}

// lifters returns the rows that a cap holds with: those of the table, or the one whose
// cure wins it back; itself where none does.
func (s *sheet) lifters(row *Row) []string {
	if len(row.Lifted) > 0 {
		return row.Lifted
	}
	return []string{cmp.Or(s.verdicts[row.ID].with, row.ID)}
}

// lifting returns what lifts a cap: the cure of the first row that it holds with, or its
// own.
func (s *sheet) lifting(id string, losses []report.Loss) string {
	row := s.row(id)
	for _, loss := range losses {
		if slices.Contains(s.lifters(row), loss.Row) {
			return loss.Fix
		}
	}
	return row.Cure
}

// warning says that nothing proves a message, where that is so: its number is about a
// sender who may be somebody else.
func (s *sheet) warning() string {
	switch m := s.Results.Message; {
	case s.lost("cap-unproved"):
		return "nothing proves that " + s.Results.DMARC.Domain + " sent this message: no valid signature is aligned with From, and SPF was not checked; the message may be forged"
	case s.lost("cap-forged") && s.verdicts["cap-forged"].rule == "dmarc-result-fail":
		return fmt.Sprintf("neither DKIM nor SPF proves that %s sent this message: unless the client %s sends or forwards the domain's mail, it is forged", s.Results.DMARC.Domain, m.SPF.Query.IP)
	}
	return ""
}

// left returns what losses leave of ten points.
func left(losses []report.Loss) report.Points {
	value := report.MaxPoints
	for _, loss := range losses {
		value -= loss.Lost
	}
	return value
}

// band says the number in a word.
func band(value report.Points) string {
	switch {
	case value == report.MaxPoints:
		return "perfect"
	case value >= 80:
		return "good"
	case value >= 60:
		return "acceptable"
	}
	return "not good enough"
}

// cures returns what wins the lost points back: the least effort first, of the same
// effort the texts that stand ready, then the most points, each with the score that it
// and those before it lead to if it does all that is wanted of it. What is won back
// by the same record, or comes back with another row, is one cure.
func (s *sheet) cures(score *report.Score) []report.Cure {
	type group struct {
		report.Cure
		gain report.Points
	}
	var groups []*group
	for _, loss := range score.Lost {
		with, effort := s.verdicts[loss.Row].with, s.origin(s.row(loss.Row)).Effort
		if loss.Change != nil {
			effort = report.EditRecord
		}
		at := slices.IndexFunc(groups, func(g *group) bool {
			return slices.Contains(g.Rows, with) || g.Fix == loss.Fix && (g.Rule == loss.Rule || isRecord(loss.Fix))
		})
		if at < 0 {
			at = len(groups)
			groups = append(groups, &group{Cure: report.Cure{Rule: loss.Rule, Found: loss.Found, Fix: loss.Fix, Place: loss.Place, Change: loss.Change, Effort: effort}})
		}
		g := groups[at]
		if g.Rows, g.gain = append(g.Rows, loss.Row), g.gain+loss.Lost; !slices.Contains(g.Rows, with) {
			g.Effort = max(g.Effort, effort)
		}
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.Effort, b.Effort), cmp.Compare(known(b.Change), known(a.Change)), cmp.Compare(b.gain, a.gain))
	})
	var cures []report.Cure
	var done []string
	value := left(score.Lost)
	for _, g := range groups {
		done, value = append(done, g.Rows...), value+g.gain
		g.Score = value
		if caps := s.caps(func(row *Row) bool { return !slices.Contains(done, row.ID) }); len(caps) > 0 {
			if g.Score > caps[0].Max {
				g.Score, g.Held = caps[0].Max, caps[0].Title
			}
		}
		cures = append(cures, g.Cure)
	}
	return cures
}

// known is 1 of a change that is known, and 0 of none.
func known(c *report.Change) int {
	if c == nil {
		return 0
	}
	return 1
}

// isRecord reports whether a cure is a whole record: what has it in common is won back
// at once.
func isRecord(fix string) bool { return strings.HasPrefix(fix, "v=") }
