package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// told returns the findings of a rule in words.
func told(findings []lint.Finding, rule string) []string {
	var list []string
	for _, f := range findings {
		if f.RuleID == rule {
			list = append(list, f.Severity.String()+": "+f.Message)
		}
	}
	return list
}

// TestForged states which fields in the receiver's name came with the message.
func TestForged(t *testing.T) {
	t.Parallel()
	const (
		ar     = "Authentication-Results: MX.example.net; none\n"
		border = "Received: from mail.example.com (mail.example.com [192.0.2.1]) by mx.example.net with ESMTPS; Sat, 21 Nov 2026 23:00:00 +0000\n"
		within = "Received: from mx.example.net (mx.example.net [198.51.100.1]) by store.example.net with ESMTPS\n"
		local  = "Received: from filter (localhost [127.0.0.1]) by mx.example.net with ESMTP\n"
		passed = "Received: from mx.example.net (mx.example.net [198.51.100.1]) by in.example.org with ESMTPS\n"
		below  = "the field of MX.example.net stands below the Received field of its border"
	)
	for _, tt := range []struct {
		name, id, fields string
		want             []string
	}{
		{"above", "mx.example.net", ar + border, nil},
		{"above and below", "mx.example.net", ar + border + ar, []string{"error: " + below}},
		{"below alone", "mx.example.net", border + ar, []string{"warning: " + below}},
		{"two below", "mx.example.net", ar + border + ar + ar, []string{"error: " + below, "error: " + below}},
		{"of somebody else", "mx.example.net", ar + border + "Authentication-Results: mx.example.org; none\n", nil},
		{"nobody is believed", "", ar + border + ar, nil},
		{"hops within", "mx.example.net", within + local + ar + border, nil},
		{"below hops within", "mx.example.net", within + local + ar + border + ar, []string{"error: " + below}},
		{"passed on", "mx.example.net", passed + ar + border, nil},
		{"passed on, and forged", "mx.example.net", passed + ar + border + ar, []string{"error: " + below}},
		{"passed on, and no border", "mx.example.net", passed + ar, nil},
		{"a hop that does not tell", "mx.example.net", ar + "Received: from mail.example.com by mx.example.net with ESMTPS\n" + border + ar, nil},
		{"several addresses", "mx.example.net", ar + "Received: from x (a [192.0.2.1] [192.0.2.2]) by mx.example.net with ESMTPS\n" + ar, nil},
		{"no hop", "mx.example.net", ar + ar, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := told(verifySigned(t, tt.fields, signedZone, MessageRequest{AuthservID: tt.id}).Findings, arForged.ID)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestClientUnclear tells a guess from what somebody said.
func TestClientUnclear(t *testing.T) {
	t.Parallel()
	const hop = "Received: from x (localhost [127.0.0.1]) by mx.example.net\nReceived: from mail.example.com (mail.example.com [192.0.2.1]) by mx.example.net\n"
	for _, tt := range []struct {
		name, fields string
		q            MessageRequest
		want         []string
	}{
		{"guess", hop, MessageRequest{Trace: Guess}, []string{"notice: the client 192.0.2.1 is a guess, by this field"}},
		{"said", hop, MessageRequest{Trace: Guess, Envelope: envelope("192.0.2.7", "ann@example.com")}, nil},
		{"not guessed", hop, MessageRequest{}, nil},
		{"nothing to guess by", "", MessageRequest{Trace: Guess}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := told(verifySigned(t, tt.fields, signedZone, tt.q).Findings, clientUnclear.ID)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNames states which names of signers and authors are told.
func TestNames(t *testing.T) {
	t.Parallel()
	none, err := lookup.ParseZone("zone", ";! AUTHORITATIVE .\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		rule, fields string
		want         []string
	}{
		{signedBySuffix.ID, "From: a@a.example\nDKIM-Signature: d=CO.UK; s=s\nDKIM-Signature: d=a.co.uk; s=s", []string{"warning: d= is co.uk, a public suffix"}},
		{signedBySuffix.ID, "From: a@a.example\nDKIM-Signature: d=com; s=s\nDKIM-Signature: d=github.io; s=s\nDKIM-Signature: d=co.uk\nDKIM-Signature: d=city.kawasaki.jp; s=s", nil},
		{displayNameSpoof.ID, "From: Ann <a@a.example>, ceo@b.example", nil},
		{displayNameSpoof.ID, `From: "ceo@b.example" <a@a.example>`, []string{"warning: the name shows an address at b.example, but the message is from a.example"}},
		{displayNameSpoof.ID, "List-Id: <l.example>\nFrom: 'ceo@b.example' via list <l@a.example>", []string{"notice: the name shows an address at b.example, but the message is from a.example"}},
		{displayNameSpoof.ID, "From: =?utf-8?q?=E2=80=9Cceo=40B=2Eexample=E2=80=9D?= <a@a.example>", []string{"warning: the name shows an address at b.example, but the message is from a.example"}},
		{displayNameSpoof.ID, "From: =?utf-8?b?Y2VvQGIuZXhhbXBsZQ==?= <a@a.example>", []string{"warning: the name shows an address at b.example, but the message is from a.example"}},
		{displayNameSpoof.ID, "From: =?x-none?b?Y2VvQGIuZXhhbXBsZQ==?= <a@a.example>", nil},
		{displayNameSpoof.ID, "From: a@x.a.co.uk <a@a.co.uk>, a@b.co.uk <a@a.co.uk>", []string{"warning: the name shows an address at b.co.uk, but the message is from a.co.uk"}},
		{displayNameSpoof.ID, `From: "Ann @ b.example, at@home, @b.example, v@1.0, x@[192.0.2.1]" <a@a.example>`, nil},
		{displayNameSpoof.ID, `From: "me @b.example or ceo@b.example." <a@a.example>`, []string{"warning: the name shows an address at b.example, but the message is from a.example"}},
		{displayNameSpoof.ID, "From: ceo@b\u00fccher.example <a@xn--bcher-kva.example>", nil},
		{displayNameSpoof.ID, "From: ceo@b.example <nobody>", nil},
		{displayNameSpoof.ID, "From: \"" + strings.Repeat("x", maxDisplayName) + "ceo@b.example\" <a@a.example>", nil},
		{displayNameSpoof.ID, "From: \"" + strings.Repeat("@", maxDisplayName) + "\xff@\xff.\xff\" <a@a.example>", nil},
	} {
		t.Run(tt.fields[:min(len(tt.fields), 60)], func(t *testing.T) {
			t.Parallel()
			got := told(Message(t.Context(), none, readMessage(t, tt.fields+"\n\nHello\n"), MessageRequest{}, Options{}).Findings, tt.rule)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
