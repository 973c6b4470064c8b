package spf

import (
	"net/netip"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// charge counts a term that asks the DNS, and once more for %{p} in it. What goes
// over the limit ends there (RFC 7208, Section 4.6.4).
func (e *setEvaluation) charge(t *Term, reach []share, v *verdicts) (left []share) {
	if e.limit == 0 {
		return reach
	}
	for _, s := range reach {
		s.lookups++
		if t.Domain.Uses("p") {
			s.lookups++
		}
		if s.lookups > e.limit {
			v.add(PermError, []share{s})
			continue
		}
		left = append(left, s)
	}
	return left
}

// void counts a void lookup.
func (e *setEvaluation) void(reach []share, v *verdicts) (left []share) {
	if e.limit == 0 {
		return reach
	}
	for _, s := range reach {
		if s.voids++; s.voids > MaxVoids {
			v.add(PermError, []share{s})
			continue
		}
		left = append(left, s)
	}
	return left
}

// branch evaluates a mechanism that asks the DNS and returns the addresses that
// it does not match.
func (e *setEvaluation) branch(b *Branch, reach []share, v *verdicts) []share {
	t := b.Term
	reach = e.charge(t, reach, v)
	switch {
	case len(reach) == 0:
		return nil
	case b.Skipped == ErrUnusableName && t.Kind == Include:
		v.add(PermError, reach)
		return nil
	case b.Skipped == ErrUnusableName: // RFC 7208, Section 4.8
		return reach
	case b.Skipped == ErrNeedsClient && e.met != nil:
		if !e.met[conditionKey(v.node.Domain, t)] {
			return reach
		}
		v.add(statusOf(t.Qualifier), reach)
		return nil
	case b.Skipped == ErrNeedsClient:
		v.conditions = append(v.conditions, Condition{v.node.Domain, t, united(reach)})
		v.add(statusOf(t.Qualifier), reach)
		return reach
	case b.Skipped != nil:
		v.add(TempError, reach)
		return nil
	case t.Kind == Include:
		return e.include(b, reach, v)
	case t.Kind == MX:
		return e.mx(b, reach, v)
	case t.Kind == Exists:
		left := e.replied(b.A, reach, v)
		if b.A == nil || b.A.Answer.Void() {
			return left
		}
		// RFC 7208, Section 5.7: any A record matches, whatever the client.
		return e.matched(t, everyone(), left, v)
	}
	four, six := families(reach)
	four, six = e.replied(b.A, four, v), e.replied(b.AAAA, six, v)
	var networks []netip.Prefix
	for _, reply := range [...]*lookup.Reply{b.A, b.AAAA} {
		if reply != nil {
			networks = append(networks, addressesOf(t, reply.Answer.Records)...)
		}
	}
	return e.matched(t, NewSet(networks...), e.merge(four, six), v)
}

// families divides shares into those of IPv4 and of IPv6.
func families(shares []share) (four, six []share) {
	for _, s := range shares {
		set4, set6 := s.set.families()
		if !set4.Empty() {
			four = append(four, share{s.lookups, s.voids, set4})
		}
		if !set6.Empty() {
			six = append(six, share{s.lookups, s.voids, set6})
		}
	}
	return four, six
}

// replied returns the shares for which the evaluation goes on after a term's own
// lookup. After a void one there is nothing to match.
func (e *setEvaluation) replied(reply *lookup.Reply, reach []share, v *verdicts) []share {
	switch {
	case reply == nil || reply.Err != nil:
		v.add(TempError, reach)
		return nil
	case reply.Answer.Void():
		return e.void(reach, v)
	}
	return reach
}

// matched gives the addresses of a set the verdict of the term.
func (e *setEvaluation) matched(t *Term, set Set, reach []share, v *verdicts) []share {
	in, out := e.split(reach, set)
	v.add(statusOf(t.Qualifier), in)
	if len(in) == 0 && !set.Empty() && e.isRoot(v.node) {
		e.covered(t, set)
	}
	e.contribute(v.node, united(in), t)
	return out
}

// mx evaluates a term by the hosts of a domain, in their order: what a host before
// a failed lookup has matched is matched (RFC 7208, Section 5.4).
func (e *setEvaluation) mx(b *Branch, reach []share, v *verdicts) []share {
	reach = e.replied(b.MX, reach, v)
	if len(reach) == 0 || b.MX.Answer.Void() {
		return reach
	}
	if len(b.MX.Answer.Records) > maxHosts {
		v.add(PermError, reach)
		return nil
	}
	networks4, failed4 := hostNetworks(b, func(h *Host) *lookup.Reply { return h.A })
	networks6, failed6 := hostNetworks(b, func(h *Host) *lookup.Reply { return h.AAAA })
	out := e.matched(b.Term, NewSet(append(networks4, networks6...)...), reach, v)
	four, six := families(out)
	if failed4 {
		v.add(TempError, four)
		four = nil
	}
	if failed6 {
		v.add(TempError, six)
		six = nil
	}
	return e.merge(four, six)
}

// hostNetworks returns what a term names of the addresses of one family, up to the
// first host whose addresses are not known.
func hostNetworks(b *Branch, family func(*Host) *lookup.Reply) (networks []netip.Prefix, failed bool) {
	for i := range b.Hosts {
		reply := family(&b.Hosts[i])
		if reply == nil || reply.Err != nil {
			return networks, true
		}
		networks = append(networks, addressesOf(b.Term, reply.Answer.Records)...)
	}
	return networks, false
}

// include evaluates another domain's record (RFC 7208, Section 5.2).
func (e *setEvaluation) include(b *Branch, reach []share, v *verdicts) []share {
	inner := e.node(b.Node, reach)
	passed := inner.shares[index(Pass)]
	left := e.merge(inner.shares[index(Fail)], inner.shares[index(SoftFail)], inner.shares[index(Neutral)])
	v.add(statusOf(b.Term.Qualifier), passed)
	v.add(PermError, inner.shares[index(None)])
	v.add(PermError, inner.shares[index(PermError)])
	v.add(TempError, inner.shares[index(TempError)])
	e.contribute(v.node, united(passed).Minus(united(left)), b.Term) // without those that may go on
	if len(inner.conditions) > 0 {
		// What decides between fail and softfail decides nothing here.
		matters := varying(united(passed), united(left), united(inner.shares[index(None)]), united(inner.shares[index(PermError)]), united(inner.shares[index(TempError)]))
		for _, c := range inner.conditions {
			if c.Set = c.Set.Intersect(matters); !c.Set.Empty() {
				v.conditions = append(v.conditions, c)
			}
		}
	}
	return left
}

// redirect evaluates another domain's record in place of this one (RFC 7208,
// Section 6.1).
func (e *setEvaluation) redirect(b *Branch, reach []share, v *verdicts) {
	reach = e.charge(b.Term, reach, v)
	switch {
	case b.Skipped == ErrNeedsClient && e.met != nil: // one verdict or another
		status := Fail
		if e.met[conditionKey(v.node.Domain, b.Term)] {
			status = Pass
		}
		v.add(status, reach)
		return
	case b.Skipped == ErrNeedsClient:
		v.conditions = append(v.conditions, Condition{v.node.Domain, b.Term, united(reach)})
		for _, s := range [...]Status{Pass, SoftFail, Neutral, Fail} {
			v.add(s, reach)
		}
		return
	case b.Skipped == ErrUnusableName:
		v.add(PermError, reach)
		return
	case b.Skipped != nil:
		v.add(TempError, reach)
		return
	}
	inner := e.node(b.Node, reach)
	v.conditions = append(v.conditions, inner.conditions...)
	for i, shares := range inner.shares {
		status := statuses[i]
		if status == None {
			status = PermError
		}
		v.add(status, shares)
	}
}

// varying returns the addresses that are in more than one of the sets.
func varying(sets ...Set) (several Set) {
	var seen Set
	for _, set := range sets {
		several = Union(several, seen.Intersect(set))
		seen = Union(seen, set)
	}
	return several
}

// addressesOf returns the networks that a term with addresses names.
func addressesOf(t *Term, records []lookup.Record) []netip.Prefix {
	var list []netip.Prefix
	for i := range records {
		switch addr := records[i].Addr; {
		case addr.Is4():
			list = append(list, netip.PrefixFrom(addr, t.Length4))
		case addr.Is6():
			list = append(list, netip.PrefixFrom(addr, t.Length6))
		}
	}
	return list
}
