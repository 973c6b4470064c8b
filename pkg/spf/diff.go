package spf

import (
	"fmt"
	"maps"
	"slices"
)

// Difference is what two records say differently.
type Difference struct {
	From, To *Facts
	Old, New *Networks
	// Changes has an entry for each verdict that some addresses gain or lose.
	Changes []Change
	// Gone and Added are terms that the verdict depends on for one record only, or
	// for other addresses.
	Gone, Added []Condition
	// Otherwise holds the addresses whose verdict depends on the message for both records
	// and is not the same for each.
	Otherwise Set
	// doubtful holds the addresses that passed for some messages, and do not pass for all
	// of these any more.
	doubtful Set
	// Keep tells that the new record must pass whom the old one passes.
	Keep bool
}

// Change is what one verdict gains and loses.
type Change struct {
	Status       Status // empty: the verdict depends on the message
	Gained, Lost Set
}

// Compare compares a record, with or without limits, with another under the limits
// of the standard.
func Compare(from *Facts, old *Networks, to *Facts) *Difference {
	d := &Difference{From: from, To: to, Old: old, New: to.Networks()}
	d.compare()
	return d
}

// Empty reports whether both records give every client the same verdict, whatever the
// terms that depend on the message find. A name made of macros that has no record where
// one is included, or that exceeds a limit, is an error that it does not foresee.
func (d *Difference) Empty() bool {
	return len(d.Changes)+len(d.Gone)+len(d.Added) == 0 && d.Otherwise.Empty() && d.Unknown().Empty() && d.Old.Err == nil && d.New.Err == nil
}

// Unknown returns the addresses about which one of the records says nothing that is
// known. What is not known is never the same.
func (d *Difference) Unknown() Set { return Union(d.Old.may(TempError), d.New.may(TempError)) }

// Lost returns the addresses that passed and that the new record does not surely
// pass.
func (d *Difference) Lost() Set { return d.Old.Of(Pass).Minus(d.New.Of(Pass)) }

// compare fills in what is different.
func (d *Difference) compare() {
	for _, s := range statuses {
		d.change(s, d.Old.Of(s), d.New.Of(s))
	}
	d.change("", d.Old.Varies, d.New.Varies)
	old, now := conditionSets(d.Old), conditionSets(d.New)
	d.Gone, d.Added = onlyIn(d.Old, old, now), onlyIn(d.New, now, old)
	d.Otherwise, d.doubtful = d.Old.Varies.Intersect(d.New.Varies), d.Old.may(Pass).Intersect(d.Old.Varies).Minus(d.New.Of(Pass))
	if len(old)+len(now) > 0 {
		other, lost := d.assume(old, now)
		d.Otherwise, d.doubtful = d.Otherwise.Intersect(other), d.doubtful.Intersect(lost)
	}
}

// Limits of comparing records condition by condition. Records that keep to the limit of
// lookups have ten conditions at most.
const (
	maxAssumed     = 10
	maxAssumedWork = 20 * maxWork
)

// assume compares the records for all cases of which conditions are met: the addresses
// that get another verdict in any, and those that no longer pass in any. That may be all
// of them where there are too many cases.
func (d *Difference) assume(old, now map[string]Set) (other, lost Set) {
	names := slices.Sorted(maps.Keys(old))
	for name := range now {
		if _, both := old[name]; !both {
			names = append(names, name)
		}
	}
	if len(names) > maxAssumed {
		return everyone(), everyone()
	}
	work := 0
	for bits := range 1 << len(names) {
		met := map[string]bool{}
		for i, name := range names {
			met[name] = bits>>i&1 == 1
		}
		a, b := newSetEvaluation(d.From, d.Old.limit), newSetEvaluation(d.To, d.New.limit)
		a.met, b.met = met, met
		before, after := a.run(), b.run()
		if work += a.work + b.work; work > maxAssumedWork || before.Err != nil || after.Err != nil {
			return everyone(), everyone()
		}
		for _, s := range statuses {
			was, is := before.Of(s), after.Of(s)
			other = Union(other, was.Minus(is), is.Minus(was))
		}
		lost = Union(lost, before.Of(Pass).Minus(after.Of(Pass)))
	}
	return other, lost
}

func (d *Difference) change(s Status, old, now Set) {
	if !old.Equal(now) {
		d.Changes = append(d.Changes, Change{Status: s, Gained: now.Minus(old), Lost: old.Minus(now)})
	}
}

// key says what a condition is about, whatever record it stands in.
func (c *Condition) key() string { return conditionKey(c.Domain, c.Term) }

func conditionKey(domain string, t *Term) string {
	key := fmt.Sprintf("%s/%d/%d:", t.Kind, t.Length4, t.Length6)
	switch {
	case !t.HasDomain():
		return key + domain
	case t.Domain.Uses("d"):
		return key + t.Domain.text() + " " + domain
	}
	return key + t.Domain.text()
}

// conditionSets returns the addresses for which each condition counts.
func conditionSets(n *Networks) map[string]Set {
	sets := map[string]Set{}
	for i := range n.Conditions {
		key := n.Conditions[i].key()
		sets[key] = Union(sets[key], n.Conditions[i].Set)
	}
	return sets
}

// onlyIn returns the conditions of one record that are not the same in the other.
func onlyIn(n *Networks, own, other map[string]Set) []Condition {
	var list []Condition
	listed := map[string]bool{}
	for i := range n.Conditions {
		c := n.Conditions[i]
		if key := c.key(); !listed[key] && !own[key].Equal(other[key]) {
			listed[key] = true
			list = append(list, c)
		}
	}
	return list
}
