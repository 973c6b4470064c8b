package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// Explain writes the documentation of a rule for people.
func Explain(w io.Writer, doc lint.Doc) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n  %s\n\n", doc.ID, severityOf(doc), doc.Title)
	for _, line := range wrap(doc.Why, defaultWidth-2) {
		b.WriteString("  " + line + "\n")
	}
	fmt.Fprintf(&b, "\nBad:\n%s\nGood:\n%s\nSee: %s\n", example(doc.Bad, "  "), example(doc.Good, "  "), doc.Ref)
	_, err := io.WriteString(w, b.String())
	return err
}

// severityOf names the harshest severity of a rule, or that it reports unknowns.
func severityOf(doc lint.Doc) string {
	if doc.Unanswered {
		return "unknown"
	}
	return doc.Severity.String()
}

// example shows a message, a zone and the command that looks at them.
func example(e lint.Example, indent string) string {
	var b strings.Builder
	for _, text := range []string{e.Message, e.Zone} {
		for line := range strings.Lines(text) {
			b.WriteString(strings.TrimRight(indent+cut(Printable(strings.TrimRight(line, "\r\n")), maxText), " ") + "\n")
		}
	}
	if len(e.Args) > 0 {
		b.WriteString(indent + "$ authcheck " + strings.Join(e.Args, " ") + "\n")
	}
	if b.Len() == 0 {
		b.WriteString(indent + "(no zone text can show it)\n")
	}
	return b.String()
}

// RuleList writes one line a rule.
func RuleList(w io.Writer, docs []lint.Doc) error {
	var b strings.Builder
	for _, doc := range docs {
		fmt.Fprintf(&b, "%-34s %-8s %s\n", doc.ID, severityOf(doc), doc.Title)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// RuleMarkdown writes the documentation of all rules as one page.
func RuleMarkdown(w io.Writer, docs []lint.Doc) error {
	var b strings.Builder
	b.WriteString("# Rules\n\nWritten by `authcheck rules -f markdown`. `authcheck explain ID` shows one of them.\n\n| Rule | Severity | What it finds |\n|---|---|---|\n")
	for _, doc := range docs {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", doc.ID, doc.ID, severityOf(doc), markdownText(doc.Title))
	}
	for _, doc := range docs {
		fmt.Fprintf(&b, "\n## %s\n\n%s", doc.ID, ruleMarkdown(doc))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ruleMarkdown returns the documentation of a rule without its name.
func ruleMarkdown(doc lint.Doc) string {
	return fmt.Sprintf("%s (%s). %s\n\nBad:\n\n```\n%s```\n\nGood:\n\n```\n%s```\n\nSee %s.\n",
		markdownText(doc.Title), severityOf(doc), markdownText(doc.Why), example(doc.Bad, ""), example(doc.Good, ""), doc.Ref)
}

// markdownText keeps characters of our own prose from meaning something.
func markdownText(text string) string {
	return strings.NewReplacer("*", `\*`, "_", `\_`, "<", "&lt;", "|", `\|`, "~", `\~`).Replace(text)
}

// ruleWire is a rule as JSON.
type ruleWire struct {
	ID       string      `json:"id"`
	Severity string      `json:"severity"`
	Title    string      `json:"title"`
	Why      string      `json:"why"`
	Ref      string      `json:"ref"`
	Bad      exampleWire `json:"bad"`
	Good     exampleWire `json:"good"`
}

type exampleWire struct {
	Message string   `json:"message,omitempty"`
	Zone    string   `json:"zone,omitempty"`
	Command []string `json:"command,omitempty"`
}

// RuleJSON writes the documentation of all rules as a JSON array.
func RuleJSON(w io.Writer, docs []lint.Doc) error {
	wire := make([]ruleWire, len(docs))
	for i, doc := range docs {
		wire[i] = ruleWire{ID: doc.ID, Severity: severityOf(doc), Title: doc.Title, Why: doc.Why, Ref: doc.Ref,
			Bad: exampleWire{doc.Bad.Message, doc.Bad.Zone, doc.Bad.Args}, Good: exampleWire{doc.Good.Message, doc.Good.Zone, doc.Good.Args}}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(wire)
}
