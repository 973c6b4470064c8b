package check

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// signedMessage was signed by go-msgauth with the key that signedZone publishes.
const signedMessage = `DKIM-Signature: a=ed25519-sha256; bh=hY7h2CTu57Kp+Tr7oI2YDPHm59f2jOcAyA9rx0H71e8=;
 c=relaxed/relaxed; d=example.com; h=From:From:To:Subject:Date:Message-ID;
 s=s2026a; t=1795301889; v=1;
 b=SGVJnoilEUPfVVNOZb/HuyZVZxjds7SdU/8mNjyzu/CEk3isKuh31ZvWHfC1YrHdXyNljXer
 AewpEcw+gOvsCw==
From: Ann <ann@example.com>
To: Bob <bob@example.net>
Subject: Minutes
Date: Sat, 21 Nov 2026 17:00:00 +0000
Message-ID: <minutes-1@example.com>

The minutes of today are ready.
`

const (
	signedKey  = `s2026a._domainkey.example.com. TXT "v=DKIM1; k=ed25519; p=o6boP/9GLO+GezwmhRc76wzQXq0e8kcxXu325aSRpfU="` + "\n"
	signedZone = ";! AUTHORITATIVE .\n" + signedKey + `example.com. TXT "v=spf1 ip4:192.0.2.1 -all"
_dmarc.example.com. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
mail.example.com. TXT "v=spf1 ip4:192.0.2.1 -all"
`
)

// verifySigned verifies the message with fields above its own.
func verifySigned(t *testing.T, fields, zone string, q MessageRequest) *report.Report {
	t.Helper()
	r, err := lookup.ParseZone("test.zone", zone)
	if err != nil {
		t.Fatal(err)
	}
	q.Now = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	return Message(t.Context(), r, readMessage(t, fields+signedMessage), q, Options{})
}

func envelope(client, sender string) report.Envelope {
	return report.Envelope{Client: netip.MustParseAddr(client), HELO: "mail.example.com", Sender: &sender}
}

