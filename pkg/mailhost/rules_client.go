package mailhost

import (
	"fmt"
	"slices"

	"github.com/authcheck/authcheck/pkg/lint"
)

// clientRules judge whether the HELO name belongs to the client that gave it.
func clientRules() []rule {
	return []rule{heloUnresolvable, heloNotClient, heloLiteralMismatch, heloPTRMismatch, heloGeneric}
}

// named calls visit for the HELO name if it is one that can be looked up.
func (f *Facts) named(visit func(h *HELO)) {
	if f.HELO != nil && f.HELO.Named() {
		visit(f.HELO)
	}
}

// onClient is an example of a name given by the client 192.0.2.1.
func onClient(name, zone string) lint.Example {
	return example(zone+"\n1.2.0.192.in-addr.arpa. PTR mail", "helo", name, "--ip", "192.0.2.1")
}

var heloUnresolvable = rule{
	Doc: lint.Doc{
		ID: "helo-unresolvable", Severity: lint.Error,
		Title: "HELO name without an address",
		Why:   "The name must have an address; many receivers refuse it otherwise. With MX records alone it is a warning: many filters are content with them.",
		Ref:   "RFC 5321, Section 2.3.5",
		Bad:   onHELO("mail.example.com", "@ A 192.0.2.1"),
		Good:  onHELO("mail.example.com", "mail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.named(func(h *HELO) {
			if !h.Host.None() || h.Host.dangling() {
				return
			}
			finding := lint.Finding{Span: h.Source.Whole(), Message: h.Host.Name + " has neither an A nor an AAAA record",
				Hint: "Publish the server's address at the name, or let it give another name."}
			if h.Host.missing() {
				finding.Message = h.Host.Name + " does not exist"
			}
			if h.MX != nil && (h.MX.Err != nil || !h.MX.Answer.Void()) {
				finding.Severity = lint.Warning
			}
			report(finding)
		})
	},
}

var heloNotClient = rule{
	Doc: lint.Doc{
		ID: "helo-not-client-ip", Severity: lint.Warning,
		Title: "HELO name does not have the client's address",
		Why:   "Filters count that against the sender. It happens behind address translation and in pools, and a server must not refuse mail for that alone.",
		Ref:   "RFC 5321, Section 4.1.4",
		Bad:   onClient("mail.example.com", "mail A 192.0.2.2"),
		Good:  onClient("mail.example.com", "mail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.named(func(h *HELO) {
			if addresses := h.Host.Addresses(); h.Client.IsValid() && h.Host.Err() == nil && len(addresses) > 0 && !h.Host.Has(h.Client) {
				report(lint.Finding{Span: h.Source.Whole(), Message: fmt.Sprintf("%s has %s, the client %s", h.Host.Name, words(addresses), h.Client),
					Hint: "Publish the client's address at the name, or let it give the name that has its address."})
			}
		})
	},
}

var heloLiteralMismatch = rule{
	Doc: lint.Doc{
		ID: "helo-literal-mismatch", Severity: lint.Warning,
		Title: "Address literal of another address",
		Why:   "The literal should be the client's address. It differs behind address translation, and a server must not refuse mail for that alone.",
		Ref:   "RFC 5321, Section 4.1.4",
		Bad:   onClient("[192.0.2.2]", "mail A 192.0.2.1"),
		Good:  onClient("[192.0.2.1]", "mail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if h := f.HELO; h != nil && h.Literal.IsValid() && h.Client.IsValid() && h.Literal.Unmap() != h.Client.Unmap() {
			report(lint.Finding{Span: h.Fault, Message: fmt.Sprintf("%s from the client %s", h.Source.Text, h.Client), Hint: nameYourself})
		}
	},
}

var heloPTRMismatch = rule{
	Doc: lint.Doc{
		ID: "helo-ptr-mismatch", Severity: lint.Notice,
		Title: "HELO name differs from the reverse name",
		Why:   "Both belong to the client, so little is wrong; large providers do it. One name for all purposes is the safest choice.",
		Ref:   "operational",
		Bad:   onClient("out.example.com", "mail A 192.0.2.1\nout A 192.0.2.1"),
		Good:  onClient("mail.example.com", "mail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.named(func(h *HELO) {
			v := f.Reverse(h.Client)
			same := func(name *Host) bool { return name.Name == h.Host.Name }
			if v != nil && v.Status() == Pass && h.Host.Has(h.Client) && !slices.ContainsFunc(v.Names, same) {
				report(lint.Finding{Span: h.Source.Whole(), Message: fmt.Sprintf("%s gives the name %s, its reverse name is %s", h.Client, h.Host.Name, v.Shown())})
			}
		})
	},
}

var heloGeneric = rule{
	Doc: lint.Doc{
		ID: "helo-generic", Severity: lint.Warning,
		Title: "HELO name looks generated",
		Why:   "Names with the address in them, or with words such as dyn, pool or dsl, are those of customers' lines; filters count them against the sender. It is a guess.",
		Ref:   "operational",
		Bad:   onHELO("192-0-2-1.example.com", "192-0-2-1 A 192.0.2.1"),
		Good:  onHELO("mail.example.com", "mail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.named(func(h *HELO) {
			for _, addr := range append(h.Host.Addresses(), h.Client) {
				if why := Generic(h.Host.Name, addr); why != "" {
					report(lint.Finding{Span: h.Source.Whole(), Message: fmt.Sprintf("%s has %s", h.Host.Name, why), Hint: "Let the server give the name of a mail host."})
					return
				}
			}
		})
	},
}
