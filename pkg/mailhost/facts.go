package mailhost

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// Facts is what Inspect gathered. What the options did not ask for is nil or empty.
type Facts struct {
	Domain    string // empty: only addresses or a HELO name were given
	Options   Options
	Self      *Host         // the domain itself; nil without a domain
	Hosts     []*Host       // those that the options name, each once
	MX        *lookup.Reply // of Domain
	Exchanges []*Exchange   // in the order of preference, then of the name, a null MX included
	Reverses  []*Reverse    // addresses given, then those of the mail hosts
	HELO      *HELO
	Asked     []lookup.Reply // every question, in the order asked
	Cut       int            // questions that were not asked because there were too many
}

// Host is a name with its addresses.
type Host struct {
	Name    string
	A, AAAA *lookup.Reply // nil: not asked
}

// Exchange is an MX record with the host it names.
type Exchange struct {
	Record lookup.Record
	Host   *Host // its replies are nil for the root and for what is an address
}

// Reverse is an address with the names that its owner gives it.
type Reverse struct {
	Addr   netip.Addr
	Sender bool          // the address is said to send mail
	PTR    *lookup.Reply // nil: not asked
	Names  []*Host       // the first ten, with the addresses of the family of Addr
}

// Status is the outcome of iprev (RFC 8601, Section 2.7.3).
type Status string

// The outcomes.
const (
	Pass      Status = "pass"      // a name leads back to the address
	Fail      Status = "fail"      // there are names, and none does
	PermError Status = "permerror" // there is no name
	TempError Status = "temperror" // a question has no answer
)

// Status returns the outcome of iprev for the address (RFC 8601, Section 3).
func (v *Reverse) Status() Status {
	switch {
	case v.PTR == nil || v.PTR.Err != nil:
		return TempError
	case v.PTR.Answer.Void():
		return PermError
	}
	status := Fail
	for _, name := range v.Names {
		switch {
		case name.Has(v.Addr):
			return Pass
		case name.Err() != nil:
			status = TempError
		}
	}
	return status
}

// Shown returns the name to show for the address: the one that leads back to it, or
// the first; "" where there is none.
func (v *Reverse) Shown() string {
	if i := slices.IndexFunc(v.Names, func(h *Host) bool { return h.Has(v.Addr) }); i >= 0 {
		return v.Names[i].Name
	}
	if len(v.Names) > 0 {
		return v.Names[0].Name
	}
	return ""
}

// Addresses returns the addresses of the host, those of IPv4 first.
func (h *Host) Addresses() []netip.Addr {
	var addresses []netip.Addr
	for _, rr := range h.records() {
		addresses = append(addresses, rr.Addr)
	}
	return addresses
}

func (h *Host) records() []lookup.Record {
	var records []lookup.Record
	for _, reply := range [...]*lookup.Reply{h.A, h.AAAA} {
		if reply != nil {
			records = append(records, reply.Answer.Records...)
		}
	}
	return records
}

// Has reports whether the address is one of the host's.
func (h *Host) Has(addr netip.Addr) bool {
	return slices.ContainsFunc(h.Addresses(), func(a netip.Addr) bool { return a.Unmap() == addr.Unmap() })
}

// Err returns why it is not known which addresses the host has, nil where it is or
// nobody asked.
func (h *Host) Err() error {
	for _, reply := range [...]*lookup.Reply{h.A, h.AAAA} {
		if reply != nil && reply.Err != nil {
			return reply.Err
		}
	}
	return nil
}

// Asked reports whether anybody asked for the host's addresses.
func (h *Host) Asked() bool { return h.A != nil || h.AAAA != nil }

// None reports whether the host is known to have no address.
func (h *Host) None() bool { return h.Asked() && h.Err() == nil && len(h.Addresses()) == 0 }

// missing reports whether the host's name is known not to exist.
func (h *Host) missing() bool { return h.None() && h.Chain() == nil && h.reply().Answer.NXDomain }

// dangling reports whether the name is an alias of one that does not exist, which
// is a finding of its own.
func (h *Host) dangling() bool { return h.None() && h.Chain() != nil && h.reply().Answer.NXDomain }

// Chain returns the names that the host is an alias of, in order.
func (h *Host) Chain() []string {
	if h.reply() == nil {
		return nil
	}
	return h.reply().Answer.Chain
}

