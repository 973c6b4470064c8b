package message

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/lint"
)

var empty = defectRule(Empty, lint.Doc{
	ID: "msg-empty", Severity: lint.Error,
	Title: "The file is empty",
	Why:   "There is no octet in it, so there is no message to verify. Saving or copying it went wrong.",
	Ref:   "RFC 5322, Section 3.5",
	Bad:   lint.Example{Args: []string{"verify", "/dev/null"}},
	Good:  goodMessage,
}, func(*Message, *Defect) lint.Finding {
	return lint.Finding{Message: "the file has no octets", Hint: "Save the message again, in its source form."}
})

var noHeaders = defectRule(NoHeaders, lint.Doc{
	ID: "msg-no-headers", Severity: lint.Error,
	Title: "The message has no header field",
	Why: "Everything that can be verified stands in the header. A message that was copied out of a mail program without its header, " +
		"or with an empty line before it, is nothing but a text.",
	Ref:  "RFC 5322, Section 3.6",
	Bad:  lint.Example{Message: "\n" + exampleFrom + exampleFields + exampleBody},
	Good: goodMessage,
}, func(*Message, *Defect) lint.Finding {
	return lint.Finding{Message: "no header field stands before the first empty line",
		Hint: "Save the message in its source form, which begins with its header."}
})

var noSeparator = defectRule(NoSeparator, lint.Doc{
	ID: "msg-no-separator", Severity: lint.Warning,
	Title: "No empty line ends the header",
	Why: "An empty line parts header and body. Without one everything is taken for header, and the body for empty. " +
		"It is a notice where nothing but fields is there: a message needs no body.",
	Ref:  "RFC 5322, Section 2.1",
	Bad:  lint.Example{Message: exampleFrom + exampleFields + "Hello\n"},
	Good: goodMessage,
}, func(m *Message, _ *Defect) lint.Finding {
	bad := m.defect(BadHeaderLine)
	if bad == nil {
		return lint.Finding{Severity: lint.Notice, Message: "the message ends with its header: it has no body"}
	}
	return lint.Finding{Span: m.place("message", bad.Lines[0]), Hint: "Put an empty line between header and body.",
		Message: fmt.Sprintf("no empty line ends the header, and %s holds no field: the message is read without a body", bad.lines())}
})

var badHeaderLine = defectRule(BadHeaderLine, lint.Doc{
	ID: "msg-bad-header-line", Severity: lint.Warning,
	Title: "A line of the header is no field",
	Why: "A field begins with its name and a colon; the lines that continue it begin with a space or a tab. What is neither is skipped here. " +
		"Others take it for the start of the body, or refuse the message.",
	Ref:  "RFC 5322, Section 2.2",
	Bad:  lint.Example{Message: exampleFrom + "an address without a name\n" + exampleFields + exampleBody},
	Good: goodMessage,
}, func(m *Message, d *Defect) lint.Finding {
	if m.Has(NoSeparator) { // msg-no-separator tells it
		return lint.Finding{}
	}
	return lint.Finding{Message: d.lines() + " of the header: neither a field nor the continuation of one",
		Hint: "Give the line a name and a colon, or begin it with a space where it continues the field above."}
})

var nul = defectRule(NUL, lint.Doc{
	ID: "msg-nul", Severity: lint.Warning,
	Title: "NUL octets in the message",
	Why:   "Mail must not hold octets of value 0. Some servers drop them, others refuse the message, and a signature fails where one of them is gone.",
	Ref:   "RFC 5322, Section 4",
	Bad:   lint.Example{Message: exampleFrom + exampleFields + "\nHel\x00lo\n"},
	Good:  goodMessage,
}, func(_ *Message, d *Defect) lint.Finding {
	return lint.Finding{Message: "NUL octets in " + d.lines(), Hint: "Send binary data as an attachment in base64."}
})

var bareCR = defectRule(BareCR, lint.Doc{
	ID: "msg-bare-cr", Severity: lint.Warning,
	Title: "CR without LF",
	Why: "CR and LF end a line together and must not stand alone. Servers turn a lone CR into a line end, drop it, or refuse the message, " +
		"so a signature over it may pass in one place and fail in another.",
	Ref:  "RFC 5322, Section 2.3",
	Bad:  lint.Example{Message: exampleFrom + exampleFields + "\nHel\rlo\n"},
	Good: goodMessage,
}, func(m *Message, d *Defect) lint.Finding {
	if len(m.Fields) == 0 && !m.Has(NoHeaders) {
		return lint.Finding{Message: "every line ends in CR alone, so no header can be read",
			Hint: "Save the message again with line ends of CR and LF, or of LF."}
	}
	return lint.Finding{Message: "CR without LF in " + d.lines(), Hint: "End lines with CR and LF, and encode text that holds a CR."}
})

