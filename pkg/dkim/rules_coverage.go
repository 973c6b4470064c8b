package dkim

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/message"
)

// coverageRules judge which fields signatures cover.
func coverageRules() []adviceRule {
	return []adviceRule{notOversigned, coreUnsigned, unsubscribeUnsigned, fieldInjected, signsVolatile, copiesDiffer}
}

var notOversigned = adviceRule{
	Doc: lint.Doc{
		ID: "dkim-sig-from-not-oversigned", Severity: lint.Notice,
		Title: "Signature does not forbid another From field",
		Why: "Where h= names a field once more than the message has it, nobody can add one without breaking the signature. It is optional, and some large " +
			"senders do not do it. Told once, of the first valid signature, where no valid one forbids another From; other fields that people go by are named, too.",
		Ref:  "RFC 6376, Sections 5.4.2 and 8.15",
		Bad:  signed(),
		Good: sturdy(),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		first := f.passing()
		from, _ := placeOf("From")
		for i := range f.Results {
			if f.Results[i].mayVerify() && f.named[i][from] > f.present[from] {
				return
			}
		}
		if first < 0 {
			return
		}
		var names []string
		fields(guarded, func(at int, name string) {
			if f.present[at] > 0 && f.named[first][at] > 0 && f.named[first][at] <= f.present[at] {
				names = append(names, name)
			}
		})
		report(lint.Finding{Span: f.Results[first].Signature.tag("h"), Message: "another field could be added of: " + strings.Join(names, ", "),
			Hint: "Name such fields once more in h= than the message has them."})
	},
}

var coreUnsigned = adviceRule{
	Doc: lint.Doc{
		ID: "dkim-sig-recommended-header-unsigned", Severity: lint.Notice,
		Title: "No valid signature covers a field that should be covered",
		Why: "Anybody can replace a field that is not signed and send the message again with a valid signature: those that people see, those that refer to other " +
			"messages and lists, and those that say how the body is to be read.",
		Ref:  "RFC 6376, Sections 5.4 and 5.4.1",
		Bad:  fragile(),
		Good: signed(),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		first := f.passing()
		if first < 0 {
			return
		}
		var names []string
		fields(core, func(at int, name string) {
			if f.present[at] > 0 && !f.covers(at) {
				names = append(names, name)
			}
		})
		if len(names) > 0 {
			report(lint.Finding{Span: f.Results[first].Signature.tag("h"), Message: "not signed: " + strings.Join(names, ", "), Hint: "Let h= name these fields, too."})
		}
	},
}

// covers reports whether a signature names the field at a place that is valid, or may be.
func (f *AdviceFacts) covers(at int) bool {
	for i := range f.Results {
		if f.Results[i].mayVerify() && f.named[i][at] > 0 {
			return true
		}
	}
	return false
}

// Covered reports whether a signature covers fields of all these names: one that is
// valid or may be, or where none is valid, any.
func Covered(results []Result, names ...string) bool {
	valid := (&SignatureFacts{Results: results}).passing() >= 0
	return slices.ContainsFunc(results, func(r Result) bool {
		return (r.mayVerify() || !valid) && !slices.ContainsFunc(names, func(name string) bool { return !r.Signature.Covers(name) })
	})
}

var unsubscribeUnsigned = adviceRule{
	Doc: lint.Doc{
		ID: "dkim-sig-list-unsubscribe-unsigned", Severity: lint.Error,
		Title: "One-click unsubscription that no signature covers",
		Why: "List-Unsubscribe and List-Unsubscribe-Post count only where one valid signature covers both; else anybody could have a request sent to the URI, and " +
			"receivers offer no button. Any domain may sign.",
		Ref:  "RFC 8058, Section 4",
		Bad:  fragile(),
		Good: sturdy(),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		uri, _ := placeOf(message.UnsubscribeField)
		post, _ := placeOf(message.UnsubscribePostField)
		if f.present[uri] == 0 || f.present[post] == 0 || len(f.Results) == 0 || Covered(f.Results, message.UnsubscribeField, message.UnsubscribePostField) {
			return
		}
		report(lint.Finding{Span: f.Results[max(f.passing(), 0)].Signature.tag("h"), Message: "no signature covers both List-Unsubscribe and List-Unsubscribe-Post",
			Hint: "Let h= name both fields."})
	},
}

