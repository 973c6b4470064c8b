package dkim

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math"
	"math/big"
	"sync"
)

// Sizes of RSA keys, in bits.
const (
	MinBits         = 1024 // RFC 8301, Section 3.2: less is never valid
	RecommendedBits = 2048 // RFC 8301, Section 3.2
	CommonBits      = 4096 // RFC 8301, Section 3.2: verifiers handle up to this
	MaxBits         = 8192 // more is refused unread: checking one signature would take a second
)

// Form is how a key is written down.
type Form int

// The forms of keys.
const (
	Raw   Form = iota // the octets of an Ed25519 key
	SPKI              // SubjectPublicKeyInfo, as everybody publishes RSA keys
	PKCS1             // RSAPublicKey, as RFC 6376, Section 3.6.1 says
)

// Key is a public key. The zero value is none.
type Key struct {
	Type     string // RSA or Ed25519
	Form     Form
	Bits     int      // of the modulus; 256 for Ed25519
	Modulus  *big.Int // RSA; nil where it is too long to be read
	Exponent *big.Int // RSA
	Octets   []byte   // Ed25519
}

// Equal reports whether two keys are the same, in whatever form. No key equals none.
func (k Key) Equal(other Key) bool {
	switch {
	case k.Type == "" || k.Type != other.Type:
		return false
	case k.Type == Ed25519:
		return bytes.Equal(k.Octets, other.Octets)
	}
	return k.Modulus != nil && other.Modulus != nil && k.Modulus.Cmp(other.Modulus) == 0 && k.Exponent.Cmp(other.Exponent) == 0
}

// Value returns the key as p= should hold it, "" where it cannot be written.
func (k Key) Value() string {
	if k.Type == Ed25519 {
		return base64.StdEncoding.EncodeToString(k.Octets)
	}
	if k.Modulus == nil || k.Exponent.BitLen() > maxExponentBits {
		return ""
	}
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: k.Modulus, E: int(k.Exponent.Int64())})
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(der)
}

// maxExponentBits is the size of exponents that an int holds everywhere.
const maxExponentBits = 31

// readKey reads the octets of a key that is said to be of a type.
func readKey(octets []byte, keyType string) (Key, error) {
	if keyType == Ed25519 {
		// RFC 8463, Section 4.2: the octets alone, without any wrapping.
		if len(octets) == ed25519.PublicKeySize {
			return ed25519Key(octets), nil
		}
		if _, err := readRSA(octets); err == nil || wrapped(octets) != nil {
			return Key{}, ErrKeyForm
		}
		return Key{}, ErrEd25519Size
	}
	k, err := readRSA(octets)
	if err != nil {
		return k, err
	}
	return k, k.weakness()
}

func ed25519Key(octets []byte) Key {
	return Key{Type: Ed25519, Bits: 8 * ed25519.PublicKeySize, Octets: octets}
}

// The first octets of DER values (X.690, Section 8.1.2).
const (
	derInteger   = 0x02
	derBitString = 0x03
	derSequence  = 0x30
)

// What stands before the key in a SubjectPublicKeyInfo.
var (
	rsaAlgorithm     = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01} // RFC 8017, Appendix A.1
	ed25519Algorithm = []byte{0x06, 0x03, 0x2b, 0x65, 0x70}                                     // RFC 8410, Section 3
)

// element reads one DER value of a kind. It never looks beyond what it was given.
func element(in []byte, kind byte) (content, rest []byte, err error) {
	switch {
	case len(in) > 0 && in[0] != kind:
		return nil, nil, ErrKeyForm
	case len(in) < 2:
		return nil, nil, ErrTruncated
	}
	size := int(in[1])
	in = in[2:]
	if size >= 0x80 {
		octets := size & 0x7f
		if octets == 0 || octets > 3 {
			return nil, nil, ErrKeyForm
		}
		if len(in) < octets {
			return nil, nil, ErrTruncated
		}
		size = 0
		for _, c := range in[:octets] {
			size = size<<8 | int(c)
		}
		in = in[octets:]
	}
	if size > len(in) {
		return nil, nil, ErrTruncated
	}
	return in[:size], in[size:], nil
}

// readRSA reads an RSA key in either of its forms.
func readRSA(octets []byte) (Key, error) {
	body, rest, err := element(octets, derSequence)
	switch {
	case err != nil:
		return Key{}, err
	case len(rest) > 0:
		return Key{}, ErrKeyForm
	case len(body) > 0 && body[0] == derInteger:
		return readNumbers(body, PKCS1)
	}
	algorithm, rest, err := element(body, derSequence)
	if err != nil || !bytes.HasPrefix(algorithm, rsaAlgorithm) {
		return Key{}, ErrKeyForm
	}
	bits, _, err := element(rest, derBitString)
	if err != nil || len(bits) == 0 || bits[0] != 0 {
		return Key{}, ErrKeyForm
	}
	body, _, err = element(bits[1:], derSequence)
	if err != nil {
		return Key{}, ErrKeyForm
	}
	return readNumbers(body, SPKI)
}

