package spf

import (
	"net/netip"
	"strings"

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
	if e.ctx.Err() != nil && len(e.unanswered) > 0 {
		// RFC 7208, Section 4.6.4: the time for the evaluation is over.
		reason := e.unanswered[len(e.unanswered)-1].Err
		return false, verdict{status: TempError, reason: &Failure{Reason: reason, Domain: domain, Term: t}}
	}
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
	reverse := lookup.Question{Name: lookup.Reverse(e.q.IP), Type: lookup.TypePTR}
	answer, err := e.r.Query(e.ctx, reverse.Name, reverse.Type)
	if err != nil {
		e.unanswered = append(e.unanswered, lookup.Reply{Question: reverse, Err: err})
		return nil, false
	}
	var questions []lookup.Question
	for _, ptr := range answer.Records[:min(len(answer.Records), maxHosts)] {
		questions = append(questions, lookup.Question{Name: ptr.Host, Type: e.addressType()})
	}
	for _, reply := range lookup.All(e.ctx, e.r, questions) {
		if reply.Err != nil {
			e.unanswered = append(e.unanswered, reply)
		}
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
