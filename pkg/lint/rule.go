package lint

import (
	"cmp"
	"fmt"
	"strings"
)

// Example is a situation in which a rule fires, or one in which it does not.
type Example struct {
	// Zone is master-file text below the origin example.com, every other name
	// being known not to exist.
	Zone string
	// Message is the text of a message, its lines ended by LF; empty: none.
	Message string
	// Args is the command that shows it; empty: spf example.com, or verify for a
	// Message, whose file comes behind.
	Args []string
}

// Doc says what a rule means. It is the only prose about the rule: explain,
// the rule list and every report show this value.
type Doc struct {
	ID       string   // protocol-slug, kept for ever
	Severity Severity // the harshest the rule can be
	Title    string   // what is wrong, in one line
	Why      string   // why it matters, and when the severity is softer
	Ref      string   // the standard, or the operational reason
	Bad      Example  // yields the rule
	Good     Example  // does not
	// Unanswered marks rules that report a question without an answer, or one that
	// nobody could ask. What they find is unknown or not checked; it never counts
	// as a fault of the record.
	Unanswered bool
	// Reason is the sentinel that this rule explains, nil where none is.
	Reason error
}

// ReportFunc takes a finding of the rule that is running. Identity, reference
// and, where it is zero, severity are filled in from the rule's Doc.
type ReportFunc func(Finding)

// Rule judges facts of type F. Check is pure: it asks nothing, reads no clock
// and knows no other rule.
type Rule[F any] struct {
	Doc
	Check func(facts F, report ReportFunc)
}

// maxPerText is how many findings of one rule about one text are kept. Nobody
// reads more of them, and a hostile text could hold thousands.
const maxPerText = 20

// Run applies every rule to the facts and returns the findings, sorted. Of many
// findings of one rule about one text it keeps the first twenty; the last of them
// says how many there were.
func Run[F any](rules []Rule[F], facts F) []Finding {
	var found []Finding
	var doc *Doc     // of the rule that is running
	var before int   // findings of the rules before it
	var many tallies // of its findings; as long as there are few nobody counts them
	report := func(f Finding) {
		if many == nil && len(found)-before == maxPerText {
			many = tallies{}
			for at := before; at < len(found); at++ {
				many.take(found[at].Span.Source, at)
			}
		}
		if many != nil && !many.take(f.Span.Source, len(found)) {
			return
		}
		f.RuleID, f.Ref = doc.ID, doc.Ref
		if f.Severity == 0 {
			f.Severity = doc.Severity
		}
		found = append(found, f)
	}
	for i := range rules {
		doc, before, many = &rules[i].Doc, len(found), nil
		rules[i].Check(facts, report)
		for _, t := range many {
			if t.total > maxPerText {
				f := &found[t.last]
				f.Message = fmt.Sprintf("%s (one of %d such findings, the others are not listed)", f.Message, t.total)
				f.Fix, f.Hint = nil, cmp.Or(f.Hint, "Correct all of them in the same way.")
			}
		}
	}
	Sort(found)
	return found
}

// tallies count the findings of one rule by the text that they are about.
type tallies map[*Source]*tally

type tally struct{ total, last int } // last: place of the last one that is kept

// take counts a finding that would be kept at a place; false where it is one too many.
func (t tallies) take(source *Source, at int) bool {
	if t[source] == nil {
		t[source] = &tally{}
	}
	if t[source].total++; t[source].total > maxPerText {
		return false
	}
	t[source].last = at
	return true
}

// Docs returns the documentation of the rules, without their type.
func Docs[F any](rules []Rule[F]) []Doc {
	docs := make([]Doc, len(rules))
	for i := range rules {
		docs[i] = rules[i].Doc
	}
	return docs
}

// Few lists the first few of the names that a finding is about.
func Few(names []string) string {
	const few = 4
	if more := len(names) - few; more > 0 {
		return fmt.Sprintf("%s and %d more names", strings.Join(names[:few], ", "), more)
	}
	return strings.Join(names, ", ")
}
