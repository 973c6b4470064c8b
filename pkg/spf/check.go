package spf

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// Limits of one evaluation (RFC 7208, Section 4.6.4).
const (
	MaxLookups = 10 // terms that ask the DNS
	MaxVoids   = 2  // such terms that get no such name or no record
	maxHosts   = 10 // names of one mx, ptr or %{p} whose addresses are asked for
)

// Status is a result of check_host in the words of RFC 7208, Section 2.6.
type Status string

// The results.
const (
	None      Status = "none"
	Neutral   Status = "neutral"
	Pass      Status = "pass"
	Fail      Status = "fail"
	SoftFail  Status = "softfail"
	TempError Status = "temperror"
	PermError Status = "permerror"
)

// Query is one client to judge: the arguments of check_host (RFC 7208,
// Section 4.1).
type Query struct {
	Identity Identity   // which identity Sender is
	IP       netip.Addr // SMTP client; an IPv4-mapped address counts as IPv4
	Domain   string     // where the record is sought; empty: the domain of Sender
	Sender   string     // MAIL FROM or HELO identity; empty: postmaster@Helo, or @Domain where that is unknown
	Helo     string     // name given with HELO or EHLO; empty: unknown
	Receiver string     // name of the receiving host, for explanations; empty: unknown
	At       time.Time  // moment of the evaluation, for explanations
}

// Identity is one of the two names that SPF judges (RFC 7208, Sections 2.3 and 2.4).
type Identity int

// The identities.
const (
	MailFrom Identity = iota // the reverse-path, or postmaster at the HELO name where that is empty
	Helo                     // the name given with HELO or EHLO
)

// Result is the verdict on one client with its evidence.
type Result struct {
	Query       Query
	Status      Status
	Reason      error   // nil where Status says it all, else a *Failure
	Record      *Record // of the domain asked about; nil where none was selected
	Path        []Step  // terms that gave the verdict, outermost first; empty where none matched
	Explanation string  // of the domain's owner for fail; empty where there is none
	Lookups     int     // terms that asked the DNS, the one that broke the limit included
	Voids       int     // of those, the ones answered with nothing
	NullSender  bool    // MAIL FROM was empty, so that the sender was made of the HELO name
	// Unanswered holds the questions that failed without an effect on Status, as
	// those about the names of the client.
	Unanswered []lookup.Reply
}

// Step is a term of the path to a verdict, with the domain whose record holds it.
type Step struct {
	Domain string
	Term   *Term
}

// Failure says why a verdict is none, temperror or permerror. errors.Is finds
// its Reason and, for temperror, what the resolver said.
type Failure struct {
	Reason error  // a sentinel of this package, or the resolver's error
	Domain string // whose record was being evaluated
	Term   *Term  // the term being evaluated; nil where it was the record itself
}

// Error returns the domain, the term and the reason.
func (f *Failure) Error() string {
	if f.Term == nil {
		return fmt.Sprintf("%s: %v", f.Domain, f.Reason)
	}
	return fmt.Sprintf("%s: %s: %v", f.Domain, f.Term.Text(), f.Reason)
}

// Unwrap returns the Reason.
func (f *Failure) Unwrap() error { return f.Reason }

// What ends an evaluation beside syntax errors and the DNS.
var (
	ErrNotDomain       = errors.New("not a domain name that SPF can use")
	ErrNoDomain        = errors.New("the domain does not exist")
	ErrNoRecord        = errors.New("no SPF record")
	ErrMultipleRecords = errors.New("more than one SPF record")
	ErrIncludeNone     = errors.New("the included domain has no SPF record")
	ErrRedirectNone    = errors.New("the redirect target has no SPF record")
	ErrLookupLimit     = errors.New("more than 10 terms that ask the DNS")
	ErrVoidLimit       = errors.New("more than 2 void lookups")
	ErrMXLimit         = errors.New("more than 10 MX names")
)

// Check evaluates the record of the query's domain for its client, check_host of
// RFC 7208, Section 4. It asks in the order of the terms; over a cache that
// Inspect has filled it waits for nothing.
func Check(ctx context.Context, r lookup.Resolver, q Query) Result {
	e := newEvaluation(ctx, r, q)
	v := verdict{status: None, reason: &Failure{Reason: ErrNotDomain, Domain: e.q.Domain}}
	if name, err := lookup.FromUser(e.q.Domain); err == nil {
		v = e.checkHost(name)
	}
	result := Result{
		Query: e.q, Status: v.status, Record: v.record, Path: v.path, Lookups: e.lookups, Voids: e.voids,
		NullSender: q.Identity == MailFrom && q.Sender == "" && q.Helo != "",
	}
	if v.reason != nil {
		result.Reason = v.reason
	}
	if v.status == Fail && v.exp.Term != nil {
		result.Explanation = e.explain(v.exp)
	}
	result.Unanswered = e.unanswered
	return result
}

// evaluation is one run of check_host with its counters, which include and
// redirect share (RFC 7208, Section 4.6.4).
type evaluation struct {
	ctx                 context.Context
	r                   lookup.Resolver
	q                   Query
	local, senderDomain string
	lookups, voids      int
	unanswered          []lookup.Reply
}

