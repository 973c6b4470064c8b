package mailhost

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// badLabel returns the range of the first label that no host name can have: letters,
// digits and inner hyphens alone are allowed (RFC 5321, Section 4.1.2). The range is
// empty where all are fine.
func badLabel(name string) (start, end int) {
	for label := range strings.SplitSeq(name, ".") {
		if end = start + len(label); !isLDH(label) {
			return start, max(end, start+1)
		}
		start = end + 1
	}
	return 0, 0
}

func isLDH(label string) bool {
	for i := 0; i < len(label); i++ {
		c := label[i] | 0x20
		if !(c >= 'a' && c <= 'z' || label[i] >= '0' && label[i] <= '9' || label[i] == '-') {
			return false
		}
	}
	return label != "" && label[0] != '-' && label[len(label)-1] != '-'
}

// unescaped returns a label for people: characters that zone files alone want escaped
// stand for themselves.
func unescaped(label string) string {
	return strings.NewReplacer(`\\`, `\\`, `\$`, "$", `\@`, "@", `\(`, "(", `\)`, ")", `\;`, ";").Replace(label)
}

// underscored reports whether underscores are all that keeps a name from being one
// of a host.
func underscored(name string) bool {
	start, end := badLabel(strings.ReplaceAll(name, "_", "x"))
	return strings.Contains(name, "_") && start == end
}

// localSuffixes end names that mean something in one network alone.
var localSuffixes = [...]string{"localhost", "localdomain", "local", "lan", "internal"}

// isLocal reports whether the name means something in one network alone.
func isLocal(name string) bool {
	return slices.ContainsFunc(localSuffixes[:], func(suffix string) bool { return isWithin(name, suffix) })
}

// unqualified reports whether the name is none that everybody can look up.
func unqualified(name string) bool { return !strings.Contains(name, ".") || isLocal(name) }

// asAddress returns the address that a name spells, with or without brackets.
func asAddress(name string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]"))
	return addr, err == nil
}

// dialWords stand in names that access providers generate.
var dialWords = [...]string{"dynamic", "dyn", "dynip", "dhcp", "dsl", "adsl", "vdsl", "xdsl", "pool", "ppp", "pppoe", "cable", "dialup", "broadband"}

// Generic says what makes a name look like one that a provider generates for each
// of its addresses; "" where nothing does. It is a guess.
func Generic(name string, addr netip.Addr) string {
	labels := strings.Split(name, ".")
	host := labels[:max(len(labels)-2, 0)] // what follows is the provider's own name
	words := strings.FieldsFunc(strings.Join(host, "."), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range words {
		if slices.Contains(dialWords[:], word) {
			return strconv.Quote(word) + " in it"
		}
	}
	if embeds(strings.Join(host, "."), addr.Unmap()) {
		return "the address in it"
	}
	return ""
}

// embedded is how many octets of an IPv4 address in a name are no accident.
const embedded = 3

// embeds reports whether the text has an address in it: three of four numbers in any
// order, or its digits in a row, forwards or backwards.
func embeds(text string, addr netip.Addr) bool {
	if !addr.IsValid() {
		return false
	}
	digits := strings.NewReplacer("-", "", ".", "").Replace(text)
	if addr.Is6() {
		nibbles := strings.ReplaceAll(strings.TrimSuffix(lookup.Reverse(addr), ".ip6.arpa"), ".", "")
		octets := addr.As16()
		const interfaceID = 16 // its digits alone are enough
		return strings.Contains(digits, hex.EncodeToString(octets[8:])) || strings.Contains(digits, nibbles[:interfaceID])
	}
	octets := addr.As4()
	numbers := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) })
	found, forward, decimal := 0, hex.EncodeToString(octets[:]), ""
	for _, octet := range octets {
		decimal += string(strconv.AppendInt(nil, 1000+int64(octet), 10)[1:])
		same := func(number string) bool { n, err := strconv.Atoi(number); return err == nil && n == int(octet) }
		if i := slices.IndexFunc(numbers, same); i >= 0 {
			numbers = slices.Delete(numbers, i, i+1)
			found++
		}
	}
	slices.Reverse(octets[:])
	return found >= embedded || strings.Contains(digits, forward) || strings.Contains(digits, hex.EncodeToString(octets[:])) || strings.Contains(digits, decimal)
}