// reply returns the answer about either family, nil where nobody asked.
func (h *Host) reply() *lookup.Reply {
	if h.A == nil || h.A.Err != nil && h.AAAA != nil {
		return h.AAAA
	}
	return h.A
}

// Null reports whether the record is one of a domain without mail: its exchange is
// the root.
func (x *Exchange) Null() bool { return x.Host.Name == "" }

// Usable reports whether mail can be brought to the exchange, as far as is known.
func (x *Exchange) Usable() bool {
	if !x.Host.Asked() {
		return false
	}
	public := func(a netip.Addr) bool { return special(a) == "" }
	return x.Host.Err() != nil || slices.ContainsFunc(x.Host.Addresses(), public)
}

// target is the place of the exchange's name in the record.
func (x *Exchange) target() lint.Span {
	whole := x.Record.Source.Whole()
	whole.Start = strings.LastIndexByte(whole.Text(), ' ') + 1
	return whole
}

// special says what an address is reserved for; "" where anybody can reach it.
func special(a netip.Addr) string {
	a = a.Unmap()
	return lookup.SpecialPurpose(netip.PrefixFrom(a, a.BitLen()))
}

// NullMX reports whether the domain says that it takes no mail (RFC 7505,
// Section 3).
func (f *Facts) NullMX() bool { return len(f.Exchanges) == 1 && f.Exchanges[0].Null() }

// RouteErr returns why it is not known whether mail gets to the domain, nil where it is.
func (f *Facts) RouteErr() error {
	if f.MX != nil && f.MX.Err != nil {
		return f.MX.Err
	}
	if f.Self != nil && len(f.Exchanges) == 0 && len(f.Self.Addresses()) == 0 {
		return f.Self.Err()
	}
	return nil
}

// NoRoute says why no mail gets to the domain: it has a null MX (RFC 7505, Section 3), or
// neither MX records nor an address (RFC 5321, Section 5.1). It is "" where mail does, or
// where that is not known.
func (f *Facts) NoRoute() string {
	switch {
	case f.NullMX():
		return "a null MX says that it takes no mail"
	case f.MX == nil || f.MX.Err != nil || len(f.Exchanges) > 0:
		return ""
	case f.MX.Answer.NXDomain && len(f.MX.Answer.Chain) > 0:
		return "its alias leads to a name that does not exist"
	case f.MX.Answer.NXDomain:
		return "it does not exist"
	case f.Self.None():
		return "it has neither an MX record nor an address"
	}
	return ""
}

// Sends reports whether the domain is said to send mail: addresses that do were given,
// and the profile does not say otherwise.
func (f *Facts) Sends() bool {
	return len(f.Options.Senders) > 0 && f.Options.Profile != Parked && f.Options.Profile != NoSend
}

// Implicit reports whether mail goes to the domain's own addresses for want of MX
// records (RFC 5321, Section 5.1).
func (f *Facts) Implicit() bool {
	return f.MX != nil && f.MX.Err == nil && len(f.Exchanges) == 0 && len(f.Self.Addresses()) > 0
}

// Reverse returns what is known of the names of an address, nil where nobody asked.
func (f *Facts) Reverse(addr netip.Addr) *Reverse {
	for _, v := range f.Reverses {
		if v.Addr == addr.Unmap() {
			return v
		}
	}
	return nil
}

// Own returns the answers about names that whoever reads the findings can change. A
// reverse name that is delegated to nothing is not among them: it has a finding of
// its own.
func (f *Facts) Own() []lookup.Reply {
	own := func(name string) bool {
		named := func(h *Host) bool { return h.Name == name }
		return f.Domain != "" && isWithin(name, f.Domain) || slices.ContainsFunc(f.Hosts, named) ||
			f.HELO != nil && f.HELO.Host != nil && name == f.HELO.Host.Name
	}
	for _, v := range f.Reverses {
		if !v.Sender || v.delegated() != "" {
			continue
		}
		inner, reverse := own, lookup.Reverse(v.Addr)
		own = func(name string) bool { return name == reverse || inner(name) }
	}
	return slices.DeleteFunc(slices.Clone(f.Asked), func(r lookup.Reply) bool { return !own(r.Name) })
}

func isWithin(name, parent string) bool {
	return name == parent || strings.HasSuffix(name, "."+parent)
}
