package dmarc

import (
	"errors"
	"slices"

	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/lint"
)

// Policy is what a domain asks receivers to do with mail that fails. The zero
// value means that nothing was said, or that it is not known.
type Policy string

// The policies, mildest first.
const (
	None       Policy = "none"
	Quarantine Policy = "quarantine"
	Reject     Policy = "reject"
)

var strength = []Policy{None, Quarantine, Reject}

// Weaker reports whether p asks for less than q. What is not said counts as none.
func (p Policy) Weaker(q Policy) bool {
	return slices.Index(strength, p) < slices.Index(strength, q)
}

// lowered returns the policy one level down, which is what t=y asks for
// (RFC 9989, Section 4.7).
func (p Policy) lowered() Policy {
	switch p {
	case Reject:
		return Quarantine
	case Quarantine:
		return None
	}
	return p
}

// Alignment says how near an identifier must be to the Author Domain.
type Alignment byte

// The modes of alignment (RFC 9989, Section 4.4).
const (
	Relaxed Alignment = 'r' // of the same organization
	Strict  Alignment = 's' // the same domain
)

// Why a tag is dropped in favour of its default, beside the reasons of a tag list.
var (
	ErrEmptyValue = errors.New("a value is missing")
	ErrValue      = errors.New("not a value of this tag")
)

// Why there is no record, or none that counts.
var (
	ErrNoRecord        = errors.New("no DMARC record")
	ErrMultipleRecords = errors.New("more than one DMARC record")
	ErrUnusable        = errors.New("no valid policy and no report address: no DMARC processing")
)

// Tag is one element of a record. Err is nil, ErrEmptyValue, ErrValue, or why the
// element is no tag at all.
type Tag = taglist.Tag

// Record is a DMARC record, nothing lost. The fields of single tags hold what is
// in force: the value of the first tag of that name, or its default.
type Record struct {
	Source  *lint.Source
	Version lint.Span // the version tag; empty where the text is not taken for a record
	Tags    []Tag     // every element, the version among them
	Policies
	ADKIM, ASPF Alignment // how d= and MAIL FROM compare with the Author Domain
	Options     string    // fo; "0" unless it says something else
	PSD         byte      // 'y', 'n' or 'u'
	Testing     bool      // t=y
	RUA, RUF    []URI     // every element of the lists, the broken ones too

	list *taglist.List
}

// Policies are the three policies of a record. An empty SP or NP means that the
// next one to the left applies.
type Policies struct {
	P, SP, NP Policy
}

// Subdomain returns the policy for subdomains that exist.
func (p Policies) Subdomain() Policy {
	if p.SP != "" {
		return p.SP
	}
	return p.P
}

// NonExistent returns the policy for subdomains that do not exist.
func (p Policies) NonExistent() Policy {
	if p.NP != "" {
		return p.NP
	}
	return p.Subdomain()
}

// String returns the text of the record, octet for octet.
func (r *Record) String() string { return r.Source.Text }

// Tag returns the first tag of that name, nil where there is none. Names are
// compared letter for letter (RFC 6376, Section 3.2).
func (r *Record) Tag(name string) *Tag { return r.list.Get(name) }

// meant returns the tag of that name or, where there is none, the first one of that
// name with capitals, which receivers ignore.
func (r *Record) meant(name string) *Tag {
	if t := r.Tag(name); t != nil {
		return t
	}
	return r.list.Find(name)
}

// Err returns ErrUnusable where receivers do no DMARC processing with the record,
// else nil.
func (r *Record) Err() error {
	if r.P == "" {
		return ErrUnusable
	}
	return nil
}

// valid returns the value of a tag if it has a valid one, else "".
func (r *Record) valid(name string) string {
	if t := r.Tag(name); t != nil && t.Err == nil {
		return t.Value.Text()
	}
	return ""
}

// usable reports whether one URI of the list is valid.
func usable(uris []URI) bool {
	return slices.ContainsFunc(uris, func(u URI) bool { return u.Err == nil })
}
