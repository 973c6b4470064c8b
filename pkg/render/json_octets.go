package render

import "regexp"

// octets is text that may hold any octets. JSON has only characters: those that
// are not UTF-8 are written as the four characters \xNN.
type octets string

// MarshalText implements encoding.TextMarshaler.
func (o octets) MarshalText() ([]byte, error) {
	return []byte(escape(string(o), func(rune) bool { return true })), nil
}

// pathOctets writes the name of a file so that no other name looks the same: a backslash
// that would be read as the start of \xNN is \x5c.
func pathOctets(name string) octets { return octets(lookalike.ReplaceAllString(name, `\x5c$1`)) }

var lookalike = regexp.MustCompile(`\\(x[0-9a-f]{2})`)
