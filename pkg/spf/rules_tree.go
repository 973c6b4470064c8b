package spf

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// The rules about the shape of the tree of included records: circles, repetition
// and depth.

var includeLoop = rule{
	Doc: lint.Doc{
		ID: "spf-include-loop", Severity: lint.Error,
		Title: "Records that include each other in a circle",
		Why:   "The evaluation goes round until the limit of ten lookups ends it with permerror.",
		Ref:   "RFC 7208, Section 4.6.4",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 include:_spf.example.net -all\"\n_spf.example.net. TXT \"v=spf1 include:example.com -all\""},
		Good:  includeGood,
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, loop := range f.Loops {
			span := f.Root.Record.Source.Whole()
			f.branches(func(n *Node, b *Branch) {
				if b.Node == nil {
					return
				}
				if n.Domain == loop[len(loop)-2] && b.Node.Domain == loop[len(loop)-1] || n == f.Root && b.Node.Domain == loop[1] {
					span = b.Term.Span
				}
			})
			message := strings.Join(loop, " → ") + " is a circle"
			if loop[0] == "" { // a text
				message = "the record leads back to itself"
			}
			report(lint.Finding{Span: span, Message: message, Hint: "Take the term that leads back out."})
		}
	},
}

var includeDuplicate = rule{
	Doc: lint.Doc{
		ID: "spf-include-duplicate", Severity: lint.Notice,
		Title: "Same term twice",
		Why:   "A second include, a, mx or exists of the same name never matches anything new, but each evaluation pays its lookups again.",
		Ref:   "RFC 7208, Section 4.6.4",
		Bad:   lint.Example{Zone: `@ TXT "v=spf1 include:_spf.example.net include:_spf.example.net -all"` + provider},
		Good:  includeGood,
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		seen := map[string]bool{}
		f.branches(func(n *Node, b *Branch) {
			t := b.Term
			if b.Target == "" || !b.Reached || t.Kind == Redirect || t.suspicion() != nil {
				return
			}
			key := fmt.Sprint(n.Domain, t.Kind, b.Target, t.Length4, t.Length6, t.Qualifier)
			if seen[key] {
				report(lint.Finding{Span: t.Span, Fix: removal(t.Span),
					Message: fmt.Sprintf("%q stands in the record already; again it costs %s", t.Text(), count(b.Lookups, "lookup", "lookups"))})
			}
			seen[key] = true
		})
	},
}

var includeRedundant = rule{
	Doc: lint.Doc{
		ID: "spf-include-redundant", Severity: lint.Notice,
		Title: "Include that another include holds already",
		Why:   "Its networks are authorized through the other one; the term only costs lookups.",
		Ref:   "RFC 7208, Section 4.6.4",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 include:all.example.net include:_spf.example.net -all\"\nall.example.net. TXT \"v=spf1 include:_spf.example.net -all\"" + provider},
		Good:  includeGood,
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.branches(func(n *Node, b *Branch) {
			if b.Term.Kind != Include || b.Node == nil || b.Term.Qualifier != '+' {
				return
			}
			for _, other := range n.Branches {
				if other.Term.Kind == Include && other.Term.Qualifier == '+' && other.Node != nil && other.Node != b.Node && other.Node.includes(b.Node, nil) {
					report(lint.Finding{Span: b.Term.Span, Fix: removal(b.Term.Span),
						Message: fmt.Sprintf("%s is part of %s already", b.Target, other.Target)})
					return
				}
			}
		})
	},
}

// includes reports whether a record includes another one, directly or not.
func (n *Node) includes(other *Node, seen map[*Node]bool) bool {
	if seen == nil {
		seen = map[*Node]bool{}
	}
	if seen[n] {
		return false
	}
	seen[n] = true
	for _, b := range n.Branches {
		if b.Node != nil && (b.Node == other || b.Node.includes(other, seen)) {
			return true
		}
	}
	return false
}

// deepest is the nesting beyond which a tree of includes is hard to oversee.
const deepest = 5

var includeDeep = rule{
	Doc: lint.Doc{
		ID: "spf-include-deep", Severity: lint.Notice,
		Title: "Includes nested deeply",
		Why:   "The standard limits lookups, not depth; but each level is one more party that can break the record.",
		Ref:   "operational",
		Bad: lint.Example{Zone: "@ TXT \"v=spf1 include:a.example.net -all\"\na.example.net. TXT \"v=spf1 include:b.example.net -all\"\n" +
			"b.example.net. TXT \"v=spf1 include:c.example.net -all\"\nc.example.net. TXT \"v=spf1 include:d.example.net -all\"\n" +
			"d.example.net. TXT \"v=spf1 include:e.example.net -all\"\ne.example.net. TXT \"v=spf1 include:_spf.example.net -all\"" + provider},
		Good: includeGood,
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Root.Record == nil || len(f.Loops) > 0 {
			return
		}
		depths := map[*Node]int{}
		for _, b := range f.Root.Branches {
			if b.Node != nil {
				if d := 1 + b.Node.depth(depths); d > deepest {
					report(lint.Finding{Span: b.Term.Span, Message: fmt.Sprintf("includes are nested %d deep below this term", d)})
				}
			}
		}
	},
}

// depth returns how many levels of records stand below the node, which is on no
// circle.
func (n *Node) depth(known map[*Node]int) int {
	if d, ok := known[n]; ok {
		return d
	}
	known[n] = 0
	d := 0
	for _, b := range n.Branches {
		if b.Node != nil {
			d = max(d, 1+b.Node.depth(known))
		}
	}
	known[n] = d
	return d
}
