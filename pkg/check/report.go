package check

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// Options says how facts become a report. The zero value judges by the rules'
// own severities.
type Options struct {
	Config Config
	Settle string    // command that asks open questions elsewhere; empty: none is known
	At     time.Time // moment against which ignores expire; zero: before all of them
}

// fitness reports whether a corrected text is fit for publishing.
type fitness func(lint.Correction) bool

// judge completes a report whose results are there: what was found, what stayed
// open, and the corrected texts that are fit for publishing.
func (o Options) judge(r *report.Report, found []lint.Finding, fit fitness) *report.Report {
	replies := asked(r.Results)
	r.Unchecked = unchecked(r.Results, replies)
	o.finish(r, append(lint.Run(lookup.FailureRules(), replies), found...))
	r.Corrected = slices.DeleteFunc(r.Corrected, func(c lint.Correction) bool { return !fit(c) })
	return r
}

// The rules that every domain is judged by, each list put together once: domains may
// be many.
var (
	answerRules = sync.OnceValue(lookup.AnswerRules)
	hostRules   = sync.OnceValue(mailhost.Rules)
	spfRules    = sync.OnceValue(spf.Rules)
	keyRules    = sync.OnceValue(dkim.KeyRules)
	recordRules = sync.OnceValue(dmarc.RecordRules)
)

// findings runs the rules of everything that was looked at.
func findings(r report.Results) []lint.Finding {
	found := lint.Run(answerRules(), own(r))
	if r.Host != nil {
		found = append(found, lint.Run(hostRules(), r.Host)...)
	}
	if r.SPF != nil {
		found = slices.Concat(found, lint.Run(spfRules(), r.SPF), lint.Run(spf.ResultRules(), r.SPF.Results))
	}
	if r.HELO != nil {
		found = append(found, lint.Run(spf.ResultRules(), []spf.Result{*r.HELO})...)
	}
	if r.Flattening != nil {
		found = append(found, lint.Run(spf.FlattenRules(), r.Flattening)...)
	}
	if r.Difference != nil {
		found = append(found, lint.Run(spf.DiffRules(), r.Difference)...)
	}
	if r.DKIM != nil {
		found = append(found, lint.Run(keyRules(), r.DKIM)...)
	}
	if r.DMARC != nil {
		found = append(found, lint.Run(recordRules(), r.DMARC)...)
	}
	if r.Keys != nil {
		found = append(found, keyFindings(r.Keys)...)
	}
	return once(found)
}

// once takes out what another rule says of the same name with its reason: why an
// answer is large.
func once(found []lint.Finding) []lint.Finding {
	told := map[string]bool{}
	for _, f := range found {
		if f.RuleID == "spf-record-over-450" || f.RuleID == "dkim-rsa-over-2048-size" || f.RuleID == "dkim-rsa-over-4096" || f.RuleID == "dkim-rsa-over-8192" {
			told[f.Subject()] = true
		}
	}
	return slices.DeleteFunc(found, func(f lint.Finding) bool { return f.RuleID == "dns-response-over-512" && told[f.Subject()] })
}

// asked returns what had to be asked, each question once.
func asked(r report.Results) []lookup.Reply {
	var lists [][]lookup.Reply
	if r.Host != nil {
		lists = append(lists, r.Host.Asked)
	}
	if r.SPF != nil {
		lists = append(lists, r.SPF.Asked)
		for _, result := range slices.Concat(r.SPF.Passing, r.SPF.Failing) {
			lists = append(lists, behind(result.Reason))
		}
	}
	if r.Flattening != nil {
		lists = append(lists, r.Flattening.Source.Asked)
		if r.Flattening.Published != nil {
			lists = append(lists, r.Flattening.Published.To.Asked)
		}
	}
	if r.Difference != nil {
		lists = append(lists, r.Difference.From.Asked, r.Difference.To.Asked)
	}
	if r.DKIM != nil {
		lists = append(lists, r.DKIM.Asked)
	}
	if r.Keys != nil {
		lists = append(lists, askedKeys(r.Keys)...)
	}
	if r.DMARC != nil {
		lists = append(lists, r.DMARC.Asked)
	}
	if r.HELO != nil {
		lists = append(lists, r.HELO.Unanswered, behind(r.HELO.Reason))
	}
	if r.DMARCResult != nil {
		lists = append(lists, behind(r.DMARCResult.Reason))
	}
	return onceEach(lists...)
}

