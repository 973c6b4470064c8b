package dkim

import (
	"encoding/base64"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// decode returns the octets of base64 text with white space anywhere. Padding may
// be missing (RFC 6376, Section 2.10). bad is what cannot be decoded.
func decode(value lint.Span) (octets []byte, bad lint.Span, err error) {
	text := strings.TrimRight(value.Text(), "= \t\r\n")
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if c := text[i]; c > ' ' || strings.IndexByte(whiteSpace, c) < 0 {
			plain = append(plain, c)
		}
	}
	if n := len(plain); n%4 == 1 && !notBase64(rune(plain[n-1])) {
		plain = plain[:n-1] // it holds no whole octet: the text was cut
	}
	octets = make([]byte, base64.RawStdEncoding.DecodedLen(len(plain)))
	if _, err := base64.RawStdEncoding.Decode(octets, plain); err != nil {
		if i := strings.IndexFunc(text, notBase64); i >= 0 {
			return nil, value.Source.Span(value.Start+i, value.Start+i+1), ErrBase64
		}
		return nil, value, ErrBase64
	}
	return octets, value, nil
}

// notBase64 reports whether an octet is neither of base64, padding left out, nor
// white space.
func notBase64(c rune) bool {
	switch {
	case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
		return false
	}
	return !strings.ContainsRune(whiteSpace, c)
}
