package render

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// fixtures returns one report of each kind that the renderers have to show. The
// findings are made up: what the rules say is not the subject here.
func fixtures(t *testing.T) []*report.Report {
	return []*report.Report{
		goodDomain(t), brokenDomain(t), unknownDomain(t), withVerdicts(t), fromFile(t), givenText(), withoutRecord(t),
	}
}

func gather(t *testing.T, file, zone, domain string, queries ...spf.Query) *spf.Facts {
	t.Helper()
	z, err := lookup.ParseZone(file, ";! AUTHORITATIVE .\n"+zone)
	if err != nil {
		t.Fatal(err)
	}
	return spf.Inspect(context.Background(), z, domain, spf.Options{Queries: queries})
}

// part returns the place of a piece of the domain's own record.
func part(f *spf.Facts, piece string) lint.Span {
	source := f.Root.Record.Source
	start := strings.Index(source.Text, piece)
	return source.Span(start, start+len(piece))
}

var docs = []lint.Doc{
	{ID: "spf-all-neutral", Ref: "RFC 7208, Section 5.1", Severity: lint.Warning,
		Why: "Receivers treat a neutral result like no record at all, so mail from anywhere is as good as yours."},
	{ID: "spf-ip-invalid", Ref: "RFC 7208, Section 5.6", Severity: lint.Error,
		Why: "One bad term makes the whole record permerror: receivers ignore it, and with DMARC none of your mail can pass by SPF."},
	{ID: "spf-ptr", Ref: "RFC 7208, Section 5.5", Severity: lint.Warning,
		Why: "The mechanism is slow and unreliable, and the standard says not to use it."},
	{ID: "spf-too-many-lookups", Ref: "RFC 7208, Section 4.6.4", Severity: lint.Error,
		Why: "After ten terms that ask the DNS receivers stop with permerror."},
	{ID: "spf-character", Ref: "RFC 7208, Section 4.6.1", Severity: lint.Error,
		Why: "A record is ASCII. Editors turn hyphens into dashes."},
}

// newReport sorts the findings and adds the documentation of their rules.
func newReport(facts *spf.Facts, findings ...lint.Finding) *report.Report {
	r := &report.Report{Target: facts.Domain, Kind: report.Domain, Findings: findings, Results: report.Results{SPF: facts}}
	for _, doc := range docs {
		for i := range findings {
			if f := &findings[i]; f.RuleID == doc.ID {
				f.Ref = doc.Ref
			}
		}
		if slices.ContainsFunc(findings, func(f lint.Finding) bool { return f.RuleID == doc.ID }) {
			r.Rules = append(r.Rules, doc)
		}
	}
	lint.Sort(findings)
	return r
}

func goodDomain(t *testing.T) *report.Report {
	facts := gather(t, "", `
example.com.             TXT "v=spf1 mx include:_spf.provider.example -all"
example.com.             MX  10 mail.example.com.
mail.example.com.        A   192.0.2.10
_spf.provider.example.   TXT "v=spf1 include:eu.provider.example include:us.provider.example -all"
eu.provider.example.     TXT "v=spf1 ip4:198.51.100.0/24 -all"
us.provider.example.     TXT "v=spf1 ip4:203.0.113.0/24 -all"
`, "example.com")
	r := newReport(facts,
		lint.Finding{RuleID: "spf-ptr", Severity: lint.Notice, Span: part(facts, "mx"), Message: "\"mx\" could be an address"},
		lint.Finding{RuleID: "spf-ptr", Severity: lint.Notice, Span: part(facts, "-all"), Message: "nothing sends from here but the provider"},
	)
	r.Unchecked = []report.Question{{
		Question: "verdict for a client", Reason: "no address was given", Settle: "authcheck spf example.com --ip ADDRESS",
	}}
	return r
}

