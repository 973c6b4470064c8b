package authres

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	msgauth "github.com/emersion/go-msgauth/authres"
)

// Limits of what is written. Even with every octet escaped, no word between two
// spaces fills the 998 octets that a line may have (RFC 5322, Section 2.1.1), and one
// result is always within half of what Parse reads.
const (
	maxKeyword    = 64  // octets of a method, a result or a name
	maxText       = 400 // octets of a value; an address has at most 320
	maxProperties = 32  // of a result; registered methods have at most seven
	lineLength    = 78  // octets a line should have at most, RFC 5322, Section 2.1.1
)

// Result is what one method resulted in, to be written.
type Result struct {
	Method     string // "spf", "dkim", ...
	Result     string // "pass", "fail", ...
	Reason     string // free text; left out where empty
	Properties []Property
}

// Property is what a result is about. One without a value is left out.
type Property struct {
	Type  string // "smtp", "header", "policy" or "body"
	Name  string // "mailfrom", "d", ...
	Value string
}

// ReceivedSPF is the content of a Received-SPF field. What is empty is left out.
type ReceivedSPF struct {
	Result       string // "pass", "fail", ...
	Comment      string // for people
	Receiver     string // host that checked
	ClientIP     netip.Addr
	EnvelopeFrom string // mailbox of MAIL FROM
	HELO         string
	Identity     string // "mailfrom" or "helo"
	Mechanism    string // the one that matched, or "default"
	Problem      string // details of an error
}

// Format returns a complete Authentication-Results field, with its name and the line
// end after it; without results it says "none" (RFC 8601, Section 2.2). Whatever is
// given, the field has those results and no others, and Parse reads back what was
// given, except that names become lower case, "-" stands for what no name may have,
// "unknown" for a name that is empty and "?" for what cannot be printed, and that long
// texts and lists are cut: no field goes beyond MaxResults and MaxLength.
func Format(id string, results []Result) string {
	id = bareOrQuoted(clean(id), isToken)
	if len(results) == 0 {
		return fold("Authentication-Results:", msgauth.Format(id, nil))
	}
	lines := []string{id}
	size := len(id)
	for _, r := range results[:min(len(results), MaxResults)] {
		line := r.format()
		// The other half is more than folding adds.
		if size += len(line); size > MaxLength/2 {
			break
		}
		lines = append(lines, line)
	}
	return fold("Authentication-Results:", lines...)
}

// format returns a result without the semicolon before it. go-msgauth writes reason
// and properties sorted by name, a repeated one once, backslashes in quotes as they
// are and slashes without quotes, so they are handed over ready to be written.
func (r *Result) format() string {
	text := keyword(r.Result)
	if r.Reason != "" {
		text += " reason=" + bareOrQuoted(clean(r.Reason), isToken)
	}
	for _, p := range r.Properties[:min(len(r.Properties), maxProperties)] {
		if p.Value != "" {
			text += " " + keyword(p.Type) + "." + keyword(p.Name) + "=" + bareOrQuoted(clean(p.Value), isPropertyValue)
		}
	}
	generic := &msgauth.GenericResult{Method: keyword(r.Method), Value: msgauth.ResultValue(text)}
	return strings.TrimSuffix(strings.TrimPrefix(msgauth.Format("", []msgauth.Result{generic}), "; "), " ")
}

// FormatReceivedSPF returns a complete Received-SPF field, with its name and the line
// end after it (RFC 7208, Section 9.1). Whatever is given, the field has those pairs
// and no others; ParseReceivedSPF reads back what was given, within the bounds that
// Format names.
func FormatReceivedSPF(f ReceivedSPF) string {
	text := keyword(f.Result)
	if f.Comment != "" {
		text += " (" + escapeComment.Replace(clean(f.Comment)) + ")"
	}
	client := ""
	if f.ClientIP.IsValid() {
		client = f.ClientIP.String()
	}
	separator := " "
	for _, pair := range [...]struct{ key, value string }{
		{"receiver", f.Receiver},
		{"client-ip", client},
		{"envelope-from", f.EnvelopeFrom},
		{"helo", f.HELO},
		{"identity", f.Identity},
		{"mechanism", f.Mechanism},
		{"problem", f.Problem},
	} {
		if pair.value != "" {
			text += separator + pair.key + "=" + bareOrQuoted(clean(pair.value), isDotAtom)
			separator = "; "
		}
	}
	return fold("Received-SPF:", text)
}

