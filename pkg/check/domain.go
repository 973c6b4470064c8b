package check

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// DomainRequest says which domain to look at, and what is known about its mail.
type DomainRequest struct {
	Target
	Standard dmarc.Standard  // empty: RFC 9989
	Suffixes *dmarc.Suffixes // nil: the built-in Public Suffix List
	At       time.Time       // moment of the evaluation; zero: the age of keys is not judged
	Zone     *lookup.Zone    // offline data; nil: none
	files    fileFacts
}

// Target is a domain with what is known and demanded of it.
type Target struct {
	Domain    string           // U-labels and A-labels
	Selectors []string         // of DKIM keys; empty: those that are well known
	MinBits   int              // that RSA keys shall have at least; 0: what receivers demand
	Senders   []netip.Addr     // addresses that send the domain's mail
	HELO      string           // name that the senders give; empty: not known
	Hosts     []string         // hosts of the domain that shall have an address; a name without a dot is below the domain
	Expect    []netip.Addr     // addresses that are the domain's own; empty: not known
	Profile   mailhost.Profile // empty: a domain that sends and receives
	Required  []dmarc.Address  // that rua of the DMARC record shall name; none: no demand
	Passing   []netip.Addr     // addresses that SPF shall let pass; none: no demand
	Failing   []netip.Addr     // addresses that SPF shall not let pass; none: no demand
}

// Or returns the target with what is known elsewhere in the place of what it leaves
// open.
func (t Target) Or(known Target) Target {
	return Target{
		Domain: cmp.Or(t.Domain, known.Domain), HELO: cmp.Or(t.HELO, known.HELO), Profile: cmp.Or(t.Profile, known.Profile), MinBits: cmp.Or(t.MinBits, known.MinBits),
		Selectors: orList(t.Selectors, known.Selectors), Hosts: orList(t.Hosts, known.Hosts),
		Senders: orList(t.Senders, known.Senders), Expect: orList(t.Expect, known.Expect), Required: orList(t.Required, known.Required),
		Passing: orList(t.Passing, known.Passing), Failing: orList(t.Failing, known.Failing),
	}
}

// Contradiction returns an address that shall pass and shall not; both is false where
// there is none.
func Contradiction(passing, failing []netip.Addr) (address netip.Addr, both bool) {
	same := func(a netip.Addr) func(netip.Addr) bool {
		return func(b netip.Addr) bool { return a.Unmap() == b.Unmap() } // SPF takes them for one
	}
	at := slices.IndexFunc(passing, func(a netip.Addr) bool { return slices.ContainsFunc(failing, same(a)) })
	if at < 0 {
		return address, false
	}
	return passing[at], true
}

// orList returns the first of two lists that holds something.
func orList[T any](list, other []T) []T {
	if len(list) > 0 {
		return list
	}
	return other
}

// Domain looks at everything that the mail of a domain needs: what does not depend
// on something else is asked at once.
func Domain(ctx context.Context, r lookup.Resolver, q DomainRequest, o Options) *report.Report {
	results := q.gather(ctx, r)
	return o.judge(&report.Report{Target: results.SPF.Domain, Kind: report.Domain, Results: results}, q.findings(results), fit)
}

// gather asks for all that belongs to the domain.
func (q DomainRequest) gather(ctx context.Context, r lookup.Resolver) (results report.Results) {
	lookup.Together(r,
		func() { results.Host = mailhost.Inspect(ctx, r, q.Domain, q.hostOptions()) },
		func() {
			o := q.expectations(q.At)
			o.Queries, o.Zone = q.queries(), q.Zone
			results.SPF = spf.Inspect(ctx, r, q.Domain, o)
		},
		func() {
			results.DKIM = dkim.Inspect(ctx, r, q.Domain, dkim.Options{Selectors: q.Selectors, At: q.At, MinBits: q.MinBits})
		},
		func() {
			results.DMARC = dmarc.Inspect(ctx, r, q.Domain, dmarc.Options{Standard: q.Standard, Suffixes: q.Suffixes, Required: q.Required})
		})
	if d := results.DKIM.Domainkey; results.SPF.Wildcard == nil && d != nil && spf.Holds(d.Answer) {
		results.SPF.Wildcard = d // nobody publishes an SPF record there
	}
	return results
}

