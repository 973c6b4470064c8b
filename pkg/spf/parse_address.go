package spf

import (
	"net/netip"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// lengthsStart returns where the slashes and digits at the end of a span start,
// or the end of the span. No name ends in such a run.
func lengthsStart(span lint.Span) int {
	text := span.Text()
	run := len(strings.TrimRight(text, "0123456789/"))
	if i := strings.IndexByte(text[run:], '/'); i >= 0 {
		return span.Start + run + i
	}
	return span.End
}

// parseLengths reads [ "/" ip4 ] [ "//" ip6 ] (RFC 7208, Section 5.3).
func (t *Term) parseLengths(span lint.Span) {
	text := span.Text()
	if text == "" {
		return
	}
	first, second, dual := strings.Cut(text, "//")
	if first != "" {
		if t.Length4 = prefixLength(first[1:], 32); first[0] != '/' || t.Length4 < 0 {
			t.Err = &SyntaxError{Reason: ErrPrefixLength, Span: span, Detail: lengthDetail(text, 32)}
			return
		}
	}
	if dual {
		if t.Length6 = prefixLength(second, 128); t.Length6 < 0 {
			t.Err = &SyntaxError{Reason: ErrPrefixLength, Span: span, Detail: lengthDetail(text, 128)}
		}
	}
}

// prefixLength reads a decimal number without leading zeros, up to limit; -1
// where it is none (RFC 7208, Section 12).
func prefixLength(text string, limit int) int {
	if text == "" || len(text) > 3 || text[0] == '0' && len(text) > 1 {
		return -1
	}
	n := 0
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) {
			return -1
		}
		n = n*10 + int(text[i]-'0')
	}
	if n > limit {
		return -1
	}
	return n
}

func lengthDetail(text string, limit int) string {
	switch {
	case strings.Count(text, "/") == 2 && !strings.Contains(text, "//"):
		return `the IPv6 length is written after "//"`
	case limit == 32:
		return "an IPv4 length is a number from 0 to 32 without leading zeros"
	}
	return "an IPv6 length is a number from 0 to 128 without leading zeros"
}

// parseNetwork reads ":" address [ "/" length ] (RFC 7208, Section 5.6).
func (t *Term) parseNetwork(rest lint.Span) {
	bits, other := 32, ErrIP6InIP4
	if t.Kind == IP6 {
		bits, other = 128, ErrIP4InIP6
	}
	address, length, hasLength := strings.Cut(strings.TrimPrefix(rest.Text(), ":"), "/")
	value := rest.Source.Span(min(rest.Start+1, rest.End), rest.Start+1+len(address))
	if rest.Empty() || rest.Text()[0] != ':' || address == "" {
		t.Err = &SyntaxError{Reason: ErrAddress, Span: t.Span, Detail: "the address is missing"}
		return
	}
	if strings.Contains(address, "%{") {
		t.Err = &SyntaxError{Reason: ErrMacroInAddress, Span: value}
		return
	}
	addr, err := netip.ParseAddr(address)
	switch {
	case err != nil || addr.Zone() != "":
		t.Err = &SyntaxError{Reason: ErrAddress, Span: value, Detail: addressDetail(address)}
		return
	case addr.BitLen() != bits:
		t.Err = &SyntaxError{Reason: other, Span: value}
		return
	}
	if hasLength {
		if n := prefixLength(length, bits); n >= 0 {
			bits = n
		} else {
			span := rest.Source.Span(value.End, rest.End)
			t.Err = &SyntaxError{Reason: ErrPrefixLength, Span: span, Detail: lengthDetail(length, bits)}
			return
		}
	}
	t.Network = netip.PrefixFrom(addr, bits)
}
