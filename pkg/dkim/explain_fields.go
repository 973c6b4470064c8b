package dkim

import (
	"bytes"
	"iter"
	"mime"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/message"
)

// wording is a field as it may have been written.
type wording struct {
	cause Cause
	raw   string
	rare  bool
}

// guessed are fields of a name that can be guessed.
func guessed(name string) []string {
	switch name {
	case "mime-version":
		return []string{"MIME-Version: 1.0\r\n", "Mime-Version: 1.0\r\n"}
	case "content-transfer-encoding":
		var raws []string
		for _, encoding := range encodings {
			raws = append(raws, "Content-Transfer-Encoding: "+encoding+"\r\n")
		}
		return raws
	}
	return nil
}

// encodings are those of content (RFC 2045, Section 6.1).
var encodings = []string{"8bit", "7bit", asQuotedPrintable, asBase64, "binary", "8BIT", "7BIT", "Quoted-Printable", "BASE64", "Base64"}

// wordings are ways in which a field may have been written, those that undo what is
// often done first.
func (h *headerSearch) wordings(f *message.Field) iter.Seq[wording] {
	return func(yield func(wording) bool) {
		if bareCR(f.Raw) { // what else is undone would take it away, too
			for _, raw := range repaired(f.Raw) {
				if !yield(wording{cause: LineEndings, raw: raw}) {
					return
				}
			}
			return
		}
		name, _, _ := strings.Cut(f.Raw, ":")
		text := strings.Trim(f.Value(), whiteSpace)
		var list []wording
		put := func(cause Cause, value string) {
			list = append(list, wording{cause: cause, raw: name + ": " + value + "\r\n"})
		}
		for _, keeper := range h.keepers(f) {
			put(FieldChanged, keeper)
		}
		switch lower := strings.ToLower(f.Name); lower {
		case subjectField:
			list = append(list, untagged(name, text)...)
		case "from":
			for _, author := range h.authors(text) {
				put(FromChanged, author)
			}
		case "content-transfer-encoding":
			for _, encoding := range encodings {
				put(TransferEncoding, encoding)
			}
		case "content-type", "content-disposition":
			put(NameForm, strings.ReplaceAll(text, `"`, ""))
			put(NameForm, parameter.ReplaceAllString(text, `$1"$2"`))
		}
		if slices.Contains([]string{"from", "to", "cc", "reply-to", "sender"}, strings.ToLower(f.Name)) {
			for _, form := range addressForms(text) {
				put(NameForm, form)
			}
		}
		for _, form := range wordForms(text) {
			put(EncodedWords, form)
		}
		if h.s.Header == Simple {
			list = append(list, rewritten(f, name)...)
		}
		for _, w := range list {
			if bytes.Equal(appendRelaxed(nil, w.raw), appendRelaxed(nil, f.Raw)) {
				w.cause, w.rare = Refolded, true
			}
			if w.raw != f.Raw && !yield(w) {
				return
			}
		}
	}
}

// rewritten returns ways in which the same words may have stood in a field, whose name is
// given as it was written: only the simple form tells them apart.
func rewritten(f *message.Field, name string) (list []wording) {
	for _, space := range spacings {
		list = append(list, wording{Refolded, respaced(f, space), true})
	}
	for _, folded := range foldings(f) {
		list = append(list, wording{Refolded, folded, true})
	}
	for _, written := range []string{f.Name, strings.ToLower(name), strings.ToUpper(name), textproto.CanonicalMIMEHeaderKey(f.Name), f.Name + " "} {
		list = append(list, wording{Refolded, written + f.Raw[len(name):], true})
	}
	return list
}

// bareCR reports whether a field has a CR that is no part of a line end.
func bareCR(raw string) bool {
	return strings.Count(raw, "\r") > strings.Count(raw, "\r\n")
}

// repaired are fields with each bare CR taken away, or made a line end again.
func repaired(raw string) []string {
	var gone, ends strings.Builder
	for i := range len(raw) {
		c := raw[i]
		if c == '\r' && !strings.HasPrefix(raw[i:], "\r\n") {
			ends.WriteString("\r\n")
			continue
		}
		gone.WriteByte(c)
		ends.WriteByte(c)
	}
	return []string{gone.String(), ends.String()}
}

