package dkim

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// covering returns a message that has the fields and is signed with h=; what is signed of
// the fields comes in the order of h=.
func covering(t *testing.T, h string, fields, signed []string) string {
	d := plain()
	d.tags = strings.Replace(d.tags, "h=from:subject", "h="+h, 1)
	d.fields, d.signed = fields, signed
	return d.text(t)
}

// unverified returns a message whose signature, relaxed/relaxed unless the tag says
// otherwise, can be read and does not verify.
func unverified(tag string) string {
	text := strings.ReplaceAll(sample(tag).Message, "\n", "\r\n")
	if !strings.HasPrefix(tag, "c=") {
		text = strings.Replace(text, "d=example.com;", "d=example.com; c=relaxed/relaxed;", 1)
	}
	return text
}

// TestSignatureAdvice states what is found about the coverage and the strength of signatures.
func TestSignatureAdvice(t *testing.T) {
	t.Parallel()
	const (
		from, subject = "From: Ann <ann@example.com>", "Subject: hello"
		alone, over   = "notice dkim-sig-ed25519-unverifiable-note", "notice dkim-sig-from-not-oversigned"
		unsigned      = "notice dkim-sig-recommended-header-unsigned: "
		injected      = "error dkim-sig-header-injected"
		volatile      = "warning dkim-sig-signs-volatile: h= names "
		differs       = "notice dkim-sig-z-mismatch: "
		uncovered     = "error dkim-sig-list-unsubscribe-unsigned"
		leave, post   = "List-Unsubscribe: <https://a.example/>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
	)
	two, ready := []string{from, subject}, "From:From:Subject"
	good := covering(t, ready, two, two)
	eightBit := plain()
	eightBit.body = "caf\u00e9\r\n"
	for _, tt := range []struct {
		name, text string
		want       []string // with the message where there is a colon
	}{
		{"oversigned", good, []string{alone}},
		{"not oversigned", with(t, ""), []string{alone, over}},
		{"one of two is oversigned", above(with(t, ""), good), []string{alone}},
		{"does not verify", broken(with(t, "")), nil},
		{"another Subject", covering(t, ready, []string{"Subject: x", from, subject}, two), []string{alone, injected}},
		{"another Subject, covered", covering(t, ready+":subject", []string{"Subject: x", from, subject}, []string{from, subject, "Subject: x"}), []string{alone}},
		{"two Subject fields, none is covered", covering(t, "from:from", []string{"Subject: x", from, subject}, []string{from}), []string{alone, unsigned + "not signed: Subject"}},
		{"two fields that may be repeated", covering(t, ready+":list-x", []string{"List-X: 1", "List-X: 2", from, subject}, []string{from, subject, "List-X: 2"}), []string{alone}},
		{"much is not covered", covering(t, "from:from", []string{"To: b@example.net", "cc: c@example.net", "Received: by x", "X-Y: z", "MIME-Version: 1.0", "List-Post: <x>", "Sender: a@example.com", from}, []string{from}),
			[]string{alone, unsigned + "not signed: To, Cc, List-Post, MIME-Version"}},
		{"another signature covers it", above(covering(t, "from:from", two, []string{from}), good), []string{alone}},
		{"one click, unsigned", covering(t, "from:from", []string{leave, post, from}, []string{from}),
			[]string{alone, unsigned + "not signed: List-Unsubscribe, List-Unsubscribe-Post", uncovered}},
		{"one click, half signed", above(covering(t, "from:from:list-unsubscribe", []string{leave, post, from}, []string{from, leave}), covering(t, "from:from:list-unsubscribe-post", []string{leave, post, from}, []string{from, post})),
			[]string{alone, uncovered}},
		{"one click, signed", covering(t, "from:from:LIST-unsubscribe:list-unsubscribe-post", []string{leave, post, from}, []string{from, leave, post}), []string{alone}},
		{"one click, signed by what fails", broken(covering(t, "from:from:list-unsubscribe:list-unsubscribe-post", []string{leave, post, from}, []string{from, leave, post})), nil},
		{"one click, unsigned by what fails", leave + "\r\n" + post + "\r\n" + unverified(""), []string{uncovered}},
		{"no one click", covering(t, "from:from", []string{leave, from}, []string{from}), []string{alone, unsigned + "not signed: List-Unsubscribe"}},
		{"one click, not signed at all", leave + "\r\n" + post + "\r\nFrom: a@example.com\r\n\r\n", nil},
		{"30 days", unverified("t=1795301286; x=1797893286"), nil},
		{"30 days and a second", unverified("t=1795301286; x=1797893287"), []string{"notice dkim-sig-long-lived"}},
		{"nobody knows since when", unverified("x=1999999999"), nil},
		{"simple header", unverified("c=simple/relaxed"), []string{"notice dkim-sig-simple-header-canon"}},
		{"simple body", unverified("c=relaxed/simple"), nil},
		{"no c=", strings.ReplaceAll(sample("").Message, "\n", "\r\n"), []string{"notice dkim-sig-simple-header-canon"}},
		{"trace fields", unverified("h=from:RECEIVED:received:ARC-Seal:return-path"), []string{volatile + "Return-Path, Received, ARC-Seal"}},
		{"what is left to the signer", unverified("h=from:DKIM-Signature:authentication-results"), []string{"notice dkim-sig-signs-volatile: h= names Authentication-Results, DKIM-Signature"}},
		{"and what is not", unverified("h=from:DKIM-Signature:received"), []string{volatile + "Received, DKIM-Signature"}},
		{"comments that are not there", unverified("h=from:comments:keywords:bcc"), nil},
		{"comments", "Comments: x\r\n" + unverified("h=from:comments:keywords:bcc"), []string{volatile + "Comments"}},
		{"copies", unverified("z=From:Ann=20=20<ann@example.com>|from:=20Ann=09=20<ann@example.\n com>"), nil},
		{"a copy that differs", unverified("z=From:Bob=20<ann@example.com>|Subject:x=7Cy"),
			[]string{differs + `2 fields differing: "From" was "Bob <ann@example.com>"; "Subject" was "x|y"`}},
		{"no copies", unverified("z=|x|=|"), nil},
		{"8 bits", eightBit.text(t), []string{alone, over, "notice dkim-sig-8bit-risk"}},
		{"8 bits that nobody signed", good + "caf\u00e9\r\n", nil},
		{"CR alone", unverified("") + "a\rb\r\n", []string{"warning dkim-sig-bare-lf: CR stands without LF in a signed message"}},
		{"LF here and there", unverified("") + "a\n", []string{"warning dkim-sig-bare-lf: LF stands without CR among other line ends in a signed message"}},
		{"LF throughout", strings.ReplaceAll(unverified(""), "\r", ""), nil},
		{"CR alone, unsigned", "From: a@example.com\r\n\r\na\rb\r\n", nil},
		{"DKIM2", "message-instance: 1\r\nDKIM2-Signature: i=1\r\n" + unverified(""), []string{"notice dkim2-signature-present: DKIM2-Signature is a field of DKIM2, which is not verified"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := readText(t, tt.text)
			zone := testZone(t, record(t, testKey(), ""))
			f := Advise(m, &SignatureFacts{Results: Verify(t.Context(), zone, m, VerifyOptions{})})
			var got []string
			for _, found := range lint.Run(AdviceRules(), f) {
				line := found.Severity.String() + " " + found.RuleID
				if full := line + ": " + found.Message; slices.Contains(tt.want, full) {
					line = full
				}
				if got = append(got, line); found.Hint == "" && found.Severity > lint.Notice {
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

// TestAdviceUnknown wants nothing said of all signatures where the key of one that may make
// it false got no answer; where that key is known not to exist, it is said.
func TestAdviceUnknown(t *testing.T) {
	t.Parallel()
	const leave, post = "List-Unsubscribe: <https://a.example/>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
	fields := []string{leave, post, "From: Ann <ann@example.com>"}
	slow := plain()
	slow.tags = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=slow; h=from:from:list-unsubscribe:list-unsubscribe-post"
	slow.fields, slow.signed = fields, fields
	changed := slow
	changed.body = "Good bye\r\n" // and so not valid, whatever the key is
	good := covering(t, "from", fields, fields[2:])
	all := []string{"dkim-sig-ed25519-unverifiable-note", "dkim-sig-from-not-oversigned", "dkim-sig-list-unsubscribe-unsigned", "dkim-sig-recommended-header-unsigned"}
	for _, tt := range []struct {
		name, directive, text string
		want                  []string
	}{
		{"no answer", ";! SERVFAIL", above(slow.text(t), good), nil},
		{"no answer, another body", ";! SERVFAIL", above(changed.text(t), good), all},
		{"no key", ";! NXDOMAIN", above(slow.text(t), good), all},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("zone", ";! AUTHORITATIVE .\n"+tt.directive+" slow._domainkey.example.com. TXT\ns._domainkey.example.com. TXT \""+record(t, testKey(), "")+"\"\n")
			if err != nil {
				t.Fatal(err)
			}
			m := readText(t, tt.text)
			var got []string
			for _, found := range lint.Run(AdviceRules(), Advise(m, &SignatureFacts{Results: Verify(t.Context(), zone, m, VerifyOptions{})})) {
				got = append(got, found.RuleID)
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzAdvice demands that rules find their way in messages of any kind: no panic, and
// every place inside its text.
func FuzzAdvice(f *testing.F) {
	f.Add(sample("z=From:Bob=20<ann@example.com>|x=7C=").Message + "a\rb\u00e9\n")
	f.Add("DKIM2-Signature: x\r\nFrom: a@b.example\r\nfrom: c\r\n" + unverified("h=from:FROM:received:bcc"))
	zone := testZone(f, record(f, testKey(), ""))
	f.Fuzz(func(t *testing.T, text string) {
		m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{File: "a.eml"})
		if err != nil {
			return
		}
		for _, found := range lint.Run(AdviceRules(), Advise(m, &SignatureFacts{Results: Verify(t.Context(), zone, m, VerifyOptions{})})) {
			if s := found.Span; s.Start < 0 || s.Start > s.End || s.End > len(s.Source.Text) || s.Position().Line < 1 {
				t.Errorf("%s at %d-%d of %q, line %d", found.RuleID, s.Start, s.End, s.Source.Text, s.Position().Line)
			}
		}
	})
}
