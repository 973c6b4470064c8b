package dkim

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// WellKnown lists the selectors that are tried where none is named: those of large
// providers and the names that people choose themselves.
func WellKnown() []string {
	return []string{
		"google", "selector1", "selector2", "k1", "k2", "k3", "s1", "s2", "default", "dkim",
		"mail", "smtp", "fm1", "fm2", "mandrill", "protonmail", "zoho", "resend", "20230601", "key1",
	}
}

// Options says which keys Inspect shall look for. The zero value tries the
// well-known selectors.
type Options struct {
	Selectors []string     // named by whoever asks; empty: those of WellKnown
	Private   []PrivateKey // to compare the published keys with
	At        time.Time    // moment against which the age of keys is judged; zero: do not judge
	MinBits   int          // that RSA keys shall have at least; 0: no demand beyond that of receivers
}

// Facts is what Inspect gathered about the keys of a domain.
type Facts struct {
	Domain    string
	Named     bool           // somebody named the selectors
	Selectors []Selector     // names that cannot be asked first, then as named; of tried ones those that have a key
	Tried     []lookup.Reply // of selectors that nobody named and that have no key
	Domainkey *lookup.Reply  // TXT _domainkey.Domain; nil: not asked
	ADSP      *lookup.Reply  // TXT _adsp._domainkey.Domain; nil: not asked, as where selectors are named
	Asked     []lookup.Reply // what had to be asked
	Private   []PrivateKey   // given for comparison, each with its own selector or, where that is not known, with all
	At        time.Time      // moment of the evaluation; zero: the age of keys is not judged
	MinBits   int            // demanded of RSA keys; 0: nothing beyond MinBits
}

// Selector is a name below _domainkey with what is published there.
type Selector struct {
	Name    string         // canonical; empty for a given text
	Reply   *lookup.Reply  // nil: the text was given, or no such name can be asked for
	Texts   []*lint.Source // every TXT record
	Record  *Record        // the key record, however broken; nil where there is none or more than one
	Records []*Record      // every text that was meant to be one
	Err     error          // why there is no usable key: a sentinel or the resolver's error

	ordered string // sound text that the strings of Record make in another order; "" where they make none
}

// Why a selector has no record to judge.
var (
	ErrNoRecord        = errors.New("no TXT record at the selector")
	ErrMultipleRecords = errors.New("more than one key record")
	ErrSelector        = errors.New("not a selector")
)

// Inspect gathers the keys of a domain. It asks everything at once.
func Inspect(ctx context.Context, r lookup.Resolver, domain string, o Options) *Facts {
	if name, err := lookup.FromUser(domain); err == nil {
		domain = name
	}
	f := &Facts{Domain: domain, Named: len(o.Selectors) > 0, Private: o.Private, At: o.At, MinBits: o.MinBits}
	names := o.Selectors
	if !f.Named {
		names = WellKnown()
	}
	below := "_domainkey." + domain
	questions := []lookup.Question{{Name: below, Type: lookup.TypeTXT}}
	if !f.Named { // one question less a domain where many are checked
		questions = append(questions, lookup.Question{Name: "_adsp." + below, Type: lookup.TypeTXT})
	}
	first, asked := len(questions), map[string]bool{}
	for _, name := range names {
		full, err := lookup.FromUser(name + "." + below)
		switch {
		case err != nil && f.Named:
			f.Selectors = append(f.Selectors, Selector{Name: name, Err: ErrSelector})
		case err != nil: // the domain leaves no room for it
		case !asked[full]:
			asked[full] = true
			questions = append(questions, lookup.Question{Name: full, Type: lookup.TypeTXT})
		}
	}
	if _, err := lookup.FromUser(below); err != nil {
		failure := &lookup.Error{Question: questions[0], Reason: lookup.ErrName}
		f.Asked, f.Selectors = []lookup.Reply{{Question: questions[0], Err: failure}}, nil
		return f
	}
	replies := lookup.All(ctx, r, questions)
	f.Domainkey = &replies[0]
	for i := range replies[first:] {
		f.add(&replies[first+i])
	}
	if !f.Named {
		f.ADSP = &replies[1]
		f.Asked = append(f.Asked, replies[0])
		f.foldWildcard(len(names))
	}
	return f
}

