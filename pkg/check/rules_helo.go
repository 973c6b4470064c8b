package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/report"
)

// strangeHELO reports whether the HELO name belongs to its client, but is akin neither
// to the client's reverse names nor to the domain. It is false where one of them is
// not known.
func strangeHELO(r report.Results) bool {
	h := r.Host.HELO
	if h == nil || !h.Named() || !h.Host.Has(h.Client) || r.DMARC.OrgErr != nil || akin(h.Host.Name, r.DMARC.OrgDomain) {
		return false
	}
	v := r.Host.Reverse(h.Client)
	if v == nil || v.Status() != mailhost.Pass || len(v.Names) < len(v.PTR.Answer.Records) {
		return false
	}
	return !slices.ContainsFunc(v.Names, func(name *mailhost.Host) bool { return name.Err() != nil || akin(h.Host.Name, name.Name) })
}

// akin reports whether two names may be those of one organization: one is within the
// other, or their last two labels are the same. That is never too few: names of two
// organizations below co.uk are akin, too.
func akin(a, b string) bool {
	return strings.HasSuffix("."+a, "."+b) || strings.HasSuffix("."+b, "."+a) || lastLabels(a) == lastLabels(b)
}

// lastLabels returns the last two labels of a name.
func lastLabels(name string) string {
	labels := strings.Split(name, ".")
	return strings.Join(labels[max(len(labels)-2, 0):], ".")
}

// heloOfSender is an example of the name that the client 192.0.2.1, whose reverse name
// is host.example.net, gives.
func heloOfSender(name string) lint.Example {
	return lint.Example{Args: []string{"check", "example.com", "--ip", "192.0.2.1", "--helo", name},
		Zone: name + ". A 192.0.2.1\nhost.example.net. A 192.0.2.1\n1.2.0.192.in-addr.arpa. PTR host.example.net."}
}

var heloNotAligned = crossRule{
	Doc: lint.Doc{
		ID: "helo-not-aligned", Severity: lint.Notice,
		Title: "HELO name of a third party",
		Why: "The name belongs to the client, but has nothing in common with the client's reverse name or with the domain. " +
			"Filters trust a sender more whose names agree.",
		Ref:  "operational",
		Bad:  heloOfSender("mail.example.org"),
		Good: heloOfSender("mail.example.com"),
	},
	Check: func(f *CrossFacts, found lint.ReportFunc) {
		if strangeHELO(f.Results) {
			h := f.Host.HELO
			found(lint.Finding{Span: h.Source.Whole(), Message: fmt.Sprintf("%s gives the name %s, its reverse name is %s, and it sends for %s",
				h.Client, h.Host.Name, f.Host.Reverse(h.Client).Shown(), f.Host.Domain)})
		}
	},
}