var bareLF = defectRule(BareLF, lint.Doc{
	ID: "msg-bare-lf", Severity: lint.Warning,
	Title: "LF without CR",
	Why: "Mail is sent with CR and LF at the end of each line. Where LF stands alone throughout, the file was saved on a Unix system: that is a notice, " +
		"and the message is verified as it was sent. Where both occur, servers differ in what they make of it, and signatures may fail.",
	Ref:  "RFC 5322, Section 2.3",
	Bad:  goodMessage,
	Good: lint.Example{Message: "From: ann@example.com\r\nDate: Sat, 21 Nov 2026 17:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n"},
}, func(m *Message, d *Defect) lint.Finding {
	if m.LineEnds == LF {
		return lint.Finding{Severity: lint.Notice, Message: "lines end in LF alone: read as CR and LF, as the message was sent"}
	}
	return lint.Finding{Message: "lines end in CR and LF, but in LF alone in " + d.lines(), Hint: "End every line with CR and LF."}
})

var longLine = defectRule(LongLine, lint.Doc{
	ID: "msg-line-too-long", Severity: lint.Error,
	Title: "Line of more than 998 octets",
	Why:   "A line must not be longer. Relays cut or fold longer ones, which breaks the DKIM signature, or refuse the message.",
	Ref:   "RFC 5322, Section 2.1.1",
	Bad:   lint.Example{Message: exampleFrom + exampleFields + "\n" + strings.Repeat("Hello ", 200) + "\n"},
	Good:  goodMessage,
}, func(_ *Message, d *Defect) lint.Finding {
	return lint.Finding{Message: fmt.Sprintf("more than %d octets in %s", MaxLine, d.lines()),
		Hint: "Fold header fields at white space, and send long lines of a body in quoted-printable or base64."}
})

var eightBitHeader = defectRule(EightBitHeader, lint.Doc{
	ID: "msg-8bit-header", Severity: lint.Warning,
	Title: "Octets above 127 in the header",
	Why: "A header is ASCII; other characters are encoded, as in =?utf-8?q?caf=C3=A9?=, unless the message was sent with SMTPUTF8. Servers may alter " +
		"or refuse such a header. It is a notice where the message was sent so, or where no Received field tells how it was sent.",
	Ref:  "RFC 5322, Section 2.2",
	Bad:  example("From: Zo\u00eb <zoe@example.com>\n"),
	Good: example("From: =?utf-8?q?Zo=C3=AB?= <zoe@example.com>\n"),
}, func(m *Message, d *Defect) lint.Finding {
	f := lint.Finding{Message: "octets above 127 in " + d.lines() + " of the header", Hint: "Encode the text as RFC 2047 says, in UTF-8."}
	valid, received, allowed := true, false, false
	for i := range m.Fields {
		field := &m.Fields[i]
		valid = valid && utf8.ValidString(field.Raw)
		if at := strings.IndexFunc(field.Value(), func(c rune) bool { return c >= utf8.RuneSelf }); at >= 0 && f.Span.Source == nil {
			source := m.source(field)
			f.Span = source.Span(at, at+max(strings.IndexFunc(source.Text[at:]+" ", func(c rune) bool { return c < utf8.RuneSelf }), 1))
		}
		if field.Is("Received") {
			received = true
			allowed = allowed || sentAsUTF8(field.Value())
		}
	}
	switch {
	case valid && allowed:
		f.Severity, f.Hint = lint.Notice, ""
		f.Message += ": the message was sent with SMTPUTF8"
	case valid && !received:
		f.Severity = lint.Notice
	}
	return f
})

// sentAsUTF8 reports whether a Received field names a protocol of RFC 6531 behind the
// word with, such as UTF8SMTPS.
func sentAsUTF8(received string) bool {
	words := strings.Fields(received)
	for i := range words[:max(len(words)-1, 0)] {
		if next := words[i+1]; strings.EqualFold(words[i], "with") && len(next) > 4 && strings.EqualFold(next[:4], "utf8") {
			return true
		}
	}
	return false
}

var byteOrder = defectRule(ByteOrderMark, lint.Doc{
	ID: "msg-byte-order-mark", Severity: lint.Notice,
	Title: "Byte order mark before the header",
	Why:   "Some editors put one at the start of a file. Mail has none, so it is skipped. One that was sent makes the first field unreadable to others.",
	Ref:   "RFC 5322, Section 2.2",
	Bad:   lint.Example{Message: byteOrderMark + exampleFrom + exampleFields + exampleBody},
	Good:  goodMessage,
}, func(*Message, *Defect) lint.Finding {
	return lint.Finding{Message: "the file begins with a byte order mark, which is skipped", Hint: "Save the message as it was received, not from an editor."}
})

var mboxLine = defectRule(MboxLine, lint.Doc{
	ID: "msg-mbox-line", Severity: lint.Notice,
	Title: "The line of an mbox file before the header",
	Why:   "Mail programs put a line that begins with \"From \" before each message of an mbox file. It is no part of the message and is skipped.",
	Ref:   "operational",
	Bad:   lint.Example{Message: "From ann@example.com Sat Nov 21 17:00:00 2026\n" + exampleFrom + exampleFields + exampleBody},
	Good:  goodMessage,
}, func(*Message, *Defect) lint.Finding {
	return lint.Finding{Message: "the file begins with the line of an mbox file, which is skipped"}
})
