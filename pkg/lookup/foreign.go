package lookup

import (
	"strings"

	"github.com/miekg/dns"

	"github.com/authcheck/authcheck/pkg/lint"
)

// foreign keeps a record that is right for other readers, if not for this one: the
// name exists. tokens start with its type; at is where a limit is reported.
func (r *reader) foreign(tokens []token, at token) error {
	if err := r.admit(r.owner, at); err != nil {
		return err
	}
	r.zone.addName(r.owner)
	_, known := parseType(tokens[0])
	if !known {
		r.zone.foreign = append(r.zone.foreign, r.owner)
	}
	text, anchors := joinTokens(tokens[1:])
	name := r.owner
	if name == "" {
		name = "."
	}
	source := lint.NewFileSource(tokens[0].text+" "+name, r.file, text, anchors)
	r.judged.Foreign = append(r.judged.Foreign, Foreign{Source: source, Type: tokens[0].text, Known: known})
	return nil
}

// isMnemonic reports whether a word looks like the type of a record: master files
// have them in capital letters, and prose does not.
func isMnemonic(t token) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return !t.quoted && len(t.text) > 1 && strings.IndexByte(letters, t.text[0]) >= 0 && strings.Trim(t.text, letters+"0123456789_-") == "" &&
		!isClass(t) && !strings.HasPrefix(t.text, "TYPE") && dns.StringToType[t.text] == 0
}

// mayBeForeign reports whether data that cannot be read may be right all the same:
// those of types that only the library reads, and that change no other answer.
func mayBeForeign(typ Type, tokens []token) bool {
	switch typ {
	case TypeA, TypeAAAA, TypeNS, TypeCNAME, TypePTR, TypeMX, TypeTXT, TypeSPF, TypeSOA, Type(dns.TypeDNAME):
		return false
	}
	return len(tokens) > 0 && !tokens[0].is(`\#`)
}

// adrift notes a name that is relative to an origin that nobody has stated.
func (f *File) adrift(name string) {
	if f.Relative == nil {
		f.Relative = map[string]bool{}
	}
	f.Relative[name] = true
}
