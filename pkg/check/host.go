package check

import (
	"cmp"
	"context"
	"time"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// HostRequest says which hosts to look at.
type HostRequest struct {
	Domain string    // empty: the addresses and the HELO name of Options alone
	At     time.Time // moment of the evaluation
	mailhost.Options
}

// Host looks up the hosts of a domain, addresses with their names, or a HELO name,
// and judges them.
func Host(ctx context.Context, r lookup.Resolver, q HostRequest, o Options) *report.Report {
	out := &report.Report{Kind: report.Domain}
	var facts *mailhost.Facts
	tasks := []func(){func() { facts = mailhost.Inspect(ctx, r, q.Domain, q.Options) }}
	if query, ok := heloQuery(q.HELO, q.At); ok {
		out.Results.HELO = new(spf.Result)
		tasks = append(tasks, func() { *out.Results.HELO = spf.Check(ctx, r, query) })
	}
	lookup.Together(r, tasks...)
	if out.Target = facts.Domain; facts.Domain == "" {
		out.Target, out.Kind = hostTarget(facts), report.Host
	}
	out.Results.Host = facts
	return o.judge(out, findings(out.Results), fit)
}

// heloQuery returns the question whether a HELO name authorizes the client that
// gives it. There is none without a client, or about what is no valid name (RFC
// 7208, Section 2.3).
func heloQuery(h *mailhost.HELO, at time.Time) (spf.Query, bool) {
	if h == nil || !h.Client.IsValid() || !h.Named() {
		return spf.Query{}, false
	}
	name := h.Host.Name
	return spf.Query{Identity: spf.Helo, IP: h.Client, Domain: name, Sender: "postmaster@" + name, Helo: name, At: at}, true
}

// hostTarget names a host that was given without a domain.
func hostTarget(f *mailhost.Facts) string {
	if f.HELO != nil {
		return cmp.Or(f.HELO.Source.Text, "(empty)")
	}
	return f.Options.Senders[0].String()
}

// uncheckedHost lists what nobody could ask.
func uncheckedHost(f *mailhost.Facts) []report.Question {
	var open []report.Question
	if f.Cut > 0 {
		open = append(open, report.Question{Question: "mail hosts of " + f.Domain, Reason: "too many questions for one domain"})
	}
	if f.Judges(mailhost.Reverses) && f.MX.Err == nil && len(f.Reverses) == 0 {
		open = append(open, report.Question{Question: "reverse names of " + f.Domain, Reason: "no mail host with a public address is known",
			Settle: report.Command("authcheck", "ptr", "ADDRESS")})
	}
	if h := f.HELO; h != nil && !h.Client.IsValid() && h.Host != nil {
		open = append(open, report.Question{Question: "whether the client is " + h.Host.Name, Reason: noClient,
			Settle: report.Command("authcheck", "helo", h.Source.Text, "--ip", "ADDRESS")})
	}
	return open
}
