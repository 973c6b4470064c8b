package dmarc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/internal/nearest"
	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/lint"
)

func syntaxRules() []rule { return []rule{syntax, duplicateTag, unknownTag, tagCase} }

// tagNames are the tags of RFC 9989, Section 4.7, and then those it has removed.
var tagNames = []string{"v", "p", "sp", "np", "adkim", "aspf", "fo", "psd", "rua", "ruf", "t", "pct", "rf", "ri"}

// glue finds a tag within the value of another: what stands between them is no
// semicolon.
var glue = regexp.MustCompile(`(?i)[ \t,:]+((?:p|sp|np|adkim|aspf|fo|psd|rua|ruf|t|pct|rf|ri)[ \t]*=)`)

// glued reports whether the semicolon behind the value of a tag is missing.
func glued(t *Tag) bool { return glue.MatchString(t.Value.Text()) }

var syntax = recordRule(lint.Doc{
	ID: "dmarc-syntax", Severity: lint.Error,
	Title: "Part of the record is no tag",
	Why: "A record is a list of name=value with semicolons between. A part that is not in this form is dropped, and its default " +
		"counts instead; the rest of the record is read.",
	Ref:  "RFC 9989, Section 4.8",
	Bad:  example("v=DMARC1; p:reject"),
	Good: example("v=DMARC1; p=reject;"),
}, func(f *Facts, report lint.ReportFunc) {
	for i := range f.Record.Tags {
		t := &f.Record.Tags[i]
		found := lint.Finding{Span: t.Span}
		switch {
		case glued(t):
			found.Message = fmt.Sprintf("a semicolon is missing in %q", t.Span.Text())
			found.Fix = lint.Replace(t.Value, glue.ReplaceAllString(t.Value.Text(), "; $1"))
		case t.Err == nil || t.Err == ErrValue:
			continue
		case t.Err == taglist.ErrEmpty:
			found.Message, found.Fix = "nothing stands between two semicolons", removal(t)
		case t.Err == ErrEmptyValue && slices.Contains(policyTags, t.Name.Text()):
			continue
		case t.Err == ErrEmptyValue:
			found.Message, found.Fix = fmt.Sprintf("%q has no value", t.Span.Text()), removal(t)
		case t.Err == taglist.ErrNoEquals:
			found.Message, found.Hint = fmt.Sprintf("%q is no tag: an equals sign is missing", t.Span.Text()), "Write name=value, or delete it."
			if name, value, ok := strings.Cut(t.Span.Text(), ":"); ok && slices.Contains(tagNames, strings.TrimSpace(name)) {
				found.Fix = lint.Replace(t.Span, strings.TrimSpace(name)+"="+strings.TrimSpace(value))
			}
		case t.Err == taglist.ErrCharacter:
			found.Message, found.Hint = fmt.Sprintf("%q holds characters outside of ASCII, or control characters", t.Name.Text()), "Type the value again as plain text."
		default:
			found.Message, found.Hint = fmt.Sprintf("%q is not the name of a tag", t.Name.Text()), "Names are letters; check quotes and semicolons before it."
		}
		report(found)
	}
})

var duplicateTag = recordRule(lint.Doc{
	ID: "dmarc-duplicate-tag", Severity: lint.Error,
	Title: "Tag stands twice",
	Why:   "Receivers take the first, the last or none of them, and by the syntax of tag lists the whole record is invalid.",
	Ref:   "RFC 6376, Section 3.2",
	Bad:   example("v=DMARC1; p=none; p=reject"),
	Good:  example("v=DMARC1; p=reject"),
}, func(f *Facts, report lint.ReportFunc) {
	for i := range f.Record.Tags {
		if t := &f.Record.Tags[i]; t.Duplicate {
			found := lint.Finding{Span: t.Span, Hint: "Keep one of them.", Message: fmt.Sprintf("a second %q; which one counts differs among receivers", t.Name.Text())}
			if first := f.Record.Tag(t.Name.Text()); first.Value.Text() == t.Value.Text() {
				found.Fix = removal(t)
			}
			report(found)
		}
	}
})

