package spf

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/internal/nearest"
	"github.com/authcheck/authcheck/pkg/lint"
)

// whyPermerror is the reason that all rules about the grammar share.
const whyPermerror = "One broken term makes the whole record permerror for every sender, wherever it stands. "

// syntaxRule makes a rule of the sentinel in doc.Reason. describe returns the
// message, the hint and the terms to write instead, remove to write none, "" where
// none can be computed.
func syntaxRule(doc lint.Doc, describe func(t *Term, err *SyntaxError) (message, hint, terms string)) rule {
	doc.Severity = lint.Error
	doc.Why = whyPermerror + doc.Why
	return rule{Doc: doc, Check: func(f *Facts, report lint.ReportFunc) {
		f.mistakes(func(n *Node, t *Term, err *SyntaxError) {
			if err.Reason != doc.Reason || n.atBoundary(t, err) {
				return
			}
			found := lint.Finding{Span: err.Span}
			var terms string
			if found.Message, found.Hint, terms = describe(t, err); t.torn(err) {
				found.Message, found.Hint, terms = spaceInside(err)
			}
			found.Fix = mistakeFix(t, err, terms)
			report(found)
		})
	}}
}

// mistakes calls visit for every term that breaks the grammar or obeys it by
// accident; for halves that share an error, once.
func (f *Facts) mistakes(visit func(n *Node, t *Term, err *SyntaxError)) {
	f.records(func(n *Node) {
		var last *SyntaxError
		for i := range n.Record.Terms {
			t := &n.Record.Terms[i]
			err := t.Err
			if err == nil {
				err = t.suspicion()
			}
			if err != nil && err != last {
				last = err
				visit(n, t, err)
			}
		}
	})
}

// torn reports whether an error is about a space inside a term.
func (t *Term) torn(err *SyntaxError) bool {
	return err.Span.Len() > t.Span.Len() && err.Reason != ErrTrailingText
}

// spaceInside describes a term that was torn in two.
func spaceInside(err *SyntaxError) (message, hint, terms string) {
	return fmt.Sprintf("%q has a space inside", err.Span.Text()), "Write it without the space.", strings.ReplaceAll(err.Span.Text(), " ", "")
}

// mistakeFix returns the correction of a mistaken term, as a change of the octets
// at fault where that is enough.
func mistakeFix(t *Term, err *SyntaxError, terms string) *lint.Fix {
	whole := t.Span
	whole.End = max(whole.End, err.Span.End)
	fix := fixTerms(whole, terms)
	if fix == nil {
		return nil
	}
	return fix.Within(err.Span)
}

// remove stands for the fix that takes a term out.
const remove = " "

func bad(record string) lint.Example  { return lint.Example{Zone: `@ TXT "` + record + `"`} }
func good(record string) lint.Example { return bad(record) }

func syntaxRules() []rule {
	return []rule{
		unknownMechanism, bareAddress, modifierColon, modifierQualifier, doubleQualifier,
		separator, glued, character, quote, trailingText,
		addressInvalid, ip4InIP6, ip6InIP4, macroInAddress, prefixLengthInvalid, lengthNotAllowed,
		emptyDomain, emptyExp, targetInvalid, targetAddress, macroSyntax, macroExpOnly,
		redirectTwice, expTwice,
	}
}

var unknownMechanism = syntaxRule(lint.Doc{
	ID: "spf-unknown-mechanism", Reason: ErrUnknownMechanism,
	Title: "Term is not an SPF mechanism",
	Why:   "The mechanisms are all, include, a, mx, ptr, ip4, ip6 and exists; everything else is written name=value.",
	Ref:   "RFC 7208, Section 4.6.1",
	Bad:   bad("v=spf1 ipv4:192.0.2.1 -all"),
	Good:  good("v=spf1 ip4:192.0.2.1 -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	switch kind := similarKind(t); {
	case t.Kind == All && t.Qualifier == '+', kind == All && t.Qualifier == '+':
		return fmt.Sprintf("%q is not the mechanism all", t.Text()), "Write ~all or -all.", ""
	case t.Kind == All:
		return fmt.Sprintf("%q: the mechanism all takes no argument", t.Text()), "Write it without what follows.", string(t.Qualifier) + "all"
	case kind != Invalid && kindOf(t.Name.Text()) == kind:
		at := t.Name.End - t.Span.Start
		text := t.Text()
		return fmt.Sprintf("a colon belongs behind %q, not %q", t.Name.Text(), text[at:at+1]), "", text[:at] + ":" + text[at+1:]
	case kind != Invalid:
		text := t.Text()
		at := t.Name.Start - t.Span.Start
		return fmt.Sprintf("%q is not a mechanism; %q is", t.Name.Text(), kind), "",
			text[:at] + kind.String() + text[at+t.Name.Len():]
	case t.Name.Empty():
		return fmt.Sprintf("%q names no mechanism", t.Text()), "Remove it, or write the mechanism that was meant.", ""
	}
	if value := missingColon(t.Text()); value != "" {
		return fmt.Sprintf("%q lacks the colon between mechanism and address", t.Text()), "", qualifierText(t) + addressKind(value).String() + ":" + value
	}
	return fmt.Sprintf("%q is not a mechanism", t.Name.Text()), "Remove the term, or write the mechanism that was meant.", ""
})