// newEvaluation fills in what the query leaves open.
func newEvaluation(ctx context.Context, r lookup.Resolver, q Query) *evaluation {
	q.IP = q.IP.Unmap() // RFC 7208, Section 5
	// RFC 7208, Section 2.4: for the empty reverse-path the identity is
	// postmaster at the HELO name.
	if q.Sender == "" {
		q.Sender = "postmaster@" + cmp.Or(q.Helo, q.Domain)
	}
	e := &evaluation{ctx: ctx, r: r}
	at := strings.LastIndexByte(q.Sender, '@')
	e.local, e.senderDomain = q.Sender[:max(at, 0)], q.Sender[at+1:]
	if e.local == "" {
		e.local = "postmaster" // RFC 7208, Section 4.3
	}
	// RFC 8616, Section 4: U-labels become A-labels before anything else.
	if name, err := lookup.FromUser(e.senderDomain); err == nil && !isASCII(e.senderDomain) {
		e.senderDomain = name
	}
	if q.Domain == "" {
		q.Domain = e.senderDomain
	}
	e.q = q
	return e
}

func isASCII(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// verdict is what the record of one domain says.
type verdict struct {
	status Status
	reason *Failure
	record *Record
	path   []Step
	exp    Step // exp of the record whose mechanism matched, includes not entered
	void   bool // the lookup of the record found no TXT record at all
}

// checkHost evaluates the record of one domain.
func (e *evaluation) checkHost(domain string) verdict {
	stop := func(s Status, reason error, t *Term, record *Record) verdict {
		return verdict{status: s, record: record, reason: &Failure{Reason: reason, Domain: domain, Term: t}}
	}
	if !isUsable(domain) {
		return stop(None, ErrNotDomain, nil, nil)
	}
	answer, err := e.r.Query(e.ctx, domain, lookup.TypeTXT)
	if err != nil {
		return stop(TempError, err, nil, nil) // RFC 7208, Section 4.4
	}
	record, err := Select(answer)
	if answer.NXDomain {
		err = ErrNoDomain
	}
	switch err {
	case nil:
	case ErrNoDomain, ErrNoRecord:
		v := stop(None, err, nil, nil)
		v.void = answer.Void()
		return v
	default:
		return stop(PermError, err, nil, nil)
	}
	// RFC 7208, Section 4.6: a syntax error anywhere ends the evaluation.
	if err := record.Err(); err != nil {
		return stop(PermError, err, nil, record)
	}
	for i := range record.Terms {
		t := &record.Terms[i]
		if t.Kind.Modifier() {
			continue
		}
		matched, inner := e.match(t, domain)
		if inner.reason != nil {
			inner.record = record
			inner.path = append([]Step{{domain, t}}, inner.path...)
			return inner
		}
		if matched {
			return verdict{status: statusOf(t.Qualifier), record: record, exp: Step{domain, record.First(Exp)},
				path: append([]Step{{domain, t}}, inner.path...)}
		}
	}
	t := record.Redirect()
	if t == nil {
		return verdict{status: Neutral, record: record} // RFC 7208, Section 4.7
	}
	v := e.redirect(t, domain)
	v.record = record
	v.path = append([]Step{{domain, t}}, v.path...)
	return v
}

// isUsable reports whether a canonical name can hold a record: it has two labels
// at least and is no address literal (RFC 7208, Section 4.3).
func isUsable(domain string) bool {
	return strings.Contains(domain, ".") && domain[0] != '['
}

// redirect evaluates the target of a redirect in place of the record
// (RFC 7208, Section 6.1).
func (e *evaluation) redirect(t *Term, domain string) verdict {
	v := verdict{status: None}
	if reason := e.count(t); reason != nil {
		return verdict{status: PermError, reason: &Failure{Reason: reason, Domain: domain, Term: t}}
	}
	if name, ok := e.target(t, domain); ok {
		v = e.checkHost(name)
		e.countVoid(v)
	}
	if v.status == None {
		return verdict{status: PermError, reason: &Failure{Reason: ErrRedirectNone, Domain: domain, Term: t}}
	}
	return v
}

func statusOf(qualifier byte) Status {
	switch qualifier {
	case '-':
		return Fail
	case '~':
		return SoftFail
	case '?':
		return Neutral
	}
	return Pass
}

// Select returns the SPF record among the TXT records of a name: the only one
// that starts with the version. The error is ErrNoRecord or ErrMultipleRecords
// (RFC 7208, Section 4.5).
func Select(answer lookup.Answer) (*Record, error) {
	var found *lookup.Record
	for i := range answer.Records {
		// RFC 7208, Section 3.3: the strings are joined with nothing between.
		if rr := &answer.Records[i]; hasVersion(rr.Source.Text) {
			if found != nil {
				return nil, ErrMultipleRecords
			}
			found = rr
		}
	}
	if found == nil {
		return nil, ErrNoRecord
	}
	return Parse(found.Source), nil
}
