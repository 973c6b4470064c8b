package dkim

import (
	"regexp"
	"strings"

	"github.com/authcheck/authcheck/pkg/message"
)

// spacing changes the white space of a field, the end of the last line left out.
type spacing func(field string) string

var (
	fold     = regexp.MustCompile(`\r?\n[ \t]+`)
	blanks   = regexp.MustCompile(`[ \t\r\n]+`)
	listMark = regexp.MustCompile(`([,;])[ \t\r\n]+`)
)

// spacings are ways in which white space of a field may have been: those of programs
// that write or relay mail.
var spacings = []spacing{
	func(v string) string { return v },
	func(v string) string { return strings.Replace(v, ": ", ":", 1) },
	func(v string) string { return lineBreaks.Replace(v) },
	func(v string) string { return fold.ReplaceAllString(v, " ") },
	func(v string) string { return fold.ReplaceAllString(v, "") },
	func(v string) string { return fold.ReplaceAllString(v, "\r\n\t") },
	func(v string) string { return fold.ReplaceAllString(v, "\r\n ") },
	func(v string) string { return blanks.ReplaceAllString(v, " ") },
	func(v string) string { return listMark.ReplaceAllString(v, "$1\r\n\t") },
	func(v string) string { return listMark.ReplaceAllString(v, "$1\r\n ") },
	func(v string) string { return listMark.ReplaceAllString(v, "$1\r\n    ") },
	func(v string) string { return refolded(v, "\r\n ") },
	func(v string) string { return refolded(v, "\r\n\t") },
}

// onOneLine is the place of that spacing which only takes line ends away.
const onOneLine = 2

// respaced is a field with its white space changed.
func respaced(f *message.Field, space spacing) string {
	return space(f.Name+": "+strings.Trim(f.Value(), whiteSpace)) + "\r\n"
}

// foldings are ways to fold a field at one more place, or at one in another way.
func foldings(f *message.Field) []string {
	var raws []string
	text := respaced(f, spacings[onOneLine])
	for i, c := range text {
		if i > len(f.Name)+1 && (c == ' ' || c == '\t') && len(raws) < 2*maxWords {
			raws = append(raws, text[:i]+"\r\n"+text[i:], text[:i]+"\r\n\t"+text[i+1:])
		}
	}
	text = respaced(f, spacings[0])
	for _, at := range fold.FindAllStringIndex(text, maxFolds) {
		for n := range maxIndent {
			spaces := strings.Repeat(" ", n+1)
			raws = append(raws, text[:at[0]]+"\r\n"+spaces+text[at[1]:], text[:at[0]]+spaces+text[at[1]:])
		}
		raws = append(raws, text[:at[0]]+"\r\n\t"+text[at[1]:], text[:at[0]]+"\t"+text[at[1]:])
	}
	return raws
}

// What is looked at of a folded field.
const (
	maxFolds  = 8
	maxIndent = 8 // spaces at the start of a line
)

// lineLength is where lines are folded (RFC 5322, Section 2.1.1).
const lineLength = 78

// refolded folds at the last space before the end of each line.
func refolded(field, with string) string {
	var b strings.Builder
	length := 0
	for i, word := range strings.Fields(field) {
		switch {
		case i == 0:
		case length+1+len(word) > lineLength:
			b.WriteString(with)
			length = 1
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += len(word)
	}
	return b.String()
}