func brokenDomain(t *testing.T) *report.Report {
	facts := gather(t, "", `
example.net.             TXT "v=spf1 a mx include:_spf.mailer.example include:_spf.gone.example exists:%{i}.allow.example.net ip4:300.1.2.3 ?all exp=why.example.net"
example.net.             A   192.0.2.3
example.net.             MX  10 mail.example.net.
mail.example.net.        A   192.0.2.4
_spf.mailer.example.     TXT "v=spf1 include:a.mailer.example include:b.mailer.example include:a.mailer.example -all"
a.mailer.example.        TXT "v=spf1 mx:mailer.example -all"
mailer.example.          MX  10 mx.mailer.example.
b.mailer.example.        TXT "v=spf1 a:h1.mailer.example a:h2.mailer.example -all"
h1.mailer.example.       A   192.0.2.5
`, "example.net")
	bad := part(facts, "ip4:300.1.2.3")
	bad.Start += len("ip4:")
	return newReport(facts,
		lint.Finding{RuleID: "spf-ip-invalid", Severity: lint.Error, Span: bad, Fix: lint.Replace(bad, "192.0.2.3"),
			Message: "\"300.1.2.3\" is not an IP address: an IPv4 address has four numbers from 0 to 255"},
		lint.Finding{RuleID: "spf-too-many-lookups", Severity: lint.Error, Span: part(facts, "include:_spf.gone.example"),
			Message: "at least 12 terms ask the DNS in the worst case, 10 are allowed", Fix: lint.Replace(part(facts, "include:_spf.gone.example "), ""),
			Hint: "Take out the include of a domain that does not exist, and ask mailer.example for a record with fewer lookups."},
		lint.Finding{RuleID: "spf-all-neutral", Severity: lint.Warning, Span: part(facts, "?all"), Fix: lint.Replace(part(facts, "?all"), "-all"),
			Message: "\"?all\" says nothing about hosts that are not listed"},
		lint.Finding{RuleID: "spf-ptr", Severity: lint.Notice, Span: part(facts, "exists:%{i}.allow.example.net"),
			Message: "one lookup for every client", Suppressed: "allow list of 2026-03, agreed with the network team"},
	)
}

func unknownDomain(t *testing.T) *report.Report {
	facts := gather(t, "", `
;! TIMEOUT _spf.slow.example. TXT
example.org.             TXT "v=spf1 ip4:192.0.2.0/24 include:_spf.slow.example -all"
`, "example.org")
	r := newReport(facts)
	r.Unknown = []report.Question{{
		Question: "TXT _spf.slow.example", Reason: "timeout", Rule: "spf-temperror",
		Settle: "authcheck spf example.org @9.9.9.9",
	}}
	return r
}

func withVerdicts(t *testing.T) *report.Report {
	ip := netip.MustParseAddr("192.0.2.7")
	facts := gather(t, "", `
example.edu.             TXT "v=spf1 -include:_retired.example.edu redirect=_spf.example.edu exp=why.example.edu"
_retired.example.edu.    TXT "v=spf1 ip4:192.0.2.0/28 -all"
_spf.example.edu.        TXT "v=spf1 ip4:198.51.100.0/24 -all"
why.example.edu.         TXT "%{i} may not send for %{d}"
mail.example.edu.        TXT "v=spf1 ip4:192.0.2.7/33 -all"
`, "example.edu",
		spf.Query{IP: ip, Sender: "postmaster@example.edu", Helo: "mail.example.edu"},
		spf.Query{Identity: spf.Helo, IP: ip, Domain: "mail.example.edu", Sender: "postmaster@mail.example.edu", Helo: "mail.example.edu"},
	)
	return newReport(facts)
}

func fromFile(t *testing.T) *report.Report {
	facts := gather(t, "zones/bücher.example.zone", `
xn--bcher-kva.example. TXT ( "v=spf1 ip4:192.0.2.0/24 "
                             "ptr -all" )
`, "xn--bcher-kva.example")
	return newReport(facts, lint.Finding{
		RuleID: "spf-ptr", Severity: lint.Warning, Span: part(facts, "ptr"), Message: "\"ptr\" must not be used",
		Hint: "List the networks instead.", Fix: lint.Replace(part(facts, "ptr "), ""),
	})
}

func givenText() *report.Report {
	facts := spf.InspectText("", lint.NewSource("text", "v=spf1 mx a:\xffx.example –all"))
	r := newReport(facts,
		lint.Finding{RuleID: "spf-character", Severity: lint.Error, Span: part(facts, "–"), Fix: lint.Replace(part(facts, "–"), "-"),
			Message: `"–" is not ASCII`},
		lint.Finding{RuleID: "spf-character", Severity: lint.Error, Span: part(facts, "\xff"), Fix: lint.Replace(part(facts, "\xff"), ""),
			Message: `"\xff" is not ASCII`},
	)
	r.Target, r.Kind = "text", report.Text
	r.Unchecked = []report.Question{{Question: "what mx stands for", Reason: "the name lies outside the text"}}
	return r
}

func withoutRecord(t *testing.T) *report.Report {
	facts := gather(t, "", `example.info. TXT "hello"`, "example.info")
	return newReport(facts, lint.Finding{
		RuleID: "spf-missing", Severity: lint.Error, Span: lint.NewSource("TXT example.info", "").Whole(),
		Message: "there is no SPF record", Hint: "Publish one, even for a domain that sends nothing: v=spf1 -all",
		Ref: "RFC 7208, Section 3.1",
	})
}

// total sums up the reports.
func total(reports []*report.Report) report.Summary {
	var s report.Summary
	for _, r := range reports {
		s = s.Add(r.Summary())
	}
	return s
}
