package render

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/authcheck/authcheck/pkg/spf"
)

// maxSources is how many terms are named as those that pass most addresses.
const maxSources = 5

// networks says how many addresses get which verdict, and by which terms.
func (t *textRenderer) networks(f *spf.Facts) block {
	n := f.Networks()
	if n.Err != nil {
		return t.labelled("  addresses: ", shortReason(n.Err))
	}
	var b block
	for _, row := range [...]struct {
		label string
		set   spf.Set
	}{
		{"pass", n.Of(spf.Pass)}, {"softfail", n.Of(spf.SoftFail)}, {"neutral", n.Of(spf.Neutral)}, {"fail", n.Of(spf.Fail)},
		{"permerror", n.Of(spf.PermError)}, {"unknown", n.Of(spf.TempError)}, {"depends", n.Varies},
	} {
		if !row.set.Empty() {
			b = append(b, fmt.Sprintf("  %-9s  %s", row.label, sizes(row.set)))
		}
		if row.label == "pass" {
			b = append(b, t.sources(n)...)
		}
	}
	terms := make([]string, len(n.Conditions))
	for i, c := range n.Conditions {
		terms[i] = asciiOnly(c.Term.Text())
	}
	return append(b, t.labelled("    on the message, by ", strings.Join(terms, ", "))...)
}

// sources names the terms that pass most addresses.
func (t *textRenderer) sources(n *spf.Networks) block {
	var b block
	list := n.Largest()
	for i, c := range list {
		if i == maxSources {
			return append(b, "    "+plural(len(list)-maxSources, "more term"))
		}
		b = append(b, "    "+cut(asciiOnly(c.Text()), t.width/2)+": "+sizes(c.Set))
	}
	return b
}

// sizes counts the addresses of a set.
func sizes(s spf.Set) string {
	six := ""
	if n := s.IPv6(); n.Sign() > 0 {
		six = sixes(n)
	}
	four := ""
	switch n := s.IPv4(); {
	case n == 1<<32:
		four = "all of IPv4"
	case n == 1:
		four = "1 IPv4 address"
	case n > 0:
		four = thousands(new(big.Int).SetUint64(n)) + " IPv4 addresses"
	}
	return list(four, six)
}

// sixes counts IPv6 addresses, large numbers by networks of /64.
func sixes(n *big.Int) string {
	whole, rest := new(big.Int).DivMod(n, new(big.Int).Lsh(big.NewInt(1), 64), new(big.Int))
	networks := thousands(whole) + " IPv6 networks of /64"
	if whole.BitLen() == 1 {
		networks = "1 IPv6 network of /64"
	}
	switch {
	case n.BitLen() == 129:
		return "all of IPv6"
	case n.BitLen() == 128:
		return "the rest of IPv6"
	case n.BitLen() == 1:
		return "1 IPv6 address"
	case whole.Sign() == 0:
		return thousands(n) + " IPv6 addresses"
	case rest.Sign() != 0:
		return "more than " + networks
	}
	return networks
}

// thousands writes a number with commas.
func thousands(n *big.Int) string {
	digits := n.String()
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
