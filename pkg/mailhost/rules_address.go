package mailhost

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// addressRules judge the addresses of hosts.
func addressRules() []rule {
	return []rule{addressMissing, requiredMissing, ipv6Missing, notRoutable, notExpected, transition, sharedAddress}
}

// judged calls visit for the hosts whose addresses are to be judged by themselves,
// each once: the domain, the hosts that were named and the HELO name. MX targets
// have rules of their own.
func (f *Facts) judged(visit func(h *Host)) {
	var hosts []*Host
	if f.Judges(Addresses) {
		hosts = append(hosts, f.Self)
	}
	hosts = append(hosts, f.Hosts...)
	if f.HELO != nil && f.HELO.Host != nil {
		hosts = append(hosts, f.HELO.Host)
	}
	for i, h := range hosts {
		if !slices.Contains(hosts[:i], h) {
			visit(h)
		}
	}
}

// everyHost calls visit for every host whose addresses are known, each once.
func (f *Facts) everyHost(visit func(h *Host)) {
	seen := map[*Host]bool{}
	once := func(h *Host) {
		if !seen[h] {
			seen[h] = true
			visit(h)
		}
	}
	f.judged(once)
	f.exchanges(func(x *Exchange) { once(x.Host) })
}

// required calls visit for the hosts that were named and of which no other rule says
// whether they have the right address: they are neither the domain itself, nor the
// HELO name, nor an MX target.
func (f *Facts) required(visit func(h *Host)) {
	exchanges := f.hosts()
	for _, h := range f.Hosts {
		if h != f.Self && (f.HELO == nil || f.HELO.Host != h) && !slices.Contains(exchanges, h) {
			visit(h)
		}
	}
}

var addressMissing = rule{
	Doc: lint.Doc{
		ID: "a-missing", Severity: lint.Error,
		Title: "Host without an address",
		Why:   "A host that is to be reached, or to send mail under its own name, needs an A or AAAA record.",
		Ref:   "RFC 5321, Section 5.1",
		Bad:   onA(`@ TXT "no address here"`),
		Good:  onA("@ A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if !f.Judges(Addresses) || !f.Self.None() || f.Self.dangling() {
			return
		}
		message := f.Domain + " has neither an A nor an AAAA record"
		if f.Self.missing() {
			message = f.Domain + " does not exist"
		}
		report(lint.Finding{Span: place("A " + f.Domain), Message: message, Hint: "Publish the address of the host."})
	},
}

var requiredMissing = rule{
	Doc: lint.Doc{
		ID: "a-required-host-missing", Severity: lint.Warning,
		Title: "Named host without an address",
		Why:   "The host was named with --host, so people or programs are meant to reach it, and it has no A or AAAA record.",
		Ref:   "operational",
		Bad:   example("@ A 192.0.2.1", "a", "example.com", "--host", "imap"),
		Good:  example("@ A 192.0.2.1\nimap A 192.0.2.1", "a", "example.com", "--host", "imap"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.required(func(h *Host) {
			if !h.None() || h.dangling() {
				return
			}
			message := h.Name + " has neither an A nor an AAAA record"
			if h.missing() {
				message = h.Name + " does not exist"
			}
			report(lint.Finding{Span: place("A " + h.Name), Message: message, Hint: "Publish the address of the host."})
		})
	},
}

var ipv6Missing = rule{
	Doc: lint.Doc{
		ID: "aaaa-missing", Severity: lint.Notice,
		Title: "Host without an IPv6 address",
		Why:   "Clients that have only IPv6 cannot reach the host. Most mail still goes over IPv4.",
		Ref:   "operational",
		Bad:   onA("@ A 192.0.2.1"),
		Good:  onA("@ A 192.0.2.1\n@ AAAA 2001:db8::1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.everyHost(func(h *Host) {
			if h.A != nil && h.AAAA != nil && h.Err() == nil && h.A.Answer.Records != nil && h.AAAA.Answer.Void() {
				report(lint.Finding{Span: place("AAAA " + h.Name), Message: h.Name + " has no IPv6 address, only IPv4"})
			}
		})
	},
}

