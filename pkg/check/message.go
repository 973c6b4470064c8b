package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// MessageRequest says what is known of a message beside its octets, and how strictly
// to judge it.
type MessageRequest struct {
	Envelope      report.Envelope
	Trace         Trace           // whether Received and Return-Path complete the envelope
	At            time.Time       // moment against which signatures expire; zero: that of the newest Received field, else Now
	Now           time.Time       // moment of the run
	MaxSignatures int             // that are verified; 0: dkim.DefaultMaxSignatures
	MinBits       int             // demanded of RSA keys; 0: what receivers demand
	Standard      dmarc.Standard  // empty: RFC 9989
	Suffixes      *dmarc.Suffixes // nil: the built-in Public Suffix List
	AuthservID    string          // receiver whose Authentication-Results are believed, and in whose name Header is written; empty: none is, and the host of the newest Received field
	Sealers       []string        // forwarders whose ARC seals are trusted, by the domains in d=; none: nobody said
	Header        Header          // whether the fields are written that a receiver adds
}

// Trace says what the trace fields of a message are good for: anybody can write them.
type Trace int

// The uses of trace fields.
const (
	Distrust Trace = iota // for the age of signatures alone
	Guess                 // for what is not known of the envelope, too
)

// Header says what of the header of a receiver is written.
type Header int

// The choices of header fields.
const (
	NoHeader Header = iota
	Verdicts        // Authentication-Results and Received-SPF
)

// Why there is no verdict on a message.
var (
	ErrNoClient = errors.New("nobody said which client delivered the message")
	ErrNoSender = errors.New("nobody said which sender or HELO name the client gave")
	ErrNoAuthor = errors.New("no From field names a domain")
	ErrAuthors  = errors.New("the From fields name several domains")
)

// Message verifies a saved message: SPF where the envelope is known, DKIM and DMARC.
// What does not depend on something else is asked at once.
func Message(ctx context.Context, r lookup.Resolver, m *message.Message, q MessageRequest, o Options) *report.Report {
	out := &report.Report{Target: m.Origin.File, Kind: report.Mail}
	out.At, out.AtSource = q.moment(m)
	mail := &report.Message{Message: m, Envelope: q.Envelope}
	out.Results.Message = mail
	if q.Trace == Guess {
		mail.Envelope = guess(q.Envelope, m)
	}
	var facts *dmarc.Facts
	queries := envelopeQueries(mail.Envelope, out.At)
	verdicts := make([]spf.Result, len(queries))
	var tasks []func()
	for i, query := range queries {
		tasks = append(tasks, func() { verdicts[i] = spf.Check(ctx, r, query) })
	}
	authors := m.FromDomains()
	if len(authors) == 1 {
		identifiers := dkim.Domains(m, q.MaxSignatures)
		if len(queries) > 0 {
			identifiers = append([]string{senderDomain(queries[0])}, identifiers...)
		}
		o := dmarc.Options{Standard: q.Standard, Suffixes: q.Suffixes, Identifiers: identifiers}
		tasks = append(tasks, func() { facts = dmarc.Inspect(ctx, r, authors[0], o) })
	}
	for _, domain := range routed(m, mail.Envelope) {
		at := len(mail.Routes)
		mail.Routes = append(mail.Routes, nil)
		tasks = append(tasks, func() { mail.Routes[at] = mailhost.Inspect(ctx, r, domain, mailhost.Options{Parts: mailhost.Route}) })
	}
	tasks = append(tasks,
		func() { mail.ARC = arc.Verify(ctx, r, m, arc.Options{At: out.At, MinBits: q.MinBits}) },
		func() {
			mail.Signatures = dkim.Verify(ctx, r, m, dkim.VerifyOptions{At: out.At, MaxSignatures: q.MaxSignatures, MinBits: q.MinBits})
			explain(ctx, m, mail.Signatures)
		})
	lookup.Together(r, tasks...)
	mail.SPF = spf.Result{Status: spf.None, Reason: ErrNoClient}
	if mail.Envelope.Client.IsValid() {
		mail.SPF.Reason = ErrNoSender
	}
	for i := range verdicts {
		if verdicts[i].Query.Identity == spf.MailFrom {
			mail.SPF = verdicts[i]
		} else {
			out.Results.HELO = &verdicts[i]
		}
	}
	if facts == nil { // RFC 9989, Section 5.3.1
		facts = &dmarc.Facts{Standard: cmp.Or(q.Standard, dmarc.RFC9989), Suffixes: q.Suffixes, Err: noAuthor(authors)}
	}
	out.Results.DMARC = facts
	out.Results.DMARCResult = evaluate(facts, mail)
	if q.Header == Verdicts {
		q.writeHeader(out.Results)
	}
	return o.judgeMessage(out, q, verdicts)
}

