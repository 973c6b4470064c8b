package message

import (
	"strings"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// Author is an address of a From field.
type Author struct {
	Name   lint.Span // the display name as written, quotes, comments and white space included; empty where no angle bracket follows
	Span   lint.Span // the address as written, without display name and angle brackets
	Domain string    // its domain in A-labels and lower case; "" where it is none, such as an IP literal
}

// FromDomains returns the domains of all authors without repetition, in their order.
// DMARC is evaluated where there is exactly one (RFC 9989, Section 5.3.1).
func (m *Message) FromDomains() []string {
	domains, seen := []string{}, map[string]bool{"": true}
	for i := range m.Authors {
		if domain := m.Authors[i].Domain; !seen[domain] {
			seen[domain] = true
			domains = append(domains, domain)
		}
	}
	return domains
}

// readAuthors reads the From fields and names what is wrong with them.
func (m *Message) readAuthors(found defects) {
	fields := m.Named("From")
	if len(fields) == 0 {
		found.add(NoFrom, 0)
	}
	for i, f := range fields {
		if i > 0 {
			found.add(MultipleFrom, f.Line)
		}
		authors, empty := readAddresses(m.Source(f, "From"))
		named := false
		for _, a := range authors {
			named = named || a.Domain != ""
		}
		switch {
		case empty:
			found.add(EmptyFrom, f.Line)
		case !named:
			found.add(FromNoDomain, f.Line)
		case len(authors) > 1:
			found.add(MultipleAddresses, f.Line)
		}
		m.Authors = append(m.Authors, authors...)
	}
}

// addresses reads an address-list (RFC 5322, Sections 3.4 and 4.4). It takes
// everything for an address that a mail reader might show as one.
type addresses struct {
	source *lint.Source
	text   string
	list   []Author
	empty  bool // nothing but white space and comments was seen

	noQuote, noComment bool // no end is ahead: the mark is an octet like others

	start  int       // where what belongs to the address began
	name   lint.Span // what stands before its angle bracket
	angle  bool      // inside angle brackets
	word   int       // where the word began that a local part may be; -1: nowhere
	gap    bool      // white space or a comment stands before the octet
	local  int       // where the address began; -1: no at sign was seen
	domain []byte    // what stands behind the at sign, without comments
	end    int       // offset behind its last octet
	done   bool      // the domain is complete
}

// readAddresses returns the addresses of a field. empty: there is nothing in it.
func readAddresses(source *lint.Source) (list []Author, empty bool) {
	a := &addresses{source: source, text: source.Text, empty: true}
	a.reset()
	for i := 0; i < len(a.text) && len(a.list) < MaxAddresses; {
		i = a.step(i)
	}
	if len(a.list) < MaxAddresses {
		a.finish()
	}
	return a.list, a.empty
}

func (a *addresses) reset() {
	a.word, a.gap, a.local, a.domain, a.done = -1, false, -1, a.domain[:0], false
}

// step takes the octet, comment or quoted string at an offset and returns the next.
func (a *addresses) step(i int) int {
	c := a.text[i]
	switch c {
	case ' ', '\t', '\r', '\n':
		a.gap = true
		return i + 1
	case '(':
		if end := a.comment(i); end > 0 {
			a.gap = true
			return end
		}
	}
	a.empty = false
	switch {
	case c == '"' && !a.noQuote:
		end := quotedEnd(a.text, i)
		if end > 0 {
			a.begin(i)
			a.gap = false
			return end
		}
		a.noQuote = true
	case c == '<':
		a.name = a.source.Span(a.start, i)
		a.reset()
		a.angle = true
		return i + 1
	case c == '>', c == ';', c == ',' && !a.route():
		a.finish()
		a.start = i + 1
		return i + 1
	case c == ',', c == ':' && a.local < 0, c == ':' && a.route(): // the name of a group, or a route
		a.reset()
		a.start = i + 1
		return i + 1
	case c == '@':
		a.at(i)
		return i + 1
	}
	a.begin(i)
	a.add(c, i)
	return i + 1
}

// route reports whether a source route is being read: "<@a.example,@b.example:".
func (a *addresses) route() bool { return a.angle && a.local >= 0 && a.text[a.local] == '@' }

// begin notes where a word begins.
func (a *addresses) begin(i int) {
	if a.word < 0 || a.gap {
		a.word = i
	}
}

// at takes an at sign: the last one of an address counts.
func (a *addresses) at(i int) {
	switch {
	case a.word >= 0 && (a.local < 0 || a.done && a.word > a.local):
		a.local = a.word
	case a.local < 0:
		a.local = i
	}
	a.domain, a.done, a.gap = a.domain[:0], false, false
	a.end = i + 1
}

// add takes an octet of a domain. White space ends it, but not beside a dot
// (RFC 5322, Section 4.4).
func (a *addresses) add(c byte, i int) {
	if n := len(a.domain); a.gap && n > 0 && c != '.' && a.domain[n-1] != '.' || c == ':' {
		a.done = true
	}
	a.gap = false
	if a.local >= 0 && !a.done {
		a.domain = append(a.domain, c)
		a.end = i + 1
	}
}

// finish ends an address.
func (a *addresses) finish() {
	if a.local >= 0 && !a.route() {
		a.list = append(a.list, Author{Name: a.name, Span: a.source.Span(a.local, a.end), Domain: domainName(string(a.domain))})
	}
	a.reset()
	a.angle, a.name = false, lint.Span{}
}

// maxDomain is more octets of UTF-8 than any name has that fits into 253 of ASCII.
const maxDomain = 1024

// domainName returns the name in A-labels, "" where the text is no name.
func domainName(text string) string {
	if len(text) > maxDomain || !utf8.ValidString(text) {
		return ""
	}
	name, err := lookup.FromUser(text)
	if err != nil || strings.ContainsAny(name, `\[]`) {
		return ""
	}
	return name
}

// comment returns the offset behind the comment at an offset, 0 where it does not end.
func (a *addresses) comment(i int) int {
	if a.noComment {
		return 0
	}
	end := commentEnd(a.text, i)
	a.noComment = end == 0
	return end
}

// commentEnd returns the offset behind the comment at an offset, 0 where it does not
// end.
func commentEnd(text string, i int) int {
	for depth := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// quotedEnd returns the offset behind the quoted string at an offset, 0 where it
// does not end.
func quotedEnd(text string, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
