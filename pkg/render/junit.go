package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// junitRenderer writes a test suite for each target, with a test case for each
// rule that fired and for each question that stayed open.
type junitRenderer struct {
	w      io.Writer
	failOn lint.Severity
	suites int // written so far
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string       `xml:"name,attr"`
	Class   string       `xml:"classname,attr"`
	File    string       `xml:"file,attr,omitempty"` // of the first finding
	Line    int          `xml:"line,attr,omitempty"`
	Failure *junitResult `xml:"failure"`
	Error   *junitResult `xml:"error"`
	Skipped *junitResult `xml:"skipped"`
	Output  string       `xml:"system-out,omitempty"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (j *junitRenderer) Write(r *report.Report) error {
	suite := junitSuite{Name: outside(r.Title()), Cases: j.findings(r)}
	for _, q := range r.Unknown {
		result := &junitResult{Message: outside(q.Reason), Type: q.Rule, Text: outside(withLabel("settle: ", q.Settle))}
		suite.Cases = append(suite.Cases, junitCase{Name: outside(q.Question), Class: suite.Name, Error: result})
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{Name: "no findings", Class: suite.Name}}
	}
	for _, q := range r.Unchecked {
		suite.Cases = append(suite.Cases, junitCase{Name: outside(q.Question), Class: suite.Name,
			Skipped: &junitResult{Message: "not checked: " + outside(q.Reason)}})
	}
	for _, c := range suite.Cases {
		suite.Tests++
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	text, err := xml.MarshalIndent(suite, "  ", "  ")
	if err != nil {
		return err
	}
	start := ""
	if j.suites++; j.suites == 1 {
		start = junitStart
	}
	_, err = fmt.Fprintf(j.w, "%s%s\n", start, text)
	return err
}

const (
	junitStart = xml.Header + "<testsuites name=\"authcheck\">\n"
	junitEnd   = "</testsuites>\n"
)

func (j *junitRenderer) Close(report.Summary) error {
	end := junitEnd
	if j.suites == 0 {
		end = junitStart + junitEnd
	}
	_, err := io.WriteString(j.w, end)
	return err
}

// findings returns a test case for each rule that fired.
func (j *junitRenderer) findings(r *report.Report) []junitCase {
	var rules []string
	byRule := map[string][]*lint.Finding{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if byRule[f.RuleID] == nil {
			rules = append(rules, f.RuleID)
		}
		byRule[f.RuleID] = append(byRule[f.RuleID], f)
	}
	cases := make([]junitCase, len(rules))
	for i, rule := range rules {
		cases[i] = j.ruleCase(byRule[rule])
		cases[i].Class = outside(r.Title())
	}
	return cases
}

// ruleCase returns the test case of one rule. It fails with the first finding that is
// grave enough and not suppressed.
func (j *junitRenderer) ruleCase(findings []*lint.Finding) junitCase {
	first := findings[0]
	c := junitCase{Name: first.RuleID}
	if at := regionOf(first.Span); at != (region{}) {
		c.File, c.Line = outside(first.Span.Source.File), at.from.Line
	}
	var text strings.Builder
	failures := 0
	for _, f := range findings {
		text.WriteString(junitText(f))
		if j.failOn == 0 || f.Severity < j.failOn || f.Suppressed != "" {
			continue
		}
		if failures++; failures == 1 {
			c.Failure = &junitResult{Message: outside(f.Message), Type: f.Severity.String()}
		}
	}
	if failures == 0 {
		c.Output = text.String()
		return c
	}
	c.Failure.Text = text.String()
	if failures > 1 {
		c.Failure.Message += fmt.Sprintf(" (and %d more)", failures-1)
	}
	return c
}

// junitText says in some lines all about a finding.
func junitText(f *lint.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", f.Severity, outside(f.Message))
	for _, line := range []struct{ label, text string }{
		{"at", place(f.Span)}, {"text", f.Span.Text()}, {"fix", advice(f)}, {"suppressed", f.Suppressed},
	} {
		if line.text != "" {
			fmt.Fprintf(&b, "  %s: %s\n", line.label, outside(line.text))
		}
	}
	return b.String()
}