// explain finds out what happened to the message after it was signed. One signature
// of each domain that failed is enough: the others tell the same.
func explain(ctx context.Context, m *message.Message, results []dkim.Result) {
	explained := map[string]bool{}
	for i := range results {
		r := &results[i]
		if domain := strings.ToLower(r.Signature.Domain); r.Status == dkim.Fail && !explained[domain] {
			explained[domain] = true
			r.Explanations = dkim.Explain(ctx, m, r, results)
		}
	}
}

// moment returns the moment against which signatures expire, and where it is from.
func (q MessageRequest) moment(m *message.Message) (at time.Time, source string) {
	if !q.At.IsZero() {
		return q.At, "flag"
	}
	if at, ok := receivedAt(m); ok {
		return at, "received"
	}
	return q.Now, "now"
}

// envelopeQueries returns the verdicts that the envelope allows: on MAIL FROM, and on
// the HELO name.
func envelopeQueries(e report.Envelope, at time.Time) []spf.Query {
	if !e.Client.IsValid() {
		return nil
	}
	var queries []spf.Query
	if e.Sender != nil && (*e.Sender != "" || e.HELO != "") {
		queries = append(queries, spf.Query{IP: e.Client, Sender: *e.Sender, Helo: e.HELO, At: at})
	}
	if name, err := lookup.FromUser(e.HELO); err == nil && name != "" {
		queries = append(queries, spf.Query{Identity: spf.Helo, IP: e.Client, Domain: name, Sender: "postmaster@" + name, Helo: name, At: at})
	}
	return queries
}

// senderDomain returns the domain that SPF authenticates: that of MAIL FROM, or the
// HELO name where that is empty (RFC 9989, Section 4.4.2).
func senderDomain(q spf.Query) string {
	if q.Sender == "" {
		return q.Helo
	}
	return q.Sender[strings.LastIndexByte(q.Sender, '@')+1:]
}

// noAuthor says why there is no Author Domain.
func noAuthor(domains []string) error {
	if len(domains) == 0 {
		return ErrNoAuthor
	}
	return ErrAuthors
}

// evaluate gives the verdict of DMARC on the verified results.
func evaluate(facts *dmarc.Facts, mail *report.Message) *dmarc.Result {
	var results dmarc.Results
	if mail.SPF.Query.IP.IsValid() {
		results.SPF = []dmarc.Identifier{{Result: string(mail.SPF.Status), Domain: senderDomain(mail.SPF.Query)}}
	}
	for _, s := range mail.Signatures {
		results.DKIM = append(results.DKIM, dmarc.Identifier{Result: string(s.Status), Domain: s.Signature.Domain})
	}
	verdict := dmarc.Evaluate(facts, results)
	return &verdict
}

