package dkim

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// valueRules judge the value of p=.
func valueRules() []rule {
	return []rule{keyMissing, keyRevoked, base64Invalid, keyTruncated, stringsSwapped, typeMismatch, ed25519Size, notSPKI}
}

var keyMissing = faultRule(lint.Doc{
	ID: "dkim-p-missing", Reason: ErrNoKey,
	Title: "Key record without a key",
	Why:   "The tag p= holds the key. Without it receivers cannot use the record; an empty p= says that the key is revoked.",
	Ref:   "RFC 6376, Section 3.6.1",
	Bad:   published("v=DKIM1; k=rsa"),
}, func(r *Record, _ lint.Span) lint.Finding {
	if r.List.Find("p") != nil {
		return lint.Finding{} // written in upper case, of which another rule speaks
	}
	found := lint.Finding{Message: "the record has no tag p=", Hint: "Publish the whole record that the signing software shows."}
	if t := misnamed(r); t != nil {
		found.Hint, found.Fix = "", lint.Replace(t.Name, "p")
	}
	return found
})

var keyRevoked = func() rule {
	r := faultRule(lint.Doc{
		ID: "dkim-key-revoked", Reason: ErrRevoked,
		Title: "Key is revoked",
		Why: "An empty p= says that signatures with this selector are no longer valid, which is normal after a change of keys and on domains " +
			"that send no mail.",
		Ref: "RFC 6376, Section 3.6.1",
		Bad: published("v=DKIM1; p="),
	}, func(r *Record, _ lint.Span) lint.Finding {
		return lint.Finding{Message: "p= is empty: the key is revoked"}
	})
	r.Severity = lint.Notice
	return r
}()

// mendedKey returns the value of p= as it was before it was mangled and how to get
// there, "" where no known way leads to a key.
func mendedKey(r *Record) (key, hint string) {
	value := r.value("p", "")
	bare := value
	if _, after, ok := strings.Cut(bare, "KEY-----"); ok {
		bare, _, _ = strings.Cut(after, "-----")
	}
	for _, candidate := range []struct{ text, hint string }{
		{strings.ReplaceAll(value, " ", "+"), "Write + for the spaces."},
		{strings.NewReplacer("-", "+", "_", "/").Replace(value), "Write + for - and / for _."},
		{strings.Map(func(c rune) rune {
			if notBase64(c) || strings.ContainsRune(whiteSpace, c) {
				return -1
			}
			return c
		}, bare), "Publish the key without it."},
	} {
		octets, _, err := decode(lint.NewSource("", candidate.text).Whole())
		if err != nil {
			continue
		}
		if _, err := readKey(octets, r.KeyType()); err == nil {
			return base64.StdEncoding.EncodeToString(octets), candidate.hint
		}
	}
	return "", ""
}

var base64Invalid = faultRule(lint.Doc{
	ID: "dkim-p-base64-invalid", Reason: ErrBase64,
	Title: "Key is not base64",
	Why: "The key is written with letters, digits, + and /. Receivers that meet anything else discard it: often a line of the PEM file, " +
		"a quotation mark or sample text.",
	Ref: "RFC 6376, Section 3.6.1",
	Bad: published("v=DKIM1; k=rsa; p=-----BEGIN PUBLIC KEY-----" + example1024 + "-----END PUBLIC KEY-----"),
}, func(r *Record, at lint.Span) lint.Finding {
	p := r.List.Get("p").Value
	found := lint.Finding{Message: "the value of p= is not base64", Hint: "Publish the key as the signing software shows it."}
	if at != p {
		found.Message = fmt.Sprintf("%q does not belong into a key in base64", firstRune(at))
	}
	if key, hint := mendedKey(r); key != "" {
		found.Hint, found.Fix = hint, lint.Replace(p, key)
	}
	return found
})

// firstRune returns the character that starts at a span.
func firstRune(at lint.Span) string {
	for _, c := range at.Source.Text[at.Start:] {
		return string(c)
	}
	return ""
}

var keyTruncated = faultRule(lint.Doc{
	ID: "dkim-p-truncated", Reason: ErrTruncated,
	Title: "Key is cut off",
	Why: "The key says how long it is, and octets are missing. Often a form took only 255 characters: longer values are published in " +
		"several strings, which receivers join.",
	Ref: "RFC 6376, Section 3.6.2.2",
	Bad: published(goodRecord[:255]),
}, func(r *Record, at lint.Span) lint.Finding {
	found := lint.Finding{Message: fmt.Sprintf("the key ends early, after %d characters", at.Len()),
		Hint: "Publish the whole key, in strings of at most 255 octets."}
	if len(r.String()) == 255 || at.Len() == 255 {
		found.Message = "the key is cut off at 255 octets"
	}
	// In base64 the exponent 65537, which ends nearly every key, looks like this.
	if end := strings.TrimRight(at.Text(), "="); strings.HasSuffix(end, "IDAQAB") || strings.HasSuffix(end, "CAwEAAQ") {
		found.Message = "octets are missing inside the key"
	}
	if key, _ := mendedKey(r); key != "" {
		return lint.Finding{Message: "spaces stand in the key where + belongs", Fix: lint.Replace(at, key)}
	}
	return found
})

// maxSwapped is how many strings are tried in other orders: six of three.
const maxSwapped = 3

