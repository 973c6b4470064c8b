package spf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// textRules judge the form of a record, beside its grammar.
func textRules() []rule {
	return []rule{recordOver450, uppercaseVersion, extraSpaces, secondVersion, splitSpace}
}

// maxTexts is the size up to which an answer with all TXT records of a name
// surely fits 512 octets (RFC 7208, Section 3.4).
const maxTexts = 450

var recordOver450 = rule{
	Doc: lint.Doc{
		ID: "spf-record-over-450", Severity: lint.Notice,
		Title: "TXT records of the name do not fit a small answer",
		Why: "The name and the text of all its TXT records together should stay under 450 octets, so that the answer fits 512: " +
			"larger ones need EDNS0 or TCP, which some networks still drop.",
		Ref:  "RFC 7208, Section 3.4",
		Bad:  lint.Example{Zone: "@ TXT \"v=spf1 -all\"\n@ TXT " + strings.Repeat(`"`+strings.Repeat("x", 230)+`" `, 2)},
		Good: lint.Example{Zone: `@ TXT "v=spf1 -all"`},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		total, largest := len(f.Domain), (*lint.Source)(nil)
		spf := 0
		for _, source := range f.Texts {
			total += len(source.Text)
			if hasVersion(source.Text) {
				spf += len(source.Text)
			}
			if largest == nil || len(source.Text) > len(largest.Text) {
				largest = source
			}
		}
		if total <= maxTexts || spf == 0 {
			return
		}
		hint := "Move verification texts of other services to names of their own, or delete those no longer needed."
		if spf > maxTexts/2 {
			hint = "Move a part of the networks to a record of its own and include that."
		}
		message := fmt.Sprintf("the name and its TXT record take %d octets, the guideline is %d", total, maxTexts)
		if n := len(f.Texts); n > 1 {
			message = fmt.Sprintf("the name and its %d TXT records take %d octets, the guideline is %d; SPF takes %d, the largest record %d",
				n, total, maxTexts, spf, len(largest.Text))
		}
		report(lint.Finding{Span: largest.Whole(), Hint: hint, Message: message})
	},
}

var uppercaseVersion = rule{
	Doc: lint.Doc{
		ID: "spf-uppercase-version", Severity: lint.Notice,
		Title: "Version not in lower case",
		Why:   "The standard compares the version without case, but not every program does.",
		Ref:   "RFC 7208, Section 12",
		Bad:   bad("V=SPF1 -all"),
		Good:  good("v=spf1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(n *Node) {
			if v := n.Record.Version; !v.Empty() && v.Text() != version {
				report(lint.Finding{Span: v, Fix: lint.Replace(v, version), Message: fmt.Sprintf("%q is written %q by everybody else", v.Text(), version)})
			}
		})
	},
}

var extraSpaces = rule{
	Doc: lint.Doc{
		ID: "spf-extra-spaces", Severity: lint.Notice,
		Title: "More spaces than needed",
		Why:   "Several spaces between terms, or spaces at the end, are legal. They often show where a term was lost.",
		Ref:   "RFC 7208, Section 4.6.1",
		Bad:   bad("v=spf1  -all"),
		Good:  good("v=spf1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(n *Node) {
			text := n.Record.Source.Text
			i := strings.Index(text, "  ")
			if i < 0 && strings.HasSuffix(text, " ") {
				i = len(text) - 1
			}
			if i < 0 {
				return
			}
			end := i
			for end < len(text) && text[end] == ' ' {
				end++
			}
			record := strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }), " ")
			report(lint.Finding{Span: n.Record.Source.Span(i, end), Message: "more spaces than one between terms, or at the end",
				Fix: lint.Rewrite(n.Record.Source, record)})
		})
	},
}

var secondVersion = rule{
	Doc: lint.Doc{
		ID: "spf-second-version-inside", Severity: lint.Error, Reason: ErrSecondRecord,
		Title: "A second v=spf1 inside the record",
		Why: "Two records were pasted together. The second v=spf1 is read as an unknown modifier and ignored, and so is every " +
			"mechanism behind the first all.",
		Ref:  "RFC 7208, Section 4.6.1",
		Bad:  bad("v=spf1 ip4:192.0.2.1 -all v=spf1 ip4:192.0.2.2 -all"),
		Good: good("v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(n *Node) {
			for i := range n.Record.Terms {
				t := &n.Record.Terms[i]
				span, again := t.secondRecord()
				if !again {
					continue
				}
				found := lint.Finding{Span: span, Message: "a second record starts inside this one", Hint: "Publish one record with the terms of both."}
				text := n.Record.Source.Text
				if merged := merge([]*Record{Parse(lint.NewSource("", text[:span.Start])), Parse(lint.NewSource("", text[span.Start:]))}); merged != "" {
					found.Fix = lint.Rewrite(n.Record.Source, merged)
				}
				report(found)
				return
			}
		})
	},
}

// secondRecord returns where another record starts inside the term, which is
// either the unknown modifier v or has the version glued to its end.
func (t *Term) secondRecord() (lint.Span, bool) {
	err := t.Err
	if err == nil {
		err = t.suspicion()
	}
	if err != nil && err.Reason == ErrSecondRecord {
		return err.Span, true
	}
	return t.Span, t.Kind == Unknown && strings.EqualFold(t.Text(), version)
}

var splitSpace = rule{
	Doc: lint.Doc{
		ID: "txt-split-inserts-space", Severity: lint.Error,
		Title: "Space lost or added where the record is split into strings",
		Why: "A long record is published as several strings, which receivers join with nothing between. The space between two terms " +
			"must stand inside one of the strings; a space inside a term breaks it.",
		Ref:  "RFC 7208, Section 3.3",
		Bad:  lint.Example{Zone: `@ TXT "v=spf1 ip4:192.0.2.1" "ip4:192.0.2.2 -all"`},
		Good: lint.Example{Zone: `@ TXT "v=spf1 ip4:192.0.2.1" " ip4:192.0.2.2 -all"`},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.mistakes(func(n *Node, t *Term, err *SyntaxError) {
			if !n.atBoundary(t, err) {
				return
			}
			found := lint.Finding{Span: err.Span, Message: fmt.Sprintf("the space before %q was lost where the record is split into strings", err.Span.Text()),
				Hint: "Begin this string with a space, or end the one before with it."}
			terms := gluedFix(t)
			if t.torn(err) {
				_, _, terms = spaceInside(err)
				found.Message = fmt.Sprintf("a space stands inside %q where the record is split into strings", err.Span.Text())
				found.Hint = "Leave the space out."
			}
			found.Fix = mistakeFix(t, err, terms)
			report(found)
		})
	},
}

// atBoundary reports whether a mistake comes from how the record is split into
// character-strings: a lost or added space there and nothing else.
func (n *Node) atBoundary(t *Term, err *SyntaxError) bool {
	if n.TXT == nil || err.Reason != ErrGlued && !t.torn(err) {
		return false
	}
	records := n.TXT.Answer.Records
	i := slices.IndexFunc(records, func(rr lookup.Record) bool { return rr.Source == n.Record.Source })
	if i < 0 {
		return false
	}
	end := 0
	for _, s := range records[i].Strings {
		end += len(s)
		// A lost space: the new term starts a string. An added one: the space is
		// the last octet of a string or the first of the next.
		if err.Reason == ErrGlued && err.Span.Start == end || t.torn(err) && (end == t.Span.End || end == t.Span.End+1) {
			return true
		}
	}
	return false
}
