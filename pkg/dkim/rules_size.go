package dkim

import (
	"fmt"
	"math/big"

	"github.com/authcheck/authcheck/pkg/lint"
)

// sizeRules judge the numbers of an RSA key.
func sizeRules() []rule {
	return []rule{under1024, belowPolicy, under2048, over2048Size, over4096, tooLong, exponent, weakModulus, wellKnown}
}

var under1024 = faultRule(lint.Doc{
	ID: "dkim-rsa-under-1024", Reason: ErrRSATooShort,
	Title: "RSA key shorter than 1024 bits",
	Why:   "Such keys have been broken for little money, and receivers must refuse every signature made with them.",
	Ref:   "RFC 8301, Section 3.2",
	Bad:   published("v=DKIM1; k=rsa; p=" + example512),
}, func(r *Record, _ lint.Span) lint.Finding {
	return lint.Finding{Message: fmt.Sprintf("the RSA key has %d bits; less than %d are never valid", r.Key.Bits, MinBits), Hint: newKey}
})

const newKey = "Publish a new key of 2048 bits under another selector, and sign with it."

// sizeRule makes a rule of the number of bits of RSA keys.
func sizeRule(doc lint.Doc, judge func(f *Facts, bits int) (message, hint string)) rule {
	if doc.Good.Zone == "" {
		doc.Good = good()
	}
	return rule{Doc: doc, Check: func(f *Facts, report lint.ReportFunc) {
		f.keys(func(r *Record, at lint.Span) {
			if r.Key.Type != RSA || r.Key.Modulus == nil {
				return
			}
			if message, hint := judge(f, r.Key.Bits); message != "" {
				report(lint.Finding{Span: at, Message: message, Hint: hint})
			}
		})
	}}
}

var belowPolicy = sizeRule(lint.Doc{
	ID: "dkim-rsa-below-policy", Severity: lint.Error,
	Title: "RSA key shorter than demanded",
	Why:   "The key has fewer bits than --min-key-bits asks for. Keys of less than 1024 bits, which no receiver takes, have a rule of their own.",
	Ref:   "operational",
	Bad:   lint.Example{Zone: published("v=DKIM1; k=rsa; p=" + example1024).Zone, Args: append(good().Args, "--min-key-bits", "2048")},
	Good:  lint.Example{Zone: good().Zone, Args: append(good().Args, "--min-key-bits", "2048")},
}, func(f *Facts, bits int) (message, hint string) {
	if bits < MinBits || bits >= f.MinBits {
		return "", ""
	}
	return fmt.Sprintf("the RSA key has %d bits; %d are demanded", bits, f.MinBits),
		fmt.Sprintf("Publish a new key of %d bits under another selector, and sign with it.", max(f.MinBits, RecommendedBits))
})

var under2048 = sizeRule(lint.Doc{
	ID: "dkim-rsa-under-2048", Severity: lint.Warning,
	Title: "RSA key shorter than 2048 bits",
	Why:   "Keys of 1024 bits are still accepted, but within reach of those with much computing power; signers should use 2048.",
	Ref:   "RFC 8301, Section 3.2",
	Bad:   published("v=DKIM1; k=rsa; p=" + example1024),
}, func(f *Facts, bits int) (message, hint string) {
	if bits < max(MinBits, f.MinBits) || bits >= RecommendedBits {
		return "", ""
	}
	return fmt.Sprintf("the RSA key has %d bits; %d are recommended", bits, RecommendedBits), newKey
})

var over2048Size = sizeRule(lint.Doc{
	ID: "dkim-rsa-over-2048-size", Severity: lint.Notice,
	Title: "RSA key that does not fit a small answer",
	Why: "With a key of more than 2048 bits the answer exceeds 512 octets and needs EDNS0 or TCP, and some forms for DNS records do not " +
		"take it. 2048 bits are enough.",
	Ref: "RFC 6376, Section 3.3.3",
	Bad: published("v=DKIM1; k=rsa; p=" + example4096),
}, func(_ *Facts, bits int) (message, hint string) {
	if bits <= largestSmall || bits > CommonBits {
		return "", ""
	}
	return fmt.Sprintf("the RSA key has %d bits", bits), ""
})

// largestSmall is how many bits a key may have whose record still fits 512 octets.
const largestSmall = 2560

