package lookup

import (
	"context"
	"fmt"
	"net/netip"
	"sync"

	"github.com/authcheck/authcheck/pkg/lint"
)

// Type is a DNS record type by its number.
type Type uint16

// The types that the tool asks for, reads or writes.
const (
	TypeA     Type = 1
	TypeNS    Type = 2
	TypeCNAME Type = 5
	TypeSOA   Type = 6
	TypePTR   Type = 12
	TypeMX    Type = 15
	TypeTXT   Type = 16
	TypeAAAA  Type = 28
	TypeSRV   Type = 33 // looked for in zone files, never asked for
	TypeSPF   Type = 99 // historic: read from zone files, never asked for
)

// Resolver asks one question. No records and a nil error mean that the DNS said
// "nothing there"; an error means that the answer is unknown and is always an
// *Error. Names are absolute and canonical (see Canonical). Query is safe for
// use by many goroutines at once and returns as soon as ctx is done.
type Resolver interface {
	Query(ctx context.Context, name string, typ Type) (Answer, error)
}

// Answer is what the DNS said. Its slices are shared with the cache: callers
// only read them. The zero value is "no data": the name exists, the type does
// not.
type Answer struct {
	Records  []Record // at the end of Chain, in the order of compareRecords
	Chain    []string // targets of the CNAME records followed, in order
	NXDomain bool     // the name, or the end of Chain, does not exist (RFC 8020, Section 2)
	Size     int      // octets of the response; 0 where there was none
	AD       bool     // the resolver claims to have validated the answer
}

// Void reports whether the answer is a void lookup: no such name, or no record
// (RFC 7208, Section 4.6.4).
func (a Answer) Void() bool { return len(a.Records) == 0 }

// Owner returns the name that holds the records: the end of the CNAME chain,
// or the name asked for.
func (a Answer) Owner(asked string) string {
	if len(a.Chain) > 0 {
		return a.Chain[len(a.Chain)-1]
	}
	return asked
}

// Record is one resource record. Which fields are set depends on Type.
type Record struct {
	Name       string     // owner, canonical
	Type       Type       //
	TTL        uint32     // seconds
	Addr       netip.Addr // A, AAAA
	Host       string     // MX, PTR, NS, CNAME: target, canonical; "" is the root
	Preference uint16     // MX: lowest first
	Strings    []string   // TXT, SPF: the character-strings, raw octets
	Data       string     // any other type: its data in master-file form
	// Source is the data as text for findings: the joined strings of a TXT or
	// SPF record, the presentation form of the others.
	Source *lint.Source
}

// Question is one name and type to ask for.
type Question struct {
	Name string
	Type Type
}

// String returns the question in the form of a finding's subject, such as
// "TXT example.com".
func (q Question) String() string {
	if q.Name == "" {
		return q.Type.String() + " ."
	}
	return q.Type.String() + " " + q.Name
}

// Reply is a question with its outcome.
type Reply struct {
	Question
	Answer Answer
	Err    error // nil, or an *Error: the answer is unknown
}

// Place returns the place of a finding about a record of the answer: its text, or the
// question where an alias leads to it.
func (r *Reply) Place(rr Record) lint.Span {
	if len(r.Answer.Chain) > 0 {
		return place(r.Question)
	}
	return rr.Source.Whole()
}

// Instant reports whether a resolver answers without waiting, as files do: goroutines
// for its questions would only cost time, and it needs no cache.
func Instant(r Resolver) bool {
	i, ok := r.(interface{ Instant() bool })
	return ok && i.Instant()
}

// Together runs tasks that ask a resolver at once and returns when all have. Those of
// an instant one have nothing to wait for and run one after another.
func Together(r Resolver, tasks ...func()) {
	if Instant(r) {
		for _, task := range tasks {
			task()
		}
		return
	}
	var wg sync.WaitGroup
	for _, task := range tasks[:max(len(tasks)-1, 0)] {
		wg.Go(task)
	}
	if len(tasks) > 0 {
		tasks[len(tasks)-1]() // the last one needs no goroutine of its own
	}
	wg.Wait()
}

// All asks every question at once and returns the replies in the order of the
// questions. It returns when all have an outcome, soon after ctx is done.
func All(ctx context.Context, r Resolver, questions []Question) []Reply {
	replies := make([]Reply, len(questions))
	ask := func(i int) {
		q := questions[i]
		answer, err := r.Query(ctx, q.Name, q.Type)
		replies[i] = Reply{Question: q, Answer: answer, Err: err}
	}
	if Instant(r) || len(questions) == 1 {
		for i := range questions {
			ask(i)
		}
		return replies
	}
	tasks := make([]func(), len(questions))
	for i := range questions {
		tasks[i] = func() { ask(i) }
	}
	Together(r, tasks...)
	return replies
}

var typeNames = map[Type]string{
	TypeA: "A", TypeNS: "NS", TypeCNAME: "CNAME", TypeSOA: "SOA", TypePTR: "PTR",
	TypeMX: "MX", TypeTXT: "TXT", TypeAAAA: "AAAA", TypeSRV: "SRV", TypeSPF: "SPF",
}

// String returns the mnemonic of the type, or TYPEn (RFC 3597) where the tool
// has no name for it.
func (t Type) String() string {
	if s, ok := typeNames[t]; ok {
		return s
	}
	return fmt.Sprintf("TYPE%d", uint16(t))
}
