package spf

import (
	"fmt"
	"net/netip"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// networkRules judge the addresses that the domain's own records name.
func networkRules() []rule {
	return []rule{hostBits, lengthZero, tooWide, spaceLarge, specialPurpose, networkDuplicate, networkCovered, networkMergeable, order}
}

// networks calls visit for every ip4 and ip6 term.
func (f *Facts) networks(visit func(n *Node, t *Term)) {
	f.terms(func(n *Node, t *Term) {
		if t.Kind == IP4 || t.Kind == IP6 {
			visit(n, t)
		}
	})
}

var hostBits = rule{
	Doc: lint.Doc{
		ID: "spf-cidr-host-bits", Severity: lint.Notice,
		Title: "Address bits behind the prefix length",
		Why:   "Receivers compare only the network's bits. The bits behind them often show a typing error in one of the two.",
		Ref:   "RFC 7208, Section 5.6",
		Bad:   bad("v=spf1 ip4:192.0.2.5/24 -all"),
		Good:  good("v=spf1 ip4:192.0.2.0/24 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.networks(func(n *Node, t *Term) {
			masked := t.Network.Masked()
			if masked == t.Network || len(n.Record.Terms) <= maxCompared && redundant(n.Record, t) != nil {
				return
			}
			report(lint.Finding{Span: t.Span, Fix: lint.Replace(t.Span, qualifierText(t)+t.Kind.String()+":"+masked.String()),
				Message: fmt.Sprintf("%s means the network %s", t.Network, masked)})
		})
	},
}

var lengthZero = rule{
	Doc: lint.Doc{
		ID: "spf-cidr-zero", Severity: lint.Error,
		Title: "Prefix length 0 authorizes everybody",
		Why: "A network of length 0 holds every address of its family, whatever address stands before the slash. It is told of terms, too, " +
			"that hold all of a family together.",
		Ref:  "RFC 7208, Section 5.6",
		Bad:  bad("v=spf1 ip4:192.0.2.0/0 -all"),
		Good: good("v=spf1 ip4:192.0.2.0/24 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		single := false
		f.terms(func(n *Node, t *Term) {
			zero := (t.Kind == IP4 || t.Kind == IP6) && t.Network.Bits() == 0 ||
				(t.Kind == A || t.Kind == MX) && (t.Length4 == 0 || t.Length6 == 0)
			if zero && t.Qualifier == '+' {
				single = true
				report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q passes every client of its address family", t.Text()),
					Hint: "Write the length of the network that really sends."})
			}
		})
		if !single {
			f.everybodyByParts(report)
		}
	},
}

// Networks wider than this are hardly one sender's.
const (
	widest4 = 16
	widest6 = 32
)

var tooWide = rule{
	Doc: lint.Doc{
		ID: "spf-cidr-too-wide", Severity: lint.Warning,
		Title: "Very large network",
		Why:   "The record authorizes more than 65,536 IPv4 addresses, or more than a /32 of IPv6, in one term: hardly all of them are this domain's servers.",
		Ref:   "operational",
		Bad:   bad("v=spf1 ip4:192.0.0.0/8 -all"),
		Good:  good("v=spf1 ip4:192.0.2.0/24 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.terms(func(n *Node, t *Term) {
			if t.Qualifier != '+' {
				return
			}
			bits, narrowest := 0, 0
			switch {
			case t.Kind == IP4 || t.Kind == IP6 && t.Network.Addr().Is6():
				bits, narrowest = t.Network.Bits(), widest4
				if t.Kind == IP6 {
					narrowest = widest6
				}
			case t.Kind == A || t.Kind == MX:
				if bits, narrowest = t.Length4, widest4; bits >= narrowest {
					bits, narrowest = t.Length6, widest6
				}
			}
			if bits > 0 && bits < narrowest {
				report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q authorizes a /%d", t.Text(), bits),
					Hint: "List the networks that send mail."})
			}
		})
	},
}

var specialPurpose = rule{
	Doc: lint.Doc{
		ID: "spf-ip-private", Severity: lint.Notice,
		Title: "Address that never sends mail over the Internet",
		Why: "Private, loopback, link-local, multicast and IPv4-mapped addresses are never the client address that a receiver " +
			"sees; IPv4-mapped clients are judged by their IPv4 address.",
		Ref:  "RFC 7208, Section 5",
		Bad:  bad("v=spf1 ip4:10.1.2.3 -all"),
		Good: good("v=spf1 ip4:192.0.2.3 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.networks(func(n *Node, t *Term) {
			if kind := lookup.SpecialPurpose(t.Network); kind != "" {
				report(lint.Finding{Span: t.Span, Fix: removal(t.Span), Message: fmt.Sprintf("%q is %s: no receiver ever sees it", t.Text(), kind)})
			}
		})
	},
}

// coveringTerm returns the first other ip term of the record that holds the
// whole network of t and is accepted by accept.
func coveringTerm(r *Record, t *Term, accept func(other *Term) bool) *Term {
	for i := range r.Terms {
		other := &r.Terms[i]
		if other != t && other.Err == nil && other.Kind == t.Kind && other.Network.Bits() <= t.Network.Bits() &&
			other.Network.Contains(t.Network.Addr()) && accept(other) {
			return other
		}
	}
	return nil
}

// maxCompared bounds the terms of a record that are compared with each other.
const maxCompared = 500

// compared calls visit for the networks of records small enough to compare each
// term with each other one.
func (f *Facts) compared(visit func(n *Node, t *Term)) {
	f.networks(func(n *Node, t *Term) {
		if len(n.Record.Terms) <= maxCompared {
			visit(n, t)
		}
	})
}

