package render

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// sarifRenderer collects results and writes them as one run in the end: what is
// known of the rules stands before the results.
type sarifRenderer struct {
	w      io.Writer
	run    sarifRun
	rules  map[string]int // where in the run a rule stands
	prints map[string]int // how many results have a fingerprint
}

func newSARIF(w io.Writer, version string) *sarifRenderer {
	return &sarifRenderer{
		w: w, rules: map[string]int{}, prints: map[string]int{},
		run: sarifRun{
			Tool: sarifTool{Driver: sarifDriver{
				Name: "authcheck", Version: Printable(version), InformationURI: "https://github.com/authcheck/authcheck", Rules: []sarifRule{},
			}},
			ColumnKind: "unicodeCodePoints",
			Results:    []sarifResult{},
		},
	}
}

func (s *sarifRenderer) Write(r *report.Report) error {
	for i := range r.Findings {
		s.run.Results = append(s.run.Results, s.result(r, &r.Findings[i]))
	}
	for _, q := range r.Unknown {
		s.notify("warning", r, q)
	}
	for _, q := range r.Unchecked {
		s.notify("note", r, q)
	}
	return nil
}

// Close writes the run. It is a success where every question had an answer.
func (s *sarifRenderer) Close(total report.Summary) error {
	s.run.Invocations = []sarifInvocation{{Successful: total.Unknown == 0, Notifications: s.run.notifications}}
	text, err := encode(sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{s.run},
	}, "", "  ")
	if err != nil {
		return err
	}
	_, err = s.w.Write(append(text, '\n'))
	return err
}

// rule returns the index of a rule, which is added to the run where it is new.
func (s *sarifRenderer) rule(r *report.Report, id string) int {
	index, known := s.rules[id]
	if known {
		return index
	}
	rule := sarifRule{ID: id}
	if at := slices.IndexFunc(r.Rules, func(d lint.Doc) bool { return d.ID == id }); at >= 0 {
		rule.describe(&r.Rules[at])
	}
	index = len(s.run.Tool.Driver.Rules)
	s.rules[id] = index
	s.run.Tool.Driver.Rules = append(s.run.Tool.Driver.Rules, rule)
	return index
}

func (rule *sarifRule) describe(doc *lint.Doc) {
	protocol, _, _ := strings.Cut(doc.ID, "-")
	level := sarifLevel(doc.Severity)
	importance := level
	if level == "note" {
		importance = "recommendation" // GitHub's word for it
	}
	rule.Short = &sarifText{Text: cmp.Or(Printable(doc.Title), doc.ID)}
	rule.Full = &sarifText{Text: Printable(doc.Why)}
	rule.Help = &sarifHelp{
		Text: fmt.Sprintf("%s\n\nBad:\n%s\nGood:\n%s\nSee %s.", Printable(doc.Why),
			example(doc.Bad, "  "), example(doc.Good, "  "), Printable(doc.Ref)),
		Markdown: ruleMarkdown(*doc),
	}
	rule.HelpURI = ruleURL(doc.ID)
	rule.Default = &sarifConfiguration{Level: level}
	rule.Properties = &sarifRuleProperties{Tags: []string{protocol}, Severity: importance}
}

func (s *sarifRenderer) result(r *report.Report, f *lint.Finding) sarifResult {
	result := sarifResult{
		RuleID: f.RuleID, RuleIndex: s.rule(r, f.RuleID), Level: sarifLevel(f.Severity),
		Message:      sarifText{Text: sarifMessage(f.Message, withLabel("Fix: ", advice(f)))},
		Locations:    []sarifLocation{sarifLocationOf(f.Span, r.Listed)},
		Fingerprints: s.fingerprints(f),
		Fixes:        sarifFixes(f),
		Properties:   sarifProperties{Target: Printable(r.Target)},
	}
	if f.Suppressed != "" {
		result.Suppressions = []sarifSuppression{{Kind: "external", Justification: Printable(f.Suppressed)}}
	}
	return result
}

// fingerprints returns what stays the same from run to run as long as a fault is
// there: a hash of rule, subject and text, and a number where several are alike.
// GitHub knows only its own key. It computes that from the lines of files, which
// records of the DNS have not.
func (s *sarifRenderer) fingerprints(f *lint.Finding) sarifFingerprints {
	hash := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%q %q %q", f.RuleID, f.Subject(), f.Span.Text())))[:32]
	s.prints[hash]++
	hash = fmt.Sprintf("%s:%d", hash, s.prints[hash])
	p := sarifFingerprints{Own: hash}
	if regionOf(f.Span) == (region{}) {
		p.GitHub = hash
	}
	return p
}

