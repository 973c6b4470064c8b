package score

import (
	"slices"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

func mx(s *sheet, row *Row) verdict {
	switch h := s.Results.Host; {
	case h == nil || h.MX == nil:
		return verdict{state: unchecked}
	case failed(*h.MX):
		return verdict{state: unknown}
	case s.profile.Sends() && h.NullMX():
		return verdict{state: lost, rule: "mx-null-on-sending-domain"}
	}
	return found(s, row)
}

func mxHosts(s *sheet, row *Row) verdict {
	base := s.row(row.Base)
	v := mx(s, base)
	h := s.Results.Host
	switch {
	case v.state == unknown || v.state == unchecked:
		return v
	case v.state == lost && len(h.Exchanges) == 0 && !h.Implicit():
		return verdict{state: absent}
	case s.costly(row):
		return verdict{state: lost}
	case h.NullMX():
		return verdict{state: notApplicable}
	}
	if slices.ContainsFunc(h.Exchanges, func(x *mailhost.Exchange) bool { return x.Host.Err() != nil }) {
		return verdict{state: unknown}
	}
	return verdict{}
}

func ptr(s *sheet, row *Row) verdict {
	if s.Results.Host == nil {
		return verdict{state: unchecked}
	}
	senders, silent, nameless := 0, false, false
	for _, v := range s.Results.Host.Reverses {
		if v.Sender {
			senders++
			silent = silent || v.Status() == mailhost.TempError
			nameless = nameless || v.Status() == mailhost.PermError
		}
	}
	switch {
	case senders == 0:
		return verdict{state: unchecked}
	case s.costly(row):
		return verdict{state: lost}
	case row.Base != "" && nameless:
		return verdict{state: absent}
	case silent:
		return verdict{state: unknown}
	}
	return verdict{}
}

func helo(s *sheet, row *Row) verdict {
	switch h := s.Results.Host; {
	case h == nil || h.HELO == nil:
		return verdict{state: unchecked}
	case !s.costly(row) && h.HELO.Host != nil && h.HELO.Host.Err() != nil:
		return verdict{state: unknown}
	}
	return found(s, row)
}

func sound(s *sheet, row *Row) verdict {
	switch {
	case s.costly(row):
		return verdict{state: lost}
	case s.Results.Host == nil:
		return verdict{state: unchecked}
	case len(s.Unknown) > 0:
		return verdict{state: unknown}
	}
	return verdict{}
}

func ipv6(s *sheet, row *Row) verdict {
	h := s.Results.Host
	if h == nil {
		return verdict{state: unchecked}
	}
	if !s.costly(row) && slices.ContainsFunc(h.Asked, func(r lookup.Reply) bool { return failed(r) && r.Type == lookup.TypeAAAA }) {
		return verdict{state: unknown}
	}
	return found(s, row)
}
