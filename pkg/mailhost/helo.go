package mailhost

import (
	"errors"
	"net/netip"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// What can be wrong with a name given with HELO or EHLO.
var (
	ErrNoHELO      = errors.New("no name was given")
	ErrNotFQDN     = errors.New("not a fully qualified domain name")
	ErrBareAddress = errors.New("an address without brackets")
	ErrHELOSyntax  = errors.New("neither a domain nor an address literal")
)

// HELO is the name that a client gives with HELO or EHLO.
type HELO struct {
	Source  *lint.Source // the name as given
	Err     error        // a sentinel of this package; nil: it can be looked up or is a literal
	Fault   lint.Span    // what Err is about
	Literal netip.Addr   // of an address literal; else invalid
	Host    *Host        // nil for literals and for what is no name
	MX      *lookup.Reply
	Client  netip.Addr // invalid: not known
}

// literalTag stands before the address of an IPv6 literal (RFC 5321, Section 4.1.3).
const literalTag = "IPv6:"

// ParseHELO reads the argument of HELO or EHLO. It asks nothing.
func ParseHELO(text string) *HELO {
	h := &HELO{Source: lint.NewSource("HELO", text)}
	h.Fault = h.Source.Whole()
	_, notAddress := netip.ParseAddr(text)
	switch {
	case text == "":
		h.Err = ErrNoHELO
	case notAddress == nil:
		h.Err = ErrBareAddress
	case text[0] == '[':
		h.literal(text)
	default:
		h.name(text)
	}
	return h
}

// literal reads an address literal (RFC 5321, Section 4.1.3).
func (h *HELO) literal(text string) {
	inner, closed := strings.CutSuffix(text[1:], "]")
	tagged := len(inner) >= len(literalTag) && strings.EqualFold(inner[:len(literalTag)], literalTag)
	if tagged {
		inner = inner[len(literalTag):]
	}
	addr, err := netip.ParseAddr(inner)
	if err != nil || !closed || addr.Is4() == tagged || addr.Zone() != "" {
		h.Err = ErrHELOSyntax
		return
	}
	h.Literal = addr
}

// name reads a domain (RFC 5321, Section 4.1.2).
func (h *HELO) name(text string) {
	name, err := lookup.Canonical(text)
	start, end := badLabel(strings.TrimSuffix(text, "."))
	switch {
	case err != nil:
		h.Err = ErrHELOSyntax
		return
	case end > start:
		h.Err, h.Fault = ErrHELOSyntax, h.Source.Span(start, end)
	case unqualified(name):
		h.Err = ErrNotFQDN
		return
	case strings.HasSuffix(text, "."):
		h.Err, h.Fault = ErrHELOSyntax, h.Source.Span(len(text)-1, len(text))
	}
	h.Host = &Host{Name: name}
}

// Named reports whether the name is one that can be looked up. A dot at its end is
// left out of it.
func (h *HELO) Named() bool { return h.Host != nil && (h.Err == nil || h.finalDot()) }

// finalDot reports whether nothing but a dot at the end is wrong.
func (h *HELO) finalDot() bool {
	return h.Err == ErrHELOSyntax && h.Host != nil && h.Fault.Text() == "."
}
