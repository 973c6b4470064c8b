package dkim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/message"
)

// fieldTexts say what was done to a field.
var fieldTexts = map[Cause]string{
	SubjectTag:       "words were added to %s",
	Refolded:         "the white space or case of %s was changed",
	LineEndings:      "%s has a CR that is no line end",
	FieldOrder:       "%s was signed at another place among those of its name",
	FieldChanged:     "%s was changed",
	FromChanged:      "%s was rewritten",
	NameForm:         "the quotes or brackets of %s were changed",
	EncodedWords:     "the words of %s were encoded in another way",
	TransferEncoding: "%s was changed",
}

// explained puts in words what was done to the header.
func (h *headerSearch) explained(made []*fieldTrial) *Explanation {
	slices.SortStableFunc(made, func(a, b *fieldTrial) int {
		return slices.Index(h.names, a.name) - slices.Index(h.names, b.name)
	})
	e := &Explanation{Cause: made[0].cause}
	var clauses []string
	for _, t := range made {
		if t.cause != e.Cause {
			e.Cause = MultipleWays
		}
		e.Changes = append(e.Changes, t.changes...)
		for _, c := range t.changes {
			clauses = append(clauses, c.clause(t.cause))
		}
	}
	if f := e.Changes[0].Field; f != nil && len(e.Changes) == 1 {
		e.Lines = fieldLines(f)
	}
	if len(clauses) > maxClauses {
		clauses = append(clauses[:maxClauses], fmt.Sprintf("and %s more", counted(len(clauses)-maxClauses, "field")))
	}
	e.Text = strings.Join(clauses, "; ") + "; with that undone the header is what was signed"
	return e
}

// maxClauses is how many fields a sentence names.
const maxClauses = 4

// clause says what was done to a field.
func (c Change) clause(cause Cause) string {
	if c.Field == nil {
		name, value, _ := strings.Cut(c.Original, ":")
		return fmt.Sprintf("the %s field is gone, which was %s", strings.TrimSpace(name), quoted(value))
	}
	at := lines(fieldLines(c.Field))
	if c.Original == "" {
		return fmt.Sprintf("the %s field in %s was added", c.Field.Name, at)
	}
	text := fmt.Sprintf(fieldTexts[cause], fmt.Sprintf("the %s field in %s", c.Field.Name, at))
	if _, value, _ := strings.Cut(c.Original, ":"); cause != Refolded && cause != LineEndings && cause != FieldOrder {
		text += ", which was " + quoted(value)
	}
	return text
}

// fieldLines are the lines of the file on which a field stands.
func fieldLines(f *message.Field) [2]int {
	return [2]int{f.Line, f.Line + strings.Count(strings.TrimRight(f.Raw, "\r\n"), "\n")}
}
