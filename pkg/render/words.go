package render

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// displayName shows a domain as people write it and, where that differs, as the
// DNS has it.
func displayName(domain string) string {
	if u := lookup.Unicode(domain); u != domain {
		return fmt.Sprintf("%s (%s)", Printable(u), Printable(domain))
	}
	return Printable(domain)
}

// plural counts things by their name; none: "".
func plural(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return count(n, thing)
}

// count puts a number before words that stay as they are; none: "".
func count(n int, words string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", n, words)
}

// list joins what is not empty with commas.
func list(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// advice says what to do about a finding: its hint, or else what replaces the span,
// unless a whole record does that tells more. No advice: "".
func advice(f *lint.Finding) string {
	switch {
	case f.Hint != "" || f.Fix == nil:
		return f.Hint
	case f.Fix.Text == "":
		return "remove it"
	case f.Span.Empty() && f.Span.Source.Text != "":
		return "insert " + strings.TrimSpace(f.Fix.Text)
	case f.Fix.Span.Len() < len(f.Span.Source.Text):
		return "write " + strings.TrimSpace(f.Fix.Text)
	}
	return ""
}

// withLabel puts a label before text; no text: "".
func withLabel(label, text string) string {
	if text == "" {
		return ""
	}
	return label + text
}

// place names the text that a span is in, and where it starts if it stands in a file.
func place(span lint.Span) string {
	source := span.Source
	switch {
	case source == nil:
		return ""
	case source.File == "":
		return source.Subject
	}
	file := source.File
	if p := span.Position(); p.Line > 0 {
		file = fmt.Sprintf("%s:%d:%d", file, p.Line, p.Column)
	}
	return file + "  " + source.Subject
}

// maxPublish is the longest record that is shown for copying, in octets.
const maxPublish = 4096

// publishable reports whether a corrected record can be copied as it is shown: one
// in which something would have to be escaped cannot.
func publishable(c lint.Correction) bool {
	return len(c.Record) <= maxPublish && asciiOnly(c.Record) == c.Record && inert(c.Record) == c.Record
}

// ruleURL is where the documentation of a rule stands.
func ruleURL(id string) string {
	return "https://github.com/authcheck/authcheck/blob/main/pkg/check/RULES.md#" + url.PathEscape(id)
}

// outside makes running text from anywhere fit to be shown.
func outside(text string) string { return bounded(Printable(text)) }

// maxText is the longest running text that is shown, in columns.
const maxText = 1000

// bounded cuts running text to maxText.
func bounded(text string) string { return cut(text, maxText) }

// cut shortens text to a number of columns and marks that it did.
func cut(text string, columns int) string {
	if utf8.RuneCountInString(text) <= columns {
		return text
	}
	return string([]rune(text)[:columns-1]) + "…"
}

// hang wraps text after a first prefix, with another before the further lines.
func hang(first, next, text string, width int) block {
	lines := wrap(text, width-max(len(first), len(next)))
	for i := range lines {
		if i == 0 {
			lines[i] = first + lines[i]
		} else {
			lines[i] = next + lines[i]
		}
	}
	return lines
}

// wrap breaks text at spaces into lines of at most width columns, and a word that
// is longer than a line anywhere. Spaces within a line stay as they are.
func wrap(text string, width int) block {
	var lines block
	rest := []rune(text)
	for len(rest) > width {
		at := width
		for at > 0 && rest[at] != ' ' {
			at--
		}
		if at == 0 {
			at = width
		}
		lines = append(lines, string(rest[:at]))
		rest = rest[at:]
		for len(rest) > 0 && rest[0] == ' ' {
			rest = rest[1:]
		}
	}
	return append(lines, string(rest))
}

// excerpt is the part of a text around a span, on one line of ASCII.
type excerpt struct {
	line           string
	column, carets int // where the span starts in the line, and how wide it is
}

// cutOut returns as much of the text around a span as fits, with … where
// something was cut off. An empty span is one column wide.
func cutOut(span lint.Span, width int) excerpt {
	text := span.Source.Text
	// No octet takes less than a column: more of them cannot be seen.
	before := asciiOnly(text[max(span.Start-width, 0):span.Start])
	marked := asciiOnly(text[span.Start:min(span.End, span.Start+width+1)])
	after := asciiOnly(text[span.End:min(span.End+width, len(text))])

	line := before + marked + after
	from, to := len(before), len(before)+max(len(marked), 1)
	columns := max(len(line), to)
	// The span stands in the middle; what is longer than the line starts after
	// some context.
	context := max((width-(to-from))/2, width/4)
	left := max(min(from-context, columns-width), 0)
	right := min(left+width, columns)

	shown := line[left:min(right, len(line))]
	if right < columns {
		shown = shown[:len(shown)-1] + "…"
	}
	if left > 0 {
		shown = "…" + shown[1:]
	}
	return excerpt{line: shown, column: from - left, carets: min(to, right) - from}
}
