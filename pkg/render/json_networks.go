package render

import (
	"github.com/authcheck/authcheck/pkg/spf"
)

// wireNetworks is what a record says of clients by their address.
type wireNetworks struct {
	Error      octets          `json:"error,omitempty"`
	Pass       *wireSet        `json:"pass,omitempty"`
	SoftFail   *wireSet        `json:"softfail,omitempty"`
	Neutral    *wireSet        `json:"neutral,omitempty"`
	Fail       *wireSet        `json:"fail,omitempty"`
	PermError  *wireSet        `json:"permerror,omitempty"`
	Unknown    *wireSet        `json:"unknown,omitempty"`
	Varies     *wireSet        `json:"varies,omitempty"`
	Conditions []wireCondition `json:"conditions,omitempty"`
	Sources    []wireSource    `json:"sources,omitempty"`
}

// wireSet is a set of addresses. IPv6 counts are larger than numbers of JSON can be.
type wireSet struct {
	IPv4     uint64   `json:"ipv4"`
	IPv6     string   `json:"ipv6"`
	Prefixes []string `json:"prefixes,omitempty"`
}

type wireCondition struct {
	Domain octets `json:"domain,omitempty"`
	Term   octets `json:"term"`
}

type wireSource struct {
	Terms  []octets   `json:"terms"`
	Result spf.Status `json:"result"`
	IPv4   uint64     `json:"ipv4"`
	IPv6   string     `json:"ipv6"`
}

// maxPrefixes is how many networks of a set are listed. A longer list is left out,
// and so is that of a set which is the rest of the address space.
const maxPrefixes = 500

// isRest reports whether a set holds half of all addresses of a family or more.
func isRest(s spf.Set) bool { return s.IPv4() >= 1<<31 || s.IPv6().BitLen() >= 128 }

// wireSetOf returns nil for the empty set.
func wireSetOf(s spf.Set) *wireSet {
	if s.Empty() {
		return nil
	}
	w := &wireSet{IPv4: s.IPv4(), IPv6: s.IPv6().String()}
	if isRest(s) {
		return w
	}
	if list := s.Prefixes(); len(list) <= maxPrefixes {
		for _, p := range list {
			w.Prefixes = append(w.Prefixes, p.String())
		}
	}
	return w
}

func wireNetworksOf(f *spf.Facts) *wireNetworks {
	if !f.Evaluable() {
		return nil
	}
	n := f.Networks()
	if n.Err != nil {
		return &wireNetworks{Error: octetsOf(n.Err.Error())}
	}
	w := &wireNetworks{
		Pass: wireSetOf(n.Of(spf.Pass)), SoftFail: wireSetOf(n.Of(spf.SoftFail)), Neutral: wireSetOf(n.Of(spf.Neutral)), Fail: wireSetOf(n.Of(spf.Fail)),
		PermError: wireSetOf(n.Of(spf.PermError)), Unknown: wireSetOf(n.Of(spf.TempError)), Varies: wireSetOf(n.Varies),
	}
	w.Conditions = wireConditionsOf(n.Conditions)
	for _, c := range n.Sources {
		if c.Set.Empty() {
			continue
		}
		source := wireSource{Result: c.Status, IPv4: c.Set.IPv4(), IPv6: c.Set.IPv6().String()}
		for _, t := range c.Terms {
			source.Terms = append(source.Terms, octetsOf(t.Text()))
		}
		w.Sources = append(w.Sources, source)
	}
	return w
}
