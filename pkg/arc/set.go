package arc

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/authcheck/authcheck/pkg/authres"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/message"
)

// MaxSets is the largest number of sets, and the highest instance (RFC 8617,
// Sections 4.2.1 and 5.2).
const MaxSets = 50

// The reasons for which the fields of a message make no chain, and those for which
// a signature of ARC is none, beside the reasons of package dkim.
var (
	ErrTooMany    = errors.New("more than 50 ARC sets")
	ErrInstance   = errors.New("i= is not a number from 1 to 50")
	ErrGap        = errors.New("an ARC set is missing")
	ErrIncomplete = errors.New("an ARC set lacks a field")
	ErrDuplicate  = errors.New("an ARC set has a field twice")
	ErrValidation = errors.New("cv= is not what it must be at this place")
	ErrBroken     = errors.New("the newest seal says that the chain was broken before")
	ErrSealNames  = errors.New("h= must not stand in an ARC-Seal")
	ErrSealSigned = errors.New("h= names the ARC-Seal field")
)

// Set is what one handler of the message added to it (RFC 8617, Section 4.2). What
// the message lacks is nil; then the chain has a fault.
type Set struct {
	Instance int
	Results  *authres.Field  // what the handler claims to have found on arrival
	Message  *dkim.Signature // over header and body
	Seal     *dkim.Signature // over the fields of ARC up to this set

	// The verdicts on the two signatures; nil where the chain has faults, because
	// then no signature is looked at.
	MessageResult, SealResult *dkim.Result

	fields [kinds]*message.Field
}

// Validation returns the value of cv=, the state of the chain as the handler found
// it; "" where there is none.
func (s *Set) Validation() string {
	if s.Seal == nil {
		return ""
	}
	if t := s.Seal.List.Get("cv"); t != nil {
		return t.Value.Text()
	}
	return ""
}

// Fault is a reason for which the fields make no chain, at its place.
type Fault struct {
	Reason   error     // a sentinel
	Instance int       // the set it is about; 0: none
	Span     lint.Span // for what is missing, a field that stands beside it
}

// Kind is the kind of a field of an ARC set, in the order in which seals take them
// (RFC 8617, Section 5.1.1).
type Kind int

// The kinds of fields.
const (
	Results Kind = iota
	MessageSignature
	Seal
	kinds
)

// String returns the name of the field.
func (k Kind) String() string {
	return [kinds]string{"ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal"}[k]
}

// field is a field of ARC on its way to a set.
type field struct {
	kind Kind
	*message.Field
}

// collect puts the fields of ARC together and finds what is wrong with their
// structure. The chain has no status yet.
func collect(m *message.Message) *Chain {
	c := &Chain{Source: lint.NewSource("ARC chain", "")}
	if m.Origin.File != "" {
		start := lint.Anchor{Line: max(m.Origin.Line, 1), Column: 1}
		c.Source = lint.NewFileSource("ARC chain", m.Origin.File, "", []lint.Anchor{start})
	}
	var fields []field
	for i := range m.Fields {
		for k := range kinds {
			if m.Fields[i].Is(k.String()) {
				fields = append(fields, field{k, &m.Fields[i]})
			}
		}
	}
	if len(fields) > MaxSets*int(kinds) { // RFC 8617, Section 5.2, step 1
		c.Faults = []Fault{{Reason: ErrTooMany, Span: c.Source.Whole()}}
		return c
	}
	sets := map[int]*Set{}
	var stray [kinds]bool
	for _, f := range fields {
		source := m.Source(f.Field, f.kind.String())
		number, span := instance(source, f.kind)
		if number == 0 {
			stray[f.kind] = true
			c.Faults = append(c.Faults, Fault{ErrInstance, 0, span})
			continue
		}
		source = m.Source(f.Field, fmt.Sprintf("%v i=%d", f.kind, number))
		if sets[number] == nil {
			sets[number] = &Set{Instance: number}
		}
		if !sets[number].add(f, source) {
			c.Faults = append(c.Faults, Fault{ErrDuplicate, number, source.Whole()})
		}
	}
	for number := 1; number <= MaxSets; number++ {
		if s := sets[number]; s != nil {
			c.Sets = append(c.Sets, *s)
		}
	}
	c.checkSets(stray)
	return c
}

// instance reads i= of a field. The number is 0 where it is none, and the span is
// then the value, or the whole field where no value can be found.
func instance(source *lint.Source, kind Kind) (number int, span lint.Span) {
	if kind == Results {
		// RFC 8617, Section 4.1.1: before everything else, with a semicolon behind it.
		if f := authres.ParseARC(source); f.Err != authres.ErrInstance {
			span = f.Instance.Span
		}
	} else if t := taglist.Parse(source).Get("i"); t != nil {
		span = t.Value
	}
	if span.Source == nil {
		return 0, source.Whole()
	}
	text := span.Text()
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 || number > MaxSets || strconv.Itoa(number) != text {
		return 0, span
	}
	return number, span
}

