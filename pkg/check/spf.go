package check

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// SPFRequest says which record to look at and which client to judge.
type SPFRequest struct {
	Domain string       // empty: the domain of Sender, or Helo where that is empty too
	IP     netip.Addr   // SMTP client; invalid: no verdict
	Sender string       // MAIL FROM; empty: postmaster at Domain, or at Helo where no Domain is given
	Helo   string       // HELO or EHLO name; empty: unknown, and its identity is not judged
	At     time.Time    // moment of the evaluation
	Zone   *lookup.Zone // offline data, for records of the historic type SPF; nil: none

	Passing, Failing []netip.Addr // clients that shall pass, and such that shall not
}

// SPF looks up the record of a domain with all that it refers to, judges it, and
// gives the verdicts on the client.
func SPF(ctx context.Context, r lookup.Resolver, q SPFRequest, o Options) *report.Report {
	mailFrom := spf.Query{IP: q.IP, Domain: q.Domain, Sender: q.Sender, Helo: q.Helo, At: q.At}
	domain := q.Domain
	switch {
	case domain != "" && q.Sender == "":
		mailFrom.Sender = "postmaster@" + domain
	case domain == "" && q.Sender != "":
		domain = q.Sender[strings.LastIndexByte(q.Sender, '@')+1:]
	case domain == "":
		domain = q.Helo
	}
	var queries []spf.Query
	if q.IP.IsValid() {
		queries = append(queries, mailFrom)
		if q.Helo != "" {
			queries = append(queries, spf.Query{Identity: spf.Helo, IP: q.IP, Domain: q.Helo, Sender: "postmaster@" + q.Helo, Helo: q.Helo, At: q.At})
		}
	}
	facts := spf.Inspect(ctx, r, domain, spf.Options{Queries: queries, Zone: q.Zone, Probe: true,
		Passing: clients(mailFrom, q.Passing), Failing: clients(mailFrom, q.Failing)})
	results := report.Results{SPF: facts}
	return o.judge(&report.Report{Target: facts.Domain, Kind: report.Domain, Results: results}, findings(results), fit)
}

// SPFText judges a record that is not published, without asking anything.
func SPFText(source *lint.Source, o Options) *report.Report {
	results := report.Results{SPF: spf.InspectText("", source)}
	return o.judge(&report.Report{Target: "text", Kind: report.Text, Results: results}, findings(results), improves)
}

// improves reports whether a corrected text is fit for publishing: judged alone it
// has no error, no warning that it did not have before, and no fewer senders.
func improves(c lint.Correction) bool {
	before := spf.InspectText("", lint.NewSource("", c.Source.Text))
	after := spf.InspectText("", lint.NewSource("", c.Record))
	known := map[string]bool{}
	for _, f := range lint.Run(spf.Rules(), before) {
		known[f.RuleID] = true
	}
	for _, f := range lint.Run(spf.Rules(), after) {
		if f.Severity == lint.Error || f.Severity == lint.Warning && !known[f.RuleID] {
			return false
		}
	}
	return senders(after) >= senders(before)
}

// senders counts the valid terms that name somebody.
func senders(f *spf.Facts) int {
	n := 0
	if f.Root.Record != nil {
		for i := range f.Root.Record.Terms {
			if t := &f.Root.Record.Terms[i]; t.Err == nil && t.Kind != spf.All && !t.Kind.Modifier() {
				n++
			}
		}
	}
	return n
}

// noClient is the reason of what only the address of a client would tell.
const noClient = "no client address was given"

// uncheckedSPF lists what nobody could ask.
func uncheckedSPF(f *spf.Facts) []report.Question {
	var open []report.Question
	verdict := f.Judged()
	if !verdict && f.Domain != "" && f.Root.Record != nil {
		open = append(open, report.Question{Question: "verdict for a client of " + f.Domain, Reason: noClient,
			Settle: report.Command("authcheck", "spf", f.Domain, "--ip", "ADDRESS")})
	}
	if f.MX != nil && f.MX.Err != nil {
		open = append(open, report.Question{Question: f.MX.Question.String(), Reason: "whether the domain takes mail: " + reason(f.MX.Err)})
	}
	for _, n := range f.Nodes {
		for _, b := range n.Branches {
			if b.Skipped == nil || b.Skipped == spf.ErrUnusableName || verdict && b.Skipped == spf.ErrNeedsClient {
				continue
			}
			q := report.Question{Question: b.Term.Text(), Reason: b.Skipped.Error()}
			if n.Domain != "" {
				q.Question += " in " + n.Domain
			}
			switch {
			case b.Skipped == spf.ErrNeedsClient && f.Domain != "":
				q.Settle = report.Command("authcheck", "spf", f.Domain, "--ip", "ADDRESS", "--sender", "ADDRESS", "--helo", "NAME")
			case b.Term.Kind == spf.Include || b.Term.Kind == spf.Redirect:
				if b.Target != "" {
					q.Settle = report.Command("authcheck", "spf", b.Target)
				}
			}
			open = append(open, q)
		}
	}
	return open
}

// reason returns the word for a failed lookup.
func reason(err error) string {
	var failure *lookup.Error
	if errors.As(err, &failure) {
		return failure.Reason.Error()
	}
	return err.Error()
}