var parameter = regexp.MustCompile(`(=)([^\s";]+)`)

// keepers are values of fields in which relays keep what a field was.
func (h *headerSearch) keepers(f *message.Field) []string {
	var values []string
	for _, prefix := range []string{"X-Original-", "Original-", "Old-", "X-Old-"} {
		for _, kept := range h.fields[strings.ToLower(prefix+f.Name)] {
			if len(kept.Raw) <= maxValue && len(values) < maxAlike {
				values = append(values, strings.Trim(kept.Value(), whiteSpace))
			}
		}
	}
	return values
}

// authors are values that From may have had before a list took the place of the
// author, whom it names elsewhere then.
func (h *headerSearch) authors(text string) []string {
	display, _, _ := strings.Cut(text, "<")
	if via := strings.Index(display, " via "); via >= 0 {
		display = display[:via]
	}
	display = strings.Trim(display, `"'`+whiteSpace)
	var values []string
	for _, name := range []string{"reply-to", "x-original-sender", "author", "cc", "sender"} {
		for _, f := range h.fields[name] {
			if len(f.Raw) > maxValue || len(values) > maxAlike {
				continue
			}
			value := strings.Trim(f.Value(), whiteSpace)
			values = append(values, value)
			addresses, _ := mail.ParseAddressList(unfold(value))
			for _, a := range addresses[:min(len(addresses), 3)] {
				values = append(values, display+" <"+a.Address+">", `"`+display+`" <`+a.Address+">", a.Address, "<"+a.Address+">")
			}
		}
	}
	return values
}

// maxWords is how many words of a subject are looked at.
const maxWords = 30

// untagged are subjects without words at the start, then elsewhere.
func untagged(name, text string) []wording {
	starts := []int{0}
	for i := 1; i < len(text) && len(starts) < maxWords; i++ {
		before := text[i-1]
		space := strings.IndexByte(whiteSpace, text[i]) >= 0
		if !space && (strings.IndexByte(whiteSpace, before) >= 0 || before == ']' || before == ':' || before == '}' || before == ')' ||
			before == '*' && text[i] != '*') {
			starts = append(starts, i)
		}
	}
	var list []wording
	for n, from := range starts {
		for _, to := range append(starts[n+1:len(starts):len(starts)], len(text)) {
			left := strings.TrimRight(text[:from]+text[to:], whiteSpace)
			w := wording{SubjectTag, name + ": " + left + "\r\n", from > 0}
			list = append(list, w)
			if oneLine := unfold(left); oneLine != left {
				list = append(list, wording{SubjectTag, name + ": " + oneLine + "\r\n", w.rare})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b wording) int {
		switch {
		case a.rare == b.rare:
			return 0
		case a.rare:
			return 1
		}
		return -1
	})
	return list
}

// addressForms are other ways to write one address with or without a name.
func addressForms(text string) []string {
	display, address, angle := strings.Cut(text, "<")
	forms := []string{strings.ReplaceAll(text, `"`, "")}
	if !angle {
		return append(forms, "<"+text+">")
	}
	if display = strings.Trim(display, `"`+whiteSpace); display == "" {
		return append(forms, strings.TrimSuffix(address, ">"))
	}
	return append(forms, `"`+display+`" <`+address)
}

// wordForms are other encodings of the same words (RFC 2047).
func wordForms(text string) []string {
	decoder := mime.WordDecoder{}
	plain, err := decoder.DecodeHeader(unfold(text))
	if err != nil || plain == text && strings.IndexFunc(text, func(c rune) bool { return c >= 0x80 }) < 0 {
		return nil
	}
	forms := []string{plain}
	for _, encoding := range []mime.WordEncoder{mime.QEncoding, mime.BEncoding} {
		for _, charset := range []string{"utf-8", "UTF-8"} {
			words := strings.Fields(plain)
			for i, word := range words {
				words[i] = encoding.Encode(charset, word)
			}
			forms = append(forms, encoding.Encode(charset, plain), strings.Join(words, " "))
		}
	}
	return forms
}
