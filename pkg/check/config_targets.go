package check

import (
	"net/netip"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

// targets reads a list of domains, each a name or a mapping.
func (p *configParser) targets(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		p.fail(n, "a list of domains is wanted here")
		return
	}
	p.config.byName = map[string]int{}
	for i, item := range n.Content {
		t := p.target(item)
		name, _ := lookup.FromUser(t.Domain)
		if _, known := p.config.byName[name]; known {
			p.fail(item, "%s is listed twice", t.Domain)
		}
		if p.err != nil {
			return
		}
		p.config.byName[name] = i
		p.config.Targets = append(p.config.Targets, t)
	}
}

func (p *configParser) target(n *yaml.Node) (t Target) {
	if n.Kind == yaml.ScalarNode {
		t.Domain = p.domain(n)
		return t
	}
	p.mapping(n, map[string]func(*yaml.Node){
		"domain":       func(n *yaml.Node) { t.Domain = p.domain(n) },
		"selectors":    func(n *yaml.Node) { t.Selectors = p.selectors(n) },
		"ip":           func(n *yaml.Node) { t.Senders = p.addresses(n) },
		"helo":         func(n *yaml.Node) { t.HELO = p.string(n) },
		"hosts":        func(n *yaml.Node) { t.Hosts = p.hosts(n) },
		"expect":       func(n *yaml.Node) { t.Expect = p.addresses(n) },
		"profile":      func(n *yaml.Node) { t.Profile = p.profile(n) },
		"min_key_bits": func(n *yaml.Node) { t.MinBits = *p.integer(n, dkim.MinBits, dkim.MaxBits) },
		"require_rua":  func(n *yaml.Node) { t.Required = p.mailAddresses(n) },
		"expect_pass":  func(n *yaml.Node) { t.Passing = p.addresses(n) },
		"expect_fail":  func(n *yaml.Node) { t.Failing = p.addresses(n) },
	})
	if t.Domain == "" {
		p.fail(n, "a target needs a domain")
	}
	if address, both := Contradiction(t.Passing, t.Failing); both {
		p.fail(n, "expect_pass and expect_fail both name %s", address)
	}
	return t
}

func (p *configParser) domain(n *yaml.Node) string { return p.name(n, "a domain") }

// sealers reads names of forwarders.
func (p *configParser) sealers(n *yaml.Node) (list []string) {
	p.each(n, func(n *yaml.Node) {
		name := p.domain(n)
		if _, err := lookup.MailDomain(name); err != nil {
			p.fail(n, "%q is not a domain", name)
		}
		list = append(list, name)
	})
	return list
}

// hosts reads names of hosts, which may be below the domain.
func (p *configParser) hosts(n *yaml.Node) (list []string) {
	p.each(n, func(n *yaml.Node) { list = append(list, p.name(n, "the name of a host")) })
	return list
}

// name reads a name in the DNS, and calls it by what it should be where it is none.
func (p *configParser) name(n *yaml.Node, what string) string {
	name := p.string(n)
	if ascii, err := lookup.FromUser(name); err != nil || ascii == "" || strings.ContainsAny(name, " /@") {
		p.fail(n, "%q is not %s", name, what)
	}
	return name
}

// resolvers reads the URLs of resolvers.
func (p *configParser) resolvers(n *yaml.Node) []string {
	list := p.strings(n)
	for _, url := range list {
		if err := lookup.CheckServer(url); err != nil {
			p.fail(n, "%v", err)
		}
	}
	return list
}

func (p *configParser) profile(n *yaml.Node) mailhost.Profile {
	var words []string
	for _, profile := range mailhost.Profiles() {
		words = append(words, string(profile))
	}
	return mailhost.Profile(p.oneOf(n, words...))
}

// each calls read for a scalar, or for every item of a list.
func (p *configParser) each(n *yaml.Node, read func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		read(n)
		return
	}
	for _, item := range n.Content {
		read(item)
	}
}

func (p *configParser) addresses(n *yaml.Node) (list []netip.Addr) {
	p.each(n, func(n *yaml.Node) {
		addr, err := netip.ParseAddr(p.string(n))
		if err != nil || addr.Zone() != "" {
			p.fail(n, "%q is not an IP address", n.Value)
		}
		list = append(list, addr)
	})
	return list
}

func (p *configParser) mailAddresses(n *yaml.Node) (list []dmarc.Address) {
	p.each(n, func(n *yaml.Node) {
		address, err := dmarc.ParseAddress(p.string(n))
		if err != nil {
			p.fail(n, "%q is not a mail address", n.Value)
		}
		list = append(list, address)
	})
	return list
}

// day reads a date and returns its end in UTC.
func (p *configParser) day(n *yaml.Node) time.Time {
	day, err := time.Parse(time.DateOnly, p.scalar(n))
	if err != nil {
		p.fail(n, "%q is not a date such as 2027-01-31", n.Value)
	}
	return day.AddDate(0, 0, 1)
}

// place is where a scalar stands, within its line.
func (p *configParser) place(n *yaml.Node) lint.Span {
	line := p.line(n.Line)
	source := lint.NewFileSource("configuration", p.file, line, []lint.Anchor{{Line: n.Line, Column: 1}})
	// The library counts columns in characters.
	runes := []rune(line)
	start := len(string(runes[:min(max(n.Column-1, 0), len(runes))]))
	return source.Span(start, min(start+len(n.Value), len(line)))
}