var fieldInjected = adviceRule{
	Doc: lint.Doc{
		ID: "dkim-sig-header-injected", Severity: lint.Error,
		Title: "Field beside the one that is signed",
		Why: "The signature verifies, and covers one field of a name that a message has once, but there are more: somebody may have added them. " +
			"People may see the one that is not signed.",
		Ref:  "RFC 6376, Section 8.15",
		Bad:  fragile(),
		Good: sturdy(),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		fields(once, func(at int, name string) {
			if f.present[at] < 2 {
				return
			}
			for i := range f.Results {
				if n := f.named[i][at]; f.Results[i].Status == Pass && n > 0 && n < f.present[at] {
					// Signatures cover the lowest fields (Section 5.4.2).
					report(lint.Finding{Span: f.Message.Source(f.first(name), name).Whole(),
						Message: fmt.Sprintf("the signature of %s covers %d of %d %s fields, and not this one", f.Results[i].Signature.canonicalDomain(), n, f.present[at], name),
						Hint:    "Trust the lowest of them, if any, and let h= name the field once more than the message has it."})
					return
				}
			}
		})
	},
}

var signsVolatile = adviceRule{
	Doc: lint.Doc{
		ID: "dkim-sig-signs-volatile", Severity: lint.Warning,
		Title: "Signature covers what changes on the way",
		Why: "Servers on the way add trace fields and results of checks, and may replace older ones; comments and keywords may be added by anybody. A signature that covers " +
			"them breaks though nobody did anything wrong. Comments, Keywords and Bcc count where the message has them. It is a notice where " +
			"Authentication-Results and DKIM-Signature alone are named: RFC 6376 leaves them to the signer.",
		Ref:  "RFC 6376, Sections 4.2 and 5.4.1",
		Bad:  sample("h=from:received"),
		Good: sample("h=from:subject"),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		for i := range f.Results {
			var names []string
			severity := lint.Notice
			fields(trace|repeated, func(at int, name string) {
				use := watchedFields()[at].use
				if f.named[i][at] == 0 || use&trace == 0 && f.present[at] == 0 {
					return
				}
				if names = append(names, name); use&legal == 0 {
					severity = lint.Warning
				}
			})
			if len(names) > 0 {
				report(lint.Finding{Span: f.Results[i].Signature.tag("h"), Severity: severity, Message: "h= names " + strings.Join(names, ", "), Hint: "Leave them out of h=."})
			}
		}
	},
}

var copiesDiffer = adviceRule{
	Doc: lint.Doc{
		ID: "dkim-sig-z-mismatch", Severity: lint.Notice,
		Title: "Field is not as its copy in z=",
		Why:   "A signer may copy fields into z= as they were when it signed. One that differs now was changed, or is gone; that is for people, and no verdict rests on it.",
		Ref:   "RFC 6376, Section 3.5",
		Bad:   sample("z=From:Ann=20<ann@example.org>"),
		Good:  sample("z=From:Ann=20<ann@example.com>"),
	},
	Check: func(f *AdviceFacts, report lint.ReportFunc) {
		var present map[string]bool
		for i := range f.Results {
			z := f.Results[i].Signature.List.Get("z")
			if z == nil || z.Value.Len() > maxCopies {
				continue
			}
			if present == nil {
				present = f.canonicalFields()
			}
			if texts := differing(z.Value.Text(), present); len(texts) > 0 {
				shown := texts[:min(len(texts), maxClauses)]
				report(lint.Finding{Span: z.Span, Message: fmt.Sprintf("%s differing: %s", counted(len(texts), "field"), strings.Join(shown, "; "))})
			}
		}
	},
}

// canonicalFields returns the fields of the message in relaxed form.
func (f *AdviceFacts) canonicalFields() map[string]bool {
	present := map[string]bool{}
	var form []byte
	for i := range f.Message.Fields {
		if raw := f.Message.Fields[i].Raw; len(raw) <= maxValue {
			form = appendHeader(form[:0], Relaxed, raw)
			present[string(bytes.TrimSpace(form))] = true
		}
	}
	return present
}

// differing returns what z= says of fields that are not among those that are present.
func differing(z string, present map[string]bool) []string {
	var texts []string
	for entry := range strings.SplitSeq(z, "|") {
		raw := decodeQuotedPrintable(entry)
		name, value, ok := strings.Cut(raw, ":")
		if ok && len(raw) <= maxValue && !present[string(bytes.TrimSpace(appendHeader(nil, Relaxed, raw+"\r\n")))] {
			texts = append(texts, fmt.Sprintf("%s was %s", brief(strings.TrimSpace(name)), quoted(value)))
		}
	}
	return texts
}
