package message

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

type rule = lint.Rule[*Message]

// Rules returns the rules about the form of a message.
func Rules() []rule {
	return []rule{
		empty, noHeaders, noSeparator, badHeaderLine, nul, bareCR, bareLF, longLine, eightBitHeader, byteOrder, mboxLine,
		fromMissing, fromRepeated, fromAddresses, fromNoDomain, fromInternational,
		dateMissing, dateInvalid, dateSkew, timeReversed, idMissing, idInvalid, mimeVersion, repeated, replyAlone,
		unsubscribeMissing, unsubscribeInsecure, unsubscribePostMissing, unsubscribePostInvalid,
	}
}

// exampleFields and exampleBody make up a message without faults.
const (
	exampleFrom   = "From: Ann <ann@example.com>\n"
	exampleFields = "To: bob@example.net\nSubject: Minutes\nDate: Sat, 21 Nov 2026 17:00:00 +0000\nMessage-ID: <1@example.com>\n"
	exampleBody   = "\nHello\n"
)

var goodMessage = lint.Example{Message: exampleFrom + exampleFields + exampleBody}

// example returns an example of one field beside those that every message has but the
// From field.
func example(fields string) lint.Example {
	return lint.Example{Message: fields + exampleFields + exampleBody}
}

// place returns a line of the file, or of what stands for it.
func (m *Message) place(subject string, line int) lint.Span {
	if m.Origin.File == "" {
		return lint.NewSource(subject, "").Whole()
	}
	return lint.NewFileSource(subject, m.Origin.File, "", []lint.Anchor{{Line: line, Column: 1}}).Whole()
}

// start returns the place where the message begins.
func (m *Message) start() lint.Span { return m.place("message", m.Origin.Line) }

// value returns the value of a field without the white space around it.
func (m *Message) value(f *Field) lint.Span {
	source := m.source(f)
	text := source.Text
	start := len(text) - len(strings.TrimLeft(text, whiteSpace))
	return source.Span(start, max(start, len(strings.TrimRight(text, whiteSpace))))
}

// source returns the value of a field under its own name, cut where that is hostile.
func (m *Message) source(f *Field) *lint.Source {
	return m.Source(f, f.Name[:min(len(f.Name), maxName)])
}

// maxName is the number of octets of a field's name that findings show.
const maxName = 64

// whiteSpace is what folding and white space consist of.
const whiteSpace = " \t\r\n"

// defect returns the defect of a kind, nil where the message has none.
func (m *Message) defect(kind Kind) *Defect {
	for i := range m.Defects {
		if m.Defects[i].Kind == kind {
			return &m.Defects[i]
		}
	}
	return nil
}

// lines names the lines of a defect: "line 3", "lines 3, 5 and 9".
func (d *Defect) lines() string {
	words := make([]string, len(d.Lines))
	for i, line := range d.Lines {
		words[i] = strconv.Itoa(line)
	}
	switch n := len(words); {
	case n == 1:
		return "line " + words[0]
	case n == maxLines:
		return "lines " + strings.Join(words, ", ") + " and perhaps more"
	default:
		return fmt.Sprintf("lines %s and %s", strings.Join(words[:n-1], ", "), words[n-1])
	}
}

// defectRule makes a rule of a defect. say completes what is found, which stands at
// the first line that has the defect.
func defectRule(kind Kind, doc lint.Doc, say func(*Message, *Defect) lint.Finding) rule {
	return rule{Doc: doc, Check: func(m *Message, report lint.ReportFunc) {
		d := m.defect(kind)
		if d == nil {
			return
		}
		f := say(m, d)
		if f.Span.Source == nil {
			f.Span = m.start()
			if len(d.Lines) > 0 {
				f.Span = m.place("message", d.Lines[0])
			}
		}
		if f.Message != "" {
			report(f)
		}
	}}
}
