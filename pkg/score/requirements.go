package score

import (
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/report"
)

// demand is a requirement of a provider and how to tell whether it is met.
type demand struct {
	id, text string
	rows     []string                    // of a domain that must be won
	mail     []string                    // of a message that must be won, beside or instead; none: the same as rows
	test     func(*sheet) report.Outcome // where no row tells; nil: the rows do
	passes   bool                        // mail must pass: records alone can fail it, and never prove it
	quoted   bool                        // the wording is the provider's in at least one copy; else others tell it
	advice   bool                        // nothing follows from failing it
	dated    string                      // of the wording, YYYY-MM
}

// never is the test of what neither records nor a message tell.
func never(*sheet) report.Outcome { return report.NotTestable }

// demands holds the requirements on bulk senders, each provider's in its own order.
// They were read in copies and descriptions of the providers' pages, whose dates they
// have: providers change them.
var demands = map[Profile][]demand{
	Google: {
		{id: "G1", text: "SPF and DKIM are set up for the domain", rows: []string{"spf-record", "dkim-key"}, mail: []string{"spf-pass", "dkim-pass"}, quoted: true, dated: "2024-02"},
		{id: "G2", text: "The sending address has a reverse name that leads back to it", rows: []string{"ptr"}, quoted: true, dated: "2024-02"},
		{id: "G3", text: "Mail is handed over with TLS", test: never, quoted: true, dated: "2023-12"},
		{id: "G4", text: "Less than 0.30 % of the mail is reported as spam, better less than 0.10 %", test: never, quoted: true, dated: "2024-02"},
		{id: "G5", text: "Messages have the form of RFC 5322", test: inForm, quoted: true, dated: "2024-02"},
		{id: "G6", text: "From is not an address at gmail.com", test: notGmail, quoted: true, dated: "2024-02"},
		{id: "G7", text: "Forwarded mail has ARC fields, and list mail a List-ID", test: never, dated: "2024-02"},
		{id: "G8", text: "The domain has a DMARC record; p=none is enough", rows: []string{"cap-no-dmarc"}, quoted: true, dated: "2024-02"},
		{id: "G9", text: "From is aligned with the domain that passes SPF or DKIM", mail: []string{"dmarc-pass"}, quoted: true, dated: "2024-02"},
		{id: "G10", text: "Marketing mail can be unsubscribed from with one click", mail: []string{"unsubscribe", "dkim-pass"}, dated: "2024-06"},
		{id: "G11", text: "DKIM keys have 1024 bits or more", test: keysOf1024, dated: "2024-02"},
	},
	Yahoo: {
		{id: "Y1", text: "The sending address has a reverse name that leads back to it", rows: []string{"ptr"}, dated: "2024-02"},
		{id: "Y1b", text: "Messages have the form of RFC 5321 and RFC 5322", test: inForm, dated: "2024-02"},
		{id: "Y2", text: "SPF and DKIM are set up, there is a DMARC record, and mail passes DMARC", rows: []string{"spf-record", "dkim-key", "cap-no-dmarc"}, mail: []string{"spf-pass", "dkim-pass", "cap-no-dmarc", "dmarc-pass"}, passes: true, dated: "2024-02"},
		{id: "Y3", text: "Marketing mail can be unsubscribed from with one click", mail: []string{"unsubscribe", "dkim-pass"}, dated: "2024-06"},
		{id: "Y4", text: "Less than 0.3 % of the mail is reported as spam", test: never, dated: "2024-02"},
	},
	Microsoft: {
		{id: "M1", text: "Mail passes SPF and DKIM, and a DMARC record aligned with one of them is there; p=none is enough", rows: []string{"spf-record", "dkim-key", "cap-no-dmarc"}, mail: []string{"spf-pass", "dkim-pass", "cap-no-dmarc", "dmarc-pass"}, quoted: true, passes: true, dated: "2025-05"},
		{id: "M3", text: "Replies to From can be delivered (advice)", rows: []string{"mx"}, advice: true, dated: "2025-05"},
	},
}

// requirements returns the checklist of a provider's profile.
func (s *sheet) requirements(c Column) []report.Requirement {
	var list []report.Requirement
	for _, d := range demands[s.profile] {
		r := report.Requirement{ID: d.id, Text: d.text, Dated: d.dated, Certainty: "secondary", Rows: d.rows, Advice: d.advice}
		if d.quoted {
			r.Certainty = "quoted"
		}
		if c == Message && len(d.mail) > 0 {
			r.Rows = d.mail
		}
		switch {
		case d.test != nil:
			r.Outcome = d.test(s)
		case len(r.Rows) == 0:
			r.Outcome = report.Undecided // a message would tell
		default:
			r.Outcome = s.outcome(r.Rows)
			if d.passes && c == Domain && r.Outcome == report.Met {
				r.Outcome = report.Undecided
			}
		}
		list = append(list, r)
	}
	return list
}

// outcome says whether all of some rows are won.
func (s *sheet) outcome(rows []string) report.Outcome {
	outcome := report.Met
	for _, id := range rows {
		switch state := s.verdicts[id].state; {
		case id == "dkim-key" && s.lost(id) && hasKeys(s.Results.DKIM):
			outcome = report.Undecided // mail may be signed with the key that can be used
		case s.lost(id):
			return report.Failed
		case state == unknown || state == unchecked:
			outcome = report.Undecided
		}
	}
	return outcome
}

// inForm judges the form of the message, where there is one.
func inForm(s *sheet) report.Outcome { return s.outcome([]string{"from", "fields", "form"}) }

// notGmail judges the domain of From.
func notGmail(s *sheet) report.Outcome {
	f := s.Results.DMARC
	switch {
	case f == nil || f.Domain == "":
		return report.Undecided
	case slices.Contains([]string{"gmail.com", "googlemail.com"}, strings.ToLower(f.Domain)):
		return report.Failed
	}
	return report.Met
}

// keysOf1024 judges the keys of the domain, and those of the message's signatures.
func keysOf1024(s *sheet) report.Outcome {
	var bits []int
	if f := s.Results.DKIM; f != nil {
		for i := range f.Selectors {
			if record := f.Selectors[i].Record; record != nil && record.Key.Type == dkim.RSA {
				bits = append(bits, record.Key.Bits)
			}
		}
	}
	if m := s.Results.Message; m != nil {
		for i := range m.Signatures {
			if record := m.Signatures[i].Record; record != nil && record.Key.Type == dkim.RSA {
				bits = append(bits, record.Key.Bits)
			}
		}
	}
	switch {
	case len(bits) == 0:
		return report.Undecided
	case slices.Min(bits) < dkim.MinBits:
		return report.Failed
	}
	return report.Met
}
