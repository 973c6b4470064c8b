package dmarc

import (
	"cmp"
	"context"
	"errors"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// destinations lists the addresses of the record that applies and asks what is
// sure to be needed about them.
func (in *inspection) destinations(f *Facts) {
	for _, list := range [...]struct {
		tag  string
		uris []URI
	}{{"rua", f.Record.RUA}, {"ruf", f.Record.RUF}} {
		for i := range list.uris {
			u := &list.uris[i]
			if u.Err != nil || u.Host == "" || len(f.Destinations) >= maxDestinations {
				continue
			}
			f.Destinations = append(f.Destinations, &Destination{URI: u, Tag: list.tag})
			in.put(u.Host, lookup.TypeMX)
			if within(u.Host, f.highest()) {
				in.putWalk(f, u.Host)
			} else {
				in.putAgreement(f, u.Host)
			}
		}
	}
}

// highest returns the highest name that can be the Organizational Domain of the name
// where the record was found. A record that another name inherits stands at one.
func (f *Facts) highest() string {
	switch {
	case f.Inherited():
		return f.RecordDomain
	case f.Standard == RFC7489:
		return f.OrgDomain
	}
	return f.Tree.highest()
}

func (in *inspection) putWalk(f *Facts, host string) {
	if f.Standard == RFC7489 || host == f.RecordDomain {
		return
	}
	for _, domain := range walkNames(host) {
		if name, ok := policyName(domain); ok {
			in.put(name, lookup.TypeTXT)
		}
	}
}

// agreement returns the name at which a host agrees to take reports for the record
// (RFC 9990, Section 4), and the one that would do so for every domain. They are
// empty where they would be too long.
func agreement(f *Facts, host string) (name, wildcard string) {
	const label = "._report._dmarc."
	name, err := lookup.Canonical(f.RecordDomain + label + host)
	if err != nil {
		return "", ""
	}
	return name, "*" + label + host
}

func (in *inspection) putAgreement(f *Facts, host string) {
	if name, wildcard := agreement(f, host); name != "" {
		in.put(name, lookup.TypeTXT)
		in.put(wildcard, lookup.TypeTXT)
	}
}

// foreign reports whether a host belongs to another organization than the record.
// Its Organizational Domain is the host or above it, so a host outside of every one
// that the record can have has another. With an error that is not known.
func (in *inspection) foreign(f *Facts, host string) (bool, error) {
	switch {
	case host == f.RecordDomain || host == f.OrgDomain && f.OrgErr == nil:
		return false, nil
	case f.Standard == RFC7489:
		return f.Suffixes.Organizational(host) != f.highest(), nil
	case !within(host, f.highest()):
		return true, nil
	}
	walk := newWalk(host, in.policy)
	org, err := walk.Org()
	err = cmp.Or(f.OrgErr, err)
	switch {
	case err == nil:
		return org != f.OrgDomain, nil
	case !within(f.RecordDomain, walk.highest()):
		return true, nil
	case org == f.OrgDomain && f.Tree.answered(org) && walk.answered(org):
		return false, nil // what is missing stands above both
	}
	return false, err
}

// settle asks what the first answers about the addresses left open, and judges.
func (in *inspection) settle(ctx context.Context, r lookup.Resolver, f *Facts) {
	question := func(name string, typ lookup.Type) lookup.Question { return lookup.Question{Name: name, Type: typ} }
	for _, d := range f.Destinations {
		d.MX = in.replies[question(d.URI.Host, lookup.TypeMX)]
		d.Foreign, d.Err = in.foreign(f, d.URI.Host)
		if d.Foreign || d.Err != nil {
			in.putAgreement(f, d.URI.Host)
		}
		if d.MX.Err == nil && d.MX.Answer.Void() && !d.MX.Answer.NXDomain {
			in.put(d.URI.Host, lookup.TypeA)
			in.put(d.URI.Host, lookup.TypeAAAA)
		}
	}
	in.ask(ctx, r)
	for _, d := range f.Destinations {
		in.need(d.MX)
		d.A, d.AAAA = in.reply(question(d.URI.Host, lookup.TypeA)), in.reply(question(d.URI.Host, lookup.TypeAAAA))
		if d.Foreign || d.Err != nil {
			in.consent(f, d)
		}
	}
}

// consent looks whether a destination agrees. Where it does, nobody needs to know
// whether it has to.
func (in *inspection) consent(f *Facts, d *Destination) {
	name, wildcard := agreement(f, d.URI.Host)
	agreed := *d
	agreed.Name, agreed.Reply = name, in.replies[lookup.Question{Name: name, Type: lookup.TypeTXT}]
	agreed.Wildcard = in.replies[lookup.Question{Name: wildcard, Type: lookup.TypeTXT}]
	agreed.Err = nil
	if agreed.judge(); d.Foreign || agreed.Err == nil {
		*d = agreed
		in.need(d.Reply)
	} else if failure, ok := errors.AsType[*lookup.Error](d.Err); ok {
		in.need(in.replies[failure.Question])
	}
}

// judge reads what the destination says (RFC 9990, Section 4).
func (d *Destination) judge() {
	// A name too long cannot be verified: no reports.
	step := newStep("", d.Reply)
	d.Agreed = step.Records
	switch {
	case step.failed():
		d.Err = step.Err
		return
	case len(d.Agreed) == 0:
		d.Err = ErrUnauthorized
	}
	for _, record := range d.Agreed {
		uris := record.RUA
		if d.Tag == "ruf" {
			uris = record.RUF
		}
		for i := range uris {
			if uris[i].Err == nil && uris[i].Host != d.URI.Host {
				d.Err = ErrOtherHost
			}
		}
	}
}
