package dkim

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/lint"
)

// signatureKeyRules judge what became of the key of a signature.
func signatureKeyRules() []signatureRule {
	return []signatureRule{signatureNoKey, signatureRevoked, signatureKeyInvalid, signatureTempError, signatureWeakKey, algorithmMismatch, identityStrict}
}

// atSelector is a finding about the key of the signature.
func (r *Result) atSelector(message, hint string) lint.Finding {
	return lint.Finding{Span: r.Signature.tag("s"), Message: message, Hint: hint}
}

var signatureNoKey = failureRule(lint.Doc{
	ID:    "dkim-sig-no-key",
	Title: "Key of the signature does not exist",
	Why: "Without the key nobody can verify the signature, and receivers ignore it. Keys are withdrawn some time after their last use, " +
		"so an old message may have been in order when it was received.",
	Ref: "RFC 6376, Section 6.1.2",
	Bad: sample("s=s2"),
}, func(_ *SignatureFacts, r *Result) lint.Finding {
	if r.Reason != ErrNoRecord {
		return lint.Finding{}
	}
	return r.atSelector("there is no key at "+r.Signature.KeyName, "Publish the key of this selector, or sign with a selector whose key is published.")
})

var signatureRevoked = failureRule(lint.Doc{
	ID:    "dkim-sig-key-revoked",
	Title: "Key of the signature is revoked",
	Why:   "An empty p= says that the key is no longer to be trusted; every signature made with it fails.",
	Ref:   "RFC 6376, Section 6.1.2",
	Bad:   sample("", "v=DKIM1; k=ed25519; p="),
}, func(_ *SignatureFacts, r *Result) lint.Finding {
	if r.Reason != ErrRevoked {
		return lint.Finding{}
	}
	return r.atSelector(fmt.Sprintf("the key at %s is revoked: its p= is empty", r.Signature.KeyName), "Sign with another selector, whose key is published.")
})

var signatureKeyInvalid = failureRule(lint.Doc{
	ID:    "dkim-sig-key-invalid",
	Title: "Key record of the signature cannot be used",
	Why:   "Receivers ignore a malformed key record, and with it the signature. The message names the rule that explains what is wrong with the record.",
	Ref:   "RFC 6376, Section 6.1.2",
	Bad:   sample("", "v=DKIM2; k=ed25519; p="+exampleSigner),
}, func(_ *SignatureFacts, r *Result) lint.Finding {
	id := keyRuleOf(r.Reason)
	if id == "" {
		return lint.Finding{}
	}
	return r.atSelector(fmt.Sprintf("the key record at %s cannot be used: %v (%s)", r.Signature.KeyName, r.Reason, id),
		"Mend the record; authcheck explain "+id+" says how.")
})

// keyRuleOf returns the ID of the rule about key records that explains why a key
// cannot be used, "" where a rule about signatures says it all.
func keyRuleOf(reason error) string {
	switch reason {
	case nil, ErrNoRecord, ErrRevoked, ErrRSATooShort, ErrSHA1Only, ErrHashUnknown:
		return ""
	}
	for _, rule := range KeyRules() {
		if rule.Reason == reason {
			return rule.ID
		}
	}
	return ""
}

var signatureTempError = signatureRule{
	Doc: lint.Doc{
		ID: "dkim-sig-temperror", Severity: lint.Warning, Reason: ErrUnread, Unanswered: true,
		Title: "No verdict on a signature",
		Why:   "The key could not be asked for, or the body could not be read to its end: the signature may be good or not.",
		Ref:   "RFC 6376, Section 6.1.2",
		Bad:   lint.Example{Zone: ";! TIMEOUT s1._domainkey.example.com. TXT", Args: signed().Args},
		Good:  signed(),
	},
	Check: func(f *SignatureFacts, report lint.ReportFunc) {
		for i := range f.Results {
			if r := &f.Results[i]; r.Status == TempError {
				report(r.atSelector(fmt.Sprintf("no verdict: %v", r.Reason), ""))
			}
		}
	},
}

var signatureWeakKey = failureRule(lint.Doc{
	ID: "dkim-sig-weak-key", Reason: ErrMinBits,
	Title: "Key of the signature is too short",
	Why:   "RSA keys of less than 1024 bits can be broken, so receivers take no signature made with one for valid; --min-key-bits demands more.",
	Ref:   "RFC 8301, Section 3.2",
	Bad:   sample("a=rsa-sha256", "v=DKIM1; p="+example512),
}, func(_ *SignatureFacts, r *Result) lint.Finding {
	if r.Reason != ErrMinBits && r.Reason != ErrRSATooShort {
		return lint.Finding{}
	}
	demanded := "receivers demand 1024 at least"
	if r.Reason == ErrMinBits {
		demanded = "less than was demanded"
	}
	return r.atSelector(fmt.Sprintf("the RSA key at %s has %d bits: %s", r.Signature.KeyName, r.Record.Key.Bits, demanded),
		"Make a key of 2048 bits, publish it at a new selector and sign with that.")
})

var algorithmMismatch = failureRule(lint.Doc{
	ID: "dkim-sig-algorithm-mismatch", Reason: ErrKeyMismatch,
	Title: "Key does not allow the algorithm of the signature",
	Why:   "The type of the key must be that of a=, and h= of the key record, where it is given, must hold sha256; receivers ignore the signature.",
	Ref:   "RFC 6376, Section 6.1.2",
	Bad:   sample("a=rsa-sha256"),
}, func(_ *SignatureFacts, r *Result) lint.Finding {
	s := r.Signature
	found := lint.Finding{Span: s.tag("a"), Hint: "Sign with the key of this selector, or publish the key that signs at a selector of its own."}
	switch r.Reason {
	case ErrKeyMismatch:
		found.Message = fmt.Sprintf("a= is %s, but the key at %s is of type %s", s.Algorithm, s.KeyName, r.Record.Key.Type)
	case ErrSHA1Only, ErrHashUnknown:
		found.Message = fmt.Sprintf("a= is %s, but the key at %s has h=%s", s.Algorithm, s.KeyName, brief(r.Record.value("h", "")))
		found.Hint = "Remove h= from the key record, which allows every hash."
	}
	return found
})

var identityStrict = failureRule(lint.Doc{
	ID: "dkim-flag-strict", Reason: ErrStrict,
	Title: "Key does not allow i= below d=",
	Why:   "With t=s in the key record the domain of i= must be that of d= and not one below it; receivers ignore the signature.",
	Ref:   "RFC 6376, Section 3.6.1",
	Bad:   sample("i=@news.example.com", "v=DKIM1; t=s; k=ed25519; p="+exampleSigner),
}, func(_ *SignatureFacts, r *Result) lint.Finding {
	if r.Reason != ErrStrict {
		return lint.Finding{}
	}
	s := r.Signature
	return lint.Finding{Span: s.tag("i"), Message: fmt.Sprintf("i= is %s and d= is %s, but the key at %s has t=s", brief(s.Identity), s.canonicalDomain(), s.KeyName),
		Hint: "Remove t=s from the key record, or sign without i=."}
})
