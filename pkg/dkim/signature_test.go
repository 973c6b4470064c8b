package dkim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/message"
)

// signatureOf reads the first field of a header as a signature.
func signatureOf(t testing.TB, header string, kind Kind) (*Signature, *message.Message) {
	m := readText(t, header+"\r\n\r\n")
	if len(m.Fields) == 0 {
		t.Skip("the text has no field that could be read as a signature")
	}
	f := &m.Fields[0]
	return ParseSignature(f, m.Source(f, "DKIM-Signature 1"), kind), m
}

const goodTags = "v=1; a=rsa-sha256; b=AAAA; bh=AAAA; d=example.com; h=from; s=s"

var signatureRows = []struct {
	name, in string
	reason   error // of the first fault
	at       string
}{
	{"good", goodTags, nil, ""},
	{"semicolons", ";;" + goodTags + ";;", nil, ""},
	{"unknown tags", goodTags + "; x_y=1; V=2", nil, ""},
	{"folded", strings.ReplaceAll(goodTags, "; ", ";\r\n\t"), nil, ""},
	{"UTF-8", goodTags + "; i=\u00fc@example.com", nil, ""},
	{"not UTF-8", goodTags + "; i=\xfc@example.com", ErrSignatureSyntax, "i=\xfc@example.com"},
	{"no equals sign", goodTags + "; x", ErrSignatureSyntax, "x"},
	{"empty", "", ErrMissingTag, ""},
	{"duplicate", goodTags + "; d=example.com", ErrSignatureDuplicate, "d=example.com"},
	{"version", strings.Replace(goodTags, "v=1", "v=1.0", 1), ErrSignatureVersion, "v=1.0"},
	{"empty value", strings.Replace(goodTags, "b=AAAA", "b=", 1), ErrSignatureSyntax, "b="},
	{"b not base64", strings.Replace(goodTags, "b=AAAA", "b=AA*A", 1), ErrSignatureSyntax, "*"},
	{"b without an octet", strings.Replace(goodTags, "b=AAAA", "b=A", 1), ErrSignatureSyntax, "A"},
	{"one label", strings.Replace(goodTags, "d=example.com", "d=com", 1), ErrSigningDomain, "d=com"},
	{"no domain", strings.Replace(goodTags, "d=example.com", "d=a..b", 1), ErrSigningDomain, "d=a..b"},
	{"selector", strings.Replace(goodTags, "s=s", "s=s s", 1), ErrSigningDomain, "s=s s"},
	{"identity without at sign", goodTags + "; i=example.com", ErrIdentity, "i=example.com"},
	{"identity beside", goodTags + "; i=@xexample.com", ErrIdentity, "i=@xexample.com"},
	{"identity above", goodTags + "; i=@com", ErrIdentity, "i=@com"},
	{"From unsigned", strings.Replace(goodTags, "h=from", "h=fro:m", 1), ErrFromUnsigned, "h=fro:m"},
	{"length", goodTags + "; l=-1", ErrSignatureSyntax, "l=-1"},
	{"time", goodTags + "; t=now", ErrSignatureSyntax, "t=now"},
	{"order", goodTags + "; t=5; x=5", ErrExpirationOrder, "x=5"},
	{"method", goodTags + "; q=dns/txt2:http", ErrQueryMethod, "q=dns/txt2:http"},
	{"canonicalization", goodTags + "; c=relaxed/", ErrCanonicalization, "c=relaxed/"},
	{"algorithm", strings.Replace(goodTags, "rsa-sha256", "rsa-sha512", 1), ErrAlgorithm, "a=rsa-sha512"},
	{"too large", goodTags + strings.Repeat(";", maxTags), ErrSignatureSize, goodTags + strings.Repeat(";", maxTags)},
	{"sha1", strings.Replace(goodTags, "rsa-sha256", "RSA-SHA1", 1), ErrSHA1, "a=RSA-SHA1"},
}

func TestParseSignature(t *testing.T) {
	t.Parallel()
	for _, tt := range signatureRows {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, _ := signatureOf(t, "DKIM-Signature:"+tt.in, DKIMSignature)
			if s.Err() != tt.reason {
				t.Fatalf("%v, want %v", s.Err(), tt.reason)
			}
			if tt.reason != nil && s.Faults[0].Span.Text() != tt.at {
				t.Errorf("at %q, want %q", s.Faults[0].Span.Text(), tt.at)
			}
		})
	}
}

