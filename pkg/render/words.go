package render

import (
	"fmt"
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
