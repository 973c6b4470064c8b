package spf

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// The rules about addresses and prefix lengths.

var addressInvalid = syntaxRule(lint.Doc{
	ID: "spf-ip-invalid", Reason: ErrAddress,
	Title: "Not an IP address",
	Why:   "ip4 and ip6 take one address or one network: no ranges, wildcards, ports, host names or leading zeros.",
	Ref:   "RFC 7208, Section 5.6",
	Bad:   bad("v=spf1 ip4:192.0.2 -all"),
	Good:  good("v=spf1 ip4:192.0.2.0/24 -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	value := err.Span.Text()
	if value == t.Text() {
		return fmt.Sprintf("no address follows %q", value), "Write one address or one network.", ""
	}
	terms := addressFix(t, value)
	if terms == "" {
		return withDetail(fmt.Sprintf("%q is not an IP address", value), err), "Write one address, or one network with its prefix length.", ""
	}
	return withDetail(fmt.Sprintf("%q is not an IP address", value), err), "", terms
})

// addressFix returns the term that was meant by a wrong address, or "".
func addressFix(t *Term, value string) string {
	prefix := qualifierText(t) + t.Name.Text() + ":"
	tail := t.Span.Source.Text[min(t.Err.Span.End, t.Span.End):t.Span.End]
	octets := strings.Split(strings.TrimSuffix(value, "."), ".")
	trimmed := strings.Trim(value, ":;,.")
	switch list := strings.Split(value, ","); {
	case isAddress(trimmed):
		return prefix + trimmed + tail
	case len(list) > 1:
		return prefix + strings.Join(list, " "+prefix) + tail
	case isHostName(value) && !looksLikeIPv4(value):
		return qualifierText(t) + "a:" + value
	case tail != "" || len(octets) > 4 || len(octets) < 2:
		return ""
	case strings.Count(value, ":") == 1:
		return prefix + value[:strings.IndexByte(value, ':')]
	}
	// 192.0.2.* and 192.0.* are networks of whole octets.
	bits := 32
	for i, octet := range octets {
		if octet == "*" {
			octets[i], bits = "0", min(bits, 8*i)
			continue
		}
		if n, err := strconv.Atoi(octet); err == nil && bits == 32 {
			octets[i] = strconv.Itoa(n)
		}
	}
	if bits < 32 {
		for len(octets) < 4 {
			octets = append(octets, "0")
		}
		return fmt.Sprintf("%s%s/%d", prefix, strings.Join(octets, "."), bits)
	}
	return prefix + strings.Join(octets, ".")
}

var ip4InIP6 = syntaxRule(lint.Doc{
	ID: "spf-ip4-in-ip6", Reason: ErrIP4InIP6,
	Title: "IPv4 address in ip6",
	Why:   "ip6 takes IPv6 addresses only. An IPv4-mapped one obeys the grammar but never matches.",
	Ref:   "RFC 7208, Section 5.6",
	Bad:   bad("v=spf1 ip6:192.0.2.1 -all"),
	Good:  good("v=spf1 ip4:192.0.2.1 -all"),
}, otherFamily)

var ip6InIP4 = syntaxRule(lint.Doc{
	ID: "spf-ip6-in-ip4", Reason: ErrIP6InIP4,
	Title: "IPv6 address in ip4",
	Why:   "ip4 takes IPv4 addresses only.",
	Ref:   "RFC 7208, Section 5.6",
	Bad:   bad("v=spf1 ip4:2001:db8::1 -all"),
	Good:  good("v=spf1 ip6:2001:db8::1 -all"),
}, otherFamily)

func otherFamily(t *Term, err *SyntaxError) (string, string, string) {
	value := err.Span.Text()
	kind := addressKind(value)
	rest := t.Span.Source.Text[t.Name.End:t.Span.End]
	terms := qualifierText(t) + kind.String() + rest
	hint := ""
	switch addr, _ := netip.ParseAddr(value); {
	case addr.Is4In6(): // IPv4 clients are compared with ip4 alone (RFC 7208, Section 5)
		terms = mappedFix(t, addr)
		return fmt.Sprintf("%q never matches: it stands for the IPv4 address %s", t.Text(), addr.Unmap()), "", terms
	case kind == IP6 && strings.Contains(rest, "/"):
		if _, length, _ := strings.Cut(rest, "/"); prefixLength(length, 32) >= 0 {
			terms, hint = "", "Check the prefix length: one for IPv4 is hardly right for IPv6."
		}
	}
	return fmt.Sprintf("%q belongs into %s, not into %s", value, kind, t.Kind), hint, terms
}

// mappedFix returns the ip4 term for an IPv4-mapped address in ip6, "" where its
// length reaches beyond the mapped addresses.
func mappedFix(t *Term, addr netip.Addr) string {
	bits := t.Network.Bits() - 96
	if bits < 0 {
		return ""
	}
	return fmt.Sprintf("%sip4:%s", qualifierText(t), strings.TrimSuffix(netip.PrefixFrom(addr.Unmap(), bits).String(), "/32"))
}

var macroInAddress = syntaxRule(lint.Doc{
	ID: "spf-macro-in-ip", Reason: ErrMacroInAddress,
	Title: "Macro in ip4 or ip6",
	Why:   "Macros are expanded in names only; ip4 and ip6 take addresses.",
	Ref:   "RFC 7208, Section 5.6",
	Bad:   bad("v=spf1 ip4:%{i} -all"),
	Good:  good("v=spf1 exists:%{i}._spf.example.com -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	return fmt.Sprintf("%q cannot be expanded in %s", err.Span.Text(), t.Kind),
		"Write the networks, or an exists term whose name holds the macro.", ""
})

var prefixLengthInvalid = syntaxRule(lint.Doc{
	ID: "spf-cidr-invalid", Reason: ErrPrefixLength,
	Title: "Invalid prefix length",
	Why:   "A prefix length is a number from 0 to 32 for IPv4 and 0 to 128 for IPv6, without leading zeros; behind a and mx the IPv6 length follows \"//\".",
	Ref:   "RFC 7208, Sections 5.3 and 5.6",
	Bad:   bad("v=spf1 ip4:192.0.2.0/33 -all"),
	Good:  good("v=spf1 ip4:192.0.2.0/24 -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	terms := lengthFix(t)
	if fixTerms(t.Span, terms) == nil {
		return withDetail(fmt.Sprintf("%q is not a prefix length", err.Span.Text()), err),
			"Write the length of the network that sends: 32 is one IPv4 address, 24 are 256 of them, 64 is one IPv6 network.", ""
	}
	return withDetail(fmt.Sprintf("%q is not a prefix length", err.Span.Text()), err), "", terms
})

// lengthFix returns the term with its prefix length written as it was meant, or
// "" where that is not plain.
func lengthFix(t *Term) string {
	text, start := t.Text(), t.Err.Span.Start-t.Span.Start
	head, lengths := text[:start], strings.FieldsFunc(text[start:], func(r rune) bool { return r == '/' })
	for i := range lengths {
		if lengths[i] = strings.TrimLeft(lengths[i], "0"); lengths[i] == "" {
			return ""
		}
	}
	switch {
	case len(lengths) == 1, len(lengths) == 2 && lengths[0] == lengths[1]:
		return head + "/" + lengths[0]
	case len(lengths) == 2 && (t.Kind == A || t.Kind == MX):
		return head + "/" + lengths[0] + "//" + lengths[1]
	}
	return ""
}

var lengthNotAllowed = syntaxRule(lint.Doc{
	ID: "spf-include-has-cidr", Reason: ErrLengthNotAllowed,
	Title: "Prefix length on a term that takes none",
	Why:   "Only a, mx, ip4 and ip6 take a prefix length.",
	Ref:   "RFC 7208, Section 5.2",
	Bad:   bad("v=spf1 include:_spf.example.net/24 -all"),
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 include:_spf.example.net -all\"\n_spf.example.net. TXT \"v=spf1 ip4:192.0.2.0/24 -all\""},
}, func(t *Term, err *SyntaxError) (string, string, string) {
	return fmt.Sprintf("%s takes no prefix length", t.Kind), "Remove it.", t.Text()[:err.Span.Start-t.Span.Start]
})

// withDetail appends what exactly is wrong to a message.
func withDetail(message string, err *SyntaxError) string {
	if err.Detail == "" {
		return message
	}
	return message + ": " + err.Detail
}

// qualifierText returns the qualifier as written in the record, "" where none is.
func qualifierText(t *Term) string {
	if text := t.Text(); isQualifier(text[0]) {
		return text[:1]
	}
	return ""
}

// addressKind returns the mechanism for an address or network.
func addressKind(value string) Kind {
	address, _, _ := strings.Cut(value, "/")
	if addr, err := netip.ParseAddr(address); err == nil && addr.Is6() {
		return IP6
	}
	return IP4
}
