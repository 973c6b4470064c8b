package mailhost

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// Part names what to look at; parts are added up.
type Part uint

// The parts.
const (
	Addresses Part = 1 << iota // addresses of the domain
	Exchanges                  // its MX records, with the names of their addresses
	Reverses                   // its mail hosts as if they sent mail, too
	Route                      // alone: its MX records, and its addresses where it has none; no more than tells whether it takes mail
)

// Profile says what a domain is for. The empty one means Mail.
type Profile string

// The profiles.
const (
	Mail      Profile = "mail"      // sends and takes mail
	Parked    Profile = "parked"    // neither sends nor takes mail
	Smarthost Profile = "smarthost" // sends through somebody else's servers
	NoSend    Profile = "no-send"   // takes mail alone
)

// Profiles returns all profiles.
func Profiles() []Profile { return []Profile{Mail, Parked, Smarthost, NoSend} }

// Options says what Inspect shall look at and what is known beforehand. The zero
// value looks at the addresses and MX records of the domain.
type Options struct {
	Parts    Part         // 0: Addresses and Exchanges
	Senders  []netip.Addr // addresses that send mail
	HELO     *HELO        // as ParseHELO returns it, completed by Inspect; nil: not known
	Expect   []netip.Addr // addresses that are the domain's own; empty: not known
	Hosts    []string     // hosts of the domain that shall have an address; a name without a dot is below the domain
	Names    []string     // names that senders shall have; empty: any
	Approved []string     // domains that may hold the mail hosts; empty: any
	Profile  Profile
}

// Limits of what is asked.
const (
	maxQuestions = 1000 // of one domain; real ones stay below 100
	maxFollowed  = 100  // mail hosts that are followed, so that these are judged in full; by preference
	maxNames     = 10   // names of one address (RFC 7208, Section 4.6.4; RFC 8601, Section 3)
)

// Inspect gathers what the parts need to know, in rounds: all names that one round
// taught are asked about together in the next. domain may be empty.
func Inspect(ctx context.Context, r lookup.Resolver, domain string, o Options) *Facts {
	if name, err := lookup.FromUser(domain); err == nil {
		domain = name
	}
	if o.Parts == 0 {
		o.Parts = Addresses | Exchanges
	}
	in := &inspection{
		facts:    &Facts{Domain: domain, Options: o, HELO: o.HELO},
		replies:  map[lookup.Question]*lookup.Reply{},
		waiting:  map[lookup.Question][]func(*lookup.Reply){},
		hosts:    map[string]*Host{},
		reverses: map[netip.Addr]*Reverse{},
	}
	for _, addr := range o.Senders {
		in.reverse(addr).Sender = true
	}
	if domain != "" {
		in.domain()
		in.named()
	}
	if o.HELO != nil && o.HELO.Host != nil {
		in.helo(o.HELO)
	}
	for len(in.queue) > 0 {
		round := in.queue
		in.queue = nil
		replies := lookup.All(ctx, r, round)
		in.facts.Asked = append(in.facts.Asked, replies...)
		for i := range replies {
			reply := &replies[i]
			in.replies[reply.Question] = reply
			for _, then := range in.waiting[reply.Question] {
				then(reply)
			}
		}
	}
	return in.facts
}

// inspection is the state of one Inspect.
type inspection struct {
	facts    *Facts
	replies  map[lookup.Question]*lookup.Reply
	waiting  map[lookup.Question][]func(*lookup.Reply)
	queue    []lookup.Question // of the next round
	hosts    map[string]*Host
	reverses map[netip.Addr]*Reverse // those of the facts
}

// ask puts a question into the next round, or calls then at once if it has been
// answered.
func (in *inspection) ask(name string, typ lookup.Type, then func(*lookup.Reply)) {
	q := lookup.Question{Name: name, Type: typ}
	if reply, ok := in.replies[q]; ok {
		then(reply)
		return
	}
	if _, queued := in.waiting[q]; !queued {
		if len(in.waiting) >= maxQuestions {
			in.facts.Cut++
			return
		}
		in.queue = append(in.queue, q)
	}
	in.waiting[q] = append(in.waiting[q], then)
}

// domain asks what the parts want to know of the domain.
func (in *inspection) domain() {
	f := in.facts
	f.Self = in.host(f.Domain)
	if f.Options.Parts == Route {
		in.route()
		return
	}
	if f.Options.Parts&(Exchanges|Reverses) == 0 {
		in.addresses(f.Self, nil)
		return
	}
	// RFC 5321, Section 5.1: the domain's own addresses serve where no MX does.
	in.addresses(f.Self, in.implicit)
	in.ask(f.Domain, lookup.TypeMX, func(reply *lookup.Reply) {
		f.MX = reply
		for _, rr := range reply.Answer.Records {
			in.exchange(rr)
		}
		in.implicit()
	})
}

