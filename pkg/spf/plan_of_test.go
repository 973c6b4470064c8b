package spf

import "strings"

// PlanOf returns the plan that a valid record was made by. ok is false where none
// says the same: the record has ptr, a qualifier before the end, or no end.
func PlanOf(r *Record) (p Plan, ok bool) {
	if r.Err() != nil {
		return p, false
	}
	for i := range r.Terms {
		t := &r.Terms[i]
		value := strings.TrimPrefix(t.Span.Source.Text[t.Name.End:t.Span.End], ":")
		switch {
		case t.Kind == All:
			p.All = t.Qualifier
		case t.Kind == Redirect:
			p.Redirect = t.Domain.text()
		case t.Kind == Exp:
			p.Exp = t.Domain.text()
		case p.All != 0 || t.Kind == Unknown: // never looked at
		case t.Qualifier != '+' || t.Kind == PTR:
			return p, false
		case t.Kind == IP4 || t.Kind == IP6:
			p.Networks = append(p.Networks, t.Network)
		case t.Kind == A:
			p.A = append(p.A, value)
		case t.Kind == MX:
			p.MX = append(p.MX, value)
		case t.Kind == Include:
			p.Includes = append(p.Includes, value)
		case t.Kind == Exists:
			p.Exists = append(p.Exists, value)
		}
	}
	if p.All != 0 {
		p.Redirect = "" // ignored (RFC 7208, Section 5.1)
	}
	return p, p.All != 0 || p.Redirect != ""
}
