package spf

import (
	"slices"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// MaxCount is where counting stops: a record that includes itself twice over
// forty levels would never end.
const MaxCount = 1000

// Count is what the evaluation of a record costs a client that nothing matches.
type Count struct {
	Lookups      int     // terms that ask the DNS, MaxCount at most
	Void4, Void6 int     // of those, void for an IPv4 and for an IPv6 client
	Voids        []Place // terms void for one family or both, in the order of evaluation
	Beyond       []Place // terms reached after the tenth lookup, in the order of evaluation
}

// Place is a term with the domain whose record holds it.
type Place struct {
	Node   *Node
	Branch *Branch
}

// count walks the record in the order of evaluation, as for a client that no
// term matches, and fills in what each term costs. Terms behind an "all", and
// behind an include that passes everybody, are not reached.
func (f *Facts) count() {
	c := counter{}
	c.node(f.Root)
	f.Worst, f.Loops = c.Count, c.loops
	f.limited = f.evaluate(MaxLookups)
}

type counter struct {
	Count
	stack []*Node // nodes being counted, outermost first
	loops [][]string
}

// over reports whether counting has to end: a circle of records is evaluated until
// the limit of lookups breaks it.
func (c *counter) over() bool {
	return c.Lookups >= MaxCount || len(c.loops) > 0 && c.Lookups > MaxLookups
}

func (c *counter) node(n *Node) {
	if n.Record == nil {
		return
	}
	before := c.Lookups
	c.stack = append(c.stack, n)
	all := n.Record.First(All)
	ended := false
	for _, b := range n.Branches {
		if all != nil && b.Term.Span.Start > all.Span.Start {
			break
		}
		if b.Term.Kind.Modifier() {
			continue
		}
		c.branch(n, b)
		if b.passesAll() {
			ended = true
			break
		}
	}
	if b := n.branch(n.Record.Redirect()); b != nil && !ended {
		c.branch(n, b)
	}
	c.stack = c.stack[:len(c.stack)-1]
	n.Lookups = max(n.Lookups, c.Lookups-before)
}

// branch returns what was gathered for a term of the node's record, or nil.
func (n *Node) branch(t *Term) *Branch {
	if t == nil {
		return nil
	}
	i, found := slices.BinarySearchFunc(n.Branches, t.Span.Start, func(b *Branch, start int) int { return b.Term.Span.Start - start })
	if !found {
		return nil
	}
	return n.Branches[i]
}

func (c *counter) branch(n *Node, b *Branch) {
	if c.over() {
		return
	}
	before := c.Lookups
	b.Reached = true
	// RFC 7208, Section 4.6.4: the term, and once more for %{p} in it.
	c.Lookups++
	if b.Term.Domain.Uses("p") {
		c.Lookups++
	}
	if c.Lookups > MaxLookups {
		c.Beyond = append(c.Beyond, Place{n, b})
	}
	void4, void6 := b.Void(lookup.TypeA), b.Void(lookup.TypeAAAA)
	if void4 {
		c.Void4++
	}
	if void6 {
		c.Void6++
	}
	if void4 || void6 {
		c.Voids = append(c.Voids, Place{n, b})
	}
	if b.Node != nil {
		if i := c.lastOf(b.Node); i >= 0 {
			c.loop(c.stack[i:], b.Node)
		}
		if !c.over() {
			c.node(b.Node)
		}
	}
	b.Lookups = max(b.Lookups, c.Lookups-before)
}

// lastOf returns where a node is being counted, innermost first, or -1.
func (c *counter) lastOf(n *Node) int {
	for i := len(c.stack) - 1; i >= 0; i-- {
		if c.stack[i] == n {
			return i
		}
	}
	return -1
}

// loop remembers a chain of domains that leads back to its first, once, wherever
// it is entered.
func (c *counter) loop(chain []*Node, again *Node) {
	for _, known := range c.loops {
		if len(known) == len(chain)+1 && !slices.ContainsFunc(chain, func(n *Node) bool { return !slices.Contains(known, n.Domain) }) {
			return
		}
	}
	names := make([]string, 0, len(chain)+1)
	for _, n := range chain {
		names = append(names, n.Domain)
	}
	c.loops = append(c.loops, append(names, again.Domain))
}

// passesAll reports whether the term is an include that matches every client: all
// that stands before the +all of its record can only pass as well.
func (b *Branch) passesAll() bool {
	if b.Term.Kind != Include || b.Node == nil {
		return false
	}
	if b.Node.everybody == nil {
		passes := b.Node.passesAll(nil)
		b.Node.everybody = &passes
	}
	return *b.Node.everybody
}

// followed reports whether an include led to a record.
func (b *Branch) followed() bool { return b != nil && b.Node != nil && b.Node.Record != nil }

func (n *Node) passesAll(above []*Node) bool {
	if n.Record == nil || n.Record.Err() != nil || slices.Contains(above, n) {
		return false
	}
	for i := range n.Record.Terms {
		t := &n.Record.Terms[i]
		switch {
		case t.Kind.Modifier():
		case t.Qualifier != '+', t.Kind == Include && !n.branch(t).followed():
			return false
		case t.Kind == All:
			return true
		}
	}
	b := n.branch(n.Record.Redirect())
	return b != nil && b.Node != nil && b.Node.passesAll(append(above, n))
}