// route asks what tells whether the domain takes mail.
func (in *inspection) route() {
	f := in.facts
	in.ask(f.Domain, lookup.TypeMX, func(reply *lookup.Reply) {
		f.MX = reply
		for _, rr := range reply.Answer.Records {
			f.Exchanges = append(f.Exchanges, &Exchange{Record: rr, Host: &Host{Name: rr.Host}})
		}
		// RFC 8020, Section 2: a name that does not exist has no addresses, either.
		if reply.Err == nil && reply.Answer.Void() && !reply.Answer.NXDomain {
			in.addresses(f.Self, nil)
		}
	})
}

// named asks for the addresses of the hosts that the options name.
func (in *inspection) named() {
	for _, name := range in.facts.Options.Hosts {
		if !strings.Contains(name, ".") {
			name += "." + in.facts.Domain
		}
		if h := in.host(name); !slices.Contains(in.facts.Hosts, h) {
			in.facts.Hosts = append(in.facts.Hosts, h)
			in.addresses(h, nil)
		}
	}
}

// implicit looks at the reverse names of the domain's own addresses once it is known
// that they are its mail hosts.
func (in *inspection) implicit() {
	if in.facts.Implicit() {
		in.names(in.facts.Self)
	}
}

// exchange adds an MX record and asks for the addresses of its host.
func (in *inspection) exchange(rr lookup.Record) {
	x := &Exchange{Record: rr, Host: &Host{Name: rr.Host}}
	in.facts.Exchanges = append(in.facts.Exchanges, x)
	if _, isAddress := asAddress(rr.Host); rr.Host == "" || isAddress {
		return
	}
	if len(in.facts.Exchanges) > maxFollowed {
		in.facts.Cut++
		return
	}
	x.Host = in.host(rr.Host)
	in.addresses(x.Host, func() { in.names(x.Host) })
}

// host returns the one Host of a name.
func (in *inspection) host(name string) *Host {
	if in.hosts[name] == nil {
		in.hosts[name] = &Host{Name: name}
	}
	return in.hosts[name]
}

// addresses asks for both families and calls then, if there is one, after each
// answer.
func (in *inspection) addresses(h *Host, then func()) {
	in.family(h, lookup.TypeA, then)
	in.family(h, lookup.TypeAAAA, then)
}

func (in *inspection) family(h *Host, typ lookup.Type, then func()) {
	in.ask(h.Name, typ, func(reply *lookup.Reply) {
		if typ == lookup.TypeA {
			h.A = reply
		} else {
			h.AAAA = reply
		}
		if then != nil {
			then()
		}
	})
}

// names asks for the reverse names of a mail host's addresses. Those of reserved
// address space are nobody's.
func (in *inspection) names(h *Host) {
	for _, addr := range h.Addresses() {
		if special(addr) == "" {
			v := in.reverse(addr)
			v.Sender = v.Sender || in.facts.Options.Parts&Reverses != 0
		}
	}
}

// reverse returns the one Reverse of an address, asking for its names the first time.
func (in *inspection) reverse(addr netip.Addr) *Reverse {
	addr = addr.Unmap()
	if v := in.reverses[addr]; v != nil {
		return v
	}
	v := &Reverse{Addr: addr}
	in.reverses[addr] = v
	in.facts.Reverses = append(in.facts.Reverses, v)
	in.ask(lookup.Reverse(addr), lookup.TypePTR, func(reply *lookup.Reply) {
		v.PTR = reply
		in.confirm(v)
	})
	return v
}

// confirm asks whether the first ten names lead back to the address (RFC 8601,
// Section 3).
func (in *inspection) confirm(v *Reverse) {
	typ := lookup.TypeA
	if v.Addr.Is6() {
		typ = lookup.TypeAAAA
	}
	for _, rr := range v.PTR.Answer.Records {
		h := in.host(rr.Host)
		if rr.Host == "" || slices.Contains(v.Names, h) {
			continue
		}
		if len(v.Names) == maxNames {
			break
		}
		v.Names = append(v.Names, h)
		in.family(h, typ, nil)
	}
}

// helo asks for the addresses of the HELO name, and where it has none for its mail
// hosts.
func (in *inspection) helo(h *HELO) {
	h.Host = in.host(h.Host.Name)
	in.addresses(h.Host, func() {
		if h.Host.A != nil && h.Host.AAAA != nil && h.Host.None() {
			in.ask(h.Host.Name, lookup.TypeMX, func(reply *lookup.Reply) { h.MX = reply })
		}
	})
}
