package dmarc

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// uriRules judge the form of the addresses for reports.
func uriRules() []rule {
	return []rule{
		uriNoScheme, uriDoubled, uriAddress, uriEncoding, uriSeparator,
		schemeUnsupported, uriDuplicate, uriTooMany, uriSize,
	}
}

// uriRecord is a record with that value of rua.
func uriRecord(rua string) lint.Example { return example("v=DMARC1; p=reject; rua=" + rua) }

var goodURI = uriRecord("mailto:dmarc@example.com")

// each calls visit for every element of rua and ruf, a name in capitals included:
// whoever mends that wants good addresses.
func (r *Record) each(visit func(tag string, u *URI)) {
	for _, tag := range [...]string{"rua", "ruf"} {
		list := uris(r.meant(tag))
		for i := range list {
			visit(tag, &list[i])
		}
	}
}

// uriRule makes the rule about the URIs that have these errors, the first of which
// it explains.
func uriRule(doc lint.Doc, mend func(u *URI) *lint.Fix, reasons ...error) rule {
	doc.Severity, doc.Reason, doc.Good = lint.Error, reasons[0], goodURI
	return recordRule(doc, func(f *Facts, report lint.ReportFunc) {
		torn := map[string]bool{}
		for _, tag := range [...]string{"rua", "ruf"} {
			t := f.Record.meant(tag)
			torn[tag] = t != nil && glued(t)
		}
		f.Record.each(func(tag string, u *URI) {
			for _, reason := range reasons {
				if u.Err != reason || torn[tag] {
					continue
				}
				found := lint.Finding{Span: u.Span, Fix: mend(u), Message: fmt.Sprintf("%q gets no reports: %s", u.Text(), reason)}
				if reason == ErrURIEmpty {
					found.Message = emptyEntry(u)
				}
				if found.Fix == nil {
					found.Hint = "Write mailto: and an address such as dmarc@example.com, with commas between several."
				}
				report(found)
			}
		})
	})
}

func noFix(*URI) *lint.Fix { return nil }

// mended returns the fix that writes a text instead of a URI, nil where that would
// be none either.
func mended(u *URI, text string) *lint.Fix {
	if list := Parse(lint.NewSource("", "v=DMARC1; rua="+text)).RUA; !usable(list) {
		return nil
	}
	return lint.Replace(u.Span, text)
}

var uriNoScheme = uriRule(lint.Doc{
	ID:    "dmarc-uri-no-scheme",
	Title: "Address without mailto:",
	Why:   "Addresses for reports are URIs. A bare mail address is none, and receivers ignore it.",
	Ref:   "RFC 9989, Section 4.6",
	Bad:   uriRecord("dmarc@example.com"),
}, func(u *URI) *lint.Fix { return mended(u, "mailto:"+u.Text()) }, ErrURIScheme)

var uriDoubled = uriRule(lint.Doc{
	ID:    "dmarc-uri-mailto-doubled",
	Title: "mailto: is not followed by an address",
	Why:   "Behind mailto: stands the address, without slashes, spaces or a second mailto:. Receivers ignore anything else.",
	Ref:   "RFC 6068, Section 2",
	Bad:   uriRecord("mailto:mailto:dmarc@example.com"),
}, func(u *URI) *lint.Fix {
	return mended(u, "mailto:"+strings.TrimLeft(strings.ReplaceAll(strings.ToLower(u.Text()), "mailto:", ""), "/ \t"))
}, ErrURIDoubled)

var uriAddress = uriRule(lint.Doc{
	ID:    "dmarc-uri-invalid-address",
	Title: "Not a mail address",
	Why:   "Receivers ignore a mailto URI whose address is not valid.",
	Ref:   "RFC 6068, Section 2",
	Bad:   uriRecord("mailto:dmarc.example.com"),
}, noFix, ErrURIAddress)

var uriEncoding = uriRule(lint.Doc{
	ID:    "dmarc-uri-unencoded",
	Title: "Character in a URI that must be encoded",
	Why:   "A comma ends a URI and an exclamation mark its address, so in a URI they are written %2C and %21, and a percent sign %25.",
	Ref:   "RFC 9989, Section 4.8",
	Bad:   uriRecord("mailto:d!marc@example.com"),
}, func(u *URI) *lint.Fix {
	text := sizeLike.ReplaceAllString(u.Text(), "$1")
	if at := strings.LastIndexByte(text, '@'); at >= 0 && !strings.Contains(text[at:], "!") {
		return mended(u, strings.ReplaceAll(text, "!", "%21"))
	}
	return nil
}, ErrURIEncoding)

// sizeLike finds what was meant as a size limit behind an address.
var sizeLike = regexp.MustCompile(`(@[^@!]*)![0-9]+[A-Za-z]*$`)

