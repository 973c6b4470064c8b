package dmarc

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// ResultFacts is what rules about the outcome for a message judge.
type ResultFacts struct {
	*Facts
	Result Result
	Open   []string // what could have made the message pass and was not checked, each a few words; none: nothing
}

type resultRule = lint.Rule[*ResultFacts]

// ResultRules returns every rule about the outcome for a message, the only list of
// them. They are apart from RecordRules because a message does not answer for the
// whole record.
func ResultRules() []lint.Rule[*ResultFacts] {
	return append([]resultRule{resultPass, resultFail, resultNone, resultTempError, resultPermError, disposition, spfNotAligned, dkimNotAligned},
		resultWayRules()...)
}

// The messages and records of examples. The signed messages are of ann@example.com
// and, the one of a third party, of ann@example.org; both have d=example.com.
const (
	signerZone   = `s1._domainkey TXT "v=DKIM1; k=ed25519; p=mf+HX2ct/Lua43Rd+j1h42aA887W1csN86GIQXkUQQI="` + "\n"
	rejects      = `_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"`
	otherRejects = `_dmarc.example.org. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.org"`
	unsigned     = "From: Ann <ann@example.com>\n\nHello\n"
)

// sent is the command that looks at a message with the envelope of the examples.
var sent = []string{"verify", "--ip", "192.0.2.1", "--sender", "ann@news.example", "--helo", "mail.news.example"}

// newsletter is the zone of the sender in it.
const newsletter = `news.example. TXT "v=spf1 ip4:192.0.2.1 -all"` + "\n"

// passing is the example of a message that passes.
func passing() lint.Example {
	return lint.Example{Zone: signerZone + rejects, Args: []string{"verify", "testdata/mail/signed.eml"}}
}

// statusRule makes a rule about one outcome.
func statusRule(status Status, doc lint.Doc, judge func(f *ResultFacts) lint.Finding) resultRule {
	return resultRule{Doc: doc, Check: func(f *ResultFacts, report lint.ReportFunc) {
		if f.Result.Status == status {
			found := judge(f)
			found.Span = f.place()
			report(found)
		}
	}}
}

// place is where findings about the outcome stand: at the record that applies, or
// where it would be.
func (f *ResultFacts) place() lint.Span {
	if f.Domain == "" {
		return lint.NewSource("From", "").Whole()
	}
	return place(cmp.Or(f.RecordDomain, f.Domain))
}

var resultPass = statusRule(StatusPass, lint.Doc{
	ID: "dmarc-result-pass", Severity: lint.Notice,
	Title: "Message passes DMARC",
	Why:   "A domain that SPF or DKIM authenticated belongs to the author's; it says nothing about whether the message is wanted.",
	Ref:   "RFC 9989, Section 5.3.5",
	Bad:   passing(),
	Good:  lint.Example{Zone: rejects, Message: unsigned, Args: sent},
}, func(f *ResultFacts) lint.Finding {
	return lint.Finding{Message: fmt.Sprintf("the message of %s passes: %s", f.Domain, f.identifiers())}
})

var resultFail = statusRule(StatusFail, lint.Doc{
	ID: "dmarc-result-fail", Severity: lint.Error,
	Title: "Message fails DMARC",
	Why: "No domain that SPF or DKIM authenticated belongs to the author's. It is a warning where something was not checked that could have made it pass, " +
		"such as SPF where nobody said which client delivered the message.",
	Ref:  "RFC 9989, Section 5.3.5",
	Bad:  lint.Example{Zone: newsletter + rejects, Message: unsigned, Args: sent},
	Good: passing(),
}, func(f *ResultFacts) lint.Finding {
	found := lint.Finding{Message: fmt.Sprintf("the message of %s fails: %s", f.Domain, f.identifiers()),
		Hint: fmt.Sprintf("Sign with %s, or send with %s in MAIL FROM.", f.wanted(f.Record.ADKIM), f.wanted(f.Record.ASPF))}
	if f.wouldPass() {
		found.Hint = "Let the check of the aligned domain pass, as the other findings say."
	}
	if len(f.Open) > 0 {
		found.Severity = lint.Warning
		found.Message += "; not checked: " + strings.Join(f.Open, ", ")
	}
	return found
})

