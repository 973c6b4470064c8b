package render

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable makes text from the DNS, from mail or from files safe for a terminal
// and readable without doubt: whatever a reader would not see as a character of
// its own (controls, invisible and direction-changing characters, spaces other
// than the ASCII one, octets that are not UTF-8) becomes an escape such as \t,
// \x1b or \u202e. Everything else, the backslash included, stays as it is, but for
// the second of two number signs: the logs of CI systems obey what stands behind
// ##, anywhere in a line.
func Printable(s string) string { return quiet(escape(s, visible)) }

func quiet(s string) string { return strings.ReplaceAll(s, "##", `#\x23`) }

// asciiOnly is Printable for records, where any character outside ASCII is a
// mistake or a trap: it is shown by its code point, and every column is one octet.
func asciiOnly(s string) string {
	return escape(s, func(r rune) bool { return r >= ' ' && r <= '~' })
}

// inert keeps the log of a CI system from taking a line for a command: beside what
// Printable says, GitHub obeys ::name:: and ::name property=value:: at its start.
func inert(line string) string {
	line = quiet(line)
	if workflowCommand.MatchString(line) {
		start := strings.IndexByte(line, ':')
		line = line[:start] + `\x3a` + line[start+1:]
	}
	return line
}

// workflowCommand matches the start of a line that is a command, which an address
// such as ::1 is not.
var workflowCommand = regexp.MustCompile(`^ *::[A-Za-z-]+( .*)?::`)

// blankBraille is a symbol by its category, and looks like a space.
const blankBraille = '\u2800'

// visible reports whether the character can be seen as one.
func visible(r rune) bool {
	if r <= '~' {
		return r >= ' '
	}
	return unicode.IsPrint(r) && r != blankBraille &&
		!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// escape replaces all characters but those to keep. Octets that are not UTF-8
// are never kept.
func escape(s string, keep func(rune) bool) string {
	plain := 0
	for plain < len(s) && s[plain] >= ' ' && s[plain] <= '~' && keep(rune(s[plain])) {
		plain++
	}
	if plain == len(s) {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:plain])
	for i := plain; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case keep(r):
			b.WriteString(s[i : i+size])
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += size
	}
	return b.String()
}
