package mailhost

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// exchangeRules judge the set of MX records.
func exchangeRules() []rule {
	return []rule{exchangeMissing, implicit, parkedPresent, duplicateExchange, single, equalPreferences, tooMany, atTLD,
		unapproved, notOurs, sameNetwork, exchangeNoPTR}
}

// exchanges calls visit for every MX record that names a host.
func (f *Facts) exchanges(visit func(x *Exchange)) {
	if !f.Judges(Exchanges) {
		return
	}
	for _, x := range f.Exchanges {
		if !x.Null() {
			visit(x)
		}
	}
}

// hosts returns the mail hosts by name, each once.
func (f *Facts) hosts() []*Host {
	var hosts []*Host
	seen := map[string]bool{}
	f.exchanges(func(x *Exchange) {
		if !seen[x.Host.Name] {
			seen[x.Host.Name] = true
			hosts = append(hosts, x.Host)
		}
	})
	return hosts
}

var exchangeMissing = rule{
	Doc: lint.Doc{
		ID: "mx-missing", Severity: lint.Error,
		Title: "No mail host at all",
		Why:   "Without an MX record and without an address nobody can send mail to the domain, bounces included; some receivers refuse mail from such domains. For a parked domain it is a notice.",
		Ref:   "RFC 5321, Section 5.1",
		Bad:   onMX(`@ TXT "no mail host here"`),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if !f.Judges(Exchanges) || f.MX.Err != nil || len(f.Exchanges) > 0 || !f.Self.None() || f.Self.dangling() {
			return
		}
		finding := lint.Finding{Span: place("MX " + f.Domain), Message: f.Domain + " has no MX record and no address",
			Hint: "Publish an MX record, or 0 . if the domain takes no mail."}
		if f.Self.missing() {
			finding.Message, finding.Hint = f.Domain+" does not exist", "Check the spelling."
		}
		if f.Options.Profile == Parked {
			finding.Severity = lint.Notice
		}
		report(finding)
	},
}

