package arc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// Status is the state of a chain. There is no other: an error of any kind, a DNS
// failure too, is a failure for good (RFC 8617, Sections 4.4 and 5.2.1).
type Status string

// The states of a chain. A message whose chain fails is treated as one without
// (RFC 8617, Section 5.2).
const (
	None Status = "none" // the message has no field of ARC
	Pass Status = "pass"
	Fail Status = "fail"
)

// The reasons for which a chain without faults fails. Each comes with the reason of
// package dkim.
var (
	ErrMessageSignature = errors.New("the newest ARC-Message-Signature does not verify")
	ErrSeal             = errors.New("an ARC-Seal does not verify")
)

// Chain is the Authenticated Received Chain of a message with the verdict on it. A
// pass says who vouches for the message, not that they are to be trusted.
type Chain struct {
	Status     Status
	Reason     error        // nil where Status is not Fail; errors.Is finds a sentinel
	Instance   int          // the set that Reason is about; 0: none
	Sets       []Set        // in the order of their instances, the oldest first
	Faults     []Fault      // of the structure
	OldestPass int          // oldest set since which nothing signed was changed; 0: the oldest of all, or Status is not Pass
	Source     *lint.Source // stands for the chain as a whole in findings; it has no text
}

// Options says how strict Verify is. The zero value is what the standards demand.
type Options struct {
	At      time.Time // moment against which x= is judged; zero: nothing expires
	MinBits int       // demanded of RSA keys; 0: 1024, which are always demanded
}

// Verify judges the chain of a message (RFC 8617, Section 5.2). It asks for all keys
// at once and reads the body once, and does neither where the fields make no chain.
// Beyond what the verdict needs, every signature of the chain is judged: that shows
// where a message was changed.
func Verify(ctx context.Context, r lookup.Resolver, m *message.Message, o Options) *Chain {
	c := collect(m)
	switch {
	case len(c.Faults) > 0:
		c.Status, c.Reason, c.Instance = Fail, c.Faults[0].Reason, c.Faults[0].Instance
		return c
	case len(c.Sets) == 0:
		c.Status = None
		return c
	}
	c.judge(ctx, r, m, dkim.VerifyOptions{At: o.At, MinBits: o.MinBits})
	c.conclude()
	return c
}

// judge gives the verdicts on all signatures.
func (c *Chain) judge(ctx context.Context, r lookup.Resolver, m *message.Message, o dkim.VerifyOptions) {
	var messages, seals []*dkim.Signature // of messages, each with its other meaning behind it
	for i := range c.Sets {
		messages = append(messages, c.Sets[i].Message, relaxed(c.Sets[i].Message))
		seals = append(seals, c.Sets[i].Seal)
	}
	replies := dkim.AskKeys(ctx, r, slices.Concat(messages, seals))
	hashes, unread := dkim.BodyHashes(ctx, m, messages)
	results := make([]dkim.Result, len(messages))
	for i, s := range messages {
		if i%2 == 1 && (s == messages[i-1] || results[i-1].Status != dkim.Fail) {
			continue // there is none, or it is not needed
		}
		e := dkim.Evidence{Reply: replies[i], Digest: s.Digest(s.Pick(m)), Unread: unread}
		if unread == nil {
			e.Body = &hashes[i]
		}
		results[i] = s.Judge(e, o)
	}
	var sealed []*message.Field // by the seals so far
	for i := range c.Sets {
		s := &c.Sets[i]
		s.MessageResult = &results[2*i]
		if results[2*i+1].Status == dkim.Pass {
			s.Message, s.MessageResult = messages[2*i+1], &results[2*i+1]
		}
		// RFC 8617, Section 5.1.1: the seal itself comes last, and Digest adds it.
		sealed = append(sealed, s.fields[Results], s.fields[MessageSignature])
		res := s.Seal.Judge(dkim.Evidence{Reply: replies[len(messages)+i], Digest: s.Seal.Digest(sealed)}, o)
		s.SealResult = &res
		sealed = append(sealed, s.fields[Seal])
	}
}

// relaxed returns how else a signature without c= can be meant. By the standard that
// is simple/simple (RFC 6376, Section 3.5), but there are sealers to whom it is
// relaxed/relaxed, and verifiers go along. Any other signature has one meaning.
func relaxed(s *dkim.Signature) *dkim.Signature {
	if s.List.Get("c") != nil {
		return s
	}
	other := *s
	other.Header, other.Body = dkim.Relaxed, dkim.Relaxed
	return &other
}

// conclude gives the verdict on the chain (RFC 8617, Section 5.2, steps 4 to 7). Of
// many reasons to fail, one that is certain goes before one that a repeated question
// to the DNS may do away with.
func (c *Chain) conclude() {
	c.Status = Pass
	newest := &c.Sets[len(c.Sets)-1]
	c.require(ErrMessageSignature, newest.MessageResult, newest.Instance)
	for i := len(c.Sets) - 1; i >= 0; i-- {
		c.require(ErrSeal, c.Sets[i].SealResult, c.Sets[i].Instance)
	}
	if c.Status != Pass {
		return
	}
	for i := len(c.Sets) - 2; i >= 0; i-- {
		if c.Sets[i].MessageResult.Status != dkim.Pass {
			c.OldestPass = c.Sets[i+1].Instance
			return
		}
	}
}

// require makes the chain fail where a signature that it rests on does not pass.
func (c *Chain) require(reason error, res *dkim.Result, instance int) {
	if res.Status == dkim.Pass || c.Reason != nil && (!c.unsure() || res.Status == dkim.TempError) {
		return
	}
	c.Status, c.Instance = Fail, instance
	c.Reason = fmt.Errorf("%w: %w", reason, res.Reason)
}

// unsure reports whether the chain fails only because something could not be read.
func (c *Chain) unsure() bool {
	var failure *lookup.Error
	return errors.As(c.Reason, &failure) || errors.Is(c.Reason, dkim.ErrUnread)
}
