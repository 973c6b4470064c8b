package dmarc

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// Address is a mail address. Two are the same where they are equal: the local part
// counts letter for letter (RFC 5321, Section 2.4), the domain whatever its case.
type Address struct {
	Local string // percent-encoding removed
	Host  string // canonical
}

// ParseAddress reads the address that a person gave, bare or as a mailto URI. The
// error is ErrURIAddress or says what is wrong with the URI.
func ParseAddress(text string) (Address, error) {
	const scheme = "mailto:"
	if len(text) >= len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
		list, err := addresses(text[len(scheme):])
		if err != nil || len(list) != 1 || strings.Contains(text, "?") {
			return Address{}, ErrURIAddress
		}
		return list[0], nil
	}
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return Address{}, ErrURIAddress
	}
	host, err := lookup.FromUser(text[at+1:])
	if err != nil {
		return Address{}, ErrURIAddress
	}
	return newAddress(text[:at], host)
}

func newAddress(local, host string) (Address, error) {
	host, err := lookup.Canonical(host)
	if err != nil || local == "" || strings.Contains(local, ",") || !isLocal(local) || !strings.Contains(host, ".") || !isHost(host) {
		return Address{}, ErrURIAddress
	}
	return Address{local, host}, nil
}

// addresses reads what follows "mailto:": one address, or several with commas that
// are encoded (RFC 6068, Section 2).
func addresses(text string) ([]Address, error) {
	text, _, _ = strings.Cut(text, "?")
	// RFC 3986, Appendix A: these stand in no URI.
	if strings.ContainsAny(text, "<>{}|\\^`\"") {
		return nil, ErrURIAddress
	}
	decoded, err := url.PathUnescape(text)
	if err != nil {
		return nil, ErrURIEncoding
	}
	var list []Address
	for word := range strings.SplitSeq(decoded, ",") {
		at := max(strings.LastIndexByte(word, '@'), 0)
		a, err := newAddress(word[:at], word[min(at+1, len(word)):])
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// String returns the address as people write it.
func (a Address) String() string { return a.Local + "@" + a.Host }

// uri returns the address as an entry of rua, what has a meaning there encoded
// (RFC 9989, Section 4.8).
func (a Address) uri() string { return fmt.Sprintf("mailto:%s@%s", url.PathEscape(a.Local), a.Host) }

// names reports whether an entry names an address. One that lacks "mailto:" alone
// counts: that is for the rule about the scheme.
func (u *URI) names(a Address) bool {
	text := u.Text()
	switch {
	case u.Err == nil && u.Scheme == "mailto":
		_, text, _ = strings.Cut(text, ":")
	case u.Err != ErrURIScheme:
		return false
	}
	list, err := addresses(text)
	return err == nil && slices.Contains(list, a)
}