// InspectText gathers what a key record says by itself, without asking anything.
func InspectText(source *lint.Source) *Facts {
	s := Selector{Texts: []*lint.Source{source}}
	s.read()
	return &Facts{Named: true, Selectors: []Selector{s}}
}

// add files the answer about a selector.
func (f *Facts) add(reply *lookup.Reply) {
	s := Selector{Name: strings.TrimSuffix(reply.Name, "._domainkey."+f.Domain), Reply: reply, Err: reply.Err}
	if s.Err == nil {
		for i := range reply.Answer.Records {
			s.Texts = append(s.Texts, reply.Answer.Records[i].Source)
		}
		s.read()
		s.order()
	}
	// A selector that nobody named and that has no key says nothing: others may exist.
	if !f.Named && len(s.Records) == 0 {
		f.Tried = append(f.Tried, *reply)
		return
	}
	f.Selectors = append(f.Selectors, s)
	f.Asked = append(f.Asked, *reply)
}

// read finds the key record among the texts. Texts of other protocols do not count:
// a wildcard may have put them there (RFC 6376, Section 6.1.2).
func (s *Selector) read() {
	for _, source := range s.Texts {
		if r := Parse(source); !r.Is(ErrNotKey) {
			s.Records = append(s.Records, r)
		}
	}
	switch {
	case len(s.Texts) == 0:
		s.Err = ErrNoRecord
	case len(s.Records) == 0:
		s.Err = ErrNotKey
	case len(s.Records) > 1:
		s.Err = ErrMultipleRecords // RFC 6376, Section 3.6.2.2
	default:
		s.Record = s.Records[0]
		s.Err = s.Record.Err()
	}
}

// foldWildcard makes one of selectors that nobody named where every name that was
// tried has the same answer: it stands at "*".
func (f *Facts) foldWildcard(tried int) {
	if len(f.Selectors) < tried {
		return
	}
	first := f.Selectors[0].Texts
	for _, s := range f.Selectors {
		if len(s.Texts) != len(first) || s.Texts[0].Text != first[0].Text {
			return
		}
	}
	f.Selectors = f.Selectors[:1]
	f.Selectors[0].Name = "*"
}

// Result says in a word how a selector came out.
func (s *Selector) Result() string {
	var failure *lookup.Error
	switch {
	case s.Err == nil:
		return "ok"
	case errors.As(s.Err, &failure):
		return "unknown"
	case s.Err == ErrNoRecord:
		return "missing"
	case s.Err == ErrRevoked:
		return "revoked"
	}
	return "invalid"
}

// Alias returns the name that holds the key where the selector is a CNAME, else "".
func (s *Selector) Alias() string {
	if s.Reply == nil || len(s.Reply.Answer.Chain) == 0 {
		return ""
	}
	return s.Reply.Answer.Owner(s.Reply.Name)
}

// NoKeys reports whether the DNS says that nothing exists below _domainkey, which
// some servers say wrongly: a selector that answers wins (RFC 8020, Section 2), and
// one without an answer may exist.
func (f *Facts) NoKeys() bool {
	if f.Domainkey == nil || f.Domainkey.Err != nil || !f.Domainkey.Answer.NXDomain || len(f.Domainkey.Answer.Chain) > 0 {
		return false
	}
	exists := func(r lookup.Reply) bool {
		return r.Err != nil || len(r.Answer.Records) > 0 || len(r.Answer.Chain) > 0
	}
	return !slices.ContainsFunc(f.Tried, exists) &&
		!slices.ContainsFunc(f.Selectors, func(s Selector) bool { return s.Reply != nil && exists(*s.Reply) })
}

// NoWildcard reports whether the DNS says that no wildcard stands right below
// _domainkey: it would have answered for a selector of one label that does not exist
// (RFC 4592).
func (f *Facts) NoWildcard() bool {
	gone := func(r lookup.Reply) bool { return r.Err == nil && r.Answer.NXDomain && len(r.Answer.Chain) == 0 }
	return slices.ContainsFunc(f.Tried, gone) ||
		slices.ContainsFunc(f.Selectors, func(s Selector) bool {
			return s.Reply != nil && !strings.Contains(s.Name, ".") && gone(*s.Reply)
		})
}

// Unanswered returns how many of the selectors in Tried may have a key: nobody
// answered.
func (f *Facts) Unanswered() int {
	n := 0
	for _, reply := range f.Tried {
		if reply.Err != nil {
			n++
		}
	}
	return n
}
