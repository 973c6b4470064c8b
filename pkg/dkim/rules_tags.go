package dkim

import (
	"crypto/ed25519"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/lint"
)

// tagRules judge the list of tags.
func tagRules() []rule {
	return []rule{tagSyntax, emptyElement, duplicateTag, versionInvalid, versionMissing, tagCase, unknownTag, granularity, notes}
}

// mended returns the text with what web forms and zone files leave in records taken
// out, "" where that does not make a sound record of it.
func mended(r *Record) string {
	text := r.String()
	if first := &r.List.Tags[0]; first.Err != nil && inFront(first.Span) > 0 {
		text = text[first.Span.Start+inFront(first.Span):]
	}
	text = strings.NewReplacer(`"`, "", `\;`, ";", "\u201c", "", "\u201d", "").Replace(text)
	if again := Parse(lint.NewSource("", text)); again.Err() != nil {
		return ""
	}
	return text
}

// inFront returns how many octets of an element stand before the version, such as the
// name that a record has in a zone file; 0 where it is none but quotation marks.
func inFront(element lint.Span) int {
	front, _, found := strings.Cut(element.Text(), "v="+version)
	if !found || strings.Trim(front, `"“”`) == "" {
		return 0
	}
	return len(front)
}

var tagSyntax = rule{
	Doc: lint.Doc{
		ID: "dkim-tag-syntax", Severity: lint.Error, Reason: ErrTagSyntax,
		Title: "Not a list of tags",
		Why: "A record is name=value pairs with semicolons between. Anything else, such as quotation marks, backslashes or a lost " +
			"semicolon, makes receivers discard the key.",
		Ref:  "RFC 6376, Section 3.2",
		Bad:  published("v=DKIM1 k=rsa; p=" + example2048),
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(_ *Selector, r *Record) {
			if !r.Is(ErrTagSyntax) {
				return
			}
			record := mended(r)
			for _, fault := range r.Faults {
				if fault.Reason != ErrTagSyntax {
					continue
				}
				found := brokenTag(fault.Span)
				if record != "" { // one correction mends all of it
					found.Fix = lint.Rewrite(r.List.Source, record)
					report(found)
					return
				}
				report(found)
			}
		})
	},
}

// longText is how many octets of a text a message shows.
const longText = 40

// brokenTag says what is wrong with octets that are no tag.
func brokenTag(at lint.Span) lint.Finding {
	found := lint.Finding{Span: at, Message: fmt.Sprintf("%q is no tag", at.Text()), Hint: "Publish the record as the signing software shows it."}
	before := strings.TrimRight(at.Source.Text[:at.Start], whiteSpace)
	switch text := at.Text(); {
	case before == "" && inFront(at) > 0:
		at.End = at.Start + inFront(at)
		found.Span, found.Fix = at, lint.Replace(at, "")
		found.Message, found.Hint = fmt.Sprintf("%q stands before the version", strings.TrimSpace(at.Text())), `Remove what stands before "v=DKIM1".`
	case text == `\`:
		found.Message, found.Hint = "a backslash is part of the published text", "Publish the text without backslashes; only zone files need them."
	case strings.ContainsAny(text, `"“”`):
		found.Message, found.Hint = "a quotation mark is part of the published text", "Publish the text without quotation marks around it."
	case before != "" && !strings.HasSuffix(before, ";"):
		found.Message, found.Hint = fmt.Sprintf("no semicolon stands before %q", text), ""
		found.Span.Start = len(strings.TrimRight(before, separators))
		found.Fix = lint.Replace(found.Span, "; "+text)
	case len(text) > longText:
		found.Message = fmt.Sprintf("%q and what follows is no tag", text[:longText])
	}
	return found
}

var emptyElement = rule{
	Doc: lint.Doc{
		ID: "dkim-empty-tag", Severity: lint.Notice,
		Title: "Semicolon too many",
		Why:   "One semicolon ends a tag, and one more may end the list. Receivers read over the others, though the grammar has no room for them.",
		Ref:   "RFC 6376, Section 3.2",
		Bad:   published("v=DKIM1;; k=rsa; p=" + example2048),
		Good:  good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(_ *Selector, r *Record) {
			for i := range r.List.Tags {
				if t := &r.List.Tags[i]; t.Err == taglist.ErrEmpty {
					semicolon := t.Span.Source.Span(t.Span.Start, t.Span.Start+1)
					report(lint.Finding{Span: semicolon, Message: "nothing stands between two semicolons", Fix: lint.Replace(semicolon, "")})
					return
				}
			}
		})
	},
}

var duplicateTag = faultRule(lint.Doc{
	ID: "dkim-duplicate-tag", Reason: ErrDuplicateTag,
	Title: "Tag occurs twice",
	Why:   "A list in which a tag occurs twice is invalid as a whole; some receivers take the first, some the last value.",
	Ref:   "RFC 6376, Section 3.2",
	Bad:   published("v=DKIM1; k=rsa; k=rsa; p=" + example2048),
}, func(r *Record, at lint.Span) lint.Finding {
	name, _, _ := strings.Cut(at.Text(), "=")
	name = strings.Trim(name, whiteSpace)
	found := lint.Finding{Message: fmt.Sprintf("the tag %s= occurs before", name), Hint: "Keep the one that was meant."}
	if first := r.List.Get(name); first.Span.Text() == at.Text() {
		found.Hint, found.Fix = "", removal(at)
	}
	return found
})

