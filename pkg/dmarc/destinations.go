package dmarc

import (
	"context"

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
			if org := f.recordOrg(); within(u.Host, org) {
				in.putWalk(f, u.Host)
			} else {
				in.putAgreement(f, u.Host)
			}
		}
	}
}

// recordOrg returns the Organizational Domain of the name where the record was
// found. A record that another name inherits stands at one.
func (f *Facts) recordOrg() string {
	if f.Inherited() {
		return f.RecordDomain
	}
	return f.OrgDomain
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
// Its Organizational Domain is the host or above it, so a host outside of that of
// the record has another one.
func (in *inspection) foreign(f *Facts, host string) bool {
	org := f.recordOrg()
	switch {
	case host == f.RecordDomain || host == org:
		return false
	case f.Standard == RFC7489:
		return f.Suffixes.Organizational(host) != org
	case !within(host, org):
		return true
	}
	other, err := newWalk(host, in.policy).Org()
	return err == nil && other != org
}

// settle asks what the first answers about the addresses left open, and judges.
func (in *inspection) settle(ctx context.Context, r lookup.Resolver, f *Facts) {
	question := func(name string, typ lookup.Type) lookup.Question { return lookup.Question{Name: name, Type: typ} }
	for _, d := range f.Destinations {
		d.MX = in.replies[question(d.URI.Host, lookup.TypeMX)]
		if d.Foreign = in.foreign(f, d.URI.Host); d.Foreign {
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
		if !d.Foreign {
			continue
		}
		name, wildcard := agreement(f, d.URI.Host)
		d.Name, d.Reply = name, in.reply(question(name, lookup.TypeTXT))
		d.Wildcard = in.replies[question(wildcard, lookup.TypeTXT)]
		d.judge()
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
