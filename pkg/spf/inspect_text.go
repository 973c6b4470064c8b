package spf

import (
	"context"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// InspectRecord gathers a record as if it were published at the domain, with all
// that its terms refer to. Without a domain, terms that need one are not asked
// about.
func InspectRecord(ctx context.Context, r lookup.Resolver, domain string, source *lint.Source) *Facts {
	in := newInspection(domain)
	q := lookup.Question{Name: domain, Type: lookup.TypeTXT}
	node := &Node{Domain: domain}
	in.facts.Root, in.facts.Nodes, in.nodes[domain] = node, []*Node{node}, node
	in.read(node, &lookup.Reply{Question: q, Answer: lookup.Answer{Records: []lookup.Record{{Name: domain, Type: q.Type, Source: source}}}})
	in.rounds(ctx, r)
	in.facts.count()
	return in.facts
}

// InspectText gathers what a record says by itself, without asking anything.
func InspectText(domain string, source *lint.Source) *Facts {
	in := newInspection(domain)
	in.offline = true
	node := &Node{Domain: domain, Err: ErrNoRecord}
	in.facts.Root, in.facts.Nodes, in.facts.Texts = node, []*Node{node}, []*lint.Source{source}
	if hasVersion(source.Text) {
		node.Err = nil
		in.branches(node, Parse(source))
	}
	in.facts.count()
	return in.facts
}

// leadsBack reports whether a term reads the record again in which it stands, at
// domain; of a text the domain is empty.
func (t *Term) leadsBack(target, domain string) bool {
	if t.Kind != Include && t.Kind != Redirect {
		return false
	}
	return domain != "" && target == domain || strings.EqualFold(t.Domain.text(), "%{d}")
}
