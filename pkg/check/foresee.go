package check

import (
	"context"
	"slices"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// maxForeseen is how many changes are tried: each takes a look at everything.
const maxForeseen = 6

// foresee makes the changes that the cures ask for, one after the other as far as they
// are known, and puts what becomes of the score in the place of what was assumed.
func (q ScoreRequest) foresee(ctx context.Context, r lookup.Resolver, now *report.Score, o Options) {
	var sure []report.Cure
	before, cures := now, now.Cures
	for len(cures) > 0 && cures[0].Change != nil && len(sure) < maxForeseen {
		cure := cures[0]
		r = changed{r, *cure.Change}
		after := q.look(ctx, r, o).Score
		if after.Refused != "" {
			break
		}
		cure.Score, cure.Held, cure.Rows = after.Value, held(after), wonBack(cure.Rows, before, after)
		sure = append(sure, cure)
		before, cures = after, slices.DeleteFunc(after.Cures, func(c report.Cure) bool {
			return slices.ContainsFunc(sure, func(done report.Cure) bool { return c.Place == done.Place && c.Fix == done.Fix })
		})
	}
	now.Cures = append(sure, cures...)
}

// held names the fault whose cap keeps a score down; empty: none does.
func held(s *report.Score) string {
	if len(s.Caps) > 0 && slices.ContainsFunc(s.Lost, func(l report.Loss) bool { return l.Row == s.Caps[0].Row }) {
		return s.Caps[0].Title
	}
	return ""
}

// wonBack returns the rows that a change won back, and those of the cure where it won
// none.
func wonBack(wanted []string, before, after *report.Score) []string {
	var rows []string
	for _, loss := range before.Lost {
		if !slices.ContainsFunc(after.Lost, func(l report.Loss) bool { return l.Row == loss.Row }) {
			rows = append(rows, loss.Row)
		}
	}
	if len(rows) == 0 {
		return wanted
	}
	return rows
}

// changed is what a resolver would say after a change.
type changed struct {
	lookup.Resolver
	change report.Change
}

// Instant reports whether the resolver below answers at once.
func (c changed) Instant() bool { return lookup.Instant(c.Resolver) }

// Query asks the resolver below, and puts the new text into its answer.
func (c changed) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	answer, err := c.Resolver.Query(ctx, name, typ)
	if err != nil {
		return answer, err
	}
	asked := lookup.Question{Name: name, Type: lookup.TypeTXT}.String() == c.change.Subject
	answer.NXDomain = answer.NXDomain && !(asked && c.change.Old == "")
	if typ != lookup.TypeTXT {
		return answer, nil
	}
	answer.Records = slices.Clone(answer.Records)
	if asked && c.change.Old == "" {
		answer.Records = append(answer.Records, c.record(lookup.Record{Name: name, Type: typ}))
	}
	for i, rr := range answer.Records {
		if c.change.Old != "" && rr.Source.Subject == c.change.Subject && rr.Source.Text == c.change.Old {
			answer.Records[i] = c.record(rr)
		}
	}
	return answer, nil
}

// record returns a TXT record with the new text, in strings of at most 255 octets (RFC
// 1035, Section 3.3).
func (c changed) record(rr lookup.Record) lookup.Record {
	rr.Source, rr.Strings = lint.NewSource(c.change.Subject, c.change.New), nil
	for part := range slices.Chunk([]byte(c.change.New), 255) {
		rr.Strings = append(rr.Strings, string(part))
	}
	return rr
}
