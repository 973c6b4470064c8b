package check

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/spf"
)

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

// parkedZone is a domain without mail that says so in every record.
const parkedZone = "@ MX 0 .\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; adkim=s; aspf=s\"\n*._domainkey TXT \"v=DKIM1; p=\""

var parkedRelaxed = crossRule{
	Doc: lint.Doc{
		ID: "dmarc-parked-alignment-relaxed", Severity: lint.Notice,
		Title: "Domain without mail has relaxed alignment",
		Why: "Nobody sends mail from a parked domain, so nothing is to pass in its name: with strict alignment not even the results of " +
			"other names of the organization count.",
		Ref:  "RFC 9989, Section 4.4",
		Bad:  lint.Example{Zone: "@ MX 0 .\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"check", "example.com", "--profile", "parked"}},
		Good: lint.Example{Zone: parkedZone, Args: []string{"check", "example.com", "--profile", "parked"}},
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		r := f.DMARC.Record
		// The record of another name is also for names that do send.
		if !f.parked() || r == nil || f.DMARC.Inherited() || f.DMARC.Policy() != dmarc.Reject || r.ADKIM == dmarc.Strict && r.ASPF == dmarc.Strict {
			return
		}
		found(lint.Finding{Span: r.Source.Whole(), Message: f.DMARC.Domain + " takes no mail, but what passes for another name of the organization passes for it, too", Hint: "Write adkim=s; aspf=s."})
	},
}

var parkedNoWildcard = crossRule{
	Doc: lint.Doc{
		ID: "dkim-wildcard-revocation-parked", Severity: lint.Notice,
		Title: "Domain without mail does not revoke all its keys",
		Why:   "An empty p= at the wildcard below _domainkey says of every selector that its key is revoked: no signature in the name of a parked domain is valid.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: "@ MX 0 .\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: []string{"check", "example.com", "--profile", "parked"}},
		Good:  lint.Example{Zone: parkedZone, Args: []string{"check", "example.com", "--profile", "parked"}},
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		if known, _ := f.keys(); f.parked() && known == 0 && f.DKIM.NoWildcard() {
			name := "*._domainkey." + f.DKIM.Domain
			found(lint.Finding{Span: lint.NewSource("TXT "+name, "").Whole(), Message: fmt.Sprintf("%s takes no mail, and %s does not exist", f.DKIM.Domain, name),
				Hint: `Publish there the TXT record "v=DKIM1; p=".`})
		}
	},
}

var parkedAuthorizes = crossRule{
	Doc: lint.Doc{
		ID: "spf-parked-authorizes-senders", Severity: lint.Warning,
		Title: "Domain that is said to send nothing authorizes senders",
		Why: "With --profile parked or no-send nobody sends mail from the domain, so whom its SPF record lists can only forge: v=spf1 -all lists nobody. " +
			"A domain that says by a null MX that it has no mail is told of by spf-non-mail-domain-not-null.",
		Ref:  "RFC 7208, Section 10.1.2",
		Bad:  lint.Example{Zone: "@ MX 10 mx\nmx A 192.0.2.1\n@ TXT \"v=spf1 mx -all\"", Args: []string{"check", "example.com", "--profile", "parked"}},
		Good: lint.Example{Zone: "@ MX 10 mx\nmx A 192.0.2.1\n@ TXT \"v=spf1 -all\"", Args: []string{"check", "example.com", "--profile", "no-send"}},
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		record := f.SPF.Root.Record
		if f.Profile != mailhost.Parked && f.Profile != mailhost.NoSend || f.SPF.NullMX() || record == nil || record.Err() != nil {
			return
		}
		for i := range record.Terms {
			t := &record.Terms[i]
			switch {
			case t.Kind.Modifier():
				continue
			case t.Kind == spf.All && t.Qualifier == '-':
				return
			}
			found(lint.Finding{Span: t.Span, Fix: lint.Rewrite(record.Source, "v=spf1 -all"),
				Message: fmt.Sprintf("%s is said to send no mail, but %q stands before -all", f.SPF.Domain, t.Text())})
			return
		}
	},
}
