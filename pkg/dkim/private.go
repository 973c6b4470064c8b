package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// MaxPrivateKey is the largest file that is read as a private key, in octets.
const MaxPrivateKey = 64 << 10

// ErrPrivateKey is the reason for which a file is no private key that DKIM can use.
var ErrPrivateKey = errors.New("no RSA or Ed25519 private key (PEM with PKCS#8 or PKCS#1, or the base64 of 32 octets)")

// PrivateKey is what is known of a private key: the public half, and what its file
// tells.
type PrivateKey struct {
	File     string
	Mode     fs.FileMode // permissions of the file
	Modified time.Time   // of the file
	Public   Key
	Selector string // that the key signs for, canonical; empty: not known
	Domain   string // that the key signs for, canonical; empty: not known
}

// State says what is published for a private key.
type State string

// The states of private keys.
const (
	KeyPublished State = "published" // its public half, in order or not
	KeyDiffers   State = "differs"   // TXT records, and not with its public half
	KeyRevoked   State = "revoked"   // an empty key
	KeyMissing   State = "missing"   // no TXT record
	KeyUnknown   State = "unknown"   // nobody answered
)

// State compares what stands at the selector with the public half of a private key.
func (s *Selector) State(public Key) State {
	var failure *lookup.Error
	switch {
	case errors.As(s.Err, &failure):
		return KeyUnknown
	case s.Err == ErrNoRecord:
		return KeyMissing
	case s.Err == ErrRevoked:
		return KeyRevoked
	case slices.ContainsFunc(s.Records, func(r *Record) bool { return r.Key.Equal(public) }):
		return KeyPublished
	}
	return KeyDiffers
}

// ParsePrivateKey returns the public half of a private key: PEM with PKCS#8 or
// PKCS#1, or the base64 of an Ed25519 seed (RFC 8463, Appendix A.1). The error is
// ErrPrivateKey.
func ParsePrivateKey(text []byte) (Key, error) {
	private, err := ParseSigner(text)
	if err != nil {
		return Key{}, err
	}
	return publicHalf(private), nil
}

// ParseSigner returns a private key, of the forms that ParsePrivateKey reads, for
// signing: an *rsa.PrivateKey or ed25519.PrivateKey. The error is ErrPrivateKey.
func ParseSigner(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
		if err != nil || len(seed) != ed25519.SeedSize {
			return nil, ErrPrivateKey
		}
		return ed25519.NewKeyFromSeed(seed), nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, ErrPrivateKey
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return key, nil
	case ed25519.PrivateKey:
		return key, nil
	}
	return nil, ErrPrivateKey
}

// publicHalf returns the public half of what ParseSigner returns.
func publicHalf(private crypto.Signer) Key {
	if public, ok := private.Public().(*rsa.PublicKey); ok {
		return Key{Type: RSA, Form: SPKI, Bits: public.N.BitLen(), Modulus: public.N, Exponent: big.NewInt(int64(public.E))}
	}
	octets, _ := private.Public().(ed25519.PublicKey)
	return ed25519Key(octets)
}

// KeyName returns the selector and the domain that the name of a key file tells:
// SELECTOR._domainkey.DOMAIN, with .pem, .key, .private or nothing after it. Both are
// canonical, and empty where the name is another.
func KeyName(file string) (selector, domain string) {
	for _, end := range []string{".pem", ".key", ".private"} {
		if name, ok := strings.CutSuffix(file, end); ok {
			file = name
			break
		}
	}
	selector, domain, _ = strings.Cut(strings.ToLower(file), "._domainkey.")
	// Names of files are canonical: a domain in another form is none.
	canonical, selector, err := signerNames(domain, selector)
	if err != nil || canonical != domain {
		return "", ""
	}
	return selector, domain
}
