package dmarc

import (
	"errors"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// Why a URI of a list is ignored.
var (
	ErrURIEmpty     = errors.New("an entry of the list is empty")
	ErrURIScheme    = errors.New("an address without \"mailto:\" is no URI")
	ErrURIDoubled   = errors.New("\"mailto:\" must be followed by an address")
	ErrURISeparator = errors.New("white space does not separate URIs")
	ErrURIEncoding  = errors.New("a comma, an exclamation mark or a percent sign in a URI must be percent-encoded")
	ErrURIAddress   = errors.New("not a mail address")
)

// URI is one element of rua or ruf.
type URI struct {
	Span   lint.Span // the element, without white space around it
	Size   lint.Span // the obsolete size suffix with its "!"; empty where there is none
	Scheme string    // lower case; empty where there is none
	Host   string    // mailto: domain of the address, the last of several, canonical; else empty
	Err    error     // nil, or why receivers ignore the element
}

// Text returns the URI without a size suffix.
func (u *URI) Text() string {
	return u.Span.Source.Text[u.Span.Start:u.Size.Start]
}

// uris reads the list of a tag (RFC 9989, Section 4.6).
func uris(t *Tag) []URI {
	if t == nil || t.Value.Empty() {
		return nil
	}
	var list []URI
	at := t.Value.Start
	for element := range strings.SplitSeq(t.Value.Text(), ",") {
		left := len(element) - len(strings.TrimLeft(element, " \t\r\n"))
		text := strings.TrimSpace(element)
		list = append(list, parseURI(t.Value.Source.Span(at+left, at+left+len(text))))
		at += len(element) + 1
	}
	return list
}

func parseURI(span lint.Span) URI {
	u := URI{Span: span, Size: span.Source.Span(span.End, span.End)}
	if i := strings.LastIndexByte(span.Text(), '!'); i >= 0 && isSize(span.Text()[i+1:]) {
		u.Size.Start = span.Start + i
	}
	text := u.Text()
	scheme, rest, found := strings.Cut(text, ":")
	if found && isScheme(scheme) {
		u.Scheme = strings.ToLower(scheme)
	}
	switch {
	case text == "":
		u.Err = ErrURIEmpty
	case u.Scheme == "mailto" && (rest == "" || strings.HasPrefix(rest, "//") || strings.TrimLeft(rest, " \t") != rest ||
		len(rest) > len("mailto:") && strings.EqualFold(rest[:len("mailto:")], "mailto:")):
		u.Err = ErrURIDoubled
	case strings.ContainsAny(text, " \t\r\n"):
		u.Err = ErrURISeparator
	case u.Scheme == "":
		u.Err = ErrURIScheme
	case strings.Contains(text, "!"):
		u.Err = ErrURIEncoding
	case u.Scheme == "mailto":
		var list []Address
		if list, u.Err = addresses(rest); u.Err == nil {
			u.Host = list[len(list)-1].Host
		}
	}
	return u
}

// isLocal reports whether text can stand before the "@" (RFC 5322, Section 3.4.1).
func isLocal(text string) bool {
	special := "()<>[]:;@\\,\""
	if n := len(text); n > 2 && text[0] == '"' && text[n-1] == '"' {
		text, special = text[1:n-1], "\\\""
	}
	return !strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c == 0x7f || strings.ContainsRune(special, c) })
}

// isHost reports whether a canonical name holds nothing but letters, digits,
// hyphens and underscores.
func isHost(name string) bool {
	return !strings.ContainsFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && !strings.ContainsRune("0123456789-_.", c)
	})
}

// isSize reports whether text is a size such as 10m (RFC 7489, Section 6.4).
func isSize(text string) bool {
	if n := len(text); n > 1 && strings.IndexByte("kmgtKMGT", text[n-1]) >= 0 {
		text = text[:n-1]
	}
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// isScheme implements scheme of RFC 3986, Section 3.1.
func isScheme(text string) bool {
	const more = "0123456789+-."
	letters := strings.Map(func(c rune) rune {
		if c|0x20 >= 'a' && c|0x20 <= 'z' && c < 0x80 {
			return -1
		}
		return c
	}, text)
	return text != "" && strings.IndexByte(more, text[0]) < 0 && strings.Trim(letters, more) == ""
}
