package lint

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says how much a finding matters. The zero value means "as the rule
// documents it".
type Severity int

// The severities, mildest first.
const (
	Notice  Severity = iota + 1 // information or hygiene
	Warning                     // works today, but weak or fragile
	Error                       // receivers reject, ignore or misread it
)

var severityNames = [...]string{Notice: "notice", Warning: "warning", Error: "error"}

// String returns the word used in all outputs, or "" for the zero value.
func (s Severity) String() string {
	if s < 0 || int(s) >= len(severityNames) {
		return fmt.Sprintf("Severity(%d)", int(s))
	}
	return severityNames[s]
}

// ParseSeverity returns the severity of that name. ok is false for any other
// word.
func ParseSeverity(name string) (s Severity, ok bool) {
	if i := slices.Index(severityNames[:], name); i > 0 {
		return Severity(i), true
	}
	return 0, false
}

// Finding is one fault, or one remark, at one place.
type Finding struct {
	RuleID     string
	Severity   Severity
	Span       Span
	Message    string // what is wrong, with the value seen
	Hint       string // what to do; may be empty
	Fix        *Fix   // nil where no correction can be computed
	Ref        string // the standard behind it: "RFC 7208, Section 4.6.4"
	Suppressed string // why the finding does not count; empty: it counts
}

// Subject names the record or text that the finding is about.
func (f Finding) Subject() string {
	if f.Span.Source == nil {
		return ""
	}
	return f.Span.Source.Subject
}

// Sort orders findings as reports show them: harshest first, then by subject,
// offset, rule and message.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(a.Subject(), b.Subject()),
			cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.RuleID, b.RuleID),
			cmp.Compare(a.Message, b.Message),
		)
	})
}
