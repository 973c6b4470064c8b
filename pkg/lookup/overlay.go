package lookup

import "context"

// Overlay lays master files over another resolver: what would the DNS say if
// they were published? The files answer every question they have records, a
// CNAME record or a directive for, and the other resolver the rest. A name of the
// files exists, and so do the names above it; a wildcard answers for names that
// the other resolver does not have. Neither an SOA record nor AUTHORITATIVE
// counts: the files add to what is published, they are not all of it.
type Overlay struct {
	zone *Zone
	base Resolver
}

// NewOverlay returns a resolver that answers from the zone first.
func NewOverlay(zone *Zone, base Resolver) *Overlay {
	return &Overlay{zone: zone, base: base}
}

// Query answers from the files, or asks the resolver below. Aliases are followed
// through both. The error is an *Error.
func (o *Overlay) Query(ctx context.Context, name string, typ Type) (Answer, error) {
	c := chase{asked: Question{name, typ}, name: name}
	for {
		out := o.zone.own(c.name, typ)
		if out == nil {
			var err error
			if out, err = o.beneath(ctx, &c); err != nil {
				return Answer{}, err
			}
		}
		if done, answer, err := c.take(out); done {
			return answer, err
		}
	}
}

// Instant reports whether the resolver below answers at once, too.
func (o *Overlay) Instant() bool { return Instant(o.base) }

// beneath asks the other resolver about the name where the chase is. It follows
// the aliases in the answer up to the first name for which the files have an
// outcome, and returns the outcome for the name where it ends.
func (o *Overlay) beneath(ctx context.Context, c *chase) (*zoneOutcome, error) {
	typ := c.asked.Type
	answer, err := o.base.Query(ctx, c.name, typ)
	if err != nil {
		return &zoneOutcome{err: err}, nil
	}
	answer.AD = answer.AD && len(c.chain) == 0 // nobody signed an alias of ours
	for _, target := range answer.Chain {
		if err := c.follow(target); err != nil {
			return nil, err
		}
		if out := o.zone.own(target, typ); out != nil {
			return out, nil
		}
	}
	answer.Chain = nil
	if answer.NXDomain {
		if out := o.zone.synthesize(c.name, typ); out != nil && !o.zone.exists(c.name) {
			return out, nil
		}
		answer.NXDomain = !o.zone.exists(c.name)
	}
	return &zoneOutcome{answer: answer}, nil
}