var notRoutable = rule{
	Doc: lint.Doc{
		ID: "a-not-globally-routable", Severity: lint.Error,
		Title: "Address that nobody on the Internet can reach",
		Why:   "Private, loopback, link-local, shared and other special-purpose addresses mean something in one network alone.",
		Ref:   "operational",
		Bad:   onA("@ A 10.0.0.25"),
		Good:  onA("@ A 192.0.2.25"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.judged(func(h *Host) {
			for _, rr := range h.records() {
				if kind := special(rr.Addr); kind != "" {
					report(lint.Finding{Span: rr.Source.Whole(), Message: fmt.Sprintf("%s is %s", rr.Addr, kind),
						Hint: "Publish the address under which the host is known outside."})
				}
			}
		})
	},
}

var notExpected = rule{
	Doc: lint.Doc{
		ID: "a-expected-mismatch", Severity: lint.Error,
		Title: "Addresses other than expected",
		Why:   "The records should name the addresses that were given with --expect, all of them and no other. Hosts given with --host may have some of them.",
		Ref:   "operational",
		Bad:   example("@ A 192.0.2.1", "a", "example.com", "--expect", "192.0.2.2"),
		Good:  example("@ A 192.0.2.1", "a", "example.com", "--expect", "192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if !f.Judges(Addresses) || len(f.Options.Expect) == 0 {
			return
		}
		others := func(h *Host) {
			for _, rr := range h.records() {
				if !f.expected(rr.Addr) {
					report(lint.Finding{Span: rr.Source.Whole(), Message: fmt.Sprintf("%s is not among the addresses expected", rr.Addr),
						Hint: "Remove the record, or expect its address, too."})
				}
			}
		}
		f.required(others)
		if f.Self.Err() != nil || f.Self.None() {
			return
		}
		others(f.Self)
		absent := slices.DeleteFunc(slices.Clone(f.Options.Expect), f.Self.Has)
		if len(absent) > 0 {
			report(lint.Finding{Span: place("A " + f.Domain), Message: fmt.Sprintf("%s does not have %s", f.Domain, words(absent)),
				Hint: "Publish the address, or expect it no longer."})
		}
	},
}

// transitions are networks of IPv6 that carry IPv4 in some way.
var transitions = [...]struct {
	network netip.Prefix
	name    string
}{
	{netip.MustParsePrefix("2002::/16"), "a 6to4 address"},
	{netip.MustParsePrefix("2001::/32"), "a Teredo address"},
}

var transition = rule{
	Doc: lint.Doc{
		ID: "aaaa-v4-mapped", Severity: lint.Warning,
		Title: "IPv6 address of a transition technique",
		Why:   "IPv4-mapped addresses are no addresses on the wire; 6to4 and Teredo are reached over relays that hardly exist any more.",
		Ref:   "operational",
		Bad:   onA("@ AAAA ::ffff:192.0.2.1"),
		Good:  onA("@ AAAA 2001:db8::1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.everyHost(func(h *Host) {
			for _, rr := range h.records() {
				kind := ""
				if rr.Type == lookup.TypeAAAA && rr.Addr.Is4In6() {
					kind = "an IPv4-mapped address"
				}
				for _, t := range transitions {
					if t.network.Contains(rr.Addr) {
						kind = t.name
					}
				}
				if kind != "" {
					report(lint.Finding{Span: rr.Source.Whole(), Message: fmt.Sprintf("%s is %s", rr.Addr, kind),
						Hint: "Publish the host's own IPv6 address, or none."})
				}
			}
		})
	},
}

var sharedAddress = rule{
	Doc: lint.Doc{
		ID: "a-duplicate-address", Severity: lint.Notice,
		Title: "Mail hosts that share an address",
		Why:   "Two names for one address look like two mail hosts, but are one: if it fails, both do.",
		Ref:   "operational",
		Bad:   onMX("@ MX 10 a\n@ MX 20 b\na A 192.0.2.1\nb A 192.0.2.1"),
		Good:  onMX("@ MX 10 a\n@ MX 20 b\na A 192.0.2.1\nb A 192.0.2.2"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		owner := map[netip.Addr]*Host{}
		f.exchanges(func(x *Exchange) {
			for _, addr := range x.Host.Addresses() {
				if first := owner[addr]; first != nil && first != x.Host {
					report(lint.Finding{Span: x.target(), Message: fmt.Sprintf("%s has the address %s, as %s has", x.Host.Name, addr, first.Name)})
					return
				}
				owner[addr] = x.Host
			}
		})
	},
}
