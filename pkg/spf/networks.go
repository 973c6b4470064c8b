package spf

import (
	"errors"
	"net/netip"
	"slices"
)

// Networks is what a record says of a client by its address alone. Each address is
// in one of the sets of Of or in Varies.
type Networks struct {
	// Err says why nothing is known: ErrTooLarge, and then everything else is empty.
	Err error
	// Varies holds the addresses whose verdict depends on the message too. Terms
	// that do are taken to find something, or at least to break no limit.
	Varies Set
	// Conditions are the terms that Varies is due to, in the order met.
	Conditions []Condition
	// Sources are the terms of the domain's own record with the addresses that
	// they decide about, in order.
	Sources []Contribution
	// Covered are terms of the domain's own record that can never match.
	Covered []Cover

	limit    int // of lookups under which it was evaluated; 0: none
	sets     outcome
	possible outcome // the sets, and addresses of Varies in each that they may get
}

// Condition is a term whose match depends on the message.
type Condition struct {
	Domain string // whose record holds the term
	Term   *Term
	Set    Set // of Networks.Varies, the addresses for which the term is evaluated
}

// statuses are the verdicts that an address can have; index is the place of each.
var statuses = [...]Status{Pass, SoftFail, Neutral, Fail, None, PermError, TempError}

func index(s Status) int {
	for i, status := range statuses {
		if s == status {
			return i
		}
	}
	panic("no status: " + s)
}

// outcome holds the addresses for which each verdict is possible.
type outcome [len(statuses)]Set

// Of returns the addresses that get a verdict whatever the message. TempError
// stands for what had no answer or was not asked.
func (n *Networks) Of(s Status) Set { return n.sets[index(s)] }

// may returns the addresses that get a verdict for some messages at least.
func (n *Networks) may(s Status) Set { return n.possible[index(s)] }

// ErrTooLarge is the reason why nothing is known about the addresses of a record.
var ErrTooLarge = errors.New("the record is too large to be evaluated for all addresses at once")

// maxWork bounds the spans that are looked at for one record. The largest real
// records take some thousands.
const maxWork = 1_000_000

// Networks returns the sets of addresses that get each verdict, under the limits
// of the standard. It is the same value at each call.
func (f *Facts) Networks() *Networks {
	if f.limited == nil { // not gathered by this package
		return f.evaluate(MaxLookups)
	}
	return f.limited
}

// Meant returns the sets that the record would have if there were no limit of
// lookups.
func (f *Facts) Meant() *Networks { return f.evaluate(0) }

func (f *Facts) evaluate(limit int) *Networks { return newSetEvaluation(f, limit).run() }

func newSetEvaluation(f *Facts, limit int) *setEvaluation {
	return &setEvaluation{facts: f, limit: limit, networks: &Networks{limit: limit}, known: map[*Node]*known{}}
}

// run evaluates the record of the domain for everyone.
func (e *setEvaluation) run() *Networks {
	v := e.node(e.facts.Root, []share{{set: everyone()}})
	n := e.networks
	if e.work > maxWork {
		return &Networks{Err: ErrTooLarge}
	}
	for i := range v.shares {
		n.possible[i] = united(v.shares[i])
	}
	n.Varies = varying(n.possible[:]...)
	for i, set := range n.possible {
		n.sets[i] = set.Minus(n.Varies)
	}
	for _, c := range v.conditions {
		if c.Set = c.Set.Intersect(n.Varies); !c.Set.Empty() {
			n.Conditions = append(n.Conditions, c)
		}
	}
	return n
}

// setEvaluation is check_host for all addresses at once.
type setEvaluation struct {
	facts    *Facts
	limit    int             // of lookups; 0: lookups and void lookups are not counted
	met      map[string]bool // whether each condition is met; nil: each may be or not
	work     int
	networks *Networks
	stack    []*Node          // records being evaluated, outermost first
	known    map[*Node]*known // results for everyone, where nothing is counted
}

// known is what a record says of everyone.
type known struct {
	possible   outcome
	conditions []Condition
}

// share is a set of addresses whose evaluation has made as many lookups.
type share struct {
	lookups, voids int
	set            Set
}

// verdicts is what a record says of the addresses that came to it.
type verdicts struct {
	node       *Node // whose record it is
	shares     [len(statuses)][]share
	conditions []Condition
}

func (v *verdicts) add(s Status, shares []share) {
	i := index(s)
	v.shares[i] = append(v.shares[i], shares...)
}

// united returns all addresses of the shares.
func united(shares []share) Set {
	sets := make([]Set, len(shares))
	for i := range shares {
		sets[i] = shares[i].set
	}
	return Union(sets...)
}

