package score

import (
	"cmp"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// state is what became of a row.
type state int

const (
	won           state = iota
	lost                // by what was found
	absent              // lost with its base: there is nothing of it
	unknown             // asked, and no answer came
	unchecked           // nobody could ask
	notApplicable       // there is nothing to judge
)

// verdict is the state of a row, and the rule that says why where no finding of the row
// does.
type verdict struct {
	state state
	rule  string
	with  string // row whose cure wins this one back, too; empty: none does
}

// sheet is a report with its findings sorted into the rows.
type sheet struct {
	*report.Report
	profile  Profile
	rows     []Row
	findings map[string][]*lint.Finding // by row, harshest first, the suppressed ones too
	verdicts map[string]verdict         // by row
}

// newSheet sorts the findings of a report into the rows, and judges these in the order
// of the table: a judge can rely on the verdicts of the rows above.
func newSheet(r *report.Report, profile Profile) *sheet {
	s := &sheet{Report: r, profile: profile, rows: Rows(), findings: map[string][]*lint.Finding{}, verdicts: map[string]verdict{}}
	for i := range r.Findings {
		f := &r.Findings[i]
		if profile.Sends() && strings.HasPrefix(f.RuleID, "spf-non-mail-domain-") {
			continue // the fault is the null MX
		}
		for _, row := range owners(s.rows, f) {
			s.findings[row] = append(s.findings[row], f)
		}
	}
	for i := range s.rows {
		row := &s.rows[i]
		s.verdicts[row.ID] = s.settle(row, row.judge(s, row))
	}
	return s
}

// owners returns the rows that a finding costs: those that name its rule, or else, of
// an error, the one whose pattern fits best; and the caps that name it.
func owners(rows []Row, f *lint.Finding) []string {
	var exact, caps []string
	best, fits := "", 0
	for i := range rows {
		for _, rule := range rows[i].Rules {
			prefix, pattern := strings.CutSuffix(rule, "*")
			switch {
			case !pattern && rule == f.RuleID && rows[i].Cap > 0:
				caps = append(caps, rows[i].ID)
			case !pattern && rule == f.RuleID:
				exact = append(exact, rows[i].ID)
			case pattern && f.Severity == lint.Error && len(prefix) > fits && strings.HasPrefix(protocol(f), prefix):
				best, fits = rows[i].ID, len(prefix)
			}
		}
	}
	if len(exact) == 0 && best != "" {
		exact = append(exact, best)
	}
	return append(exact, caps...)
}

// protocol returns the ID of a finding's rule. Rules about texts in general are those
// of the protocol whose record the text is.
func protocol(f *lint.Finding) string {
	subject := f.Subject()
	switch {
	case !strings.HasPrefix(f.RuleID, "txt-"):
		return f.RuleID
	case strings.Contains(subject, "._domainkey."):
		return "dkim-" + f.RuleID
	case strings.Contains(subject, "_dmarc."):
		return "dmarc-" + f.RuleID
	}
	return "spf-" + f.RuleID
}

// settle leaves a row won whose every finding is suppressed: its owner has said why it
// does not count.
func (s *sheet) settle(row *Row, v verdict) verdict {
	if v.state != lost && v.state != absent {
		return v
	}
	named := s.told(row.ID, v.rule)
	if v.state == absent {
		named = append(slices.Clone(named), s.told(row.Base, s.verdicts[row.Base].rule)...)
	}
	if len(named) > 0 && !slices.ContainsFunc(named, counts) {
		return verdict{state: won}
	}
	return v
}

// told returns the findings that say why a row is lost: its own, or where it has none
// those of the rule that its verdict names.
func (s *sheet) told(row, rule string) []*lint.Finding {
	told := s.findings[row]
	for i := range s.Findings {
		if f := &s.Findings[i]; len(s.findings[row]) == 0 && f.RuleID == rule {
			told = append(told, f)
		}
	}
	return told
}

func counts(f *lint.Finding) bool { return f.Suppressed == "" }

// costly reports whether a finding costs the row.
func (s *sheet) costly(row *Row) bool { return slices.ContainsFunc(s.findings[row.ID], counts) }

// found judges a row by its findings alone.
func found(s *sheet, row *Row) verdict {
	if s.costly(row) {
		return verdict{state: lost}
	}
	return verdict{}
}

// row returns the row of that ID.
func (s *sheet) row(id string) *Row {
	for i := range s.rows {
		if s.rows[i].ID == id {
			return &s.rows[i]
		}
	}
	return nil
}

// lost reports whether a row is lost.
func (s *sheet) lost(id string) bool {
	state := s.verdicts[id].state
	return state == lost || state == absent
}

// cause is why a row is lost.
type cause struct {
	rule, fix    string
	further      []string
	found, place string
	change       *report.Change
}

// cause says why a row is lost, and what wins it back: the first whole record that stands
// ready, or all that its findings ask for.
func (s *sheet) cause(row *Row) cause {
	origin := s.origin(row)
	var c cause
	var rules, fixes, messages []string
	var change *report.Change
	for _, f := range s.told(origin.ID, s.verdicts[origin.ID].rule) {
		if !counts(f) {
			continue
		}
		if !slices.Contains(rules, f.RuleID) {
			rules, messages = append(rules, f.RuleID), append(messages, s.found(f))
		}
		fix, text := s.fix(f)
		if fix == "" || slices.Contains(fixes, fix) || slices.Contains(origin.Elsewhere, f.RuleID) {
			continue
		}
		fixes = append(fixes, fix)
		if change == nil && text != "" {
			change = &report.Change{Subject: f.Subject(), Old: f.Span.Source.Text, New: text}
		}
		if c.place == "" && isRecord(fix) {
			c.place, c.change = f.Subject(), &report.Change{Subject: f.Subject(), Old: f.Span.Source.Text, New: fix}
		}
	}
	switch {
	case c.change != nil:
		fixes = []string{c.change.New} // it stands alone, for copying
	case len(fixes) == 1:
		c.change = change
	}
	if len(rules) == 0 {
		rules = append(rules, cmp.Or(s.verdicts[origin.ID].rule, origin.Rules[0]))
	}
	if row.Apart && origin != row {
		fixes, messages, c.place, c.change = []string{row.Cure}, nil, "", nil
	}
	if len(fixes) == 0 {
		fixes = append(fixes, origin.Cure)
	}
	c.rule, c.further = rules[0], rules[1:]
	c.fix = strings.Join(fixes[:min(len(fixes), maxFixes)], " ")
	c.found = strings.Join(messages[:min(len(messages), maxFixes)], "; ")
	return c
}

// found says what a finding is about: its message, with the name of the record where
// it is not plain which one is meant.
func (s *sheet) found(f *lint.Finding) string {
	name, record := strings.CutPrefix(f.Subject(), "TXT ")
	own := s.Results.DMARC != nil && strings.TrimPrefix(name, "_dmarc.") == s.Results.DMARC.Domain
	if !record || own || f.Span.Source.Text == "" || strings.Contains(f.Message, name) {
		return f.Message
	}
	return name + ": " + f.Message
}

// origin returns the row that says why a row is lost: itself, or its base.
func (s *sheet) origin(row *Row) *Row {
	if s.verdicts[row.ID].state == absent && !s.costly(row) && row.Base != "" {
		return s.row(row.Base)
	}
	return row
}

// maxFixes is how many cures of one row are told: the others follow when these are
// done.
const maxFixes = 5

// fix says what to do about a finding: the record with all its faults corrected, or
// the advice of the rule. text is what the finding's becomes; empty: that is not known.
func (s *sheet) fix(f *lint.Finding) (fix, text string) {
	for _, c := range s.Corrected {
		if f.Fix != nil && c.Source == f.Span.Source && f.Severity >= lint.Warning {
			return c.Record, c.Record
		}
	}
	switch {
	case slices.Contains(refusals, f.RuleID) && s.doubtful():
		return "The message is forged, unless this host is yours: do not authorize it before you know. " + f.Hint, ""
	case f.Hint != "" || f.Fix == nil:
		return f.Hint, ""
	case f.Fix.Text == "":
		fix = "Remove " + f.Span.Text() + "."
	case f.Fix.Span.Len() < len(f.Span.Source.Text):
		fix = "Write " + strings.TrimSpace(f.Fix.Text) + " for " + f.Span.Text() + "."
	default:
		fix = f.Fix.Record()
	}
	return fix, f.Fix.Record()
}

// refusals are the rules whose advice is to authorize the client.
var refusals = []string{"spf-result-fail", "spf-result-softfail", "helo-spf-fail"}

// doubtful reports whether a message that SPF refuses has no valid signature either.
func (s *sheet) doubtful() bool {
	return s.Results.Message != nil && !slices.ContainsFunc(s.Results.Message.Signatures, func(r dkim.Result) bool { return r.Status == dkim.Pass })
}
