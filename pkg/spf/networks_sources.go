package spf

import (
	"cmp"
	"fmt"
	"slices"
)

// Contribution is what a term of the domain's own record decides. Neighbouring ip4
// and ip6 terms with one qualifier count as one.
type Contribution struct {
	Terms  []*Term
	Status Status
	Set    Set // addresses that the terms before leave over
}

// Cover is a term all of whose addresses are decided by terms before it.
type Cover struct {
	Term *Term
	Same bool // those give the verdict that the term would give
	By   *Term
}

// contribute notes what terms of the domain's own record decide.
func (e *setEvaluation) contribute(n *Node, set Set, terms ...*Term) {
	if e.isRoot(n) {
		c := Contribution{Terms: terms, Status: statusOf(terms[0].Qualifier), Set: set}
		e.networks.Sources = append(e.networks.Sources, c)
	}
}

// isRoot reports whether a node is the domain itself, not met again in a circle.
func (e *setEvaluation) isRoot(n *Node) bool { return n == e.facts.Root && len(e.stack) == 1 }

// covered notes a term of the domain's own record of which nothing is left.
func (e *setEvaluation) covered(t *Term, set Set) {
	if e.work += len(e.networks.Sources); e.work > maxWork {
		return
	}
	cover := Cover{Term: t, Same: true}
	left := set
	for _, c := range e.networks.Sources {
		rest := left.Minus(c.Set)
		if rest.Equal(left) {
			continue
		}
		if cover.By == nil {
			cover.By = c.Terms[0]
		}
		cover.Same = cover.Same && c.Status == statusOf(t.Qualifier)
		left = rest
	}
	if left.Empty() && cover.By != nil {
		e.networks.Covered = append(e.networks.Covered, cover)
	}
}

// Text names the terms, the first of several.
func (c *Contribution) Text() string {
	if len(c.Terms) == 1 {
		return c.Terms[0].Text()
	}
	return fmt.Sprintf("%s and %d more", c.Terms[0].Text(), len(c.Terms)-1)
}

// Largest returns the terms that pass addresses, the one that passes most first.
func (n *Networks) Largest() []Contribution {
	var list []Contribution
	for _, c := range n.Sources {
		if c.Status == Pass && !c.Set.Empty() {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b Contribution) int {
		return cmp.Or(cmp.Compare(b.Set.IPv4(), a.Set.IPv4()), b.Set.IPv6().Cmp(a.Set.IPv6()))
	})
	return list
}
