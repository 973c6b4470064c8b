package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// maxAnnotations is how many annotations of a level GitHub keeps for a step
// (docs.github.com/rest/checks/runs).
const maxAnnotations = 10

// githubRenderer writes workflow commands, from which GitHub Actions makes marks in
// the files of a pull request. Suppressed findings and what was not checked get
// none, and notices only where they make the step fail or were asked for. What is
// unknown gets a warning, since it fails the step.
type githubRenderer struct {
	w     io.Writer
	from  lint.Severity              // the mildest finding that gets one
	lines map[lint.Severity][]string // the first of each severity
	left  map[lint.Severity]int      // how many more there are
}

func newGitHub(w io.Writer, o Options) *githubRenderer {
	from := lint.Warning
	if o.Verbosity == Verbose || o.FailOn == lint.Notice {
		from = lint.Notice
	}
	return &githubRenderer{w: w, from: from, lines: map[lint.Severity][]string{}, left: map[lint.Severity]int{}}
}

func (g *githubRenderer) Write(r *report.Report) error {
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Suppressed == "" && f.Severity >= g.from {
			g.annotate(f, r.Listed)
		}
	}
	for _, q := range r.Unknown {
		g.add(lint.Warning, append(listedAt(r.Listed), property("title", r.Title()+": unknown")), q.Question+": "+q.Reason, withLabel("settle: ", q.Settle))
	}
	return nil
}

func (g *githubRenderer) annotate(f *lint.Finding, listed report.Place) {
	var properties []string
	if at := regionOf(f.Span); at != (region{}) {
		properties = append(properties, property("file", f.Span.Source.File),
			fmt.Sprintf("line=%d", at.from.Line), fmt.Sprintf("col=%d", at.from.Column))
		// GitHub takes an end column only within a line.
		if at.from.Line == at.to.Line && at.from.Column < at.to.Column {
			properties = append(properties, fmt.Sprintf("endColumn=%d", at.to.Column))
		}
	} else {
		properties = listedAt(listed)
	}
	g.add(f.Severity, append(properties, property("title", f.RuleID+": "+f.Subject())), f.Message, withLabel("fix: ", advice(f)))
}

// listedAt returns the properties of a place in a list of targets.
func listedAt(listed report.Place) []string {
	if listed.File == "" {
		return nil
	}
	return []string{property("file", listed.File), fmt.Sprintf("line=%d", listed.Line)}
}

// add keeps an annotation while there is room for it.
func (g *githubRenderer) add(severity lint.Severity, properties []string, lines ...string) {
	if len(g.lines[severity]) == maxAnnotations {
		g.left[severity]++
		return
	}
	g.lines[severity] = append(g.lines[severity],
		fmt.Sprintf("::%s %s::%s\n", severity, strings.Join(properties, ","), commandData(lines)))
}

// Close writes the annotations, worst first: until then nobody knows which they are.
func (g *githubRenderer) Close(report.Summary) error {
	var b strings.Builder
	var left []string
	for severity := lint.Error; severity >= lint.Notice; severity-- {
		for _, line := range g.lines[severity] {
			b.WriteString(line)
		}
		left = append(left, plural(g.left[severity], severity.String()))
	}
	if more := list(left...); more != "" {
		fmt.Fprintf(&b, "left out: %s (GitHub shows %d annotations of a level for a step)\n", more, maxAnnotations)
	}
	_, err := io.WriteString(g.w, b.String())
	return err
}

// property returns a property of a workflow command.
func property(name, value string) string {
	return name + "=" + strings.NewReplacer("%", "%25", ":", "%3A", ",", "%2C").Replace(outside(value))
}

// commandData returns lines of text, empty ones left out, as the data of a workflow
// command.
func commandData(lines []string) string {
	var data []string
	for _, line := range lines {
		if line != "" {
			data = append(data, strings.ReplaceAll(outside(line), "%", "%25"))
		}
	}
	return strings.Join(data, "%0A")
}