// split divides shares by a set.
func (e *setEvaluation) split(shares []share, by Set) (in, out []share) {
	for _, s := range shares {
		e.work += len(s.set.spans) + len(by.spans)
		inside := s.set.Intersect(by)
		if !inside.Empty() {
			in = append(in, share{s.lookups, s.voids, inside})
		}
		if rest := s.set.Minus(by); !rest.Empty() {
			out = append(out, share{s.lookups, s.voids, rest})
		}
	}
	return in, out
}

// merge unites shares that have made as many lookups.
func (e *setEvaluation) merge(lists ...[]share) []share {
	var out []share
	for _, list := range lists {
	next:
		for _, s := range list {
			for i := range out {
				if out[i].lookups == s.lookups && out[i].voids == s.voids {
					e.work += len(out[i].set.spans) + len(s.set.spans)
					out[i].set = Union(out[i].set, s.set)
					continue next
				}
			}
			out = append(out, s)
		}
	}
	return out
}

// node evaluates the record of a domain for the shares.
func (e *setEvaluation) node(n *Node, in []share) (v verdicts) {
	v.node = n
	switch {
	case n.Record == nil:
		v.add(n.status(), in)
		return v
	case n.Record.Err() != nil: // RFC 7208, Section 4.6
		v.add(PermError, in)
		return v
	}
	if e.limit > 0 {
		e.record(in, &v)
		return v
	}
	// Where nothing is counted, a part of the addresses is told what everyone is.
	if slices.Contains(e.stack, n) { // a circle, which only the limit ends
		v.add(PermError, in)
		return v
	}
	k := e.known[n]
	if k == nil {
		all := verdicts{node: n}
		e.record([]share{{set: everyone()}}, &all)
		k = &known{conditions: all.conditions}
		for i := range all.shares {
			k.possible[i] = united(all.shares[i])
		}
		e.known[n] = k
	}
	for i, set := range k.possible {
		for _, s := range in {
			e.work += len(s.set.spans) + len(set.spans)
			if part := s.set.Intersect(set); !part.Empty() {
				v.shares[i] = append(v.shares[i], share{set: part})
			}
		}
	}
	for _, c := range k.conditions {
		c.Set = c.Set.Intersect(united(in))
		v.conditions = append(v.conditions, c)
	}
	return v
}

// status is the verdict of a domain without a record.
func (n *Node) status() Status {
	switch n.Err {
	case ErrNotDomain, ErrNoDomain, ErrNoRecord:
		return None
	case ErrMultipleRecords:
		return PermError
	}
	return TempError
}

// record evaluates the terms in order.
func (e *setEvaluation) record(reach []share, v *verdicts) {
	n := v.node
	e.stack = append(e.stack, n)
	defer func() { e.stack = e.stack[:len(e.stack)-1] }()
	terms := n.Record.Terms
	for i := 0; i < len(terms) && len(reach) > 0 && e.work <= maxWork; i++ {
		t := &terms[i]
		switch t.Kind {
		case Redirect, Exp, Unknown:
		case All:
			e.contribute(n, united(reach), t)
			v.add(statusOf(t.Qualifier), reach)
			reach = nil
		case IP4, IP6:
			run := 1
			for i+run < len(terms) && (terms[i+run].Kind == IP4 || terms[i+run].Kind == IP6) && terms[i+run].Qualifier == t.Qualifier {
				run++
			}
			reach = e.addresses(terms[i:i+run], reach, v)
			i += run - 1
		default:
			reach = e.branch(n.branch(t), reach, v)
		}
	}
	if b := n.branch(n.Record.Redirect()); b != nil && len(reach) > 0 {
		e.redirect(b, reach, v)
		return
	}
	v.add(Neutral, reach) // RFC 7208, Section 4.7
}

// addresses evaluates neighbouring ip terms with one qualifier.
func (e *setEvaluation) addresses(terms []Term, reach []share, v *verdicts) []share {
	networks := make([]netip.Prefix, len(terms))
	for i := range terms {
		networks[i] = terms[i].Network
	}
	e.work += len(networks)
	if e.isRoot(v.node) {
		left := united(reach)
		for i := range terms {
			if set := NewSet(terms[i].Network); !set.Empty() && !left.overlaps(terms[i].Network) {
				e.covered(&terms[i], set)
			}
		}
	}
	in, out := e.split(reach, NewSet(networks...))
	pointers := make([]*Term, len(terms))
	for i := range terms {
		pointers[i] = &terms[i]
	}
	e.contribute(v.node, united(in), pointers...)
	v.add(statusOf(terms[0].Qualifier), in)
	return out
}
