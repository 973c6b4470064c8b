package lookup

import (
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// token is one item of an entry: a name, a keyword, a piece of data.
type token struct {
	text   string // as in the file, escapes kept, quotes left out
	quoted bool
	glued  bool // nothing stands between it and the token before
	line   int  // of the first octet, which is the quote of a quoted token
	column int
}

// is reports whether the token is the keyword, in any case. What is quoted is
// never a keyword.
func (t token) is(keyword string) bool {
	return !t.quoted && strings.EqualFold(t.text, keyword)
}

// raw returns the token as it stands in the file.
func (t token) raw() string {
	if t.quoted {
		return `"` + t.text + `"`
	}
	return t.text
}

// end returns the column after the last octet of the token.
func (t token) end() int { return t.column + len(t.raw()) }

// octets undoes the escapes. It adds the anchors of the octets, which will
// stand at offset of a text, to those given.
func (t token) octets(offset int, anchors []lint.Anchor) (string, []lint.Anchor) {
	column := t.column
	if t.quoted {
		column++
	}
	anchors = append(anchors, lint.Anchor{Offset: offset, Line: t.line, Column: column})
	if strings.IndexByte(t.text, '\\') < 0 {
		return t.text, anchors
	}
	octets := make([]byte, 0, len(t.text))
	for i := 0; i < len(t.text); {
		n := escapeLength(t.text[i:])
		if n == 0 {
			octets = append(octets, t.text[i])
			i++
			continue
		}
		octets = append(octets, unescape(t.text[i:i+n])...)
		i += n
		anchors = append(anchors, lint.Anchor{Offset: offset + len(octets), Line: t.line, Column: column + i})
	}
	return string(octets), anchors
}

// endAnchor ties the end of the token's octets, at offset of a text, to its place.
func (t token) endAnchor(offset int) lint.Anchor {
	column := t.end()
	if t.quoted {
		column--
	}
	return lint.Anchor{Offset: offset, Line: t.line, Column: column}
}

// escapeLength returns how many octets the escape at the start of s takes: 4
// for \DDD, 2 for \X, 0 where no valid one stands there (RFC 1035, Section 5.1).
func escapeLength(s string) int {
	switch {
	case len(s) < 2 || s[0] != '\\' || s[1] == '\n' || s[1] == '\r':
		return 0
	case !isDigit(s[1]):
		return 2
	case len(s) >= 4 && isDigit(s[2]) && isDigit(s[3]) && s[1:4] <= "255":
		return 4
	}
	return 0
}
