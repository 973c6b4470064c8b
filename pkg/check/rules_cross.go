package check

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// CrossFacts is what all protocols together gathered about a domain.
type CrossFacts struct {
	report.Results
	Profile mailhost.Profile
	files   fileFacts
}

type crossRule = lint.Rule[*CrossFacts]

// crossRules returns the rules that need more than one protocol.
func crossRules() []crossRule {
	return []crossRule{noAuthBehind, spfOnly, parkedNotReject, parkedRelaxed, parkedNoWildcard, parkedAuthorizes, failWithoutDKIM, heloNotAligned, wildcardText, hostWithoutRecord, subdomainUnprotected, autoconfigMissing}
}

// parked reports whether the domain is said, or says itself, to have no mail.
func (f *CrossFacts) parked() bool {
	return f.Profile == mailhost.Parked || f.SPF.NullMX() && !f.Host.Sends()
}

// keys returns the number of usable keys that are known, and whether there can be
// others.
func (f *CrossFacts) keys() (known int, sure bool) {
	for i := range f.DKIM.Selectors {
		if s := &f.DKIM.Selectors[i]; s.Record != nil && s.Err == nil {
			known++
		}
	}
	return known, f.DKIM.NoKeys()
}

// spfAlone reports whether the policy of a domain that sends rests on SPF alone. A
// name below the organization's may sign with the keys of that, unless alignment is
// strict.
func (f *CrossFacts) spfAlone() bool {
	r, spfRecord := f.DMARC.Record, f.SPF.Root.Record
	if f.parked() || f.Profile == mailhost.NoSend || r == nil || !dmarc.None.Weaker(f.DMARC.Policy()) || spfRecord == nil || !f.DKIM.NoKeys() {
		return false
	}
	if nobody := len(spfRecord.Terms) == 0 || len(spfRecord.Terms) == 1 && spfRecord.First(spf.All) != nil; nobody {
		return false
	}
	return r.ADKIM == dmarc.Strict || f.atTop()
}

// atTop reports whether the domain is known to be its own Organizational Domain: no
// name above it can sign or send for it.
func (f *CrossFacts) atTop() bool {
	return f.DMARC.OrgErr == nil && f.DMARC.OrgDomain == f.DMARC.Domain
}

var goodDomain = lint.Example{Args: []string{"check", "example.com", "--selector", "s1"}, Zone: `@ MX 10 mail
mail A 192.0.2.1
mail AAAA 2001:db8::1
mail TXT "v=spf1 a -all"
1.2.0.192.in-addr.arpa. PTR mail
@ TXT "v=spf1 mx -all"
s1._domainkey TXT "v=DKIM1; k=ed25519; p=GcE2Pn2tsIGV9uFE3PyXH70QMuF4zmN5J4qOvyukSZ4="
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"`}

var noAuthBehind = crossRule{
	Doc: lint.Doc{
		ID: "dmarc-no-auth-behind", Severity: lint.Error,
		Title: "DMARC policy with nothing behind it",
		Why: "DMARC passes what SPF or DKIM passes. Without a usable SPF record and without a key every message of the domain fails, " +
			"and receivers do what the policy says. Not reported where keys may exist under selectors that nobody named, or where the domain above may sign or send for this one.",
		Ref:  "RFC 9989, Section 5.1.1",
		Bad:  lint.Example{Zone: "@ MX 10 mail\nmail A 192.0.2.1\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"check", "example.com"}},
		Good: goodDomain,
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		policy := f.DMARC.Policy()
		if f.parked() || f.DMARC.Record == nil || policy == dmarc.None || policy == "" || f.SPF.Root.Err != spf.ErrNoRecord {
			return
		}
		// RFC 9989, Section 4.4: relaxed, an identifier of the organization is aligned.
		if r := f.DMARC.Record; !f.atTop() && (r.ADKIM != dmarc.Strict || r.ASPF != dmarc.Strict) {
			return
		}
		if known, sure := f.keys(); known == 0 && sure {
			found(lint.Finding{Span: f.DMARC.Record.Source.Whole(), Hint: "Publish an SPF record and a DKIM key before the policy.",
				Message: fmt.Sprintf("%s asks receivers to %s what fails, but has neither an SPF record nor a DKIM key", f.DMARC.Domain, policy)})
		}
	},
}

var spfOnly = crossRule{
	Doc: lint.Doc{
		ID: "dmarc-spf-only", Severity: lint.Warning,
		Title: "DMARC policy that rests on SPF alone",
		Why: "Forwarded mail comes from other hosts and fails SPF, so without a DKIM signature it fails DMARC, and receivers do what the policy says. " +
			"A domain with p=reject must not rely on SPF alone. It is told where no key can exist at the domain.",
		Ref:  "RFC 9989, Sections 7.4 and 8",
		Bad:  lint.Example{Zone: "@ TXT \"v=spf1 ip4:192.0.2.1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"check", "example.com"}},
		Good: goodDomain,
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		if f.spfAlone() {
			found(lint.Finding{Span: f.DMARC.Record.Source.Whole(), Hint: "Sign the mail with DKIM, and publish the key, before a policy other than none.",
				Message: fmt.Sprintf("%s asks receivers to %s what fails, and without a DKIM key only SPF can pass", f.DMARC.Domain, f.DMARC.Policy())})
		}
	},
}

var failWithoutDKIM = crossRule{
	Doc: lint.Doc{
		ID: "spf-all-fail-without-dkim", Severity: lint.Notice,
		Title: "-all and no DKIM key",
		Why:   "Forwarded mail comes from other hosts and fails SPF; only a DKIM signature can still pass. Some receivers refuse at -all before they look at DMARC.",
		Ref:   "RFC 9989, Section 7.1",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 ip4:192.0.2.1 -all\"", Args: []string{"check", "example.com"}},
		Good:  goodDomain,
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		known, _ := f.keys()
		if f.parked() || known > 0 || f.SPF.Root.Record == nil || f.spfAlone() {
			return
		}
		if all := f.SPF.Root.Record.First(spf.All); all != nil && all.Qualifier == '-' && len(f.SPF.Root.Record.Terms) > 1 {
			found(lint.Finding{Span: all.Span, Message: "no DKIM key of the domain is known, so forwarded mail has nothing to pass with",
				Hint: "Sign the mail, and name the selector with --selector."})
		}
	},
}
