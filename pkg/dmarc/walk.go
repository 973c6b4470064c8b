package dmarc

import (
	"slices"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// maxWalk is how many names a walk asks for (RFC 9989, Section 4.10).
const maxWalk = 8

// Step is one question of a discovery: the TXT records at _dmarc below a domain.
type Step struct {
	Domain  string
	Reply   *lookup.Reply // nil: the name is too long to exist
	Records []*Record     // all that have the version first
	Err     error         // nil: there is one record; else a sentinel or the resolver's error
}

// Record returns the one record found, nil where there is none or more.
func (s *Step) Record() *Record {
	if s.Err != nil {
		return nil
	}
	return s.Records[0]
}

// Walk is the way from a domain upwards (RFC 9989, Section 4.10), as far as the
// algorithm goes.
type Walk struct {
	Start string
	Steps []Step
}

// policyName returns the name at which the record of a domain stands. ok is false
// where it would be too long.
func policyName(domain string) (name string, ok bool) {
	name, err := lookup.Canonical("_dmarc." + domain)
	return name, err == nil
}

// walkNames returns the domains that a walk from a domain may ask about, in order.
func walkNames(domain string) []string {
	names := []string{domain}
	parents := ancestors(domain)
	// RFC 9989, Section 4.10: from eight labels on the walk goes on with seven.
	if skip := len(parents) - (maxWalk - 1); skip > 0 {
		parents = parents[skip:]
	}
	return append(names, parents...)
}

// ancestors returns the names above a canonical name, nearest first, without the
// root.
func ancestors(domain string) []string {
	var names []string
	for name := parent(domain); name != ""; name = parent(name) {
		names = append(names, name)
	}
	return names
}

// parent returns the name above a canonical name; "" above a single label.
func parent(domain string) string {
	for i := 0; i < len(domain); i++ {
		switch domain[i] {
		case '\\':
			i++
		case '.':
			return domain[i+1:]
		}
	}
	return ""
}

// within reports whether a name is the domain or below it.
func within(name, domain string) bool {
	return name == domain || slices.Contains(ancestors(name), domain)
}

// newStep reads the reply about a domain.
func newStep(domain string, reply *lookup.Reply) Step {
	s := Step{Domain: domain, Reply: reply, Err: ErrNoRecord}
	if reply == nil {
		return s
	}
	if reply.Err != nil {
		s.Err = reply.Err
		return s
	}
	for i := range reply.Answer.Records {
		if source := reply.Answer.Records[i].Source; hasVersion(source.Text) {
			s.Records = append(s.Records, Parse(source))
		}
	}
	switch {
	case len(s.Records) > 1:
		s.Err = ErrMultipleRecords
	case len(s.Records) == 1:
		s.Err = nil
	}
	return s
}

// newWalk puts the replies about a domain's names in order and ends where the
// algorithm does: at a record that says psd=y or psd=n.
func newWalk(domain string, reply func(domain string) *lookup.Reply) *Walk {
	w := &Walk{Start: domain}
	for _, name := range walkNames(domain) {
		s := newStep(name, reply(name))
		w.Steps = append(w.Steps, s)
		if r := s.Record(); r != nil && r.PSD != 'u' {
			break
		}
	}
	return w
}

// Org returns the Organizational Domain (RFC 9989, Section 4.10.2). With an error
// it is what the answers that came amount to; the missing ones could change it.
func (w *Walk) Org() (string, error) {
	var unknown error
	org := w.Start
	for i := range w.Steps {
		s := &w.Steps[i]
		r := s.Record()
		switch {
		case r == nil:
			if s.failed() && unknown == nil {
				unknown = s.Err
			}
		case r.PSD == 'y' && i > 0:
			org = below(w.Start, s.Domain)
		default:
			org = s.Domain
		}
	}
	return org, unknown
}

// highest returns the highest name that can be the Organizational Domain, whatever
// the missing answers are.
func (w *Walk) highest() string {
	name, _ := w.Org()
	for i := range w.Steps {
		if s := &w.Steps[i]; s.failed() && within(name, s.Domain) {
			name = s.Domain
		}
	}
	return name
}

// answered reports whether no answer is missing about the domain and names below it.
func (w *Walk) answered(domain string) bool {
	return !slices.ContainsFunc(w.Steps, func(s Step) bool { return s.failed() && within(s.Domain, domain) })
}

// failed reports whether the question has no answer.
func (s *Step) failed() bool { return s.Reply != nil && s.Reply.Err != nil }

// below returns the name one label below a parent on the way to a name, whether
// or not the walk asked about it.
func below(name, above string) string {
	for parent(name) != above {
		name = parent(name)
	}
	return name
}

// found reports whether the walk met a record.
func (w *Walk) found() bool {
	return slices.ContainsFunc(w.Steps, func(s Step) bool { return s.Err == nil })
}

// at returns the step about a domain, nil where the walk has none.
func (w *Walk) at(domain string) *Step {
	for i := range w.Steps {
		if w.Steps[i].Domain == domain {
			return &w.Steps[i]
		}
	}
	return nil
}

// psd returns the step with the record of a Public Suffix Domain above the start,
// nil where the walk met none.
func (w *Walk) psd() *Step {
	last := &w.Steps[len(w.Steps)-1]
	if r := last.Record(); r != nil && r.PSD == 'y' && len(w.Steps) > 1 {
		return last
	}
	return nil
}

// TooLong reports whether names between the start and the top were left out.
func (w *Walk) TooLong() bool { return len(ancestors(w.Start)) >= maxWalk }

// Next says why the discovery went on or stopped behind a step of Path.
func (f *Facts) Next(step int) string {
	s := &f.Path.Steps[step]
	r, last := s.Record(), step == len(f.Path.Steps)-1
	switch {
	case f.Standard == RFC7489 && last && s.Err == ErrMultipleRecords:
		return "stop: several records end the discovery"
	case f.Standard == RFC7489 && r != nil:
		return "stop: the record applies"
	case f.Standard == RFC7489 && last:
		return "stop: the organization has been asked"
	case r != nil && r.PSD == 'n':
		return "stop: psd=n marks the organization"
	case r != nil && r.PSD == 'y':
		return "stop: psd=y marks a public suffix"
	case last:
		return "stop: the top is reached"
	case s.Err == ErrMultipleRecords:
		return "go on: several records count as none"
	case r != nil && step == 0:
		return "applies; go on for the organization"
	case r != nil:
		return "go on: a name above comes first"
	}
	return "go on"
}
