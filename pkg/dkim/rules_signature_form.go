package dkim

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// signatureFormRules judge what is written in a signature, but for its names.
func signatureFormRules() []signatureRule {
	return []signatureRule{signatureTooLarge, signatureSyntax, duplicateSignatureTag, signatureVersion, missingTag,
		queryUnknown, canonicalizationUnknown, algorithmUnknown, signatureSHA1, expirationOrder}
}

// formRule makes a rule of the sentinel in doc.Reason. describe says what is wrong
// with the octets at fault.
func formRule(doc lint.Doc, hint string, describe func(s *Signature, at lint.Span) string) signatureRule {
	doc.Severity, doc.Why, doc.Good = lint.Error, doc.Why+softer, signed()
	return signatureRule{Doc: doc, Check: func(f *SignatureFacts, report lint.ReportFunc) {
		severity := f.severity()
		for i := range f.Results {
			for _, fault := range f.Results[i].Signature.Faults {
				if fault.Reason == doc.Reason {
					report(lint.Finding{Severity: severity, Span: fault.Span, Message: describe(f.Results[i].Signature, fault.Span), Hint: hint})
				}
			}
		}
	}}
}

// value returns the value of a tag as a message shows it.
func (s *Signature) value(name string) string {
	if t := s.List.Get(name); t != nil {
		return brief(t.Value.Text())
	}
	return `""`
}

// signAgain is what to do about most signatures that cannot be read.
const signAgain = "Correct the settings of the software that signs; if something else changed the field, make that leave it alone."

var signatureTooLarge = formRule(lint.Doc{
	ID: "dkim-sig-too-large", Reason: ErrSignatureSize,
	Title: "Signature larger than any real one",
	Why:   "A signature has up to 15 tags and a few thousand octets; what is far beyond that is not read.",
	Ref:   "operational",
	Bad:   sample("z=" + strings.Repeat(";", maxTags)),
}, signAgain, func(_ *Signature, at lint.Span) string {
	return fmt.Sprintf("the signature has %d octets and %d semicolons", at.Len(), strings.Count(at.Text(), ";"))
})

var signatureSyntax = formRule(lint.Doc{
	ID: "dkim-sig-syntax", Reason: ErrSignatureSyntax,
	Title: "Signature cannot be read",
	Why:   "A signature is name=value pairs with semicolons between; receivers ignore one that has anything else, or a value that its tag cannot have.",
	Ref:   "RFC 6376, Section 6.1.1",
	Bad:   sample("t=yesterday"),
}, signAgain, func(s *Signature, at lint.Span) string {
	for i := range s.List.Tags {
		switch t := &s.List.Tags[i]; {
		case at.Start < t.Span.Start || at.End > t.Span.End:
		case t.Err != nil:
			return fmt.Sprintf("%s: %v", brief(at.Text()), t.Err)
		case t.Value.Empty():
			return fmt.Sprintf("%s= is empty", t.Name.Text())
		default:
			return fmt.Sprintf("%s= cannot be %s", t.Name.Text(), brief(t.Value.Text()))
		}
	}
	return fmt.Sprintf("%s cannot be read", brief(at.Text()))
})

var duplicateSignatureTag = formRule(lint.Doc{
	ID: "dkim-sig-duplicate-tag", Reason: ErrSignatureDuplicate,
	Title: "Tag occurs twice in the signature",
	Why:   "Receivers ignore the whole signature, as they could not tell which of the two counts.",
	Ref:   "RFC 6376, Section 3.2",
	Bad:   sample("h=from; s=s2"),
}, signAgain, func(_ *Signature, at lint.Span) string {
	return fmt.Sprintf("%s is the second tag of that name", brief(at.Text()))
})

var signatureVersion = formRule(lint.Doc{
	ID: "dkim-sig-version", Reason: ErrSignatureVersion,
	Title: "Unknown version of signature",
	Why:   "The version is 1, written with this one digit; receivers ignore a signature of any other.",
	Ref:   "RFC 6376, Section 3.5",
	Bad:   sample("v=DKIM1"),
}, "The version of a signature is v=1; v=DKIM1 is that of a key record.", func(s *Signature, _ lint.Span) string {
	return fmt.Sprintf("v= is %s and not 1", s.value("v"))
})

