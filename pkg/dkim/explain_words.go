package dkim

import "fmt"

// bodyTexts say what was done to a body. They take: the number of lines, which
// lines, "was" or "were", the form that was tried, the other one, octets hashed.
var bodyTexts = map[Cause]string{
	Footer:           "a footer of %[1]s was added at the end (%[2]s); without it the body is",
	EmptyBody:        "the whole body (%[2]s) was added: an empty one is",
	BlankLines:       "%[1]s of white space %[3]s added at the end (%[2]s); without that the body is",
	TrailingSpace:    "white space was added at the end of lines (%[2]s); without it the body is",
	LineEndings:      "line ends were changed (%[2]s); with that undone the body is",
	OtherForm:        "the white space is not as it was hashed: in %[4]s canonical form, where c= says %[5]s, the body is",
	OtherLength:      "the body was hashed to another length than l= says: its first %[6]d octets are",
	Banner:           "%[1]s %[3]s added at the top (%[2]s); without that the body is",
	PartFooter:       "a footer of %[1]s was added at the end of a part (%[2]s); without it the body is",
	PartAdded:        "a part of %[1]s was added (%[2]s); without it the body is",
	Wrapped:          "the body was made a part of a multipart; %[2]s alone are",
	LinesAdded:       "%[1]s %[3]s added (%[2]s); without that the body is",
	LongLines:        "long lines were broken (%[2]s); in one piece the body is",
	DotStuffing:      "dots at the start of lines were doubled or left out (%[2]s); with that undone the body is",
	FromQuoting:      "\">\" was added or left out before \"From \" (%[2]s); with that undone the body is",
	TransferEncoding: "the content was encoded anew (%[2]s); with that undone the body is",
}

// explain puts in words what the trial undid. signed is what its body is.
func (f *found) explain(signed string) *Explanation {
	e := &Explanation{Cause: f.cause, Lines: f.changed}
	if n := len(f.edits); n > 0 {
		e.Lines = [2]int{f.edits[0].lines[0], f.edits[n-1].lines[1]}
	}
	if f.cause == Footer {
		e.Lines = f.added
		switch {
		case f.kept == 0:
			e.Cause = EmptyBody
		case f.spaces:
			e.Cause = BlankLines
		}
	}
	count, were, named := e.Lines[1]-e.Lines[0]+1, "were", e.Lines
	if count == 1 {
		were = "was"
	}
	if f.cause == Wrapped {
		named = [2]int{f.edits[0].lines[1] + 1, f.edits[1].lines[0] - 1}
	}
	other := Relaxed
	if f.form == Relaxed {
		other = Simple
	}
	e.Text = fmt.Sprintf(bodyTexts[e.Cause], counted(count, "line"), lines(named), were, f.form, other, f.length) + " " + signed
	switch {
	case !f.footer || f.cause == Footer || f.cause == OtherLength:
	case f.added[0] == 0:
		e.Text += " (a footer was added, too)"
	default:
		e.Text += fmt.Sprintf(" (a footer was added, too: %s)", lines(f.added))
	}
	return e
}
