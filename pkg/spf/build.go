package spf

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
)

// Plan is what a record shall say. The zero value is a domain that sends nothing.
type Plan struct {
	Networks []netip.Prefix // that may send
	A, MX    []string       // domains whose addresses or mail hosts may, "" for the domain itself; prefix lengths behind them
	Includes []string       // domains whose records name more senders
	Exists   []string       // names with macros that exist for those that may
	Redirect string         // domain whose record decides about all others; All is 0 then
	All      byte           // qualifier for all others; 0: '-', or what Redirect says
	Exp      string         // name with the explanation for fail
}

// Part is a piece of a record with what it says.
type Part struct{ Text, Why string }

// resultWords says what becomes of senders that no term names.
var resultWords = map[byte]string{
	'-': "all others fail; some receivers refuse their mail before they look at DKIM and DMARC",
	'~': "all others softfail: receivers go on to DKIM and DMARC, which decide",
	'?': "of all others nothing is said",
	'+': "everybody may send",
}

// Parts returns the pieces of the record, those without lookups first.
func (p Plan) Parts() []Part {
	parts := []Part{{version, "an SPF record"}}
	add := func(text, format string, args ...any) {
		parts = append(parts, Part{text, fmt.Sprintf(format, args...)})
	}
	for _, n := range p.Networks {
		word := "this network"
		if n.IsSingleIP() {
			word = "this address"
		}
		add(networkText(n.Masked()), "%s may send", word)
	}
	for _, kind := range [...]struct {
		kind  Kind
		names []string
		what  string
	}{
		{A, p.A, "the addresses of"}, {MX, p.MX, "the mail hosts of"},
	} {
		for _, name := range kind.names {
			domain, _, _ := strings.Cut(name, "/")
			if domain == "" {
				add(kind.kind.String()+name, "%s the domain itself may send (1 lookup)", kind.what)
			} else {
				add(kind.kind.String()+":"+name, "%s %s may send (1 lookup)", kind.what, domain)
			}
		}
	}
	for _, name := range p.Includes {
		add("include:"+name, "whom the record of %s passes may send (1 lookup and those of that record)", name)
	}
	for _, name := range p.Exists {
		add("exists:"+name, "those may send for whom this name exists (1 lookup)")
	}
	if p.All != 0 || p.Redirect == "" {
		all := cmp.Or(p.All, '-')
		add(qualified(all, "all"), "%s", resultWords[all])
	}
	if p.Redirect != "" {
		add("redirect="+p.Redirect, "the record of %s decides about all others (1 lookup and those of that record)", p.Redirect)
	}
	if p.Exp != "" {
		add("exp="+p.Exp, "the text at this name is told to those that fail")
	}
	return parts
}

// Record returns the text of the record.
func (p Plan) Record() string {
	var words []string
	for _, part := range p.Parts() {
		words = append(words, part.Text)
	}
	return strings.Join(words, " ")
}