// findings runs every rule that has something to say about a domain of the profile.
func (q DomainRequest) findings(results report.Results) []lint.Finding {
	profile := q.Profile
	if results.Host.NullMX() && !results.Host.Sends() && (profile == "" || profile == mailhost.Mail) {
		profile = mailhost.Parked // the domain says so itself (RFC 7505, Section 3)
	}
	found := append(findings(results), lint.Run(crossRules(), &CrossFacts{Results: results, Profile: q.Profile, files: q.files})...)
	return slices.DeleteFunc(found, func(f lint.Finding) bool {
		return !applies(f.RuleID, profile) || needless(f, results)
	})
}

// hostOptions returns what to ask about the hosts.
func (q DomainRequest) hostOptions() mailhost.Options {
	o := mailhost.Options{Senders: q.Senders, Hosts: q.Hosts, Expect: q.Expect, Profile: cmp.Or(q.Profile, mailhost.Mail)}
	if q.HELO != "" {
		o.HELO = mailhost.ParseHELO(q.HELO)
		if len(q.Senders) > 0 {
			o.HELO.Client = q.Senders[0].Unmap()
		}
	}
	return o
}

// queries returns the verdicts to ask for: mail from the domain by each sender, and
// the HELO name of the first.
func (q DomainRequest) queries() []spf.Query {
	queries := clients(q.mail(q.At), q.Senders)
	if query, ok := heloQuery(q.hostOptions().HELO, q.At); ok {
		queries = append(queries, query)
	}
	return queries
}

// mail returns the question whether SPF lets mail from the domain pass, without a
// client yet.
func (t Target) mail(at time.Time) spf.Query {
	return spf.Query{Domain: t.Domain, Sender: "postmaster@" + t.Domain, Helo: t.HELO, At: at}
}

// expectations returns the verdicts that SPF shall give.
func (t Target) expectations(at time.Time) spf.Options {
	return spf.Options{Passing: clients(t.mail(at), t.Passing), Failing: clients(t.mail(at), t.Failing)}
}

// clients returns a question for each client.
func clients(q spf.Query, addrs []netip.Addr) []spf.Query {
	var queries []spf.Query
	for _, q.IP = range addrs {
		queries = append(queries, q)
	}
	return queries
}

// sending are the rules about how a domain sends, by the start of their IDs.
var sending = []string{"dkim-domainkey-nxdomain", "dkim-record-missing", "ptr-", "helo-", "mx-no-ptr"}

// unneeded holds the rules that have nothing to say about a profile.
var unneeded = map[mailhost.Profile][]string{
	mailhost.Parked:    append([]string{"a-missing", "aaaa-missing", "dmarc-missing", "dmarc-rua-missing", "dmarc-alignment-strict"}, sending...),
	mailhost.NoSend:    sending,
	mailhost.Smarthost: {"ptr-", "helo-", "mx-no-ptr"}, // the provider answers for its hosts
}

// needless reports whether a finding has nothing to say because of what else is known.
func needless(f lint.Finding, r report.Results) bool {
	switch f.RuleID {
	case "a-missing", "aaaa-missing":
		// The domain needs no address where its MX records name other hosts and
		// nobody asks for it by name.
		_, name, _ := strings.Cut(f.Subject(), " ")
		target := slices.ContainsFunc(r.Host.Exchanges, func(x *mailhost.Exchange) bool { return x.Host == r.Host.Self })
		return len(r.Host.Exchanges) > 0 && name == r.Host.Domain && !target && !slices.Contains(r.Host.Hosts, r.Host.Self)
	case "spf-non-mail-domain-missing", "spf-non-mail-domain-not-null":
		return r.Host.Sends() // the fault is the null MX, and has its own finding
	case "helo-ptr-mismatch":
		return strangeHELO(r) // which says more
	}
	return false
}

// applies reports whether a rule has something to say about domains of a profile.
func applies(id string, profile mailhost.Profile) bool {
	return !slices.ContainsFunc(unneeded[profile], func(start string) bool { return strings.HasPrefix(id, start) })
}