func (s *sarifRenderer) notify(level string, r *report.Report, q report.Question) {
	n := sarifNotification{Level: level, Properties: sarifProperties{Target: Printable(r.Target)},
		Message: sarifText{Text: sarifMessage(q.Question+": "+q.Reason, withLabel("Settle: ", q.Settle))}}
	if q.Rule != "" {
		n.Rule = &sarifRuleReference{ID: q.Rule, Index: s.rule(r, q.Rule)}
	}
	s.run.notifications = append(s.run.notifications, n)
}

// sarifLevel returns SARIF's word for a severity; zero, the severity of rules that
// report unknowns, is a note.
func sarifLevel(severity lint.Severity) string {
	switch severity {
	case lint.Error:
		return "error"
	case lint.Warning:
		return "warning"
	}
	return "note"
}

// sarifMessage returns lines of text, empty ones left out. A space keeps brackets from
// being a link (SARIF 2.1.0, Section 3.11.6); not all readers know the escape for them.
// Braces stay as they are: they would have to be doubled (Section 3.11.5), but readers
// look for that only in messages with arguments, and %{i} would be shown as %{{i}}.
func sarifMessage(lines ...string) string {
	var text []string
	for _, line := range lines {
		if line != "" {
			text = append(text, strings.ReplaceAll(outside(line), "](", "] ("))
		}
	}
	return strings.Join(text, "\n")
}

// sarifLocationOf returns where a span is. GitHub drops results without a file, so
// a text without one gets the line that lists the target, or else a made-up path, and
// its characters columns of line 1.
func sarifLocationOf(span lint.Span, listed report.Place) sarifLocation {
	line := &sarifPhysical{Artifact: sarifArtifact{URI: "dns/none"}, Region: &sarifRegion{StartLine: 1}}
	if listed.File != "" {
		line = &sarifPhysical{Artifact: sarifArtifact{URI: fileURI(listed.File)}, Region: &sarifRegion{StartLine: listed.Line}}
	}
	if span.Source == nil {
		return sarifLocation{Physical: line}
	}
	subject := Printable(span.Source.Subject)
	typ, name, isRecord := strings.Cut(subject, " ")
	l := sarifLocation{Logical: []sarifLogical{{Name: subject, Kind: "resource"}}}
	if isRecord {
		l.Logical = []sarifLogical{{Name: name, Qualified: subject, Kind: "resource"}}
	}
	if span.Source.File != "" {
		l.Physical = &sarifPhysical{Artifact: sarifArtifact{URI: fileURI(span.Source.File)}, Region: sarifRegionOf(regionOf(span))}
		return l
	}
	if listed.File != "" {
		l.Physical = line
		return l
	}
	uri := "dns/" + segment(subject)
	if isRecord {
		uri = "dns/" + segment(name) + "/" + segment(typ)
	}
	start := utf8.RuneCountInString(span.Source.Text[:span.Start]) + 1
	at := region{lint.Position{Line: 1, Column: start}, lint.Position{Line: 1, Column: start + utf8.RuneCountInString(span.Text())}}
	l.Physical = &sarifPhysical{Artifact: sarifArtifact{URI: uri}, Region: sarifRegionOf(at)}
	return l
}

func sarifRegionOf(r region) *sarifRegion {
	if r == (region{}) {
		return nil
	}
	return &sarifRegion{StartLine: r.from.Line, StartColumn: r.from.Column, EndLine: r.to.Line, EndColumn: r.to.Column}
}

// sarifFixes returns the correction of a finding where it can be made in the file as
// it stands there: within one line, with characters that need no quotation marks.
func sarifFixes(f *lint.Finding) []sarifFix {
	if f.Fix == nil || f.Fix.Span.Source == nil || f.Fix.Span.Source.Text == "" || strings.Trim(f.Fix.Text, fixCharacters) != "" {
		return nil
	}
	at := regionOf(f.Fix.Span)
	if at == (region{}) || at.from.Line != at.to.Line || at.to.Column-at.from.Column != utf8.RuneCountInString(f.Fix.Span.Text()) {
		return nil
	}
	if f.Fix.Text == "" && f.Fix.Span == f.Fix.Span.Source.Whole() {
		return nil
	}
	return []sarifFix{{Changes: []sarifChange{{
		Artifact:     sarifArtifact{URI: fileURI(f.Fix.Span.Source.File)},
		Replacements: []sarifReplacement{{Deleted: sarifRegionOf(at), Inserted: sarifText{Text: f.Fix.Text}}},
	}}}}
}

// fixCharacters mean themselves everywhere in a master file (RFC 1035, Section 5.1).
const fixCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-~?.:/=%{}_,"
