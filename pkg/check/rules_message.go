package check

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

type mailRule = lint.Rule[*mailFacts]

// messageRules returns the rules that compare what fields of a message claim with what
// was found out.
func messageRules() []mailRule {
	return []mailRule{
		arSyntax, arUntrusted, arContradicts, receivedSPFMismatch, receivedNoTLS, arMissing, arcOverride, arcTrusted, heloImpersonates,
		arUnknownMethod, arUnknownResult, arForged, clientUnclear, signedBySuffix, displayNameSpoof,
		fromUnreceivable, returnUnreceivable,
	}
}

// claiming returns an example of a message with fields above its own, and the zone
// of its domain. What it claims rests on a key that is not published.
func claiming(fields string, args ...string) lint.Example {
	return lint.Example{Args: append([]string{"verify"}, args...), Zone: `@ TXT "v=spf1 ip4:192.0.2.1 -all"`,
		Message: fields + `DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s1; h=From;
 bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=MTIzNDU2Nzg5MA==
From: Ann <ann@example.com>
Date: Sat, 21 Nov 2026 17:00:00 +0000
Message-ID: <1@example.com>

Hello
`}
}

var arSyntax = mailRule{
	Doc: lint.Doc{
		ID: "ar-syntax", Severity: lint.Warning,
		Title: "Authentication-Results cannot be read",
		Why: "The receiver that wrote the field did not keep to its grammar, or to version 1, so programs behind it take no notice of it, or of a part of it. " +
			"It is a notice unless the field names the receiver that --authserv-id gives.",
		Ref:  "RFC 8601, Section 2.2",
		Bad:  claiming("Authentication-Results: mx.example.net 2; dkim=pass header.d=example.com\n"),
		Good: claiming("Authentication-Results: mx.example.net; dkim=permerror header.d=example.com\n"),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		for _, field := range f.Claims {
			span, err := whole(field.Source), field.Err
			for i := range field.Claims {
				if c := &field.Claims[i]; err == nil && c.Err != nil {
					span, err = c.Span, c.Err
				}
			}
			if err == nil {
				continue
			}
			severity := lint.Notice
			if f.believed(field) {
				severity = lint.Warning
			}
			report(lint.Finding{Span: span, Severity: severity, Message: "not as the standard wants it: " + err.Error(),
				Hint: "Tell those who run the receiver."})
		}
	},
}

var arUntrusted = mailRule{
	Doc: lint.Doc{
		ID: "ar-untrusted-authserv", Severity: lint.Notice,
		Title: "Results of somebody else",
		Why: "Anybody can write such a field, so what it says is shown and never used: every verdict here is computed anew. " +
			"Name your own receiver with --authserv-id; its fields are then taken for true where they are compared.",
		Ref:  "RFC 8601, Section 7.1",
		Bad:  claiming("Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=example.com\n"),
		Good: claiming("Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=example.com\n", "--authserv-id", "mx.example.net"),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		for _, field := range f.Claims {
			if field.Err != nil || f.believed(field) {
				continue
			}
			report(lint.Finding{Span: field.ID.Span, Message: fmt.Sprintf("%s claims: %s", field.ID.Text, cmp.Or(claimed(field), "nothing"))})
		}
	},
}

var arContradicts = mailRule{
	Doc: lint.Doc{
		ID: "ar-contradicts-recomputed", Severity: lint.Warning,
		Title: "A receiver came to another verdict",
		Why: "Authentication-Results says pass where the verdict here is another, or the other way round. The message was changed since, keys or records were, " +
			"or the field is forged. It is a notice where the key or the record is gone or the signature has expired, and for every receiver but the one that --authserv-id names.",
		Ref:  "RFC 8601, Section 7.1",
		Bad:  claiming("Authentication-Results: mx.example.net; dkim=pass header.d=example.com header.s=s1\n"),
		Good: claiming("Authentication-Results: mx.example.net; dkim=permerror header.d=example.com header.s=s1\n"),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		for _, field := range f.Claims {
			if field.Err != nil {
				continue
			}
			for i := range field.Claims {
				c := &field.Claims[i]
				method, said := strings.ToLower(c.Method.Text), strings.ToLower(c.Result.Text)
				v, ok := f.ours(field, c)
				if c.Err != nil || !ok || !contradicts(method, said, v.status) {
					continue
				}
				found := lint.Finding{Span: c.Span, Severity: lint.Notice, Message: compared(field.ID.Text, method+"="+said, v),
					Hint: "Verify the message with a recording of the DNS from the day it came, and as the receiver got it."}
				if _, ok := gone(v.reason); f.believed(field) && !ok {
					found.Severity = lint.Warning
				}
				report(found)
			}
		}
	},
}

