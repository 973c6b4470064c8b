package message

import "strings"

// Unsubscribing is how far a message offers to unsubscribe with one click.
type Unsubscribing int

// The steps to one-click unsubscription (RFC 8058, Section 3.1). Whether a signature
// covers the fields is a matter of its own.
const (
	NoUnsubscribe Unsubscribing = iota // no List-Unsubscribe field
	NoSecureURI                        // other than one field with one https URI
	NoPost                             // no List-Unsubscribe-Post field
	BadPost                            // other than one field with the one pair that is known
	OneClick
)

// The fields of one-click unsubscription.
const (
	UnsubscribeField     = "List-Unsubscribe"
	UnsubscribePostField = "List-Unsubscribe-Post"
)

// oneClick is the pair that a List-Unsubscribe-Post field holds, in whatever case
// (RFC 8058, Section 5).
const oneClick = "List-Unsubscribe=One-Click"

// Unsubscribing returns how far the message offers to unsubscribe with one click.
func (m *Message) Unsubscribing() Unsubscribing {
	uris, posts := m.Named(UnsubscribeField), m.Named(UnsubscribePostField)
	switch {
	case len(uris) == 0:
		return NoUnsubscribe
	case len(uris) > 1 || secureURIs(uris[0].Value()) != 1:
		return NoSecureURI
	case len(posts) == 0:
		return NoPost
	case len(posts) > 1 || !strings.EqualFold(strings.Trim(posts[0].Value(), whiteSpace), oneClick):
		return BadPost
	}
	return OneClick
}

// secureURIs returns how many https URIs a list field holds. What follows something
// else than a URI between angle brackets is ignored (RFC 2369, Section 2).
func secureURIs(text string) int {
	count := 0
	for {
		text = trimComments(text)
		end := strings.IndexByte(text, '>')
		if end < 0 || text[0] != '<' {
			return count
		}
		const scheme = "https://"
		uri := strings.TrimLeft(text[1:end], whiteSpace)
		if len(uri) > len(scheme) && strings.EqualFold(uri[:len(scheme)], scheme) {
			count++
		}
		text = trimComments(text[end+1:])
		if !strings.HasPrefix(text, ",") {
			return count
		}
		text = text[1:]
	}
}

// trimComments returns a text without the white space and the comments before it, ""
// where one of these does not end.
func trimComments(text string) string {
	for {
		text = strings.TrimLeft(text, whiteSpace)
		if !strings.HasPrefix(text, "(") {
			return text
		}
		end := commentEnd(text, 0)
		if end == 0 {
			return ""
		}
		text = text[end:]
	}
}
