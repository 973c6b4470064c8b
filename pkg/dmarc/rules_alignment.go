package dmarc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

var spfNotAligned = resultRule{
	Doc: lint.Doc{
		ID: "dmarc-spf-not-aligned", Severity: lint.Warning,
		Title: "SPF passes for another domain than the author's",
		Why:   "Such a pass does not count for DMARC. It is a notice where the message passes all the same, or where that is not known.",
		Ref:   "RFC 9989, Section 4.4.2",
		Bad:   lint.Example{Zone: newsletter + rejects, Message: unsigned, Args: sent},
		Good:  passing(),
	},
	Check: func(f *ResultFacts, report lint.ReportFunc) {
		for _, name := range f.strangers(f.Result.Results.SPF, spfMode) {
			report(f.stranger("SPF passes for "+f.named(name), fmt.Sprintf("Send with %s in MAIL FROM.", f.wanted(f.Record.ASPF))))
		}
	},
}

var dkimNotAligned = resultRule{
	Doc: lint.Doc{
		ID: "dmarc-dkim-not-aligned", Severity: lint.Warning,
		Title: "Signature is of another domain than the author's",
		Why: "Such a signature does not count for DMARC. It is a notice where the message passes all the same, as many services add a " +
			"signature of their own, or where that is not known.",
		Ref:  "RFC 9989, Section 4.4.1",
		Bad:  lint.Example{Zone: signerZone + otherRejects, Args: []string{"verify", "testdata/mail/third-party.eml", "--ip", "192.0.2.9", "--sender", "ann@example.org"}},
		Good: passing(),
	},
	Check: func(f *ResultFacts, report lint.ReportFunc) {
		for _, name := range f.strangers(f.Result.Results.DKIM, dkimMode) {
			report(f.stranger("a signature of "+f.named(name)+" verifies", fmt.Sprintf("Sign with %s.", f.wanted(f.Record.ADKIM))))
		}
	},
}

// spfMode and dkimMode return how near an identifier must be to the Author Domain.
func spfMode(r *Record) Alignment  { return r.ASPF }
func dkimMode(r *Record) Alignment { return r.ADKIM }

// strangers returns the domains that passed and are surely not aligned, each once.
// Without a usable record nothing is to be aligned.
func (f *ResultFacts) strangers(identifiers []Identifier, mode func(r *Record) Alignment) []string {
	if f.Record == nil || f.Result.Status == StatusPermError {
		return nil
	}
	var names []string
	for _, id := range identifiers {
		name, err := lookup.FromUser(id.Domain)
		if err != nil || name == "" || !id.passed() || slices.Contains(names, name) {
			continue
		}
		if aligned, err := f.compare(name, mode(f.Record)); !aligned && err == nil {
			names = append(names, name)
		}
	}
	return names
}

// stranger is the finding about an identifier that is not aligned.
func (f *ResultFacts) stranger(what, hint string) lint.Finding {
	found := lint.Finding{Severity: lint.Notice, Span: f.place(), Message: fmt.Sprintf("%s, which is not aligned with %s", what, f.Domain), Hint: hint}
	if f.Result.Status == StatusFail && len(f.Open) == 0 {
		found.Severity = lint.Warning
	}
	return found
}

// wanted says which identifier is aligned.
func (f *ResultFacts) wanted(mode Alignment) string {
	if mode == Strict || f.OrgErr != nil {
		return f.Domain
	}
	return "a domain of " + f.OrgDomain
}

// named returns a name with its Organizational Domain, where that is known and
// another one.
func (f *ResultFacts) named(name string) string {
	if org := f.organization(name); org != "" && org != name {
		return fmt.Sprintf("%s (Organizational Domain %s)", name, org)
	}
	return name
}

// organization returns the Organizational Domain of an identifier, "" where it is not
// known.
func (f *ResultFacts) organization(name string) string {
	switch at := slices.IndexFunc(f.Walks, func(w *Walk) bool { return w.Start == name }); {
	case f.Standard == RFC7489:
		return f.Suffixes.Organizational(name)
	case name == f.Domain && f.OrgErr == nil:
		return f.OrgDomain
	case at >= 0:
		if org, err := f.Walks[at].Org(); err == nil {
			return org
		}
	}
	return ""
}

// maxShown is how many identifiers a message shows. Real mail has two or three.
const maxShown = 5

// identifiers says what SPF and DKIM said and whether that is aligned; those that
// count come first.
func (f *ResultFacts) identifiers() string {
	var counting, others []string
	add := func(method string, identifiers []Identifier, mode Alignment) {
		for _, id := range identifiers {
			into, text := &others, method+" is "+f.describe(id, mode)
			if id.counts() {
				into = &counting
			}
			if !slices.Contains(*into, text) && len(*into) < maxShown {
				*into = append(*into, text)
			}
		}
	}
	add("SPF", f.Result.Results.SPF, f.Record.ASPF)
	add("DKIM", f.Result.Results.DKIM, f.Record.ADKIM)
	if len(f.Result.Results.DKIM) == 0 {
		others = append(others, "DKIM is none")
	}
	return strings.Join(append(counting, others...), "; ")
}

// describe says what an identifier is.
func (f *ResultFacts) describe(id Identifier, mode Alignment) string {
	name, err := lookup.FromUser(id.Domain)
	if err != nil || name == "" {
		return id.Result + " for no domain"
	}
	text := fmt.Sprintf("%s for %s", id.Result, f.named(name))
	aligned, err := f.compare(name, mode)
	switch {
	case err != nil || !aligned && !id.passed():
		return text
	case !aligned:
		return text + ", not aligned"
	case !id.passed():
		return text + ", which would be aligned"
	}
	return text + ", aligned"
}

// wouldPass reports whether the domain of a check that did not pass is aligned.
func (f *ResultFacts) wouldPass() bool {
	near := func(identifiers []Identifier, mode Alignment) bool {
		return slices.ContainsFunc(identifiers, func(id Identifier) bool {
			aligned, _ := f.compare(id.Domain, mode)
			return aligned && !id.passed()
		})
	}
	return near(f.Result.Results.SPF, f.Record.ASPF) || near(f.Result.Results.DKIM, f.Record.ADKIM)
}