// similarKind returns the mechanism that a wrong name was probably meant to be,
// or Invalid.
func similarKind(t *Term) Kind {
	name := strings.ToLower(t.Name.Text())
	rest := strings.TrimPrefix(t.Span.Source.Text[t.Name.End:t.Span.End], ":")
	switch name {
	case "aaaa":
		return A
	case "ip", "ipv4", "ipv6", "ip4v", "ip6v", "ipaddress":
		if isHostName(rest) && !looksLikeIPv4(rest) {
			return A
		}
		return addressKind(rest)
	}
	// Short names are like each other; a guess needs something to go by.
	return kindOf(nearest.Word(name, guessable, min(len(name)/2, 2)))
}

// guessable are the mechanisms whose names are long enough to be mistyped.
var guessable = []string{"include", "exists", "all", "ip4", "ip6", "ptr", "mx"}

// missingColon returns the address in a term such as "ip4192.0.2.1", or "".
func missingColon(term string) string {
	value := strings.ToLower(strings.TrimLeft(term, "+-~?"))
	if !strings.HasPrefix(value, "ip4") && !strings.HasPrefix(value, "ip6") {
		return ""
	}
	if value = strings.TrimLeft(value[len("ip4"):], ".;-_"); !isAddress(value) {
		return ""
	}
	return value
}

var bareAddress = syntaxRule(lint.Doc{
	ID: "spf-ip-missing-mechanism", Reason: ErrBareAddress,
	Title: "Address or host name without a mechanism",
	Why:   "An address needs ip4: or ip6: before it, a host name a:, a provider's name include:.",
	Ref:   "RFC 7208, Section 4.6.1",
	Bad:   bad("v=spf1 192.0.2.1 -all"),
	Good:  good("v=spf1 ip4:192.0.2.1 -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	value := err.Span.Text()
	if name, ok := strings.CutPrefix(value, "include."); ok && strings.Contains(name, ".") {
		return fmt.Sprintf("%q lacks the colon behind include", value), "", qualifierText(t) + "include:" + name
	}
	if strings.HasPrefix(value, "_") || strings.HasPrefix(value, "spf") {
		return fmt.Sprintf("%q stands there without a mechanism", value), "", qualifierText(t) + "include:" + value
	}
	if !isAddress(value) {
		return fmt.Sprintf("%q stands there without a mechanism", value),
			fmt.Sprintf("Write a:%s if that host sends the mail, include:%s if a provider publishes its senders there.", value, value), ""
	}
	return fmt.Sprintf("%q stands there without a mechanism", value), "", qualifierText(t) + addressKind(value).String() + ":" + value
})

var modifierColon = syntaxRule(lint.Doc{
	ID: "spf-modifier-with-colon", Reason: ErrModifierColon,
	Title: "Modifier written with a colon",
	Why:   "redirect and exp are modifiers and take \"=\"; with a colon they are unknown mechanisms.",
	Ref:   "RFC 7208, Section 4.6.1",
	Bad:   bad("v=spf1 redirect:_spf.example.net"),
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 redirect=_spf.example.net\"\n_spf.example.net. TXT \"v=spf1 -all\""},
}, func(t *Term, err *SyntaxError) (string, string, string) {
	return fmt.Sprintf("%q is written with %q, a modifier takes %q", t.Name.Text(), ":", "="), "",
		t.Name.Text() + "=" + strings.TrimPrefix(err.Span.Text(), ":")
})

