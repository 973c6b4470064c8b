package dmarc

import (
	"errors"
	"slices"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// Standard says how the record and the Organizational Domain are found.
type Standard string

// The standards. The zero value means RFC9989.
const (
	RFC9989 Standard = "rfc9989" // tree walk
	RFC7489 Standard = "rfc7489" // Public Suffix List
)

// Facts is what Inspect gathered about a domain.
type Facts struct {
	Domain       string // the Author Domain; empty where a text was given
	Standard     Standard
	Path         *Walk          // how the record was looked for; nil where a text was given
	Tree         *Walk          // the tree walk, the same as Path unless Standard is RFC7489
	Legacy       *Walk          // how RFC 7489 looks for the record where Domain has none of its own; nil: Standard is RFC7489, or the first step of Path is all
	Record       *Record        // that applies to Domain; nil: none
	RecordDomain string         // where it was found
	Err          error          // why there is no Record: a sentinel or the resolver's error
	OrgDomain    string         // Organizational Domain; with OrgErr what the answers that came amount to
	OrgErr       error          // why OrgDomain is not sure: a question without answer
	Suffixes     *Suffixes      // list used for comparison and by RFC7489
	Exists       *lookup.Reply  // whether Domain exists; nil: it makes no difference
	Destinations []*Destination // one for each usable address of the record that applies
	Walks        []*Walk        // of the domains of identifiers, each once
	Skipped      []string       // domains of identifiers that were too many to walk
	Wildcard     *lookup.Reply  // about a name that nobody publishes; asked where a text is no DMARC record
	Required     []Address      // that rua shall name; none: no demand
	Text         *lint.Source   // the text that was given, nil otherwise
	Asked        []lookup.Reply // questions that the record needs, in the order asked
}

// Why reports go to none of the addresses.
var (
	ErrUnauthorized = errors.New("the destination does not agree to take reports")
	ErrOtherHost    = errors.New("the destination sends reports to another host")
)

// Destination is an address for reports.
type Destination struct {
	URI      *URI
	Tag      string        // "rua" or "ruf"
	Foreign  bool          // known to be of another organization than the record: it must agree
	Name     string        // where it agrees or would; empty: nobody needs to know, or too long a name
	Reply    *lookup.Reply // about Name
	Wildcard *lookup.Reply // about the wildcard that would agree for everybody
	Agreed   []*Record     // records at Name with the version first
	Err      error         // why nothing is sent there: a sentinel; or the resolver's error, unless Foreign about whose the host is
	MX       *lookup.Reply
	A, AAAA  *lookup.Reply // asked where the host has no MX record; else nil
}

// Inherited reports whether the record stands at another name than the domain.
func (f *Facts) Inherited() bool {
	return f.Record != nil && f.Domain != "" && f.RecordDomain != f.Domain
}

// Covers reports whether the policies of the record for names below its own are in
// force: only those of an Organizational Domain or a public suffix are (RFC 9989,
// Section 4.7). It is true of a text, which may be published anywhere, and false
// where the Organizational Domain is not known.
func (f *Facts) Covers() bool {
	return f.Domain == "" || f.Inherited() || f.OrgErr == nil && f.RecordDomain == f.OrgDomain
}

// Policies returns the policies of the record under the standard in force.
func (f *Facts) Policies() Policies {
	if f.Record != nil && f.Standard == RFC7489 {
		return f.Record.policies("p", "sp") // RFC 7489, Section 6.3: np is not known
	}
	if f.Record == nil {
		return Policies{}
	}
	return f.Record.Policies
}

// Policy returns the policy that applies to the domain, as published. It is empty
// where there is none, or where it is not known whether the domain exists.
func (f *Facts) Policy() Policy {
	p := f.Policies()
	switch {
	case !f.Inherited():
		return p.P
	case p.NonExistent() == p.Subdomain():
		return p.Subdomain()
	case f.Exists == nil || f.Exists.Err != nil:
		return ""
	case f.missing():
		return p.NonExistent()
	}
	return p.Subdomain()
}

// missing reports whether the domain is known not to exist. Only NXDOMAIN says that, and
// an alias exists whatever it points at (RFC 9989, Section 3.2.13).
func (f *Facts) missing() bool {
	return f.Exists != nil && f.Exists.Err == nil && f.Exists.Answer.NXDomain && len(f.Exists.Answer.Chain) == 0
}

// Requested returns what a policy asks of receivers under t.
func (f *Facts) Requested(p Policy) Policy {
	if f.Record != nil && f.Record.Testing && f.Standard != RFC7489 {
		return p.lowered()
	}
	return p
}

// Decisive returns the steps of Path that discovery needed: the first where that
// has a record, else all (RFC 9989, Section 4.10.1).
func (f *Facts) Decisive() []Step {
	switch {
	case f.Path == nil:
		return nil
	case f.Path.Steps[0].Err == nil:
		return f.Path.Steps[:1]
	}
	return f.Path.Steps
}

// discover chooses the record among those on the path.
func (f *Facts) discover() {
	if f.Standard == RFC7489 {
		f.OrgDomain = f.Suffixes.Organizational(f.Domain)
	} else {
		f.OrgDomain, f.OrgErr = f.Tree.Org()
	}
	f.Err = ErrNoRecord
	steps := f.Decisive()
	// RFC 9989, Section 5.3.6: what a required question hides is not known.
	if i := slices.IndexFunc(steps, func(s Step) bool { return s.failed() }); i >= 0 {
		f.Err = steps[i].Err
		return
	}
	choices := []*Step{&f.Path.Steps[0], f.Path.at(f.OrgDomain)}
	if f.Standard != RFC7489 {
		choices = append(choices, f.Path.psd())
	}
	for _, s := range choices {
		if s != nil && s.Err == nil {
			f.Record, f.RecordDomain, f.Err = s.Record(), s.Domain, nil
			return
		}
	}
	f.own(func(s *Step) {
		if s.Err == ErrMultipleRecords {
			f.Err = ErrMultipleRecords
		}
	})
}

// owned reports whether the record is in the hands of whoever runs the domain: not
// that of a Public Suffix Domain above it.
func (f *Facts) owned() bool {
	return f.Record != nil && (!f.Inherited() || f.RecordDomain == f.OrgDomain)
}

// Own returns the answers about names that the domain's owner can change.
func (f *Facts) Own() []lookup.Reply {
	var replies []lookup.Reply
	f.own(func(s *Step) { replies = append(replies, *s.Reply) })
	return replies
}
