package dkim

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// Status is the verdict on a signature (RFC 8601, Section 2.7.1).
type Status string

// The verdicts. None is that of a message without signatures: no Result has it.
const (
	None      Status = "none"
	Pass      Status = "pass"
	Fail      Status = "fail"      // body or header are not what was signed, or the time is over
	Policy    Status = "policy"    // too weak: rsa-sha1, or a short key
	Neutral   Status = "neutral"   // not looked at
	TempError Status = "temperror" // the key or the body could not be read
	PermError Status = "permerror" // the signature or its key is of no use
)

// Check is the outcome of one of the two comparisons of a verification.
type Check string

// The outcomes of a comparison.
const (
	Unknown Check = "unknown" // not made
	Equal   Check = "pass"
	Differs Check = "fail"
)

// The reasons for which a signature that can be read does not pass, beside those of
// its key: the sentinels of Record, ErrNoRecord and the errors of package lookup.
var (
	ErrTooMany     = errors.New("too many signatures: this one was not looked at")
	ErrUnread      = errors.New("the body could not be read")
	ErrKeyMismatch = errors.New("the key is of another type than the signature")
	ErrStrict      = errors.New("the key is for i= right at d= only")
	ErrLength      = errors.New("l= is more than the body has")
	ErrBodyHash    = errors.New("the body is not what was signed")
	ErrSignature   = errors.New("the signature does not fit the header")
	ErrExpired     = errors.New("the signature has expired")
	ErrMinBits     = errors.New("the key is shorter than demanded")
	ErrTooManyKeys = fmt.Errorf("there are more than %d keys at the selector: the others were not tried", maxKeys)
)

// DefaultMaxSignatures is how many signatures of a message are looked at by
// default. Real messages have up to five or so (RFC 6376, Section 8.4).
const DefaultMaxSignatures = 20

// maxKeys is how many keys at one selector are tried. There should be one: of several,
// the result is undefined (RFC 6376, Sections 3.6.2.2 and 6.1.2).
const maxKeys = 4

// VerifyOptions says how strict Verify is. The zero value is what the standards
// demand.
type VerifyOptions struct {
	At            time.Time // moment against which x= is judged; zero: nothing expires
	MaxSignatures int       // looked at, from the top; 0: DefaultMaxSignatures
	MinBits       int       // demanded of RSA keys; 0: 1024, which are always demanded
}

// Result is the verdict on one signature with its evidence.
type Result struct {
	Status    Status
	Reason    error         // nil where Status is Pass; errors.Is finds a sentinel
	Signature *Signature    // never nil; where Reason is ErrTooMany, it was not read
	Reply     *lookup.Reply // about the key; nil: not asked
	Record    *Record       // the key record that was used, or the first that could not be; nil: none
	BodyHash  Check         // bh= with the body, whatever became of the signature
	Header    Check         // b= with the header, whatever became of the body; bh= is a part of it
	Body      BodyHash      // what was computed; zero where BodyHash is Unknown

	Explanations []Explanation // what happened on the way, where Explain was asked and is sure
}

// Unsigned returns the number of octets of the canonical body that l= leaves out,
// which anybody may have appended.
func (r *Result) Unsigned() int64 {
	if r.Signature.Length < 0 || r.Body.Length < r.Signature.Length {
		return 0
	}
	return r.Body.Length - r.Signature.Length
}

// Testing reports whether the key says that its domain is only trying DKIM out
// (t=y). The verdict is that of the cryptography all the same.
func (r *Result) Testing() bool { return r.Record != nil && r.Record.Testing() }

// Verify judges the signatures of a message, top first. It asks for all keys at
// once and reads the body once. A message without signatures has no results.
func Verify(ctx context.Context, r lookup.Resolver, m *message.Message, o VerifyOptions) []Result {
	fields := m.Named(signatureField)
	results := make([]Result, len(fields))
	limit := maxSignatures(o.MaxSignatures)
	var signatures []*Signature // that are looked at
	for i, f := range fields {
		source := m.Source(f, fmt.Sprintf("%s %d", signatureField, i+1))
		if i >= limit {
			s := unreadSignature(f, source, DKIMSignature)
			results[i] = Result{Status: Neutral, Reason: ErrTooMany, Signature: s, BodyHash: Unknown, Header: Unknown}
			continue
		}
		results[i].Signature = ParseSignature(f, source, DKIMSignature)
		if results[i].Signature.Err() == nil {
			signatures = append(signatures, results[i].Signature)
		}
	}
	replies := AskKeys(ctx, r, signatures)
	hashes, err := BodyHashes(ctx, m, signatures)
	next := 0
	for i := range results[:min(limit, len(results))] {
		s := results[i].Signature
		if s.Err() != nil {
			results[i] = s.Judge(Evidence{}, o)
			continue
		}
		e := Evidence{Reply: replies[next], Digest: s.Digest(s.Pick(m)), Unread: err}
		if err == nil {
			e.Body = &hashes[next]
		}
		results[i] = s.Judge(e, o)
		next++
	}
	return results
}