var implicit = rule{
	Doc: lint.Doc{
		ID: "mx-implicit-fallback", Severity: lint.Warning,
		Title: "Mail goes to the domain's own address for want of an MX record",
		Why:   "Senders then take the address of the domain itself, which often is a web server. Some senders and filters demand an MX record.",
		Ref:   "RFC 5321, Section 5.1",
		Bad:   onMX("@ A 192.0.2.1"),
		Good:  onMX("@ A 192.0.2.1\n@ MX 10 @"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Judges(Exchanges) && f.Implicit() && f.Options.Profile != Parked {
			report(lint.Finding{Span: place("MX " + f.Domain), Message: fmt.Sprintf("no MX record: mail for %s goes to %s", f.Domain, words(f.Self.Addresses())),
				Hint: "Publish an MX record with the name of the mail host, or 0 . if there is none."})
		}
	},
}

var parkedPresent = rule{
	Doc: lint.Doc{
		ID: "mx-present-on-parked", Severity: lint.Warning,
		Title: "Parked domain with a mail host",
		Why:   "The domain is said to have no mail, and an MX record says that it takes some.",
		Ref:   "operational",
		Bad:   example("@ MX 10 mail\nmail A 192.0.2.1", "mx", "example.com", "--profile", "parked"),
		Good:  example("@ MX 0 .", "mx", "example.com", "--profile", "parked"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Options.Profile != Parked {
			return
		}
		f.exchanges(func(x *Exchange) {
			report(lint.Finding{Span: x.target(), Message: x.Host.Name + " takes mail for a parked domain", Hint: "Publish the one record 0 . instead."})
		})
	},
}

var duplicateExchange = rule{
	Doc: lint.Doc{
		ID: "mx-duplicate-host", Severity: lint.Notice,
		Title: "Host in several MX records",
		Why:   "The lower preference decides; the other record makes senders try the same host again.",
		Ref:   "operational",
		Bad:   onMX("@ MX 10 mail\n@ MX 20 mail\nmail A 192.0.2.1"),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		first := map[string]*Exchange{}
		f.exchanges(func(x *Exchange) {
			if earlier := first[x.Host.Name]; earlier != nil {
				report(lint.Finding{Span: x.target(), Message: fmt.Sprintf("%s has the preferences %d and %d", x.Host.Name, earlier.Record.Preference, x.Record.Preference)})
				return
			}
			first[x.Host.Name] = x
		})
	},
}

var single = rule{
	Doc: lint.Doc{
		ID: "mx-single", Severity: lint.Notice,
		Title: "One mail host with one address",
		Why:   "Senders keep mail for some days when the host does not answer. One address is common where it stands for many machines.",
		Ref:   "operational",
		Bad:   onMX("@ MX 10 mail\nmail A 192.0.2.1"),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if hosts := f.hosts(); len(hosts) == 1 && hosts[0].Err() == nil && len(hosts[0].Addresses()) == 1 {
			report(lint.Finding{Span: place("MX " + f.Domain), Message: fmt.Sprintf("%s, %s, is the only mail host", hosts[0].Name, hosts[0].Addresses()[0])})
		}
	},
}

var equalPreferences = rule{
	Doc: lint.Doc{
		ID: "mx-equal-preference-all", Severity: lint.Notice,
		Title: "All mail hosts have the same preference",
		Why:   "Senders choose among them at random, which spreads the load; none is a backup of the others.",
		Ref:   "RFC 5321, Section 5.1",
		Bad:   onMX("@ MX 10 a\n@ MX 10 b\na A 192.0.2.1\nb A 192.0.2.2"),
		Good:  onMX("@ MX 10 a\n@ MX 20 b\na A 192.0.2.1\nb A 192.0.2.2"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if n := len(f.Exchanges); len(f.hosts()) > 1 && f.Exchanges[0].Record.Preference == f.Exchanges[n-1].Record.Preference {
			report(lint.Finding{Span: place("MX " + f.Domain), Message: fmt.Sprintf("all %d MX records have the preference %d", n, f.Exchanges[0].Record.Preference)})
		}
	},
}

// maxExchanges is how many mail hosts an SPF verifier looks at (RFC 7208,
// Section 4.6.4).
const maxExchanges = 10

var tooMany = rule{
	Doc: lint.Doc{
		ID: "mx-too-many", Severity: lint.Notice,
		Title: "More than ten mail hosts",
		Why:   "An SPF record with the mechanism mx for this domain is a permanent error then.",
		Ref:   "RFC 7208, Section 4.6.4",
		Bad:   onMX("$GENERATE 1-11 @ MX 10 m$\n$GENERATE 1-11 m$ A 192.0.2.$"),
		Good:  onMX("$GENERATE 1-10 @ MX 10 m$\n$GENERATE 1-10 m$ A 192.0.2.$"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if n := len(f.hosts()); n > maxExchanges {
			report(lint.Finding{Span: place("MX " + f.Domain), Message: fmt.Sprintf("%d mail hosts", n), Hint: "If an SPF record names them by mx, let it name their networks instead."})
		}
	},
}

var atTLD = rule{
	Doc: lint.Doc{
		ID: "mx-at-tld", Severity: lint.Warning,
		Title: "Mail for a top-level domain",
		Why:   "Most software takes an address without a dot in its domain for a local one, or for a mistake.",
		Ref:   "operational",
		Bad:   example("test. MX 10 mail.test.\nmail.test. A 192.0.2.1", "mx", "test"),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if len(f.hosts()) > 0 && !strings.Contains(f.Domain, ".") && !isLocal(f.Domain) {
			report(lint.Finding{Span: place("MX " + f.Domain), Message: f.Domain + " is a top-level domain", Hint: "Take mail for a name below it."})
		}
	},
}

var unapproved = rule{
	Doc: lint.Doc{
		ID: "mx-unapproved", Severity: lint.Error,
		Title: "Mail host outside the approved domains",
		Why:   "Every MX record should name a host in one of the domains that were given with --approve.",
		Ref:   "operational",
		Bad:   example("@ MX 10 mail.example.net.\nmail.example.net. A 192.0.2.1", "mx", "example.com", "--approve", "example.com"),
		Good:  example("@ MX 10 mail\nmail A 192.0.2.1", "mx", "example.com", "--approve", "example.com"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if len(f.Options.Approved) == 0 {
			return
		}
		f.exchanges(func(x *Exchange) {
			if !slices.ContainsFunc(f.Options.Approved, func(domain string) bool { return isWithin(x.Host.Name, domain) }) {
				report(lint.Finding{Span: x.target(), Message: x.Host.Name + " is in none of the approved domains", Hint: "Remove the record, or approve the domain."})
			}
		})
	},
}

var notOurs = rule{
	Doc: lint.Doc{
		ID: "mx-not-ours", Severity: lint.Error,
		Title: "Mail host at an address other than expected",
		Why:   "Mail goes to a machine that is not among the addresses given with --expect.",
		Ref:   "operational",
		Bad:   example("@ MX 10 mail\nmail A 192.0.2.1", "mx", "example.com", "--expect", "192.0.2.2"),
		Good:  example("@ MX 10 mail\nmail A 192.0.2.1", "mx", "example.com", "--expect", "192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if len(f.Options.Expect) == 0 {
			return
		}
		f.exchanges(func(x *Exchange) {
			if foreign := slices.DeleteFunc(x.Host.Addresses(), f.expected); len(foreign) > 0 {
				report(lint.Finding{Span: x.target(), Message: fmt.Sprintf("%s has %s, which is not expected", x.Host.Name, words(foreign)),
					Hint: "Name a host of your own, or expect its addresses, too."})
			}
		})
	},
}

// Networks that are commonly one place.
const (
	place4 = 24
	place6 = 48
)

var sameNetwork = rule{
	Doc: lint.Doc{
		ID: "mx-backup-same-network", Severity: lint.Notice,
		Title: "All mail hosts are in one network",
		Why:   "What cuts the network off cuts off every mail host. The guess goes by /24 of IPv4 and /48 of IPv6.",
		Ref:   "operational",
		Bad:   onMX("@ MX 10 a\n@ MX 20 b\na A 192.0.2.1\nb A 192.0.2.2"),
		Good:  onMX("@ MX 10 a\n@ MX 20 b\na A 192.0.2.1\nb A 198.51.100.2"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		networks := map[netip.Prefix]bool{}
		families := map[int]bool{}
		addresses := 0
		for _, h := range f.hosts() {
			for _, addr := range h.Addresses() {
				bits := place4
				if addr.Is6() {
					bits = place6
				}
				network, _ := addr.Prefix(bits)
				networks[network], families[addr.BitLen()] = true, true
				addresses++
			}
		}
		if len(f.hosts()) > 1 && addresses > len(families) && len(networks) == len(families) {
			report(lint.Finding{Span: place("MX " + f.Domain), Message: fmt.Sprintf("%d mail hosts, all in one network", len(f.hosts()))})
		}
	},
}

var exchangeNoPTR = rule{
	Doc: lint.Doc{
		ID: "mx-no-ptr", Severity: lint.Notice,
		Title: "Mail host without a reverse name",
		Why:   "A host that only receives needs none. If it sends, many receivers refuse its mail.",
		Ref:   "operational",
		Bad:   onMX("@ MX 10 mail\nmail A 192.0.2.1"),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1\n1.2.0.192.in-addr.arpa. PTR mail"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, h := range f.hosts() {
			for _, addr := range h.Addresses() {
				if v := f.Reverse(addr); v != nil && !v.Sender && v.Status() == PermError {
					report(lint.Finding{Span: v.place(), Message: fmt.Sprintf("%s of %s has no PTR record", addr, h.Name)})
				}
			}
		}
	},
}
