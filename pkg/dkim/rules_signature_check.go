package dkim

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
)

// signatureCheckRules judge what came of a signature whose key could be used.
func signatureCheckRules() []signatureRule {
	return []signatureRule{bodyHashMismatch, badSignature, signatureExpired, signatureFuture, bodyLength}
}

// altered says what is to be done about a message that is not what was signed.
const altered = "Look for what changes messages behind the software that signs: footers, subject tags, line ends, virus scanners. Let that be done before the signing."

// transitRule makes a rule about signatures that something on the way broke, which is
// no fault of the sender where the message passes DMARC all the same.
func transitRule(doc lint.Doc, judge func(r *Result) lint.Finding) signatureRule {
	why := doc.Why
	rule := failureRule(doc, func(f *SignatureFacts, r *Result) lint.Finding {
		found := judge(r)
		if f.Vouched {
			found.Severity = lint.Warning
		}
		return found
	})
	rule.Why = why + " It is a warning where the message passes DMARC, where another signature passes, or may pass, and where the key is in test mode."
	return rule
}

var bodyHashMismatch = transitRule(lint.Doc{
	ID: "dkim-sig-body-hash-mismatch", Reason: ErrBodyHash,
	Title: "Body is not what was signed",
	Why: "Something changed the body after the signing, or the software that signs is broken. Where the header signature verifies, " +
		"only the body was changed.",
	Ref: "RFC 6376, Section 6.1.3",
	Bad: sample("bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
}, func(r *Result) lint.Finding {
	// The hash does not depend on the key, which may be missing or unknown.
	if r.BodyHash != Differs || r.Signature.Length > r.Body.Length {
		return lint.Finding{}
	}
	return lint.Finding{Span: r.Signature.tag("bh"), Message: r.mismatch(), Hint: altered}
})

var badSignature = transitRule(lint.Doc{
	ID: "dkim-sig-bad-signature", Reason: ErrSignature,
	Title: "Signature does not fit the header",
	Why:   "Something changed a field that h= names, or the signature itself, or it was made with another key. The body is what was signed.",
	Ref:   "RFC 6376, Section 6.1.3",
	Bad:   sample(""),
}, func(r *Result) lint.Finding {
	if r.Reason != ErrSignature {
		return lint.Finding{}
	}
	return lint.Finding{Span: r.Signature.tag("b"), Message: r.mismatch(), Hint: altered}
})

// mismatch says in what the message is not what was signed.
func (r *Result) mismatch() string {
	if r.BodyHash != Differs {
		return fmt.Sprintf("the signature of %s does not fit the header under the key at %s; the body is what was signed", r.Signature.canonicalDomain(), r.Signature.KeyName) + r.history()
	}
	text := fmt.Sprintf("the body is not what %s signed: it gives bh=%s", r.Signature.canonicalDomain(), base64.StdEncoding.EncodeToString(r.Body.Sum))
	switch r.Header {
	case Equal:
		text += "; the header signature verifies, so only the body was changed"
	case Differs:
		text += "; the header signature does not verify either"
	}
	return text + r.history()
}

// history tells what happened on the way, as far as it is sure.
func (r *Result) history() string {
	text := ""
	for _, e := range r.Explanations {
		text += ": " + e.Text
	}
	return text
}

var signatureExpired = failureRule(lint.Doc{
	ID: "dkim-sig-expired", Reason: ErrExpired,
	Title: "Signature has expired",
	Why: "Receivers may take a signature for invalid whose x= is over when they receive the message. It is a notice where nobody said " +
		"when that was, and only the present moment is past it.",
	Ref: "RFC 6376, Section 3.5",
	Bad: stored("expired.eml"),
}, func(f *SignatureFacts, r *Result) lint.Finding {
	if r.Reason != ErrExpired {
		return lint.Finding{}
	}
	x := r.Signature.Expiration.Format(time.RFC3339)
	if f.Late {
		return lint.Finding{Severity: lint.Notice, Span: r.Signature.tag("x"), Message: fmt.Sprintf("the signature was good until %s, which is over by now", x),
			Hint: "Say with --at when the message was received."}
	}
	return lint.Finding{Span: r.Signature.tag("x"), Message: fmt.Sprintf("the signature was good until %s and is judged as of %s", x, f.At.UTC().Format(time.RFC3339)),
		Hint: "Find out what delayed the message, or let signatures be good for longer."}
})

// clockSkew is how far clocks of hosts differ without harm; OpenDKIM has the same
// default.
const clockSkew = 5 * time.Minute

var signatureFuture = signatureRule{
	Doc: lint.Doc{
		ID: "dkim-sig-future", Severity: lint.Warning,
		Title: "Signature is from the future",
		Why:   "Receivers may ignore a signature whose t= lies behind the moment at which they received the message. Five minutes are allowed for.",
		Ref:   "RFC 6376, Section 3.5",
		Bad:   sample("t=253402300799"),
		Good:  signed(),
	},
	Check: func(f *SignatureFacts, report lint.ReportFunc) {
		if f.At.IsZero() {
			return
		}
		for i := range f.Results {
			if s := f.Results[i].Signature; s.Time.After(f.At.Add(clockSkew)) {
				report(lint.Finding{Span: s.tag("t"), Message: fmt.Sprintf("the signature was made at %s and is judged as of %s", s.Time.Format(time.RFC3339), f.At.UTC().Format(time.RFC3339)),
					Hint: "Set the clock of the host that signs."})
			}
		}
	},
}

var bodyLength = failureRule(lint.Doc{
	ID: "dkim-sig-l-tag", Reason: ErrLength,
	Title: "Signature covers a part of the body only",
	Why: "With l= anybody can put text behind what was signed, and readers do not see where it begins. A signature whose l= is more than the " +
		"body has is invalid. While l= is as long as the body it is a warning.",
	Ref: "RFC 6376, Section 8.2",
	Bad: sample("l=1000"),
}, func(_ *SignatureFacts, r *Result) lint.Finding {
	s := r.Signature
	if s.Length < 0 || r.BodyHash == Unknown {
		return lint.Finding{}
	}
	found := lint.Finding{Span: s.tag("l"), Hint: "Sign without l=."}
	switch {
	case s.Length > r.Body.Length:
		found.Message = fmt.Sprintf("l= is %s, and the body has %d octets", brief(s.List.Get("l").Value.Text()), r.Body.Length)
	case r.Status == Pass && r.Unsigned() > 0:
		found.Message = fmt.Sprintf("l= leaves out the last %d octets of the body, which anybody may have added", r.Unsigned())
	default:
		found.Severity, found.Message = lint.Warning, fmt.Sprintf("l= is %d: what is added to the body is not noticed", s.Length)
	}
	return found
})
