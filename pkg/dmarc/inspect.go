package dmarc

import (
	"context"
	"slices"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// Bounds on what one domain or message can make the tool ask.
const (
	maxIdentifiers  = 10 // walks for the domains of identifiers
	maxDestinations = 20 // addresses for reports that are looked at
)

// Options says how Inspect shall work. The zero value means the tree walk of
// RFC 9989 and the built-in Public Suffix List.
type Options struct {
	Standard    Standard
	Suffixes    *Suffixes // nil: the built-in list
	Required    []Address // that rua shall name
	Identifiers []string  // domains that SPF and DKIM authenticated, for Evaluate
}

// Inspect gathers the DMARC record of an Author Domain and what depends on it. It
// works in rounds: all names of all walks are asked about together, then whether
// the domain exists and its report addresses agree, then what is left about those.
func Inspect(ctx context.Context, r lookup.Resolver, author string, o Options) *Facts {
	if name, err := lookup.FromUser(author); err == nil {
		author = name
	}
	in := &inspection{replies: map[lookup.Question]*lookup.Reply{}, needed: map[lookup.Question]bool{}}
	f := &Facts{Domain: author, Standard: o.Standard, Suffixes: o.Suffixes, Required: o.Required}
	if f.Standard == "" {
		f.Standard = RFC9989
	}
	identifiers := f.walkable(o.Identifiers)
	in.walks(ctx, r, append([]string{author, f.Suffixes.Organizational(author)}, identifiers...))
	f.Tree = newWalk(author, in.policy)
	f.Path = f.Tree
	if f.Standard == RFC7489 {
		f.Path = newLegacyPath(author, f.Suffixes.Organizational(author), in.policy)
	} else if f.Path.Steps[0].Err == ErrNoRecord {
		f.Legacy = newLegacyPath(author, f.Suffixes.Organizational(author), in.policy)
	}
	for _, domain := range identifiers {
		f.Walks = append(f.Walks, newWalk(domain, in.policy))
	}
	f.discover()
	for _, s := range f.Decisive() {
		in.need(s.Reply)
	}
	probe := lookup.Question{Name: "_authcheck-nobody-has-this." + author, Type: lookup.TypeTXT}
	f.ignored(func(*lint.Source) { in.put(probe.Name, probe.Type) })
	if f.Record != nil {
		in.existence(f)
	}
	if f.owned() {
		in.destinations(f)
	}
	in.ask(ctx, r)
	f.Wildcard = in.replies[probe]
	if f.Record != nil {
		f.Exists = in.reply(in.exists(f))
		in.settle(ctx, r, f)
	}
	f.Asked = in.asked
	return f
}

// InspectText gathers what a text says by itself, without asking anything.
func InspectText(source *lint.Source) *Facts {
	f := &Facts{Standard: RFC9989, Text: source, Err: ErrNoRecord}
	if hasVersion(source.Text) {
		f.Record, f.Err = Parse(source), nil
	}
	return f
}

// walkable returns the domains for which a walk is needed, each once, and keeps
// those beyond the limit as skipped.
func (f *Facts) walkable(identifiers []string) []string {
	var names []string
	for _, domain := range identifiers {
		name, err := lookup.FromUser(domain)
		switch {
		case err != nil || name == "" || name == f.Domain || slices.Contains(names, name) || slices.Contains(f.Skipped, name):
		case len(names) >= maxIdentifiers:
			f.Skipped = append(f.Skipped, name)
		default:
			names = append(names, name)
		}
	}
	return names
}

// inspection is the state of one Inspect.
type inspection struct {
	replies map[lookup.Question]*lookup.Reply
	queue   []lookup.Question // of the next round
	needed  map[lookup.Question]bool
	asked   []lookup.Reply
}

// put adds a question to the next round, once in a run.
func (in *inspection) put(name string, typ lookup.Type) {
	q := lookup.Question{Name: name, Type: typ}
	if _, known := in.replies[q]; !known {
		in.replies[q] = nil
		in.queue = append(in.queue, q)
	}
}

// ask asks what was put.
func (in *inspection) ask(ctx context.Context, r lookup.Resolver) {
	for _, reply := range lookup.All(ctx, r, in.queue) {
		in.replies[reply.Question] = &reply
	}
	in.queue = nil
}

// reply returns the reply to a question that is needed, nil where it was not asked.
func (in *inspection) reply(q lookup.Question) *lookup.Reply {
	in.need(in.replies[q])
	return in.replies[q]
}

// need notes that a question had to be asked.
func (in *inspection) need(reply *lookup.Reply) {
	if reply != nil && !in.needed[reply.Question] {
		in.needed[reply.Question] = true
		in.asked = append(in.asked, *reply)
	}
}

// walks asks for the records of all names that walks from these domains may meet.
func (in *inspection) walks(ctx context.Context, r lookup.Resolver, domains []string) {
	for _, domain := range domains {
		for _, name := range walkNames(domain) {
			if name, ok := policyName(name); ok {
				in.put(name, lookup.TypeTXT)
			}
		}
	}
	in.ask(ctx, r)
}

// policy returns the reply about the record of a domain.
func (in *inspection) policy(domain string) *lookup.Reply {
	name, _ := policyName(domain)
	return in.replies[lookup.Question{Name: name, Type: lookup.TypeTXT}]
}

// exists is the question whether the domain exists: any type will do.
func (in *inspection) exists(f *Facts) lookup.Question {
	return lookup.Question{Name: f.Domain, Type: lookup.TypeA}
}

// existence asks whether the domain exists where that decides which policy
// applies.
func (in *inspection) existence(f *Facts) {
	if p := f.Policies(); f.Inherited() && p.NonExistent() != p.Subdomain() {
		q := in.exists(f)
		in.put(q.Name, q.Type)
	}
}
