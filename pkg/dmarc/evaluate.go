package dmarc

import (
	"cmp"
	"errors"
	"slices"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// Status is the outcome for a message (RFC 9989, Section 9.2).
type Status string

// The outcomes.
const (
	StatusNone      Status = "none"
	StatusPass      Status = "pass"
	StatusFail      Status = "fail"
	StatusTempError Status = "temperror"
	StatusPermError Status = "permerror"
)

// Why it is not known whether a message passes, beside the resolver's errors.
var (
	ErrTooManyIdentifiers = errors.New("too many authenticated domains to compare")
	ErrTemporaryResult    = errors.New("the check of an aligned domain met a temporary error")
)

// Identifier is what SPF or DKIM said about a domain: that of MAIL FROM, or of the
// d= tag.
type Identifier struct {
	Result string // in the words of RFC 8601: pass, fail, temperror, ...
	Domain string
}

// Results are the outcomes of a message's own checks.
type Results struct {
	SPF  []Identifier // at most one; empty: not checked
	DKIM []Identifier // one for each signature
}

// Domains returns the domains whose walks Evaluate needs.
func (r Results) Domains() []string {
	var domains []string
	for _, id := range append(r.SPF[:len(r.SPF):len(r.SPF)], r.DKIM...) {
		if id.counts() {
			domains = append(domains, id.Domain)
		}
	}
	return domains
}

// counts reports whether alignment of the domain matters: it passed, or could have.
func (id Identifier) counts() bool { return id.passed() || id.Result == string(StatusTempError) }

func (id Identifier) passed() bool { return id.Result == string(StatusPass) }

// Result is the outcome for a message, with what it rests on.
type Result struct {
	Status                  Status
	Reason                  error  // nil when Status says it all
	Policy                  Policy // that applies; empty: none, or not known
	Disposition             Policy // what the domain asks for this message; empty: not known
	SPFAligned, DKIMAligned bool
	Results                 Results
}

// Evaluate judges a message of the Author Domain. It is pure: facts hold the walks
// of all domains that results name (RFC 9989, Section 5.3).
func Evaluate(f *Facts, results Results) Result {
	out := Result{Status: StatusNone, Results: results}
	switch {
	case f.Record == nil && f.temporary():
		out.Status, out.Reason = StatusTempError, f.Err
		return out
	case f.Record == nil:
		out.Reason = f.Err
		return out
	case f.Policies().P == "":
		out.Status, out.Reason = StatusPermError, ErrUnusable
		return out
	}
	var spfOpen, dkimOpen error
	out.SPFAligned, spfOpen = f.aligned(results.SPF, f.Record.ASPF)
	out.DKIMAligned, dkimOpen = f.aligned(results.DKIM, f.Record.ADKIM)
	open := cmp.Or(spfOpen, dkimOpen)
	out.Policy = f.Policy()
	out.Disposition = f.Requested(out.Policy)
	switch {
	case out.SPFAligned || out.DKIMAligned:
		out.Status, out.Disposition = StatusPass, None
	case open != nil:
		out.Status, out.Reason, out.Disposition = StatusTempError, open, ""
	default:
		out.Status = StatusFail
	}
	return out
}

func (f *Facts) temporary() bool {
	var failure *lookup.Error
	return errors.As(f.Err, &failure)
}

// aligned reports whether one identifier passed and is aligned. The error says why
// one may be, if nothing else passes (RFC 9989, Section 5.3.6).
func (f *Facts) aligned(identifiers []Identifier, mode Alignment) (bool, error) {
	var open error
	for _, id := range identifiers {
		if !id.counts() {
			continue
		}
		ok, err := f.compare(id.Domain, mode)
		switch {
		case ok && id.passed():
			return true, nil
		case ok:
			err = ErrTemporaryResult
		}
		open = cmp.Or(open, err)
	}
	return false, open
}

// compare reports whether a domain is aligned with the Author Domain (RFC 9989,
// Section 4.4). What no answer could change is said in spite of missing answers.
func (f *Facts) compare(domain string, mode Alignment) (bool, error) {
	name, err := lookup.FromUser(domain)
	switch {
	case err != nil || name == "":
		return false, nil
	case name == f.Domain:
		return true, nil
	case mode == Strict:
		return false, nil
	case f.Standard == RFC7489:
		return f.Suffixes.Organizational(name) == f.OrgDomain, nil
	case f.OrgErr == nil && !within(name, f.OrgDomain) || !related(name, f.Domain):
		return false, nil
	}
	at := slices.IndexFunc(f.Walks, func(w *Walk) bool { return w.Start == name })
	if at < 0 {
		return false, ErrTooManyIdentifiers
	}
	org, err := f.Walks[at].Org()
	if err = cmp.Or(f.OrgErr, err); err != nil {
		return false, err
	}
	return org == f.OrgDomain, nil
}

// related reports whether two names have a name above them in common, or one is
// above the other: without that no Organizational Domain is that of both.
func related(a, b string) bool {
	return slices.ContainsFunc(append(ancestors(a), a), func(name string) bool { return within(b, name) })
}
