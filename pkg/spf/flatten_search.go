package spf

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// maxSteps bounds the changes to one record. Each saves a lookup at least, and what
// real records need more of than ten is far less.
const maxSteps = 100

// plan is the changes to a record: what a term names is written in its place, its
// networks or, where true, its terms.
type plan map[string]bool

// search looks for the changes that lead to as few lookups: those that save most
// for the networks they cost first, and none that is not needed in the end.
func (fl *flattener) search(most int) (plan, bool) {
	steps := plan{}
	if fl.err != nil {
		return nil, false
	}
	fits := func(p plan) bool {
		d := fl.apply(p)
		if d.lookups() > most {
			return false
		}
		l := fl.layout(d)
		return l.lookups <= most && !l.overflow
	}
	var order []string
	for !fits(steps) {
		best, ok := fl.best(fl.apply(steps))
		if !ok || len(order) == maxSteps {
			return nil, false
		}
		steps[best.key] = best.open
		order = append(order, best.key)
	}
	for _, key := range order {
		fewer := maps.Clone(steps)
		maps.DeleteFunc(fewer, func(k string, _ bool) bool { return strings.HasPrefix(k, key) }) // with what it led to
		if fits(fewer) {
			steps = fewer
		}
	}
	return steps, true
}

// candidate is a change that is possible.
type candidate struct {
	key    string
	open   bool
	saves  int // lookups
	octets int // that it makes the records longer
	ttl    time.Duration
}

// dearer compares two candidates: lookups saved for the octets, then the one whose
// answers live longer.
func dearer(a, b candidate) int {
	const some = 20 // octets of a term, so that those that cost none are not all alike
	return cmp.Or(cmp.Compare(b.saves*(a.octets+some), a.saves*(b.octets+some)), cmp.Compare(b.ttl, a.ttl))
}

// best returns the change that saves most for what it costs.
func (fl *flattener) best(d draft) (candidate, bool) {
	var list []candidate
	for i := range d.pieces {
		p := &d.pieces[i]
		if p.branch == nil {
			continue
		}
		fl.learn(p.key, p.branch)
		term := len(p.text) + 2
		if _, ok := fl.networks[p.key]; ok && p.lookups > 0 {
			list = append(list, candidate{p.key, false, p.lookups, fl.octets[p.key] - term, p.branch.ttl()})
		}
		if opened, ok := fl.drafts[p.key]; ok {
			list = append(list, candidate{p.key, true, 1, opened.octets() - term, p.branch.ttl()})
		}
	}
	if d.redirect != nil {
		fl.learn(d.redirectKey, d.redirect)
		if opened, ok := fl.drafts[d.redirectKey]; ok {
			list = append(list, candidate{d.redirectKey, true, 1, opened.octets(), d.redirect.ttl()})
		}
	}
	if len(list) == 0 {
		return candidate{}, false
	}
	for i := range list {
		list[i].octets = max(list[i].octets, 0)
	}
	return slices.MinFunc(list, dearer), true
}

// octetsOf returns how many octets the terms for a set have.
func octetsOf(s Set) int {
	n := 0
	for _, p := range s.Prefixes() {
		n += 1 + len(networkText(p))
	}
	return n
}

// apply makes the changes.
func (fl *flattener) apply(steps plan) draft {
	d := fl.start
	d.pieces = fl.expand(nil, d.pieces, steps, 0)
	for d.redirect != nil {
		if _, planned := steps[d.redirectKey]; !planned {
			break
		}
		opened := fl.drafts[d.redirectKey]
		opened.pieces = fl.expand(d.pieces, opened.pieces, steps, 0)
		opened.changed = true
		d = opened
	}
	d.changed = d.changed || len(steps) > 0
	return d
}

// expand appends pieces with the changes made; what is opened takes the qualifier
// of the include, if one is given.
func (fl *flattener) expand(out, pieces []piece, steps plan, qualifier byte) []piece {
	for _, p := range pieces {
		if qualifier != 0 {
			p.qualifier = qualifier
		}
		open, planned := steps[p.key]
		switch {
		case !planned || p.branch == nil:
			out = append(out, p)
		case open:
			out = fl.expand(out, fl.drafts[p.key].pieces, steps, p.qualifier)
		default:
			p.networks, p.copied, p.branch, p.lookups = fl.networks[p.key], true, nil, 0
			out = append(out, p)
		}
	}
	return out
}

// lookups counts those of the draft without records for networks.
func (d *draft) lookups() int {
	n := 0
	for i := range d.pieces {
		n += d.pieces[i].lookups
	}
	if d.redirect != nil {
		n += d.redirect.Lookups
	}
	return n
}

// octets returns how long the terms of the draft are.
func (d *draft) octets() int {
	n := 0
	for i := range d.pieces {
		n += 2 + len(d.pieces[i].text)
	}
	return n
}

// changes lists what a plan does.
func (fl *flattener) changes(steps plan) []FlatChange {
	var list []FlatChange
	for key, open := range steps {
		b := fl.branches[key]
		c := FlatChange{Term: b.Term, Opened: open, TTL: b.ttl(), Saved: 1}
		if !open {
			c.Saved, c.Networks = b.Lookups, len(fl.networks[key].Prefixes())
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b FlatChange) int {
		return cmp.Or(strings.Compare(a.Term.Span.Source.Subject, b.Term.Span.Source.Subject), a.Term.Span.Start-b.Term.Span.Start)
	})
	return list
}

// ttl returns the smallest TTL of all that a term is made of, a week at most.
func (b *Branch) ttl() time.Duration {
	least := ^uint32(0)
	seen := map[*Node]bool{}
	b.visitReplies(seen, func(r *lookup.Reply) {
		for i := range r.Answer.Records {
			least = min(least, r.Answer.Records[i].TTL)
		}
	})
	return min(time.Duration(least)*time.Second, maxAgain)
}

// visitReplies calls visit for every reply below a term.
func (b *Branch) visitReplies(seen map[*Node]bool, visit func(*lookup.Reply)) {
	replies := []*lookup.Reply{b.A, b.AAAA, b.MX}
	for i := range b.Hosts {
		replies = append(replies, b.Hosts[i].A, b.Hosts[i].AAAA)
	}
	if n := b.Node; n != nil && !seen[n] {
		seen[n] = true
		replies = append(replies, n.TXT)
		for _, below := range n.Branches {
			below.visitReplies(seen, visit)
		}
	}
	for _, r := range replies {
		if r != nil {
			visit(r)
		}
	}
}
