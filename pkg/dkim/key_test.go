package dkim

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
)

// TestReadAgainstLibrary compares keys with what crypto/x509 makes of them.
func TestReadAgainstLibrary(t *testing.T) {
	t.Parallel()
	for _, value := range []string{example1024, example2048, example4096, example5120, example2048Exponent3} {
		octets, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := x509.ParsePKIXPublicKey(octets)
		if err != nil {
			t.Fatal(err)
		}
		want := parsed.(*rsa.PublicKey)
		got, err := readKey(octets, RSA)
		if err != nil || got.Modulus.Cmp(want.N) != 0 || got.Exponent.Int64() != int64(want.E) || got.Value() != value {
			t.Errorf("%v, exponent %v, %d bits", err, got.Exponent, got.Bits)
		}
	}
}

// TestCutAnywhere cuts a key at every octet and puts another behind it.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	octets, _, _ := decode(lint.NewSource("", example2048).Whole())
	for n := range octets {
		if _, err := readKey(octets[:n], RSA); err != ErrTruncated {
			t.Fatalf("%d octets: %v", n, err)
		}
	}
	if _, err := readKey(append(octets, 0), RSA); err != ErrKeyForm {
		t.Errorf("one octet more: %v", err)
	}
}

// TestHugeModulus is refused before anything is computed with it.
func TestHugeModulus(t *testing.T) {
	t.Parallel()
	key := Key{Modulus: new(big.Int).SetBit(big.NewInt(1), 200_000, 1), Exponent: big.NewInt(usualExponent)}
	start := time.Now()
	r := Parse(lint.NewSource("", "p="+key.Value()))
	if took := time.Since(start); r.Err() != ErrRSATooLong || r.Key.Modulus != nil || took > time.Minute {
		t.Errorf("%v after %v", r.Err(), took)
	}
}

func TestWeakness(t *testing.T) {
	t.Parallel()
	p, err := rand.Prime(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	after := func(n *big.Int) *big.Int { // n is odd
		for n = new(big.Int).Add(n, big.NewInt(2)); !n.ProbablyPrime(20); n.Add(n, big.NewInt(2)) {
		}
		return n
	}
	// Fermat's method takes (q - p)^2 / 8p steps: about one, and here 8 to 16.
	next, near := after(p), after(new(big.Int).Add(p, new(big.Int).Lsh(big.NewInt(1), 515)))
	product := func(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }
	for _, tt := range []struct {
		name     string
		modulus  *big.Int
		exponent int64
		want     error
	}{
		{"square", product(p, p), 65537, ErrModulus},
		{"neighbours", product(p, next), 65537, ErrModulus},
		{"close", product(p, near), 65537, ErrModulus},
		{"small factor", product(new(big.Int).Lsh(p, 100), big.NewInt(997)), 65537, ErrModulus},
		{"exponent 0", product(p, p), 0, ErrExponent},
		{"exponent 1", product(p, p), 1, ErrExponent},
		{"exponent even", product(p, p), 4, ErrExponent},
		{"short", p, 65537, nil}, // a prime is no modulus, but nothing here finds that
	} {
		k := Key{Type: RSA, Bits: tt.modulus.BitLen(), Modulus: tt.modulus, Exponent: big.NewInt(tt.exponent)}
		got := k.weakness()
		if got == nil && k.breakable() {
			got = ErrModulus
		}
		if got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestPrivateKey(t *testing.T) {
	t.Parallel()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, edPrivate, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := func(key any) string {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	for name, text := range map[string]string{
		"PKCS #8": pkcs8(private),
		"PKCS #1": string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})),
	} {
		k, err := ParsePrivateKey([]byte(text))
		if err != nil || k.Modulus.Cmp(private.N) != 0 || !k.Equal(k) || k.Equal(Key{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"PKCS #8": pkcs8(edPrivate),
		"seed":    base64.StdEncoding.EncodeToString(edPrivate.Seed()) + "\n",
	} {
		if k, err := ParsePrivateKey([]byte(text)); err != nil || !bytes.Equal(k.Octets, public) || !k.Equal(ed25519Key(public)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "AAAA", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n", strings.Repeat("A", 43)} {
		if _, err := ParsePrivateKey([]byte(text)); err != ErrPrivateKey {
			t.Errorf("%q: %v", text, err)
		}
	}
}
