package dkim

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// Kind is the kind of a field that holds a signature.
type Kind int

// The kinds of signatures. Those of ARC have no version and no identity, their i=
// is an instance, and a seal covers no body (RFC 8617, Sections 4.1.2 and 4.1.3).
const (
	DKIMSignature Kind = iota
	ARCMessageSignature
	ARCSeal
)

// requiredTags are the tags without which a signature of a kind is none, in the
// order of RFC 6376, Section 3.5.
var requiredTags = [...]string{DKIMSignature: "v a b bh d h s", ARCMessageSignature: "a b bh d h s", ARCSeal: "a b d s"}

// Canonicalization is a form to which a message is brought before it is signed.
type Canonicalization string

// The canonicalizations (RFC 6376, Section 3.4).
const (
	Simple  Canonicalization = "simple"
	Relaxed Canonicalization = "relaxed"
)

// Signature is a signature as it stands in a message, every octet of it.
// ParseSignature never fails: what keeps it from being verified stands in Faults.
type Signature struct {
	Kind       Kind
	Field      *message.Field
	List       *taglist.List
	Algorithm  string           // a= in lower case; "" where it is missing
	Header     Canonicalization // first half of c=, Simple where it is missing
	Body       Canonicalization // second half of c=, Simple where it is missing
	Domain     string           // d= as written
	Selector   string           // s= as written
	Identity   string           // i=, decoded, or "@" and the domain; "" for ARC
	Names      []lint.Span      // entries of h=
	Value      []byte           // b=, decoded
	BodyHash   []byte           // bh=, decoded
	Length     int64            // l=, octets of the canonical body; -1 where it is missing; never beyond MaxInt64
	Time       time.Time        // t=; zero where it is missing or beyond every calendar
	Expiration time.Time        // x=; zero where it is missing or beyond every calendar
	KeyName    string           // where the key is published; "" where no such name can be asked for
	Faults     []Fault          // in the order in which verifiers notice them
}

// The reasons for which a signature cannot be verified whatever its key says.
var (
	ErrSignatureSize      = errors.New("the signature is larger than any real one")
	ErrSignatureSyntax    = errors.New("the signature is not a valid tag list")
	ErrSignatureDuplicate = errors.New("a tag occurs twice in the signature")
	ErrSignatureVersion   = errors.New("unknown version of signature")
	ErrMissingTag         = errors.New("a required tag is missing")
	ErrSigningDomain      = errors.New("d= and s= make no name that can be asked for")
	ErrIdentity           = errors.New("i= is neither d= nor below it")
	ErrFromUnsigned       = errors.New("the From field is not signed")
	ErrExpirationOrder    = errors.New("x= is not after t=")
	ErrQueryMethod        = errors.New("q= has no known way to the key")
	ErrCanonicalization   = errors.New("unknown canonicalization")
	ErrAlgorithm          = errors.New("unknown signature algorithm")
	ErrSHA1               = errors.New("rsa-sha1 must not be used")
)

// signatureField is the name of the field that holds a signature, and the start of
// its subject in findings: the number among its kind follows, from 1 at the top.
const signatureField = "DKIM-Signature"

// Limits of a signature. Real ones have up to 15 tags in 3,000 octets, unless z=
// copies a header.
const (
	maxSignature = 64 << 10 // octets
	maxTags      = 100
)

// ParseSignature reads the value of a field as a signature of a kind. The source is
// what message.Source made of the field.
func ParseSignature(f *message.Field, source *lint.Source, kind Kind) *Signature {
	s := unreadSignature(f, source, kind)
	if len(source.Text) > maxSignature || strings.Count(source.Text, ";") > maxTags {
		s.fault(ErrSignatureSize, source.Whole())
		return s
	}
	s.List = taglist.Parse(source)
	s.checkTags()
	s.readNames()
	s.readCoverage()
	s.readTimes()
	s.readMethods()
	return s
}

// unreadSignature returns a signature of which nothing is known but its place.
func unreadSignature(f *message.Field, source *lint.Source, kind Kind) *Signature {
	return &Signature{Kind: kind, Field: f, List: &taglist.List{Source: source}, Header: Simple, Body: Simple, Length: -1}
}

func (s *Signature) fault(reason error, span lint.Span) {
	s.Faults = append(s.Faults, Fault{reason, span})
}

// Err returns why the signature cannot be verified whatever its key says, nil where
// it can.
func (s *Signature) Err() error {
	if len(s.Faults) == 0 {
		return nil
	}
	return s.Faults[0].Reason
}

