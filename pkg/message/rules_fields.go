package message

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
)

// single returns the first field of a name. It is nil where there is none, and known
// is false where the message has no header in which it could be missing.
func (m *Message) single(name string) (f *Field, known bool) {
	for i := range m.Fields {
		if m.Fields[i].Is(name) {
			return &m.Fields[i], true
		}
	}
	return nil, len(m.Fields) > 0
}

// missing makes a rule about a field that a message does not have.
func missing(name string, doc lint.Doc, hint string) rule {
	return rule{Doc: doc, Check: func(m *Message, report lint.ReportFunc) {
		if f, known := m.single(name); f == nil && known {
			report(lint.Finding{Span: m.start(), Message: fmt.Sprintf("the message has no %s field", name), Hint: hint})
		}
	}}
}

var dateMissing = missing("Date", lint.Doc{
	ID: "msg-date-missing", Severity: lint.Error,
	Title: "No Date field",
	Why:   "Every message must say when it was written. Filters count it against a message without one, and receivers put in a date of their own.",
	Ref:   "RFC 5322, Section 3.6.1",
	Bad:   lint.Example{Message: exampleFrom + "Message-ID: <1@example.com>\n" + exampleBody},
	Good:  goodMessage,
}, "Let the program that writes the message add a Date field.")

var dateInvalid = rule{
	Doc: lint.Doc{
		ID: "msg-date-invalid", Severity: lint.Warning,
		Title: "Date cannot be read",
		Why:   "It is no date by today's grammar, nor by the obsolete one that readers must accept. Mail programs sort the message wrongly, and filters count it against it.",
		Ref:   "RFC 5322, Section 3.3",
		Bad:   lint.Example{Message: exampleFrom + "Date: 2026-11-21 17:00\nMessage-ID: <1@example.com>\n" + exampleBody},
		Good:  goodMessage,
	},
	Check: func(m *Message, report lint.ReportFunc) {
		f, _ := m.single("Date")
		if f == nil {
			return
		}
		if _, ok := ParseDate(f.Value()); !ok {
			report(lint.Finding{Span: m.value(f), Hint: "Write it as in: Sat, 21 Nov 2026 17:00:00 +0000.",
				Message: fmt.Sprintf("%q is no date", strings.TrimSpace(f.Value()))})
		}
	},
}

// How far the Date field may be from the first Received field. Queues, slow authors and
// wrong time zones account for less.
const (
	maxAhead  = 2 * time.Hour
	maxBehind = 48 * time.Hour
)

var dateSkew = rule{
	Doc: lint.Doc{
		ID: "msg-date-skew", Severity: lint.Notice,
		Title: "Date is far from the first Received field",
		Why: "The first server that took the message says another time than its author: more than 2 hours earlier, or more than 48 hours later. " +
			"The clock of the author may be wrong, or the message was kept or sent again. Filters count it a little.",
		Ref: "operational",
		Bad: lint.Example{Message: "Received: from pc.example.com by mail.example.com with ESMTPSA; Tue, 24 Nov 2026 18:00:00 +0000\n" +
			exampleFrom + exampleFields + exampleBody},
		Good: lint.Example{Message: "Received: from pc.example.com by mail.example.com with ESMTPSA; Sat, 21 Nov 2026 17:00:05 +0000\n" +
			exampleFrom + exampleFields + exampleBody},
	},
	Check: func(m *Message, report lint.ReportFunc) {
		f, _ := m.single("Date")
		hops := m.Named("Received")
		if f == nil || len(hops) == 0 {
			return
		}
		date, ok := ParseDate(f.Value())
		received, dated := ReceivedDate(hops[len(hops)-1])
		if !ok || !dated {
			return
		}
		if late := received.Sub(date); late < -maxAhead || late > maxBehind {
			report(lint.Finding{Span: m.value(f), Message: fmt.Sprintf("Date says %s, the first Received field %s",
				date.UTC().Format(time.RFC3339), received.UTC().Format(time.RFC3339))})
		}
	},
}

// ReceivedDate returns the moment of a Received field: what stands behind its last
// semicolon (RFC 5322, Section 3.6.7). ok is false where it has none.
func ReceivedDate(f *Field) (at time.Time, ok bool) {
	value := f.Value()
	return ParseDate(value[strings.LastIndexByte(value, ';')+1:])
}

var idMissing = missing("Message-ID", lint.Doc{
	ID: "msg-message-id-missing", Severity: lint.Warning,
	Title: "No Message-ID field",
	Why:   "Every message should have one: replies, reports and logs refer to it. Filters count it against a message without one.",
	Ref:   "RFC 5322, Section 3.6.4",
	Bad:   lint.Example{Message: exampleFrom + "Date: Sat, 21 Nov 2026 17:00:00 +0000\n" + exampleBody},
	Good:  goodMessage,
}, "Let the program that writes the message add a unique Message-ID, before it is signed.")

var idInvalid = rule{
	Doc: lint.Doc{
		ID: "msg-message-id-invalid", Severity: lint.Warning,
		Title: "Message-ID is not <left@right>",
		Why:   "Other programs cannot refer to it, threads fall apart, and filters count it against the message.",
		Ref:   "RFC 5322, Section 3.6.4",
		Bad:   lint.Example{Message: exampleFrom + "Date: Sat, 21 Nov 2026 17:00:00 +0000\nMessage-ID: 20261121170000\n" + exampleBody},
		Good:  goodMessage,
	},
	Check: func(m *Message, report lint.ReportFunc) {
		if f, _ := m.single("Message-ID"); f != nil && !IsMessageID(f.Value()) {
			report(lint.Finding{Span: m.value(f), Hint: "Write something unique, an at sign and a domain of yours between angle brackets.",
				Message: fmt.Sprintf("%q is not of the form <left@right>", strings.TrimSpace(f.Value()))})
		}
	},
}