// readNumbers reads the content of an RSAPublicKey (RFC 8017, Appendix A.1.1).
func readNumbers(body []byte, form Form) (Key, error) {
	n, rest, err := element(body, derInteger)
	if err != nil {
		return Key{}, ErrKeyForm
	}
	e, _, err := element(rest, derInteger)
	if err != nil || len(n) == 0 || len(e) == 0 || n[0] >= 0x80 || e[0] >= 0x80 {
		return Key{}, ErrKeyForm // a negative number, or none
	}
	n = bytes.TrimLeft(n, "\x00")
	k := Key{Type: RSA, Form: form, Bits: 8 * len(n)}
	switch {
	case k.Bits > MaxBits:
		return k, ErrRSATooLong
	case len(e) > len(n)+1:
		return Key{}, ErrKeyForm // an exponent is smaller than its modulus
	}
	k.Modulus, k.Exponent = new(big.Int).SetBytes(n), new(big.Int).SetBytes(e)
	k.Bits = k.Modulus.BitLen()
	return k, nil
}

// wrapped returns the Ed25519 key inside a SubjectPublicKeyInfo, nil where none is.
func wrapped(octets []byte) []byte {
	body, _, err := element(octets, derSequence)
	if err != nil {
		return nil
	}
	algorithm, rest, err := element(body, derSequence)
	if err != nil || !bytes.Equal(algorithm, ed25519Algorithm) {
		return nil
	}
	if bits, _, err := element(rest, derBitString); err == nil && len(bits) == 1+ed25519.PublicKeySize {
		return bits[1:]
	}
	return nil
}

// weakness returns why no receiver should use an RSA key, nil where nothing is
// wrong with its numbers at first sight.
func (k Key) weakness() error {
	switch {
	case k.Bits < MinBits:
		return ErrRSATooShort
	case k.Exponent.Bit(0) == 0 || k.Exponent.Cmp(big.NewInt(1)) <= 0:
		return ErrExponent
	}
	return nil
}

// breakable reports whether anybody can compute the private half of an RSA key. It
// takes a millisecond, as much as verifying ten signatures.
func (k Key) breakable() bool {
	return k.smallFactor() != 0 || k.closePrimes()
}

// smallPrimes is below what any real factor of a modulus is.
const smallPrimes = 1000

// smallFactor returns a small prime that divides the modulus, or 0.
func (k Key) smallFactor() int64 {
	rest := new(big.Int)
	for p := int64(2); p < smallPrimes; {
		// The remainder by a product tells that by each of its factors.
		first, product := p, int64(1)
		for ; p < smallPrimes && product <= math.MaxInt64/p; p++ {
			product *= p
		}
		r := rest.Mod(k.Modulus, big.NewInt(product)).Int64()
		for factor := first; factor < p; factor++ {
			if r%factor == 0 {
				return factor
			}
		}
	}
	return 0
}

// closeSteps is how far Fermat's method looks for two primes that are close to
// each other. Primes chosen at random are never found.
const closeSteps = 100

// closePrimes reports whether Fermat's method takes the modulus apart.
func (k Key) closePrimes() bool {
	a := new(big.Int).Sqrt(k.Modulus)
	if new(big.Int).Mul(a, a).Cmp(k.Modulus) == 0 {
		return true
	}
	one, b2, b, modulus := big.NewInt(1), new(big.Int), new(big.Int), big.NewInt(squareModulus)
	for range closeSteps {
		a.Add(a, one)
		b2.Sub(b2.Mul(a, a), k.Modulus)
		if squareEndings>>(b2.Uint64()%64)&1 == 0 || !squareRemainders()[b.Mod(b2, modulus).Int64()] {
			continue
		}
		if b.Sqrt(b2); new(big.Int).Mul(b, b).Cmp(b2) == 0 {
			return true
		}
	}
	return false
}

// squareEndings has a bit for each remainder that squares have by 64: four of five
// numbers are none, and cost no root.
const squareEndings = uint64(1<<0 | 1<<1 | 1<<4 | 1<<9 | 1<<16 | 1<<17 | 1<<25 | 1<<33 | 1<<36 | 1<<41 | 1<<49 | 1<<57)

// squareModulus is what numbers that have such an ending are divided by: of a hundred
// that are no squares about four have the remainder of one.
const squareModulus = 63 * 65 * 11

// squareRemainders tells which remainders squares have by squareModulus.
var squareRemainders = sync.OnceValue(func() []bool {
	have := make([]bool, squareModulus)
	for n := range squareModulus {
		have[n*n%squareModulus] = true
	}
	return have
})
