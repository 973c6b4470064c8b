package lookup

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// Limits of names.
const (
	maxLabel = 63  // octets of a label (RFC 1035, Section 2.3.4)
	maxWire  = 255 // octets of a name on the wire, length octets included (RFC 1035, Section 2.3.4)
)

// Canonical brings a name in master-file form (backslash escapes, final dot or
// not) to the one form that this package compares and prints: lower-case ASCII,
// no final dot, special octets as \. \\ or \DDD; the root is "". The error is
// ErrName, wrapped, for an empty label, a label over 63 or a name over 255 octets.
func Canonical(name string) (string, error) {
	if isPlain(name) {
		return name, nil
	}
	if name == "." {
		return "", nil
	}
	var label []byte
	var b builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == '.':
			b.add(label)
			label = label[:0]
			if i == len(name)-1 {
				return b.finish()
			}
			continue
		case c == '\\' && i+3 < len(name) && isDigit(name[i+1]) && isDigit(name[i+2]) && isDigit(name[i+3]):
			n := int(name[i+1]-'0')*100 + int(name[i+2]-'0')*10 + int(name[i+3]-'0')
			if n > 255 {
				return "", fmt.Errorf("%w: escape %s", ErrName, name[i:i+4])
			}
			c, i = byte(n), i+3
		case c == '\\' && i+1 < len(name):
			c, i = name[i+1], i+1
		case c == '\\':
			return "", fmt.Errorf("%w: backslash at the end", ErrName)
		}
		label = append(label, c)
	}
	b.add(label)
	return b.finish()
}

// FromOctets makes a canonical name of labels given as raw octets between dots,
// as an SPF domain-spec expands to; a backslash is an octet like any other and a
// final dot is accepted (RFC 7208, Section 7.3). Errors are those of Canonical.
func FromOctets(text string) (string, error) {
	if isPlain(text) {
		return text, nil
	}
	var b builder
	for label := range strings.SplitSeq(strings.TrimSuffix(text, "."), ".") {
		b.add([]byte(label))
	}
	return b.finish()
}

// isPlain reports whether the name is in canonical form already, judged by the
// octets that ordinary names consist of.
func isPlain(name string) bool {
	if name == "" || len(name) > maxWire-2 {
		return false
	}
	start := 0
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', isDigit(c), c == '-', c == '_':
		case c == '.':
			if i == start || i-start > maxLabel {
				return false
			}
			start = i + 1
		default:
			return false
		}
	}
	return len(name) > start && len(name)-start <= maxLabel
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// builder writes labels in canonical form and keeps count of the wire length.
type builder struct {
	text []byte
	wire int
	err  error
}

func (b *builder) add(label []byte) {
	switch {
	case b.err != nil:
		return
	case len(label) == 0:
		b.err = fmt.Errorf("%w: empty label", ErrName)
		return
	case len(label) > maxLabel:
		b.err = fmt.Errorf("%w: a label of %d octets, %d at most", ErrName, len(label), maxLabel)
		return
	}
	if len(b.text) > 0 {
		b.text = append(b.text, '.')
	}
	for _, c := range label {
		switch {
		case c >= 'A' && c <= 'Z':
			b.text = append(b.text, c+'a'-'A')
		case c <= ' ' || c >= 0x7f:
			b.text = fmt.Appendf(b.text, `\%03d`, c)
		case strings.IndexByte(`.\"$@();`, c) >= 0:
			b.text = append(b.text, '\\', c)
		default:
			b.text = append(b.text, c)
		}
	}
	b.wire += 1 + len(label)
}

func (b *builder) finish() (string, error) {
	if b.err == nil && b.wire+1 > maxWire {
		b.err = fmt.Errorf("%w: %d octets, %d at most", ErrName, b.wire+1, maxWire)
	}
	if b.err != nil {
		return "", b.err
	}
	return string(b.text), nil
}

// FromUser makes a canonical name of what a person typed: U-labels become
// A-labels (RFC 5891), a name that is all ASCII is taken as it is. Only for
// names from the keyboard: names in records are never mapped.
func FromUser(text string) (string, error) {
	for i := 0; i < len(text); i++ {
		if text[i] >= 0x80 {
			ascii, err := lookupProfile().ToASCII(text)
			if err != nil {
				return "", fmt.Errorf("%w: %v", ErrName, err)
			}
			return Canonical(ascii)
		}
	}
	return Canonical(text)
}

// MailDomain makes a canonical name of what a person typed for a domain that mail is sent
// in the name of. The error is ErrName, wrapped, for what no address can have behind "@".
func MailDomain(text string) (string, error) {
	name, err := FromUser(text)
	if err != nil {
		return "", err
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	// An address is no domain (RFC 7208, Section 7.1: toplabel).
	if !IsHost(name) || strings.Trim(last, "0123456789") == "" {
		return "", fmt.Errorf("%w: letters, digits and inner hyphens make the labels of a mail domain, the last not of digits alone", ErrName)
	}
	return name, nil
}

// IsHost reports whether a canonical name is made of what RFC 5321, Section 4.1.2 calls
// sub-domains, as hosts, mail domains and DKIM selectors are.
func IsHost(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || strings.Trim(label, "-") != label || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}

// Unicode returns the name with its A-labels as U-labels, or the name itself
// where it has none or they do not convert.
func Unicode(name string) string {
	if !strings.Contains(name, "xn--") {
		return name
	}
	if u, err := lookupProfile().ToUnicode(name); err == nil {
		return u
	}
	return name
}

// lookupProfile allows the underscores and hyphens that names in the DNS have.
func lookupProfile() *idna.Profile {
	return idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.CheckHyphens(false),
		idna.BidiRule(), idna.VerifyDNSLength(true))
}

// Reverse returns the name that holds the PTR records of an address, below
// in-addr.arpa or ip6.arpa. An IPv4-mapped address is taken for its IPv4 one.
func Reverse(addr netip.Addr) string {
	addr = addr.Unmap()
	b := make([]byte, 0, 72)
	if addr.Is4() {
		octets := addr.As4()
		for i := 3; i >= 0; i-- {
			b = append(strconv.AppendUint(b, uint64(octets[i]), 10), '.')
		}
		return string(append(b, "in-addr.arpa"...))
	}
	const hex = "0123456789abcdef"
	octets := addr.As16()
	for i := 15; i >= 0; i-- {
		b = append(b, hex[octets[i]&15], '.', hex[octets[i]>>4], '.')
	}
	return string(append(b, "ip6.arpa"...))
}
