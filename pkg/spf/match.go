package spf

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// match evaluates one mechanism. A verdict with a reason ends the evaluation;
// the path of an include's verdict leads on from the include.
func (e *evaluation) match(t *Term, domain string) (bool, verdict) {
	stop := func(s Status, reason error) (bool, verdict) {
		return false, verdict{status: s, reason: &Failure{Reason: reason, Domain: domain, Term: t}}
	}
	switch t.Kind {
	case All:
		return true, verdict{}
	case IP4, IP6:
		return t.Network.Contains(e.q.IP), verdict{}
	}
	if reason := e.count(t); reason != nil {
		return stop(PermError, reason)
	}
	name, ok := e.target(t, domain)
	if !ok && (t.Kind != Include || e.unmatchable(t)) {
		return false, verdict{} // no such name can exist (RFC 7208, Section 4.8)
	}
	var addrs []lookup.Record
	var err error
	switch t.Kind {
	case Include:
		return e.include(t, domain, name)
	case PTR:
		return e.matchPTR(t, domain, name)
	case Exists:
		// RFC 7208, Section 5.7: type A, whatever the client's family.
		addrs, err = e.ask(name, lookup.TypeA)
		if err == nil {
			return len(addrs) > 0, verdict{}
		}
	case A:
		addrs, err = e.ask(name, e.addressType())
	case MX:
		addrs, err = e.askMX(name)
	}
	// A host that matched before the lookup of another one failed has matched.
	switch matched := e.anyMatches(t, addrs); {
	case matched || err == nil:
		return matched, verdict{}
	case err == ErrVoidLimit || err == ErrMXLimit:
		return stop(PermError, err)
	}
	return stop(TempError, err)
}

// include evaluates another domain's record (RFC 7208, Section 5.2). An empty
// name is one that cannot exist.
func (e *evaluation) include(t *Term, domain, name string) (bool, verdict) {
	v := verdict{status: None}
	if name != "" {
		v = e.checkHost(name)
		e.countVoid(v)
	}
	switch v.status {
	case None:
		return false, verdict{status: PermError, reason: &Failure{Reason: ErrIncludeNone, Domain: domain, Term: t}}
	case TempError, PermError:
		return false, v
	}
	return v.status == Pass, verdict{path: v.path}
}

// matchPTR looks for a validated name equal to the target or below it
// (RFC 7208, Section 5.5).
func (e *evaluation) matchPTR(t *Term, domain, name string) (bool, verdict) {
	names, void := e.validatedNames()
	if void {
		if e.voids++; e.voids > MaxVoids {
			return false, verdict{status: PermError, reason: &Failure{Reason: ErrVoidLimit, Domain: domain, Term: t}}
		}
	}
	for _, valid := range names {
		if isWithin(valid, name) {
			return true, verdict{}
		}
	}
	return false, verdict{}
}

// count charges a term that asks the DNS, and once more for %{p} in it
// (RFC 7208, Section 4.6.4).
func (e *evaluation) count(t *Term) error {
	e.lookups++
	if t.Domain.Uses("p") {
		e.lookups++
	}
	if e.lookups > MaxLookups {
		return ErrLookupLimit
	}
	return nil
}

// countVoid charges an include or redirect whose target has no TXT record. The
// limit needs no look: such a target is a permerror of its own.
func (e *evaluation) countVoid(v verdict) {
	if v.void {
		e.voids++
	}
}

// ask makes the lookup of a term and charges it if it is void
// (RFC 7208, Section 4.6.4).
func (e *evaluation) ask(name string, typ lookup.Type) ([]lookup.Record, error) {
	answer, err := e.r.Query(e.ctx, name, typ)
	if err == nil && answer.Void() {
		if e.voids++; e.voids > MaxVoids {
			err = ErrVoidLimit
		}
	}
	return answer.Records, err
}

// addressType is the type that holds addresses of the client's family.
func (e *evaluation) addressType() lookup.Type {
	if e.q.IP.Is4() {
		return lookup.TypeA
	}
	return lookup.TypeAAAA
}

// askMX returns the addresses of a domain's MX hosts (RFC 7208, Section 5.4).
// Only the MX lookup itself can be void.
func (e *evaluation) askMX(name string) ([]lookup.Record, error) {
	hosts, err := e.ask(name, lookup.TypeMX)
	if err != nil {
		return nil, err
	}
	if len(hosts) > maxHosts {
		return nil, ErrMXLimit
	}
	var questions []lookup.Question
	for _, mx := range hosts {
		if mx.Host != "" { // null MX (RFC 7505, Section 3)
			questions = append(questions, lookup.Question{Name: mx.Host, Type: e.addressType()})
		}
	}
	var addrs []lookup.Record
	for _, reply := range lookup.All(e.ctx, e.r, questions) {
		addrs = append(addrs, reply.Answer.Records...)
		if reply.Err != nil {
			return addrs, reply.Err
		}
	}
	return addrs, nil
}

// anyMatches compares the client with addresses under the term's prefix length.
func (e *evaluation) anyMatches(t *Term, addrs []lookup.Record) bool {
	length := t.Length4
	if !e.q.IP.Is4() {
		length = t.Length6
	}
	for i := range addrs {
		if addrs[i].Addr.BitLen() == e.q.IP.BitLen() && netip.PrefixFrom(addrs[i].Addr, length).Contains(e.q.IP) {
			return true
		}
	}
	return false
}

// validatedNames returns the names of the client that lead back to its address,
// out of the first ten (RFC 7208, Sections 4.6.4 and 5.5). Errors of the DNS
// leave names out; void tells that the address has no name.
func (e *evaluation) validatedNames() (names []string, void bool) {
	answer, err := e.r.Query(e.ctx, lookup.Reverse(e.q.IP), lookup.TypePTR)
	if err != nil {
		return nil, false
	}
	var questions []lookup.Question
	for _, ptr := range answer.Records[:min(len(answer.Records), maxHosts)] {
		questions = append(questions, lookup.Question{Name: ptr.Host, Type: e.addressType()})
	}
	for _, reply := range lookup.All(e.ctx, e.r, questions) {
		for _, rr := range reply.Answer.Records {
			if reply.Err == nil && rr.Addr == e.q.IP {
				names = append(names, reply.Name)
				break
			}
		}
	}
	return names, answer.Void()
}

// isWithin reports whether a name equals parent or stands below it.
func isWithin(name, parent string) bool {
	return name == parent || strings.HasSuffix(name, parent) && name[len(name)-len(parent)-1] == '.'
}

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
