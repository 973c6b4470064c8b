package spf

// Difference is what two records say differently.
type Difference struct {
	From, To *Facts
	Old, New *Networks
	// Changes has an entry for each verdict that some addresses gain or lose.
	Changes []Change
	// Gone and Added are terms that the verdict depends on for one record only, or
	// for other addresses.
	Gone, Added []Condition
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

// Empty reports whether both records give every client the same verdict.
func (d *Difference) Empty() bool {
	return len(d.Changes)+len(d.Gone)+len(d.Added) == 0 && d.Old.Err == nil && d.New.Err == nil
}

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
}

func (d *Difference) change(s Status, old, now Set) {
	if !old.Equal(now) {
		d.Changes = append(d.Changes, Change{Status: s, Gained: now.Minus(old), Lost: old.Minus(now)})
	}
}

// key says what a condition is about, whatever record it stands in.
func (c *Condition) key() string {
	key := c.Term.Kind.String() + ":" + c.Domain
	if c.Term.HasDomain() {
		key = c.Term.Kind.String() + ":" + c.Term.Domain.text()
		if c.Term.Domain.Uses("d") {
			key += " " + c.Domain
		}
	}
	return key
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
