package spf

import (
	"errors"
	"net/netip"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// This file tells apart the ways in which people get a term wrong. The grammar
// only says that it is wrong; the reason decides which rule speaks of it.

// classify returns the most specific reason for a term that breaks the grammar.
func (t *Term) classify(err *SyntaxError) *SyntaxError {
	text := t.Text()
	bare := strings.TrimLeft(text, "+-~?")
	body := strings.TrimRight(text, ",;")
	at := t.gluedAt()
	part := func(reason error, start, end int) *SyntaxError {
		return &SyntaxError{Reason: reason, Span: t.Span.Source.Span(t.Span.Start+start, t.Span.Start+end)}
	}
	switch {
	case len(text)-len(bare) > 1 && bare != "":
		return part(ErrDoubleQualifier, 0, len(text)-len(bare))
	case strings.ContainsAny(text, `"'`):
		i := strings.IndexAny(text, `"'`)
		return part(ErrQuote, i, i+1)
	case separates(text):
		i := strings.IndexAny(text, ",;")
		return part(ErrSeparator, i, i+1)
	case at > 0 && strings.HasPrefix(strings.ToLower(text[at:]), version):
		return part(ErrSecondRecord, at, len(text))
	case at > 0 && strings.IndexByte(",;", text[at-1]) >= 0:
		return part(ErrSeparator, at-1, at)
	case at > 0:
		return part(ErrGlued, at, len(text))
	case bare != text && t.Kind != All && strings.HasPrefix(strings.ToLower(bare), "all") && len(bare) > len("alll"):
		return part(ErrTrailingText, len(text)-len(bare)+len("all"), len(text))
	case body != text && body != "":
		return part(ErrSeparator, len(body), len(text))
	case t.Kind == Invalid && (isAddress(bare) || isHostName(bare)):
		return part(ErrBareAddress, len(text)-len(bare), len(text))
	case errors.Is(err, ErrTarget):
		return t.classifyTarget(err)
	}
	return err
}

// classifyTarget says why a domain-spec has no valid last label.
func (t *Term) classifyTarget(err *SyntaxError) *SyntaxError {
	target := err.Span.Text()
	slash := strings.LastIndexByte(target, '/')
	tail := err.Span
	tail.Start += max(slash, 0)
	switch {
	case isAddress(target) || looksLikeIPv4(target):
		return &SyntaxError{Reason: ErrTargetAddress, Span: err.Span}
	case slash >= 0 && isDigits(target[slash+1:]):
		return &SyntaxError{Reason: ErrLengthNotAllowed, Span: tail}
	}
	if colon := strings.LastIndexByte(target, ':'); colon > 0 && colon < len(target)-1 && isDigits(target[colon+1:]) {
		return &SyntaxError{Reason: ErrTarget, Span: err.Span.Source.Span(err.Span.Start+colon, err.Span.End),
			Detail: "a domain name has no port"}
	}
	return err
}

// suspicion returns the mistake in a term that obeys the grammar but whose name
// cannot exist, nil where there is none: other terms glued to it, or labels that
// are empty or too long (RFC 7208, Section 4.8, leaves these open).
func (t *Term) suspicion() *SyntaxError {
	if t.Kind == IP6 && t.Err == nil && t.Network.Addr().Is4In6() {
		at := t.Name.End + 1
		return &SyntaxError{Reason: ErrIP4InIP6, Span: t.Span.Source.Span(at, at+len(addressPart(t)))}
	}
	name := t.Domain.text()
	if t.Err != nil || !t.Kind.Looks() && t.Kind != Exp || !t.HasDomain() || isURL(name) {
		return nil
	}
	if len(t.Domain.Macros) == 0 && strings.Trim(name, hostOctets+".") == "" && !strings.HasSuffix(name, "-all") {
		if _, err := lookup.FromOctets(name); err != nil {
			return &SyntaxError{Reason: ErrTarget, Span: t.Domain.Span, Detail: strings.TrimPrefix(err.Error(), lookup.ErrName.Error()+": ")}
		}
		return nil
	}
	if i := strings.IndexAny(name, ",;"); i >= 0 && !strings.Contains(name, "%{") {
		at := t.Domain.Span.Start + i
		return &SyntaxError{Reason: ErrSeparator, Span: t.Span.Source.Span(at, at+1)}
	}
	if at := t.gluedAt(); at > 0 && strings.HasPrefix(strings.ToLower(t.Text()[at:]), version) {
		return &SyntaxError{Reason: ErrSecondRecord, Span: t.Span.Source.Span(t.Span.Start+at, t.Span.End)}
	} else if at > 0 {
		return &SyntaxError{Reason: ErrGlued, Span: t.Span.Source.Span(t.Span.Start+at, t.Span.End)}
	}
	return nil
}

// addressPart returns the address of an ip4 or ip6 term as written.
func addressPart(t *Term) string {
	address, _, _ := strings.Cut(t.Span.Source.Text[t.Name.End+1:t.Span.End], "/")
	return address
}

// separates reports whether commas or semicolons stand between terms that are
// valid without them.
func separates(text string) bool {
	if !strings.ContainsAny(text, ",;") {
		return false
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' })
	for _, part := range parts {
		if t := parseTerm(lint.NewSource("", part).Whole()); t.Err != nil || t.Kind == Unknown {
			return false
		}
	}
	return len(parts) > 0
}

// gluedStarts are the beginnings of terms that no host name contains.
var gluedStarts = [...]string{"include:", "ip4:", "ip6:", "exists:", "ptr:", "mx:", "redirect=", version}

// gluedAt returns the offset in the term's text at which a further term starts
// without a space before it, or 0.
func (t *Term) gluedAt() int {
	text := strings.ToLower(t.Text())
	skip := max(t.Name.End-t.Span.Start, 0) + 1
	first := 0
	for _, start := range gluedStarts {
		from := skip
		if start == version {
			from = 2 // the "v" counts to the name in "-allv=spf1"
		}
		if from >= len(text) {
			continue
		}
		if i := strings.Index(text[from:], start); i >= 0 && (first == 0 || from+i < first) {
			first = from + i
		}
	}
	if first > 0 {
		if isQualifier(text[first-1]) && text[first-1] != '-' {
			first--
		}
		return first
	}
	n := len(text) - len("-all")
	if n <= 0 || !isQualifier(text[n]) || text[n+1:] != "all" {
		return 0
	}
	// A hyphen is at home in names; it starts a term where a name or network ends.
	head := strings.TrimLeft(text[:n], "+-~?")
	if text[n] == '-' && !strings.Contains(head, ".") && kindOf(head) == Invalid && head[max(len(head)-1, 0):] != "," {
		return 0
	}
	return n
}

// markTorn finds terms with a space inside, such as "include: example.com" and
// "- all": both halves get the error, for the first half alone means nothing.
func (r *Record) markTorn() {
	for i := 0; i+1 < len(r.Terms); i++ {
		head, tail := &r.Terms[i], &r.Terms[i+1]
		loneQualifier := len(head.Text()) == 1 && isQualifier(head.Text()[0])
		if head.Err == nil || tail.Err == nil && !loneQualifier {
			continue
		}
		switch head.Err.Reason {
		case ErrTargetAddress, ErrRedirectTwice, ErrExpTwice, ErrQuote: // whole by themselves
			continue
		}
		joined := parseTerm(lint.NewSource("", head.Text()+tail.Text()).Whole())
		if joined.Err != nil || joined.suspicion() != nil || joined.Kind == Unknown {
			continue
		}
		span := head.Span.Source.Span(head.Span.Start, tail.Span.End)
		err := &SyntaxError{Reason: head.Err.Reason, Span: span, Detail: "a space stands inside the term"}
		head.Err, tail.Err = err, err
	}
}

// markTrailingText finds words that were pasted behind the record: a comment, a
// sentence, a piece of HTML. All of it is one error.
func (r *Record) markTrailingText() {
	start := len(r.Terms)
	words := 0
	for start > 0 {
		t := &r.Terms[start-1]
		if !errors.Is(t.syntaxReason(), ErrUnknownMechanism) && !errors.Is(t.syntaxReason(), ErrBareAddress) {
			break
		}
		if t.Kind == Invalid && !errors.Is(t.Err, ErrBareAddress) && !strings.ContainsAny(t.Text(), ":=") {
			words++
		}
		start--
	}
	if start == len(r.Terms) {
		return
	}
	begin := r.Terms[start].Span
	afterEnd := start > 0 && (r.Terms[start-1].Kind == Redirect || kindOf(r.Terms[start-1].Name.Text()) == All)
	if !(words >= 2 && afterEnd) && !strings.ContainsAny(begin.Text()[:1], "<#(") {
		return
	}
	err := &SyntaxError{Reason: ErrTrailingText, Span: r.Source.Span(begin.Start, len(r.Source.Text))}
	for i := start; i < len(r.Terms); i++ {
		r.Terms[i].Err = err
	}
}

// syntaxReason returns the reason of the term's error, nil for a valid term.
func (t *Term) syntaxReason() error {
	if t.Err == nil {
		return nil
	}
	return t.Err.Reason
}

// addressDetail says what keeps a text from being an address.
func addressDetail(address string) string {
	switch {
	case strings.ContainsRune(address, '*'):
		return "a network is written with a prefix length, not with a wildcard"
	case strings.ContainsRune(address, '%'):
		return "an address has no zone here"
	case strings.ContainsRune(address, '-') && isDigits(address[:1]):
		return "a range is written as networks with prefix lengths"
	case looksLikeIPv4(address):
		return "an IPv4 address has four numbers from 0 to 255 without leading zeros"
	case isHostName(address):
		return "a host name belongs into an a or include term"
	case strings.Count(address, ":") == 1 && strings.Contains(address, "."):
		return "an address has no port here"
	case strings.Count(address, ":") > 1:
		return "an IPv6 address has eight groups of up to four hexadecimal digits, or :: once"
	}
	return ""
}

// looksLikeIPv4 reports whether the text consists of numbers and dots.
func looksLikeIPv4(text string) bool {
	return strings.Contains(text, ".") && strings.Trim(text, "0123456789.") == ""
}

// isAddress reports whether the text is an IP address or a network.
func isAddress(text string) bool {
	address, _, _ := strings.Cut(text, "/")
	_, err := netip.ParseAddr(address)
	return err == nil
}

// isHostName reports whether the text has the form of a host name with a dot.
func isHostName(text string) bool {
	labels := strings.Split(strings.TrimSuffix(text, "."), ".")
	for _, label := range labels {
		if label == "" || strings.Trim(label, hostOctets) != "" {
			return false
		}
	}
	return len(labels) > 1 && isTopLabel(labels[len(labels)-1])
}

const hostOctets = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// isDigits reports whether the text is empty or consists of digits.
func isDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }
