package render

import (
	"bytes"
	"io"
	"time"

	_ "embed"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

//go:embed report.schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of the JSON output. A line of
// NDJSON is what its definition "report" describes.
func Schema() []byte { return bytes.Clone(schema) }

// schemaVersion changes when a key is renamed or goes away.
const schemaVersion = 1

// jsonRenderer writes one object, report by report.
type jsonRenderer struct {
	w       io.Writer
	version string
	reports int // written so far
}

func (j *jsonRenderer) Write(r *report.Report) error {
	element, err := encode(wireReportOf(r), "    ", "  ")
	if err != nil {
		return err
	}
	before := []byte(",\n    ")
	if j.reports == 0 {
		if before, _, err = j.frame(report.Summary{}); err != nil {
			return err
		}
		before = append(before, "\n    "...)
	}
	j.reports++
	_, err = j.w.Write(append(before, element...))
	return err
}

func (j *jsonRenderer) Close(total report.Summary) error {
	before, after, err := j.frame(total)
	if err != nil {
		return err
	}
	if j.reports > 0 {
		before = []byte("\n  ")
	}
	_, err = j.w.Write(append(append(before, after...), '\n'))
	return err
}

// frame returns what stands around the elements of "reports", its brackets
// included.
func (j *jsonRenderer) frame(total report.Summary) (before, after []byte, err error) {
	whole, err := encode(wireOutput{
		Schema:  schemaVersion,
		Tool:    wireTool{Name: "authcheck", Version: octetsOf(j.version)},
		Reports: []wireReport{},
		Summary: wireTotal{Targets: total.Targets, wireSummary: wireSummaryOf(total)},
	}, "", "  ")
	if err != nil {
		return nil, nil, err
	}
	// Within a value the quotes would be escaped: only the key looks like this.
	at := bytes.Index(whole, []byte(`"reports": []`)) + len(`"reports": [`)
	return bytes.Clone(whole[:at]), whole[at:], nil
}

// ndjsonRenderer writes each report on a line of its own.
type ndjsonRenderer struct{ w io.Writer }

func (n *ndjsonRenderer) Write(r *report.Report) error {
	line, err := encode(wireReportOf(r), "", "")
	if err != nil {
		return err
	}
	_, err = n.w.Write(append(line, '\n'))
	return err
}

func (n *ndjsonRenderer) Close(report.Summary) error { return nil }

type wireOutput struct {
	Schema  int          `json:"schema"`
	Tool    wireTool     `json:"tool"`
	Reports []wireReport `json:"reports"`
	Summary wireTotal    `json:"summary"`
}

type wireTool struct {
	Name    string `json:"name"`
	Version octets `json:"version"`
}

type wireReport struct {
	Target     octets           `json:"target"`
	Kind       report.Kind      `json:"kind"`
	At         string           `json:"at,omitempty"`
	AtSource   string           `json:"at_source,omitempty"`
	Results    wireResults      `json:"results"`
	Findings   []wireFinding    `json:"findings"`
	Corrected  []wireCorrection `json:"corrected,omitempty"`
	Unknown    []wireQuestion   `json:"unknown"`
	NotChecked []wireQuestion   `json:"not_checked"`
	Score      *wireScore       `json:"score,omitempty"`
	Summary    wireSummary      `json:"summary"`
}

type wireFinding struct {
	Rule             string   `json:"rule"`
	Severity         string   `json:"severity"`
	Subject          octets   `json:"subject"`
	Text             octets   `json:"text"`
	Message          octets   `json:"message"`
	Hint             octets   `json:"hint,omitempty"`
	Fix              *wireFix `json:"fix,omitempty"`
	Ref              string   `json:"ref"`
	File             octets   `json:"file,omitempty"`
	Line             int      `json:"line,omitempty"`
	Column           int      `json:"column,omitempty"`
	EndLine          int      `json:"end_line,omitempty"`
	EndColumn        int      `json:"end_column,omitempty"`
	Start            int      `json:"start"`
	End              int      `json:"end"`
	Suppressed       bool     `json:"suppressed"`
	SuppressedReason octets   `json:"suppressed_reason,omitempty"`
}

type wireFix struct {
	Text   *octets `json:"text,omitempty"` // empty: the span goes away; nil: the correction reaches beyond the span
	Record octets  `json:"record,omitempty"`
}

type wireCorrection struct {
	Subject octets `json:"subject"`
	Record  octets `json:"record"`
	Fixes   int    `json:"fixes"`
}

type wireQuestion struct {
	Question octets `json:"question"`
	Reason   octets `json:"reason"`
	Settle   octets `json:"settle,omitempty"`
	Rule     string `json:"rule,omitempty"`
}

type wireSummary struct {
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Notices    int `json:"notices"`
	Suppressed int `json:"suppressed"`
	Unknown    int `json:"unknown"`
	NotChecked int `json:"not_checked"`
}

type wireTotal struct {
	Targets int `json:"targets"`
	wireSummary
}

func wireReportOf(r *report.Report) wireReport {
	findings := make([]wireFinding, len(r.Findings))
	for i := range r.Findings {
		findings[i] = wireFindingOf(&r.Findings[i], r.Corrected)
	}
	var corrected []wireCorrection
	for _, c := range r.Corrected {
		corrected = append(corrected, wireCorrection{octetsOf(c.Source.Subject), octetsOf(c.Record), c.Fixes})
	}
	return wireReport{
		Corrected:  corrected,
		Target:     pathOctets(r.Target),
		Kind:       r.Kind,
		At:         moment(r.At),
		AtSource:   r.AtSource,
		Results:    wireResultsOf(r.Results),
		Findings:   findings,
		Unknown:    wireQuestionsOf(r.Unknown),
		NotChecked: wireQuestionsOf(r.Unchecked),
		Score:      wireScoreOf(r.Score),
		Summary:    wireSummaryOf(r.Summary()),
	}
}

// moment returns a moment as JSON has it, "" for none.
func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

func wireFindingOf(f *lint.Finding, corrected []lint.Correction) wireFinding {
	w := wireFinding{
		Rule: f.RuleID, Severity: f.Severity.String(), Ref: f.Ref,
		Subject: octetsOf(f.Subject()), Text: octetsOf(f.Span.Text()), Start: f.Span.Start, End: f.Span.End,
		Message: octetsOf(f.Message), Hint: octetsOf(f.Hint),
		Suppressed: f.Suppressed != "", SuppressedReason: octetsOf(f.Suppressed),
	}
	if f.Fix != nil {
		w.Fix = wireFixOf(f, corrected)
	}
	if source := f.Span.Source; source != nil && source.File != "" {
		from, to := f.Span.Position(), f.Span.EndPosition()
		w.File = pathOctets(source.File)
		w.Line, w.Column, w.EndLine, w.EndColumn = from.Line, from.Column, to.Line, to.Column
	}
	return w
}

// wireFixOf returns what of a correction can be told: the change of the span, and
// the record with all its faults corrected, if they all are and it is not too long
// to repeat with every finding.
func wireFixOf(f *lint.Finding, corrected []lint.Correction) *wireFix {
	var w wireFix
	if f.Fix.Span == f.Span {
		text := octetsOf(f.Fix.Text)
		w.Text = &text
	}
	for _, c := range corrected {
		if c.Source == f.Span.Source && f.Severity >= lint.Warning && len(c.Record) <= maxPublish {
			w.Record = octetsOf(c.Record)
		}
	}
	if w.Text == nil && w.Record == "" {
		return nil
	}
	return &w
}

func wireQuestionsOf(questions []report.Question) []wireQuestion {
	w := make([]wireQuestion, len(questions))
	for i, q := range questions {
		w[i] = wireQuestion{octetsOf(q.Question), octetsOf(q.Reason), octetsOf(q.Settle), q.Rule}
	}
	return w
}

func wireSummaryOf(s report.Summary) wireSummary {
	return wireSummary{
		Errors: s.Errors, Warnings: s.Warnings, Notices: s.Notices,
		Suppressed: s.Suppressed, Unknown: s.Unknown, NotChecked: s.Unchecked,
	}
}
