package check

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// Why a record is not built.
var (
	errAllAndRedirect = errors.New("all and redirect exclude each other: receivers ignore a redirect beside all")
	errTestOfNothing  = errors.New("a test of the policy none tests nothing: t=y lowers a policy by one level")
	errOptionsNoRUF   = errors.New("options for failure reports need an address that takes them")
)

// deliberate are the warnings about what was asked for by its name.
var deliberate = map[string]bool{"spf-lookups-near-limit": true, "dmarc-t-test-mode": true, "dmarc-psd-n-changes-org": true}

// idle are the notices about what was asked for and does nothing.
var idle = map[string]bool{
	"spf-ip-private": true, "spf-ip-duplicate": true, "spf-include-duplicate": true, "spf-exists-no-macro": true, "spf-exp-without-fail": true,
	"dmarc-uri-duplicate": true,
}

// refuse returns the first error or warning, or notice of what does nothing, as the
// reason not to build a record.
func refuse(found []lint.Finding) error {
	lint.Sort(found)
	for _, f := range found {
		if f.Severity < lint.Warning && !idle[f.RuleID] || deliberate[f.RuleID] {
			continue
		}
		if f.Hint != "" {
			return fmt.Errorf("%s [%s]: %s", f.Message, f.RuleID, f.Hint)
		}
		return fmt.Errorf("%s [%s]", f.Message, f.RuleID)
	}
	return nil
}

// BuildSPF returns the record of a plan, for a domain if one is given. The error
// says why such a record should not be.
func BuildSPF(domain string, plan spf.Plan) (*report.Report, error) {
	if plan.Redirect != "" && plan.All != 0 {
		return nil, errAllAndRedirect
	}
	text := plan.Record()
	facts := spf.InspectText(domain, lint.NewSource("text", text))
	if err := refuse(lint.Run(spf.Rules(), facts)); err != nil {
		return nil, err
	}
	built := report.BuiltRecord{Name: domain, Type: "TXT", Text: text}
	for _, p := range plan.Parts() {
		built.Parts = append(built.Parts, report.Part(p))
	}
	out := report.Built{Records: []report.BuiltRecord{built}}
	if n := facts.Worst.Lookups; len(plan.Includes) > 0 || plan.Redirect != "" {
		out.Notes = []string{fmt.Sprintf("%d of %d lookups, and what the records of others need. This shows all of it, and what changes:", n, spf.MaxLookups)}
		out.Next = report.Command("authcheck", "spf", "diff", cmp.Or(domain, "DOMAIN"), text)
	} else if n > 0 {
		out.Notes = []string{fmt.Sprintf("%d of %d lookups.", n, spf.MaxLookups)}
	}
	return builtReport(domain, out), nil
}

// BuildDMARC returns the record of a plan and those that other organizations need
// to get reports. The error says why such a record should not be.
func BuildDMARC(domain string, plan dmarc.Plan) (*report.Report, error) {
	text := plan.Record()
	record := dmarc.Parse(lint.NewSource("text", text))
	switch {
	case plan.Testing && plan.P == dmarc.None && record.Subdomain() == dmarc.None && record.NonExistent() == dmarc.None:
		return nil, errTestOfNothing
	case plan.Options != "" && len(plan.RUF) == 0:
		return nil, errOptionsNoRUF
	}
	facts := dmarc.InspectText(record.Source)
	facts.RecordDomain = domain
	if err := refuse(lint.Run(dmarc.RecordRules(), facts)); err != nil {
		return nil, err
	}
	built := report.BuiltRecord{Name: "_dmarc." + domain, Type: "TXT", Text: text}
	for _, p := range plan.Parts() {
		built.Parts = append(built.Parts, report.Part(p))
	}
	out := report.Built{Records: []report.BuiltRecord{built}, Notes: plan.Older()}
	for _, name := range plan.Agreements(domain) {
		out.Records = append(out.Records, report.BuiltRecord{Name: name, Type: "TXT", Text: "v=DMARC1",
			Parts: []report.Part{{Text: "v=DMARC1", Why: "the other organization agrees to take the reports; without this record none are sent there (RFC 9990, Section 4)"}}})
	}
	return builtReport(domain, out), nil
}

// BuildParked returns all records of a domain that sends and takes no mail.
func BuildParked(domain string, rua []dmarc.Address) *report.Report {
	policy := dmarc.Plan{P: dmarc.Reject, ADKIM: dmarc.Strict, ASPF: dmarc.Strict, RUA: rua}
	one := func(name, typ, text, why string) report.BuiltRecord {
		return report.BuiltRecord{Name: name, Type: typ, Text: text, Parts: []report.Part{{Text: text, Why: why}}}
	}
	out := report.Built{
		Records: []report.BuiltRecord{
			one(domain, "MX", "0 .", "the domain takes no mail (RFC 7505)"),
			one(domain, "TXT", spf.Plan{}.Record(), "nobody may send for it"),
			one("_dmarc."+domain, "TXT", policy.Record(), "mail in its name is refused, and in that of every name below it"),
			one("*._domainkey."+domain, "TXT", "v=DKIM1; p=", "every key is revoked, whatever the selector"),
		},
		Notes: []string{
			"DMARC covers the names below the domain; SPF and the null MX do not. Every name below it that has an address needs both of its own.",
			"Names below it that do not exist get both from wildcards: *." + domain + ` MX 0 . and *.` + domain + ` TXT "v=spf1 -all".`,
		},
	}
	for _, name := range policy.Agreements(domain) {
		out.Records = append(out.Records, one(name, "TXT", "v=DMARC1", "the other organization agrees to take the reports (RFC 9990, Section 4)"))
	}
	return builtReport(domain, out)
}

func builtReport(domain string, built report.Built) *report.Report {
	return &report.Report{Target: cmp.Or(domain, "text"), Kind: report.Text, Results: report.Results{Built: &built}}
}
