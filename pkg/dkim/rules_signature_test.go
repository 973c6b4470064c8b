package dkim

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// with returns a message that the plain draft becomes with more tags.
func with(t *testing.T, tags string) string {
	d := plain()
	d.tags += tags
	return d.text(t)
}

// at returns the message with its signature at another selector.
func at(t *testing.T, selector string) string {
	d := plain()
	d.tags = strings.Replace(d.tags, "s=s;", "s="+selector+";", 1)
	return d.text(t)
}

// above returns a message with the signature of another above its own.
func above(first, rest string) string {
	signature, _, _ := strings.Cut(first, "\r\n")
	return signature + "\r\n" + rest
}

// broken changes a field that the signatures of a message cover.
func broken(text string) string {
	return strings.Replace(text, "; bh=", "; n=1; bh=", 1)
}

// TestSignatureSeverity states which rules fire on a message, and how harshly.
func TestSignatureSeverity(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC) // 1785542400
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weak := plain()
	weak.key, weak.tags = short, strings.Replace(weak.tags, "ed25519", "rsa", 1)
	good := with(t, "")
	part := plain()
	part.tags, part.more = part.tags+"; l=7", "more\r\n"
	whole := part
	whole.tags, whole.body, whole.more = plain().tags, part.body+part.more, ""
	const pass = "notice dkim-pass"
	for _, tt := range []struct {
		name, text string
		records    []string // of the key; nil: that of the draft
		facts      SignatureFacts
		minBits    int
		want       []string
	}{
		{name: "unsigned", text: "From: ann@example.com\r\n\r\n", want: []string{"warning dkim-unsigned"}},
		{name: "good", text: good, want: []string{pass}},
		{name: "good at its last moment", text: with(t, "; t=1785542700; x=1785542701"), facts: SignatureFacts{At: now}, want: []string{pass}},
		{name: "unusual and good", text: with(t, "; i=ann@Mail.Example.COM; q=dns/doh:dns/txt; x_tag=1;; n=1"), want: []string{pass}},
		{name: "broken", text: broken(good), want: []string{"error dkim-sig-bad-signature"}},
		{name: "broken, DMARC passes", text: broken(good), facts: SignatureFacts{Vouched: true}, want: []string{"warning dkim-sig-bad-signature"}},
		{name: "broken beside a good one", text: above(broken(good), good), want: []string{"warning dkim-sig-bad-signature", pass}},
		{name: "unreadable beside a good one", text: "DKIM-Signature: v=1\r\n" + good, want: []string{"warning dkim-sig-missing-tag", pass}},
		{name: "broken beside an unknown one", text: above(at(t, "slow"), broken(good)), want: []string{"warning dkim-sig-bad-signature", "unknown dkim-sig-temperror"}},
		{name: "broken beside another", text: above(at(t, "gone"), broken(good)), want: []string{"error dkim-sig-no-key", "error dkim-sig-bad-signature"}},
		{name: "broken, key in test mode", text: broken(good), records: []string{record(t, testKey(), "t=y; ")}, want: []string{"warning dkim-sig-bad-signature", "notice dkim-sig-testing"}},
		{name: "unknown", text: at(t, "slow"), want: []string{"unknown dkim-sig-temperror"}},
		{name: "unknown, and the body was changed", text: at(t, "slow") + "x", want: []string{"error dkim-sig-body-hash-mismatch", "unknown dkim-sig-temperror"}},
		{name: "no key", text: good, records: []string{}, want: []string{"error dkim-sig-no-key"}},
		{name: "no key, DMARC passes", text: good, records: []string{}, facts: SignatureFacts{Vouched: true}, want: []string{"error dkim-sig-no-key"}},
		{name: "no key, and the body was changed", text: good + "x", records: []string{}, want: []string{"error dkim-sig-body-hash-mismatch", "error dkim-sig-no-key"}},
		{name: "revoked", text: good, records: []string{"v=DKIM1; p="}, want: []string{"error dkim-sig-key-revoked"}},
		{name: "no key record", text: good, records: []string{"v=spf1 -all"}, want: []string{"error dkim-sig-key-invalid"}},
		{name: "key for sha1", text: good, records: []string{record(t, testKey(), "h=sha1; ")}, want: []string{"error dkim-sig-algorithm-mismatch"}},
		{name: "short key", text: weak.text(t), records: []string{record(t, short, "")}, want: []string{pass}},
		{name: "shorter than demanded", text: weak.text(t), records: []string{record(t, short, "")}, minBits: 1025, want: []string{"error dkim-sig-weak-key"}},
		{name: "body changed", text: good + "x", want: []string{"error dkim-sig-body-hash-mismatch"}},
		{name: "header and body changed", text: broken(good) + "x", want: []string{"error dkim-sig-body-hash-mismatch"}},
		{name: "expired", text: with(t, "; x=1785542399"), facts: SignatureFacts{At: now}, want: []string{"error dkim-sig-expired"}},
		{name: "expired by now", text: with(t, "; x=1785542399"), facts: SignatureFacts{At: now, Late: true}, want: []string{"notice dkim-sig-expired"}},
		{name: "six minutes ahead", text: with(t, "; t=1785542760"), facts: SignatureFacts{At: now}, want: []string{"warning dkim-sig-future", pass}},
		{name: "at no time", text: with(t, "; t=1785542760"), want: []string{pass}},
		{name: "part of the body", text: part.text(t), want: []string{"error dkim-sig-l-tag", pass}},
		{name: "part of the body beside the whole", text: above(part.text(t), whole.text(t)), want: []string{"warning dkim-sig-l-tag", pass, pass}},
		{name: "l= of the whole body", text: with(t, "; l=7"), want: []string{"warning dkim-sig-l-tag", pass}},
		{name: "l= beyond the body", text: with(t, "; l=8"), want: []string{"error dkim-sig-l-tag"}},
		{name: "l= and another body", text: with(t, "; l=6"), want: []string{"error dkim-sig-body-hash-mismatch", "warning dkim-sig-l-tag"}},
		{name: "three too many", text: strings.Repeat("DKIM-Signature: x\r\n", 3) + good, want: []string{"notice dkim-sig-many", "warning dkim-sig-missing-tag", "warning dkim-sig-syntax"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.records == nil {
				tt.records = []string{record(t, testKey(), "")}
			}
			zone := testZone(t, tt.records...)
			zone.Fail("slow._domainkey.example.com", lookup.TypeTXT, lookup.ErrTimeout)
			o := VerifyOptions{At: tt.facts.At, MinBits: tt.minBits}
			if strings.Contains(tt.name, "too many") {
				o.MaxSignatures = 1
			}
			f := tt.facts
			f.Results = Verify(t.Context(), zone, readText(t, tt.text), o)
			var got []string
			for _, found := range lint.Run(SignatureRules(), &f) {
				line := found.Severity.String() + " " + found.RuleID
				if found.RuleID == signatureTempError.ID {
					line = "unknown " + found.RuleID
				}
				if got = append(got, line); found.Hint == "" && found.Severity > lint.Notice && found.RuleID != signatureTempError.ID {
					t.Errorf("%s: nothing says what to do", line)
				}
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSignatureMessages states what is said and where: the tag at fault, as line and
// column of the file.
func TestSignatureMessages(t *testing.T) {
	t.Parallel()
	const text = "Subject: x\nDKIM-Signature: v=2; a=rsa-md5; c=x\n\t; d=localhost; s=s\n ;h=to;\n t=soon; t=1; bh=; l=" +
		"\nDKIM-Signature: v=1; a=rsa-sha256; d=example.com; i=@example.org; s=s; h=from; q=x; t=2; x=1; bh=x!; b=QUJD; n\n\n"
	want := []string{
		`2:16 there is no b=`,
		`2:17 v= is "2" and not 1`,
		`2:22 a= is "rsa-md5"`,
		`2:33 c= is "x"`,
		`3:4 d= is "localhost", a single label`,
		`4:3 h= is "to", without from`,
		`5:2 t= cannot be "soon"`,
		`5:10 "t=1" is the second tag of that name`,
		`5:15 bh= is empty`,
		`5:20 l= is empty`,
		`6:51 i= is "@example.org" and d= is "example.com"`,
		`6:80 q= is "x", which does not hold dns/txt`,
		`6:90 x= is "1" and t= is "2"`,
		`6:99 bh= cannot be "x!"`,
		`6:110 "n": an equals sign is missing`,
	}
	m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{File: "x.eml"})
	if err != nil {
		t.Fatal(err)
	}
	found := lint.Run(SignatureRules(), &SignatureFacts{Results: Verify(t.Context(), testZone(t), m, VerifyOptions{})})
	slices.SortStableFunc(found, func(a, b lint.Finding) int {
		p, q := a.Span.Position(), b.Span.Position()
		return (p.Line-q.Line)*1000 + p.Column - q.Column
	})
	var got []string
	for _, f := range found {
		p := f.Span.Position()
		got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, f.Message))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestKeyRuleNamed wants the rule about the key record in the message.
func TestKeyRuleNamed(t *testing.T) {
	t.Parallel()
	const want = "the key record at s._domainkey.example.com cannot be used: the key is not base64 (dkim-p-base64-invalid)"
	results := Verify(t.Context(), testZone(t, "k=ed25519; p=%%%"), readText(t, with(t, "")), VerifyOptions{})
	if found := lint.Run(SignatureRules(), &SignatureFacts{Results: results}); len(found) != 1 || found[0].Message != want {
		t.Errorf("%+v, want %s", found, want)
	}
}
