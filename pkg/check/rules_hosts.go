package check

import (
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

// inZone is an example of a file with the zone of example.com.
func inZone(records string) lint.Example {
	return lint.Example{Args: []string{"lint", "zone"}, Zone: "@ SOA ns h 1 2 3 4 5\n@ MX 10 mail\n@ TXT \"v=spf1 mx -all\"\nmail A 192.0.2.1\n" + records}
}

const mailRecord = `mail TXT "v=spf1 a -all"`

var hostWithoutRecord = crossRule{
	Doc: lint.Doc{
		ID: "spf-host-without-record", Severity: lint.Notice,
		Title: "Mail host without an SPF record",
		Why: "A bounce has no sender, so the name that the host gives with HELO is judged. The record v=spf1 a -all lets it pass and keeps others from " +
			"using the name. Only files tell which hosts have none.",
		Ref:  "RFC 7208, Section 10.1.2",
		Bad:  inZone(""),
		Good: inZone(mailRecord),
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		for _, x := range f.Host.Exchanges {
			if name := x.Host.Name; f.files.bare[name] {
				source := lint.NewSource("TXT "+name, "")
				found(lint.Finding{Span: source.Whole(), Fix: lint.Rewrite(source, "v=spf1 a -all"), Message: name + " is a mail host and has no SPF record"})
			}
		}
	},
}

var subdomainUnprotected = crossRule{
	Doc: lint.Doc{
		ID: "spf-subdomain-unprotected", Severity: lint.Notice,
		Title: "Names below the domain that anybody can use",
		Why: "A record does not count for the names below its own. Where those have addresses but neither an SPF record nor a DMARC policy that is applied, " +
			"receivers cannot tell forged mail in their name. Only files tell which names there are.",
		Ref:  "RFC 7208, Section 10.1.2",
		Bad:  inZone(mailRecord + "\nwww A 192.0.2.2\n_dmarc TXT \"v=DMARC1; p=reject; sp=none\""),
		Good: inZone(mailRecord + "\nwww A 192.0.2.2\n_dmarc TXT \"v=DMARC1; p=reject\""),
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		if names := f.files.below; len(names) > 0 && f.openBelow() {
			found(lint.Finding{Span: lint.NewSource("TXT "+names[0], "").Whole(), Message: lint.Few(names) + ": no SPF record, and no DMARC policy that is applied",
				Hint: `Publish "v=spf1 -all" at names that send no mail, or a DMARC policy for all of them, such as sp=reject.`})
		}
	},
}

// openBelow reports whether no DMARC policy is applied to the names below the domain.
func (f *CrossFacts) openBelow() bool {
	d := f.DMARC
	if d.Record == nil {
		return d.Err == dmarc.ErrNoRecord
	}
	policy := d.Policies().Subdomain()
	return d.Covers() && policy != "" && !dmarc.None.Weaker(d.Requested(policy))
}

var autoconfigMissing = crossRule{
	Doc: lint.Doc{
		ID: "autoconfig-missing", Severity: lint.Notice,
		Title: "Nothing tells mail programs the servers",
		Why: "Programs look for SRV records such as _submissions._tcp and _imaps._tcp, and for the hosts autoconfig and autodiscover; without them people type the names of " +
			"the servers, and some type wrong ones. It is told of domains with mail hosts of their own, since programs know those of large providers, and only of files.",
		Ref:  "operational",
		Bad:  inZone(mailRecord),
		Good: inZone(mailRecord + "\n_submissions._tcp SRV 0 1 465 mail\n_imaps._tcp SRV 0 1 993 mail"),
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		own := func(x *mailhost.Exchange) bool { return strings.HasSuffix("."+x.Host.Name, "."+f.Host.Domain) }
		if len(f.files.programs) == 0 || !slices.ContainsFunc(f.Host.Exchanges, own) || f.parked() || !f.atTop() {
			return
		}
		for _, reply := range f.files.programs {
			if reply.Err != nil || !reply.Answer.Void() || len(reply.Answer.Chain) > 0 {
				return
			}
		}
		first := f.files.programs[0].Question
		found(lint.Finding{Span: lint.NewSource(first.String(), "").Whole(), Message: "no record tells mail programs the servers of " + f.Host.Domain,
			Hint: "Publish an SRV record at " + first.Name + " and one for reading, such as at _imaps._tcp." + f.Host.Domain + "."})
	},
}
