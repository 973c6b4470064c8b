package check

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/score"
)

// ScoreRequest says whose readiness to score: that of a domain, or that of a message
// and the domain of its author.
type ScoreRequest struct {
	Domain  DomainRequest    // with a Message its Domain, Senders and HELO are those of the message
	Profile score.Profile    // empty: that of Domain
	Message *message.Message // nil: the domain alone
	Mail    MessageRequest   // what is known of Message
}

// Score looks at everything that the score rests on.
func Score(ctx context.Context, r lookup.Resolver, q ScoreRequest, o Options) *report.Report {
	if q.Profile == "" {
		q.Profile = score.Profile(q.Domain.Profile)
	}
	q.Domain.Profile = q.Profile.Host()
	out := q.look(ctx, r, o)
	q.foresee(ctx, r, out.Score, o)
	return out
}

// look scores what a resolver says.
func (q ScoreRequest) look(ctx context.Context, r lookup.Resolver, o Options) *report.Report {
	if q.Message == nil {
		out := Domain(ctx, r, q.Domain, o)
		out.Score = score.Of(out, q.Profile)
		o.add(out, lint.Run(bulkRules(), out))
		return out
	}
	out := Message(ctx, r, q.Message, q.Mail, o)
	scored := *out
	if authors := q.Message.FromDomains(); len(authors) == 1 {
		q.author(ctx, r, authors[0], &scored, o)
	}
	results := out.Results
	*out = scored
	out.Score = score.Of(&scored, q.Profile)
	out.Results = results // those of the message: the domain's are in the findings
	o.add(out, lint.Run(bulkRules(), out))
	return out
}

// author completes the report on a message with what there is to say about the domain
// of its author.
func (q ScoreRequest) author(ctx context.Context, r lookup.Resolver, domain string, out *report.Report, o Options) {
	d, mail := q.Domain, out.Results.Message
	d.Target = d.Or(o.Config.Target(domain)).Or(Target{Selectors: o.Config.Selectors})
	d.Domain, d.Profile, d.HELO, d.Senders = domain, q.Profile.Host(), mail.Envelope.HELO, nil
	if mail.Envelope.Client.IsValid() {
		d.Senders = []netip.Addr{mail.Envelope.Client}
	}
	for _, s := range mail.Signatures {
		if selector := s.Signature.Selector; strings.EqualFold(s.Signature.Domain, domain) && !slices.Contains(d.Selectors, selector) {
			d.Selectors = append(slices.Clip(d.Selectors), selector)
		}
	}
	results := d.gather(ctx, r)
	results.SPF.Results = nil // the envelope of the message has its own verdict
	about := o.judge(&report.Report{Target: domain, Kind: report.Domain, Results: results}, d.findings(results), fit)

	results.Message, results.DMARC, results.DMARCResult, results.HELO = mail, out.Results.DMARC, out.Results.DMARCResult, out.Results.HELO
	out.Results = results
	about.Unchecked = slices.DeleteFunc(about.Unchecked, func(q report.Question) bool { return q.Reason == noClient })
	out.Findings = append(out.Findings, slices.DeleteFunc(about.Findings, func(f lint.Finding) bool {
		return slices.ContainsFunc(out.Findings, func(g lint.Finding) bool {
			return f.RuleID == g.RuleID && f.Subject() == g.Subject() && f.Message == g.Message
		})
	})...)
	lint.Sort(out.Findings)
	out.Corrected = append(out.Corrected, about.Corrected...)
	out.Unknown, out.Unchecked = openOnce(append(out.Unknown, about.Unknown...)), openOnce(append(out.Unchecked, about.Unchecked...))
	out.Rules = append(out.Rules, about.Rules...)
	slices.SortFunc(out.Rules, func(a, b lint.Doc) int { return strings.Compare(a.ID, b.ID) })
	out.Rules = slices.CompactFunc(out.Rules, func(a, b lint.Doc) bool { return a.ID == b.ID })
}