var tooLong = faultRule(lint.Doc{
	ID: "dkim-rsa-over-8192", Reason: ErrRSATooLong,
	Title: "RSA key longer than any receiver reads",
	Why:   "Checking a signature takes time that grows with the square of the key; nobody handles keys of more than 8192 bits, and authcheck does not read them.",
	Ref:   "RFC 8301, Section 3.2",
	Bad:   published("v=DKIM1; k=rsa; p=" + exampleHuge()),
}, func(r *Record, _ lint.Span) lint.Finding {
	return lint.Finding{Message: fmt.Sprintf("the RSA key has about %d bits and was not read", r.Key.Bits), Hint: newKey}
})

var over4096 = sizeRule(lint.Doc{
	ID: "dkim-rsa-over-4096", Severity: lint.Warning,
	Title: "RSA key longer than 4096 bits",
	Why:   "Receivers handle keys of up to 4096 bits; whether they take longer ones is up to them.",
	Ref:   "RFC 8301, Section 3.2",
	Bad:   published("v=DKIM1; k=rsa; p=" + example5120),
}, func(_ *Facts, bits int) (message, hint string) {
	if bits <= CommonBits {
		return "", ""
	}
	return fmt.Sprintf("the RSA key has %d bits; receivers need not handle more than %d", bits, CommonBits), newKey
})

// usualExponent is the one that receivers are sure to handle.
const usualExponent = 65537

var exponent = rule{
	Doc: lint.Doc{
		ID: "dkim-rsa-exponent", Severity: lint.Error, Reason: ErrExponent,
		Title: "Exponent is not 65537",
		Why: "The exponent of an RSA key is odd and larger than 1; with any other everybody can make signatures, or nobody. It is a warning " +
			"for a possible one: every common program chooses 65537, and others, like 3, have helped forgers.",
		Ref:  "RFC 6376, Section 3.3.1",
		Bad:  published("v=DKIM1; k=rsa; p=" + example2048Exponent3),
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.keys(func(r *Record, at lint.Span) {
			e := r.Key.Exponent
			if e == nil || e.IsInt64() && e.Int64() == usualExponent {
				return
			}
			found := lint.Finding{Span: at, Severity: lint.Warning, Message: fmt.Sprintf("the exponent is %s", short(e)), Hint: newKey}
			if r.Is(ErrExponent) {
				found.Severity = lint.Error
			}
			report(found)
		})
	},
}

// short writes an exponent, which may be a number of any length.
func short(e *big.Int) string {
	if e.BitLen() > 64 {
		return fmt.Sprintf("a number of %d bits", e.BitLen())
	}
	return e.String()
}

var weakModulus = faultRule(lint.Doc{
	ID: "dkim-rsa-modulus-weak", Reason: ErrModulus,
	Title: "Modulus that can be taken apart",
	Why: "The modulus of an RSA key is the product of two large primes that are not close to each other. This one is even, has a small " +
		"factor, or is found by Fermat's method: octets were damaged, or everybody can compute the private key.",
	Ref: "operational",
	Bad: published("v=DKIM1; k=rsa; p=" + example2048Even),
}, func(r *Record, _ lint.Span) lint.Finding {
	if factor := r.Key.smallFactor(); factor != 0 { // no program makes such a key
		return lint.Finding{Message: fmt.Sprintf("the modulus can be divided by %d", factor),
			Hint: "Compare the key with the one that the mail server or the provider shows, and publish that; if it is the same, make a new one of 2048 bits."}
	}
	return lint.Finding{Message: "the modulus is the product of two primes that are close to each other", Hint: newKey}
})

// wellKnownKeys are keys of documents, whose private halves everybody has or may have.
func wellKnownKeys() map[string]string {
	return map[string]string{
		"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=": "RFC 8463, Appendix A.2",
		"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bd" +
			"OKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9Pz" +
			"oxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB": "RFC 8463, Appendix A.2",
		"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt" +
			"IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhi" +
			"tdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB": "RFC 6376, Appendix C",
	}
}

var wellKnown = rule{
	Doc: lint.Doc{
		ID: "dkim-key-well-known", Severity: lint.Error,
		Title: "Key from a document",
		Why:   "The private half of this key is printed in a standard: everybody can sign as the domain.",
		Ref:   "operational",
		Bad:   published("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
		Good:  good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		known := wellKnownKeys()
		f.keys(func(r *Record, at lint.Span) {
			if origin := known[r.Key.Value()]; origin != "" {
				report(lint.Finding{Span: at, Message: "this is the sample key of " + origin, Hint: newKey})
			}
		})
	},
}