// Covers reports whether h= names a field, in whatever case.
func (s *Signature) Covers(name string) bool {
	return slices.ContainsFunc(s.Names, func(entry lint.Span) bool { return strings.EqualFold(entry.Text(), name) })
}

// KeyType returns the type of the key that the algorithm takes.
func (s *Signature) KeyType() string {
	keyType, _, _ := strings.Cut(s.Algorithm, "-")
	return keyType
}

// checkTags finds what makes verifiers put the signature aside unread.
func (s *Signature) checkTags() {
	for i := range s.List.Tags {
		switch t := &s.List.Tags[i]; {
		case t.Err == taglist.ErrEmpty: // no verifier stumbles over a semicolon too many
		case t.Err == taglist.ErrCharacter && isText(t.Value.Text()): // RFC 8616, Section 5
		case t.Err != nil:
			s.fault(ErrSignatureSyntax, t.Span)
		case t.Duplicate: // RFC 6376, Section 3.2
			s.fault(ErrSignatureDuplicate, t.Span)
		}
	}
	// RFC 6376, Section 3.5: "1", compared as a string.
	if v := s.List.Get("v"); v != nil && s.Kind == DKIMSignature && v.Value.Text() != "1" {
		s.fault(ErrSignatureVersion, v.Span)
	}
	for name := range strings.SplitSeq(requiredTags[s.Kind], " ") { // RFC 6376, Section 6.1.1
		switch t := s.List.Get(name); {
		case t == nil:
			s.fault(ErrMissingTag, s.List.Source.Whole())
		case t.Value.Empty():
			s.fault(ErrSignatureSyntax, t.Span)
		}
	}
}

// isText reports whether a value is UTF-8 without control characters.
func isText(value string) bool {
	return utf8.ValidString(value) && !strings.ContainsFunc(value, func(c rune) bool {
		return c < ' ' && strings.IndexByte(whiteSpace, byte(c)) < 0 || c == 0x7f
	})
}

// readNames reads d=, s= and i=.
func (s *Signature) readNames() {
	d, selector := s.List.Get("d"), s.List.Get("s")
	if d == nil || selector == nil || d.Value.Empty() || selector.Value.Empty() {
		return
	}
	s.Domain, s.Selector = d.Value.Text(), selector.Value.Text()
	name, err := lookup.FromUser(s.Selector + "._domainkey." + s.Domain)
	domain, domainErr := lookup.FromUser(s.Domain)
	switch {
	// RFC 6376, Section 3.5: a domain-name has two labels at least.
	case domainErr != nil || strings.Contains(domain, `\`) || !strings.Contains(domain, "."):
		s.fault(ErrSigningDomain, d.Span)
	case err != nil || strings.Contains(name, `\`):
		s.fault(ErrSigningDomain, selector.Span)
	default:
		s.KeyName = name
	}
	if s.Kind != DKIMSignature {
		return
	}
	s.Identity = "@" + s.Domain
	i := s.List.Get("i")
	if i == nil {
		return
	}
	s.Identity = decodeQuotedPrintable(i.Value.Text())
	// RFC 6376, Sections 3.5 and 6.1.1: on the border of a label.
	if below := s.identityDomain(); below != domain && !strings.HasSuffix(below, "."+domain) {
		s.fault(ErrIdentity, i.Span)
	}
}

// identityDomain returns the canonical domain of i=, "" where there is none.
func (s *Signature) identityDomain() string {
	at := strings.LastIndexByte(s.Identity, '@')
	if at < 0 {
		return ""
	}
	domain, err := lookup.FromUser(s.Identity[at+1:])
	if err != nil {
		return ""
	}
	return domain
}

// decodeQuotedPrintable undoes dkim-quoted-printable, white space being no part of
// it (RFC 6376, Section 2.11). What is no escape stays as it is.
func decodeQuotedPrintable(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if strings.IndexByte(whiteSpace, c) >= 0 {
			continue
		}
		if c == '=' && i+2 < len(text) {
			if n, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				c, i = byte(n), i+2
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// readCoverage reads h= and l=.
func (s *Signature) readCoverage() {
	if s.Kind == ARCSeal {
		return
	}
	if h := s.List.Get("h"); h != nil && !h.Value.Empty() {
		s.Names = entries(h.Value)
		if !s.Covers("From") { // RFC 6376, Section 5.4
			s.fault(ErrFromUnsigned, h.Span)
		}
	}
	if l := s.List.Get("l"); l != nil {
		if !isDigits(l.Value.Text()) {
			s.fault(ErrSignatureSyntax, l.Span)
			return
		}
		// On overflow this is the largest number, which no body has.
		s.Length, _ = strconv.ParseInt(l.Value.Text(), 10, 64)
	}
}
