package render

import (
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/report"
)

// wireDMARC is the record that applies to a domain, with the verdict on a message
// if one was described.
type wireDMARC struct {
	Result       dmarc.Status      `json:"result,omitempty"`
	Reason       octets            `json:"reason,omitempty"`
	Standard     dmarc.Standard    `json:"standard"`
	AuthorDomain octets            `json:"author_domain,omitempty"`
	OrgDomain    octets            `json:"org_domain,omitempty"`
	Record       *octets           `json:"record,omitempty"`
	RecordDomain octets            `json:"record_domain,omitempty"`
	Policy       dmarc.Policy      `json:"policy,omitempty"`
	Disposition  dmarc.Policy      `json:"disposition,omitempty"`
	SPFAligned   *bool             `json:"spf_aligned,omitempty"`
	DKIMAligned  *bool             `json:"dkim_aligned,omitempty"`
	Policies     *wirePolicies     `json:"policies,omitempty"`
	Path         []wireWalkStep    `json:"path,omitzero"`
	SuffixList   octets            `json:"suffix_list,omitempty"`
	Reports      []wireDestination `json:"report_addresses,omitempty"`
}

// wirePolicies is what the record says for whom, and what is asked of receivers.
// The policies for names below are empty where they come from another record.
type wirePolicies struct {
	Domain      dmarc.Policy `json:"domain"`
	Subdomain   dmarc.Policy `json:"subdomain,omitempty"`
	NonExistent dmarc.Policy `json:"non_existent,omitempty"`
	Testing     bool         `json:"testing,omitempty"`
}

type wireWalkStep struct {
	Name   octets  `json:"name"`
	Record *octets `json:"record,omitempty"`
	Answer octets  `json:"answer"`
	Next   string  `json:"next"`
}

type wireDestination struct {
	Tag     string `json:"tag"`
	URI     octets `json:"uri"`
	Foreign bool   `json:"foreign,omitempty"`
	Name    octets `json:"name,omitempty"`
	Answer  octets `json:"answer"`
}

func wireDMARCOf(r report.Results) *wireDMARC {
	f := r.DMARC
	if f == nil {
		return nil
	}
	w := &wireDMARC{
		Standard: f.Standard, AuthorDomain: octetsOf(f.Domain),
		RecordDomain: octetsOf(f.RecordDomain), Policy: f.Policy(),
	}
	if f.OrgErr == nil {
		w.OrgDomain = octetsOf(f.OrgDomain)
	}
	if f.Record != nil {
		text, p := octetsOf(f.Record.String()), f.Policies()
		w.Record = &text
		if p.P != "" {
			w.Policies = &wirePolicies{Domain: p.P, Testing: f.Requested(dmarc.Reject) != dmarc.Reject}
			if f.Covers() {
				w.Policies.Subdomain, w.Policies.NonExistent = p.Subdomain(), p.NonExistent()
			}
		}
	}
	if f.Standard == dmarc.RFC7489 {
		w.SuffixList = octetsOf(f.Suffixes.String())
	}
	if f.Path != nil {
		w.Path = make([]wireWalkStep, len(f.Path.Steps))
	}
	for i := range w.Path {
		s := &f.Path.Steps[i]
		w.Path[i] = wireWalkStep{Name: octetsOf("_dmarc." + s.Domain), Answer: octetsOf(answer(s)), Next: f.Next(i)}
		if record := s.Record(); record != nil {
			text := octetsOf(record.String())
			w.Path[i].Record = &text
		}
	}
	for _, d := range f.Destinations {
		w.Reports = append(w.Reports, wireDestination{Tag: d.Tag, URI: octetsOf(d.URI.Text()), Foreign: d.Foreign, Name: octetsOf(d.Name), Answer: octetsOf(agreement(d))})
	}
	if v := r.DMARCResult; v != nil {
		w.Result, w.Disposition, w.SPFAligned, w.DKIMAligned = v.Status, v.Disposition, &v.SPFAligned, &v.DKIMAligned
		if v.Reason != nil {
			w.Reason = octetsOf(v.Reason.Error())
		}
	}
	return w
}

// answer says in a few words what a step of the discovery met.
func answer(s *dmarc.Step) string {
	if s.Err != nil {
		return shortReason(s.Err)
	}
	return "record"
}

// agreement says in a few words whether reports may go to an address.
func agreement(d *dmarc.Destination) string {
	switch {
	case d.Err != nil && !d.Foreign:
		return "not known whether of the same organization: " + shortReason(d.Err)
	case d.Err != nil:
		return shortReason(d.Err)
	case d.Foreign || len(d.Agreed) > 0:
		return "the destination agrees"
	}
	return "of the same organization"
}
