package spf

import (
	"math/big"
	"net/netip"
	"slices"
	"sort"
)

// Set is a set of IP addresses of both families, such as those that a record
// passes. The zero value is empty. Sets do not change once they are made.
type Set struct{ spans []span }

// span is a range of addresses of one family, both ends included. The spans of a
// set are sorted, IPv4 first, and no two overlap or touch.
type span struct{ first, last netip.Addr }

// mapped holds the IPv4-mapped addresses. A client that has one is an IPv4 client,
// so that they match nothing (RFC 7208, Section 5).
var mapped = netip.MustParsePrefix("::ffff:0:0/96")

// NewSet returns the addresses of the networks. Bits behind the prefix length do
// not count, and neither do networks of IPv4-mapped addresses.
func NewSet(networks ...netip.Prefix) Set {
	spans := make([]span, 0, len(networks))
	for _, p := range networks {
		if p.IsValid() && !(p.Bits() >= mapped.Bits() && mapped.Contains(p.Addr())) {
			p = p.Masked()
			spans = append(spans, span{p.Addr(), lastOf(p)})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.first.Compare(b.first) })
	return Set{joined(spans)}
}

// everyone holds every address there is.
func everyone() Set {
	return NewSet(netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0))
}

// joined unites sorted spans that overlap or touch, in place.
func joined(spans []span) []span {
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && (s.first.Compare(out[n-1].last) <= 0 || s.first == out[n-1].last.Next()) {
			if s.last.Compare(out[n-1].last) > 0 {
				out[n-1].last = s.last
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// lastOf returns the last address of a masked network.
func lastOf(p netip.Prefix) netip.Addr {
	if p.Addr().Is4() {
		octets := p.Addr().As4()
		fill(octets[:], p.Bits())
		return netip.AddrFrom4(octets)
	}
	octets := p.Addr().As16()
	fill(octets[:], p.Bits())
	return netip.AddrFrom16(octets)
}

// fill sets all bits behind the first ones.
func fill(octets []byte, bits int) {
	for i := bits / 8; i < len(octets); i++ {
		octets[i] |= byte(0xff >> max(bits-8*i, 0))
	}
}

// Empty reports whether the set holds no address.
func (s Set) Empty() bool { return len(s.spans) == 0 }

// Equal reports whether both sets hold the same addresses.
func (s Set) Equal(other Set) bool { return slices.Equal(s.spans, other.spans) }

// Contains reports whether the set holds the address. An IPv4-mapped address
// counts as IPv4.
func (s Set) Contains(addr netip.Addr) bool {
	addr = addr.Unmap()
	i := s.at(addr)
	return i < len(s.spans) && s.spans[i].first.Compare(addr) <= 0
}

// at returns the index of the first span that does not end before the address.
func (s Set) at(addr netip.Addr) int {
	return sort.Search(len(s.spans), func(i int) bool { return s.spans[i].last.Compare(addr) >= 0 })
}

// overlaps reports whether the set holds any address of a network.
func (s Set) overlaps(p netip.Prefix) bool {
	p = p.Masked()
	i := s.at(p.Addr())
	return i < len(s.spans) && s.spans[i].first.Compare(lastOf(p)) <= 0
}

// Union returns the addresses that one of the sets holds.
func Union(sets ...Set) Set {
	var n, filled int
	var only Set
	for _, s := range sets {
		if n += len(s.spans); !s.Empty() {
			only, filled = s, filled+1
		}
	}
	if filled < 2 {
		return only
	}
	spans := make([]span, 0, n)
	for _, s := range sets {
		spans = append(spans, s.spans...)
	}
	slices.SortFunc(spans, func(a, b span) int { return a.first.Compare(b.first) })
	return Set{joined(spans)}
}

// Intersect returns the addresses that both sets hold.
func (s Set) Intersect(other Set) Set {
	a, b := s.spans, other.spans
	if len(a) == 0 || len(b) == 0 {
		return Set{}
	}
	out := make([]span, 0, max(len(a), len(b)))
	for len(a) > 0 && len(b) > 0 {
		first, last := later(a[0].first, b[0].first), earlier(a[0].last, b[0].last)
		if first.Compare(last) <= 0 {
			out = append(out, span{first, last})
		}
		if a[0].last.Compare(b[0].last) < 0 {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return Set{out}
}

// Minus returns the addresses of the set that the other one does not hold.
func (s Set) Minus(other Set) Set {
	b := other.spans
	if len(s.spans) == 0 || len(b) == 0 {
		return s
	}
	out := make([]span, 0, len(s.spans)+len(b))
	for _, rest := range s.spans {
		for len(b) > 0 && b[0].last.Compare(rest.first) < 0 {
			b = b[1:]
		}
		gone := false
		for _, hole := range b {
			if hole.first.Compare(rest.last) > 0 {
				break
			}
			if rest.first.Compare(hole.first) < 0 {
				out = append(out, span{rest.first, hole.first.Prev()})
			}
			if gone = hole.last.Compare(rest.last) >= 0; gone {
				break
			}
			rest.first = hole.last.Next()
			b = b[1:]
		}
		if !gone {
			out = append(out, rest)
		}
	}
	return Set{out}
}

func later(a, b netip.Addr) netip.Addr {
	if a.Compare(b) < 0 {
		return b
	}
	return a
}

func earlier(a, b netip.Addr) netip.Addr {
	if a.Compare(b) < 0 {
		return a
	}
	return b
}

// families takes the set apart into its IPv4 and its IPv6 addresses.
func (s Set) families() (four, six Set) {
	i := sort.Search(len(s.spans), func(i int) bool { return s.spans[i].first.Is6() })
	return Set{s.spans[:i:i]}, Set{s.spans[i:]}
}

// Prefixes returns the fewest networks that hold exactly the set, in order.
func (s Set) Prefixes() []netip.Prefix {
	var list []netip.Prefix
	for _, r := range s.spans {
		for r.first.IsValid() && r.first.Compare(r.last) <= 0 {
			p := widest(r)
			list = append(list, p)
			r.first = lastOf(p).Next()
		}
	}
	return list
}

// widest returns the largest network that starts where the span does and lies
// within it.
func widest(r span) netip.Prefix {
	bits := r.first.BitLen()
	for bits > 0 {
		p := netip.PrefixFrom(r.first, bits-1)
		if p.Masked() != p || lastOf(p).Compare(r.last) > 0 {
			break
		}
		bits--
	}
	return netip.PrefixFrom(r.first, bits)
}

// IPv4 returns how many IPv4 addresses the set holds, 2^32 at most.
func (s Set) IPv4() uint64 {
	four, _ := s.families()
	return four.count().Uint64()
}

// IPv6 returns how many IPv6 addresses the set holds, 2^128 at most.
func (s Set) IPv6() *big.Int {
	_, six := s.families()
	return six.count()
}

func (s Set) count() *big.Int {
	total, one := new(big.Int), big.NewInt(1)
	for _, r := range s.spans {
		n := new(big.Int).SetBytes(r.last.AsSlice())
		n.Sub(n, new(big.Int).SetBytes(r.first.AsSlice()))
		total.Add(total, n.Add(n, one))
	}
	return total
}
