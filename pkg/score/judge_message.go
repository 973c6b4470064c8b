package score

import (
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/message"
)

// signature returns the signature of the message that speaks best for it: one that is
// valid, those of the author's organization first, and of several such the one whose key
// is not short. nil: there is none.
func (s *sheet) signature() *dkim.Result {
	var best *dkim.Result
	rank := 0
	for i := range s.Results.Message.Signatures {
		r := &s.Results.Message.Signatures[i]
		points := 1
		if r.Status == dkim.Pass {
			points += 4
		}
		if s.ours(r.Signature.Domain) {
			points += 2
		}
		if r.Record != nil && !short(r.Record.Key) {
			points++
		}
		if points > rank {
			best, rank = r, points
		}
	}
	return best
}

// ours reports whether a name is that of the author's organization, or within it.
func (s *sheet) ours(domain string) bool {
	f := s.Results.DMARC
	return f != nil && f.OrgDomain != "" && strings.HasSuffix("."+strings.ToLower(domain), "."+f.OrgDomain)
}

func dkimPass(s *sheet, _ *Row) verdict {
	if s.Results.Message == nil {
		return verdict{state: unchecked}
	}
	best := s.signature()
	switch {
	case best == nil:
		return verdict{state: lost, rule: "dkim-unsigned"}
	case best.Status == dkim.Pass:
		return verdict{}
	case slices.ContainsFunc(s.Results.Message.Signatures, func(r dkim.Result) bool { return r.Status == dkim.TempError }):
		return verdict{state: unknown}
	}
	return verdict{state: lost, rule: failure(best)}
}

// failure names the rule about a signature that is not valid.
func failure(r *dkim.Result) string {
	switch {
	case r.BodyHash == dkim.Differs:
		return "dkim-sig-body-hash-mismatch"
	case anyOf(r.Reason, dkim.ErrNoRecord):
		return "dkim-sig-no-key"
	case anyOf(r.Reason, dkim.ErrRevoked):
		return "dkim-sig-key-revoked"
	case anyOf(r.Reason, dkim.ErrSHA1):
		return "dkim-sig-sha1"
	case anyOf(r.Reason, dkim.ErrRSATooShort, dkim.ErrMinBits):
		return "dkim-sig-weak-key"
	case anyOf(r.Reason, dkim.ErrExpired):
		return "dkim-sig-expired"
	case r.Record != nil && r.Record.Err() != nil:
		return "dkim-sig-key-invalid"
	}
	return "dkim-sig-bad-signature"
}

func signatureStrength(s *sheet, _ *Row) verdict {
	if s.Results.Message == nil {
		return verdict{state: unchecked}
	}
	best := s.signature()
	switch {
	case best == nil:
		return verdict{state: absent}
	case best.Signature.Algorithm == "rsa-sha1":
		return verdict{state: lost, rule: "dkim-sig-sha1"}
	case best.Record == nil && best.Status == dkim.TempError:
		return verdict{state: unknown}
	case best.Record == nil || best.Record.Key.Bits == 0:
		return verdict{state: absent}
	case short(best.Record.Key):
		return verdict{state: lost, rule: "dkim-sig-weak-key"}
	}
	return verdict{}
}

// short reports whether a key has fewer bits than are recommended.
func short(key dkim.Key) bool { return key.Type == dkim.RSA && key.Bits < dkim.RecommendedBits }

// covered are the fields without which a signature costs points, where the message has
// them: what people see, what makes the message one of its kind, and how its body is to
// be read. The rule names others, too, which cost none.
var covered = []string{"From", "Subject", "Date", "To", "Message-ID", "MIME-Version", "Content-Type"}

func signatureCoverage(s *sheet, _ *Row) verdict {
	m := s.Results.Message
	if m == nil {
		return verdict{state: unchecked}
	}
	best := s.signature()
	switch {
	case best == nil:
		return verdict{state: absent}
	case best.Signature.Length >= 0:
		return verdict{state: lost, rule: "dkim-sig-l-tag"}
	case slices.ContainsFunc(covered, func(name string) bool { return len(m.Named(name)) > 0 && !best.Signature.Covers(name) }):
		return verdict{state: lost, rule: "dkim-sig-recommended-header-unsigned"}
	}
	return verdict{}
}

