package dmarc

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/lint"
)

// textRules judge texts that were meant as records.
func textRules() []rule { return []rule{versionNotFirst, versionInvalid, leadingSpace} }

// nearMiss returns the rule that explains why a text is no DMARC record although
// it was meant as one, with the corrected text; nil for any other text.
func nearMiss(text string) *miss {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	plain := strings.NewReplacer(`"`, "", `\;`, ";").Replace(strings.TrimSpace(text))
	l := taglist.Parse(lint.NewSource("", text))
	v, at := l.Find("v"), strings.Index(text, "v="+version)
	switch {
	case trimmed != text && hasVersion(trimmed):
		return &miss{id: leadingSpaceID, end: len(text) - len(trimmed), record: trimmed}
	case plain != text && hasVersion(plain):
		at := strings.IndexAny(text, "\"\\")
		if at < 0 { // white space alone
			return nil
		}
		return &miss{id: versionInvalidID, start: at, end: at + 1, record: plain, message: leftover[text[at]]}
	case len(text) >= len(version) && strings.EqualFold(text[:len(version)], version):
		return &miss{id: versionInvalidID, end: len(version), record: "v=" + version + text[len(version):]}
	case at > 0 && hasVersion(text[at:]) && foreignRecord(text) == "" && (v == nil || l.Tags[0].Err != nil):
		m := &miss{id: versionNotFirstID, end: at, record: plain[strings.Index(plain, "v="+version):],
			message: fmt.Sprintf("%q stands before the version, so receivers ignore the text", strings.TrimSpace(text[:at]))}
		if Intended(text[:at]) == (Policies{}) {
			m.hint = "Remove what stands before v=DMARC1."
		}
		return m
	case v == nil || len(v.Value.Text()) < len("dmarc") || !strings.EqualFold(v.Value.Text()[:len("dmarc")], "dmarc"):
		return nil
	case v != &l.Tags[0]:
		rest := removal(v).Record()
		return &miss{id: versionNotFirstID, start: v.Span.Start, end: v.Span.End, record: "v=" + version + "; " + strings.TrimLeft(rest, " \t;")}
	}
	rest := strings.TrimLeft(v.Value.Text()[len("dmarc"):], ".0123456789 \t,")
	if rest != "" {
		rest = "; " + strings.TrimRight(comma.ReplaceAllString(rest+text[v.Span.End:], "; $1"), ", \t")
	} else {
		rest = text[v.Span.End:]
	}
	return &miss{id: versionInvalidID, start: v.Span.Start, end: v.Span.End, record: text[:v.Span.Start] + "v=" + version + rest}
}

// comma finds a comma, or white space alone, where a semicolon should stand.
var comma = regexp.MustCompile(`[ \t]*[ \t,][ \t]*([A-Za-z][0-9A-Z_a-z]*[ \t]*=)`)

// leftover says what is wrong with octets that belong to the notation of zone files.
var leftover = map[byte]string{
	'"':  "a quotation mark is part of the text, so receivers ignore the text",
	'\\': "a backslash is part of the text, so receivers ignore the text",
}

const (
	leadingSpaceID    = "dmarc-leading-space"
	versionInvalidID  = "dmarc-version-invalid"
	versionNotFirstID = "dmarc-version-not-first"
)

// miss is why a text is no record.
type miss struct {
	id         string
	start, end int    // where that shows
	record     string // what was meant
	message    string // empty: that of the rule
	hint       string // empty: that of all rules
}

// almost reports whether one of the texts found was meant as a record.
func (f *Facts) almost() bool {
	found := false
	f.ignored(func(source *lint.Source) { found = found || nearMiss(source.Text) != nil })
	return found
}

// missRule makes a rule of one kind of miss.
func missRule(doc lint.Doc, message string) rule {
	doc.Severity, doc.Good = lint.Error, example("v=DMARC1; p=reject")
	doc.Why += " It is a warning where a valid record stands beside it."
	return rule{Doc: doc, Check: func(f *Facts, report lint.ReportFunc) {
		f.ignored(func(source *lint.Source) {
			m := nearMiss(source.Text)
			if m == nil || m.id != doc.ID {
				return
			}
			span := source.Span(m.start, m.end)
			found := lint.Finding{Span: span, Message: cmp.Or(m.message, fmt.Sprintf(message, span.Text())), Fix: lint.Rewrite(source, m.record),
				Hint: cmp.Or(m.hint, "Start the record with v=DMARC1 and a semicolon.")}
			if f.Record != nil && f.Record.Source.Subject == source.Subject {
				found.Severity, found.Fix, found.Hint = lint.Warning, nil, "Delete it; the DMARC record beside it is the one that is used."
			}
			report(found)
		})
	}}
}

var versionNotFirst = missRule(lint.Doc{
	ID:    versionNotFirstID,
	Title: "Version does not stand first",
	Why:   "A text that does not start with v=DMARC1 is no DMARC record: receivers ignore all of it.",
	Ref:   "RFC 9989, Section 4.8",
	Bad:   example("p=reject; v=DMARC1"),
}, "%q stands behind other tags, so receivers ignore the text")

var versionInvalid = missRule(lint.Doc{
	ID:    versionInvalidID,
	Title: "Version is not v=DMARC1",
	Why:   "The version must be DMARC1, in capitals, with a semicolon or nothing behind it. With anything else, quotes that a DNS panel left among them, receivers ignore the whole text.",
	Ref:   "RFC 9989, Section 4.8",
	Bad:   example("v=dmarc1; p=reject"),
}, "%q is not the version v=DMARC1, so receivers ignore the text")

var leadingSpace = missRule(lint.Doc{
	ID:    leadingSpaceID,
	Title: "White space before the version",
	Why:   "A DMARC record starts with its version. With anything before it, a space too, receivers ignore the whole text.",
	Ref:   "RFC 9989, Section 4.8",
	Bad:   example(" v=DMARC1; p=reject"),
}, "%q stands before the version, so receivers ignore the text")
