package dmarc

import (
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/lint"
)

const version = "DMARC1"

// hasVersion reports whether receivers take the text for a DMARC record: the
// version stands first, with nothing before it, the value in capitals
// (RFC 9989, Section 4.8).
func hasVersion(text string) bool {
	if text == "" || text[0]|0x20 != 'v' {
		return false
	}
	value, equals := strings.CutPrefix(strings.TrimLeft(text[1:], " \t"), "=")
	rest, known := strings.CutPrefix(strings.TrimLeft(value, " \t"), version)
	rest = strings.TrimLeft(rest, " \t")
	return equals && known && (rest == "" || rest[0] == ';')
}

// values lists what the tags with fixed values may say, in the order of Policy
// or with the default first; letters compare without case (RFC 9989, Section 4.8).
var values = map[string][]string{
	"p": policies, "sp": policies, "np": policies,
	"adkim": {"r", "s"}, "aspf": {"r", "s"}, "psd": {"u", "y", "n"}, "t": {"n", "y"},
}

var policies = []string{string(None), string(Quarantine), string(Reject)}

// Parse reads a record. It never fails; what is wrong stands in the tags.
func Parse(source *lint.Source) *Record {
	l := taglist.Parse(source)
	r := &Record{Source: source, Version: source.Span(0, 0), Tags: l.Tags, list: l, Options: "0", PSD: 'u'}
	if hasVersion(source.Text) {
		r.Version = l.Tags[0].Span
	}
	for i := range r.Tags {
		t := &r.Tags[i]
		if t.Err != nil {
			continue
		}
		name, value := t.Name.Text(), strings.ToLower(t.Value.Text())
		switch {
		case value == "":
			t.Err = ErrEmptyValue // RFC 9989, Section 4.8: 1*dmarc-value
		case values[name] != nil && !slices.Contains(values[name], value),
			name == "fo" && !isOptions(value):
			t.Err = ErrValue
		}
	}
	r.ADKIM, r.ASPF = r.alignment("adkim"), r.alignment("aspf")
	r.Testing = strings.EqualFold(r.valid("t"), "y")
	if fo := r.valid("fo"); fo != "" {
		r.Options = compact(strings.ToLower(fo))
	}
	if psd := r.valid("psd"); psd != "" {
		r.PSD = psd[0] | 0x20
	}
	r.RUA, r.RUF = uris(r.Tag("rua")), uris(r.Tag("ruf"))
	r.Policies = r.policies("p", "sp", "np")
	return r
}

func (r *Record) alignment(name string) Alignment {
	if strings.EqualFold(r.valid(name), "s") {
		return Strict
	}
	return Relaxed
}

func compact(list string) string { return strings.Join(strings.Fields(list), "") }

// isOptions reports whether a value of fo is a list of known letters in which 0
// and 1 exclude each other and none stands twice (RFC 9989, Section 4.7).
func isOptions(value string) bool {
	seen := ""
	for option := range strings.SplitSeq(compact(value), ":") {
		if len(option) != 1 || !strings.Contains("01ds", option) || strings.Contains(seen, option) {
			return false
		}
		seen += option
	}
	return !strings.Contains(seen, "0") || !strings.Contains(seen, "1")
}

// policies returns what is in force of these tags, the first of which must be
// there. Where one has no valid value the record acts as p=none alone if there is
// an address for reports, and not at all if there is none (RFC 9989,
// Section 4.10.1; RFC 7489, Section 6.6.3, which knows no np).
func (r *Record) policies(names ...string) Policies {
	var found [3]Policy
	for i, name := range names {
		t := r.Tag(name)
		if t == nil && i > 0 {
			continue
		}
		if found[i] = Policy(strings.ToLower(r.valid(name))); found[i] == "" {
			if usable(r.RUA) {
				return Policies{P: None}
			}
			return Policies{}
		}
	}
	return Policies{P: found[0], SP: found[1], NP: found[2]}
}
