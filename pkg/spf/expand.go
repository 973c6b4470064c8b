package spf

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// maxExpanded is the longest name that macros may expand to, in octets
// (RFC 7208, Section 7.3).
const maxExpanded = 253

// unmatchable reports whether the term writes a local-part outside ASCII into a
// name, so that it matches nothing (RFC 8616, Section 4).
func (e *evaluation) unmatchable(t *Term) bool {
	return t.Domain.Uses("sl") && !isASCII(e.local)
}

// target returns the name that a term is about, expanded. ok is false where no
// such name can exist.
func (e *evaluation) target(t *Term, domain string) (name string, ok bool) {
	switch {
	case !t.HasDomain():
		return domain, true
	case e.unmatchable(t):
		return "", false
	}
	text := strings.TrimSuffix(e.expand(t.Domain, domain), ".")
	for len(text) > maxExpanded {
		_, rest, found := strings.Cut(text, ".")
		if !found {
			return "", false
		}
		text = rest
	}
	name, err := lookup.FromOctets(text)
	return name, err == nil
}

// expand replaces the macros (RFC 7208, Sections 7.2 and 7.3).
func (e *evaluation) expand(m MacroString, domain string) string {
	return m.expand(func(letter byte) string {
		switch letter {
		case 's':
			return e.local + "@" + e.senderDomain
		case 'l':
			return e.local
		case 'o':
			return e.senderDomain
		case 'd':
			return domain
		case 'i':
			return dotted(e.q.IP)
		case 'c':
			return e.q.IP.String()
		case 'p':
			return e.clientName(domain)
		case 'v':
			if e.q.IP.Is4() {
				return "in-addr"
			}
			return "ip6"
		case 'h':
			return e.q.Helo
		case 'r':
			if e.q.Receiver != "" {
				return e.q.Receiver
			}
			return "unknown"
		}
		return strconv.FormatInt(e.q.At.Unix(), 10)
	})
}

// clientName returns the value of %{p}: a validated name, rather the domain
// itself or one below it, or "unknown" (RFC 7208, Section 7.3).
func (e *evaluation) clientName(domain string) string {
	names, _ := e.validatedNames()
	best, rank := "unknown", 0
	for _, name := range names {
		r := 1
		switch {
		case name == domain:
			r = 3
		case isWithin(name, domain):
			r = 2
		}
		if r > rank {
			best, rank = name, r
		}
	}
	return best
}

// dotted writes an address as %{i} wants it: an IPv6 address as 32 nibbles.
func dotted(ip netip.Addr) string {
	if ip.Is4() {
		return ip.String()
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, 63)
	for i, octet := range ip.As16() {
		if i > 0 {
			b = append(b, '.')
		}
		b = append(b, hex[octet>>4], '.', hex[octet&15])
	}
	return string(b)
}

// explain fetches and expands the explanation of a record. Whatever goes wrong,
// there is none (RFC 7208, Section 6.2).
func (e *evaluation) explain(exp Step) string {
	name, ok := e.target(exp.Term, exp.Domain)
	if !ok {
		return ""
	}
	answer, err := e.r.Query(e.ctx, name, lookup.TypeTXT)
	if err != nil || len(answer.Records) != 1 {
		return ""
	}
	text, bad := parseExplanation(answer.Records[0].Source)
	if bad != nil {
		return ""
	}
	// RFC 7208, Section 6.2: the result MUST be ASCII, which the HELO name and the
	// local-part need not be.
	explanation := e.expand(text, exp.Domain)
	if unprintable(explanation) >= 0 {
		return ""
	}
	return explanation
}

// parseExplanation reads the text of an explanation: printable ASCII, spaces and
// macros, those for explanations included (RFC 7208, Sections 6.2 and 12).
func parseExplanation(source *lint.Source) (MacroString, *SyntaxError) {
	if i := unprintable(source.Text); i >= 0 {
		return MacroString{}, &SyntaxError{Reason: ErrCharacter, Span: source.Span(i, i+1)}
	}
	return parseMacros(source.Whole(), explainLetters)
}

// unprintable returns the offset of the first octet that is neither a space nor
// visible ASCII, or -1.
func unprintable(text string) int {
	return strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}
