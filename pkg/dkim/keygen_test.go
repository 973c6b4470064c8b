package dkim

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
)

func TestGenerate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, before string // before: the record up to the key
		o            KeyOptions
		bits         int
	}{
		{"RSA", "v=DKIM1; k=rsa; p=", KeyOptions{Domain: "example.com", Selector: "s1"}, 2048},
		{"RSA of another size", "v=DKIM1; k=rsa; p=", KeyOptions{Domain: "example.com", Selector: "s1", Type: RSA, Bits: 2056}, 2056},
		{"weak", "v=DKIM1; k=rsa; p=", KeyOptions{Domain: "example.com", Selector: "s1", Bits: 1024, Weak: true}, 1024},
		{"Ed25519", "v=DKIM1; k=ed25519; p=", KeyOptions{Domain: "example.com", Selector: "s1", Type: Ed25519}, 256},
		{"tags", "v=DKIM1; k=ed25519; h=sha256; s=email:tlsrpt; t=y:s; n=made by A=3B B=3D=C3=BC; p=", KeyOptions{Domain: "example.com", Selector: "s1", Type: Ed25519,
			Flags: []string{"y", "s"}, Hashes: []string{"sha256"}, Services: []string{"email", "tlsrpt"}, Note: "made by A; B=ü"}, 256},
		{"blanks around a note", "v=DKIM1; k=ed25519; n==20a b=20; p=", KeyOptions{Domain: "example.com", Selector: "s1", Type: Ed25519, Note: " a b "}, 256},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := Generate(tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if p.Name() != "s1._domainkey.example.com" || p.Public.Bits != tt.bits {
				t.Errorf("%s, %d bits", p.Name(), p.Public.Bits)
			}
			value, ok := strings.CutPrefix(p.Record, tt.before)
			if !ok {
				t.Fatalf("%q, want %q before the key", p.Record, tt.before)
			}
			block, rest := pem.Decode(p.Private)
			if block == nil || block.Type != "PRIVATE KEY" || len(rest) > 0 {
				t.Fatalf("%s", p.Private)
			}
			private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			if got := publicValue(t, private); got != value {
				t.Errorf("p=%s, want %s", value, got)
			}
			for _, found := range lint.Run(KeyRules(), InspectText(lint.NewSource("", p.Record))) {
				if found.Severity > lint.Notice && !slices.Contains([]string{"dkim-rsa-under-2048", "dkim-ed25519-only", "dkim-flag-test"}, found.RuleID) {
					t.Errorf("%s: %s", found.RuleID, found.Message)
				}
			}
		})
	}
}

// publicValue returns what p= has to hold, by RFC 6376, Section 3.6.1 and RFC 8463,
// Section 4.2.
func publicValue(t *testing.T, private any) string {
	t.Helper()
	switch private := private.(type) {
	case *rsa.PrivateKey:
		der, err := x509.MarshalPKIXPublicKey(private.Public())
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(der)
	case ed25519.PrivateKey:
		return base64.StdEncoding.EncodeToString(private.Public().(ed25519.PublicKey))
	}
	t.Fatalf("%T", private)
	return ""
}