func TestSignaturesOfARC(t *testing.T) {
	t.Parallel()
	s, _ := signatureOf(t, "ARC-Message-Signature: i=2; a=rsa-sha256; c=relaxed; b=AAAA; bh=AAAA; d=example.com; h=from; s=s", ARCMessageSignature)
	if s.Err() != nil || s.Identity != "" || s.Header != Relaxed || s.Body != Simple || s.KeyName != "s._domainkey.example.com" {
		t.Errorf("%v: identity %q, %s/%s, key at %s", s.Err(), s.Identity, s.Header, s.Body, s.KeyName)
	}
	s, _ = signatureOf(t, "ARC-Seal: i=2; cv=pass; a=rsa-sha256; b=AAAA; d=example.com; s=s; t=1", ARCSeal)
	if s.Err() != nil || s.Header != Relaxed || s.Time.Unix() != 1 {
		t.Errorf("%v: %s at %v", s.Err(), s.Header, s.Time)
	}
}

func TestUnsigned(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"first", "DKIM-Signature: b=abc; v=1", "DKIM-Signature: b=; v=1"},
		{"behind bh", "DKIM-Signature : bh=b=x; b =\r\n a\r\n b\r\n ; d=e", "DKIM-Signature : bh=b=x; b =; d=e"},
		{"last", "DKIM-Signature:v=1;b=abc\r\n def \t", "DKIM-Signature:v=1;b="},
		{"alone", "DKIM-Signature: b=abc", "DKIM-Signature: b="},
		{"inside others", "DKIM-Signature: z=b=3D1; xb=2; b=3; zb=4", "DKIM-Signature: z=b=3D1; xb=2; b=; zb=4"},
		{"none", "DKIM-Signature: v=1; B=2", "DKIM-Signature: v=1; B=2"},
	} {
		s, _ := signatureOf(t, tt.in, DKIMSignature)
		if got := s.unsigned(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPick(t *testing.T) {
	t.Parallel()
	s, m := signatureOf(t, "DKIM-Signature: h=received:Received:FROM:from:x:dkim-signature\r\n"+
		"Received: 1\r\nFrom: 2\r\nRECEIVED : 3\r\nReceived: 4\r\nDKIM-Signature: 5", DKIMSignature)
	var got []string
	for _, f := range s.Pick(m) {
		got = append(got, f.Value())
	}
	if diff := cmp.Diff([]string{" 4", " 3", " 2", " 5"}, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzSignature reads any text as a signature: faults lie in it, and what is left
// without b= has an empty one.
func FuzzSignature(f *testing.F) {
	for _, tt := range signatureRows {
		f.Add(tt.in, 0)
	}
	f.Add("i=1; a=rsa-sha256; b=AAAA; d=example.com; s=s; cv=none; t=1", 2)
	f.Fuzz(func(t *testing.T, value string, kind int) {
		s, m := signatureOf(t, "DKIM-Signature:"+value, Kind(max(kind, -kind, 0)%3))
		text := s.List.Source.Text
		for _, fault := range s.Faults {
			if fault.Reason == nil || fault.Span.Start < 0 || fault.Span.End > len(text) || fault.Span.Start > fault.Span.End {
				t.Fatalf("fault %v at %d to %d", fault.Reason, fault.Span.Start, fault.Span.End)
			}
		}
		if s.Err() == nil && (s.KeyName == "" || len(s.Value) == 0) {
			t.Fatalf("no fault, key at %q, %d octets", s.KeyName, len(s.Value))
		}
		if len(s.Digest(s.Pick(m))) != 32 {
			t.Fatal("no digest")
		}
		again, _ := signatureOf(t, s.unsigned(), s.Kind)
		if b := again.List.Get("b"); b != nil && s.List.Get("b") != nil && !s.List.Get("b").Duplicate && !b.Value.Empty() {
			t.Fatalf("%q is left", b.Span.Text())
		}
	})
}
