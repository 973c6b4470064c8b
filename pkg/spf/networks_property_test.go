package spf_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/spf"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// randomTree returns a zone with records that refer to each other at random.
// Hosts have addresses of both families or none, so that the referee, which asks
// for both at once, counts void lookups as we do.
func randomTree(rnd *rand.Rand) string {
	var b strings.Builder
	b.WriteString(";! SERVFAIL broken.example.com. *\nnull MX 0 .\n*.listed A 127.0.0.2\n")
	for i := range 4 {
		fmt.Fprintf(&b, "h%d A %s\nh%d A %s\nh%d AAAA %s\n", i, random4(rnd), i, random4(rnd), i, random6(rnd))
		fmt.Fprintf(&b, "m%d MX 10 h%d\nm%d MX 20 h%d\n", i, rnd.IntN(4), i, rnd.IntN(4))
	}
	for i := range 8 {
		name := fmt.Sprintf("n%d", i)
		if i == 0 {
			name = "@"
		}
		fmt.Fprintf(&b, "%s TXT \"v=spf1%s\"\n", name, randomTerms(rnd, i))
	}
	return b.String()
}

// randomTerms returns the terms of the record of one level, which refers to deeper
// ones, rarely to any.
func randomTerms(rnd *rand.Rand, level int) string {
	var b strings.Builder
	node := func() string {
		switch n := level + 1 + rnd.IntN(3); {
		case rnd.IntN(60) == 0:
			return []string{"gone.example.com", "broken.example.com", "n0.example.com", "example.com"}[rnd.IntN(4)]
		case n < 8:
			return fmt.Sprintf("n%d.example.com", n)
		}
		return "n7.example.com"
	}
	host := func(letter string) string {
		if rnd.IntN(25) == 0 {
			return []string{"gone.example.com", "broken.example.com", "null.example.com"}[rnd.IntN(3)]
		}
		return fmt.Sprintf("%s%d.example.com", letter, rnd.IntN(4))
	}
	length := func() string {
		return []string{"", "", "/24", "/20//64", "//40", "/8//16"}[rnd.IntN(6)]
	}
	for range 1 + rnd.IntN(6) {
		b.WriteString([]string{" ", " ", " ", " ", " ", " +", " -", " ~", " ?"}[rnd.IntN(9)])
		switch k := rnd.IntN(40); {
		case k < 12:
			fmt.Fprintf(&b, "ip4:%s/%d", random4(rnd), 6+rnd.IntN(27))
		case k < 20:
			fmt.Fprintf(&b, "ip6:%s/%d", random6(rnd), 10+rnd.IntN(119))
		case k < 24:
			b.WriteString("a:" + host("h") + length())
		case k < 27:
			b.WriteString("mx:" + host("m") + length())
		case k < 36 && level < 7:
			b.WriteString("include:" + node())
		case k == 36:
			b.WriteString("exists:" + host("h"))
		case k == 37:
			b.WriteString("exists:%{i}.listed.example.com")
		case k == 38:
			b.WriteString("exists:%{i}.unlisted.example.com")
		default:
			b.WriteString("ip4:10.0.0.0/9")
		}
	}
	switch rnd.IntN(12) {
	case 0:
	case 1, 2:
		if level < 7 {
			b.WriteString(" redirect=" + node())
		}
	default:
		b.WriteString([]string{" -all", " ~all", " ?all", " -all"}[rnd.IntN(4)])
	}
	return b.String()
}

// few returns an octet out of few, so that networks overlap.
func few(rnd *rand.Rand) byte { return []byte{0, 1, 2, 127, 128, 255}[rnd.IntN(6)] }

func random4(rnd *rand.Rand) netip.Addr {
	return netip.AddrFrom4([4]byte{10, few(rnd) & 131, few(rnd), few(rnd)})
}

func random6(rnd *rand.Rand) netip.Addr {
	a := netip.MustParseAddr("2001:db8::").As16()
	a[4], a[5], a[7], a[8], a[15] = few(rnd)&129, few(rnd)&3, few(rnd)&3, few(rnd)&129, few(rnd)
	return netip.AddrFrom16(a)
}

// TestNetworksVerdicts compares the sets of random records with what the evaluation
// says of random clients, and blitiri.com.ar/go/spf.
func TestNetworksVerdicts(t *testing.T) {
	t.Parallel()
	const trees, clients = 1500, 20
	rnd := newRand(1)
	met := map[spf.Status]int{}
	varies := 0
	for range trees {
		text := randomTree(rnd)
		z := zone(t, text)
		n := spf.Inspect(t.Context(), z, "example.com", spf.Options{}).Networks()
		if n.Err != nil {
			t.Fatal(n.Err)
		}
		for i := range clients {
			ip := []netip.Addr{random4(rnd), random6(rnd)}[i%2]
			c := refereeCase{ip: ip.String(), sender: "joe@example.com", helo: "mail.example.com"}
			result := spf.Check(t.Context(), z, spf.Query{IP: ip, Sender: c.sender, Helo: c.helo})
			if n.Varies.Contains(ip) {
				varies++
				continue
			}
			if strings.Contains(text, "%{") && errors.Is(result.Reason, spf.ErrVoidLimit) {
				continue // terms that depend on the message are taken to break no limit
			}
			if !n.Of(result.Status).Contains(ip) {
				t.Fatalf("%s is %s (%v), the sets say otherwise\n%s", ip, result.Status, result.Reason, text)
			}
			met[result.Status]++
			if theirs := askBlitiri(z, c); theirs != string(result.Status) && !errors.Is(result.Reason, spf.ErrVoidLimit) {
				t.Errorf("%s is %s (%v), the referee says %s\n%s", ip, result.Status, result.Reason, theirs, text)
			}
		}
	}
	t.Logf("verdicts %v, %d vary", met, varies)
	for _, s := range []spf.Status{spf.Pass, spf.Fail, spf.SoftFail, spf.Neutral, spf.PermError, spf.TempError} {
		if met[s] < 100 {
			t.Errorf("only %d times %s", met[s], s)
		}
	}
}
