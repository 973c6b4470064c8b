package check

import (
	"fmt"
	"mime"
	"strings"
	"unicode"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

var signedBySuffix = mailRule{
	Doc: lint.Doc{
		ID: "dkim-sig-d-is-public-suffix", Severity: lint.Warning,
		Title: "Signature in the name of a public suffix",
		Why: "Below a name such as co.uk everybody can have a domain, so a signature of the suffix says nothing about who sent the message, and receivers may ignore it. " +
			"The Public Suffix List tells which these are; suffixes of services in the built-in list do not count.",
		Ref:  "RFC 6376, Section 6.1.1",
		Bad:  signedAs("co.uk"),
		Good: signedAs("example.co.uk"),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		for i := range f.Message.Signatures {
			s := f.Message.Signatures[i].Signature
			if s.KeyName == "" {
				continue // not looked at, or d= is no domain
			}
			domain, err := lookup.FromUser(s.Domain)
			if err == nil && f.DMARC.Suffixes.Registry(domain) {
				report(lint.Finding{Span: s.List.Get("d").Span, Message: fmt.Sprintf("d= is %s, a public suffix", domain),
					Hint: "Sign with a domain of your own in d=."})
			}
		}
	},
}

// signedAs is the example of a message with another domain in d=.
func signedAs(domain string) lint.Example {
	e := claiming("")
	e.Message = strings.Replace(e.Message, "d=example.com", "d="+domain, 1)
	return e
}

var displayNameSpoof = mailRule{
	Doc: lint.Doc{
		ID: "dmarc-display-name-spoof", Severity: lint.Warning,
		Title: "Name of the author shows an address of somebody else",
		Why: "Many mail programs show the name and not the address, so people take the message for one of the domain in the name, which DMARC does not look at. " +
			"Ticket systems and forms do it, too. It is a notice on mail of lists (List-Id), which put the author's address there. Names of one organization are not told.",
		Ref:  "RFC 9989, Section 11.4",
		Bad:  fromName(`"ceo@example.net"`),
		Good: fromName(`"ann@example.com"`),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		for i := range f.Message.Authors {
			a := &f.Message.Authors[i]
			if a.Domain == "" || a.Name.Empty() {
				continue
			}
			shown, list := shownDomain(a.Name.Text()), f.DMARC.Suffixes
			if shown == "" || list.Organizational(shown) == list.Organizational(a.Domain) {
				continue
			}
			found := lint.Finding{Span: a.Name, Message: fmt.Sprintf("the name shows an address at %s, but the message is from %s", shown, a.Domain),
				Hint: "Write the name of a person or of the organization, without an address."}
			if len(f.Message.Named("List-Id")) > 0 {
				found.Severity = lint.Notice
			}
			report(found)
		}
	},
}

// fromName is the example of a message whose author has this display name.
func fromName(name string) lint.Example {
	e := claiming("")
	e.Message = strings.Replace(e.Message, "From: Ann ", "From: "+name+" ", 1)
	return e
}

// maxDisplayName is more octets than any name that people read.
const maxDisplayName = 1000

// shownDomain returns the domain of the first address that a display name holds, "" where
// it holds none.
func shownDomain(name string) string {
	name = name[:min(len(name), maxDisplayName)]
	if strings.Contains(name, "=?") {
		if text, err := new(mime.WordDecoder).DecodeHeader(name); err == nil {
			name = text
		}
	}
	for {
		local, rest, found := strings.Cut(name, "@")
		if !found {
			return ""
		}
		name = rest
		end := strings.IndexFunc(rest, func(c rune) bool { return !inDomain(c) })
		if end < 0 {
			end = len(rest)
		}
		if local == "" || strings.ContainsAny(local[len(local)-1:], " \t\"'(<,;:") {
			continue
		}
		domain, err := lookup.FromUser(strings.Trim(rest[:end], "."))
		// No top of the DNS begins with a digit.
		if at := strings.LastIndexByte(domain, '.'); err == nil && at > 0 && !unicode.IsDigit(rune(domain[at+1])) {
			return domain
		}
	}
}

// inDomain reports whether a character may be one of a domain's name.
func inDomain(c rune) bool {
	return c == '.' || c == '-' || unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c)
}
