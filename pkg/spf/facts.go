package spf

import (
	"errors"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// Facts is what Inspect gathered about the SPF record of a domain: the record,
// everything it refers to whatever the client, and the verdicts asked for.
type Facts struct {
	Domain string
	Root   *Node
	Texts  []*lint.Source // TXT records of Domain, or the text that was given
	Nodes  []*Node        // every domain whose record was looked at, Root first, in the order met
	MX     *lookup.Reply  // of Domain; a null MX marks a domain without mail; nil: not asked
	SOA    *lookup.Reply  // of Domain, asked where its TXT records are behind a CNAME; else nil
	// Wildcard is an answer about a name below Domain that has no records of its own;
	// nil: nobody asked.
	Wildcard *lookup.Reply
	Type99   []lookup.Record // records of the historic type SPF, where zone files were given
	Results  []Result        // MAIL FROM identity, then HELO identity; empty without a client
	Passing  []Result        // on clients that shall pass
	Failing  []Result        // on clients that shall not pass
	Asked    []lookup.Reply  // every question that the record needs, in the order asked
	Worst    Count           // over all clients
	Loops    [][]string      // chains of domains that lead back to their first

	limited *Networks // under the limits, once everything is gathered
}

// Node is a domain with the record found there.
type Node struct {
	Domain   string
	TXT      *lookup.Reply // nil: the text was given, nothing was asked
	Record   *Record       // the one SPF record, however broken; nil where there is none
	Err      error         // why there is no Record: a sentinel or the resolver's error
	Branches []*Branch     // terms that ask the DNS, in the order of the record
	Lookups  int           // counted terms of the record and all below it, over all clients

	everybody *bool // whether the record passes every client, once that was asked
}

// Branch is a term that asks the DNS, with the replies. What was not asked is nil.
type Branch struct {
	Term    *Term
	Target  string        // name asked about; empty where Skipped says why it is not known
	Skipped error         // nil: everything was asked
	Node    *Node         // include, redirect
	A, AAAA *lookup.Reply // a; A alone: exists
	MX      *lookup.Reply // mx
	Hosts   []Host        // mx: the first ten hosts, without a null MX
	TXT     *lookup.Reply // exp
	Lookups int           // what the term costs over all clients, itself included
	Reached bool          // some client gets as far as this term
}

// Host is an MX host with its addresses.
type Host struct {
	Name    string
	A, AAAA *lookup.Reply
}

// Why a term was not followed.
var (
	ErrNeedsClient  = errors.New("the name depends on the message")
	ErrUnusableName = errors.New("no such name can exist")
	ErrNotAsked     = errors.New("nothing was asked of the DNS")
	ErrTooMany      = errors.New("too many questions for one record")
)

// Own returns the answers about names in the records that the domain's owner can
// change, each question once.
func (f *Facts) Own() []lookup.Reply {
	var own []lookup.Reply
	seen := map[lookup.Question]bool{}
	add := func(replies ...*lookup.Reply) {
		for _, reply := range replies {
			if reply != nil && !seen[reply.Question] {
				seen[reply.Question] = true
				own = append(own, *reply)
			}
		}
	}
	for _, n := range f.Nodes {
		if !f.own(n) {
			continue
		}
		add(n.TXT)
		for _, b := range n.Branches {
			add(b.A, b.AAAA, b.MX, b.TXT)
			for i := range b.Hosts {
				add(b.Hosts[i].A, b.Hosts[i].AAAA)
			}
		}
	}
	return own
}

// Judged reports whether there is a verdict on some client.
func (f *Facts) Judged() bool { return len(f.Results)+len(f.Passing)+len(f.Failing) > 0 }

// NullMX reports whether the domain says that it takes no mail
// (RFC 7505, Section 3).
func (f *Facts) NullMX() bool {
	return f.MX != nil && f.MX.Err == nil && len(f.MX.Answer.Records) == 1 && f.MX.Answer.Records[0].Host == ""
}

// Partial reports whether an include or redirect was not followed, so that the
// counts are lower bounds. Any other term costs the same whatever its answer.
func (f *Facts) Partial() bool {
	for _, n := range f.Nodes {
		if n.TXT != nil && n.TXT.Err != nil {
			return true
		}
		for _, b := range n.Branches {
			if (b.Term.Kind == Include || b.Term.Kind == Redirect) && b.Skipped != nil && b.Skipped != ErrUnusableName {
				return true
			}
		}
	}
	return false
}

// VoidsPartial reports whether more lookups may be void than were counted: names
// that depend on the message, questions without an answer, includes not followed.
func (f *Facts) VoidsPartial() bool {
	if f.Partial() {
		return true
	}
	for _, n := range f.Nodes {
		for _, b := range n.Branches {
			if b.Reached && (b.Skipped != nil && b.Skipped != ErrUnusableName || b.Err() != nil) {
				return true
			}
		}
	}
	return false
}

// Err returns why a question of the term itself has no answer, nil where all
// were answered or none was asked.
func (b *Branch) Err() error {
	for _, reply := range [...]*lookup.Reply{b.A, b.AAAA, b.MX, b.TXT} {
		if reply != nil && reply.Err != nil {
			return reply.Err
		}
	}
	return nil
}

// Void reports whether the term's own lookup finds nothing for a client of the
// family that typ, A or AAAA, stands for. What was not answered is not void.
// Addresses of MX hosts and of PTR names are not the term's own lookup: the RFC
// counts terms (RFC 7208, Section 4.6.4).
func (b *Branch) Void(typ lookup.Type) bool {
	var reply *lookup.Reply
	switch b.Term.Kind {
	case Include, Redirect:
		if b.Node != nil {
			reply = b.Node.TXT
		}
	case MX:
		reply = b.MX
	case Exists:
		reply = b.A
	case A:
		reply = b.A
		if typ == lookup.TypeAAAA {
			reply = b.AAAA
		}
	}
	return reply != nil && reply.Err == nil && reply.Answer.Void()
}
