package message

import (
	"fmt"
	"strings"
)

// header is a header on its way to fields.
type header struct {
	text   string // from the first octet of the input to the start of the body
	line   int    // of the file at which reading stands
	skip   int    // octets before the first line: a byte order mark, an mbox line
	first  int    // the line behind them
	fields []Field
	found  defects
}

const byteOrderMark = "\xef\xbb\xbf"

// read takes the header apart. Lines that are neither a field nor a continuation
// are skipped, and so are continuations of them.
func (h *header) read() error {
	h.skipMarks()
	at := h.skip
	for field := false; at < len(h.text); h.line++ {
		end := lineEnd(h.text, at)
		line := h.text[at:end]
		switch {
		case line == "\n" || line == "\r\n":
			h.line++
			return nil
		case (line[0] == ' ' || line[0] == '\t') && field: // RFC 5322, Section 2.2.3
			f := &h.fields[len(h.fields)-1]
			f.Raw = h.text[f.Offset:end]
		default:
			name, colon := fieldName(line)
			if field = name != ""; field {
				h.fields = append(h.fields, Field{Name: name, Raw: line, Offset: int64(at), Line: h.line, colon: colon})
			} else {
				h.found.add(BadHeaderLine, h.line)
			}
		}
		if len(h.fields) > MaxFields {
			return fmt.Errorf("%w: more than %d fields", ErrHeader, MaxFields)
		}
		at = end
	}
	h.found.add(NoSeparator, 0)
	return nil
}

// skipMarks goes behind what stands before the first line of the message.
func (h *header) skipMarks() {
	if strings.HasPrefix(h.text, byteOrderMark) {
		h.found.add(ByteOrderMark, h.line)
		h.skip = len(byteOrderMark)
	}
	if strings.HasPrefix(h.text[h.skip:], mboxMark) {
		h.found.add(MboxLine, h.line)
		h.skip = lineEnd(h.text, h.skip)
		h.line++
	}
	h.first = h.line
}

// lineEnd returns the offset behind the line at an offset.
func lineEnd(text string, at int) int {
	if next := strings.IndexByte(text[at:], '\n'); next >= 0 {
		return at + next + 1
	}
	return len(text)
}

// fieldName returns the name that a line begins with, "" where it begins no field
// (RFC 5322, Sections 2.2 and 4.5).
func fieldName(line string) (name string, colon int) {
	colon = strings.IndexByte(line, ':')
	if colon < 0 {
		return "", 0
	}
	name = strings.TrimRight(line[:colon], " \t")
	for i := 0; i < len(name); i++ {
		if name[i] <= ' ' || name[i] > '~' {
			return "", 0
		}
	}
	return name, colon
}

// forms are the first octets of what people save instead of a message.
var forms = []struct{ mark, name string }{
	{"%PDF-", "a PDF document"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Outlook .msg file"}, // a compound file
	{"\x78\x9f\x3e\x22", "a winmail.dat file"},
	{"PK\x03\x04", "a ZIP archive"},
	{"\x1f\x8b", "a gzip file"},
	{"\x89PNG", "an image"},
	{"\xff\xd8\xff", "an image"},
	{"{\\rtf", "an RTF document"},
	{"<!DOCTYPE", "a web page"},
	{"<!doctype", "a web page"},
	{"<html", "a web page"},
}

// sniffed is how many octets tell whether a file is binary.
const sniffed = 512

// foreign says what an input is that is no message, "" where it may be one.
func foreign(block []byte) string {
	start := string(block[:min(len(block), sniffed)])
	for _, form := range forms {
		if strings.HasPrefix(start, form.mark) {
			return form.name
		}
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(start, byteOrderMark), "\n")
	if strings.IndexByte(start, 0) < 0 || strings.HasPrefix(start, mboxMark) || strings.TrimSpace(first) == "" {
		return ""
	}
	for line := range strings.Lines(first + "\n" + rest) {
		switch name, _ := fieldName(line); {
		case name != "": // a header, whatever else is in it
			return ""
		case strings.TrimSpace(line) == "":
			return "binary data"
		}
	}
	return "binary data"
}