var versionInvalid = faultRule(lint.Doc{
	ID: "dkim-version-invalid", Reason: ErrVersion,
	Title: "Version is not DKIM1, or does not stand first",
	Why:   "Where the version is given it must be the first tag and exactly DKIM1, in these letters; receivers discard any other record.",
	Ref:   "RFC 6376, Section 3.6.1",
	Bad:   published("k=rsa; v=DKIM1; p=" + example2048),
}, func(r *Record, at lint.Span) lint.Finding {
	if value := r.value("v", ""); value != version {
		v := r.List.Get("v").Value
		return lint.Finding{Span: v, Message: fmt.Sprintf("the version is %q, not %q", value, version), Fix: lint.Replace(v, version)}
	}
	fix := removal(at)
	rest := strings.TrimRight(fix.Record(), whiteSpace)
	return lint.Finding{Message: "the version is not the first tag", Hint: "Move it to the front.",
		Fix: lint.Rewrite(at.Source, "v="+version+"; "+rest)}
})

var versionMissing = rule{
	Doc: lint.Doc{
		ID: "dkim-version-missing", Severity: lint.Notice,
		Title: "No version",
		Why:   "The version may be left out, but with it a record says what it is, and cannot be mistaken for a text of something else.",
		Ref:   "RFC 6376, Section 3.6.1",
		Bad:   published("k=rsa; p=" + example2048),
		Good:  good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(_ *Selector, r *Record) {
			if r.List.Find("v") == nil && !r.Is(ErrTagSyntax) {
				at := r.List.Source.Span(0, 0)
				report(lint.Finding{Span: at, Message: "the record does not begin with v=DKIM1", Fix: lint.Replace(at, "v=DKIM1; ")})
			}
		})
	},
}

// keyTags are the tags of key records (RFC 6376, Section 3.6.1).
const keyTags = "vhknpst"

var tagCase = rule{
	Doc: lint.Doc{
		ID: "dkim-tag-case", Severity: lint.Error,
		Title: "Name of a tag in upper case",
		Why:   "Names of tags are compared letter for letter: P= is not p= but an unknown tag, and the record has no key. For any other tag it is a warning.",
		Ref:   "RFC 6376, Section 3.2",
		Bad:   published("v=DKIM1; k=rsa; P=" + example2048),
		Good:  good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(_ *Selector, r *Record) {
			for i := range r.List.Tags {
				t := &r.List.Tags[i]
				name := t.Name.Text()
				lower := strings.ToLower(name)
				if t.Err != nil || t.Duplicate || len(name) != 1 || name == lower || !strings.Contains(keyTags, lower) || r.List.Get(lower) != nil {
					continue
				}
				found := lint.Finding{Span: t.Name, Message: fmt.Sprintf("the tag %s= is unknown; %s= is meant", name, lower), Fix: lint.Replace(t.Name, lower)}
				if lower != "p" {
					found.Severity = lint.Warning
				}
				report(found)
			}
		})
	},
}

var unknownTag = rule{
	Doc: lint.Doc{
		ID: "dkim-unknown-tag", Severity: lint.Notice,
		Title: "Tag that key records do not have",
		Why:   "Receivers ignore it. Often it belongs into signatures, or into the record of another protocol.",
		Ref:   "RFC 6376, Section 3.2",
		Bad:   published("v=DKIM1; k=rsa; a=rsa-sha256; p=" + example2048),
		Good:  good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(_ *Selector, r *Record) {
			key := misnamed(r)
			for i := range r.List.Tags {
				t := &r.List.Tags[i]
				if !isUnknown(t) {
					continue
				}
				found := lint.Finding{Span: t.Span, Message: fmt.Sprintf("key records have no tag %s=", t.Name.Text())}
				switch {
				case t == key:
					found.Message += "; p= is probably meant"
					found.Span, found.Fix = t.Name, lint.Replace(t.Name, "p")
				case len(swallowed(t)) == 0:
					found.Fix = removal(t.Span)
				}
				report(found)
			}
		})
	},
}

func isUnknown(t *taglist.Tag) bool {
	name := t.Name.Text()
	return t.Err == nil && !t.Duplicate && (len(name) != 1 || !strings.Contains(keyTags+"g", strings.ToLower(name)))
}

// misnamed returns the tag that holds what p= should, nil where there is none.
func misnamed(r *Record) *taglist.Tag {
	if r.List.Find("p") != nil {
		return nil
	}
	for i := range r.List.Tags {
		t := &r.List.Tags[i]
		if octets, _, err := decode(t.Value); isUnknown(t) && err == nil && len(octets) >= ed25519.PublicKeySize {
			return t
		}
	}
	return nil
}

var granularity = tagRule(lint.Doc{
	ID: "dkim-g-tag", Severity: lint.Notice,
	Title: "Retired tag g=",
	Why:   "The granularity of the first DKIM is gone, and receivers ignore it. An empty g= made the first ones accept no sender at all.",
	Ref:   "RFC 6376, Section 3.2",
	Bad:   published("v=DKIM1; g=*; k=rsa; p=" + example2048),
}, "g", func(r *Record, value lint.Span) lint.Finding {
	return lint.Finding{Message: "g= has had no meaning since 2011", Fix: removal(r.List.Get("g").Span)}
})

// longNotes is how many octets of notes are a waste of space.
const longNotes = 64

var notes = tagRule(lint.Doc{
	ID: "dkim-n-tag-oversize", Severity: lint.Notice,
	Title: "Long notes",
	Why:   "Notes are for people, every receiver loads them with the key, and a long record does not fit a small answer.",
	Ref:   "RFC 6376, Section 3.6.1",
	Bad:   published("v=DKIM1; n=" + strings.Repeat("this key was made by somebody ", 3) + "; k=ed25519; p=" + exampleEd25519),
}, "n", func(r *Record, value lint.Span) lint.Finding {
	if value.Len() <= longNotes {
		return lint.Finding{}
	}
	return lint.Finding{Message: fmt.Sprintf("the notes take %d octets", value.Len()), Fix: removal(r.List.Get("n").Span)}
})
