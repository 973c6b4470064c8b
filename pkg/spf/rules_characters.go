package spf

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// The rules about characters and text that do not belong into a record.

var character = syntaxRule(lint.Doc{
	ID: "txt-non-ascii", Reason: ErrCharacter,
	Title: "Character outside printable ASCII",
	Why:   "Word processors and web pages turn hyphens and quotation marks into look-alikes and add invisible characters.",
	Ref:   "RFC 7208, Section 3.1",
	Bad:   lint.Example{Zone: `@ TXT "v=spf1 ip4:192.0.2.1 \226\128\147all"`},
	Good:  good("v=spf1 -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	return fmt.Sprintf("%+q at octet %d is not printable ASCII (%s)", err.Span.Text(), err.Span.Start, codePoints(err.Span.Text())),
		"Type the record anew in a plain text editor.", cmp.Or(plainASCII(t.Text()), aLabels(t))
})

// aLabels returns the term with the U-labels of its name as A-labels, which is
// how a record must hold them (RFC 7208, Section 4.3); "" where it has none.
func aLabels(t *Term) string {
	head, name, ok := strings.Cut(t.Text(), ":")
	if !ok || !utf8.ValidString(name) || kindOf(strings.TrimLeft(head, "+-~?")) == Invalid {
		return ""
	}
	name, err := lookup.FromUser(name)
	if err != nil {
		return ""
	}
	return head + ":" + name
}

// codePoints lists the characters of a text as U+nnnn, octets that are no UTF-8
// as \xnn.
func codePoints(text string) string {
	var points []string
	for i, r := range text {
		if r == '\uFFFD' && !strings.HasPrefix(text[i:], "\uFFFD") {
			points = append(points, fmt.Sprintf(`\x%02x`, text[i]))
			continue
		}
		points = append(points, fmt.Sprintf("%U", r))
	}
	return strings.Join(points, " ")
}

// plainASCII replaces look-alikes of ASCII characters and drops invisible ones;
// "" where something else is in the way.
func plainASCII(text string) string {
	if !utf8.ValidString(text) { // octets of Windows-1252
		text = strings.NewReplacer("\xa0", " ", "\x96", "-", "\x97", "-", "\x93", "", "\x94", "", "\x91", "", "\x92", "").Replace(text)
	}
	plain := strings.NewReplacer(
		"\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2212", "-", "\uff0d", "-",
		"\uff1a", ":", "\uff0e", ".", "\u02dc", "~", "\u223c", "~", "\uff5e", "~",
		"\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u200e", "", "\u200f", "", "\u2060", "", "\ufeff", "",
		"\u00a0", " ", "\u2009", " ", "\u202f", " ", "\u3000", " ",
		"\u201c", "", "\u201d", "", "\u2018", "", "\u2019", "", "\x00", "",
	).Replace(text)
	if !isASCII(plain) {
		return ""
	}
	return strings.TrimSpace(plain)
}

var quote = func() rule {
	r := syntaxRule(lint.Doc{
		ID: "txt-literal-quotes", Reason: ErrQuote,
		Title: "Quotation mark inside the record",
		Why: "The quotation marks of zone files are not part of the data. Typed into a web form they often end up in the record itself; " +
			"before the version they keep receivers from seeing an SPF record at all.",
		Ref:  "RFC 7208, Section 4.5",
		Bad:  lint.Example{Zone: `@ TXT "\"v=spf1 ip4:192.0.2.1 -all\""`},
		Good: good("v=spf1 -all"),
	}, func(t *Term, err *SyntaxError) (string, string, string) {
		return "a quotation mark is part of the published text", quoteHint, strings.NewReplacer(`"`, "", "'", "").Replace(t.Text())
	})
	inRecord := r.Check
	r.Check = func(f *Facts, report lint.ReportFunc) {
		inRecord(f, report)
		f.discarded(func(source *lint.Source) {
			if isQuoted(source.Text) {
				report(lint.Finding{Span: source.Span(0, 1), Hint: quoteHint,
					Message: "a quotation mark before the version hides the record from receivers",
					Fix:     lint.Replace(source.Whole(), strings.NewReplacer(`"`, "", "'", "", `\;`, ";").Replace(source.Text))})
			}
		})
	}
	return r
}()

const quoteHint = "Publish the text without quotation marks around it."

var trailingText = syntaxRule(lint.Doc{
	ID: "txt-trailing-junk", Reason: ErrTrailingText,
	Title: "Text behind the record",
	Why:   "A TXT record has no comments: every word behind the record is read as a term of it.",
	Ref:   "RFC 7208, Section 4.6.1",
	Bad:   bad("v=spf1 ip4:192.0.2.1 -all <br>"),
	Good:  good("v=spf1 -all"),
}, func(t *Term, err *SyntaxError) (string, string, string) {
	terms := remove
	if err.Span.Start > t.Span.Start {
		terms = t.Text()[:err.Span.Start-t.Span.Start]
	}
	return fmt.Sprintf("%q is not part of an SPF record", err.Span.Text()),
		"Publish the record without it; a verification text gets a TXT record of its own.", terms
})
