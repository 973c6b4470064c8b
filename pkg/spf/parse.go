package spf

import (
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

const version = "v=spf1"

// hasVersion reports whether receivers take the text for an SPF record: the
// version stands first and ends at a space or with the text; letters compare
// without case (RFC 7208, Sections 4.5 and 12).
func hasVersion(text string) bool {
	return len(text) >= len(version) && strings.EqualFold(text[:len(version)], version) &&
		(len(text) == len(version) || text[len(version)] == ' ')
}

// Parse reads a record. It never fails; text that does not start with the
// version is read as terms from its first octet on.
func Parse(source *lint.Source) *Record {
	text := source.Text
	r := &Record{Source: source, Version: source.Span(0, 0)}
	at := 0
	if hasVersion(text) {
		at = len(version)
		r.Version = source.Span(0, at)
	}
	r.Terms = make([]Term, 0, strings.Count(text[at:], " "))
	for at < len(text) {
		// RFC 7208, Section 4.6.1: only spaces separate terms.
		if text[at] == ' ' {
			at++
			continue
		}
		end := at + 1
		for end < len(text) && text[end] != ' ' {
			end++
		}
		r.Terms = append(r.Terms, parseTerm(source.Span(at, end)))
		at = end
	}
	r.markRepeated(Redirect, ErrRedirectTwice)
	r.markRepeated(Exp, ErrExpTwice)
	r.markTorn()
	r.markTrailingText()
	return r
}

// markRepeated makes every modifier of a kind after the first an error
// (RFC 7208, Section 6).
func (r *Record) markRepeated(kind Kind, reason error) {
	seen := false
	for i := range r.Terms {
		t := &r.Terms[i]
		if t.Kind != kind {
			continue
		}
		if seen && t.Err == nil {
			t.Err = &SyntaxError{Reason: reason, Span: t.Span}
		}
		seen = true
	}
}

// parseTerm reads one term, which holds no space.
func parseTerm(span lint.Span) Term {
	t := Term{Span: span, Length4: 32, Length6: 128}
	if t.Err = badOctets(span); t.Err != nil {
		return t
	}
	text, at := span.Text(), 0
	if isQualifier(text[0]) {
		t.Qualifier, at = text[0], 1
	}
	end := at
	for end < len(text) && isNameOctet(text[end], end == at) {
		end++
	}
	t.Name = span.Source.Span(span.Start+at, span.Start+end)
	name := t.Name.Text()
	rest := span.Source.Span(span.Start+end, span.End)
	// RFC 7208, Section 4.6.1: "=" right after the name makes a modifier.
	if name != "" && end < len(text) && text[end] == '=' {
		t.parseModifier(name, rest)
	} else {
		if t.Qualifier == 0 {
			t.Qualifier = '+'
		}
		t.parseMechanism(name, rest)
	}
	if t.Err != nil {
		t.Err = t.classify(t.Err)
	}
	return t
}

func isQualifier(c byte) bool { return c == '+' || c == '-' || c == '~' || c == '?' }

// isNameOctet reports whether c may stand in a name, which starts with a letter.
func isNameOctet(c byte, first bool) bool {
	return isAlpha(c) || !first && (isDigit(c) || c == '-' || c == '_' || c == '.')
}

// badOctets finds what no term may hold: control characters and anything that
// is not ASCII (RFC 7208, Sections 3.1 and 12).
func badOctets(span lint.Span) *SyntaxError {
	text := span.Text()
	bad := func(c byte) bool { return c <= ' ' || c >= 0x7f }
	for i := 0; i < len(text); i++ {
		if !bad(text[i]) {
			continue
		}
		end, reason := i+1, ErrCharacter
		if strings.IndexByte("\t\r\n", text[i]) >= 0 {
			reason = ErrSeparator
		}
		for end < len(text) && bad(text[end]) {
			end++
		}
		return &SyntaxError{Reason: reason, Span: span.Source.Span(span.Start+i, span.Start+end)}
	}
	return nil
}

// parseModifier reads what follows a modifier's name, "=" first.
func (t *Term) parseModifier(name string, rest lint.Span) {
	t.Kind = Unknown
	if k := kindOf(name); k == Redirect || k == Exp {
		t.Kind = k
	}
	if t.Qualifier != 0 {
		t.Err = &SyntaxError{Reason: ErrModifierQualifier, Span: rest.Source.Span(t.Span.Start, t.Span.Start+1)}
		return
	}
	rest.Start++
	switch t.Kind {
	case Unknown:
		t.Domain, t.Err = parseMacros(rest, explainLetters)
	case Exp:
		if rest.Empty() {
			t.Err = &SyntaxError{Reason: ErrEmptyExp, Span: t.Span}
			return
		}
		fallthrough
	default:
		t.parseDomain(rest)
	}
}

// parseMechanism reads what follows a mechanism's name: nothing, or a text that
// starts with ":" or "/" if it is valid.
func (t *Term) parseMechanism(name string, rest lint.Span) {
	t.Kind = kindOf(name)
	text := rest.Text()
	fail := func(reason error, span lint.Span, detail string) {
		t.Err = &SyntaxError{Reason: reason, Span: span, Detail: detail}
	}
	switch {
	case t.Kind == Invalid || text != "" && text[0] != ':' && text[0] != '/':
		t.Kind = Invalid
		fail(ErrUnknownMechanism, t.Span, "")
	case t.Kind == Redirect || t.Kind == Exp:
		fail(ErrModifierColon, rest, "")
	case t.Kind == All:
		if text != "" {
			fail(ErrUnknownMechanism, rest, `"all" takes no argument`)
		}
	case t.Kind == IP4 || t.Kind == IP6:
		t.parseNetwork(rest)
	case t.Kind == A || t.Kind == MX:
		lengths := rest.Source.Span(lengthsStart(rest), rest.End)
		if lengths.Start > rest.Start && text[0] == '/' {
			fail(ErrPrefixLength, rest, lengthDetail(text, 32))
			return
		}
		rest.End = lengths.Start
		if t.parseLengths(lengths); t.Err == nil && !rest.Empty() {
			t.parseTarget(rest)
		}
	case text == "" && t.Kind == PTR:
	default:
		t.parseTarget(rest)
	}
}

// parseTarget reads ":" domain-spec.
func (t *Term) parseTarget(rest lint.Span) {
	text := rest.Text()
	switch {
	case text == "" || text == ":":
		t.Err = &SyntaxError{Reason: ErrEmptyDomain, Span: t.Span}
	case text[0] == '/':
		t.Err = &SyntaxError{Reason: ErrLengthNotAllowed, Span: rest}
	default:
		rest.Start++
		t.parseDomain(rest)
	}
}

// parseDomain reads a domain-spec: a macro-string that ends in a macro or in a
// dot and a top label (RFC 7208, Section 7.1).
func (t *Term) parseDomain(span lint.Span) {
	if span.Empty() {
		t.Err = &SyntaxError{Reason: ErrEmptyDomain, Span: t.Span}
		return
	}
	if t.Domain, t.Err = parseMacros(span, domainLetters); t.Err != nil {
		return
	}
	tail := span
	if n := len(t.Domain.Macros); n > 0 {
		tail.Start = t.Domain.Macros[n-1].End
	}
	if tail.Empty() {
		return
	}
	name := strings.TrimSuffix(tail.Text(), ".")
	dot := strings.LastIndexByte(name, '.')
	switch {
	case strings.HasSuffix(name, "."):
		t.Err = &SyntaxError{Reason: ErrTarget, Span: span, Detail: "it ends in more than one dot"}
	case dot < 0:
		t.Err = &SyntaxError{Reason: ErrTarget, Span: span, Detail: "a single label is not a domain name"}
	case !isTopLabel(name[dot+1:]):
		t.Err = &SyntaxError{Reason: ErrTarget, Span: span, Detail: "the last label must hold a letter or an inner hyphen, and only letters, digits and hyphens"}
	}
}

// isTopLabel implements toplabel of RFC 7208, Section 12.
func isTopLabel(label string) bool {
	if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	notDigit := false
	for i := 0; i < len(label); i++ {
		c := label[i]
		if !isAlnum(c) && c != '-' {
			return false
		}
		notDigit = notDigit || !isDigit(c)
	}
	return notDigit
}

// kindOf returns the kind of that name, in whatever case, or Invalid.
func kindOf(name string) Kind {
	for k, known := range kindNames {
		if known != "" && len(known) == len(name) && strings.EqualFold(known, name) {
			return Kind(k)
		}
	}
	return Invalid
}
