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
}

type crossRule = lint.Rule[*CrossFacts]

// crossRules returns the rules that need more than one protocol.
func crossRules() []crossRule {
	return []crossRule{noAuthBehind, parkedNotReject, failWithoutDKIM, heloNotAligned}
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
			"and receivers do what the policy says. Not reported where keys may exist under selectors that nobody named.",
		Ref:  "RFC 9989, Section 5.1.1",
		Bad:  lint.Example{Zone: "@ MX 10 mail\nmail A 192.0.2.1\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"check", "example.com"}},
		Good: goodDomain,
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		policy := f.DMARC.Policy()
		if f.parked() || f.DMARC.Record == nil || policy == dmarc.None || policy == "" || f.SPF.Root.Err != spf.ErrNoRecord {
			return
		}
		if known, sure := f.keys(); known == 0 && sure {
			found(lint.Finding{Span: f.DMARC.Record.Source.Whole(), Hint: "Publish an SPF record and a DKIM key before the policy.",
				Message: fmt.Sprintf("%s asks receivers to %s what fails, but has neither an SPF record nor a DKIM key", f.DMARC.Domain, policy)})
		}
	},
}

var parkedNotReject = crossRule{
	Doc: lint.Doc{
		ID: "dmarc-parked-not-reject", Severity: lint.Warning,
		Title: "Domain without mail does not reject",
		Why:   "Nobody sends mail from a parked domain, so all mail in its name is forged: v=DMARC1; p=reject says so to receivers.",
		Ref:   "RFC 9989, Section 4.7",
		Bad:   lint.Example{Zone: "@ MX 0 .\n@ TXT \"v=spf1 -all\"", Args: []string{"check", "example.com"}},
		Good:  lint.Example{Zone: "@ MX 0 .\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"check", "example.com"}},
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		switch {
		case !f.parked() || f.DMARC.Err != nil && f.DMARC.Err != dmarc.ErrNoRecord || f.DMARC.Policy() == dmarc.Reject:
		case f.DMARC.Record == nil:
			source := lint.NewSource("TXT _dmarc."+f.DMARC.Domain, "")
			found(lint.Finding{Span: source.Whole(), Fix: lint.Rewrite(source, "v=DMARC1; p=reject"), Message: f.DMARC.Domain + " takes no mail and has no DMARC policy"})
		default:
			found(lint.Finding{Span: f.DMARC.Record.Source.Whole(), Hint: "Set the policy to reject.",
				Message: fmt.Sprintf("%s takes no mail, but its policy is %s", f.DMARC.Domain, f.DMARC.Policy())})
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
		if f.parked() || known > 0 || f.SPF.Root.Record == nil {
			return
		}
		if all := f.SPF.Root.Record.First(spf.All); all != nil && all.Qualifier == '-' && len(f.SPF.Root.Record.Terms) > 1 {
			found(lint.Finding{Span: all.Span, Message: "no DKIM key of the domain is known, so forwarded mail has nothing to pass with",
				Hint: "Sign the mail, and name the selector with --selector."})
		}
	},
}