// AskKeys asks for the keys of signatures, each name once and all at once, and
// returns the reply for each signature; nil for one with faults.
func AskKeys(ctx context.Context, r lookup.Resolver, signatures []*Signature) []*lookup.Reply {
	var questions []lookup.Question
	index := map[string]int{}
	for _, s := range signatures {
		if _, asked := index[s.KeyName]; !asked && s.Err() == nil {
			index[s.KeyName] = len(questions)
			questions = append(questions, lookup.Question{Name: s.KeyName, Type: lookup.TypeTXT})
		}
	}
	answers := lookup.All(ctx, r, questions)
	replies := make([]*lookup.Reply, len(signatures))
	for i, s := range signatures {
		if s.Err() == nil {
			replies[i] = &answers[index[s.KeyName]]
		}
	}
	return replies
}

// Evidence is what a signature is judged by. A signature with faults needs none.
type Evidence struct {
	Reply  *lookup.Reply // about KeyName
	Digest []byte        // of the header; see Signature.Digest
	Body   *BodyHash     // nil where the signature covers no body, or where it could not be read
	Unread error         // why the body could not be read; nil: it was, or need not be
}

// Judge gives the verdict on a signature.
func (s *Signature) Judge(e Evidence, o VerifyOptions) Result {
	res := Result{Signature: s, Reply: e.Reply, BodyHash: Unknown, Header: Unknown}
	if err := s.Err(); err != nil {
		res.Status, res.Reason = PermError, err
		if err == ErrSHA1 {
			res.Status = Policy
		}
		return res
	}
	if e.Body != nil {
		res.Body, res.BodyHash = *e.Body, Differs
		if bytes.Equal(e.Body.Sum, s.BodyHash) {
			res.BodyHash = Equal
		}
	}
	err := res.tryKeys(e.Digest)
	res.Status, res.Reason = res.verdict(err, e.Unread, o)
	return res
}

// tryKeys compares the signature with the header under each key of the reply. The
// error says why there is no key to compare with.
func (r *Result) tryKeys(digest []byte) error {
	if r.Reply.Err != nil {
		return r.Reply.Err
	}
	var reason error
	tried := 0
	for i := range r.Reply.Answer.Records {
		record := parse(r.Reply.Answer.Records[i].Source)
		if record.Is(ErrNotKey) {
			continue // RFC 6376, Section 6.1.2: a wildcard may have put it there
		}
		err := r.Signature.refuse(record)
		if r.Record == nil || err == nil && tried == 0 {
			r.Record, reason = record, err
		}
		if err != nil {
			continue
		}
		if tried == maxKeys {
			r.Header = Unknown
			return ErrTooManyKeys
		}
		tried++
		if r.Header = r.Signature.compare(record.Key, digest); r.Header == Equal {
			r.Record = record
			return nil
		}
	}
	switch {
	case len(r.Reply.Answer.Records) == 0:
		return ErrNoRecord
	case r.Record == nil:
		return ErrNotKey
	}
	return reason
}

// refuse returns why the signature cannot be verified with a key, nil where it can
// (RFC 6376, Section 6.1.2).
func (s *Signature) refuse(record *Record) error {
	// The size matters only when the key is used: anything else is seen before.
	for _, fault := range record.Faults {
		if fault.Reason != ErrRSATooShort {
			return fault.Reason
		}
	}
	switch {
	case record.Err() != nil:
		return record.Err()
	case record.Key.Type != s.KeyType():
		return ErrKeyMismatch
	case record.Key.Type == RSA && record.Key.Exponent.BitLen() > maxExponentBits:
		return ErrExponent
	case slices.Contains(texts(record.Flags()), "s") && s.Kind == DKIMSignature && s.identityDomain() != s.canonicalDomain():
		return ErrStrict
	}
	return nil
}

func (s *Signature) canonicalDomain() string {
	domain, _ := lookup.FromUser(s.Domain)
	return domain
}

// compare compares the value of b= with a digest of the header.
func (s *Signature) compare(key Key, digest []byte) Check {
	switch {
	case key.Type == Ed25519:
		// RFC 8463, Section 3: the digest is what is signed.
		if ed25519.Verify(key.Octets, digest, s.Value) {
			return Equal
		}
	case rsa.VerifyPKCS1v15(&rsa.PublicKey{N: key.Modulus, E: int(key.Exponent.Int64())}, crypto.SHA256, digest, s.Value) == nil:
		return Equal
	}
	return Differs
}

// verdict puts the comparisons together, in the order of RFC 6376, Section 6.1.
// noKey says why there was no key, unread why there was no body.
func (r *Result) verdict(noKey, unread error, o VerifyOptions) (Status, error) {
	var failure *lookup.Error
	s := r.Signature
	switch {
	case errors.As(noKey, &failure):
		return TempError, noKey
	case noKey == ErrRSATooShort: // RFC 8301, Section 3.2
		return Policy, noKey
	case noKey != nil:
		return PermError, noKey
	case unread != nil:
		return TempError, fmt.Errorf("%w: %w", ErrUnread, unread)
	case r.BodyHash != Unknown && s.Length > r.Body.Length: // RFC 6376, Section 3.5
		return PermError, ErrLength
	case r.BodyHash == Differs:
		return Fail, ErrBodyHash
	case r.Header == Differs:
		return Fail, ErrSignature
	case !o.At.IsZero() && !s.Expiration.IsZero() && o.At.After(s.Expiration):
		return Fail, ErrExpired
	case r.Record.Key.Type == RSA && r.Record.Key.Bits < o.MinBits:
		return Policy, ErrMinBits
	}
	return Pass, nil
}