// TestClaims compares what receivers say with our verdicts.
func TestClaims(t *testing.T) {
	t.Parallel()
	noKey, noRecord := strings.Replace(signedZone, signedKey, "", 1), strings.Replace(signedZone, "example.com. TXT \"v=spf1", "x.example.com. TXT \"v=spf1", 1)
	known := MessageRequest{Envelope: envelope("192.0.2.1", "ann@example.com")}
	trusted := MessageRequest{Envelope: known.Envelope, AuthservID: "MX.example.net"}
	stranger := MessageRequest{Envelope: envelope("192.0.2.9", "ann@example.com")}
	const ar = "Authentication-Results: mx.example.net; "
	for _, tt := range []struct {
		name, fields, zone string
		q                  MessageRequest
		want               []string
	}{
		{"same", ar + "dkim=pass header.d=example.com header.s=s2026a; spf=pass smtp.mailfrom=ann@example.com; dmarc=pass header.from=example.com\n", signedZone, trusted, nil},
		{"claims", ar + "dkim=pass header.d=example.com; iprev=pass\n", signedZone, known,
			[]string{"notice ar-untrusted-authserv: mx.example.net claims: dkim=pass, iprev=pass"}},
		{"nothing checked", ar + "none\n", signedZone, known, []string{"notice ar-untrusted-authserv: mx.example.net claims: nothing"}},
		{"key gone", ar + "dkim=pass header.d=example.com header.b=SGVJnoil\n", noKey, trusted,
			[]string{"notice ar-contradicts-recomputed: mx.example.net said dkim=pass for example.com, selector s2026a: the key is gone now"}},
		{"key gone, i= alone", ar + "dkim=pass header.i=@example.com\n", noKey, trusted,
			[]string{"notice ar-contradicts-recomputed: mx.example.net said dkim=pass for example.com, selector s2026a: the key is gone now"}},
		{"failed there", ar + "dkim=fail header.d=example.com\n", signedZone, trusted,
			[]string{"warning ar-contradicts-recomputed: mx.example.net said dkim=fail for example.com, selector s2026a, here it is pass"}},
		{"failed there, nobody knows who", ar + "dkim=fail header.d=example.com\n", signedZone, MessageRequest{}, []string{
			"notice ar-untrusted-authserv: mx.example.net claims: dkim=fail",
			"notice ar-contradicts-recomputed: mx.example.net said dkim=fail for example.com, selector s2026a, here it is pass"}},
		{"other signature", ar + "dkim=fail header.d=example.com header.s=other; dkim=fail header.b=AAAAAAAA; dkim=fail\n", signedZone, trusted, nil},
		{"not final there", ar + "dkim=temperror header.d=example.com; dkim=neutral header.d=example.com; dkim=none\n", signedZone, trusted, nil},
		{"not final here", ar + "dkim=pass header.d=example.com\n", strings.Replace(signedZone, signedKey, ";! SERVFAIL s2026a._domainkey.example.com. TXT\n", 1), trusted, nil},
		{"other record", ar + "spf=pass smtp.mailfrom=example.com\n", signedZone, MessageRequest{Envelope: stranger.Envelope, AuthservID: "mx.example.net"},
			[]string{"warning ar-contradicts-recomputed: mx.example.net said spf=pass for example.com, here it is fail"}},
		{"SPF record gone", ar + "spf=pass smtp.mailfrom=example.com\n", noRecord, trusted,
			[]string{"notice ar-contradicts-recomputed: mx.example.net said spf=pass for example.com: the record is gone now"}},
		{"SPF, nobody knows the client", ar + "spf=fail smtp.mailfrom=example.com\n", signedZone, MessageRequest{AuthservID: "mx.example.net"}, nil},
		{"SPF of another identity", ar + "spf=fail smtp.mailfrom=example.org; spf=fail smtp.helo=example.org\n", signedZone, trusted, nil},
		{"no identity", ar + "spf=fail; dmarc=fail\n", signedZone, trusted, nil},
		{"SPF of the HELO name", ar + "spf=fail smtp.helo=mail.example.com\n", signedZone, trusted,
			[]string{"warning ar-contradicts-recomputed: mx.example.net said spf=fail for mail.example.com, here it is pass"}},
		{"delivery before", ar + "none\nAuthentication-Results: in.example.org; spf=fail smtp.mailfrom=example.com; dmarc=fail header.from=example.com\n", signedZone, trusted,
			[]string{"notice ar-untrusted-authserv: in.example.org claims: spf=fail, dmarc=fail"}},
		{"DMARC", ar + "dmarc=fail header.from=example.com\n", signedZone, trusted,
			[]string{"warning ar-contradicts-recomputed: mx.example.net said dmarc=fail for example.com, here it is pass"}},
		{"DMARC may have passed by SPF", ar + "dmarc=pass header.from=example.com\n", noKey, MessageRequest{AuthservID: "mx.example.net"}, nil},
		{"version 2", ar[:len(ar)-2] + " 2; dkim=fail header.d=example.com\n", signedZone, trusted, []string{"warning ar-syntax: not as the standard wants it: not version 1"}},
		{"nobody's name", "Authentication-Results: dkim=fail header.d=example.com\n", signedZone, known,
			[]string{"notice ar-syntax: not as the standard wants it: the field does not name who checked"}},
		{"Received-SPF", "Received-SPF: fail (x) receiver=mx.example.net; client-ip=192.0.2.1; envelope-from=\"ann@example.com\"; helo=h\n", signedZone, known,
			[]string{"notice spf-received-header-mismatch: mx.example.net said spf=fail for example.com, here it is pass"}},
		{"Received-SPF of another client", "Received-SPF: fail client-ip=192.0.2.9; envelope-from=\"ann@example.com\"\n", signedZone, known, nil},
		{"Received-SPF of another identity", "Received-SPF: fail client-ip=192.0.2.1; identity=helo; helo=h.example.org\n", signedZone, known, nil},
		{"without TLS", "Received: from mail.example.com (mail.example.com [192.0.2.1]) by mx.example.net with ESMTP id 1;\n Sat, 21 Nov 2026 23:00:00 +0000\n", signedZone, known,
			[]string{"warning received-no-tls: mx.example.net took the message from 192.0.2.1 with ESMTP, without TLS"}},
		{"hop within the host above", "Received: from localhost (localhost [127.0.0.1]) by mx.example.net with ESMTP\nReceived: from mail.example.com ([192.0.2.1]) by mx.example.net with SMTP\n", signedZone, known,
			[]string{"warning received-no-tls: mx.example.net took the message from 192.0.2.1 with SMTP, without TLS"}},
		{"TLS", "Received: from mail.example.com ([192.0.2.1]) (with cipher X) by mx.example.net with ESMTPS\n", signedZone, known, nil},
		{"TLS in a comment", "Received: from mail.example.com ([192.0.2.1]) by mx.example.net (8.17/8.17) with ESMTP id 1 (version=TLSv1.3)\n", signedZone, known, nil},
		{"TLS of an earlier hop only", "Received: from a.example.org ([198.51.100.1]) by mx.example.net with ESMTPS\nReceived: from mail.example.com ([192.0.2.1]) by a.example.org with ESMTP\n", signedZone, known, nil},
		{"hop of unknown client above", "Received: from a.example.org by mx.example.net with ESMTPS\nReceived: from mail.example.com ([192.0.2.1]) by a.example.org with ESMTP\n", signedZone, known, nil},
		{"delivery within the host above", "Received: by mx.example.net (Postfix, from userid 1)\nReceived: from mail.example.com ([192.0.2.1]) by mx.example.net with ESMTP\n", signedZone, known,
			[]string{"warning received-no-tls: mx.example.net took the message from 192.0.2.1 with ESMTP, without TLS"}},
		{"one organization", "Received: from relay.example.net (unknown [198.51.100.1]) by mx.example.net with ESMTP\n", signedZone, known, nil},
		{"submission", "Received: from pc.example.com (x.isp.example [198.51.100.1]) by mail.example.com with ESMTPA\n", signedZone, known, nil},
		{"words that nobody registered", ar + "X-A=pass; dkim=Hardfail smtp.x=1 foo.bar=2 header.d=example.org; SPF=hardfail; dmarc=skipped; dnswl=maybe dns.zone=x; bimi=pass; iprev=none; a b\n", signedZone, trusted,
			[]string{"warning ar-syntax: not as the standard wants it: not a method, an equals sign and a result",
				"notice ar-unknown-method: mx.example.net writes what is not registered: X-A, bimi",
				"notice ar-unknown-result: mx.example.net writes what is not registered: dkim=Hardfail, foo.bar, dmarc=skipped, iprev=none"}},
		{"many of them", ar + "a=x; b=x; c=x; d=x; e=x; f=x; g=x\n", signedZone, trusted,
			[]string{"notice ar-unknown-method: mx.example.net writes what is not registered: a, b, c, d, e, f, ..."}},
		{"of version 2", ar[:len(ar)-2] + " 2; x=y\n", signedZone, trusted, []string{"warning ar-syntax: not as the standard wants it: not version 1"}},
		{"unknown protocol", "Received: from a.example.com ([198.51.100.1]) by mx.example.net with HTTP\nReceived: by x\n", signedZone, known, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range verifySigned(t, tt.fields, tt.zone, tt.q).Findings {
				if strings.HasPrefix(f.RuleID, "ar-") || strings.HasPrefix(f.RuleID, "received-") || f.RuleID == "spf-received-header-mismatch" {
					got = append(got, f.Severity.String()+" "+f.RuleID+": "+f.Message)
					if f.Severity > lint.Notice && f.Hint == "" {
						t.Errorf("%s has no hint", f.RuleID)
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestGone tells time from forgery.
func TestGone(t *testing.T) {
	t.Parallel()
	for reason, want := range map[error]string{
		dkim.ErrNoRecord: "the key is gone now", dkim.ErrRevoked: "the key is gone now", dkim.ErrExpired: "the signature has expired",
		spf.ErrNoRecord: "the record is gone now", dmarc.ErrNoRecord: "the record is gone now",
		dkim.ErrBodyHash: "", dkim.ErrSignature: "", dkim.ErrKeyType: "", nil: "",
	} {
		if got, ok := gone(reason); got != want || ok != (want != "") {
			t.Errorf("%v: %q, want %q", reason, got, want)
		}
	}
}

// TestHeader writes what a receiver would add.
func TestHeader(t *testing.T) {
	t.Parallel()
	const received = "Received: from mail.example.com (mail.example.com [192.0.2.1]) by MX.Example.net (Postfix) with ESMTPS;\n Sat, 21 Nov 2026 23:00:00 +0000\n"
	const signed = " dkim=pass header.d=example.com header.s=s2026a header.a=ed25519-sha256 header.b=SGVJnoil;"
	unfold := strings.NewReplacer("\r\n ", " ", "\r\n", "")
	for _, tt := range []struct {
		name, fields, zone string
		q                  MessageRequest
		results, spf       string
	}{
		{"pass", received, signedZone, MessageRequest{Envelope: envelope("192.0.2.1", "ann@example.com")},
			"Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=example.com;" + signed + " dmarc=pass header.from=example.com policy.dmarc=reject",
			`Received-SPF: pass (example.com: ip4:192.0.2.1 matches) receiver=mx.example.net; client-ip=192.0.2.1; envelope-from="ann@example.com"; helo=mail.example.com; identity=mailfrom; mechanism="ip4:192.0.2.1"`},
		{"fail, under test", received, strings.Replace(signedZone, "p=reject;", "p=reject; t=y;", 1), MessageRequest{Envelope: envelope("192.0.2.9", "ann@example.com")},
			"Authentication-Results: mx.example.net; spf=fail smtp.mailfrom=example.com;" + signed + " dmarc=pass header.from=example.com policy.dmarc=quarantine",
			`Received-SPF: fail (example.com: -all matches) receiver=mx.example.net; client-ip=192.0.2.9; envelope-from="ann@example.com"; helo=mail.example.com; identity=mailfrom; mechanism=-all`},
		{"bounce, and a name of one's own", received, signedZone, MessageRequest{Envelope: envelope("192.0.2.1", ""), AuthservID: "in.example.net"},
			"Authentication-Results: in.example.net; spf=pass smtp.helo=mail.example.com;" + signed + " dmarc=pass header.from=example.com policy.dmarc=reject",
			`Received-SPF: pass (mail.example.com: ip4:192.0.2.1 matches) receiver=in.example.net; client-ip=192.0.2.1; helo=mail.example.com; identity=helo; mechanism="ip4:192.0.2.1"`},
		{"no answer", "", strings.Replace(signedZone, "example.com. TXT \"v=spf1 ip4:192.0.2.1 -all\"", ";! TIMEOUT example.com. TXT", 1), MessageRequest{Envelope: envelope("192.0.2.1", "ann@example.com")},
			`Authentication-Results: localhost; spf=temperror reason="example.com: TXT example.com: timeout" smtp.mailfrom=example.com;` + signed + " dmarc=pass header.from=example.com policy.dmarc=reject",
			`Received-SPF: temperror (example.com: TXT example.com: timeout) receiver=localhost; client-ip=192.0.2.1; envelope-from="ann@example.com"; helo=mail.example.com; identity=mailfrom; problem="example.com: TXT example.com: timeout"`},
		{"nothing known, nothing published", "", ";! AUTHORITATIVE .\n", MessageRequest{},
			`Authentication-Results: localhost; spf=none reason="nobody said which client delivered the message"; ` +
				`dkim=permerror reason="no TXT record at the selector" header.d=example.com header.s=s2026a header.a=ed25519-sha256 header.b=SGVJnoil; ` +
				`dmarc=none reason="no DMARC record" header.from=example.com`, ""},
		{"two signatures that begin alike", strings.Replace(signature(), "SGVJnoilE", "SGVJnoilX", 1), signedZone, MessageRequest{},
			`Authentication-Results: localhost; spf=none reason="nobody said which client delivered the message"; ` +
				`dkim=fail reason="the signature does not fit the header" header.d=example.com header.s=s2026a header.a=ed25519-sha256 header.b=SGVJnoilX; ` +
				`dkim=pass header.d=example.com header.s=s2026a header.a=ed25519-sha256 header.b=SGVJnoilE; dmarc=pass header.from=example.com policy.dmarc=reject`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.q.Header = Verdicts
			m := verifySigned(t, tt.fields, tt.zone, tt.q).Results.Message
			if diff := cmp.Diff(tt.results, unfold.Replace(m.AuthenticationResults)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.spf, unfold.Replace(m.ReceivedSPF)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// signature returns the field that signs the message.
func signature() string {
	field, _, _ := strings.Cut(signedMessage, "From: ")
	return field
}