// own returns the answers about names that the domain's owner can change, each
// question once.
func own(r report.Results) []lookup.Reply {
	var lists [][]lookup.Reply
	if r.Host != nil {
		lists = append(lists, r.Host.Own())
	}
	if r.SPF != nil {
		lists = append(lists, r.SPF.Own())
	}
	if r.DKIM != nil {
		lists = append(lists, r.DKIM.Asked)
	}
	if r.Keys != nil {
		lists = append(lists, askedKeys(r.Keys)...)
	}
	if r.DMARC != nil {
		lists = append(lists, r.DMARC.Own())
	}
	return onceEach(lists...)
}

// unchecked lists what nobody could ask, each question once.
func unchecked(r report.Results, asked []lookup.Reply) []report.Question {
	var open []report.Question
	if r.Host != nil {
		open = append(open, uncheckedHost(r.Host)...)
	}
	if r.SPF != nil {
		open = append(open, uncheckedSPF(r.SPF)...)
	}
	if r.DKIM != nil {
		open = append(open, uncheckedDKIM(r.DKIM)...)
	}
	if r.Keys != nil {
		open = append(open, uncheckedKeys(r.Keys)...)
	}
	if r.DMARC != nil {
		open = append(open, uncheckedDMARC(r.DMARC, asked)...)
	}
	return openOnce(open)
}

// onceEach joins replies, each question once.
func onceEach(lists ...[]lookup.Reply) []lookup.Reply {
	var joined []lookup.Reply
	seen := map[lookup.Question]bool{}
	for _, reply := range slices.Concat(lists...) {
		if !seen[reply.Question] {
			seen[reply.Question] = true
			joined = append(joined, reply)
		}
	}
	return joined
}

// openOnce returns open questions, each once.
func openOnce(questions []report.Question) []report.Question {
	seen := map[string]bool{}
	return slices.DeleteFunc(questions, func(q report.Question) bool {
		known := seen[q.Question]
		seen[q.Question] = true
		return known
	})
}

// fit reports whether a corrected text is fit for publishing, by the measure of the
// protocol that its name stands for.
func fit(c lint.Correction) bool {
	switch {
	case strings.Contains(c.Source.Subject, "._domainkey."):
		return fitKey(c)
	case strings.HasPrefix(c.Source.Subject, "TXT _dmarc."):
		return improvesDMARC(c)
	}
	return c.Source.Text == "" || improves(c)
}

// finish puts findings into a report, and the records that they correct.
func (o Options) finish(r *report.Report, findings []lint.Finding) {
	o.add(r, findings)
	r.Corrected = lint.Correct(r.Findings)
}

// add puts findings into a report: what reports a question without answer becomes an
// unknown, severities and ignores of the configuration are applied, and the documentation
// of the rules that fired is attached.
func (o Options) add(r *report.Report, findings []lint.Finding) {
	fired, unanswered := map[string]bool{}, unansweredRules()
	for _, doc := range r.Rules {
		fired[doc.ID] = true
	}
	for _, q := range r.Unchecked {
		fired[q.Rule] = true
	}
	for _, f := range findings {
		if unanswered[f.RuleID] {
			fired[f.RuleID] = true
			r.Unknown = append(r.Unknown, report.Question{Question: f.Subject(), Reason: f.Message, Settle: o.Settle, Rule: f.RuleID})
			continue
		}
		if o.Config.judge(&f, o.At) {
			fired[f.RuleID] = true
			r.Findings = append(r.Findings, f)
		}
	}
	lint.Sort(r.Findings)
	r.Rules = nil
	for _, id := range slices.Sorted(maps.Keys(fired)) {
		if at, ok := docPlaces()[id]; ok {
			r.Rules = append(r.Rules, allDocs()[at])
		}
	}
}
