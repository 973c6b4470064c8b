package dkim

import (
	"strconv"
	"strings"
	"time"
)

// isDigits reports whether a value is a number of up to 76 digits.
func isDigits(value string) bool {
	return value != "" && len(value) <= 76 && strings.Trim(value, "0123456789") == ""
}

// calendarDigits is the number of digits of a time; times of more may be taken for
// the end of all days (RFC 6376, Section 3.5).
const calendarDigits = 12

// readTimes reads t= and x=.
func (s *Signature) readTimes() {
	read := func(name string) time.Time {
		t := s.List.Get(name)
		if t == nil {
			return time.Time{}
		}
		if !isDigits(t.Value.Text()) {
			s.fault(ErrSignatureSyntax, t.Span)
			return time.Time{}
		}
		if len(t.Value.Text()) > calendarDigits {
			return time.Time{}
		}
		seconds, _ := strconv.ParseInt(t.Value.Text(), 10, 64)
		return time.Unix(seconds, 0).UTC()
	}
	s.Time = read("t")
	if s.Kind == ARCSeal {
		return
	}
	s.Expiration = read("x")
	if !s.Time.IsZero() && !s.Expiration.IsZero() && !s.Expiration.After(s.Time) {
		s.fault(ErrExpirationOrder, s.List.Get("x").Span)
	}
}

// readMethods reads q=, c=, a= and the values that depend on the algorithm.
// Upper case is taken for lower case there, as the grammar has it.
func (s *Signature) readMethods() {
	if q := s.List.Get("q"); q != nil && s.Kind != ARCSeal {
		known := false
		for _, method := range entries(q.Value) {
			known = known || strings.EqualFold(method.Text(), "dns/txt")
		}
		if !known {
			s.fault(ErrQueryMethod, q.Span)
		}
	}
	if s.Kind == ARCSeal {
		s.Header = Relaxed // RFC 8617, Section 4.1.3
	} else if c := s.List.Get("c"); c != nil {
		header, body, two := strings.Cut(strings.ToLower(c.Value.Text()), "/")
		if !two {
			body = string(Simple) // RFC 6376, Section 3.5
		}
		s.Header, s.Body = Canonicalization(header), Canonicalization(body)
		if s.Header != Simple && s.Header != Relaxed || s.Body != Simple && s.Body != Relaxed {
			s.fault(ErrCanonicalization, c.Span)
		}
	}
	a := s.List.Get("a")
	if a == nil || a.Value.Empty() {
		return
	}
	switch s.Algorithm = strings.ToLower(a.Value.Text()); s.Algorithm {
	case "rsa-sha256", "ed25519-sha256":
		s.Value, s.BodyHash = s.octets("b"), s.octets("bh")
	case "rsa-sha1": // RFC 8301, Section 3.1
		s.fault(ErrSHA1, a.Span)
	default:
		s.fault(ErrAlgorithm, a.Span)
	}
}

// octets decodes the value of a tag.
func (s *Signature) octets(name string) []byte {
	t := s.List.Get(name)
	if t == nil || t.Value.Empty() {
		return nil
	}
	octets, at, err := decode(t.Value)
	if err != nil || len(octets) == 0 {
		s.fault(ErrSignatureSyntax, at)
	}
	return octets
}
