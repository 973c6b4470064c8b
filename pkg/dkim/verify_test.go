package dkim

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// draft is a message to be signed relaxed/relaxed by the definitions of the
// standard, step by step.
type draft struct {
	tags   string   // of the signature but for bh= and b=
	fields []string // of the header, top first, without line ends
	signed []string // those that the signature covers, in the order of h=
	body   string   // covered by bh=
	more   string   // behind it
	key    crypto.Signer
}

// plain is a draft that passes with the key record of testZone.
func plain() draft {
	from, subject := "From: Ann <ann@example.com>", "Subject: hello"
	return draft{
		tags:   "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.com; s=s; h=from:subject",
		fields: []string{from, subject}, signed: []string{from, subject}, body: "Hello\r\n", key: testKey(),
	}
}

func testKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
}

// record is what is published for a key.
func record(t testing.TB, key crypto.Signer, tags string) string {
	if public, ok := key.Public().(ed25519.PublicKey); ok {
		return tags + "k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return tags + "p=" + base64.StdEncoding.EncodeToString(der)
}

// text signs the draft.
func (d draft) text(t testing.TB) string {
	bh := sha256.Sum256([]byte(slowBody(Relaxed, d.body)))
	value := d.tags + "; bh=" + base64.StdEncoding.EncodeToString(bh[:]) + "; b="
	var header strings.Builder
	for _, f := range d.signed {
		header.WriteString(slowHeader(f + "\r\n"))
	}
	header.WriteString(strings.TrimSuffix(slowHeader("DKIM-Signature: "+value+"\r\n"), "\r\n"))
	digest := sha256.Sum256([]byte(header.String()))
	hash := crypto.Hash(0)
	if _, ok := d.key.(*rsa.PrivateKey); ok {
		hash = crypto.SHA256
	}
	signature, err := d.key.Sign(rand.Reader, digest[:], hash)
	if err != nil {
		t.Fatal(err)
	}
	return "DKIM-Signature: " + value + base64.StdEncoding.EncodeToString(signature) + "\r\n" +
		strings.Join(d.fields, "\r\n") + "\r\n\r\n" + d.body + d.more
}

func testZone(t testing.TB, records ...string) *lookup.Zone {
	text := ";! AUTHORITATIVE .\n"
	for _, r := range records {
		if len(r) > 250 {
			r = r[:250] + `" "` + r[250:]
		}
		text += "s._domainkey.example.com. TXT \"" + r + "\"\n"
	}
	zone, err := lookup.ParseZone("zone", text)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func readText(t testing.TB, text string) *message.Message {
	m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

type outcome struct {
	Status           Status
	Reason           string
	BodyHash, Header Check
	Unsigned         int64
	Testing          bool
}

func outcomeOf(r Result) outcome {
	o := outcome{Status: r.Status, BodyHash: r.BodyHash, Header: r.Header, Unsigned: r.Unsigned(), Testing: r.Testing()}
	if r.Reason != nil {
		o.Reason = r.Reason.Error()
	}
	return o
}

func TestVerify(t *testing.T) {
	t.Parallel()
	key := record(t, testKey(), "")
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	others := make([]string, maxKeys+1)
	for i := range others {
		others[i] = record(t, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(2 + i)}, ed25519.SeedSize)), "")
	}
	at := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	passes := outcome{Status: Pass, BodyHash: Equal, Header: Equal}
	for _, tt := range []struct {
		name    string
		draft   func(d *draft)
		change  func(text string) string
		records []string // nil: the key
		options VerifyOptions
		want    outcome
	}{
		{name: "good", want: passes},
		{name: "LF", change: func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }, want: passes},
		{name: "upper case", draft: func(d *draft) {
			d.tags = "v=1; a=Ed25519-SHA256; c=Relaxed/RELAXED; d=EXAMPLE.com; i=ann@Mail.Example.Com; q=DNS/TXT; s=S; h=From:subject"
		}, want: passes},
		{name: "words in z=", draft: func(d *draft) { d.tags += "; z=Subject:Bob=20lives|b=3Db" }, want: passes},
		{name: "quoted identity", draft: func(d *draft) { d.tags += "; i=a=\r\n =40b=3D@example.com" }, want: passes},
		{name: "own field named", draft: func(d *draft) { d.tags = strings.Replace(d.tags, "subject", "subject:dkim-signature", 1) }, want: passes},
		{name: "body changed", change: func(s string) string { return s + "x" },
			want: outcome{Status: Fail, Reason: ErrBodyHash.Error(), BodyHash: Differs, Header: Equal}},
		{name: "header changed", change: func(s string) string { return strings.Replace(s, "hello", "[list] hello", 1) },
			want: outcome{Status: Fail, Reason: ErrSignature.Error(), BodyHash: Equal, Header: Differs}},
		{name: "both changed", change: func(s string) string { return strings.Replace(s, "hello", "x", 1) + "x" },
			want: outcome{Status: Fail, Reason: ErrBodyHash.Error(), BodyHash: Differs, Header: Differs}},
		{name: "part of the body", draft: func(d *draft) { d.tags, d.more = d.tags+"; l=7", "more  text\r\n" },
			want: outcome{Status: Pass, BodyHash: Equal, Header: Equal, Unsigned: 11}},
		{name: "part beyond the end", draft: func(d *draft) { d.tags += "; l=99999999999999999999999999" },
			want: outcome{Status: PermError, Reason: ErrLength.Error(), BodyHash: Differs, Header: Equal}},
		{name: "expired", draft: func(d *draft) { d.tags += "; x=1785000000" }, options: VerifyOptions{At: at},
			want: outcome{Status: Fail, Reason: ErrExpired.Error(), BodyHash: Equal, Header: Equal}},
		{name: "expired at no time", draft: func(d *draft) { d.tags += "; x=1785000000" }, want: passes},
		{name: "expires beyond every calendar", draft: func(d *draft) { d.tags += "; x=1234567890123" }, options: VerifyOptions{At: at}, want: passes},
		{name: "short key", draft: func(d *draft) { d.key, d.tags = short, strings.Replace(d.tags, "ed25519", "rsa", 1) },
			records: []string{record(t, short, "")}, want: passes},
		{name: "shorter than demanded", draft: func(d *draft) { d.key, d.tags = short, strings.Replace(d.tags, "ed25519", "rsa", 1) },
			records: []string{record(t, short, "")}, options: VerifyOptions{MinBits: 2048},
			want: outcome{Status: Policy, Reason: ErrMinBits.Error(), BodyHash: Equal, Header: Equal}},
		{name: "trying out", records: []string{record(t, testKey(), "t=y; ")},
			want: outcome{Status: Pass, BodyHash: Equal, Header: Equal, Testing: true}},
		{name: "strict", records: []string{record(t, testKey(), "t=y:s; ")}, draft: func(d *draft) { d.tags += "; i=@a.example.com" },
			want: outcome{Status: PermError, Reason: ErrStrict.Error(), BodyHash: Equal, Header: Unknown, Testing: true}},
		{name: "two keys", records: []string{others[0], key}, want: passes},
		{name: "as many keys as are tried", records: append(slices.Clone(others[:maxKeys-1]), key), want: passes},
		{name: "more keys than are tried", records: others,
			want: outcome{Status: PermError, Reason: ErrTooManyKeys.Error(), BodyHash: Equal, Header: Unknown}},
		{name: "a revoked key first", records: []string{"p=", key}, want: passes},
		{name: "other texts", records: []string{"v=spf1 -all", key}, want: passes},
		{name: "other texts alone", records: []string{"v=spf1 -all"},
			want: outcome{Status: PermError, Reason: ErrNotKey.Error(), BodyHash: Equal, Header: Unknown}},
		{name: "no key", records: []string{},
			want: outcome{Status: PermError, Reason: ErrNoRecord.Error(), BodyHash: Equal, Header: Unknown}},
		{name: "key of another type", records: []string{record(t, short, "")},
			want: outcome{Status: PermError, Reason: ErrKeyMismatch.Error(), BodyHash: Equal, Header: Unknown}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := plain()
			if tt.draft != nil {
				tt.draft(&d)
			}
			text := d.text(t)
			if tt.change != nil {
				text = tt.change(text)
			}
			if tt.records == nil {
				tt.records = []string{key}
			}
			results := Verify(t.Context(), testZone(t, tt.records...), readText(t, text), tt.options)
			if len(results) != 1 {
				t.Fatalf("%d results", len(results))
			}
			if diff := cmp.Diff(tt.want, outcomeOf(results[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestULabels signs with a name beyond ASCII (RFC 8616, Section 5).
func TestULabels(t *testing.T) {
	t.Parallel()
	d := plain()
	d.tags = strings.Replace(d.tags, "example.com", "b\u00fccher.example; i=j\u00fcrgen@xn--bcher-kva.example", 1)
	zone, err := lookup.ParseZone("zone", "s._domainkey.xn--bcher-kva.example. TXT \""+record(t, testKey(), "")+"\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if res := Verify(t.Context(), zone, readText(t, d.text(t)), VerifyOptions{}); res[0].Status != Pass {
		t.Errorf("%v", res[0].Reason)
	}
}

// TestSeal judges a signature that covers fields of others' choice and no body.
func TestSeal(t *testing.T) {
	t.Parallel()
	results, value := "ARC-Authentication-Results: i=1;  none", " i=1; a=ed25519-sha256; cv=none; d=example.com; s=s; b="
	digest := sha256.Sum256([]byte(slowHeader(results+"\r\n") + strings.TrimSuffix(slowHeader("ARC-Seal:"+value+"\r\n"), "\r\n")))
	octets, err := testKey().Sign(nil, digest[:], crypto.Hash(0))
	if err != nil {
		t.Fatal(err)
	}
	seal := "ARC-Seal:" + value + base64.StdEncoding.EncodeToString(octets)
	zone := testZone(t, record(t, testKey(), ""))
	for text, want := range map[string]outcome{
		seal + "\r\n" + results + "\r\n\r\n":       {Status: Pass, BodyHash: Unknown, Header: Equal},
		seal + "\r\n" + results + ", no\r\n\r\nhi": {Status: Fail, Reason: ErrSignature.Error(), BodyHash: Unknown, Header: Differs},
	} {
		m := readText(t, text)
		f := &m.Fields[0]
		s := ParseSignature(f, m.Source(f, "ARC-Seal 1"), ARCSeal)
		reply := AskKeys(t.Context(), zone, []*Signature{s})[0]
		got := s.Judge(Evidence{Reply: reply, Digest: s.Digest(m.Named("ARC-Authentication-Results"))}, VerifyOptions{})
		if diff := cmp.Diff(want, outcomeOf(got)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestManySignatures(t *testing.T) {
	t.Parallel()
	text := plain().text(t)
	signature, rest, _ := strings.Cut(text, "\r\n")
	text = strings.Repeat(signature+"\r\n", 999) + "DKIM-Signature: broken\r\n" + rest
	zone := testZone(t, record(t, testKey(), ""))
	for limit, want := range map[int]int{0: DefaultMaxSignatures, 3: 3, 5000: 999} {
		passed, skipped := 0, 0
		for _, r := range Verify(t.Context(), zone, readText(t, text), VerifyOptions{MaxSignatures: limit}) {
			switch {
			case r.Status == Pass:
				passed++
			case r.Status == Neutral && r.Reason == ErrTooMany:
				skipped++
			}
		}
		if passed != want || skipped != max(1000-want, 0) && limit < 1000 {
			t.Errorf("%d: %d passed, %d were not looked at", limit, passed, skipped)
		}
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	text, zone := plain().text(t), testZone(t, record(t, testKey(), ""))
	zone.Fail("s._domainkey.example.com", lookup.TypeTXT, lookup.ErrTimeout)
	res := Verify(t.Context(), zone, readText(t, text), VerifyOptions{})[0]
	if res.Status != TempError || !errors.Is(res.Reason, lookup.ErrTimeout) || res.BodyHash != Equal || res.Header != Unknown {
		t.Errorf("no key: %s, %v, body %s, header %s", res.Status, res.Reason, res.BodyHash, res.Header)
	}
	in := &failing{Reader: strings.NewReader(text)}
	m, err := message.Read(in, int64(len(text)), message.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	in.failed = true
	zone = testZone(t, record(t, testKey(), ""))
	res = Verify(t.Context(), zone, m, VerifyOptions{})[0]
	if res.Status != TempError || !errors.Is(res.Reason, ErrUnread) || !errors.Is(res.Reason, io.ErrClosedPipe) || res.BodyHash != Unknown || res.Header != Equal {
		t.Errorf("no body: %s, %v, body %s, header %s", res.Status, res.Reason, res.BodyHash, res.Header)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if res := Verify(ctx, zone, readText(t, text), VerifyOptions{})[0]; res.Status != TempError {
		t.Errorf("cancelled: %s, %v", res.Status, res.Reason)
	}
}

// failing is an input that goes away.
type failing struct {
	*strings.Reader
	failed bool
}

func (f *failing) ReadAt(p []byte, at int64) (int, error) {
	if f.failed {
		return 0, io.ErrClosedPipe
	}
	return f.Reader.ReadAt(p, at)
}
