package spf

import (
	"context"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// maxQuestions bounds what one record can make the tool ask. Real records stay
// below 100.
const maxQuestions = 1000

// maxTerms bounds the terms of all records together that are looked at. The largest
// real trees have some hundreds.
const maxTerms = 20000

// Options says what Inspect shall do beyond the record. The zero value gathers
// the record alone.
type Options struct {
	Queries []Query      // verdicts wanted
	Passing []Query      // clients that shall pass
	Failing []Query      // clients that shall not pass
	Probe   bool         // ask for a wildcard below the domain, too; Zone is looked into in any case
	Zone    *lookup.Zone // files that may hold records of the historic type SPF; nil: none
}

// Inspect gathers the SPF record of a domain and all that its terms refer to,
// whatever the client and beyond the limits. It works in rounds: all names that
// one round taught are asked about together in the next. The verdicts are then
// evaluated in the order of the standard over r, which should be a cache.
func Inspect(ctx context.Context, r lookup.Resolver, domain string, o Options) *Facts {
	if name, err := lookup.FromUser(domain); err == nil {
		domain = name
	}
	in := newInspection(domain)
	if len(o.Queries) > 0 {
		in.client = newEvaluation(ctx, r, o.Queries[0])
	}
	in.facts.Root = in.visit(domain)
	// Whether the domain takes mail is not the record's question: a failure
	// leaves nothing unknown.
	mx := lookup.Question{Name: domain, Type: lookup.TypeMX}
	if len(in.queue) > 0 {
		in.queue = append(in.queue, mx)
		in.waiting[mx] = nil
	}
	wildcard, possible := wildcardOf(domain)
	if o.Probe && possible && len(in.queue) > 0 {
		in.queue = append(in.queue, wildcard)
		in.waiting[wildcard] = nil
	}
	in.rounds(ctx, r)
	in.facts.MX, in.facts.Wildcard = in.replies[mx], in.replies[wildcard]
	in.facts.count()
	in.facts.Results = in.verdicts(ctx, r, o.Queries)
	in.facts.Passing, in.facts.Failing = in.verdicts(ctx, r, o.Passing), in.verdicts(ctx, r, o.Failing)
	if o.Zone != nil {
		in.facts.readFiles(ctx, o.Zone)
	}
	return in.facts
}

// verdicts gives the verdict on each client, and notes what was asked in vain.
func (in *inspection) verdicts(ctx context.Context, r lookup.Resolver, queries []Query) []Result {
	var results []Result
	for _, q := range queries {
		result := Check(ctx, r, q)
		results = append(results, result)
		for _, reply := range result.Unanswered {
			if _, known := in.replies[reply.Question]; !known {
				in.answer(&reply)
				in.facts.Asked = append(in.facts.Asked, reply)
			}
		}
	}
	return results
}

// rounds asks until nothing is left to ask.
func (in *inspection) rounds(ctx context.Context, r lookup.Resolver) {
	for len(in.queue) > 0 {
		round := in.queue
		in.queue = nil
		replies := lookup.All(ctx, r, round)
		for i := range replies {
			in.answer(&replies[i])
		}
	}
}

// inspection is the state of one Inspect.
type inspection struct {
	facts   *Facts
	client  *evaluation // whose verdict will be asked for; nil: none
	offline bool
	terms   int // of all records so far
	nodes   map[string]*Node
	replies map[lookup.Question]*lookup.Reply
	waiting map[lookup.Question][]func(*lookup.Reply)
	queue   []lookup.Question // of the next round
}

func newInspection(domain string) *inspection {
	return &inspection{
		facts:   &Facts{Domain: domain},
		nodes:   map[string]*Node{},
		replies: map[lookup.Question]*lookup.Reply{},
		waiting: map[lookup.Question][]func(*lookup.Reply){},
	}
}

// ask puts a question into the next round, or calls then at once if it has been
// answered. It reports false where the record has asked enough.
func (in *inspection) ask(name string, typ lookup.Type, then func(*lookup.Reply)) bool {
	q := lookup.Question{Name: name, Type: typ}
	if reply, ok := in.replies[q]; ok {
		if in.waiting[q] == nil { // asked for another reason, and needed only now
			in.facts.Asked = append(in.facts.Asked, *reply)
		}
		in.waiting[q] = append(in.waiting[q], then)
		then(reply)
		return true
	}
	if _, queued := in.waiting[q]; !queued {
		if len(in.waiting) >= maxQuestions {
			return false
		}
		in.queue = append(in.queue, q)
	}
	in.waiting[q] = append(in.waiting[q], then)
	return true
}

func (in *inspection) answer(reply *lookup.Reply) {
	in.replies[reply.Question] = reply
	if in.waiting[reply.Question] != nil {
		in.facts.Asked = append(in.facts.Asked, *reply)
	}
	for _, then := range in.waiting[reply.Question] {
		then(reply)
	}
}

// visit returns the node of a domain, asking for its record the first time; nil
// where the record has asked enough.
func (in *inspection) visit(domain string) *Node {
	if n, ok := in.nodes[domain]; ok {
		return n
	}
	n := &Node{Domain: domain}
	switch _, err := lookup.Canonical(domain); {
	case err != nil || !isUsable(domain):
		n.Err = ErrNotDomain
	case !in.ask(domain, lookup.TypeTXT, func(reply *lookup.Reply) { in.read(n, reply) }):
		return nil
	}
	in.nodes[domain] = n
	in.facts.Nodes = append(in.facts.Nodes, n)
	return n
}

func (in *inspection) read(n *Node, reply *lookup.Reply) {
	n.TXT = reply
	if n.Err = reply.Err; n.Err != nil {
		return
	}
	if n == in.facts.Root {
		for i := range reply.Answer.Records {
			in.facts.Texts = append(in.facts.Texts, reply.Answer.Records[i].Source)
		}
	}
	if n == in.facts.Root && len(reply.Answer.Chain) > 0 {
		in.ask(n.Domain, lookup.TypeSOA, func(reply *lookup.Reply) { in.facts.SOA = reply })
	}
	if in.terms >= maxTerms {
		n.Err = ErrTooMany
		return
	}
	record, err := Select(reply.Answer)
	switch {
	case reply.Answer.NXDomain:
		n.Err = ErrNoDomain
	case err != nil:
		n.Err = err
	default:
		in.terms += len(record.Terms)
		in.branches(n, record)
	}
}

// branches follows every term of a record that asks the DNS.
func (in *inspection) branches(n *Node, record *Record) {
	n.Record = record
	for i := range record.Terms {
		t := &record.Terms[i]
		if t.Err != nil || !t.Kind.Looks() && t.Kind != Exp {
			continue
		}
		b := &Branch{Term: t}
		n.Branches = append(n.Branches, b)
		b.Target, b.Skipped = in.target(t, n.Domain)
		switch {
		case t.leadsBack(b.Target, n.Domain):
			b.Node, b.Skipped = n, nil // what it says is at hand
		case b.Skipped == ErrNeedsClient:
			in.prefetch(t, n.Domain)
		case b.Skipped == nil && !in.follow(b):
			b.Skipped = ErrTooMany
		}
	}
}

// prefetch asks what the verdict will want to know about a term whose name depends
// on the client, so that it need not wait. It is no fact about the record.
func (in *inspection) prefetch(t *Term, domain string) {
	if in.client == nil || t.Kind == PTR || t.Domain.Uses("p") {
		return
	}
	name, ok := in.client.target(t, domain)
	if !ok {
		return
	}
	q := lookup.Question{Name: name, Type: lookup.TypeTXT}
	switch t.Kind {
	case A:
		q.Type = in.client.addressType()
	case Exists:
		q.Type = lookup.TypeA
	case MX:
		q.Type = lookup.TypeMX
	}
	if _, known := in.waiting[q]; !known && len(in.waiting) < maxQuestions {
		in.queue = append(in.queue, q)
		in.waiting[q] = nil
	}
}

// target returns the name a term is about if it is the same for every message.
func (in *inspection) target(t *Term, domain string) (string, error) {
	switch {
	case !t.HasDomain() && domain == "":
		return "", ErrNotAsked
	case !t.Domain.Literal():
		return "", ErrNeedsClient
	}
	name, ok := new(evaluation).target(t, domain)
	switch {
	case !ok:
		return "", ErrUnusableName
	case t.Kind == PTR:
		return name, ErrNeedsClient
	case in.offline:
		return name, ErrNotAsked
	}
	return name, nil
}

// follow asks what a term needs.
func (in *inspection) follow(b *Branch) (ok bool) {
	keep := func(slot **lookup.Reply) func(*lookup.Reply) {
		return func(reply *lookup.Reply) { *slot = reply }
	}
	switch b.Term.Kind {
	case Include, Redirect:
		b.Node = in.visit(b.Target)
		return b.Node != nil
	case A:
		ok = in.ask(b.Target, lookup.TypeA, keep(&b.A))
		return in.ask(b.Target, lookup.TypeAAAA, keep(&b.AAAA)) && ok
	case Exists:
		return in.ask(b.Target, lookup.TypeA, keep(&b.A))
	case Exp:
		return in.ask(b.Target, lookup.TypeTXT, keep(&b.TXT))
	}
	return in.ask(b.Target, lookup.TypeMX, func(reply *lookup.Reply) {
		b.MX = reply
		in.hosts(b)
	})
}

// hosts asks for the addresses of the first ten MX hosts of a term.
func (in *inspection) hosts(b *Branch) {
	for _, mx := range b.MX.Answer.Records[:min(len(b.MX.Answer.Records), maxHosts)] {
		if mx.Host != "" {
			b.Hosts = append(b.Hosts, Host{Name: mx.Host})
		}
	}
	for i := range b.Hosts {
		h := &b.Hosts[i]
		ok4 := in.ask(h.Name, lookup.TypeA, func(reply *lookup.Reply) { h.A = reply })
		ok6 := in.ask(h.Name, lookup.TypeAAAA, func(reply *lookup.Reply) { h.AAAA = reply })
		if !ok4 || !ok6 {
			b.Skipped = ErrTooMany
		}
	}
}