// add takes a field in and reports whether it is the first of its kind.
func (s *Set) add(f field, source *lint.Source) bool {
	if s.fields[f.kind] != nil {
		return false
	}
	s.fields[f.kind] = f.Field
	switch f.kind {
	case Results:
		s.Results = authres.ParseARC(source)
	case MessageSignature:
		s.Message = messageSignature(f.Field, source)
	case Seal:
		s.Seal = seal(f.Field, source)
	}
	return true
}

// messageSignature reads an ARC-Message-Signature. What it should sign is for its
// sealer: to verify it, From need not be named (RFC 8617 asks for no field at all).
func messageSignature(f *message.Field, source *lint.Source) *dkim.Signature {
	s := dkim.ParseSignature(f, source, dkim.ARCMessageSignature)
	h := s.List.Get("h")
	s.Faults = slices.DeleteFunc(s.Faults, func(fault dkim.Fault) bool {
		empty := h != nil && h.Value.Empty() && fault.Span == h.Span
		return fault.Reason == dkim.ErrFromUnsigned || fault.Reason == dkim.ErrSignatureSyntax && empty
	})
	for _, name := range s.Names { // RFC 8617, Section 4.1.2
		if strings.EqualFold(name.Text(), Seal.String()) {
			s.Faults = append(s.Faults, dkim.Fault{Reason: ErrSealSigned, Span: name})
		}
	}
	return strict(s)
}

// seal reads an ARC-Seal.
func seal(f *message.Field, source *lint.Source) *dkim.Signature {
	s := dkim.ParseSignature(f, source, dkim.ARCSeal)
	if h := s.List.Get("h"); h != nil { // RFC 8617, Section 4.1.3
		s.Faults = append(s.Faults, dkim.Fault{Reason: ErrSealNames, Span: h.Span})
	}
	return strict(s)
}

// strict refuses an empty element, which verifiers of DKIM let pass: in ARC all of
// them take it for the syntax error that it is (RFC 6376, Section 3.2).
func strict(s *dkim.Signature) *dkim.Signature {
	for i := range s.List.Tags {
		if t := &s.List.Tags[i]; t.Err == taglist.ErrEmpty {
			s.Faults = append(s.Faults, dkim.Fault{Reason: dkim.ErrSignatureSyntax, Span: t.Span})
		}
	}
	return s
}

// checkSets finds what the sets lack and what cv= says (RFC 8617, Section 5.2, steps
// 2 and 3). Where a field of a kind has no instance, it is not missed elsewhere.
func (c *Chain) checkSets(stray [kinds]bool) {
	if len(c.Sets) == 0 {
		return
	}
	newest := &c.Sets[len(c.Sets)-1]
	if newest.Validation() == "fail" {
		// Whoever sealed a broken chain sealed its own set alone (Section 5.1.2).
		c.Faults = []Fault{{ErrBroken, newest.Instance, newest.Seal.List.Get("cv").Span}}
		return
	}
	next := 1
	for i := range c.Sets {
		s := &c.Sets[i]
		for ; next < s.Instance; next++ {
			if stray == [kinds]bool{} {
				c.Faults = append(c.Faults, Fault{ErrGap, next, s.place()})
			}
		}
		next++
		if slices.ContainsFunc(s.missing(), func(k Kind) bool { return !stray[k] }) {
			c.Faults = append(c.Faults, Fault{ErrIncomplete, s.Instance, s.place()})
		}
		if s.Seal != nil && s.Validation() != validation(s.Instance) {
			span := s.Seal.List.Source.Whole()
			if t := s.Seal.List.Get("cv"); t != nil {
				span = t.Span
			}
			c.Faults = append(c.Faults, Fault{ErrValidation, s.Instance, span})
		}
	}
}

// validation returns what cv= of a set must be.
func validation(instance int) string {
	if instance == 1 {
		return string(None)
	}
	return string(Pass)
}

// missing returns the kinds of fields that the set lacks.
func (s *Set) missing() []Kind {
	var lacking []Kind
	for k, f := range s.fields {
		if f == nil {
			lacking = append(lacking, Kind(k))
		}
	}
	return lacking
}

// place returns a field that the set has, whole.
func (s *Set) place() lint.Span {
	switch {
	case s.Seal != nil:
		return s.Seal.List.Source.Whole()
	case s.Message != nil:
		return s.Message.List.Source.Whole()
	}
	return s.Results.Source.Whole()
}
