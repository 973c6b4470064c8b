package spf

import (
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// MacroString is text with macros in it (RFC 7208, Section 7.1). Octets outside
// the macros stand for themselves.
type MacroString struct {
	Span   lint.Span
	Macros []Macro // in order; empty in most records
}

// Macro is one macro-expand. Start and End are octets of the Source's text.
type Macro struct {
	Start, End int
	Letter     byte   // lower case; '%', '_' or '-' for the two-octet forms
	Escape     bool   // written in upper case: the value is URL-escaped
	Parts      int    // right-hand parts to keep; 0: all
	Reverse    bool   //
	Delimiters string // where the value is split; empty: at dots
}

// The macro letters (RFC 7208, Section 7.2).
const (
	domainLetters  = "slodipvh"
	explainLetters = domainLetters + "crt" // only in explanation text
	delimiters     = ".-+,/_="
)

// maxParts is what a number of parts is cut to; a name has no more labels
// (RFC 7208, Section 7.3 asks for 127 at least).
const maxParts = 128

// text returns the macro-string as written.
func (m MacroString) text() string { return m.Span.Text() }

// Uses reports whether one of the macro letters in set occurs.
func (m MacroString) Uses(set string) bool {
	for i := range m.Macros {
		if strings.IndexByte(set, m.Macros[i].Letter) >= 0 {
			return true
		}
	}
	return false
}

// Literal reports whether the string is the same for every message: at most the
// macros for a percent sign, a space or %20, or the domain itself, occur.
func (m MacroString) Literal() bool { return !m.Uses("sloipvhcrt") }

// parseMacros finds the macros of a span. letters are those allowed; ErrMacroExpOnly
// is for the letters that only explanations may use.
func parseMacros(span lint.Span, letters string) (MacroString, *SyntaxError) {
	m := MacroString{Span: span}
	text := span.Source.Text[:span.End]
	for i := span.Start; ; {
		next := strings.IndexByte(text[i:], '%')
		if next < 0 {
			return m, nil
		}
		i += next
		macro, detail, reason := parseMacro(text, i)
		if reason == nil && macro.Letter >= 'a' && strings.IndexByte(letters, macro.Letter) < 0 {
			reason, detail = ErrMacroExpOnly, ""
		}
		if reason != nil {
			end := min(max(macro.End, i+1), span.End)
			return m, &SyntaxError{Reason: reason, Span: span.Source.Span(i, end), Detail: detail}
		}
		m.Macros = append(m.Macros, macro)
		i = macro.End
	}
}

// parseMacro reads the macro that starts with the percent sign at i. On error
// End tells how far it got.
func parseMacro(text string, i int) (m Macro, detail string, reason error) {
	m = Macro{Start: i, End: min(i+2, len(text))}
	if i+1 >= len(text) {
		return m, "a percent sign is written %%", ErrMacro
	}
	switch c := text[i+1]; c {
	case '%', '_', '-':
		m.Letter = c
		return m, "", nil
	case '{':
	default:
		return m, `after "%" only "{", "%", "_" or "-" may stand; a percent sign is written %%`, ErrMacro
	}
	length := strings.IndexByte(text[i:], '}')
	if length < 0 {
		m.End = len(text)
		return m, `the closing "}" is missing`, ErrMacro
	}
	m.End = i + length + 1
	body := text[i+2 : m.End-1]
	if body == "" {
		return m, "the macro letter is missing", ErrMacro
	}
	m.Letter = body[0] | 0x20
	m.Escape = body[0] != m.Letter
	if !isAlpha(body[0]) || strings.IndexByte(explainLetters, m.Letter) < 0 {
		return m, "the macro letters are s l o d i p v h, and in explanations c r t", ErrMacro
	}
	rest := body[1:]
	digits := 0
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
		m.Parts = min(m.Parts*10+int(rest[digits]-'0'), maxParts)
		digits++
	}
	if digits > 0 && m.Parts == 0 {
		// RFC 7208, Section 7.3: the value MUST be nonzero.
		return m, "the number of parts must not be 0", ErrMacro
	}
	rest = rest[digits:]
	if rest != "" && rest[0]|0x20 == 'r' {
		m.Reverse, rest = true, rest[1:]
	}
	if bad := strings.Trim(rest, delimiters); bad != "" {
		return m, "after the letter come digits, then r, then delimiters out of " + delimiters, ErrMacro
	}
	m.Delimiters = rest
	return m, "", nil
}

// expand writes the string with its macros replaced by what value returns for
// their letters.
func (m MacroString) expand(value func(letter byte) string) string {
	if len(m.Macros) == 0 {
		return m.text()
	}
	var b strings.Builder
	text := m.Span.Source.Text
	at := m.Span.Start
	for i := range m.Macros {
		macro := &m.Macros[i]
		b.WriteString(text[at:macro.Start])
		at = macro.End
		switch macro.Letter {
		case '%':
			b.WriteByte('%')
		case '_':
			b.WriteByte(' ')
		case '-':
			b.WriteString("%20")
		default:
			b.WriteString(macro.transform(value(macro.Letter)))
		}
	}
	b.WriteString(text[at:m.Span.End])
	return b.String()
}

// transform splits, reverses, cuts and joins a macro's value
// (RFC 7208, Section 7.3).
func (m *Macro) transform(value string) string {
	if m.Parts > 0 || m.Reverse || m.Delimiters != "" {
		split := m.Delimiters
		if split == "" {
			split = "."
		}
		parts := splitAny(value, split)
		if m.Reverse {
			for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
				parts[i], parts[j] = parts[j], parts[i]
			}
		}
		if m.Parts > 0 && m.Parts < len(parts) {
			parts = parts[len(parts)-m.Parts:]
		}
		value = strings.Join(parts, ".")
	}
	if m.Escape {
		value = escapeURL(value)
	}
	return value
}

// splitAny cuts text at each octet of set; empty parts are kept.
func splitAny(text, set string) []string {
	parts := make([]string, 0, 8)
	for {
		i := strings.IndexAny(text, set)
		if i < 0 {
			return append(parts, text)
		}
		parts, text = append(parts, text[:i]), text[i+1:]
	}
}

// escapeURL writes octets outside the unreserved set of RFC 3986, Section 2.3
// as %XX.
func escapeURL(value string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		c := value[i]
		if isAlnum(c) || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isAlnum(c byte) bool { return isAlpha(c) || isDigit(c) }
