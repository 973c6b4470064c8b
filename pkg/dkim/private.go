package dkim

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"strings"
)

// MaxPrivateKey is the largest file that is read as a private key, in octets.
const MaxPrivateKey = 64 << 10

// ErrPrivateKey is the reason for which a file is no private key that DKIM can use.
var ErrPrivateKey = errors.New("no RSA or Ed25519 private key (PEM with PKCS#8 or PKCS#1, or the base64 of 32 octets)")

// PrivateKey is what is known of a private key: the public half, and who may read it.
type PrivateKey struct {
	File   string
	Mode   fs.FileMode // permissions of the file
	Public Key
}

// ParsePrivateKey returns the public half of a private key: PEM with PKCS#8 or
// PKCS#1, or the base64 of an Ed25519 seed (RFC 8463, Appendix A.1). The error is
// ErrPrivateKey.
func ParsePrivateKey(text []byte) (Key, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
		if err != nil || len(seed) != ed25519.SeedSize {
			return Key{}, ErrPrivateKey
		}
		return publicHalf(ed25519.NewKeyFromSeed(seed))
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return publicHalf(key)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, ErrPrivateKey
	}
	return publicHalf(key)
}

func publicHalf(private any) (Key, error) {
	switch private := private.(type) {
	case *rsa.PrivateKey:
		return Key{Type: RSA, Form: SPKI, Bits: private.N.BitLen(), Modulus: private.N, Exponent: big.NewInt(int64(private.E))}, nil
	case ed25519.PrivateKey:
		return ed25519Key(private[ed25519.SeedSize:]), nil
	}
	return Key{}, ErrPrivateKey
}