var uriSeparator = uriRule(lint.Doc{
	ID:    "dmarc-uri-separator",
	Title: "URIs are not separated by one comma",
	Why:   "Several URIs stand with a comma between them. With spaces alone they are one text that is no URI.",
	Ref:   "RFC 9989, Section 4.6",
	Bad:   uriRecord("mailto:a@example.com mailto:b@example.com"),
}, func(u *URI) *lint.Fix {
	if u.Err == ErrURIEmpty {
		return withoutComma(u)
	}
	return mended(u, strings.Join(strings.Fields(u.Text()), ","))
}, ErrURISeparator, ErrURIEmpty)

// around returns what stands before and behind a URI, without white space.
func around(u *URI) (before, behind string) {
	text := u.Span.Source.Text
	return strings.TrimRight(text[:u.Span.Start], " \t\r\n"), strings.TrimLeft(text[u.Span.End:], " \t\r\n")
}

// emptyEntry says where the comma stands that separates nothing.
func emptyEntry(u *URI) string {
	switch before, behind := around(u); {
	case !strings.HasSuffix(before, ","):
		return "nothing stands before the first comma"
	case !strings.HasPrefix(behind, ","):
		return "nothing stands behind the last comma"
	}
	return "nothing stands between two commas"
}

// withoutComma returns the fix that deletes the comma of an empty entry.
func withoutComma(u *URI) *lint.Fix {
	before, behind := around(u)
	span := u.Span
	if strings.HasSuffix(before, ",") {
		span.Start = len(before) - 1
	} else {
		span.End = len(span.Source.Text) - len(strings.TrimPrefix(behind, ","))
	}
	return lint.Replace(span, "")
}

var schemeUnsupported = recordRule(lint.Doc{
	ID: "dmarc-uri-scheme-unsupported", Severity: lint.Warning,
	Title: "Address for reports that is no mail address",
	Why:   "Receivers need to support mailto only, and ignore what they do not support.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   uriRecord("https://example.com/reports"),
	Good:  goodURI,
}, func(f *Facts, report lint.ReportFunc) {
	f.Record.each(func(_ string, u *URI) {
		if u.Err == nil && u.Scheme != "mailto" {
			report(lint.Finding{Span: u.Span, Message: fmt.Sprintf("few receivers can send reports by %s", u.Scheme), Hint: "Give a mail address: mailto:ADDRESS."})
		}
	})
})

var uriDuplicate = recordRule(lint.Doc{
	ID: "dmarc-uri-duplicate", Severity: lint.Notice,
	Title: "Address for reports stands twice",
	Why:   "Receivers may send each report as often as the address stands there.",
	Ref:   "RFC 9989, Section 4.6",
	Bad:   uriRecord("mailto:a@example.com,mailto:a@example.com"),
	Good:  goodURI,
}, func(f *Facts, report lint.ReportFunc) {
	seen := map[string]bool{}
	f.Record.each(func(tag string, u *URI) {
		if key := tag + strings.ToLower(u.Text()); u.Err == nil && seen[key] {
			report(lint.Finding{Span: u.Span, Message: fmt.Sprintf("%q stands twice in %s", u.Text(), tag), Hint: "Delete one."})
		} else {
			seen[key] = true
		}
	})
})

// manyURIs is how many addresses every receiver has to serve (RFC 7489,
// Section 6.2).
const manyURIs = 2

var uriTooMany = recordRule(lint.Doc{
	ID: "dmarc-uri-too-many", Severity: lint.Notice,
	Title: "More than two addresses for reports",
	Why:   "Receivers may have a limit; older ones need to serve only two addresses, so later ones can go without reports.",
	Ref:   "RFC 9989, Section 4.6",
	Bad:   uriRecord("mailto:a@example.com,mailto:b@example.com,mailto:c@example.com"),
	Good:  goodURI,
}, func(f *Facts, report lint.ReportFunc) {
	n := map[string]int{}
	f.Record.each(func(tag string, u *URI) {
		if u.Err == ErrURIEmpty {
			return
		}
		if n[tag]++; n[tag] == manyURIs+1 {
			report(lint.Finding{Span: u.Span, Message: fmt.Sprintf("%s has more than %d addresses; receivers may stop before this one", tag, manyURIs), Hint: "Put the most important ones first, or distribute the reports from one address."})
		}
	})
})

var uriSize = recordRule(lint.Doc{
	ID: "dmarc-uri-size-limit", Severity: lint.Notice,
	Title: "Size limit behind an address",
	Why:   "The suffix once bounded the size of reports. It is obsolete; receivers ignore it.",
	Ref:   "RFC 9989, Section 4.8",
	Bad:   uriRecord("mailto:dmarc@example.com!10m"),
	Good:  goodURI,
}, func(f *Facts, report lint.ReportFunc) {
	f.Record.each(func(_ string, u *URI) {
		if !u.Size.Empty() {
			report(lint.Finding{Span: u.Size, Message: fmt.Sprintf("the size limit %q is ignored", u.Size.Text()), Fix: lint.Replace(u.Size, "")})
		}
	})
})