// IsMessageID reports whether a text is one msg-id (RFC 5322, Section 3.6.4), which no
// white space may stand in. Dots may stand anywhere, and beyond ASCII everything.
func IsMessageID(text string) bool {
	text, ok := WithoutComments(text)
	text = strings.Trim(text, whiteSpace)
	if !ok || len(text) < 5 || text[0] != '<' || text[len(text)-1] != '>' {
		return false
	}
	id := text[1 : len(text)-1]
	at := strings.LastIndexByte(id, '@')
	if at < 1 || at == len(id)-1 {
		return false
	}
	left, right := id[:at], id[at+1:]
	if left[0] == '"' { // RFC 5322, Section 4.5.4
		return quotedEnd(left, 0) == len(left)
	}
	return !strings.ContainsAny(left, `<>@",;`+whiteSpace) && !strings.ContainsAny(right, `<>",;`+whiteSpace)
}

var mimeVersion = rule{
	Doc: lint.Doc{
		ID: "msg-mime-version-invalid", Severity: lint.Warning,
		Title: "MIME-Version is not 1.0, or missing",
		Why:   "The fields of MIME count only in a message with \"MIME-Version: 1.0\"; without it some programs show attachments and encoded text as they are.",
		Ref:   "RFC 2045, Section 4",
		Bad:   example(exampleFrom + "Content-Type: text/html; charset=utf-8\n"),
		Good:  example(exampleFrom + "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n"),
	},
	Check: func(m *Message, report lint.ReportFunc) {
		if f, _ := m.single("MIME-Version"); f != nil {
			text, ok := WithoutComments(f.Value())
			if !ok || strings.Join(strings.Fields(text), "") != "1.0" {
				report(lint.Finding{Span: m.value(f), Message: fmt.Sprintf("MIME-Version is %q", strings.TrimSpace(f.Value())), Hint: "Write 1.0."})
			}
			return
		}
		for _, name := range [...]string{"Content-Type", "Content-Transfer-Encoding"} {
			if f, _ := m.single(name); f != nil {
				report(lint.Finding{Span: m.value(f), Message: fmt.Sprintf("a %s field, but no MIME-Version", f.Name), Hint: "Add the field: MIME-Version: 1.0"})
				return
			}
		}
	},
}

// singles are the fields that a message has once at most (RFC 5322, Section 3.6). From
// has a rule of its own.
var singles = [...]string{"Sender", "Reply-To", "To", "Cc", "Bcc", "Message-ID", "In-Reply-To", "References", "Subject", "Date"}

// Singles returns the names of the fields beside From that a message has once at most
// (RFC 5322, Section 3.6).
func Singles() []string { return slices.Clone(singles[:]) }

var repeated = rule{
	Doc: lint.Doc{
		ID: "msg-single-header-repeated", Severity: lint.Error,
		Title: "A field that may occur once is repeated",
		Why: "People see one of them and filters another, so such messages are taken for forged; a signature that covers one says nothing of the other. " +
			"Some receivers refuse them.",
		Ref:  "RFC 5322, Section 3.6",
		Bad:  example(exampleFrom + "Subject: Invoice\n"),
		Good: goodMessage,
	},
	Check: func(m *Message, report lint.ReportFunc) {
		var count [len(singles)]int
		var second [len(singles)]*Field
		for i := range m.Fields {
			f := &m.Fields[i]
			if at := slices.IndexFunc(singles[:], f.Is); at >= 0 {
				if count[at]++; count[at] == 2 {
					second[at] = f
				}
			}
		}
		for i, f := range second {
			if f != nil {
				report(lint.Finding{Span: m.value(f), Message: fmt.Sprintf("%d %s fields; this is the second", count[i], singles[i]),
					Hint: "Keep one of them."})
			}
		}
	},
}

// replyPrefix begins the subject of an answer (RFC 5322, Section 3.6.5).
const replyPrefix = "Re:"

var replyAlone = rule{
	Doc: lint.Doc{
		ID: "msg-reply-prefix-without-thread", Severity: lint.Notice,
		Title: "Subject of an answer that refers to no message",
		Why: "Programs that answer a message name it in References or In-Reply-To. A subject that begins with Re: without them may be made up, " +
			"and filters count it a little. Those that pass a message on need not name it, so Fwd: says nothing.",
		Ref:  "operational",
		Bad:  lint.Example{Message: exampleFrom + strings.Replace(exampleFields, "Subject: ", "Subject: Re: ", 1) + exampleBody},
		Good: example(exampleFrom + "In-Reply-To: <2@example.net>\n"),
	},
	Check: func(m *Message, report lint.ReportFunc) {
		f, _ := m.single("Subject")
		if f == nil {
			return
		}
		subject := strings.TrimLeft(f.Value(), whiteSpace)
		if len(subject) < len(replyPrefix) || !strings.EqualFold(subject[:len(replyPrefix)], replyPrefix) {
			return
		}
		references, _ := m.single("References")
		if answered, _ := m.single("In-Reply-To"); references == nil && answered == nil {
			report(lint.Finding{Span: m.value(f), Message: fmt.Sprintf("the subject begins with %s, but there is neither References nor In-Reply-To", replyPrefix)})
		}
	},
}
