package dkim

import (
	"fmt"
	"slices"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/message"
)

type adviceRule = lint.Rule[*AdviceFacts]

// AdviceRules returns the rules about what makes signatures fragile, or leaves open what
// they do not cover.
func AdviceRules() []lint.Rule[*AdviceFacts] {
	return slices.Concat([]adviceRule{longLived, simpleHeader, ed25519Alone, eightBitBody, mixedLineEnds, dkim2, bodyExplained}, coverageRules())
}

// eachSignature makes a rule about signatures that can be read, one by one. judge finds
// nothing where it returns no message.
func eachSignature(doc lint.Doc, judge func(s *Signature) lint.Finding) adviceRule {
	return adviceRule{Doc: doc, Check: func(f *AdviceFacts, report lint.ReportFunc) {
		for i := range f.Results {
			s := f.Results[i].Signature
			if s.KeyName == "" || s.Err() != nil { // not read, or a fault of its own
				continue
			}
			if found := judge(s); found.Message != "" {
				report(found)
			}
		}
	}}
}

// longLife is how long signatures need not be valid: mail is delivered within days.
const longLife = 30 * 24 * time.Hour

var longLived = eachSignature(lint.Doc{
	ID: "dkim-sig-long-lived", Severity: lint.Notice,
	Title: "Signature expires more than 30 days after it was made",
	Why: "Mail is delivered within days. The longer a signature is valid, the longer others can send the message again in the name of the domain. " +
		"A signature without x= is not reported: most are, and x= is no defence by itself.",
	Ref:  "RFC 6376, Sections 3.5 and 8.6",
	Bad:  sample("t=1795301286; x=1798757286"),
	Good: sample("t=1795301286; x=1795906086"),
}, func(s *Signature) lint.Finding {
	if s.Time.IsZero() || s.Expiration.IsZero() || s.Expiration.Sub(s.Time) <= longLife {
		return lint.Finding{}
	}
	return lint.Finding{Span: s.tag("x"), Message: fmt.Sprintf("the signature is good for %d days", int(s.Expiration.Sub(s.Time).Hours()/24)),
		Hint: "Let signatures expire after a week or two."}
})

var simpleHeader = eachSignature(lint.Doc{
	ID: "dkim-sig-simple-header-canon", Severity: lint.Notice,
	Title: "Header signed in simple form",
	Why:   "The fields must then stay as they are to the last space: a relay that folds a line in another way breaks the signature. Without c= this form is meant, too.",
	Ref:   "RFC 6376, Section 3.4.1",
	Bad:   sample("c=simple/relaxed"),
	Good:  sample("c=relaxed/relaxed"),
}, func(s *Signature) lint.Finding {
	if s.Header != Simple {
		return lint.Finding{}
	}
	return lint.Finding{Span: s.tag("c"), Message: "the header is signed in simple form", Hint: "Sign with c=relaxed/relaxed."}
})

var ed25519Alone = adviceRule{
	Doc: lint.Doc{
		ID: "dkim-sig-ed25519-unverifiable-note", Severity: lint.Notice,
		Title: "Valid signature of Ed25519 without one of RSA beside it",
		Why: "All verifiers should know Ed25519, but some large receivers are said not to verify it: to them the message is unsigned. " +
			"Nothing is found where the same domain has a valid signature of RSA, too, or one whose key got no answer.",
		Ref:  "RFC 8463, Sections 5 and 6",
		Bad:  signed(),
		Good: sturdy(),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		for i := range f.Results {
			r := &f.Results[i]
			if r.Status != Pass || r.Signature.KeyType() != Ed25519 {
				continue
			}
			domain := r.Signature.canonicalDomain()
			if slices.ContainsFunc(f.Results, func(o Result) bool {
				return o.mayVerify() && o.Signature.KeyType() == RSA && o.Signature.canonicalDomain() == domain
			}) {
				continue
			}
			report(lint.Finding{Span: r.Signature.tag("a"), Message: fmt.Sprintf("no valid signature of %s is of RSA", domain),
				Hint: "Sign with a key of RSA, too, at a selector of its own."})
			return
		}
	},
}

