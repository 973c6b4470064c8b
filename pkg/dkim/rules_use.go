package dkim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// useRules judge what a key may be used for.
func useRules() []rule {
	return []rule{keyTypeUnknown, sha1Only, sha1Listed, hashUnknown, serviceNotEmail, flagTest, flagUnknown}
}

var keyTypeUnknown = faultRule(lint.Doc{
	ID: "dkim-key-type-unknown", Reason: ErrKeyType,
	Title: "Unknown key type",
	Why:   "Receivers know the types rsa and ed25519, in these letters, and ignore a record of any other type.",
	Ref:   "RFC 6376, Section 3.6.1",
	Bad:   published("v=DKIM1; k=rsa2048; p=" + example2048),
}, func(r *Record, _ lint.Span) lint.Finding {
	value := r.List.Get("k").Value
	found := lint.Finding{Span: value, Message: fmt.Sprintf("%q is not a key type", value.Text()), Hint: "Write k=rsa or k=ed25519, whichever the key is."}
	p := r.List.Get("p")
	if p == nil {
		return found
	}
	if octets, _, err := decode(p.Value); err == nil {
		for _, keyType := range []string{RSA, Ed25519} {
			if _, err := readKey(octets, keyType); err == nil {
				found.Hint, found.Fix = "", lint.Replace(value, keyType)
			}
		}
	}
	return found
})

var sha1Only = faultRule(lint.Doc{
	ID: "dkim-hash-sha1-only", Reason: ErrSHA1Only,
	Title: "Only sha1 is allowed",
	Why:   "Signatures with sha1 are refused everywhere, and this record forbids those with sha256: no signature can be valid.",
	Ref:   "RFC 8301, Section 3.1",
	Bad:   published("v=DKIM1; h=sha1; k=rsa; p=" + example2048),
}, func(r *Record, at lint.Span) lint.Finding {
	return lint.Finding{Message: "h= allows no hash but sha1", Fix: removal(at)}
})

var sha1Listed = tagRule(lint.Doc{
	ID: "dkim-hash-sha1-listed", Severity: lint.Notice,
	Title: "sha1 is allowed beside sha256",
	Why:   "It has no effect: receivers refuse signatures with sha1 whatever the key says.",
	Ref:   "RFC 8301, Section 3.1",
	Bad:   published("v=DKIM1; h=sha1:sha256; k=rsa; p=" + example2048),
}, "h", func(r *Record, value lint.Span) lint.Finding {
	if hashes := texts(r.Hashes()); !slices.Contains(hashes, "sha1") || !slices.Contains(hashes, "sha256") {
		return lint.Finding{}
	}
	return lint.Finding{Span: value, Message: "sha1 is refused everywhere", Fix: lint.Replace(value, "sha256")}
})

var hashUnknown = faultRule(lint.Doc{
	ID: "dkim-hash-unknown", Reason: ErrHashUnknown,
	Title: "No hash is allowed that DKIM knows",
	Why:   "Every signature uses sha256, which this record does not allow: no signature can be valid.",
	Ref:   "RFC 6376, Section 3.6.1",
	Bad:   published("v=DKIM1; h=rsa-sha256; k=rsa; p=" + example2048),
}, func(r *Record, at lint.Span) lint.Finding {
	return lint.Finding{Message: fmt.Sprintf("%q holds no hash that DKIM knows", r.value("h", "")), Hint: "Remove the tag, which allows every hash, or write h=sha256.",
		Fix: removal(at)}
})

// reportService marks keys for reports about TLS (RFC 8460, Section 3).
const reportService = "tlsrpt"

var serviceNotEmail = faultRule(lint.Doc{
	ID: "dkim-service-type-not-email", Reason: ErrService,
	Title: "Key is not for mail",
	Why: "Where s= is given it must hold email or *, else receivers ignore the key. It is a notice for a key of TLS reports, " +
		"which s=tlsrpt marks. The selector does not belong into the record.",
	Ref: "RFC 6376, Section 3.6.1",
	Bad: published("v=DKIM1; s=s1; k=rsa; p=" + example2048),
}, func(r *Record, at lint.Span) lint.Finding {
	if slices.Contains(texts(r.Services()), reportService) {
		return lint.Finding{Severity: lint.Notice, Message: "the key is for reports about TLS and not for other mail"}
	}
	return lint.Finding{Message: fmt.Sprintf("s= is %q, which does not hold email", r.value("s", "")), Fix: removal(at)}
})

var flagTest = tagRule(lint.Doc{
	ID: "dkim-flag-test", Severity: lint.Warning,
	Title: "Key in test mode",
	Why: "With t=y the domain says that it is only trying DKIM out: receivers are to treat its mail like unsigned mail, " +
		"whether or not the signature is valid.",
	Ref: "RFC 6376, Section 3.6.1",
	Bad: published("v=DKIM1; t=y; k=rsa; p=" + example2048),
}, "t", func(r *Record, value lint.Span) lint.Finding {
	words := texts(r.Flags())
	if !slices.Contains(words, "y") || r.Is(ErrRevoked) {
		return lint.Finding{}
	}
	found := lint.Finding{Message: "t=y says that the domain is only testing"}
	rest := slices.DeleteFunc(words, func(w string) bool { return w == "y" })
	if found.Fix = removal(r.List.Get("t").Span); len(rest) > 0 {
		found.Span, found.Fix = value, lint.Replace(value, strings.Join(rest, ":"))
	}
	return found
})

var flagUnknown = tagRule(lint.Doc{
	ID: "dkim-flag-unknown", Severity: lint.Notice,
	Title: "Unknown flag",
	Why:   "The flags are y and s, with a colon between; receivers ignore any other.",
	Ref:   "RFC 6376, Section 3.6.1",
	Bad:   published("v=DKIM1; t=s,x; k=rsa; p=" + example2048),
}, "t", func(r *Record, value lint.Span) lint.Finding {
	for _, flag := range r.Flags() {
		if word := flag.Text(); word != "y" && word != "s" {
			return lint.Finding{Span: value, Message: fmt.Sprintf("%q is no flag", word), Hint: "Write t=s, or remove the tag."}
		}
	}
	return lint.Finding{}
})