func from(s *sheet, row *Row) verdict {
	m := s.Results.Message
	switch {
	case m == nil:
		return verdict{state: unchecked}
	case len(m.Named("From")) > 1:
		return verdict{state: lost, rule: "dmarc-from-multiple-headers"}
	case len(m.FromDomains()) > 1:
		return verdict{state: lost, rule: "dmarc-from-multiple-addresses"}
	case m.Has(message.FromNoDomain):
		return verdict{state: lost, rule: "dmarc-from-group-or-invalid"}
	}
	// Several authors of one domain are one Author Domain: a notice says so, and costs
	// nothing (RFC 9989, Section 5.3.1).
	if slices.ContainsFunc(s.findings[row.ID], func(f *lint.Finding) bool { return counts(f) && f.Severity > lint.Notice }) {
		return verdict{state: lost}
	}
	return verdict{}
}

// forged judges the cap of a From that is not proved: DMARC says so, or there are
// several authors, of which receivers show one and check another.
func forged(s *sheet, _ *Row) verdict {
	m := s.Results.Message
	switch {
	case m == nil:
		return verdict{}
	case len(m.Named("From")) > 1:
		return verdict{state: lost, rule: "dmarc-from-multiple-headers"}
	case len(m.FromDomains()) > 1:
		return verdict{state: lost, rule: "dmarc-from-multiple-addresses"}
	case s.Results.DMARCResult != nil && s.Results.DMARCResult.Status == dmarc.StatusFail && m.SPF.Query.IP.IsValid():
		return verdict{state: lost, rule: "dmarc-result-fail"}
	}
	return verdict{}
}

// unproved judges the cap of a message that DKIM does not prove, and of which nobody
// said who handed it over: SPF alone could still, and a forgery looks the same.
func unproved(s *sheet, _ *Row) verdict {
	m, v := s.Results.Message, s.Results.DMARCResult
	if m == nil || v == nil || v.Status != dmarc.StatusFail || m.SPF.Query.IP.IsValid() || len(m.FromDomains()) != 1 {
		return verdict{}
	}
	return verdict{state: lost, rule: "dmarc-result-fail", with: s.aligning(v)}
}

func fields(s *sheet, row *Row) verdict {
	m := s.Results.Message
	if m == nil {
		return verdict{state: unchecked}
	}
	for _, name := range message.Singles() {
		if len(m.Named(name)) > 1 {
			return verdict{state: lost, rule: "msg-single-header-repeated"}
		}
	}
	dates, ids := m.Named("Date"), m.Named("Message-ID")
	switch {
	case len(dates) == 0:
		return verdict{state: lost, rule: "msg-date-missing"}
	case len(ids) == 0:
		return verdict{state: lost, rule: "msg-message-id-missing"}
	case !message.IsMessageID(ids[0].Value()):
		return verdict{state: lost, rule: "msg-message-id-invalid"}
	}
	if _, ok := message.ParseDate(dates[0].Value()); !ok {
		return verdict{state: lost, rule: "msg-date-invalid"}
	}
	return found(s, row)
}

func form(s *sheet, row *Row) verdict {
	m := s.Results.Message
	if m == nil {
		return verdict{state: unchecked}
	}
	for _, fault := range []struct {
		kind message.Kind
		rule string
	}{
		{message.LongLine, "msg-line-too-long"}, {message.BareCR, "msg-bare-cr"}, {message.NUL, "msg-nul"},
		{message.BadHeaderLine, "msg-bad-header-line"}, {message.NoSeparator, "msg-no-separator"},
	} {
		if m.Has(fault.kind) {
			return verdict{state: lost, rule: fault.rule}
		}
	}
	if m.LineEnds == message.Mixed {
		return verdict{state: lost, rule: "dkim-sig-bare-lf"}
	}
	return found(s, row)
}

// unsubscribe judges one-click unsubscribe: an https URI, the field that says that a
// POST will do, and both covered by a signature (RFC 8058, Section 3.1).
func unsubscribe(s *sheet, row *Row) verdict {
	m := s.Results.Message
	switch {
	case m == nil:
		return verdict{state: unchecked}
	case !s.profile.bulk():
		return verdict{state: notApplicable}
	}
	switch m.Unsubscribing() {
	case message.NoUnsubscribe:
		return verdict{state: lost, rule: "msg-list-unsubscribe-missing"}
	case message.NoSecureURI:
		return verdict{state: lost, rule: "msg-list-unsubscribe-no-https"}
	case message.NoPost:
		return verdict{state: lost, rule: "msg-list-unsubscribe-post-missing"}
	case message.BadPost:
		return verdict{state: lost, rule: "msg-list-unsubscribe-post-invalid"}
	}
	// Where no signature is valid, that is a loss of its own.
	if !dkim.Covered(m.Signatures, message.UnsubscribeField, message.UnsubscribePostField) {
		return verdict{state: lost, rule: "dkim-sig-list-unsubscribe-unsigned"}
	}
	return found(s, row)
}
