package spf

import (
	"cmp"
	"fmt"
	"slices"

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