// judgeMessage completes the report on a message.
func (o Options) judgeMessage(out *report.Report, q MessageRequest, verdicts []spf.Result) *report.Report {
	mail := out.Results.Message
	var lists [][]lookup.Reply
	for i := range verdicts {
		lists = append(lists, verdicts[i].Unanswered, behind(verdicts[i].Reason))
	}
	for _, s := range mail.Signatures {
		lists = append(lists, behind(s.Reason))
	}
	lists = append(lists, sealKeys(mail.ARC))
	lists = append(lists, behind(out.Results.DMARCResult.Reason))
	if mail.SPF.Reason == ErrNoClient || mail.SPF.Reason == ErrNoSender {
		out.Unchecked = append(out.Unchecked, report.Question{Question: "SPF", Reason: mail.SPF.Reason.Error(),
			Settle: report.Command("authcheck", "verify", out.Target, "--ip", "ADDRESS", "--sender", "ADDRESS", "--helo", "NAME")})
	}
	if n := len(mail.Named("Authentication-Results")); n > maxClaims {
		out.Unchecked = append(out.Unchecked, report.Question{Question: "Authentication-Results", Reason: fmt.Sprintf("of %d fields the first %d were read", n, maxClaims)})
	}
	out.Unchecked = append(out.Unchecked, openRoutes(mail.Routes)...)
	signatures := signatureFacts(out)
	o.finish(out, slices.Concat(
		lint.Run(failureRules(), onceEach(lists...)),
		lint.Run(verdictRules(), verdicts),
		lint.Run(chainRules(), mail.ARC),
		lint.Run(signatureRules(), signatures),
		lint.Run(adviceRules(), dkim.Advise(mail.Message, signatures)),
		lint.Run(outcomeRules(), resultFacts(out)),
		lint.Run(formRules(), mail.Message),
		lint.Run(claimRules(), factsOf(out.Results, q)),
	))
	return out
}

// The rules about messages, put together once for all messages of a run.
var (
	failureRules   = sync.OnceValue(lookup.FailureRules)
	adviceRules    = sync.OnceValue(dkim.AdviceRules)
	verdictRules   = sync.OnceValue(spf.ResultRules)
	chainRules     = sync.OnceValue(arc.Rules)
	signatureRules = sync.OnceValue(dkim.SignatureRules)
	outcomeRules   = sync.OnceValue(dmarc.ResultRules)
	formRules      = sync.OnceValue(message.Rules)
	claimRules     = sync.OnceValue(messageRules)
)

// sealKeys returns the questions about keys of a chain that have no answer. The chain
// rests on all seals, but of the signatures of messages on the newest alone (RFC 8617,
// Section 5.2).
func sealKeys(c *arc.Chain) []lookup.Reply {
	var replies []lookup.Reply
	ask := func(result *dkim.Result) {
		if result != nil && result.Reply != nil && result.Reply.Err != nil {
			replies = append(replies, *result.Reply)
		}
	}
	for i := range c.Sets {
		ask(c.Sets[i].SealResult)
		if i == len(c.Sets)-1 {
			ask(c.Sets[i].MessageResult)
		}
	}
	return replies
}

// signatureFacts returns what rules about signatures judge.
func signatureFacts(out *report.Report) *dkim.SignatureFacts {
	return &dkim.SignatureFacts{Results: out.Results.Message.Signatures, At: out.At, Late: out.AtSource == "now",
		Vouched: out.Results.DMARCResult.Status == dmarc.StatusPass}
}

// resultFacts returns what rules about the outcome of DMARC judge.
func resultFacts(out *report.Report) *dmarc.ResultFacts {
	f := &dmarc.ResultFacts{Facts: out.Results.DMARC, Result: *out.Results.DMARCResult}
	if len(f.Result.Results.SPF) == 0 {
		f.Open = append(f.Open, "SPF")
	}
	expired := func(r dkim.Result) bool { return r.Reason == dkim.ErrExpired && out.AtSource == "now" }
	if slices.ContainsFunc(out.Results.Message.Signatures, expired) {
		f.Open = append(f.Open, "when a signature that has expired was received")
	}
	if slices.ContainsFunc(out.Results.Message.Signatures, func(r dkim.Result) bool { return r.Reason == dkim.ErrTooMany }) {
		f.Open = append(f.Open, "the rest of the signatures")
	}
	return f
}
