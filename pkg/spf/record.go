package spf

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/authcheck/authcheck/pkg/lint"
)

// Kind says what a term is.
type Kind int

// The kinds of terms: mechanisms, then modifiers (RFC 7208, Sections 5 and 6).
const (
	Invalid Kind = iota // names no mechanism and is no modifier
	All
	Include
	A
	MX
	PTR
	IP4
	IP6
	Exists
	Redirect
	Exp
	Unknown // a modifier that receivers ignore
)

// kindNames holds each term's name as records write it.
var kindNames = [...]string{
	All: "all", Include: "include", A: "a", MX: "mx", PTR: "ptr", IP4: "ip4", IP6: "ip6",
	Exists: "exists", Redirect: "redirect", Exp: "exp",
}

// String returns the name of the term, or "" for Invalid and Unknown.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return ""
	}
	return kindNames[k]
}

// Modifier reports whether terms of this kind are written with "=".
func (k Kind) Modifier() bool { return k == Redirect || k == Exp || k == Unknown }

// Looks reports whether a term of this kind counts against the limit of ten
// (RFC 7208, Section 4.6.4).
func (k Kind) Looks() bool {
	switch k {
	case Include, A, MX, PTR, Exists, Redirect:
		return true
	}
	return false
}

// Record is an SPF record as it was published, every octet of it. Parse never
// fails: what breaks the grammar is kept, with the reason in Term.Err.
type Record struct {
	Source  *lint.Source
	Version lint.Span // "v=spf1"; empty where the text does not start with it
	Terms   []Term    // in order; between them stand only spaces
}

// Term is one directive or modifier.
type Term struct {
	Span      lint.Span
	Kind      Kind
	Qualifier byte         // '+', '-', '~' or '?', '+' where none is written; 0 for modifiers
	Name      lint.Span    // as written
	Domain    MacroString  // the domain-spec, or the value of an unknown modifier
	Network   netip.Prefix // ip4, ip6: as written, host bits kept
	Length4   int          // a, mx: bits compared for IPv4, 0 to 32
	Length6   int          // a, mx: bits compared for IPv6, 0 to 128
	Err       *SyntaxError // nil: the term obeys the grammar
}

// HasDomain reports whether the term names a target; without one, a, mx and ptr
// use the domain under evaluation.
func (t *Term) HasDomain() bool { return t.Domain.Span.Source != nil }

// Text returns the term as written.
func (t *Term) Text() string { return t.Span.Text() }

// String returns the record as published.
func (r *Record) String() string { return r.Source.Text }

// OwnTerm returns the first term that asks about the domain of the record itself, nil
// where none does.
func (r *Record) OwnTerm() *Term {
	for i := range r.Terms {
		if t := &r.Terms[i]; t.Err == nil && t.Kind.Looks() && (!t.HasDomain() || t.Domain.Uses("d")) {
			return t
		}
	}
	return nil
}

// First returns the first valid term of that kind, or nil.
func (r *Record) First(kind Kind) *Term {
	for i := range r.Terms {
		if t := &r.Terms[i]; t.Kind == kind && t.Err == nil {
			return t
		}
	}
	return nil
}

// Err returns the first syntax error, which makes the whole record permerror
// wherever it stands (RFC 7208, Section 4.6), or nil.
func (r *Record) Err() *SyntaxError {
	for i := range r.Terms {
		if err := r.Terms[i].Err; err != nil {
			return err
		}
	}
	return nil
}

// Redirect returns the redirect modifier if evaluation can reach it: it is
// ignored in a record that has an "all" anywhere (RFC 7208, Section 5.1).
func (r *Record) Redirect() *Term {
	if r.First(All) != nil {
		return nil
	}
	return r.First(Redirect)
}

// SyntaxError is a term that breaks the grammar.
type SyntaxError struct {
	Reason error     // one of the sentinels below
	Span   lint.Span // the octets at fault
	Detail string    // what exactly, for people; may be empty
}

// Error returns the octets at fault with the reason.
func (e *SyntaxError) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("%q: %v", e.Span.Text(), e.Reason)
	}
	return fmt.Sprintf("%q: %v: %s", e.Span.Text(), e.Reason, e.Detail)
}

// Unwrap returns the Reason.
func (e *SyntaxError) Unwrap() error { return e.Reason }

// The ways in which a term can break the grammar of RFC 7208, Section 12. Each
// is explained by one rule.
var (
	ErrUnknownMechanism  = errors.New("not an SPF mechanism")
	ErrModifierColon     = errors.New("modifier written with a colon")
	ErrModifierQualifier = errors.New("qualifier on a modifier")
	ErrDoubleQualifier   = errors.New("more than one qualifier")
	ErrBareAddress       = errors.New("address or host name without a mechanism")
	ErrAddress           = errors.New("not an IP address")
	ErrIP4InIP6          = errors.New("IPv4 address in ip6")
	ErrIP6InIP4          = errors.New("IPv6 address in ip4")
	ErrPrefixLength      = errors.New("invalid prefix length")
	ErrLengthNotAllowed  = errors.New("prefix length not allowed here")
	ErrEmptyDomain       = errors.New("domain name missing")
	ErrEmptyExp          = errors.New("exp without a domain name")
	ErrTarget            = errors.New("invalid target name")
	ErrTargetAddress     = errors.New("address where a name belongs")
	ErrMacro             = errors.New("invalid macro")
	ErrMacroExpOnly      = errors.New("macro letter allowed only in explanations")
	ErrMacroInAddress    = errors.New("macro in an address")
	ErrRedirectTwice     = errors.New("more than one redirect")
	ErrExpTwice          = errors.New("more than one exp")
	ErrSeparator         = errors.New("terms not separated by a space")
	ErrGlued             = errors.New("no space between terms")
	ErrSecondRecord      = errors.New("a second record inside the record")
	ErrCharacter         = errors.New("character outside printable ASCII")
	ErrQuote             = errors.New("literal quotation mark")
	ErrTrailingText      = errors.New("text that is not part of the record")
)
