package spf

import (
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// versionRules judge texts that were meant to be SPF records but are not.
func versionRules() []rule { return []rule{nearMiss, leadingSpace} }

// almost reports whether a discarded text was meant to be the SPF record.
func (f *Facts) almost() bool {
	found := false
	f.discarded(func(source *lint.Source) {
		text := source.Text
		found = found || isNearMiss(text) || isQuoted(text) || hasLeadingSpace(text)
	})
	return found
}

// maxFront is how many octets may stand before a version that is taken for one: a name,
// as records have it in zone files, with class and type.
const maxFront = 300

// isNearMiss reports whether a text without the version was meant to start with it.
func isNearMiss(text string) bool {
	if hasLeadingSpace(text) || isQuoted(text) {
		return false
	}
	head := strings.ToLower(text[:min(len(text), 32)])
	squeezed := strings.NewReplacer(" ", "", "\t", "", `"`, "", ":", "=", "-", "").Replace(head)
	return strings.HasPrefix(squeezed, "v=spf") || strings.HasPrefix(squeezed, "spf1") ||
		strings.HasPrefix(squeezed, "spf=v1") || strings.HasPrefix(squeezed, "=spf1") || strings.Contains(strings.ToLower(text[:min(len(text), maxFront)]), version+" ")
}

// nearMissFix returns the record that a text was meant to be, or "".
func nearMissFix(text string) string {
	body := strings.TrimRight(strings.TrimSpace(plainASCII(text)), `"'`)
	lower := strings.ToLower(body)
	if i := strings.Index(lower, version); i >= 0 {
		body = body[i+len(version):]
	} else if i := strings.Index(lower[:min(len(lower), 10)], "spf"); i >= 0 {
		body = strings.TrimPrefix(strings.TrimLeft(body[i+len("spf"):], " =v"), "1")
	}
	record := version
	for _, term := range strings.FieldsFunc(strings.TrimLeft(body, ":.0 "), func(r rune) bool { return strings.ContainsRune(" \t,;", r) }) {
		t := parseTerm(lint.NewSource("", term).Whole())
		record += " " + gluedFix(&t)
	}
	r := Parse(lint.NewSource("", record))
	if record == version || mistaken(r) || slices.ContainsFunc(r.Terms, func(t Term) bool { return t.Kind == Unknown }) {
		return "" // the text of another protocol, or of none
	}
	return record
}

// mistaken reports whether a record has terms that are broken, or that obey the
// grammar by accident.
func mistaken(r *Record) bool {
	for i := range r.Terms {
		if r.Terms[i].Err != nil || r.Terms[i].suspicion() != nil {
			return true
		}
	}
	return false
}

var nearMiss = rule{
	Doc: lint.Doc{
		ID: "spf-near-miss-version", Severity: lint.Error,
		Title: "Text looks like SPF but does not start with v=spf1 and a space",
		Why: "Receivers discard every text that does not begin with exactly v=spf1 followed by a space or the end, so the result is none. " +
			"It is a warning where a valid record stands beside it.",
		Ref:  "RFC 7208, Section 4.5",
		Bad:  lint.Example{Zone: `@ TXT "v=spf1; mx -all"`},
		Good: lint.Example{Zone: `@ TXT "v=spf1 -all"`},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		given := f.Root.TXT == nil
		f.discarded(func(source *lint.Source) {
			if !isNearMiss(source.Text) && !(given && !isQuoted(source.Text) && !hasLeadingSpace(source.Text)) {
				return
			}
			found := lint.Finding{Span: source.Span(0, min(len(source.Text), len(version)+1)),
				Message: "receivers do not take this text for an SPF record", Hint: "Begin it with \"v=spf1 \"."}
			if f.Root.Record != nil {
				found.Severity = lint.Warning
				found.Hint = "Delete it; the SPF record beside it is the one that is used."
			} else if record := nearMissFix(source.Text); record != "" {
				found.Fix = lint.Rewrite(source, record)
			}
			report(found)
		})
	},
}

// hasLeadingSpace reports whether only white space keeps a text from being SPF.
func hasLeadingSpace(text string) bool {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	return trimmed != text && hasVersion(trimmed)
}

// isQuoted reports whether quotation marks keep a text from being SPF.
func isQuoted(text string) bool {
	trimmed := strings.TrimLeft(text, "\"' \\")
	return strings.ContainsAny(text[:len(text)-len(trimmed)], `"'`) && hasVersion(strings.TrimRight(trimmed, `"'`))
}

var leadingSpace = rule{
	Doc: lint.Doc{
		ID: "spf-leading-space", Severity: lint.Error,
		Title: "White space before the version",
		Why:   "Receivers discard a text that does not begin with v=spf1, so the result is none.",
		Ref:   "RFC 7208, Section 4.5",
		Bad:   lint.Example{Zone: `@ TXT " v=spf1 mx -all"`},
		Good:  lint.Example{Zone: `@ TXT "v=spf1 -all"`},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.discarded(func(source *lint.Source) {
			if hasLeadingSpace(source.Text) {
				end := len(source.Text) - len(strings.TrimLeft(source.Text, " \t\r\n"))
				report(lint.Finding{Span: source.Span(0, end), Message: "white space before the version hides the record from receivers",
					Fix: lint.Replace(source.Span(0, end), "")})
			}
		})
	},
}
