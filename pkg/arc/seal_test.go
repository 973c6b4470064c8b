package arc_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/message"
)

// handler is somebody who passes mail on and seals it.
type handler struct {
	domain string
	key    crypto.Signer
}

// newHandler returns a handler whose Ed25519 key is made of its name, so that what
// it seals is always the same.
func newHandler(domain string) handler {
	seed := sha256.Sum256([]byte("example key of " + domain))
	return handler{domain, ed25519.NewKeyFromSeed(seed[:])}
}

// record returns the key record.
func (h handler) record() string {
	if key, ok := h.key.Public().(*rsa.PublicKey); ok {
		return "v=DKIM1; p=" + dkim.Key{Type: dkim.RSA, Modulus: key.N, Exponent: bigInt(key.E)}.Value()
	}
	return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(h.key.Public().(ed25519.PublicKey))
}

func (h handler) algorithm() string {
	if _, ok := h.key.(*rsa.PrivateKey); ok {
		return "rsa-sha256"
	}
	return "ed25519-sha256"
}

// sign completes a field that ends in "b=". form gives the canonical form of fields.
func (h handler) sign(t testing.TB, form func(string) string, fields []string, field string) string {
	t.Helper()
	var text strings.Builder
	for _, f := range fields {
		text.WriteString(form(f) + "\r\n")
	}
	digest := sha256.Sum256([]byte(text.String() + form(field)))
	// RFC 8463, Section 3: what Ed25519 signs is the digest.
	options := crypto.SHA256
	if h.algorithm() == "ed25519-sha256" {
		options = crypto.Hash(0)
	}
	signature, err := h.key.Sign(nil, digest[:], options)
	if err != nil {
		t.Fatal(err)
	}
	return field + base64.StdEncoding.EncodeToString(signature)
}

// relax implements RFC 6376, Section 3.4.2 for the fields of these tests.
func relax(field string) string {
	name, value, _ := strings.Cut(field, ":")
	return strings.ToLower(name) + ":" + strings.Join(strings.Fields(value), " ")
}

// keep implements RFC 6376, Section 3.4.1.
func keep(field string) string { return field }

// mail is a message on its way. All its lines are in canonical form.
type mail struct {
	sets   [][3]string // in the order of arc.Kind
	header []string
	body   string
	key    crypto.Signer // with which all handlers sign; nil: each with its own
}

func newMail() *mail {
	return &mail{
		header: []string{
			"From: Ann <ann@example.com>", "To: talk@list.example.com", "Subject: Lunch",
			"Date: Mon, 2 Mar 2026 12:00:00 +0000", "Message-ID: <lunch@example.com>",
		},
		body: "Who comes along?\r\n",
	}
}

// set is what a handler writes. The zero value is a set as it should be.
type set struct {
	results   string              // claims; empty: spf=pass
	cv        string              // empty: none in the first set, pass in others
	algorithm string              // claimed instead of the real one
	message   string              // more tags of the ARC-Message-Signature
	seal      string              // more tags of the ARC-Seal
	names     string              // h= of the ARC-Message-Signature; empty: From to Message-ID
	instance  int                 // 0: the next
	form      func(string) string // of what the ARC-Message-Signature is over; nil: relax
}

// seal adds a set on top.
func (m *mail) seal(t testing.TB, h handler, s set) {
	t.Helper()
	if m.key != nil {
		h.key = m.key
	}
	or := func(value, other string) string {
		if value == "" {
			return other
		}
		return value
	}
	if s.form == nil {
		s.form = relax
	}
	i, cv := s.instance, "pass"
	if i == 0 {
		i = len(m.sets) + 1
	}
	if i == 1 {
		cv = "none"
	}
	algorithm := or(s.algorithm, h.algorithm())
	bh := sha256.Sum256([]byte(m.body))
	added := [3]string{fmt.Sprintf("ARC-Authentication-Results: i=%d; mx.%s;\r\n %s", i, h.domain, or(s.results, "spf=pass smtp.mailfrom=example.com"))}
	names := or(s.names, "From:To:Subject:Date:Message-ID")
	added[1] = h.sign(t, s.form, m.named(names), fmt.Sprintf("ARC-Message-Signature: i=%d; a=%s;%s d=%s; s=s1;\r\n h=%s;\r\n bh=%s;\r\n b=",
		i, algorithm, or(s.message, " c=relaxed/relaxed;"), h.domain, names, base64.StdEncoding.EncodeToString(bh[:])))
	var sealed []string
	for _, earlier := range m.sets {
		sealed = append(sealed, earlier[:]...)
	}
	added[2] = h.sign(t, relax, append(sealed, added[:2]...), fmt.Sprintf("ARC-Seal: i=%d; a=%s; cv=%s; d=%s; s=s1;%s\r\n b=",
		i, algorithm, or(s.cv, cv), h.domain, s.seal))
	m.sets = append(m.sets, added)
}

// named returns the fields of the header that h= names, each of which is there once.
func (m *mail) named(names string) []string {
	var fields []string
	for name := range strings.SplitSeq(names, ":") {
		for _, f := range m.header {
			if strings.HasPrefix(f, name+": ") {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// String returns the message, the newest set on top.
func (m *mail) String() string {
	var text strings.Builder
	for i := len(m.sets) - 1; i >= 0; i-- {
		for k := 2; k >= 0; k-- {
			if m.sets[i][k] != "" {
				text.WriteString(m.sets[i][k] + "\r\n")
			}
		}
	}
	return text.String() + strings.Join(m.header, "\r\n") + "\r\n\r\n" + m.body
}

func read(t testing.TB, text string) *message.Message {
	t.Helper()
	m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
