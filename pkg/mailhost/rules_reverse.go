package mailhost

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// reverseRules judge the names of the addresses that send mail.
func reverseRules() []rule {
	return []rule{reverseMissing, delegationBroken, reverseMalformed, notConfirmed, reverseSeveral, reverseTooMany, reverseGeneric, reverseOther, reverseAlias}
}

// senders calls visit for every address that sends mail and whose names are known.
func (f *Facts) senders(visit func(v *Reverse)) {
	for _, v := range f.Reverses {
		if v.Sender && v.PTR != nil && v.PTR.Err == nil {
			visit(v)
		}
	}
}

// place is where a finding about the names of an address stands.
func (v *Reverse) place() lint.Span {
	return place(lookup.Question{Name: lookup.Reverse(v.Addr), Type: lookup.TypePTR}.String())
}

// at is the place of one of the names.
func (v *Reverse) at(h *Host) lint.Span {
	for _, rr := range v.PTR.Answer.Records {
		if rr.Host == h.Name {
			return rr.Source.Whole()
		}
	}
	return v.place()
}

var reverseMissing = rule{
	Doc: lint.Doc{
		ID: "ptr-missing", Severity: lint.Error,
		Title: "Address that sends mail has no name",
		Why:   "Without a PTR record iprev is a permanent error. Large receivers refuse mail from such addresses, or put it aside, over IPv6 even more than over IPv4.",
		Ref:   "RFC 8601, Section 2.7.3",
		Bad:   example("mail A 192.0.2.1", "ptr", "192.0.2.1"),
		Good:  onPTR("1 PTR mail.example.com."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.senders(func(v *Reverse) {
			if v.PTR.Answer.Void() && v.delegated() == "" {
				report(lint.Finding{Span: v.place(), Message: v.Addr.String() + " has no PTR record",
					Hint: "Ask whoever provides the address for a PTR record with the name of the mail host."})
			}
		})
	},
}

// delegated returns the name that the reverse name is an alias of where that has no
// PTR record; "" where the reverse name is no alias, or leads to one.
func (v *Reverse) delegated() string {
	if v.PTR == nil || v.PTR.Err != nil || !v.PTR.Answer.Void() || len(v.PTR.Answer.Chain) == 0 {
		return ""
	}
	return v.PTR.Answer.Chain[len(v.PTR.Answer.Chain)-1]
}

var delegationBroken = rule{
	Doc: lint.Doc{
		ID: "ptr-cname-delegation-broken", Severity: lint.Error,
		Title: "Reverse name delegated to where there is no name",
		Why: "Providers of small networks make each reverse name an alias of a name in the customer's zone, and the PTR record stands there. " +
			"Here it does not, so the address has no name to receivers.",
		Ref:  "operational",
		Bad:  onPTR("1 CNAME 1.0-7\n2.0-7 PTR mail.example.com."),
		Good: onPTR("1 CNAME 1.0-7\n1.0-7 PTR mail.example.com."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.senders(func(v *Reverse) {
			target := v.delegated()
			if target == "" {
				return
			}
			fault := "has no PTR record"
			if v.PTR.Answer.NXDomain {
				fault = "does not exist"
			}
			report(lint.Finding{Span: v.place(), Message: fmt.Sprintf("the reverse name of %s is an alias of %s, which %s", v.Addr, target, fault),
				Hint: fmt.Sprintf("Publish the PTR record at %s, or ask whoever provides the address to publish it in place of the alias.", target)})
		})
	},
}

// misnamed says why a name is none of a host, "" where it is one; underscores are
// tolerated.
func misnamed(name string) string {
	start, end := badLabel(strings.ReplaceAll(name, "_", "x"))
	_, address := asAddress(name)
	switch {
	case name == "":
		return "the root of the DNS"
	case address:
		return "an address"
	case start != end:
		return "no host name"
	case isLocal(name):
		return "a name of one network alone"
	case unqualified(name):
		return "a name without a domain"
	}
	return ""
}

var reverseMalformed = rule{
	Doc: lint.Doc{
		ID: "ptr-malformed", Severity: lint.Error,
		Title: "PTR record with what is no public host name",
		Why:   "Receivers look the name up to confirm it, and cannot. An underscore alone is a warning: most of them tolerate it.",
		Ref:   "RFC 1035, Section 3.3.12",
		Bad:   onPTR("1 PTR localhost."),
		Good:  onPTR("1 PTR mail.example.com."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.senders(func(v *Reverse) {
			for _, rr := range v.PTR.Answer.Records {
				finding := lint.Finding{Span: rr.Source.Whole(), Hint: "Ask for a PTR record with the name of the mail host, its domain included."}
				switch why := misnamed(rr.Host); {
				case why != "":
					finding.Message = fmt.Sprintf("the name of %s, %q, is %s", v.Addr, rr.Source.Text, why)
				case underscored(rr.Host):
					finding.Severity, finding.Message = lint.Warning, fmt.Sprintf("the name of %s, %s, has an underscore", v.Addr, rr.Host)
				default:
					continue
				}
				report(finding)
			}
		})
	},
}

var notConfirmed = rule{
	Doc: lint.Doc{
		ID: "ptr-not-forward-confirmed", Severity: lint.Error,
		Title: "Name of the address does not lead back to it",
		Why:   "Anybody can give an address any name; it counts only if the name has the address, too. Receivers treat this one like no name.",
		Ref:   "RFC 8601, Section 3",
		Bad:   onPTR("1 PTR www.example.com."),
		Good:  onPTR("1 PTR mail.example.com."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.senders(func(v *Reverse) {
			usable := func(h *Host) bool { return misnamed(h.Name) == "" }
			if v.Status() != Fail || !slices.ContainsFunc(v.Names, usable) {
				return
			}
			typ := "A"
			if v.Addr.Is6() {
				typ = "AAAA"
			}
			h := v.Names[slices.IndexFunc(v.Names, usable)]
			has := "no address of this family"
			if addresses := h.Addresses(); len(addresses) > 0 {
				has = words(addresses)
			}
			report(lint.Finding{Span: v.at(h), Message: fmt.Sprintf("%s has the name %s, which has %s", v.Addr, h.Name, has),
				Hint: fmt.Sprintf("Publish %s %s at %s, or correct the PTR record.", typ, v.Addr, h.Name)})
		})
	},
}

var reverseSeveral = rule{
	Doc: lint.Doc{
		ID: "ptr-multiple", Severity: lint.Notice,
		Title: "Address with several names",
		Why:   "That is legal, and any name that leads back counts. Some software looks at one of them, whichever comes first.",
		Ref:   "RFC 2181, Section 10.2",
		Bad:   onPTR("1 PTR mail.example.com.\n1 PTR www.example.com."),
		Good:  onPTR("1 PTR mail.example.com."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.senders(func(v *Reverse) {
			if n := len(v.PTR.Answer.Records); n > 1 && n <= maxNames {
				report(lint.Finding{Span: v.place(), Message: fmt.Sprintf("%s has %d names", v.Addr, n)})
			}
		})
	},
}

var reverseTooMany = rule{
	Doc: lint.Doc{
		ID: "ptr-too-many", Severity: lint.Warning,
		Title: "Address with more than ten names",
		Why:   "Receivers look at ten names or fewer, and which of them come first is left to chance.",
		Ref:   "RFC 7208, Section 4.6.4",
		Bad:   onPTR("$GENERATE 1-11 1 PTR m$.example.com."),
		Good:  onPTR("1 PTR mail.example.com."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.senders(func(v *Reverse) {
			if n := len(v.PTR.Answer.Records); n > maxNames {
				report(lint.Finding{Span: v.place(), Message: fmt.Sprintf("%s has %d names", v.Addr, n), Hint: "Leave the PTR record with the name of the mail host alone."})
			}
		})
	},
}

var reverseGeneric = rule{
	Doc: lint.Doc{
		ID: "ptr-generic", Severity: lint.Warning,
		Title: "Name of the address looks generated",
		Why:   "Names with the address in them, or with words such as dyn, pool or dsl, are those of customers' lines; filters count them against the sender. It is a guess.",
		Ref:   "operational",
		Bad:   onPTR("1 PTR 192-0-2-1.pool.example.net.\n192-0-2-1.pool.example.net. A 192.0.2.1"),
		Good:  onPTR("1 PTR mail.example.com."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.senders(func(v *Reverse) {
			for _, h := range v.Names {
				if why := Generic(h.Name, v.Addr); why != "" {
					report(lint.Finding{Span: v.at(h), Message: fmt.Sprintf("%s has %s", h.Name, why), Hint: "Ask for a PTR record with the name of the mail host."})
				}
			}
		})
	},
}

var reverseOther = rule{
	Doc: lint.Doc{
		ID: "ptr-expected-mismatch", Severity: lint.Warning,
		Title: "Address has another name than expected",
		Why:   "The name leads back to the address, but is none of those given with --name.",
		Ref:   "operational",
		Bad:   reverseNamed("1 PTR other.example.com."),
		Good:  reverseNamed("1 PTR mail.example.com."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.senders(func(v *Reverse) {
			wanted := func(h *Host) bool { return slices.Contains(f.Options.Names, h.Name) }
			if len(f.Options.Names) > 0 && v.Status() == Pass && !slices.ContainsFunc(v.Names, wanted) {
				report(lint.Finding{Span: v.place(), Message: fmt.Sprintf("%s has the name %s", v.Addr, v.Shown()),
					Hint: "Ask for a PTR record with " + strings.Join(f.Options.Names, " or ") + "."})
			}
		})
	},
}

// reverseNamed is an example in which a certain name is expected.
func reverseNamed(names string) lint.Example {
	return example("mail A 192.0.2.1\nother A 192.0.2.1\n$ORIGIN 2.0.192.in-addr.arpa.\n"+names, "ptr", "192.0.2.1", "--name", "mail.example.com")
}

var reverseAlias = rule{
	Doc: lint.Doc{
		ID: "ptr-target-cname", Severity: lint.Warning,
		Title: "Name of the address is an alias",
		Why:   "A PTR record should hold the host's own name. An alias at the reverse name itself is another matter, and normal.",
		Ref:   "RFC 2181, Section 10.2",
		Bad:   onPTR("1 PTR smtp.example.com.\nsmtp.example.com. CNAME mail.example.com."),
		Good:  onPTR("1 PTR mail.example.com."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.senders(func(v *Reverse) {
			for _, h := range v.Names {
				if chain := h.Chain(); chain != nil {
					report(lint.Finding{Span: v.at(h), Message: fmt.Sprintf("%s is an alias of %s", h.Name, chain[len(chain)-1]),
						Hint: "Ask for a PTR record with " + chain[len(chain)-1] + "."})
				}
			}
		})
	},
}
