package spf

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, text := range list {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}

func texts(s Set) []string {
	var out []string
	for _, p := range s.Prefixes() {
		out = append(out, p.String())
	}
	return out
}

func TestSet(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		set  Set
		want []string
		four uint64
		six  string
	}{
		{"empty", NewSet(), nil, 0, "0"},
		{"host bits do not count", NewSet(prefixes("192.0.2.77/24")...), []string{"192.0.2.0/24"}, 256, "0"},
		{"neighbours become one", NewSet(prefixes("192.0.2.128/25", "192.0.2.0/25")...), []string{"192.0.2.0/24"}, 256, "0"},
		{"neighbours that make no network", NewSet(prefixes("192.0.2.1/32", "192.0.2.2/32")...), []string{"192.0.2.1/32", "192.0.2.2/32"}, 2, "0"},
		{"inside another", NewSet(prefixes("192.0.2.7/32", "192.0.2.0/24")...), []string{"192.0.2.0/24"}, 256, "0"},
		{"mapped addresses are no clients", NewSet(prefixes("::ffff:192.0.2.1/128")...), nil, 0, "0"},
		{"families are apart", NewSet(prefixes("0.0.0.0/0", "::/0")...), []string{"0.0.0.0/0", "::/0"}, 1 << 32, "340282366920938463463374607431768211456"},
		{"last addresses", NewSet(prefixes("255.255.255.255/32", "ffff::/16")...), []string{"255.255.255.255/32", "ffff::/16"}, 1, "5192296858534827628530496329220096"},
		{"union", Union(NewSet(prefixes("192.0.2.0/25", "2001:db8::/64")...), Set{}, NewSet(prefixes("192.0.2.128/25")...)), []string{"192.0.2.0/24", "2001:db8::/64"}, 256, "18446744073709551616"},
		{"difference", NewSet(prefixes("192.0.2.0/29")...).Minus(NewSet(prefixes("192.0.2.3/32")...)), []string{"192.0.2.0/31", "192.0.2.2/32", "192.0.2.4/30"}, 7, "0"},
		{"difference of several", NewSet(prefixes("192.0.2.0/30", "198.51.100.0/31")...).Minus(NewSet(prefixes("192.0.2.2/31", "198.51.100.0/32")...)), []string{"192.0.2.0/31", "198.51.100.1/32"}, 3, "0"},
		{"everything but one", everyone().Minus(NewSet(prefixes("128.0.0.0/1", "::/1", "c000::/2")...)), []string{"0.0.0.0/1", "8000::/2"}, 1 << 31, "85070591730234615865843651857942052864"},
		{"intersection", NewSet(prefixes("192.0.2.0/24", "2001:db8::/32")...).Intersect(NewSet(prefixes("192.0.2.128/25", "192.0.3.0/24", "2001:db8:1::/48")...)), []string{"192.0.2.128/25", "2001:db8:1::/48"}, 128, "1208925819614629174706176"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, texts(tt.set)); diff != "" {
				t.Errorf("networks (-want +got):\n%s", diff)
			}
			if tt.set.IPv4() != tt.four || tt.set.IPv6().String() != tt.six {
				t.Errorf("%d and %s addresses, want %d and %s", tt.set.IPv4(), tt.set.IPv6(), tt.four, tt.six)
			}
		})
	}
}

// TestSetArithmetic compares with sets of the addresses themselves.
func TestSetArithmetic(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 4))
	addr := func(i int) netip.Addr {
		if i < 64 {
			return netip.AddrFrom4([4]byte{255, 255, 255, byte(192 + i)}) // the end of the family
		}
		return netip.AddrFrom16([16]byte{15: byte(i - 64)})
	}
	random := func() (Set, [128]bool) {
		var list []netip.Prefix
		var bits [128]bool
		for range rnd.IntN(8) {
			at, size := rnd.IntN(128), rnd.IntN(5)
			p := netip.PrefixFrom(addr(at), addr(at).BitLen()-size)
			list = append(list, p)
			for i := range bits {
				bits[i] = bits[i] || p.Contains(addr(i))
			}
		}
		return NewSet(list...), bits
	}
	for range 3000 {
		a, inA := random()
		b, inB := random()
		union, both, minus := Union(a, b), a.Intersect(b), a.Minus(b)
		for i := range inA {
			got := [...]bool{union.Contains(addr(i)), both.Contains(addr(i)), minus.Contains(addr(i)), a.overlaps(netip.PrefixFrom(addr(i), addr(i).BitLen()))}
			want := [...]bool{inA[i] || inB[i], inA[i] && inB[i], inA[i] && !inB[i], inA[i]}
			if got != want {
				t.Fatalf("%s in %v and %v: %v, want %v", addr(i), texts(a), texts(b), got, want)
			}
		}
		for _, s := range []Set{union, both, minus} {
			if again := NewSet(s.Prefixes()...); !again.Equal(s) {
				t.Fatalf("%v, then %v", texts(s), texts(again))
			}
		}
		if !a.Minus(union).Empty() || !both.Minus(a).Empty() || minus.Minus(b).Empty() != minus.Empty() {
			t.Fatalf("%v and %v", texts(a), texts(b))
		}
	}
}
