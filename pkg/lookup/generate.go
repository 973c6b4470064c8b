package lookup

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	maxGenerated  = 65_536 // records of one $GENERATE
	generatedItem = 4      // octets that an item counts for besides its own: empty ones take memory too
)

// generate reads "$GENERATE start-stop[/step] owner [TTL] [class] type data" as
// BIND does: for each number of the range one record, "$" in its items standing
// for the number. Data that is one quoted item of a type other than text is read
// as if it were not quoted. Places in the data are those of the template: right
// up to the first number put in.
func (r *reader) generate() error {
	if len(r.tokens) == 1 {
		return r.missing("a range such as 1-100 or 0-254/2")
	}
	numbers, ok := parseRange(r.tokens[1])
	if !ok {
		return r.unexpected(r.tokens[1], fmt.Sprintf("a range such as 1-100 or 0-254/2, %d numbers at most", maxGenerated))
	}
	template := unquoteData(r.tokens[2:])
	if len(template) == 0 {
		return r.missing("an owner name")
	}
	tokens := make([]token, len(template))
	for n := numbers.start; n <= numbers.stop; n += numbers.step {
		for i, t := range template {
			text, ok := expandNumber(t.text, n)
			if !ok {
				return r.unexpected(t, "$, $$ or ${offset,width,base} and numbers not below 0")
			}
			if r.generated += len(text) + generatedItem; r.generated > maxFile {
				return r.errorAt(t, fmt.Sprintf("more than %d generated octets", maxFile), "fewer")
			}
			tokens[i] = t
			tokens[i].text = text
		}
		if err := r.record(tokens, false); err != nil {
			return err
		}
	}
	return nil
}

// unquoteData opens the last item if it is quoted and the only data of a type
// other than TXT and SPF.
func unquoteData(tokens []token) []token {
	n := len(tokens) - 1
	if n < 2 || !tokens[n].quoted {
		return tokens
	}
	if typ, ok := parseType(tokens[n-1]); !ok || typ == TypeTXT || typ == TypeSPF {
		return tokens
	}
	opened := slices.Clone(tokens[:n])
	for field := range strings.FieldsSeq(tokens[n].text) {
		opened = append(opened, token{text: field, line: tokens[n].line, column: tokens[n].column})
	}
	return opened
}

// numberRange is the range of a $GENERATE, both ends included.
type numberRange struct{ start, stop, step int64 }

func parseRange(t token) (numberRange, bool) {
	ends, step, stepped := strings.Cut(t.text, "/")
	if !stepped {
		step = "1"
	}
	first, last, ok := strings.Cut(ends, "-")
	var r numberRange
	for _, part := range []struct {
		text   string
		number *int64
	}{{first, &r.start}, {last, &r.stop}, {step, &r.step}} {
		n, err := strconv.ParseUint(part.text, 10, 31)
		ok = ok && err == nil
		*part.number = int64(n)
	}
	ok = ok && !t.quoted && r.step > 0 && r.start <= r.stop
	return r, ok && (r.stop-r.start)/r.step < maxGenerated
}

// expandNumber puts the number into a text: for "$", or with the offset added for
// "${offset,width,base}". "$$" and "\$" are a dollar sign. ok is false for a form
// that is none of these.
func expandNumber(text string, number int64) (expanded string, ok bool) {
	if strings.IndexByte(text, '$') < 0 {
		return text, true
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			b.WriteString(text[i : i+2]) // the scanner has seen that an octet follows
			i++
		case c != '$':
			b.WriteByte(c)
		case strings.HasPrefix(text[i:], "$$"):
			b.WriteByte('$')
			i++
		case strings.HasPrefix(text[i:], "${"):
			form, _, closed := strings.Cut(text[i+2:], "}")
			digits, ok := formatNumber(form, number)
			if !closed || !ok {
				return "", false
			}
			b.WriteString(digits)
			i += len("${}") + len(form) - 1
		default:
			b.WriteString(strconv.FormatInt(number, 10))
		}
	}
	return b.String(), true
}

// formatNumber writes a number as "offset[,width[,base]]" says: base d, o, x, X,
// or n and N for hexadecimal digits from the lowest up with dots between, as in
// names below ip6.arpa. The width counts these dots.
func formatNumber(form string, number int64) (text string, ok bool) {
	const maxWidth = maxLabel * 4 // no name has longer numbers
	first, rest, _ := strings.Cut(form, ",")
	second, base, _ := strings.Cut(rest, ",")
	offset, err := strconv.ParseInt(first, 10, 32)
	number += offset
	if err != nil || number < 0 {
		return "", false
	}
	width := uint64(0)
	if second != "" {
		if width, err = strconv.ParseUint(second, 10, 16); err != nil || width > maxWidth {
			return "", false
		}
	}
	switch base {
	case "", "d":
		return fmt.Sprintf("%0*d", width, number), true
	case "o":
		return fmt.Sprintf("%0*o", width, number), true
	case "x":
		return fmt.Sprintf("%0*x", width, number), true
	case "X":
		return fmt.Sprintf("%0*X", width, number), true
	case "n":
		return nibbles(fmt.Sprintf("%0*x", (width+1)/2, number)), true
	case "N":
		return nibbles(fmt.Sprintf("%0*X", (width+1)/2, number)), true
	}
	return "", false
}

// nibbles turns the digits round and puts dots between them.
func nibbles(digits string) string {
	reversed := []byte{digits[len(digits)-1]}
	for i := len(digits) - 2; i >= 0; i-- {
		reversed = append(reversed, '.', digits[i])
	}
	return string(reversed)
}
