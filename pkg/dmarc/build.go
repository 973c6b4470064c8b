package dmarc

import (
	"strings"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// Plan is what a record shall say.
type Plan struct {
	P           Policy    // for the domain; must be set
	SP, NP      Policy    // for subdomains that exist, and that do not; empty: as the one before
	Testing     bool      // t=y: each policy is applied one level lower
	ADKIM, ASPF Alignment // 0: relaxed
	RUA, RUF    []Address // that take aggregate and failure reports
	Options     string    // fo; empty: its default
	PSD         byte      // 'y', 'n'; 0: its default
}

// Part is a piece of a record with what it says.
type Part struct{ Text, Why string }

// policyWords says what receivers do with mail that fails.
var policyWords = map[Policy]string{
	None:       "is treated as if there were no DMARC",
	Quarantine: "is put aside, as into the junk folder",
	Reject:     "is refused",
}

// Parts returns the tags of the record in the order that older receivers want, the
// policy right behind the version (RFC 9989, Section 4.8; RFC 7489, Section 6.4).
func (p Plan) Parts() []Part {
	parts := []Part{{"v=DMARC1", "a DMARC record"}}
	add := func(text, why string) { parts = append(parts, Part{text, why}) }
	add("p="+string(p.P), "mail that fails "+policyWords[p.P])
	if p.SP != "" {
		add("sp="+string(p.SP), "mail from names below the domain that fails "+policyWords[p.SP])
	}
	if p.NP != "" {
		add("np="+string(p.NP), "mail from names below the domain that do not exist "+policyWords[p.NP])
	}
	if p.Testing {
		add("t=y", "a test: each policy is applied one level lower, reject as quarantine and quarantine as none")
	}
	if p.ADKIM == Strict {
		add("adkim=s", "only signatures of the very domain in From count, none of others of the organization")
	}
	if p.ASPF == Strict {
		add("aspf=s", "SPF counts only for the very domain in From, not for others of the organization")
	}
	if p.Options != "" {
		add("fo="+p.Options, "when failure reports are wanted")
	}
	if p.PSD != 0 {
		add("psd="+string(p.PSD), "whether the domain is a public suffix; it settles where the organization begins")
	}
	if len(p.RUA) > 0 {
		add("rua="+uriList(p.RUA), "where the daily reports go")
	}
	if len(p.RUF) > 0 {
		add("ruf="+uriList(p.RUF), "where reports on single messages go, which few receivers send")
	}
	return parts
}

func uriList(list []Address) string {
	words := make([]string, len(list))
	for i, a := range list {
		words[i] = a.uri()
	}
	return strings.Join(words, ",")
}

// Record returns the text of the record.
func (p Plan) Record() string {
	var words []string
	for _, part := range p.Parts() {
		words = append(words, part.Text)
	}
	return strings.Join(words, "; ")
}

// Older says what receivers that keep to RFC 7489 make of the record, one sentence
// each.
func (p Plan) Older() []string {
	var notes []string
	if p.Testing {
		notes = append(notes, "Receivers that keep to RFC 7489 do not know t: they apply the policies in full.")
	}
	if p.NP != "" && p.NP != (Policies{P: p.P, SP: p.SP}).Subdomain() {
		notes = append(notes, "Receivers that keep to RFC 7489 do not know np: for names that do not exist they apply "+
			string(Policies{P: p.P, SP: p.SP}.Subdomain())+", as for other names below the domain.")
	}
	if p.PSD != 0 {
		notes = append(notes, "Receivers that keep to RFC 7489 do not know psd: they go by the Public Suffix List.")
	}
	return notes
}

// Agreements returns the names at which other organizations must publish the TXT
// record "v=DMARC1" to get the reports of a domain, by the Public Suffix List
// (RFC 9990, Section 4).
func (p Plan) Agreements(domain string) []string {
	var suffixes *Suffixes
	var names []string
	seen := map[string]bool{}
	for _, list := range [...][]Address{p.RUA, p.RUF} {
		for _, a := range list {
			if seen[a.Host] || suffixes.Organizational(a.Host) == suffixes.Organizational(domain) {
				continue
			}
			seen[a.Host] = true
			if name, err := lookup.Canonical(domain + "._report._dmarc." + a.Host); err == nil {
				names = append(names, name)
			}
		}
	}
	return names
}
