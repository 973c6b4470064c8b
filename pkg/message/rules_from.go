package message

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/lint"
)

var fromMissing = rule{
	Doc: lint.Doc{
		ID: "msg-from-missing", Severity: lint.Error,
		Title: "No From field, or an empty one",
		Why:   "Every message must say who wrote it. DMARC has nothing to go by without it, and many receivers refuse the message.",
		Ref:   "RFC 5322, Section 3.6",
		Bad:   lint.Example{Message: exampleFields + exampleBody},
		Good:  goodMessage,
	},
	Check: func(m *Message, report lint.ReportFunc) {
		const hint = "Add a From field with the address of the author."
		if m.Has(NoFrom) {
			report(lint.Finding{Span: m.start(), Message: "the message has no From field", Hint: hint})
			return
		}
		if d := m.defect(EmptyFrom); d != nil {
			report(lint.Finding{Span: m.place("From", d.Lines[0]), Message: "the From field holds no address", Hint: hint})
		}
	},
}

var fromRepeated = defectRule(MultipleFrom, lint.Doc{
	ID: "dmarc-from-multiple-headers", Severity: lint.Error,
	Title: "More than one From field",
	Why: "A message must have exactly one. People see one of them while DMARC judges another, so many receivers refuse the message; " +
		"where they name several domains, there is no DMARC verdict.",
	Ref:  "RFC 5322, Section 3.6",
	Bad:  example(exampleFrom + "From: ceo@example.net\n"),
	Good: goodMessage,
}, func(m *Message, _ *Defect) lint.Finding {
	fields := m.Named("From")
	return lint.Finding{Span: m.value(fields[1]), Hint: "Keep one From field.",
		Message: fmt.Sprintf("%d From fields; this is the second", len(fields))}
})

var fromAddresses = defectRule(MultipleAddresses, lint.Doc{
	ID: "dmarc-from-multiple-addresses", Severity: lint.Error,
	Title: "From names authors in more than one domain",
	Why: "DMARC is judged for exactly one Author Domain, so such a message gets no verdict, and many receivers refuse it. " +
		"Several authors in one domain are a notice: that domain is judged.",
	Ref:  "RFC 9989, Section 5.3.1",
	Bad:  example("From: Ann <ann@example.com>, Bob <bob@example.net>\n"),
	Good: goodMessage,
}, func(m *Message, d *Defect) lint.Finding {
	for _, f := range m.Named("From") {
		source := m.source(f)
		authors, _ := readAddresses(source)
		domains := (&Message{Authors: authors}).FromDomains()
		if len(domains) > 1 {
			shown := domains[:min(len(domains), maxShown)]
			return lint.Finding{Span: m.value(f), Hint: "Keep the authors of one domain in From, and name the others in the text.",
				Message: fmt.Sprintf("From names authors in %d domains: %s", len(domains), strings.Join(shown, ", "))}
		}
	}
	return lint.Finding{Span: m.place("From", d.Lines[0]), Severity: lint.Notice, Message: "From names several addresses in one domain"}
})

// maxShown is how many names a message of a finding lists.
const maxShown = 5

var fromNoDomain = defectRule(FromNoDomain, lint.Doc{
	ID: "dmarc-from-group-or-invalid", Severity: lint.Error,
	Title: "From without a domain",
	Why: "DMARC is judged for the domain behind the at sign. A name alone, a group without members and the address of a host have none, " +
		"so there is no verdict, and many receivers refuse the message.",
	Ref:  "RFC 9989, Section 5.3.1",
	Bad:  example("From: Ann\n"),
	Good: goodMessage,
}, func(m *Message, d *Defect) lint.Finding {
	for _, f := range m.Named("From") {
		if f.Line == d.Lines[0] {
			return lint.Finding{Span: m.value(f), Hint: "Give the author an address with a domain.",
				Message: "From holds no address with the name of a domain"}
		}
	}
	return lint.Finding{}
})

var fromInternational = rule{
	Doc: lint.Doc{
		ID: "dmarc-from-idn", Severity: lint.Notice,
		Title: "Domain of From in letters beyond ASCII",
		Why:   "DMARC is judged for the name in A-labels, and the record stands there. It is shown here because nobody reads it in the message.",
		Ref:   "RFC 9989, Section 5.3.1",
		Bad:   example("From: Ann <ann@b\u00fccher.example>\n"),
		Good:  goodMessage,
	},
	Check: func(m *Message, report lint.ReportFunc) {
		for i := range m.Authors {
			a := &m.Authors[i]
			written := a.Span.Text()
			written = written[strings.LastIndexByte(written, '@')+1:]
			if a.Domain != "" && strings.IndexFunc(written, func(c rune) bool { return c >= utf8.RuneSelf }) >= 0 {
				report(lint.Finding{Span: a.Span, Message: fmt.Sprintf("the domain is %s in A-labels", a.Domain)})
			}
		}
	},
}
