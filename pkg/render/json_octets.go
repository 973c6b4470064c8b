package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// encode returns the value as JSON without a final newline. Characters that
// cannot be seen are written as \u escapes, which leaves their meaning as it is:
// people look at JSON in terminals, too.
func encode(v any, prefix, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, indent)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	in := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	out := make([]byte, 0, len(in))
	for len(in) > 0 {
		if n := plainASCII(in); n > 0 {
			out, in = append(out, in[:n]...), in[n:]
			continue
		}
		r, size := utf8.DecodeRune(in)
		switch {
		case r == '#' && len(in) > 1 && in[1] == '#': // see Printable
			out = append(out, `\u0023`...)
		case r == '\n' || visible(r):
			out = append(out, in[:size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		in = in[size:]
	}
	return out, nil
}

// plainASCII returns how many octets at the start are ASCII that can be seen, as
// nearly all are, and line feeds. It stops at #, which encode looks at.
func plainASCII(in []byte) int {
	for i, c := range in {
		if (c < ' ' || c >= 0x7f || c == '#') && c != '\n' {
			return i
		}
	}
	return len(in)
}

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
