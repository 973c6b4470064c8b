package dkim

import (
	"cmp"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// KeyOptions says which key pair to make. Domain and Selector are needed; the rest is
// an RSA key of 2048 bits for any use.
type KeyOptions struct {
	Domain   string   // as typed: U-labels become A-labels
	Selector string   // may have several labels
	Type     string   // RSA or Ed25519; empty: RSA
	Bits     int      // of an RSA key, from 1024 to 8192; 0: RecommendedBits
	Weak     bool     // allow less than RecommendedBits
	Flags    []string // of t=: y, s
	Hashes   []string // of h=: sha256
	Services []string // of s=: email, tlsrpt, *
	Note     string   // for n=, 200 octets at most
}

// Pair is a key pair that has proved itself: a message signed with what Private holds
// verifies with Record.
type Pair struct {
	Domain   string // canonical
	Selector string // canonical
	Private  []byte // PKCS#8 in PEM
	Record   string // value of the TXT record
	Public   Key
}

// Name returns where the record is published (RFC 6376, Section 3.6.2.1).
func (p *Pair) Name() string { return p.Selector + "._domainkey." + p.Domain }

// Revocation is the record that takes the place of a key that is no longer used
// (RFC 6376, Section 3.6.1).
const Revocation = "v=DKIM1; p="

// Name returns where the record of the pair will be published. The error says what is
// wrong with the options.
func (o KeyOptions) Name() (string, error) {
	p, err := o.begin()
	if err != nil {
		return "", err
	}
	return p.Name(), nil
}

// maxNote is the longest note, in octets. RFC 6376, Section 3.6.1 wants notes short:
// they take the space of a DNS answer.
const maxNote = 200

// Why no pair is made.
var (
	ErrWeak  = errors.New("signers should use 2048 bits at least") // RFC 8301, Section 3.2; KeyOptions.Weak allows it
	ErrProof = errors.New("the new key does not verify what it signed")
)

// Generate makes a key pair. What it returns has signed a message and verified it.
func Generate(o KeyOptions) (*Pair, error) {
	p, err := o.begin()
	if err != nil {
		return nil, err
	}
	// crypto/rsa and crypto/ed25519 read the system's randomness.
	var private crypto.Signer
	if o.Type == Ed25519 {
		_, private, err = ed25519.GenerateKey(rand.Reader)
	} else {
		private, err = rsa.GenerateKey(rand.Reader, cmp.Or(o.Bits, RecommendedBits))
	}
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	p.Private = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	p.Public = publicHalf(private)
	p.Record = o.record(p.Public)
	if err := p.prove(); err != nil {
		return nil, err
	}
	return p, nil
}

// begin checks the options, and names the pair.
func (o KeyOptions) begin() (*Pair, error) {
	domain, selector, err := signerNames(o.Domain, o.Selector)
	if err != nil {
		return nil, err
	}
	p := &Pair{Domain: domain, Selector: selector}
	if err := o.checkType(); err != nil {
		return nil, err
	}
	return p, o.checkTags()
}

// signerNames returns the canonical forms of a domain and of a selector that a person
// typed. Both are made of sub-domains (RFC 6376, Sections 3.1 and 3.5).
func signerNames(typedDomain, typedSelector string) (domain, selector string, err error) {
	domain, err = lookup.MailDomain(typedDomain)
	if err != nil || !strings.Contains(domain, ".") {
		return "", "", fmt.Errorf("domain %q: not a name such as example.com", typedDomain)
	}
	selector = strings.ToLower(typedSelector)
	if !lookup.IsHost(selector) {
		return "", "", fmt.Errorf("selector %q: letters, digits and inner hyphens make a selector, and dots between them", typedSelector)
	}
	name := selector + "._domainkey." + domain
	if _, err := lookup.Canonical(name); err != nil {
		return "", "", fmt.Errorf("TXT %s: %w", name, err)
	}
	return domain, selector, nil
}

func (o KeyOptions) checkType() error {
	switch bits := cmp.Or(o.Bits, RecommendedBits); {
	case o.Type != "" && o.Type != RSA && o.Type != Ed25519:
		return fmt.Errorf("type %q: not one of %s, %s", o.Type, RSA, Ed25519)
	case o.Type == Ed25519 && o.Bits != 0:
		return errors.New("bits: all Ed25519 keys have the same size")
	case bits < MinBits: // RFC 8301, Section 3.2
		return fmt.Errorf("bits %d: receivers must refuse RSA keys of less than %d bits", bits, MinBits)
	case bits > MaxBits:
		return fmt.Errorf("bits %d: nobody reads RSA keys of more than %d bits", bits, MaxBits)
	case bits%8 != 0:
		return fmt.Errorf("bits %d: not a multiple of 8", bits)
	case bits < RecommendedBits && !o.Weak:
		return fmt.Errorf("bits %d: %w", bits, ErrWeak)
	}
	return nil
}

// checkTags refuses values that no receiver knows, or with which none would use the
// key for mail.
func (o KeyOptions) checkTags() error {
	for _, list := range []struct {
		tag           string
		values, known []string
	}{{"flags", o.Flags, []string{"y", "s"}}, {"hash", o.Hashes, []string{"sha256"}}, {"service", o.Services, []string{"email", "tlsrpt", "*"}}} {
		for i, value := range list.values {
			switch {
			case value == "sha1": // RFC 8301, Section 3.1
				return errors.New("hash sha1: it must not be used for signatures any more")
			case !slices.Contains(list.known, value):
				return fmt.Errorf("%s %q: not one of %s", list.tag, value, strings.Join(list.known, ", "))
			case slices.Contains(list.values[:i], value):
				return fmt.Errorf("%s %q: named twice", list.tag, value)
			}
		}
	}
	switch {
	case slices.Equal(o.Services, []string{"tlsrpt"}):
		return errors.New("service tlsrpt: with that alone the key is not for mail")
	case len(o.Note) > maxNote:
		return fmt.Errorf("note: %d octets, %d at most", len(o.Note), maxNote)
	}
	return nil
}

// record returns the value of the TXT record (RFC 6376, Section 3.6.1).
func (o KeyOptions) record(public Key) string {
	tags := []string{"v=" + version, "k=" + public.Type}
	for _, tag := range []struct {
		name   string
		values []string
	}{{"h", o.Hashes}, {"s", o.Services}, {"t", o.Flags}} {
		if len(tag.values) > 0 {
			tags = append(tags, tag.name+"="+strings.Join(tag.values, ":"))
		}
	}
	if o.Note != "" {
		tags = append(tags, "n="+quotedPrintable(o.Note))
	}
	return strings.Join(append(tags, "p="+public.Value()), "; ")
}

// quotedPrintable writes a note as RFC 6376, Section 3.6.1 wants it: a qp-section
// (RFC 2045, Section 6.7) in which no semicolon ends the tag.
func quotedPrintable(text string) string {
	var b strings.Builder
	for i := range len(text) {
		c, border := text[i], i == 0 || i == len(text)-1
		if c < ' ' || c > '~' || c == '=' || c == ';' || c == ' ' && border {
			fmt.Fprintf(&b, "=%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// prove reads the pair as it will be read by others, signs with its one half and
// verifies with the other.
func (p *Pair) prove() error {
	private, err := ParseSigner(p.Private)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	record := Parse(lint.NewSource("TXT "+p.Name(), p.Record))
	if err := record.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	if !record.Key.Equal(publicHalf(private)) {
		return ErrProof
	}
	return signAndVerify(private, p)
}