var modifierQualifier = syntaxRule(lint.Doc{
	ID: "spf-qualifier-on-modifier", Reason: ErrModifierQualifier,
	Title: "Qualifier on a modifier",
	Why:   "Only mechanisms take +, -, ~ or ?; a term with \"=\" is a modifier.",
	Ref:   "RFC 7208, Section 4.6.1",
	Bad:   bad("v=spf1 -redirect=_spf.example.net"),
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 redirect=_spf.example.net\"\n_spf.example.net. TXT \"v=spf1 -all\""},
}, func(t *Term, err *SyntaxError) (string, string, string) {
	if k := kindOf(t.Name.Text()); k != Invalid && !k.Modifier() {
		text := t.Text()
		return fmt.Sprintf("%q is a mechanism and takes %q", t.Name.Text(), ":"), "", strings.Replace(text, "=", ":", 1)
	}
	return fmt.Sprintf("the modifier %q takes no qualifier", t.Name.Text()), "", t.Text()[1:]
})

var doubleQualifier = syntaxRule(lint.Doc{
	ID: "spf-double-qualifier", Reason: ErrDoubleQualifier,
	Title: "More than one qualifier",
	Why:   "A mechanism takes one of +, -, ~ and ?, or none.",
	Ref:   "RFC 7208, Section 4.6.1",
	Bad:   bad("v=spf1 ip4:192.0.2.1 --all"),
	Good:  good("v=spf1 -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	qualifiers := err.Span.Text()
	message := fmt.Sprintf("%q has %d qualifiers", t.Text(), len(qualifiers))
	if strings.Trim(qualifiers, qualifiers[:1]) != "" {
		return message, "Keep the one that was meant.", ""
	}
	return message, "Keep one of them.", t.Text()[len(qualifiers)-1:]
})

var separator = syntaxRule(lint.Doc{
	ID: "spf-non-space-separator", Reason: ErrSeparator,
	Title: "Terms separated by something else than a space",
	Why: "Only the space character separates terms; a comma, a semicolon, a tab or a line end becomes part of the term. " +
		"Where the glued text happens to be a valid name, receivers look up a name that cannot exist.",
	Ref:  "RFC 7208, Section 4.6.1",
	Bad:  bad("v=spf1 ip4:192.0.2.1, -all"),
	Good: good("v=spf1 ip4:192.0.2.1 -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	replaced := strings.Map(func(r rune) rune {
		if strings.ContainsRune(",;\t\r\n", r) {
			return ' '
		}
		return r
	}, t.Text())
	terms := strings.Join(strings.Fields(replaced), " ")
	switch {
	case terms == "":
		terms = remove
	case fixTerms(t.Span, terms) == nil:
		terms = strings.ReplaceAll(terms, " ", "") // it stood inside a term
	}
	return fmt.Sprintf("%q does not separate terms", err.Span.Text()), "Separate terms by one space.", terms
})

var glued = syntaxRule(lint.Doc{
	ID: "spf-concatenated-terms", Reason: ErrGlued,
	Title: "Two terms without a space between them",
	Why: "Often the space was lost where a long record was split into strings, which are joined with nothing between. " +
		"Where the glued text happens to be a valid name, the second term is lost without an error.",
	Ref:  "RFC 7208, Section 4.6.1",
	Bad:  bad("v=spf1 ip4:192.0.2.0/24~all"),
	Good: good("v=spf1 ip4:192.0.2.0/24 ~all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	if head := t.Span.Source.Text[t.Span.Start:err.Span.Start]; strings.HasSuffix(head, ":") {
		return fmt.Sprintf("%q stands before another mechanism", head), "Keep the one that was meant.", gluedFix(t)
	}
	return fmt.Sprintf("%q starts a new term, but no space stands before it", err.Span.Text()), "Put a space before it.", gluedFix(t)
})

// maxGlued is how many terms a glued term is taken apart into.
const maxGlued = 64

// gluedFix returns the terms of a glued term with spaces between, "" where there
// are too many.
func gluedFix(t *Term) string {
	text, terms := t.Text(), ""
	for range maxGlued {
		part := parseTerm(lint.NewSource("", text).Whole())
		at := part.gluedAt()
		if at == 0 {
			return terms + text
		}
		if head := strings.TrimRight(text[:at], ",;"); !strings.HasSuffix(head, ":") {
			terms += head + " "
		}
		text = text[at:]
	}
	return ""
}
