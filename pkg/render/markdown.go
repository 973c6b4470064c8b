package render

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// The most octets of the parts of a job summary: GitHub refuses one of more than
// 1 MiB, and then shows none of it.
const (
	maxTable = 256 << 10
	maxList  = 512 << 10
)

// markdownRenderer writes a table of targets, and below it what was found. All that
// comes from outside stands in code spans, where nothing has a meaning: no link,
// image, HTML, mention or table can come from it.
type markdownRenderer struct {
	w           io.Writer
	rows, items pieces
}

// pieces is text that grows up to a limit.
type pieces struct {
	text strings.Builder
	left int // pieces that had no room
}

// add adds a piece of text. Behind the first that has no room there is none.
func (p *pieces) add(piece string, limit int) {
	if p.left > 0 || p.text.Len()+len(piece) > limit {
		p.left++
		return
	}
	p.text.WriteString(piece)
}

func (m *markdownRenderer) Write(r *report.Report) error {
	s := r.Summary()
	name := code(displayName(r.Title()))
	m.rows.add(fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d |\n", strings.ReplaceAll(name, "|", `\x7c`),
		s.Errors, s.Warnings, s.Notices, s.Unknown, s.Unchecked, s.Suppressed), maxTable)
	before := "\n### " + name + "\n\n"
	for _, item := range markdownItems(r) {
		m.items.add(before+item, maxList)
		before = ""
	}
	return nil
}

func (m *markdownRenderer) Close(total report.Summary) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## authcheck: %s\n", cmp.Or(list(plural(total.Errors, "error"), plural(total.Warnings, "warning"), count(total.Unknown, "unknown")), "ok"))
	if m.rows.text.Len() > 0 {
		b.WriteString("\n| Target | Errors | Warnings | Notices | Unknown | Not checked | Suppressed |\n|---|--:|--:|--:|--:|--:|--:|\n")
	}
	b.WriteString(m.rows.text.String())
	if m.rows.left > 0 {
		fmt.Fprintf(&b, "\n%s more.\n", plural(m.rows.left, "target"))
	}
	b.WriteString(m.items.text.String())
	if m.items.left > 0 {
		fmt.Fprintf(&b, "\n%d more did not fit: a job summary holds 1 MiB.\n", m.items.left)
	}
	_, err := io.WriteString(m.w, b.String())
	return err
}

// markdownItems returns a list item for each finding and open question, and what to
// publish.
func markdownItems(r *report.Report) []string {
	items := markdownScore(r.Score)
	for i := range r.Findings {
		items = append(items, markdownFinding(&r.Findings[i]))
	}
	for _, q := range r.Unknown {
		items = append(items, markdownQuestion("**unknown**", q))
	}
	for _, q := range r.Unchecked {
		items = append(items, markdownQuestion("not checked", q))
	}
	for _, c := range r.Corrected {
		if publishable(c) {
			fence := strings.Repeat("`", max(3, longestRun(c.Record)+1))
			items = append(items, fmt.Sprintf("\nPublish as %s:\n\n%s\n%s\n%s\n", code(c.Source.Subject), fence, c.Record, fence))
		}
	}
	return items
}

func markdownFinding(f *lint.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- **%s** [%s](%s) %s: %s\n", f.Severity, f.RuleID, ruleURL(f.RuleID), code(place(f.Span)), prose(f.Message))
	if f.Span.Source != nil && f.Span.Source.Text != "" {
		text := code(cutOut(f.Span, defaultWidth).line)
		if part := f.Span.Text(); part != "" && part != f.Span.Source.Text {
			text = code(cut(asciiOnly(part[:min(len(part), defaultWidth+1)]), defaultWidth)) + " in " + text
		}
		b.WriteString("  - " + text + "\n")
	}
	if f.Suppressed != "" {
		b.WriteString("  - suppressed: " + prose(f.Suppressed) + "\n")
	} else if fix := advice(f); fix != "" {
		b.WriteString("  - fix: " + prose(fix) + "\n")
	}
	return b.String()
}

func markdownQuestion(word string, q report.Question) string {
	item := fmt.Sprintf("- %s %s: %s\n", word, code(q.Question), prose(q.Reason))
	if q.Settle != "" {
		item += "  - settle: " + code(q.Settle) + "\n"
	}
	return item
}

// prose returns running text. Words that are more than letters or a number, such as
// names, values and addresses, become code.
func prose(text string) string {
	var out, words []string
	flush := func() {
		if len(words) == 0 {
			return
		}
		// A comma at the end belongs to the sentence.
		span := strings.TrimRight(strings.Join(words, " "), ",;:")
		out = append(out, code(span)+strings.Join(words, " ")[len(span):])
		words = nil
	}
	for word := range strings.FieldsSeq(outside(text)) {
		if !plain(word) {
			words = append(words, word)
			continue
		}
		flush()
		out = append(out, word)
	}
	flush()
	return strings.Join(out, " ")
}

// plain reports whether a word means nothing in Markdown, wherever it stands behind
// the start of a line.
func plain(word string) bool {
	core := strings.TrimRight(strings.TrimLeft(word, `"'(`), `"'),.;:?`)
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'-"
	return !strings.HasPrefix(core, "-") && strings.Trim(core, letters) == "" || strings.Trim(core, "0123456789") == ""
}

// code returns text as a code span; no text, no span.
func code(text string) string {
	if text = outside(text); text == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(text)+1)
	if strings.Trim(text, "`") != text || text[0] == ' ' && text[len(text)-1] == ' ' {
		text = " " + text + " "
	}
	return fence + text + fence
}

// longestRun returns how many backticks stand side by side at most.
func longestRun(text string) int {
	longest, run := 0, 0
	for _, r := range text {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
