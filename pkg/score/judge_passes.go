package score

import (
	"cmp"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

func spfPass(s *sheet, _ *Row) verdict {
	m := s.Results.Message
	switch {
	case m == nil || !m.SPF.Query.IP.IsValid():
		return verdict{state: unchecked}
	case m.SPF.Status == spf.TempError:
		return verdict{state: unknown}
	case m.SPF.Status != spf.Pass:
		return verdict{state: lost, rule: "spf-result-" + string(m.SPF.Status), with: s.spfFault()}
	}
	return verdict{}
}

// sender returns the domain of MAIL FROM.
func sender(m *report.Message) string {
	address := m.SPF.Query.Sender
	return address[strings.LastIndexByte(address, '@')+1:]
}

// spfFault returns the one row of the author's SPF record that must be won for the
// message to get a verdict, empty where it is not that record or not that row alone.
func (s *sheet) spfFault() string {
	m, f := s.Results.Message, s.Results.SPF
	if f == nil || m.SPF.Status != spf.PermError && m.SPF.Status != spf.None || !strings.EqualFold(sender(m), f.Domain) {
		return ""
	}
	switch record, limits := s.lost("spf-record"), s.lost("spf-limits"); {
	case record && (!limits || f.Root.Record == nil):
		return "spf-record"
	case limits && !record:
		return "spf-limits"
	}
	return ""
}

func dmarcPass(s *sheet, _ *Row) verdict {
	m, v := s.Results.Message, s.Results.DMARCResult
	switch {
	case m == nil || v == nil || len(m.FromDomains()) != 1:
		return verdict{state: unchecked} // no domain, or several, to be aligned with
	case v.Status == dmarc.StatusPass:
		return verdict{}
	case v.Status == dmarc.StatusTempError:
		return verdict{state: unknown}
	case v.Status == dmarc.StatusFail && !m.SPF.Query.IP.IsValid():
		return verdict{state: unchecked} // with the envelope SPF could pass
	case v.Status == dmarc.StatusNone && s.aligned():
		return verdict{state: absent} // the record is all that is missing
	}
	return verdict{state: lost, rule: "dmarc-result-" + string(v.Status), with: s.aligning(v)}
}

// aligning returns the row whose cure makes the message pass DMARC, too: what failed
// would be aligned. Empty: none does.
func (s *sheet) aligning(v *dmarc.Result) string {
	f, best := s.Results.DMARC, s.signature()
	wants := cmp.Or(f.Record, &dmarc.Record{})
	aligned := func(domain string, mode dmarc.Alignment) bool {
		return strings.EqualFold(domain, f.Domain) || mode != dmarc.Strict && s.ours(domain)
	}
	switch {
	case v.Status == dmarc.StatusPermError && s.aligned():
		return "dmarc-record"
	case v.Status == dmarc.StatusFail && s.lost("spf-pass") && aligned(sender(s.Results.Message), wants.ASPF):
		return "spf-pass"
	case s.lost("dkim-pass") && (best == nil || aligned(best.Signature.Domain, wants.ADKIM)):
		return "dkim-pass" // unsigned mail is to be signed in the author's name
	}
	return ""
}

// aligned reports whether SPF or DKIM passes for the author's organization.
func (s *sheet) aligned() bool {
	m := s.Results.Message
	if m.SPF.Status == spf.Pass && s.ours(sender(m)) {
		return true
	}
	return slices.ContainsFunc(m.Signatures, func(r dkim.Result) bool { return r.Status == dkim.Pass && s.ours(r.Signature.Domain) })
}
