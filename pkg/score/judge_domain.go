package score

import (
	"errors"
	"slices"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// failed reports whether a question has no answer.
func failed(r lookup.Reply) bool { return r.Err != nil }

// anyOf reports whether one of the errors is the reason.
func anyOf(err error, reasons ...error) bool {
	return slices.ContainsFunc(reasons, func(reason error) bool { return errors.Is(err, reason) })
}

// spfRead returns the state of everything about SPF where the record cannot be told:
// won where it can, or where it is known not to be there.
func (s *sheet) spfRead() state {
	switch f := s.Results.SPF; {
	case f == nil:
		return unchecked
	case f.Root.Err != nil && !anyOf(f.Root.Err, spf.ErrNoRecord, spf.ErrMultipleRecords, spf.ErrNotDomain, spf.ErrNoDomain):
		return unknown
	}
	return won
}

func spfRecord(s *sheet, row *Row) verdict {
	f := s.Results.SPF
	switch read := s.spfRead(); {
	case read != won:
		return verdict{state: read}
	case s.costly(row) || f.Root.Err != nil:
		return verdict{state: lost}
	case slices.ContainsFunc(f.Asked, failed):
		return verdict{state: unknown}
	}
	return verdict{}
}

// spfFound judges a row about the record by its findings.
func (s *sheet) spfFound(row *Row) verdict {
	switch read := s.spfRead(); {
	case read != won:
		return verdict{state: read}
	case s.Results.SPF.Root.Record == nil:
		return verdict{state: absent}
	}
	return found(s, row)
}

func spfEnding(s *sheet, row *Row) verdict {
	v := s.spfFound(row)
	if f := s.Results.SPF; v.state == won && f.Root.Record.First(spf.All) == nil && slices.ContainsFunc(f.Asked, failed) {
		v.state = unknown // it ends as the target of its redirect does
	}
	return v
}

func spfLimits(s *sheet, row *Row) verdict {
	v := s.spfFound(row)
	if v.state == won && slices.ContainsFunc(s.Results.SPF.Asked, failed) {
		v.state = unknown
	}
	return v
}

// expectedSender is the rule about hosts of which the owner said that they send.
const expectedSender = "spf-expected-sender-not-pass"

func spfSender(s *sheet, row *Row) verdict {
	v := verdict{state: unchecked}
	if s.Results.SPF == nil {
		return v
	}
	if slices.ContainsFunc(s.findings[row.ID], func(f *lint.Finding) bool { return f.RuleID == expectedSender && counts(f) }) {
		return verdict{state: lost, rule: expectedSender}
	}
	for i := range s.Results.SPF.Results {
		result := &s.Results.SPF.Results[i]
		switch {
		case result.Query.Identity != spf.MailFrom:
		case result.Status == spf.TempError:
			return verdict{state: unknown}
		case result.Status == spf.None:
			return verdict{state: absent}
		case result.Status == spf.PermError:
			v = verdict{state: notApplicable} // the record says nothing before it is mended
		case result.Status != spf.Pass:
			return verdict{state: lost, rule: "spf-result-" + string(result.Status)}
		default:
			v = verdict{}
		}
	}
	return v
}

// below reports whether the domain is within an organization whose keys may sign for
// it.
func (s *sheet) below() bool {
	f := s.Results.DMARC
	return f != nil && (f.OrgErr != nil || f.OrgDomain != f.Domain) && (f.Record == nil || f.Record.ADKIM != dmarc.Strict)
}

func dkimKey(s *sheet, row *Row) verdict {
	f := s.Results.DKIM
	if f == nil {
		return verdict{state: unchecked}
	}
	usable, silent := 0, 0
	for i := range f.Selectors {
		switch selector := &f.Selectors[i]; {
		case selector.Err == nil:
			usable++
		case selector.Reply != nil && selector.Reply.Err != nil:
			silent++
		}
	}
	switch {
	case !f.Named && len(f.Selectors) == 0 && (s.below() || !f.NoKeys()):
		if unanswered := f.Unanswered(); unanswered > 0 && unanswered == len(f.Tried) {
			return verdict{state: unknown}
		}
		return verdict{state: unchecked}
	case s.costly(row):
		return verdict{state: lost}
	case silent > 0:
		return verdict{state: unknown}
	case usable == 0 && len(f.Selectors) > 0 && !f.Named:
		return verdict{state: unchecked} // keys that were given up say nothing of those in use
	case usable == 0 && len(f.Selectors) > 0:
		return verdict{state: lost, rule: "dkim-key-revoked"}
	case usable == 0:
		return verdict{state: lost, rule: "dkim-domainkey-nxdomain"}
	}
	return verdict{}
}

// dkimQuality judges what the keys are like.
func dkimQuality(s *sheet, row *Row) verdict {
	v := dkimKey(s, s.row(row.Base))
	if v.state == unknown || v.state == unchecked {
		return v
	}
	for i := range s.Results.DKIM.Selectors {
		if record := s.Results.DKIM.Selectors[i].Record; record != nil && record.Key.Bits > 0 {
			return found(s, row)
		}
	}
	return verdict{state: absent}
}

// dmarcRead is for DMARC what spfRead is for SPF.
func (s *sheet) dmarcRead() state {
	switch f := s.Results.DMARC; {
	case f == nil || f.Domain == "":
		return unchecked
	case f.Record == nil && f.Err != nil && !anyOf(f.Err, dmarc.ErrNoRecord, dmarc.ErrMultipleRecords, dmarc.ErrUnusable):
		return unknown
	}
	return won
}

func dmarcRecord(s *sheet, row *Row) verdict {
	if read := s.dmarcRead(); read != won {
		return verdict{state: read}
	}
	switch f := s.Results.DMARC; {
	case s.costly(row):
		return verdict{state: lost}
	case f.Record == nil && s.profile == Parked:
		return verdict{state: lost, rule: "dmarc-parked-not-reject"}
	case f.Record == nil:
		return verdict{state: lost}
	case unusable(f):
		return verdict{state: lost, rule: "dmarc-p-missing"}
	}
	return verdict{}
}

// unusable reports whether there is a record with which receivers do nothing.
func unusable(f *dmarc.Facts) bool { return f.Record != nil && f.Policies().P == "" }

func dmarcPolicy(s *sheet, row *Row) verdict {
	f := s.Results.DMARC
	if read := s.dmarcRead(); read != won {
		return verdict{state: read}
	}
	if f.Record == nil || unusable(f) {
		return verdict{state: absent}
	}
	switch policy := f.Policy(); {
	case policy == "":
		return verdict{state: unknown}
	case f.Requested(policy) == dmarc.None:
		return verdict{state: lost, rule: "dmarc-p-none"}
	case s.profile == Parked && s.costly(row):
		return verdict{state: lost}
	}
	return verdict{}
}

func dmarcReports(s *sheet, row *Row) verdict {
	f := s.Results.DMARC
	if read := s.dmarcRead(); read != won {
		return verdict{state: read}
	}
	if f.Record == nil {
		return verdict{state: absent}
	}
	if !s.costly(row) && !slices.ContainsFunc(f.Record.RUA, func(u dmarc.URI) bool { return u.Err == nil }) {
		return verdict{state: lost, rule: "dmarc-rua-missing"}
	}
	silent := slices.ContainsFunc(f.Destinations, func(d *dmarc.Destination) bool {
		if _, open := errors.AsType[*lookup.Error](d.Err); open {
			return true
		}
		return slices.ContainsFunc([]*lookup.Reply{d.Reply, d.MX, d.A, d.AAAA}, func(r *lookup.Reply) bool { return r != nil && failed(*r) })
	})
	if silent && !s.costly(row) {
		return verdict{state: unknown}
	}
	return found(s, row)
}

func dmarcNamesBelow(s *sheet, row *Row) verdict {
	f := s.Results.DMARC
	switch read := s.dmarcRead(); {
	case read != won:
		return verdict{state: read}
	case f.Record == nil:
		return verdict{state: absent}
	case !f.Inherited() && f.OrgErr != nil:
		return verdict{state: unchecked} // the domain's own policy needed no answer from above
	case f.Inherited() || !f.Covers():
		return verdict{state: notApplicable}
	}
	return found(s, row)
}

// permError judges the cap of a record whose evaluation ends in permerror: by its rules, and
// by the syntax of the record itself.
func permError(s *sheet, row *Row) verdict {
	if s.spfRead() != won {
		return verdict{state: unchecked}
	}
	root := s.Results.SPF.Root
	if root.Record != nil && root.Record.Err() != nil {
		if c := s.cause(s.row("spf-record")); !s.costly(row) {
			return verdict{state: lost, rule: c.rule}
		}
		return verdict{state: lost}
	}
	return found(s, row)
}

func noDMARC(s *sheet, _ *Row) verdict {
	switch read := s.dmarcRead(); {
	case read != won:
		return verdict{state: read}
	case s.Results.DMARC.Record == nil || unusable(s.Results.DMARC):
		return verdict{state: lost, rule: s.cause(s.row("dmarc-record")).rule}
	}
	return verdict{}
}
