package dmarc

import (
	"fmt"
	"slices"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// resultWayRules tell what an outcome rests on, and what could change it.
func resultWayRules() []resultRule {
	return []resultRule{bySPFOnly, byDKIMOnly, spfUnalignable, legacyDiffers}
}

// delivered is the command that looks at the signed message with an envelope.
func delivered(sender string) []string {
	return []string{"verify", "testdata/mail/signed.eml", "--ip", "192.0.2.1", "--sender", sender, "--helo", "mail.example.com"}
}

// authorizes is the SPF record of example.com with the client of the examples.
const authorizes = "\n" + `@ TXT "v=spf1 ip4:192.0.2.1 -all"`

var bySPFOnly = resultRule{
	Doc: lint.Doc{
		ID: "dmarc-pass-by-spf-only", Severity: lint.Notice,
		Title: "Message passes DMARC by SPF alone",
		Why:   "Whoever forwards the message sends it from another address, so SPF fails there, and with it DMARC. A signature survives that.",
		Ref:   "RFC 9989, Section 7.4",
		Bad:   lint.Example{Zone: rejects + authorizes, Message: unsigned, Args: []string{"verify", "--ip", "192.0.2.1", "--sender", "ann@example.com"}},
		Good:  lint.Example{Zone: signerZone + rejects + authorizes, Args: delivered("ann@example.com")},
	},
	Check: func(f *ResultFacts, report lint.ReportFunc) {
		open := func(id Identifier) bool { return id.Result == string(StatusTempError) }
		if r := &f.Result; r.Status == StatusPass && !r.DKIMAligned && len(f.Open) == 0 && !slices.ContainsFunc(r.Results.DKIM, open) {
			report(lint.Finding{Span: f.place(), Message: "no valid signature is aligned with " + f.Domain, Hint: fmt.Sprintf("Sign with %s.", f.wanted(f.Record.ADKIM))})
		}
	},
}

var byDKIMOnly = resultRule{
	Doc: lint.Doc{
		ID: "dmarc-pass-by-dkim-only", Severity: lint.Notice,
		Title: "Message passes DMARC by DKIM alone",
		Why: "That is what lasts where mail is forwarded. But there is nothing else to go by where something changes the message, or where the key cannot be asked for. " +
			"It is not told where nobody said which client delivered the message.",
		Ref:  "RFC 9989, Section 5.3.5",
		Bad:  lint.Example{Zone: signerZone + rejects, Args: delivered("ann@news.example")},
		Good: lint.Example{Zone: signerZone + rejects + authorizes, Args: delivered("ann@example.com")},
	},
	Check: func(f *ResultFacts, report lint.ReportFunc) {
		r := &f.Result
		if r.Status == StatusPass && !r.SPFAligned && len(r.Results.SPF) > 0 && r.Results.SPF[0].Result != string(StatusTempError) {
			report(lint.Finding{Span: f.place(), Message: "SPF does not pass for a domain that is aligned with " + f.Domain})
		}
	},
}

var spfUnalignable = resultRule{
	Doc: lint.Doc{
		ID: "spf-dmarc-unalignable", Severity: lint.Notice,
		Title: "SPF can never be aligned",
		Why: "The domain that SPF checked is one of another organization than the author's, so a pass would not count for DMARC either. That is normal with mail services: " +
			"then a signature has to be aligned. Where SPF passes, dmarc-spf-not-aligned tells it.",
		Ref:  "RFC 9989, Section 4.4.2",
		Bad:  lint.Example{Zone: signerZone + rejects, Args: delivered("ann@news.example")},
		Good: lint.Example{Zone: signerZone + rejects, Args: delivered("ann@mail.example.com")},
	},
	Check: func(f *ResultFacts, report lint.ReportFunc) {
		if f.Record == nil || f.Result.Status == StatusPermError {
			return
		}
		for _, id := range f.Result.Results.SPF {
			name, err := lookup.FromUser(id.Domain)
			if err != nil || name == "" || id.passed() {
				continue
			}
			if aligned, err := f.compare(name, Relaxed); !aligned && err == nil {
				report(lint.Finding{Span: f.place(), Message: fmt.Sprintf("SPF is about %s, which no pass would align with %s", f.named(name), f.Domain)})
			}
		}
	},
}

var legacyDiffers = resultRule{
	Doc: lint.Doc{
		ID: "dmarc-legacy-vs-9989-differs", Severity: lint.Warning,
		Title: "Older receivers come to another outcome",
		Why: "Receivers that still find the organization by the Public Suffix List of RFC 7489 find another record, or hold other domains for aligned, " +
			"than those that walk the tree. --dmarc-mode rfc7489 shows what they do. It is a notice where only np= makes the difference, which they do not know.",
		Ref:  "RFC 9989, Section 4.10",
		Bad:  lint.Example{Zone: `_dmarc.sales TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"`, Message: "From: Ann <ann@shop.sales.example.com>\n\nHello\n", Args: sent},
		Good: lint.Example{Zone: newsletter + rejects, Message: unsigned, Args: sent},
	},
	Check: func(f *ResultFacts, report lint.ReportFunc) {
		if f.Standard != RFC9989 || f.Path == nil || f.Result.Status == StatusTempError || f.sameForAll() {
			return
		}
		old := f.underLegacy()
		theirs := Evaluate(old, f.Result.Results)
		if theirs.Status == StatusTempError || theirs.Status == f.Result.Status && (theirs.Status != StatusFail || theirs.Policy == f.Result.Policy || f.Result.Policy == "") {
			return
		}
		text := fmt.Sprintf("by RFC 9989 it is %s, by RFC 7489 %s", f.Result.outcome(), theirs.outcome())
		if old.Record != nil && old.RecordDomain != f.RecordDomain {
			text += ", with the record of " + old.RecordDomain
		}
		found := lint.Finding{Span: f.place(), Message: text, Severity: lint.Warning,
			Hint: "Publish a record at the domain in From, or at " + old.OrgDomain + ", and authenticate with that domain."}
		if f.byExistence(&theirs, old) {
			found.Severity, found.Hint = lint.Notice, "Make sp= as strict as np= when all mail from names below the domain passes."
			if f.Result.Policy.Weaker(theirs.Policy) {
				found.Hint = "Make np= as strict as sp=, or leave it out."
			}
		}
		report(found)
	},
}

// byExistence reports whether two failures differ because the domain does not exist, for
// which RFC 7489 has no policy of its own.
func (f *ResultFacts) byExistence(theirs *Result, old *Facts) bool {
	return theirs.Status == StatusFail && f.Result.Status == StatusFail && old.RecordDomain == f.RecordDomain
}

// outcome returns the verdict, with the policy that applies to what fails.
func (r *Result) outcome() string {
	if r.Status == StatusFail && r.Policy != "" {
		return fmt.Sprintf("%s with the policy %s", r.Status, r.Policy)
	}
	return string(r.Status)
}

// sameForAll reports whether both standards surely come to the same outcome: the domain
// has a record of its own, and no other was authenticated. That is so of most mail.
func (f *ResultFacts) sameForAll() bool {
	other := func(id Identifier) bool { return id.counts() && id.Domain != f.Domain }
	return f.Path.Steps[0].Err == nil && !slices.ContainsFunc(f.Result.Results.SPF, other) && !slices.ContainsFunc(f.Result.Results.DKIM, other)
}

// underLegacy returns the facts as RFC 7489 has them, from the answers that are there.
func (f *Facts) underLegacy() *Facts {
	path := f.Legacy
	if path == nil {
		path = &Walk{Start: f.Domain, Steps: f.Path.Steps[:1]}
	}
	old := &Facts{Domain: f.Domain, Standard: RFC7489, Path: path, Tree: f.Tree, Suffixes: f.Suffixes}
	old.discover()
	return old
}
