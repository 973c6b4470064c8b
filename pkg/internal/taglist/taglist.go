package taglist

import (
	"errors"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// Why an element of a list is no tag.
var (
	ErrEmpty     = errors.New("nothing stands between two semicolons")
	ErrNoEquals  = errors.New("an equals sign is missing")
	ErrName      = errors.New("not the name of a tag")
	ErrCharacter = errors.New("not a character of a tag list")
)

// List is a text taken apart at its semicolons.
type List struct {
	Source *lint.Source
	Tags   []Tag // every element, the broken ones too, in their order
}

// Tag is one element of a list. Spans hold no white space at either end.
type Tag struct {
	Span      lint.Span // the whole element; empty where nothing stands in it
	Name      lint.Span // empty where Err is ErrEmpty or ErrNoEquals
	Value     lint.Span // may be empty; everything where Err is ErrNoEquals
	Err       error     // nil, or one of the sentinels above
	Duplicate bool      // an earlier element has the same name, letter for letter
}

// Parse reads a list. It never fails: what is wrong stands in the tags. What
// values mean, and whether one may be empty, is for the caller.
func Parse(source *lint.Source) *List {
	text := source.Text
	l := &List{Source: source, Tags: make([]Tag, 0, strings.Count(text, ";")+1)}
	seen := make(map[string]bool, cap(l.Tags))
	for at := 0; at <= len(text); {
		end := len(text)
		if i := strings.IndexByte(text[at:], ';'); i >= 0 {
			end = at + i
		}
		t := parseTag(trim(source.Span(at, end)))
		// RFC 6376, Section 3.2: one semicolon may end the list.
		if end == len(text) && t.Err == ErrEmpty {
			break
		}
		if name := t.Name.Text(); name != "" {
			t.Duplicate = seen[name]
			seen[name] = true
		}
		l.Tags = append(l.Tags, t)
		at = end + 1
	}
	return l
}

func parseTag(span lint.Span) Tag {
	t := Tag{Span: span, Name: span.Source.Span(span.Start, span.Start), Value: span}
	text := span.Text()
	equals := strings.IndexByte(text, '=')
	switch {
	case text == "":
		t.Err = ErrEmpty
		return t
	case equals < 0:
		t.Err = ErrNoEquals
		return t
	}
	t.Name = trim(span.Source.Span(span.Start, span.Start+equals))
	t.Value = trim(span.Source.Span(span.Start+equals+1, span.End))
	switch {
	case !isName(t.Name.Text()):
		t.Err = ErrName
	case strings.ContainsFunc(t.Value.Text(), func(c rune) bool { return (c < ' ' || c > '~') && !isSpace(c) }):
		t.Err = ErrCharacter
	}
	return t
}

// isName implements tag-name of RFC 6376, Section 3.2.
func isName(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i] | 0x20
		if !(c >= 'a' && c <= 'z') && (i == 0 || name[i] != '_' && !(name[i] >= '0' && name[i] <= '9')) {
			return false
		}
	}
	return name != ""
}

func isSpace(c rune) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// trim returns the span without white space at its ends.
func trim(span lint.Span) lint.Span {
	text := span.Text()
	left := len(text) - len(strings.TrimLeftFunc(text, isSpace))
	if left == len(text) {
		return span.Source.Span(span.Start, span.Start)
	}
	right := len(text) - len(strings.TrimRightFunc(text, isSpace))
	return span.Source.Span(span.Start+left, span.End-right)
}

// Get returns the first tag of that name, letter for letter, however broken its
// value; nil where there is none.
func (l *List) Get(name string) *Tag {
	return l.first(func(other string) bool { return other == name })
}

// Find returns the first tag of that name in whatever case; nil where there is none.
func (l *List) Find(name string) *Tag {
	return l.first(func(other string) bool { return strings.EqualFold(other, name) })
}

func (l *List) first(is func(name string) bool) *Tag {
	for i := range l.Tags {
		if t := &l.Tags[i]; !t.Name.Empty() && is(t.Name.Text()) {
			return t
		}
	}
	return nil
}
