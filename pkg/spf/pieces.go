package spf

import (
	"fmt"
	"net/netip"
	"strings"
)

// piece is a mechanism of a record that is being flattened.
type piece struct {
	key       string // what it is, for all orders of steps the same
	text      string // the term without qualifier
	qualifier byte
	networks  Set     // of ip terms, and of copied ones
	copied    bool    // the networks stand for another term
	branch    *Branch // nil for networks
	lookups   int
}

// draft is a record that is being flattened.
type draft struct {
	pieces    []piece
	all       byte    // qualifier of "all"; 0: none
	redirect  *Branch // nil: none that is evaluated
	modifiers []string
	changed   bool

	redirectKey string
}

// draftOf takes the record of a node apart for the record of the domain home. ok is
// false where a term cannot be written there.
func draftOf(n *Node, key, home string) (d draft, ok bool) {
	for i := range n.Record.Terms {
		t := &n.Record.Terms[i]
		switch t.Kind {
		case All:
			if d.all == 0 {
				d.all = t.Qualifier
			}
		case Redirect, Exp, Unknown:
			if n.Domain != home && t.Domain.Uses("d") {
				return d, false
			}
			if t.Kind != Redirect {
				d.modifiers = append(d.modifiers, t.Text())
			}
		case IP4, IP6:
			if d.all == 0 {
				d.pieces = append(d.pieces, piece{key: key + t.Text(), text: strings.TrimLeft(t.Text(), "+-~?"), qualifier: t.Qualifier, networks: NewSet(t.Network)})
			}
		default:
			if d.all != 0 {
				continue
			}
			b := n.branch(t)
			text, ok := termText(b, n.Domain, home)
			if !ok {
				return d, false
			}
			d.pieces = append(d.pieces, piece{key: fmt.Sprintf("%s%s %d/", key, t.Text(), i), text: text, qualifier: t.Qualifier, branch: b, lookups: b.Lookups})
		}
	}
	d.redirect, d.redirectKey = n.branch(n.Record.Redirect()), key+"redirect/"
	return d, true
}

// termText returns a term of a domain's record without its qualifier so that it means
// the same in the record of the domain home.
func termText(b *Branch, domain, home string) (string, bool) {
	t := b.Term
	written := strings.TrimLeft(t.Text(), "+-~?")
	switch {
	case domain == home || t.HasDomain() && !t.Domain.Uses("d"):
		return written, true
	case t.HasDomain() || domain == "" || strings.ContainsAny(domain, `\%/`):
		return "", false
	}
	return t.Kind.String() + ":" + domain + t.Span.Source.Text[t.Name.End:t.Span.End], true
}

// qualified returns a term with its qualifier, the one that needs not be written
// left out.
func qualified(qualifier byte, text string) string {
	if qualifier == '+' {
		return text
	}
	return string(qualifier) + text
}

// networkText returns the term for a network.
func networkText(p netip.Prefix) string {
	kind := "ip4:"
	if p.Addr().Is6() {
		kind = "ip6:"
	}
	if p.IsSingleIP() {
		return kind + p.Addr().String()
	}
	return kind + p.String()
}

// flattener knows what steps are possible.
type flattener struct {
	facts      *Facts
	domain     string // where to publish
	err        error  // why the record cannot be published there
	evaluation *setEvaluation
	start      draft
	networks   map[string]Set     // by key, of terms that can be copied
	octets     map[string]int     // of the terms for these
	drafts     map[string]draft   // by key, of includes and redirects that can be opened
	branches   map[string]*Branch // by key, of all terms looked at
}

func newFlattener(e *setEvaluation, domain string) *flattener {
	f := e.facts
	fl := &flattener{
		facts: f, domain: domain, networks: map[string]Set{}, octets: map[string]int{}, drafts: map[string]draft{}, branches: map[string]*Branch{},
		evaluation: e,
	}
	var ok bool
	if fl.start, ok = draftOf(f.Root, "", domain); !ok {
		fl.err = ErrOwnName
	}
	fl.start.changed = f.Domain != domain
	return fl
}

// learn finds out what can be done with a term, once.
func (fl *flattener) learn(key string, b *Branch) {
	if fl.branches[key] != nil {
		return
	}
	fl.branches[key] = b
	if set, ok := fl.copyable(b); ok {
		fl.networks[key], fl.octets[key] = set, octetsOf(set)
	}
	if b.Node == nil || b.Node.Record == nil || b.Node.Record.Err() != nil || b.Skipped != nil {
		return
	}
	d, ok := draftOf(b.Node, key, fl.domain)
	if b.Term.Kind == Include {
		ok = ok && d.includable()
		d.modifiers, d.all = nil, 0 // an include ignores them (RFC 7208, Sections 5.2 and 6.2)
		if ok && d.redirect != nil {
			d.pieces, d.redirect = append(d.pieces, included(d.redirect, d.redirectKey)), nil
		}
	}
	if ok {
		fl.drafts[key] = d
	}
}

// included returns the include that a redirect amounts to at the end of a record
// that is included itself.
func included(redirect *Branch, key string) piece {
	b, t := *redirect, *redirect.Term
	t.Kind, t.Qualifier = Include, '+'
	b.Term = &t
	return piece{key: key, text: "include:" + b.Target, qualifier: '+', branch: &b, lookups: b.Lookups}
}

// includable reports whether an include of the record matches exactly what its
// terms match: all of them pass, and nothing else does.
func (d *draft) includable() bool {
	for i := range d.pieces {
		if d.pieces[i].qualifier != '+' {
			return false
		}
	}
	return d.all != '+' && (d.redirect == nil || d.redirect.Skipped == nil && !strings.ContainsAny(d.redirect.Target, `\%/`))
}

// copyable returns what a term matches if that does not depend on the message, is
// known and is less than everybody.
func (fl *flattener) copyable(b *Branch) (Set, bool) {
	v := verdicts{node: &Node{}}
	if b.Skipped != nil || b.Term.Kind == Redirect || b.Term.Kind == Exists {
		return Set{}, false
	}
	left := fl.evaluation.branch(b, []share{{set: everyone()}}, &v)
	matched := united(v.shares[index(statusOf(b.Term.Qualifier))])
	total := len(v.shares[index(None)]) + len(v.shares[index(PermError)]) + len(v.shares[index(TempError)])
	if total > 0 || len(v.conditions) > 0 && !matched.Intersect(united(left)).Empty() {
		return Set{}, false
	}
	four, six := matched.families()
	whole4, whole6 := everyone().families()
	return matched, !four.Equal(whole4) && !six.Equal(whole6)
}
