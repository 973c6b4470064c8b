package check

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// mailName is a name of which the files hold records about mail.
type mailName struct {
	name      string
	source    *lint.Source // the record that told of it first
	domain    bool         // a domain that sends or takes mail: all is judged
	spf       bool         // it has an SPF record
	policy    bool         // it has a DMARC record
	selectors []string
}

// gather asks for what the name has. t says what is demanded of it, as of a moment.
func (n *mailName) gather(ctx context.Context, r lookup.Resolver, t Target, at time.Time) (results report.Results) {
	if n.spf {
		results.SPF = spf.Inspect(ctx, r, n.name, t.expectations(at))
	}
	if len(n.selectors) > 0 {
		results.DKIM = dkim.Inspect(ctx, r, n.name, dkim.Options{Selectors: t.Selectors, MinBits: t.MinBits, At: at})
	}
	if n.policy {
		results.DMARC = dmarc.Inspect(ctx, r, n.name, dmarc.Options{Required: t.Required})
	}
	return results
}

// mailNames finds the names that have to do with mail, sorted. Domains are those
// with MX records, and the tops of zones that hold more than delegations.
func mailNames(files []*lookup.File) []*mailName {
	names := map[string]*mailName{}
	at := func(name string, rec lookup.Record) *mailName {
		if names[name] == nil {
			names[name] = &mailName{name: name, source: rec.Source}
		}
		return names[name]
	}
	tops, holds := map[string]lookup.Record{}, map[string]bool{}
	for _, f := range files {
		for _, rec := range f.Records {
			if f.Relative[rec.Name] || isReverse(rec.Name) {
				continue
			}
			switch rec.Type {
			case lookup.TypeSOA:
				tops[rec.Name] = rec
			case lookup.TypeMX:
				at(rec.Name, rec).domain = !strings.HasPrefix(rec.Name, "*")
			case lookup.TypeA, lookup.TypeAAAA:
				holds[rec.Name] = true
			case lookup.TypeTXT, lookup.TypeCNAME:
				holds[rec.Name] = true
				special(rec, at)
			}
		}
	}
	for name, rec := range tops {
		if holds[name] {
			at(name, rec).domain = true
		}
	}
	sorted := make([]*mailName, 0, len(names))
	for _, n := range names {
		if _, top := tops[n.name]; !isSpecialUse(n.name) && n.name != "" && (top || strings.Contains(n.name, ".")) {
			sorted = append(sorted, n)
		}
	}
	slices.SortFunc(sorted, func(a, b *mailName) int { return cmp.Compare(a.name, b.name) })
	return sorted
}

// special notes what a record says about mail by its name or text.
func special(rec lookup.Record, at func(string, lookup.Record) *mailName) {
	if domain, ok := strings.CutPrefix(rec.Name, "_dmarc."); ok {
		at(domain, rec).policy = true
		return
	}
	if selector, domain, ok := strings.Cut(rec.Name, "._domainkey."); ok {
		if strings.HasPrefix(selector, "_") {
			return // _adsp and _report are no keys
		}
		if n := at(domain, rec); selector != "*" {
			n.selectors = append(n.selectors, selector)
		}
		return
	}
	if rec.Type == lookup.TypeTXT && strings.Contains(strings.ToLower(rec.Source.Text), "v=spf") {
		at(rec.Name, rec).spf = true
	}
}

// isReverse reports whether a name is that of an address or a network.
func isReverse(name string) bool {
	return strings.HasSuffix(name, ".in-addr.arpa") || strings.HasSuffix(name, ".ip6.arpa")
}

// isSpecialUse reports whether a name is one that is never delivered to through the
// DNS of the Internet: those for names within a host or a site. example and test are
// judged, since people try things out with them.
func isSpecialUse(name string) bool {
	top := name[strings.LastIndexByte(name, '.')+1:]
	switch top {
	case "localhost", "local", "invalid", "onion", "internal":
		return true
	}
	return name == "home.arpa" || strings.HasSuffix(name, ".home.arpa")
}