var stringsSwapped = rule{
	Doc: lint.Doc{
		ID: "dkim-p-second-chunk-reordered", Severity: lint.Error,
		Title: "Strings of the record in the wrong order",
		Why:   "Receivers join the strings of a TXT record as they stand. In another order these make a key, in this one they do not.",
		Ref:   "RFC 6376, Section 3.6.2.2",
		Bad: lint.Example{Zone: `s1._domainkey TXT "v=DKIM1; k=rsa; p=" "` + example2048[200:] + `" "` + example2048[:200] + `"`,
			Args: good().Args},
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, s := range f.Selectors {
			if s.ordered != "" {
				source := s.Record.List.Source
				report(lint.Finding{Span: source.Whole(), Message: "the strings make a key only in another order", Fix: lint.Rewrite(source, s.ordered),
					Hint: "Publish the strings in the order in which they make a key."})
			}
		}
	},
}

// order looks whether the strings of a record without a key make one in another order.
func (s *Selector) order() {
	if s.Record == nil || s.Record.Key.Type != "" {
		return
	}
	for _, rr := range s.Reply.Answer.Records {
		if rr.Source == s.Record.List.Source && len(rr.Strings) > 1 && len(rr.Strings) <= maxSwapped {
			s.ordered = ordered(nil, rr.Strings)
		}
	}
}

// ordered returns the text of a sound record that begins with head and has the
// strings in some order; "" where there is none.
func ordered(head, rest []string) string {
	if len(rest) == 0 {
		text := strings.Join(head, "")
		if Parse(lint.NewSource("", text)).Err() != nil {
			return ""
		}
		return text
	}
	for i := range rest {
		next := slices.Concat(head, rest[i:i+1])
		if text := ordered(next, slices.Concat(rest[:i], rest[i+1:])); text != "" {
			return text
		}
	}
	return ""
}

var typeMismatch = faultRule(lint.Doc{
	ID: "dkim-key-type-mismatch", Reason: ErrKeyForm,
	Title: "Octets of p= are no key of the type in k=",
	Why: "Without k= the type is rsa. An RSA key is a SubjectPublicKeyInfo in DER, an Ed25519 key is its 32 octets without any wrapping; " +
		"receivers cannot use anything else.",
	Ref: "RFC 8463, Section 4.2",
	Bad: published("v=DKIM1; k=ed25519; p=" + exampleEd25519SPKI),
}, func(r *Record, at lint.Span) lint.Finding {
	octets, _, _ := decode(at)
	found := lint.Finding{Message: fmt.Sprintf("p= holds %d octets that are no key of the type %s", len(octets), r.KeyType()),
		Hint: "Publish the key as the signing software shows it."}
	inside, k := wrapped(octets), r.List.Get("k")
	_, rsa := readKey(octets, RSA)
	switch {
	case inside != nil && r.KeyType() == Ed25519:
		found.Message, found.Hint = "an Ed25519 key is published without wrapping", ""
		found.Fix = lint.Replace(at, base64.StdEncoding.EncodeToString(inside))
	case rsa == nil && k != nil:
		found.Message, found.Hint = "p= holds an RSA key, k= says ed25519", ""
		found.Span, found.Fix = k.Value, lint.Replace(k.Value, RSA)
	case len(octets) == 32 && k != nil:
		found.Message, found.Hint = "p= has the length of an Ed25519 key, k= says rsa", ""
		found.Span, found.Fix = k.Value, lint.Replace(k.Value, Ed25519)
	case len(octets) == 32:
		found.Message, found.Hint = "p= has the length of an Ed25519 key, and without k= the type is rsa", "Add k=ed25519."
	}
	return found
})

var ed25519Size = faultRule(lint.Doc{
	ID: "dkim-ed25519-length", Reason: ErrEd25519Size,
	Title: "Ed25519 key without 32 octets",
	Why:   "An Ed25519 key has 32 octets, in base64 44 characters. Receivers refuse any other length.",
	Ref:   "RFC 8463, Section 4.2",
	Bad:   published("v=DKIM1; k=ed25519; p=" + exampleEd25519[:40]),
}, func(_ *Record, at lint.Span) lint.Finding {
	octets, _, _ := decode(at)
	return lint.Finding{Message: fmt.Sprintf("the key has %d octets, not 32", len(octets)), Hint: "Publish the whole key as the signing software shows it."}
})

var notSPKI = rule{
	Doc: lint.Doc{
		ID: "dkim-key-not-spki", Severity: lint.Warning,
		Title: "RSA key as RSAPublicKey",
		Why: "The standard's text asks for this form, but its examples and everybody else publish a SubjectPublicKeyInfo, and some receivers " +
			"read only that.",
		Ref:  "RFC 6376, Section 3.6.1",
		Bad:  published("v=DKIM1; k=rsa; p=" + example2048PKCS1),
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.keys(func(r *Record, at lint.Span) {
			if r.Key.Type == RSA && r.Key.Form == PKCS1 {
				found := lint.Finding{Span: at, Message: "the key is an RSAPublicKey (PKCS #1)"}
				if value := r.Key.Value(); value != "" {
					found.Fix = lint.Replace(at, value)
				}
				report(found)
			}
		})
	},
}
