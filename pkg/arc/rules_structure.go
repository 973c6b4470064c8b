package arc

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

var instanceGap = rule{
	Doc: lint.Doc{
		ID: "arc-instance-gap", Severity: lint.Warning, Reason: ErrInstance,
		Title: "ARC sets are not numbered from 1 on",
		Why:   "The sets of a chain have the instances 1, 2, 3 and so on up to 50 at most. With a number missing, or one that is none, the chain fails.",
		Ref:   "RFC 8617, Sections 4.2.1 and 5.2",
		Bad:   verified("arc-gap"),
		Good:  verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		c.faults(func(f Fault) { report(numberFinding(f)) }, ErrInstance, ErrGap, ErrTooMany)
	},
}

// numberFinding says what is wrong with the numbers of sets.
func numberFinding(f Fault) lint.Finding {
	found := lint.Finding{Span: f.Span}
	switch {
	case f.Reason == ErrTooMany:
		found.Message = fmt.Sprintf("the message has more than %d ARC sets", MaxSets)
		found.Hint = "Look at the Received fields: a message that passes so many handlers goes in circles."
	case f.Reason == ErrGap:
		found.Message = fmt.Sprintf("no field has i=%d", f.Instance)
		found.Hint = "A set was removed on the way, or the next handler counted wrong. Neither can be mended."
	case f.Span == f.Span.Source.Whole():
		found.Message = fmt.Sprintf("the field %s has no i= where it must stand", f.Span.Source.Subject)
		found.Hint = "The software that wrote the field must number its sets, from 1 on."
	default:
		found.Message = fmt.Sprintf("i=%q is not a number from 1 to %d", f.Span.Text(), MaxSets)
		found.Hint = "The software that wrote the field must number its sets, from 1 on, without sign and leading zeros."
	}
	return found
}

var setIncomplete = rule{
	Doc: lint.Doc{
		ID: "arc-set-incomplete", Severity: lint.Warning, Reason: ErrIncomplete,
		Title: "An ARC set lacks a field",
		Why:   "A set is one ARC-Authentication-Results, one ARC-Message-Signature and one ARC-Seal with the same instance. With one of them missing the chain fails.",
		Ref:   "RFC 8617, Sections 4.2.1 and 5.2",
		Bad:   verified("arc-incomplete"),
		Good:  verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		c.faults(func(f Fault) {
			var names []string
			for _, kind := range c.set(f.Instance).missing() {
				names = append(names, kind.String())
			}
			report(lint.Finding{Span: f.Span, Message: fmt.Sprintf("no %s has i=%d", strings.Join(names, " and no "), f.Instance),
				Hint: "Whoever passes mail on must leave the ARC fields of others in place; look for a filter that removes some."})
		}, ErrIncomplete)
	},
}

var duplicateHeader = rule{
	Doc: lint.Doc{
		ID: "arc-duplicate-header", Severity: lint.Warning, Reason: ErrDuplicate,
		Title: "An ARC set has a field twice",
		Why:   "With two fields of a kind in one set nobody can tell which of them was sealed, and the chain fails.",
		Ref:   "RFC 8617, Sections 4.2.1 and 5.2",
		Bad:   verified("arc-duplicate"),
		Good:  verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		c.faults(func(f Fault) {
			report(lint.Finding{Span: f.Span, Message: fmt.Sprintf("one more %s", f.Span.Source.Subject),
				Hint: "A handler that seals must take the next free number, and seal each message once."})
		}, ErrDuplicate)
	},
}

var cvWrong = rule{
	Doc: lint.Doc{
		ID: "arc-cv-wrong", Severity: lint.Warning, Reason: ErrValidation,
		Title: "cv= of an ARC-Seal makes the chain fail",
		Why: "cv= says in what state the sealer found the chain: none in the first set, pass in all others. Anything else makes the chain fail, " +
			"and cv=fail in the newest set says that it was broken before.",
		Ref:  "RFC 8617, Sections 4.1.3 and 5.2",
		Bad:  verified("arc-cv"),
		Good: verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		c.faults(func(f Fault) {
			s := c.set(f.Instance)
			found := lint.Finding{Span: f.Span, Message: fmt.Sprintf("cv=%q in i=%d, it must be %q", s.Validation(), f.Instance, validation(f.Instance)),
				Hint: "The software of this handler must write cv=none into a first set and cv=pass into one that follows a chain that passes."}
			switch {
			case f.Reason == ErrBroken:
				found.Message = fmt.Sprintf("cv=fail in i=%d: the chain was broken before %s sealed it", f.Instance, s.Seal.Domain)
				found.Hint = "Look for the handler before this one that changed the message, or its ARC fields, without a set of its own."
			case s.Validation() == "":
				found.Message = fmt.Sprintf("no cv= in i=%d, it must be %q", f.Instance, validation(f.Instance))
			}
			report(found)
		}, ErrValidation, ErrBroken)
	},
}