// fold puts a field together from its name and the elements that semicolons part,
// each from the second on at the start of a line. Lines break at spaces, before a
// word that would be too long for them; unfolding gives every space back.
func fold(name string, elements ...string) string {
	var b strings.Builder
	b.WriteString(name)
	column := b.Len()
	for i, element := range elements {
		if i > 0 {
			b.WriteString(";")
		}
		for j, word := range strings.Split(element, " ") {
			start := i > 0 && j == 0
			// No line consists of white space alone (RFC 5322, Section 3.2.2), and the
			// first word stands beside the name.
			full := i+j > 0 && word != "" && column+1+len(word) > lineLength
			if start || full {
				b.WriteString("\r\n")
				column = 0
			}
			b.WriteString(" " + word)
			column += 1 + len(word)
		}
	}
	b.WriteString("\r\n")
	return b.String()
}

// keyword returns a name as RFC 5321, Section 4.1.2, wants it, in lower case.
func keyword(s string) string {
	s = strings.Map(func(c rune) rune {
		if isLetterOrDigit(c) {
			return unicode.ToLower(c)
		}
		return '-'
	}, s[:min(len(s), maxKeyword)])
	if s = strings.Trim(s, "-"); s == "" {
		return "unknown"
	}
	return s
}

func isLetterOrDigit(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// clean cuts a text and replaces what cannot be printed.
func clean(s string) string {
	if len(s) > maxText {
		end := maxText
		for end > maxText-utf8.UTFMax && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end]
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\t' || c == '\r' || c == '\n':
			return ' '
		case c == utf8.RuneError || !unicode.IsPrint(c):
			return '?'
		}
		return c
	}, s)
}

var (
	escapeQuoted  = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	escapeComment = strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`)
)

// bareOrQuoted returns a clean text as it is where that is allowed, else as a quoted
// string (RFC 5322, Section 3.2.4; beyond ASCII, RFC 6532, Section 3.2).
func bareOrQuoted(s string, bare func(string) bool) string {
	if bare(s) {
		return s
	}
	return `"` + escapeQuoted.Replace(s) + `"`
}

// isToken implements token of RFC 2045, Section 5.1.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' || strings.IndexByte(`()<>@,;:\"/[]?=`, s[i]) >= 0 {
			return false
		}
	}
	return s != ""
}

// isPropertyValue reports whether a value is a token, a domain, or an address, whose
// local part may be missing or quoted (RFC 8601, Section 2.2: pvalue).
func isPropertyValue(s string) bool {
	at := strings.LastIndexByte(s, '@')
	local := s[:max(at, 0)]
	return isToken(s) || isDomain(s[at+1:]) && (local == "" || isDotAtom(local) || isQuoted(local))
}

// isDomain implements domain-name of RFC 6376, Section 3.5, with the letters beyond
// ASCII of RFC 8616, Section 5.
func isDomain(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.ContainsFunc(label, func(c rune) bool { return c < utf8.RuneSelf && c != '-' && !isLetterOrDigit(c) }) {
			return false
		}
	}
	return strings.Contains(s, ".")
}

// isDotAtom implements dot-atom-text of RFC 5322, Section 3.2.3, in ASCII and beyond
// (RFC 6532, Section 3.2).
func isDotAtom(s string) bool {
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" || strings.ContainsAny(atom, ` ()<>[]:;@\,"`) {
			return false
		}
	}
	return true
}

// isQuoted reports whether a clean text is one quoted string.
func isQuoted(s string) bool {
	if len(s) < 2 || s[0] != '"' {
		return false
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i == len(s)-1
		}
	}
	return false
}
