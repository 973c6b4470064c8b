package spf

import (
	"cmp"
	"errors"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// Flattening is a record with fewer lookups that means the same as another one.
type Flattening struct {
	Domain    string       // where the records are to be published
	Source    *Facts       // the record with its includes
	Max       int          // lookups aimed at
	Err       error        // why there are no Records
	Records   []FlatRecord // to publish, that of the domain first
	Changes   []FlatChange // what was done, in the order of the record
	Lookups   int          // of Records
	Proof     *Difference  // of Source without limits and Records; it is Empty
	Published *Difference  // of Source and what is published, where that was asked
}

// FlatRecord is a TXT record to publish.
type FlatRecord struct{ Name, Text string }

// FlatChange is a term that was replaced.
type FlatChange struct {
	Term     *Term
	Opened   bool          // by its terms, not by its networks
	Networks int           // that stand for it
	Saved    int           // lookups
	TTL      time.Duration // the smallest of what was copied
}

// Why a record cannot be flattened.
var (
	ErrCircle     = errors.New("the record leads back to itself")
	ErrNotKnown   = errors.New("a question has no answer")
	ErrMeansError = errors.New("receivers end in permerror for some clients, whatever the limit")
	ErrNoWay      = errors.New("what depends on the message and what is too long for TXT records needs more lookups")
	ErrOwnName    = errors.New("a macro stands for the domain's own name")
	ErrNotProved  = errors.New("the shorter record does not mean the same")
)

// maxAgain is how long a flattened record is trusted at most.
const maxAgain = 7 * 24 * time.Hour

// Again returns how soon the copied networks can change: the smallest TTL, a week at
// most; 0 where nothing was copied.
func (fl *Flattening) Again() time.Duration {
	again := time.Duration(0)
	for _, c := range fl.Changes {
		if again == 0 || c.TTL < again {
			again = c.TTL
		}
	}
	return min(again, maxAgain)
}

// FlattenOptions says what Flatten shall aim at.
type FlattenOptions struct {
	Max    int    // lookups; 0: MaxLookups
	Domain string // where to publish; empty: the domain of the record
}

// Flatten replaces includes by their networks, as few as needed to get to a number
// of lookups. Terms that depend on the message stay.
func Flatten(f *Facts, o FlattenOptions) *Flattening {
	out := &Flattening{Domain: cmp.Or(o.Domain, f.Domain), Source: f, Max: cmp.Or(o.Max, MaxLookups)}
	e := newSetEvaluation(f, 0)
	meant := e.run()
	if meant.Err != nil && f.short(out.Max) && out.Domain == f.Domain { // too large to compare, and nothing to do
		out.Records, out.Lookups = []FlatRecord{{f.Domain, f.Root.Record.String()}}, f.Worst.Lookups
		out.Proof = &Difference{From: f, To: f, Old: &Networks{}, New: &Networks{}}
		return out
	}
	if out.Err = flattenable(f, meant); out.Err != nil {
		return out
	}
	fl := newFlattener(e, out.Domain)
	steps, found := fl.search(out.Max)
	if !found {
		out.Err = cmp.Or(fl.err, ErrNoWay)
		return out
	}
	l := fl.layout(fl.apply(steps))
	out.Records, out.Lookups = l.records, l.lookups
	out.Changes = fl.changes(steps)
	out.Proof = Compare(f, meant, rehearse(f, out.Records))
	if !out.Proof.Empty() {
		out.Records, out.Err = nil, ErrNotProved
		if max(f.Worst.Void4, f.Worst.Void6) > MaxVoids {
			out.Err = ErrVoidLimit
		}
	}
	return out
}

// short reports whether a record that can be evaluated keeps to the limits already.
func (f *Facts) short(most int) bool {
	return f.Root.valid() && !f.Partial() && f.Worst.Lookups <= most && max(f.Worst.Void4, f.Worst.Void6) <= MaxVoids
}

// flattenable returns why a record has no shorter form, nil where it may have one.
func flattenable(f *Facts, meant *Networks) error {
	switch {
	case f.Root.Record == nil:
		return f.Root.Err
	case f.Root.Record.Err() != nil:
		return f.Root.Record.Err()
	case len(f.Loops) > 0:
		return ErrCircle
	case meant.Err != nil || f.Worst.Lookups >= MaxCount:
		return ErrTooLarge
	case !meant.Of(TempError).Empty():
		return ErrNotKnown
	case !meant.Of(PermError).Empty():
		return ErrMeansError
	}
	return nil
}

// rehearse gathers records as if they were published, from what was asked before.
func rehearse(f *Facts, records []FlatRecord) *Facts {
	in := newInspection(records[0].Name)
	for i := range f.Asked {
		in.replies[f.Asked[i].Question] = &f.Asked[i]
	}
	for _, r := range records {
		q := lookup.Question{Name: r.Name, Type: lookup.TypeTXT}
		in.replies[q] = &lookup.Reply{Question: q, Answer: lookup.Answer{Records: []lookup.Record{
			{Name: r.Name, Type: lookup.TypeTXT, Source: lint.NewSource("TXT "+r.Name, r.Text)},
		}}}
	}
	in.facts.Root = in.visit(records[0].Name)
	in.facts.count()
	return in.facts
}