// place returns a line of the message's file, or what stands for it.
func (f *AdviceFacts) place(subject string, line int) lint.Span {
	file := f.Message.Origin.File
	if file == "" {
		return lint.NewSource(subject, "").Whole()
	}
	return lint.NewFileSource(subject, file, "", []lint.Anchor{{Line: max(line, 1), Column: 1}}).Whole()
}

// defect returns the lines of the first defect of one of these kinds; ok is false where
// the message has none.
func (f *AdviceFacts) defect(kinds ...message.Kind) (lines []int, ok bool) {
	for _, d := range f.Message.Defects {
		if slices.Contains(kinds, d.Kind) {
			return d.Lines, true
		}
	}
	return nil, false
}

var eightBitBody = adviceRule{
	Doc: lint.Doc{
		ID: "dkim-sig-8bit-risk", Severity: lint.Notice,
		Title: "Signed body with octets above 127",
		Why:   "Most servers pass them on. One that cannot has to encode the body anew, which breaks the signature.",
		Ref:   "RFC 6376, Section 5.3",
		Bad:   fragile(),
		Good:  signed(),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		lines, ok := f.defect(message.EightBit)
		if ok && slices.ContainsFunc(f.Results, func(r Result) bool { return r.BodyHash == Equal }) {
			report(lint.Finding{Span: f.place("body", lines[0]), Message: "the signed body holds octets above 127",
				Hint: "Encode the body in quoted-printable or base64 before it is signed."})
		}
	},
}

var mixedLineEnds = adviceRule{
	Doc: lint.Doc{
		ID: "dkim-sig-bare-lf", Severity: lint.Warning,
		Title: "Signed message whose lines end in different ways",
		Why: "CR and LF stand together in mail. Each server on the way makes of a lone one what it likes, so the signature may verify in one place and fail in another. " +
			"A file whose lines all end in LF was only saved so, and is read as it was sent.",
		Ref:  "RFC 6376, Section 5.3",
		Bad:  lint.Example{Zone: signed().Zone, Message: sample("").Message + "Hel\rlo\n", Args: verify},
		Good: signed(),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		if len(f.Results) == 0 {
			return
		}
		const hint = "End every line with CR and LF, and encode text that holds one alone, before the message is signed."
		if lines, ok := f.defect(message.BareCR); ok {
			report(lint.Finding{Span: f.place("message", lines[0]), Message: "CR stands without LF in a signed message", Hint: hint})
		} else if lines, ok := f.defect(message.BareLF); ok && f.Message.LineEnds == message.Mixed {
			report(lint.Finding{Span: f.place("message", lines[0]), Message: "LF stands without CR among other line ends in a signed message", Hint: hint})
		}
	},
}

var dkim2 = adviceRule{
	Doc: lint.Doc{
		ID: "dkim2-signature-present", Severity: lint.Notice,
		Title: "Message with fields of DKIM2",
		Why:   "DKIM2 is a draft that is to follow DKIM. Its fields are shown and not verified: no verdict rests on them.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: signed().Zone, Message: "DKIM2-Signature: i=1; d=example.com\n" + sample("").Message, Args: verify},
		Good:  signed(),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		told := false
		fields(newer, func(at int, name string) {
			if f.present[at] > 0 && !told {
				told = true
				report(lint.Finding{Span: f.Message.Source(f.first(name), name).Whole(), Message: name + " is a field of DKIM2, which is not verified"})
			}
		})
	},
}

var bodyExplained = adviceRule{
	Doc: lint.Doc{
		ID: "dkim-sig-body-hash-explained", Severity: lint.Notice,
		Title: "What changed the body is known",
		Why: "The body was tried with one change after another undone, and with this one it gives the hash that was signed. " +
			"The finding stands at the lines that were added or changed.",
		Ref:  "operational",
		Bad:  lint.Example{Zone: signed().Zone, Message: sample("").Message + "Sent through a list\n", Args: verify},
		Good: signed(),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		for i := range f.Results {
			for _, e := range f.Results[i].Explanations {
				if len(e.Changes) == 0 && e.Lines[0] > 0 {
					report(lint.Finding{Span: f.place("body", e.Lines[0]), Message: e.Text})
				}
			}
		}
	},
}
