package dkim

import (
	"fmt"
	"slices"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
)

// SignatureFacts is what rules about the signatures of a message judge.
type SignatureFacts struct {
	Results []Result  // of Verify; none: the message is not signed
	At      time.Time // moment against which t= and x= are judged; zero: none
	Late    bool      // At is the moment of the run: nobody said when the message was received
	Vouched bool      // the message passes DMARC, whatever became of its signatures
}

type signatureRule = lint.Rule[*SignatureFacts]

// SignatureRules returns every rule about the signatures of a message, the only list
// of them. The slice is new at each call.
func SignatureRules() []lint.Rule[*SignatureFacts] {
	return slices.Concat(
		[]signatureRule{unsigned, signaturePass, signatureTesting, signaturesMany},
		signatureFormRules(), signatureNameRules(), signatureKeyRules(), signatureCheckRules())
}

// softer says when the severity of a signature that fails is below that of its rule.
const softer = " It is a warning where another signature passes, or may pass, and where the key is in test mode."

// mayPass reports whether the signature vouches for the whole message, or could if
// what is not known were known.
func (r *Result) mayPass() bool {
	switch r.Status {
	case Pass:
		return r.Unsigned() == 0
	case TempError, Neutral:
		return r.BodyHash != Differs
	}
	return false
}

// mayVerify reports whether the signature is valid, or could be if what is not known
// were known.
func (r *Result) mayVerify() bool { return r.Status == Pass || r.mayPass() }

// severity says how bad it is that a signature fails. Receivers do not mind one beside
// another that passes, and many mail services sign twice.
func (f *SignatureFacts) severity() lint.Severity {
	for i := range f.Results {
		if f.Results[i].mayPass() {
			return lint.Warning
		}
	}
	return lint.Error
}

// failureRule makes a rule about signatures that fail. judge finds nothing where it
// returns no message.
func failureRule(doc lint.Doc, judge func(f *SignatureFacts, r *Result) lint.Finding) signatureRule {
	doc.Severity, doc.Why = lint.Error, doc.Why+softer
	if doc.Good.Zone == "" {
		doc.Good = signed()
	}
	return signatureRule{Doc: doc, Check: func(f *SignatureFacts, report lint.ReportFunc) {
		severity := f.severity()
		for i := range f.Results {
			r := &f.Results[i]
			found := judge(f, r)
			if found.Message == "" {
				continue
			}
			if found.Severity == 0 {
				found.Severity = severity
			}
			if r.Testing() { // RFC 6376, Section 3.6.1: no worse than no signature
				found.Severity = min(found.Severity, lint.Warning)
			}
			report(found)
		}
	}}
}

// tag returns the place of a tag of the signature, that of the whole signature where
// it is missing.
func (s *Signature) tag(name string) lint.Span {
	if t := s.List.Get(name); t != nil {
		return t.Span
	}
	return s.List.Source.Whole()
}

// brief quotes as much of a text as a message can show.
func brief(text string) string {
	if len(text) > longText {
		return fmt.Sprintf("%q...", text[:longText])
	}
	return fmt.Sprintf("%q", text)
}

var unsigned = signatureRule{
	Doc: lint.Doc{
		ID: "dkim-unsigned", Severity: lint.Warning,
		Title: "Message is not signed",
		Why:   "Large receivers want mail to be signed, and only a signature lets DMARC pass where mail is forwarded.",
		Ref:   "RFC 8601, Section 2.7.1",
		Bad:   lint.Example{Zone: signed().Zone, Message: "From: Ann <ann@example.com>\n\nHello\n", Args: verify},
		Good:  signed(),
	},
	Check: func(f *SignatureFacts, report lint.ReportFunc) {
		if len(f.Results) == 0 {
			report(lint.Finding{Span: lint.NewSource(signatureField, "").Whole(), Message: "there is no DKIM-Signature field",
				Hint: "Let the server that sends the mail sign it with a key of the domain in From."})
		}
	},
}

var signaturePass = signatureRule{
	Doc: lint.Doc{
		ID: "dkim-pass", Severity: lint.Notice,
		Title: "Signature verifies",
		Why:   "The domain in d= takes responsibility for the message, whose signed parts are as it sent them.",
		Ref:   "RFC 6376, Section 3.9",
		Bad:   signed(),
		Good:  sample(""),
	},
	Check: func(f *SignatureFacts, report lint.ReportFunc) {
		for i := range f.Results {
			if r := &f.Results[i]; r.Status == Pass {
				s := r.Signature
				report(lint.Finding{Span: s.tag("d"),
					Message: fmt.Sprintf("the signature of %s verifies (s=%s, a=%s, a key of %d bits)", s.canonicalDomain(), s.Selector, s.Algorithm, r.Record.Key.Bits)})
			}
		}
	},
}

var signatureTesting = signatureRule{
	Doc: lint.Doc{
		ID: "dkim-sig-testing", Severity: lint.Notice,
		Title: "Key of the signature is in test mode",
		Why:   "With t=y in the key record receivers are to treat the message like an unsigned one, whether or not the signature verifies.",
		Ref:   "RFC 6376, Section 3.6.1",
		Bad:   sample("", "v=DKIM1; t=y; k=ed25519; p="+exampleSigner),
		Good:  signed(),
	},
	Check: func(f *SignatureFacts, report lint.ReportFunc) {
		for i := range f.Results {
			if r := &f.Results[i]; r.Testing() {
				report(lint.Finding{Span: r.Signature.tag("s"), Message: fmt.Sprintf("the key at %s has t=y", r.Signature.KeyName)})
			}
		}
	},
}

var signaturesMany = signatureRule{
	Doc: lint.Doc{
		ID: "dkim-sig-many", Severity: lint.Notice, Reason: ErrTooMany,
		Title: "More signatures than are looked at",
		Why:   "Verifying costs time, so receivers look at a few signatures only; real messages have up to five or so.",
		Ref:   "RFC 6376, Section 8.4",
		Bad: lint.Example{Zone: signed().Zone, Message: "DKIM-Signature: v=1; a=ed25519-sha256; d=example.com\n" + sample("").Message,
			Args: []string{"verify", "--max-signatures", "1"}},
		Good: signed(),
	},
	Check: func(f *SignatureFacts, report lint.ReportFunc) {
		n, first := 0, lint.Span{}
		for i := range f.Results {
			if r := &f.Results[i]; r.Reason == ErrTooMany {
				if n++; n == 1 {
					first = r.Signature.List.Source.Whole()
				}
			}
		}
		if n > 0 {
			report(lint.Finding{Span: first, Message: fmt.Sprintf("of %d signatures the last %d were not looked at", len(f.Results), n)})
		}
	},
}
