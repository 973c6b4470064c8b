package dkim

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/message"
)

// BodyHash is what was computed of the body of a message for a signature.
type BodyHash struct {
	Sum    []byte // of as much of the canonical body as the signature covers; nil where l= is beyond its end
	Length int64  // octets of the whole canonical body
}

// BodyHashes computes the hash that each signature should have in bh=, reading the
// body of the message once. Signatures that share a canonicalization share the
// work. The error is that of the input or of the context.
func BodyHashes(ctx context.Context, m *message.Message, signatures []*Signature) ([]BodyHash, error) {
	hashes := make([]BodyHash, len(signatures))
	var bodies []*bodySum
	for _, c := range []Canonicalization{Simple, Relaxed} {
		b := &bodySum{hash: sha256.New()}
		for i, s := range signatures {
			if s.Body == c {
				b.all = append(b.all, wanted{s.Length, &hashes[i]})
			}
		}
		if len(b.all) > 0 {
			slices.SortStableFunc(b.all, wanted.compare)
			b.wanted = b.all
			b.in = newCanonicalizer(c, b)
			bodies = append(bodies, b)
		}
	}
	if len(bodies) == 0 {
		return hashes, nil
	}
	block, release := message.Block()
	defer release()
	for in := m.Transported(); ; {
		n, err := in.Read(block)
		for _, b := range bodies {
			b.in.Write(block[:n])
		}
		if err == io.EOF {
			break
		}
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("read the body: %w", err)
		}
	}
	for _, b := range bodies {
		b.finish()
	}
	return hashes, nil
}

// wanted is a place in a canonical body up to which somebody wants the hash.
type wanted struct {
	length int64 // -1: the end
	into   *BodyHash
}

// compare sorts the end last.
func (w wanted) compare(other wanted) int {
	switch {
	case w.length == other.length:
		return 0
	case other.length < 0 || w.length >= 0 && w.length < other.length:
		return -1
	}
	return 1
}

// bodySum hashes one canonical body and notes the sum at each place that is wanted.
type bodySum struct {
	in     canonicalizer // writes to the bodySum
	hash   hash.Hash
	length int64    // octets hashed
	all    []wanted // by length, the end last
	wanted []wanted // of them not yet reached
}

func (b *bodySum) Write(p []byte) (int, error) {
	size := len(p)
	for len(b.wanted) > 0 && b.wanted[0].length >= 0 && b.wanted[0].length-b.length <= int64(len(p)) {
		n := b.wanted[0].length - b.length
		b.hash.Write(p[:n])
		b.length += n
		p = p[n:]
		b.note()
	}
	b.hash.Write(p)
	b.length += int64(len(p))
	return size, nil
}

// note hands the sum at this place to all who want it.
func (b *bodySum) note() {
	sum := b.hash.Sum(nil)
	for at := b.wanted[0].length; len(b.wanted) > 0 && b.wanted[0].length == at; b.wanted = b.wanted[1:] {
		b.wanted[0].into.Sum = sum
	}
}

func (b *bodySum) finish() {
	b.in.Close()
	b.Write(nil) // l=0 of a body without octets
	for _, w := range b.all {
		w.into.Length = b.length
	}
	for len(b.wanted) > 0 && b.wanted[0].length >= 0 {
		b.wanted = b.wanted[1:] // RFC 6376, Section 3.5: beyond the end
	}
	if len(b.wanted) > 0 {
		b.note()
	}
}

// Pick returns the fields that h= names, in its order. Of fields with the same name
// the lowest comes first, and a name without a field left stands for nothing
// (RFC 6376, Section 5.4.2). The field of the signature itself is never one.
func (s *Signature) Pick(m *message.Message) []*message.Field {
	above := make([]int, len(m.Fields)) // next field of the same name upwards, from 1; 0: none
	lowest := make(map[string]int, len(m.Fields))
	for i := range m.Fields {
		if f := &m.Fields[i]; f != s.Field {
			name := strings.ToLower(f.Name)
			above[i], lowest[name] = lowest[name], i+1
		}
	}
	fields := make([]*message.Field, 0, len(s.Names))
	for _, span := range s.Names {
		name := strings.ToLower(span.Text())
		if i := lowest[name]; i > 0 {
			fields = append(fields, &m.Fields[i-1])
			lowest[name] = above[i-1]
		}
	}
	return fields
}

// Digest returns the SHA-256 sum that the signature should be over: of the fields
// in canonical form, then its own field with an empty b= and without a line end at
// the end (RFC 6376, Section 3.7).
func (s *Signature) Digest(fields []*message.Field) []byte {
	sum := sha256.New()
	var b []byte
	for _, f := range fields {
		b = appendHeader(b[:0], s.Header, f.Raw)
		sum.Write(b)
	}
	b = appendHeader(b[:0], s.Header, s.unsigned())
	sum.Write(b[:len(b)-len("\r\n")])
	return sum.Sum(nil)
}

// unsigned returns the field of the signature without the value of b= and the white
// space around it.
func (s *Signature) unsigned() string {
	name, _, _ := strings.Cut(s.Field.Raw, ":")
	text := s.List.Source.Text
	b := s.List.Get("b")
	if b == nil {
		return name + ":" + text
	}
	from := b.Name.End + strings.IndexByte(text[b.Name.End:], '=') + 1
	to := len(text)
	if i := strings.IndexByte(text[from:], ';'); i >= 0 {
		to = from + i
	}
	return name + ":" + text[:from] + text[to:]
}
