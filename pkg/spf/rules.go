package spf

import (
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// rule is a rule over what Inspect gathered.
type rule = lint.Rule[*Facts]

// Rules returns every rule about SPF, the only list of them. The slice is new at
// each call; the rules are constants in spirit.
func Rules() []lint.Rule[*Facts] {
	return slices.Concat(discoveryRules(), versionRules(), textRules(), syntaxRules(), termRules(), allRules(), networkRules(),
		targetRules(), includeRules(), limitRules(), expectedRules())
}

// missing is the place of findings about a TXT record that is not there.
func missing(domain string) lint.Span {
	return lint.NewSource("TXT "+domain, "").Whole()
}

// own reports whether a node's record is in the hands of whoever runs the domain:
// it stands at the domain, below it, or beside it under an underscored name.
func (f *Facts) own(n *Node) bool {
	if n == f.Root || f.Domain == "" {
		return true
	}
	base := n.Domain
	for strings.HasPrefix(base, "_") {
		_, base, _ = strings.Cut(base, ".")
	}
	return isWithin(n.Domain, f.Domain) || strings.Contains(base, ".") && isWithin(f.Domain, base)
}

// records calls visit for every record that the domain's owner can change.
func (f *Facts) records(visit func(n *Node)) {
	for _, n := range f.Nodes {
		if n.Record != nil && f.own(n) {
			visit(n)
		}
	}
}

// terms calls visit for every valid term of those records.
func (f *Facts) terms(visit func(n *Node, t *Term)) {
	f.records(func(n *Node) {
		for i := range n.Record.Terms {
			if t := &n.Record.Terms[i]; t.Err == nil {
				visit(n, t)
			}
		}
	})
}

// branches calls visit for every term of those records that asks the DNS.
func (f *Facts) branches(visit func(n *Node, b *Branch)) {
	f.records(func(n *Node) {
		for _, b := range n.Branches {
			visit(n, b)
		}
	})
}

// deciding returns the nodes whose records can give the verdict: the root and
// where redirects lead from there. Explanations and reporting modifiers of other
// records are not used.
func (f *Facts) deciding() []*Node {
	var chain []*Node
	for n := f.Root; n != nil && n.Record != nil && !slices.Contains(chain, n); {
		chain = append(chain, n)
		b := n.branch(n.Record.Redirect())
		if b == nil {
			break
		}
		n = b.Node
	}
	return chain
}

// decides reports whether the record of a node can give the verdict.
func (f *Facts) decides(n *Node) bool { return slices.Contains(f.deciding(), n) }

// final returns the node whose record decides when no term matches, nil where
// that is not known.
func (f *Facts) final() *Node {
	chain := f.deciding()
	if len(chain) == 0 || chain[len(chain)-1].Record.Redirect() != nil {
		return nil
	}
	return chain[len(chain)-1]
}

// valid reports whether the record of a node can be evaluated.
func (n *Node) valid() bool { return n.Record != nil && n.Record.Err() == nil }

// fixTerms returns the fix that replaces a span by terms, or takes it out for
// remove; nil where the terms would not be valid or there are none.
func fixTerms(span lint.Span, terms string) *lint.Fix {
	switch {
	case terms == remove:
		return removal(span)
	case terms == "" || mistaken(Parse(lint.NewSource("", version+" "+terms))):
		return nil
	}
	return lint.Replace(span, terms)
}

// removal returns the fix that takes octets out of a record, with the spaces
// before them.
func removal(span lint.Span) *lint.Fix {
	span.Start = len(strings.TrimRight(span.Source.Text[:span.Start], " "))
	return lint.Replace(span, "")
}