// missingTag tells of all missing tags at once: they have no place of their own.
var missingTag = failureRule(lint.Doc{
	ID: "dkim-sig-missing-tag", Reason: ErrMissingTag,
	Title: "Signature lacks a required tag",
	Why:   "Receivers ignore a signature without v, a, b, bh, d, h or s; the names are in small letters.",
	Ref:   "RFC 6376, Section 6.1.1",
	Bad:   lint.Example{Zone: signed().Zone, Message: "DKIM-Signature: v=1; a=ed25519-sha256; d=example.com; s=s1; h=from\nFrom: Ann <ann@example.com>\n\n", Args: verify},
}, func(_ *SignatureFacts, r *Result) lint.Finding {
	s := r.Signature
	if !s.has(ErrMissingTag) {
		return lint.Finding{}
	}
	var names []string
	for name := range strings.SplitSeq(requiredTags[s.Kind], " ") {
		if s.List.Get(name) == nil {
			names = append(names, name+"=")
		}
	}
	return lint.Finding{Span: s.List.Source.Whole(), Message: "there is no " + strings.Join(names, ", no "), Hint: signAgain}
})

// has reports whether a sentinel is among the faults.
func (s *Signature) has(reason error) bool {
	for _, fault := range s.Faults {
		if fault.Reason == reason {
			return true
		}
	}
	return false
}

var queryUnknown = formRule(lint.Doc{
	ID: "dkim-sig-q-unknown", Reason: ErrQueryMethod,
	Title: "No known way to the key",
	Why:   "Keys are found through the DNS, which is q=dns/txt; receivers ignore a signature that names other ways only.",
	Ref:   "RFC 6376, Section 3.5",
	Bad:   sample("q=dns"),
}, "Sign without q=, which is the same as q=dns/txt.", func(s *Signature, _ lint.Span) string {
	return fmt.Sprintf("q= is %s, which does not hold dns/txt", s.value("q"))
})

var canonicalizationUnknown = formRule(lint.Doc{
	ID: "dkim-sig-canonicalization-unknown", Reason: ErrCanonicalization,
	Title: "Unknown canonicalization",
	Why:   "Receivers know simple and relaxed, for the header and, behind a slash, for the body; they ignore a signature with any other.",
	Ref:   "RFC 6376, Section 3.5",
	Bad:   sample("c=nofws"),
}, "Sign with c=relaxed/relaxed.", func(s *Signature, _ lint.Span) string {
	return fmt.Sprintf("c= is %s", s.value("c"))
})

var algorithmUnknown = formRule(lint.Doc{
	ID: "dkim-sig-algorithm-unknown", Reason: ErrAlgorithm,
	Title: "Unknown signature algorithm",
	Why:   "Receivers know rsa-sha256 and ed25519-sha256 and ignore a signature made with any other.",
	Ref:   "RFC 6376, Section 3.3.4",
	Bad:   sample("a=rsa-sha512"),
}, "Sign with a=rsa-sha256.", func(s *Signature, _ lint.Span) string {
	return fmt.Sprintf("a= is %s", s.value("a"))
})

var signatureSHA1 = formRule(lint.Doc{
	ID: "dkim-sig-sha1", Reason: ErrSHA1,
	Title: "Signature with sha1",
	Why:   "Receivers must not take such a signature for valid, whatever it is over.",
	Ref:   "RFC 8301, Section 3.1",
	Bad:   sample("a=rsa-sha1"),
}, "Sign with a=rsa-sha256.", func(*Signature, lint.Span) string {
	return "rsa-sha1 is refused everywhere"
})

var expirationOrder = formRule(lint.Doc{
	ID: "dkim-sig-x-before-t", Reason: ErrExpirationOrder,
	Title: "Signature expires before it was made",
	Why:   "x= must be after t=; receivers ignore a signature that was never valid.",
	Ref:   "RFC 6376, Section 3.5",
	Bad:   sample("t=1795301286; x=1795301286"),
}, "x= is a moment, in seconds since 1970 like t=, and no number of seconds behind it.", func(s *Signature, _ lint.Span) string {
	return fmt.Sprintf("x= is %s and t= is %s", s.value("x"), s.value("t"))
})
