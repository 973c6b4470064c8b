package message

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// What list fields of examples look like.
const (
	exampleURI  = "List-Unsubscribe: <mailto:leave@example.com>, <https://example.com/leave/Zm9v>\n"
	examplePost = "List-Unsubscribe-Post: " + oneClick + "\n"
)

// softUnsubscribe says when the lack of one-click unsubscription is a notice.
const softUnsubscribe = " It is a notice on a list to which its members write: List-Post tells."

// unsubscribeRule makes a rule about messages that do not offer more than a step of
// one-click unsubscription. judge finds nothing where it returns no message.
func unsubscribeRule(step Unsubscribing, doc lint.Doc, judge func(*Message) lint.Finding) rule {
	doc.Good = example(exampleFrom + exampleURI + examplePost)
	return rule{Doc: doc, Check: func(m *Message, report lint.ReportFunc) {
		if m.Unsubscribing() != step {
			return
		}
		if f := judge(m); f.Message != "" {
			report(f)
		}
	}}
}

// bulkSeverity is how bad it is that bulk mail offers no one-click unsubscription.
func (m *Message) bulkSeverity() lint.Severity {
	// RFC 2369, Section 3.4: NO stands on lists of announcements.
	if f, _ := m.single("List-Post"); f != nil && !strings.EqualFold(firstWord(f.Value()), "NO") {
		return lint.Notice
	}
	return lint.Warning
}

// firstWord returns what stands before white space, a comment or a semicolon.
func firstWord(text string) string {
	text = strings.TrimLeft(text, whiteSpace)
	if end := strings.IndexAny(text, "(;"+whiteSpace); end >= 0 {
		return text[:end]
	}
	return text
}

// bulkMark returns the field that says that the message is one of many, nil where none
// does. What a program wrote to one person, such as an answer or a report, may bear the
// marks, too, so that nobody answers it.
func (m *Message) bulkMark() *Field {
	if f, _ := m.single("Auto-Submitted"); f != nil && !strings.EqualFold(firstWord(f.Value()), "no") {
		return nil
	}
	if f, _ := m.single("List-Id"); f != nil {
		return f
	}
	if f, _ := m.single("Precedence"); f != nil {
		if word := firstWord(f.Value()); strings.EqualFold(word, "bulk") || strings.EqualFold(word, "list") {
			return f
		}
	}
	f, _ := m.single(feedbackField)
	return f
}

// feedbackField names a campaign to those who count complaints. Services that send for
// others put it into mail to one person, too.
const feedbackField = "Feedback-ID"

var unsubscribeMissing = unsubscribeRule(NoUnsubscribe, lint.Doc{
	ID: "msg-list-unsubscribe-missing", Severity: lint.Warning,
	Title: "Bulk mail without List-Unsubscribe",
	Why: "List-Id, Precedence or Feedback-ID mark the message as one of many, and mail programs have no button to leave the list: people report it as spam instead. " +
		"Large receivers demand the field of bulk senders." + softUnsubscribe + " With Feedback-ID alone it is one, too: services add that to all mail. " +
		"What is marked as made by a program (Auto-Submitted) is not judged.",
	Ref: "RFC 2369, Section 3.2",
	Bad: example(exampleFrom + "List-Id: News <news.example.com>\n"),
}, func(m *Message) lint.Finding {
	mark := m.bulkMark()
	if mark == nil {
		return lint.Finding{}
	}
	f := lint.Finding{Span: m.value(mark), Severity: m.bulkSeverity(), Hint: "Add List-Unsubscribe with one https URI and List-Unsubscribe-Post: " + oneClick + ", and sign both.",
		Message: mark.Name + " marks the message as bulk mail, but it has no List-Unsubscribe field"}
	if mark.Is(feedbackField) {
		f.Severity = lint.Notice
	}
	return f
})

var unsubscribeInsecure = unsubscribeRule(NoSecureURI, lint.Doc{
	ID: "msg-list-unsubscribe-no-https", Severity: lint.Error,
	Title: "List-Unsubscribe without one https URI",
	Why: "One-click unsubscription is a POST to the https URI of the one List-Unsubscribe field. With none, or with several, receivers offer no button, or one that opens a page or a letter. " +
		"It is a warning where the message does not claim to offer it by List-Unsubscribe-Post." + softUnsubscribe,
	Ref: "RFC 8058, Section 3.1",
	Bad: example(exampleFrom + "List-Unsubscribe: <mailto:leave@example.com>\n" + examplePost),
}, func(m *Message) lint.Finding {
	fields := m.Named(UnsubscribeField)
	f := lint.Finding{Span: m.value(fields[0]), Severity: lint.Error, Hint: "Write one field with one https URI that names list and reader, and a mailto URI beside it if you like."}
	if post, _ := m.single(UnsubscribePostField); post == nil {
		f.Severity = m.bulkSeverity()
	}
	switch uris := secureURIs(fields[0].Value()); {
	case len(fields) > 1:
		f.Span, f.Message = m.value(fields[1]), fmt.Sprintf("%d List-Unsubscribe fields; this is the second", len(fields))
	case uris == 0:
		f.Message = "List-Unsubscribe holds no https URI between angle brackets"
	default:
		f.Message = fmt.Sprintf("List-Unsubscribe holds %d https URIs", uris)
	}
	return f
})

var unsubscribePostMissing = unsubscribeRule(NoPost, lint.Doc{
	ID: "msg-list-unsubscribe-post-missing", Severity: lint.Warning,
	Title: "List-Unsubscribe without List-Unsubscribe-Post",
	Why: "Only that field tells receivers that a POST unsubscribes without a further question; without it the https URI is a page to be opened. " +
		"Large receivers demand one-click unsubscription of bulk senders." + softUnsubscribe,
	Ref: "RFC 8058, Section 3.1",
	Bad: example(exampleFrom + exampleURI),
}, func(m *Message) lint.Finding {
	f, _ := m.single(UnsubscribeField)
	return lint.Finding{Span: m.value(f), Severity: m.bulkSeverity(), Message: "the message has no List-Unsubscribe-Post field",
		Hint: "Add the field List-Unsubscribe-Post: " + oneClick + ", take the POST at the URI, and sign both fields."}
})

var unsubscribePostInvalid = unsubscribeRule(BadPost, lint.Doc{
	ID: "msg-list-unsubscribe-post-invalid", Severity: lint.Error,
	Title: "List-Unsubscribe-Post does not ask for one click",
	Why:   "The field holds the pair " + oneClick + " and nothing else, once; receivers ignore any other.",
	Ref:   "RFC 8058, Section 3.1",
	Bad:   example(exampleFrom + exampleURI + "List-Unsubscribe-Post: One-Click\n"),
}, func(m *Message) lint.Finding {
	fields := m.Named(UnsubscribePostField)
	f := lint.Finding{Span: m.value(fields[0]), Hint: "Write the field once: List-Unsubscribe-Post: " + oneClick}
	if f.Message = "the field does not hold " + oneClick + " alone"; len(fields) > 1 {
		f.Span, f.Message = m.value(fields[1]), fmt.Sprintf("%d List-Unsubscribe-Post fields; this is the second", len(fields))
	}
	return f
})
