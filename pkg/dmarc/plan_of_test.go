package dmarc

import "cmp"

// PlanOf returns the plan that a record was made by. ok is false where none says
// the same: a tag is dropped for its value, or an address cannot be read.
func PlanOf(r *Record) (p Plan, ok bool) {
	p = Plan{P: r.P, SP: r.SP, NP: r.NP, Testing: r.Testing, ADKIM: r.ADKIM, ASPF: r.ASPF}
	if r.Options != "0" {
		p.Options = r.Options
	}
	if r.PSD != 'u' {
		p.PSD = r.PSD
	}
	for _, t := range r.Tags {
		if t.Err != nil {
			return p, false
		}
	}
	for _, list := range [...]struct {
		uris []URI
		to   *[]Address
	}{{r.RUA, &p.RUA}, {r.RUF, &p.RUF}} {
		for i := range list.uris {
			a, err := ParseAddress(cmp.Or(list.uris[i].Text(), "-"))
			if list.uris[i].Err != nil || err != nil {
				return p, false
			}
			*list.to = append(*list.to, a)
		}
	}
	return p, p.P != ""
}
