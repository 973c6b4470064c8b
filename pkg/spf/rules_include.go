package spf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// includeRules judge the records that the domain's own ones include or redirect to.
func includeRules() []rule {
	return []rule{
		includeNoRecord, includeNoDomain, includeBroken, redirectNoRecord, includeLoop, includeDuplicate, includeRedundant,
		includeDeep, includeAllPass, includeAllMisunderstood,
	}
}

// provider is a record that examples include.
const provider = "\n_spf.example.net. TXT \"v=spf1 ip4:192.0.2.0/24 -all\""

var includeGood = lint.Example{Zone: `@ TXT "v=spf1 include:_spf.example.net -all"` + provider}

var includeNoRecord = branchRule(lint.Doc{
	ID: "spf-include-no-record", Severity: lint.Error, Reason: ErrIncludeNone,
	Title: "Included domain has no SPF record",
	Why:   "An include without a record is permerror for all mail that gets as far as this term.",
	Ref:   "RFC 7208, Section 5.2",
	Bad:   lint.Example{Zone: "@ TXT \"v=spf1 include:www.example.net -all\"\nwww.example.net. TXT \"hello\""},
	Good:  includeGood,
}, func(b *Branch) (string, string) {
	if b.Term.Kind != Include || b.Node == nil || b.Node.Err != ErrNoRecord {
		return "", ""
	}
	return fmt.Sprintf("%s has no SPF record", b.Target), "Ask the provider for the name to include, or remove the term."
})

var includeNoDomain = branchRule(lint.Doc{
	ID: "spf-include-nxdomain", Severity: lint.Error,
	Title: "Included domain does not exist",
	Why:   "The include is permerror for all mail that gets as far as this term. Whoever registers the name can send as this domain.",
	Ref:   "RFC 7208, Section 5.2",
	Bad:   lint.Example{Zone: `@ TXT "v=spf1 include:gone.example.net -all"`},
	Good:  includeGood,
}, func(b *Branch) (string, string) {
	if b.Term.Kind != Include || b.Node == nil {
		return "", ""
	}
	return b.Node.absence(), dropTerm
})

// absence says that the domain of a node does not exist; "" where it does, or
// nothing is known.
func (n *Node) absence() string {
	switch {
	case n.Err != ErrNotDomain && n.Err != ErrNoDomain:
		return ""
	case n.TXT != nil && len(n.TXT.Answer.Chain) > 0:
		return fmt.Sprintf("%s is an alias of %s, which does not exist", n.Domain, n.TXT.Answer.Owner(n.Domain))
	}
	return n.Domain + " does not exist"
}

var includeBroken = rule{
	Doc: lint.Doc{
		ID: "spf-include-permerror", Severity: lint.Error,
		Title: "Included record is broken",
		Why:   "A permerror of an included record, or of one that it includes, is a permerror of this record.",
		Ref:   "RFC 7208, Section 5.2",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 include:_spf.example.net -all\"\n_spf.example.net. TXT \"v=spf1 ipv4:192.0.2.1 -all\""},
		Good:  includeGood,
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.branches(func(n *Node, b *Branch) {
			if b.Term.Kind != Include || b.Node == nil || !b.Reached || f.own(b.Node) {
				return
			}
			if fault := b.Node.fault(nil); fault != "" {
				report(lint.Finding{Span: b.Term.Span, Message: fault, Hint: "Tell whoever runs that record; until it is mended, list the networks instead."})
			}
		})
	},
}

// fault returns the first thing that makes a record, or one below it, permerror
// whoever the client is; "" where nothing does or nothing is known.
func (n *Node) fault(above []*Node) string {
	switch {
	case n.Err == ErrMultipleRecords:
		return n.Domain + " has more than one SPF record"
	case n.Record == nil || slices.Contains(above, n):
		return ""
	case n.Record.Err() != nil:
		return fmt.Sprintf("the record of %s is broken: %v", n.Domain, n.Record.Err())
	}
	above = append(above, n)
	for _, b := range n.Branches {
		if b.Node == nil || !b.Reached {
			continue
		}
		switch b.Node.Err {
		case ErrNoRecord, ErrNoDomain, ErrNotDomain:
			return fmt.Sprintf("the record of %s is broken: %q: %v", n.Domain, b.Term.Text(), b.Node.Err)
		}
		if fault := b.Node.fault(above); fault != "" {
			return fault
		}
	}
	return ""
}

var redirectNoRecord = branchRule(lint.Doc{
	ID: "spf-redirect-no-record", Severity: lint.Error, Reason: ErrRedirectNone,
	Title: "redirect leads to no valid record",
	Why:   "Without a valid record at its target a redirect is permerror for all mail that no term before it matched.",
	Ref:   "RFC 7208, Section 6.1",
	Bad:   lint.Example{Zone: `@ TXT "v=spf1 redirect=gone.example.net"`},
	Good:  lint.Example{Zone: `@ TXT "v=spf1 redirect=_spf.example.net"` + provider},
}, func(b *Branch) (string, string) {
	const hint = "Correct the name, or publish the record there."
	if b.Term.Kind != Redirect || b.Node == nil || !b.Reached {
		return "", ""
	}
	if b.Node.Err == ErrNoRecord {
		return fmt.Sprintf("%s has no SPF record", b.Target), hint
	}
	return cmp.Or(b.Node.absence(), b.Node.fault(nil)), hint
})

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
				if b.Term.Kind != Include && b.Term.Kind != Redirect {
					return
				}
				if n.Domain == loop[len(loop)-2] && b.Target == loop[len(loop)-1] || n == f.Root && len(loop) > 1 && b.Target == loop[1] {
					span = b.Term.Span
				}
			})
			report(lint.Finding{Span: span, Message: strings.Join(loop, " → ") + " is a circle", Hint: "Take the include that leads back out."})
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

var includeAllPass = branchRule(lint.Doc{
	ID: "spf-include-all-pass", Severity: lint.Error,
	Title: "Included record authorizes every host",
	Why:   "The included record ends in +all, so the include matches every client.",
	Ref:   "RFC 7208, Section 5.2",
	Bad:   lint.Example{Zone: "@ TXT \"v=spf1 include:_spf.example.net -all\"\n_spf.example.net. TXT \"v=spf1 +all\""},
	Good:  includeGood,
}, func(b *Branch) (string, string) {
	if b.Term.Qualifier != '+' || !b.passesAll() {
		return "", ""
	}
	return fmt.Sprintf("the record of %s passes every host", b.Target), "Remove the term, and list the networks that really send."
})

var includeAllMisunderstood = rule{
	Doc: lint.Doc{
		ID: "spf-include-all-misunderstood", Severity: lint.Notice,
		Title: "Included all does not end this record",
		Why:   "An include matches or it does not. The -all or ~all of the included record says nothing about this domain's other mail.",
		Ref:   "RFC 7208, Section 5.2",
		Bad:   lint.Example{Zone: `@ TXT "v=spf1 include:_spf.example.net"` + provider},
		Good:  includeGood,
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.decisive(func(n *Node, all *Term) {
			if all != nil {
				return
			}
			for _, b := range n.Branches {
				if b.Term.Kind != Include || b.Node == nil || b.Node.Record == nil {
					continue
				}
				if inner := b.Node.Record.First(All); inner != nil && (inner.Qualifier == '-' || inner.Qualifier == '~') {
					report(lint.Finding{Span: b.Term.Span, Message: fmt.Sprintf("the %q of %s does not count for %s", inner.Text(), b.Target, n.Domain)})
					return
				}
			}
		})
	},
}