var networkDuplicate = rule{
	Doc: lint.Doc{
		ID: "spf-ip-duplicate", Severity: lint.Notice,
		Title: "Network listed twice",
		Why:   "The second term does nothing.",
		Ref:   "operational",
		Bad:   bad("v=spf1 ip4:192.0.2.1 ip4:192.0.2.1/32 -all"),
		Good:  good("v=spf1 ip4:192.0.2.1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.compared(func(n *Node, t *Term) {
			if same := redundant(n.Record, t); same != nil && same.Network.Bits() == t.Network.Bits() {
				report(lint.Finding{Span: t.Span, Fix: removal(t.Span), Message: fmt.Sprintf("%q says the same as %q", t.Text(), same.Text())})
			}
		})
	},
}

// redundant returns a term with the same qualifier that holds the whole network
// of t: a wider one, or the same written earlier; nil where there is none.
func redundant(r *Record, t *Term) *Term {
	return coveringTerm(r, t, func(o *Term) bool {
		return o.Qualifier == t.Qualifier && (o.Network.Bits() < t.Network.Bits() || o.Span.Start < t.Span.Start)
	})
}

var networkCovered = rule{
	Doc: lint.Doc{
		ID: "spf-ip-covered", Severity: lint.Notice,
		Title: "Network inside another one",
		Why:   "Another term of the record, or an include before it, already holds all of its addresses.",
		Ref:   "operational",
		Bad:   bad("v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.7 -all"),
		Good:  good("v=spf1 ip4:192.0.2.0/24 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.compared(func(n *Node, t *Term) {
			if wider := redundant(n.Record, t); wider != nil && wider.Network.Bits() < t.Network.Bits() {
				report(lint.Finding{Span: t.Span, Fix: removal(t.Span), Message: fmt.Sprintf("%q is inside %q", t.Text(), wider.Text())})
			}
		})
		f.covered(func(c Cover) {
			if c.Same && c.By.Kind == Include && redundant(f.Root.Record, c.Term) == nil {
				report(lint.Finding{Span: c.Term.Span, Message: fmt.Sprintf("%q is inside what %q passes", c.Term.Text(), c.By.Text()),
					Hint: "Remove it, or move it before the include if it shall stay when the included record changes."})
			}
		})
	},
}

var networkMergeable = rule{
	Doc: lint.Doc{
		ID: "spf-ip-mergeable", Severity: lint.Notice,
		Title: "Networks that can be written as one",
		Why:   "Two neighbouring networks of one size make a network of the next size: one term instead of two.",
		Ref:   "operational",
		Bad:   bad("v=spf1 ip4:192.0.2.0/25 ip4:192.0.2.128/25 -all"),
		Good:  good("v=spf1 ip4:192.0.2.0/24 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(n *Node) {
			if len(n.Record.Terms) > maxCompared {
				return
			}
			var first *Term
			var pairs []string
			for i := range n.Record.Terms {
				t := &n.Record.Terms[i]
				if both := neighbour(n.Record, t); both.IsValid() {
					if first == nil {
						first = t
					}
					pairs = append(pairs, both.String())
				}
			}
			if first != nil {
				report(lint.Finding{Span: first.Span, Message: fmt.Sprintf("%s can be written as one network each: %s",
					count(len(pairs), "pair of networks", "pairs of networks"), abridge(pairs))})
			}
		})
	},
}

// neighbour returns the network that t forms with an earlier one of its size, or
// the zero Prefix. Networks that are superfluous form none.
func neighbour(r *Record, t *Term) netip.Prefix {
	if t.Err != nil || t.Kind != IP4 && t.Kind != IP6 || t.Network.Bits() == 0 || redundant(r, t) != nil {
		return netip.Prefix{}
	}
	both := netip.PrefixFrom(t.Network.Addr(), t.Network.Bits()-1).Masked()
	if both.Bits() == 0 {
		return netip.Prefix{} // two halves of everything are no advice
	}
	for i := range r.Terms {
		o := &r.Terms[i]
		if o.Span.Start < t.Span.Start && o.Err == nil && o.Kind == t.Kind && o.Qualifier == t.Qualifier &&
			o.Network.Bits() == t.Network.Bits() && both.Contains(o.Network.Addr()) {
			return both
		}
	}
	return netip.Prefix{}
}

var order = rule{
	Doc: lint.Doc{
		ID: "spf-mechanism-order", Severity: lint.Warning,
		Title: "Term that an earlier one overrules",
		Why:   "The first term that matches decides. Earlier terms with another qualifier take every client of this one.",
		Ref:   "RFC 7208, Section 4.6.2",
		Bad:   bad("v=spf1 ip4:192.0.2.0/24 -ip4:192.0.2.7 -all"),
		Good:  bad("v=spf1 -ip4:192.0.2.7 ip4:192.0.2.0/24 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.compared(func(n *Node, t *Term) {
			earlier := coveringTerm(n.Record, t, func(o *Term) bool {
				return o.Span.Start < t.Span.Start && o.Qualifier != t.Qualifier
			})
			if earlier != nil {
				report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q never matches: %q stands before it", t.Text(), earlier.Text()),
					Hint: fmt.Sprintf("Put it before %q.", earlier.Text())})
			}
		})
		f.covered(func(c Cover) {
			known := coveringTerm(f.Root.Record, c.Term, func(o *Term) bool { return o.Span.Start < c.Term.Span.Start })
			if !c.Same && known == nil {
				report(lint.Finding{Span: c.Term.Span, Message: fmt.Sprintf("%q never matches: %q decides about its addresses first", c.Term.Text(), c.By.Text()),
					Hint: fmt.Sprintf("Put it before %q.", c.By.Text())})
			}
		})
	},
}
