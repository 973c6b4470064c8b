package message

import (
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// ParseDate reads a date-time, such as the value of a Date field, in the form of RFC
// 5322, Section 3.3, and in the obsolete ones of Section 4.3. A zone whose meaning is
// not known stands for UTC; a wrong name of the day is not noticed. ok is false where
// the text is no date.
func ParseDate(text string) (at time.Time, ok bool) {
	text, ok = WithoutComments(text)
	if !ok {
		return at, false
	}
	// Nearly all dates are of this form, which is read in one go.
	if at, err := time.Parse("Mon, _2 Jan 2006 15:04:05 -0700", strings.TrimSpace(text)); err == nil && at.Year() >= firstYear {
		return at, true
	}
	text = tighten.Replace(strings.Join(strings.Fields(text), " "))
	if day, rest, named := strings.Cut(text, ","); named {
		if !isDayName(day) {
			return at, false
		}
		text = rest
	}
	words := strings.Fields(text)
	if len(words) != 5 { // day, month, year, time of day, zone
		return at, false
	}
	if words[2], ok = fullYear(words[2]); !ok {
		return at, false
	}
	if words[4], ok = numericZone(words[4]); !ok {
		return at, false
	}
	clock, leap := strings.CutSuffix(words[3], ":60")
	if leap {
		words[3] = clock + ":59"
	}
	at, err := mail.ParseDate(strings.Join(words, " "))
	if leap {
		at = at.Add(time.Second)
	}
	return at, err == nil
}

// firstYear is the first that a date can have (RFC 5322, Section 3.3).
const firstYear = 1900

// tighten removes the white space that the obsolete grammar has around marks.
var tighten = strings.NewReplacer(" : ", ":", " :", ":", ": ", ":", " ,", ",")

func isDayName(word string) bool {
	for _, name := range [...]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		if strings.EqualFold(word, name) {
			return true
		}
	}
	return false
}

// fullYear returns a year with its century (RFC 5322, Section 4.3).
func fullYear(word string) (year string, ok bool) {
	n, err := strconv.ParseUint(word, 10, 16)
	switch {
	case err != nil || len(word) < 2:
		return "", false
	case len(word) == 2 && n < 50:
		n += 2000
	case len(word) <= 3:
		n += 1900
	}
	return strconv.FormatUint(n, 10), n >= firstYear && n <= 9999 // a message of the year 10000 can wait
}

// numericZone returns a zone as its difference from UTC (RFC 5322, Section 4.3).
func numericZone(word string) (zone string, ok bool) {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return word, true // for mail.ParseDate to judge
	}
	switch strings.ToUpper(word) {
	case "EDT":
		return "-0400", true
	case "EST", "CDT":
		return "-0500", true
	case "CST", "MDT":
		return "-0600", true
	case "MST", "PDT":
		return "-0700", true
	case "PST":
		return "-0800", true
	}
	const longest = 5 // letters; military zones have one
	return "+0000", len(word) <= longest && !strings.EqualFold(word, "J")
}

// WithoutComments returns the text of a structured field with a space for each comment
// outside of quoted strings (RFC 5322, Section 3.2.2). ok is false where a comment or a
// quoted string does not end.
func WithoutComments(text string) (rest string, ok bool) {
	if !strings.Contains(text, "(") {
		return text, true
	}
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && (quoted || depth > 0) && i+1 < len(text):
			if quoted {
				b.WriteByte(c)
				b.WriteByte(text[i+1])
			}
			i++
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			if depth++; depth == 1 {
				b.WriteByte(' ')
			}
			continue
		case c == ')' && depth > 0:
			depth--
			continue
		}
		if depth == 0 {
			b.WriteByte(c)
		}
	}
	return b.String(), depth == 0 && !quoted
}