var resultNone = statusRule(StatusNone, lint.Doc{
	ID: "dmarc-result-none", Severity: lint.Warning,
	Title: "DMARC does not apply to the message",
	Why:   "There is no record for the author's domain, or not exactly one such domain, so nothing protects the name in From.",
	Ref:   "RFC 9989, Section 5.3.2",
	Bad:   lint.Example{Zone: newsletter, Message: unsigned, Args: sent},
	Good:  passing(),
}, func(f *ResultFacts) lint.Finding {
	if f.Domain == "" {
		return lint.Finding{Message: f.because("no author"), Hint: "Write From with addresses of one domain."}
	}
	return lint.Finding{Message: fmt.Sprintf("%s: %s", f.Domain, f.because("no record applies")), Hint: "Publish a DMARC record; p=none asks for nothing but reports."}
})

// because returns the reason for the outcome, or other words where it has none.
func (f *ResultFacts) because(absent string) string {
	if f.Result.Reason == nil {
		return absent
	}
	return f.Result.Reason.Error()
}

var resultTempError = statusRule(StatusTempError, lint.Doc{
	ID: "dmarc-result-temperror", Severity: lint.Warning, Reason: ErrTemporaryResult, Unanswered: true,
	Title: "Outcome of DMARC is not known",
	Why:   "A question got no answer that could have made the message pass or fail; a receiver in the same position leaves the policy aside.",
	Ref:   "RFC 9989, Section 5.3.6",
	Bad:   lint.Example{Zone: ";! TIMEOUT _dmarc.example.com. TXT", Message: unsigned, Args: sent},
	Good:  passing(),
}, func(f *ResultFacts) lint.Finding {
	return lint.Finding{Message: f.because("a question got no answer")}
})

var resultPermError = statusRule(StatusPermError, lint.Doc{
	ID: "dmarc-result-permerror", Severity: lint.Error, Reason: ErrUnusable,
	Title: "DMARC record cannot be used",
	Why:   "The record has neither a valid policy nor a usable address for reports, so receivers do no DMARC processing.",
	Ref:   "RFC 9989, Section 4.10.1",
	Bad:   lint.Example{Zone: `_dmarc TXT "v=DMARC1; p=yes"`, Message: unsigned, Args: sent},
	Good:  passing(),
}, func(f *ResultFacts) lint.Finding {
	return lint.Finding{Message: fmt.Sprintf("%s: %s", f.RecordDomain, f.because("the record cannot be used")),
		Hint: "Mend the record as authcheck dmarc says."}
})

var disposition = resultRule{
	Doc: lint.Doc{
		ID: "dmarc-disposition", Severity: lint.Notice,
		Title: "What the domain asks for",
		Why: "The policy says what the domain wants to be done with mail that fails. What is done is up to each receiver, who should not reject " +
			"for p=reject alone.",
		Ref:  "RFC 9989, Section 5.4",
		Bad:  lint.Example{Zone: newsletter + rejects, Message: unsigned, Args: sent},
		Good: passing(),
	},
	Check: func(f *ResultFacts, report lint.ReportFunc) {
		if f.Result.Status != StatusFail {
			return
		}
		report(lint.Finding{Span: f.place(), Message: f.requested()})
	},
}

// requested says what the record asks for a message that fails.
func (f *ResultFacts) requested() string {
	p := f.Result.Policy
	switch {
	case p == "":
		return fmt.Sprintf("the record at %s asks for the disposition %s or %s: it is not known whether %s exists", f.RecordDomain, f.Policies().Subdomain(), f.Policies().NonExistent(), f.Domain)
	case f.Result.Disposition != p:
		return fmt.Sprintf("the record at %s asks for the disposition %s: the policy is %s, and t=y takes it down a step", f.RecordDomain, f.Result.Disposition, p)
	case f.Standard == RFC7489 && f.Record.valid("pct") != "" && f.Record.valid("pct") != "100":
		return fmt.Sprintf("the record at %s asks for the disposition %s, for %s%% of the messages", f.RecordDomain, p, f.Record.valid("pct"))
	}
	return fmt.Sprintf("the record at %s asks for the disposition %s", f.RecordDomain, p)
}
