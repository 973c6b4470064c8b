package render

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// octets is text as JSON can hold it, made by octetsOf. It has a type of its own so that
// no field is filled with text as it came.
type octets string

// octetsOf returns text that may hold any octets. JSON has only characters: octets that
// are not UTF-8 become the four characters \xNN.
func octetsOf(s string) octets {
	if !utf8.ValidString(s) {
		s = escape(s, func(rune) bool { return true })
	}
	return octets(s)
}

// pathOctets writes the name of a file so that no other name looks the same: a backslash
// that would be read as the start of \xNN is \x5c.
func pathOctets(name string) octets {
	if strings.Contains(name, `\x`) {
		name = lookalike.ReplaceAllString(name, `\x5c$1`)
	}
	return octetsOf(name)
}

var lookalike = regexp.MustCompile(`\\(x[0-9a-f]{2})`)