var receivedSPFMismatch = mailRule{
	Doc: lint.Doc{
		ID: "spf-received-header-mismatch", Severity: lint.Notice,
		Title: "Received-SPF says otherwise",
		Why:   "The field is about the same client and the same identity, but its result is another: the record was changed since, or the field is forged.",
		Ref:   "RFC 7208, Section 9.1",
		Bad: claiming("Received-SPF: pass client-ip=192.0.2.9; envelope-from=\"ann@example.com\"; helo=mail.example.com\n",
			"--ip", "192.0.2.9", "--sender", "ann@example.com"),
		Good: claiming("Received-SPF: fail client-ip=192.0.2.9; envelope-from=\"ann@example.com\"; helo=mail.example.com\n",
			"--ip", "192.0.2.9", "--sender", "ann@example.com"),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		r := f.Received
		if r == nil || r.Err != nil {
			return
		}
		client, err := netip.ParseAddr(r.Value("client-ip"))
		said, sender, helo := strings.ToLower(r.Result.Text), r.Value("envelope-from"), ""
		if strings.EqualFold(r.Value("identity"), "helo") {
			sender, helo = "", r.Value("helo")
		}
		v, ok := f.sender(sender, helo)
		if err == nil && ok && client.Unmap() == f.Message.Envelope.Client.Unmap() && contradicts("spf", said, v.status) {
			report(lint.Finding{Span: r.Result.Span, Message: compared(cmp.Or(r.Value("receiver"), "the receiver"), "spf="+said, v)})
		}
	},
}

var receivedNoTLS = mailRule{
	Doc: lint.Doc{
		ID: "received-no-tls", Severity: lint.Warning,
		Title: "The message came without TLS",
		Why: "The server that took the message from outside says SMTP or ESMTP, not ESMTPS, and tells of no cipher: anybody on the way could read it. " +
			"Large receivers demand TLS of bulk senders. Hops within one organization and submissions with a password are not judged.",
		Ref: "operational",
		Bad: claiming("Received: from mail.example.com (mail.example.com [192.0.2.1])\n\tby mx.example.net with ESMTP id 1; Sat, 21 Nov 2026 17:00:05 +0000\n"),
		Good: claiming("Received: from mail.example.com (mail.example.com [192.0.2.1])\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384)\n" +
			"\tby mx.example.net with ESMTPS id 1; Sat, 21 Nov 2026 17:00:05 +0000\n"),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		for _, field := range f.Message.Named("Received") {
			value := field.Value()
			helo, client, sure := receivedFrom(value)
			if !sure || helo != "" && !client.IsValid() { // this may be the hop from outside
				return
			}
			if !outside(client) {
				continue
			}
			with := word(value, "with")
			if !plain(with) || cipher(value) {
				return
			}
			if by := word(value, "by"); strings.Contains(by, ".") && !kindred(value, helo, by) {
				source := f.Message.Source(field, "Received")
				report(lint.Finding{Span: whole(source), Hint: "Let the sending server use STARTTLS, and the receiving one offer it.",
					Message: fmt.Sprintf("%s took the message from %s with %s, without TLS", by, client, strings.ToUpper(with))})
			}
			return
		}
	},
}

// outside reports whether the address is one of the Internet: what a host gave to
// itself or to its neighbour is behind the delivery.
func outside(client netip.Addr) bool {
	return client.IsValid() && !client.IsLoopback() && !client.IsPrivate() && !client.IsLinkLocalUnicast()
}

// plain reports whether a protocol is one without TLS and without a password.
func plain(with string) bool {
	for _, name := range [...]string{"SMTP", "ESMTP", "UTF8SMTP"} {
		if strings.EqualFold(with, name) {
			return true
		}
	}
	return false
}

// cipher reports whether a Received field tells of encryption somewhere: some servers
// do so in a comment.
func cipher(received string) bool {
	received = strings.ToLower(received)
	for _, word := range [...]string{"tls", "ssl", "cipher", "crypt"} {
		if strings.Contains(received, word) {
			return true
		}
	}
	return false
}

// kindred reports whether the hosts of a Received field may be those of one
// organization, by the HELO name or by the reverse name in the comment behind it.
func kindred(received, helo, by string) bool {
	from, _, _ := strings.Cut(received, "[")
	for _, name := range append(strings.FieldsFunc(from, func(c rune) bool { return strings.ContainsRune(" \t\r\n()", c) }), helo) {
		if name, err := lookup.FromUser(name); err == nil && strings.Contains(name, ".") && akin(name, strings.ToLower(by)) {
			return true
		}
	}
	return false
}