func TestGenerateNames(t *testing.T) {
	t.Parallel()
	p, err := Generate(KeyOptions{Domain: "Bücher.Example.", Selector: "2026-11.Mail", Type: Ed25519})
	if err != nil || p.Name() != "2026-11.mail._domainkey.xn--bcher-kva.example" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestGenerateRefused(t *testing.T) {
	t.Parallel()
	const domain = "example.com"
	for _, tt := range []struct {
		name, want string
		o          KeyOptions
	}{
		{"no domain", `domain ""`, KeyOptions{Selector: "s"}},
		{"one label", `domain "localhost"`, KeyOptions{Domain: "localhost", Selector: "s"}},
		{"path as domain", `domain "../etc.d"`, KeyOptions{Domain: "../etc.d", Selector: "s"}},
		{"underscore in the domain", `domain "_a.example"`, KeyOptions{Domain: "_a.example", Selector: "s"}},
		{"no selector", `selector ""`, KeyOptions{Domain: domain}},
		{"underscore", `selector "s_1"`, KeyOptions{Domain: domain, Selector: "s_1"}},
		{"blank", `selector "s 1"`, KeyOptions{Domain: domain, Selector: "s 1"}},
		{"slash", `selector "../s"`, KeyOptions{Domain: domain, Selector: "../s"}},
		{"umlaut", `selector "schlüssel"`, KeyOptions{Domain: domain, Selector: "schlüssel"}},
		{"control", `selector "s\x00"`, KeyOptions{Domain: domain, Selector: "s\x00"}},
		{"hyphen at the end", `selector "s-"`, KeyOptions{Domain: domain, Selector: "s-"}},
		{"empty label", `selector "a..b"`, KeyOptions{Domain: domain, Selector: "a..b"}},
		{"long label", "a label of 64 octets", KeyOptions{Domain: domain, Selector: strings.Repeat("s", 64)}},
		{"long name", "255 at most", KeyOptions{Domain: strings.Repeat("abcdefg.", 30) + "com", Selector: "s1"}},
		{"unknown type", `type "dsa"`, KeyOptions{Domain: domain, Selector: "s", Type: "dsa"}},
		{"size of Ed25519", "same size", KeyOptions{Domain: domain, Selector: "s", Type: Ed25519, Bits: 256}},
		{"never valid", "bits 512", KeyOptions{Domain: domain, Selector: "s", Bits: 512, Weak: true}},
		{"weak", "bits 1024: signers should use 2048 bits", KeyOptions{Domain: domain, Selector: "s", Bits: 1024}},
		{"too long", "bits 8200", KeyOptions{Domain: domain, Selector: "s", Bits: 8200}},
		{"odd", "multiple of 8", KeyOptions{Domain: domain, Selector: "s", Bits: 2049}},
		{"below zero", "bits -1", KeyOptions{Domain: domain, Selector: "s", Bits: -1}},
		{"unknown flag", `flags "q": not one of y, s`, KeyOptions{Domain: domain, Selector: "s", Flags: []string{"q"}}},
		{"flag twice", `flags "y": named twice`, KeyOptions{Domain: domain, Selector: "s", Flags: []string{"y", "y"}}},
		{"SHA-1", "must not be used", KeyOptions{Domain: domain, Selector: "s", Hashes: []string{"sha1", "sha256"}}},
		{"unknown hash", `hash "sha512"`, KeyOptions{Domain: domain, Selector: "s", Hashes: []string{"sha512"}}},
		{"unknown service", `service "web"`, KeyOptions{Domain: domain, Selector: "s", Services: []string{"web"}}},
		{"not for mail", "not for mail", KeyOptions{Domain: domain, Selector: "s", Services: []string{"tlsrpt"}}},
		{"long note", "201 octets, 200 at most", KeyOptions{Domain: domain, Selector: "s", Note: strings.Repeat("n", 201)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if p, err := Generate(tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, %v; want an error with %q", p, err, tt.want)
			}
		})
	}
}

// TestProve wants every way in which the halves of a pair do not fit to be noticed.
func TestProve(t *testing.T) {
	t.Parallel()
	good, err := Generate(KeyOptions{Domain: "example.com", Selector: "s1", Type: Ed25519})
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(*Pair){
		"another key":     func(p *Pair) { p.Record = "v=DKIM1; k=ed25519; p=" + exampleEd25519 },
		"revoked":         func(p *Pair) { p.Record = Revocation },
		"cut":             func(p *Pair) { p.Record = p.Record[:len(p.Record)-8] },
		"not for mail":    func(p *Pair) { p.Record = strings.Replace(p.Record, "; p=", "; s=tlsrpt; p=", 1) },
		"no private key":  func(p *Pair) { p.Private = nil },
		"cut private key": func(p *Pair) { p.Private = p.Private[:40] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := *good
			damage(&p)
			if err := p.prove(); !errors.Is(err, ErrProof) {
				t.Error(err)
			}
		})
	}
}