var unknownTag = recordRule(lint.Doc{
	ID: "dmarc-unknown-tag", Severity: lint.Notice,
	Title: "Unknown tag",
	Why:   "Receivers ignore tags that they do not know. Mostly it is a typing error, and what was meant has no effect.",
	Ref:   "RFC 9989, Section 4.7",
	Bad:   example("v=DMARC1; p=reject; rau=mailto:dmarc@example.com"),
	Good:  example("v=DMARC1; p=reject"),
}, func(f *Facts, report lint.ReportFunc) {
	for i := range f.Record.Tags {
		t := &f.Record.Tags[i]
		name := t.Name.Text()
		if t.Err == taglist.ErrName || name == "" || slices.Contains(tagNames, strings.ToLower(name)) {
			continue
		}
		found := lint.Finding{Span: t.Name, Hint: "Delete it.", Message: fmt.Sprintf("there is no tag %q, so receivers ignore it", name)}
		if meant := nearest.Word(strings.ToLower(name), tagNames[3:11], 2); len(name) > 2 && f.Record.fits(meant, t) {
			found.Hint = ""
			found.Message += fmt.Sprintf("; %q was probably meant", meant)
			found.Fix = lint.Replace(t.Name, meant)
		}
		report(found)
	}
})

// fits reports whether a tag that is not there may have been meant by another: it
// starts alike, and the value is one of its own.
func (r *Record) fits(name string, t *Tag) bool {
	if name == "" || name[0] != t.Name.Text()[0]|0x20 || r.list.Find(name) != nil {
		return false
	}
	meant := Parse(lint.NewSource("", name+"="+t.Value.Text()))
	uris := append(meant.RUA, meant.RUF...)
	return meant.Tags[0].Err == nil && (len(uris) == 0 || usable(uris))
}

var tagCase = recordRule(lint.Doc{
	ID: "dmarc-tag-case", Severity: lint.Error,
	Title: "Capital letters in a tag",
	Why: "Names of tags are compared letter for letter by many receivers, who then ignore the tag: an error for the policies and rua, " +
		"a warning for other tags. In a value such as p=Reject capitals are legal, and only old software stumbles: there it is a notice.",
	Ref:  "RFC 6376, Section 3.2",
	Bad:  example("v=DMARC1; P=reject; rua=mailto:dmarc@example.com"),
	Good: example("v=DMARC1; p=reject"),
}, func(f *Facts, report lint.ReportFunc) {
	for i := range f.Record.Tags {
		t := &f.Record.Tags[i]
		name, value := t.Name.Text(), t.Value.Text()
		switch lower := strings.ToLower(name); {
		case lower != name && slices.Contains(tagNames, lower):
			report(f.Record.inCapitals(t))
		case t.Err == nil && values[name] != nil && strings.ToLower(value) != value:
			report(lint.Finding{Span: t.Value, Severity: lint.Notice, Fix: lint.Replace(t.Value, strings.ToLower(value)), Message: fmt.Sprintf("%q is written in small letters by everybody else", value)})
		}
	}
})

// inCapitals returns the finding about a tag that receivers do not know by its name
// in capitals. The name in small letters must not stand there twice.
func (r *Record) inCapitals(t *Tag) lint.Finding {
	name, lower := t.Name.Text(), strings.ToLower(t.Name.Text())
	found := lint.Finding{Span: t.Name, Severity: lint.Warning, Message: fmt.Sprintf("%q is unknown to receivers that compare names letter for letter", name)}
	if lower == "rua" || slices.Contains(policyTags, lower) {
		found.Severity = lint.Error
	}
	twice := slices.ContainsFunc(r.Tags, func(other Tag) bool {
		return other.Span != t.Span && strings.EqualFold(other.Name.Text(), name)
	})
	switch known := r.Tag(lower); {
	case !twice:
		found.Fix = lint.Replace(t.Name, lower)
	case known != nil && strings.EqualFold(known.Value.Text(), t.Value.Text()):
		found.Fix = removal(t)
	default:
		found.Hint = fmt.Sprintf("Keep one %s, in small letters.", lower)
	}
	return found
}
