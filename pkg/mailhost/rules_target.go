package mailhost

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// targetRules judge the names in MX records. Of each name only the fault that
// explains most is reported.
func targetRules() []rule {
	return []rule{targetLiteral, targetLocal, targetMSV1, targetDoubled, targetAlias, targetMissing, targetNoAddress,
		targetNotRoutable, targetName}
}

// fault is what is wrong with an MX target.
type fault int

const (
	sound fault = iota
	isLiteral
	isLocalName
	isMSV1
	isDoubled
	isAlias
	isMissing
	hasNoAddress
	isNotRoutable
	isNoHostName
)

// msv1 ended the names with which a customer once proved to own a domain.
const msv1 = ".msv1.invalid"

// fault returns what is wrong with the target of an MX record.
func (f *Facts) fault(x *Exchange) fault {
	name, h := x.Host.Name, x.Host
	start, end := badLabel(name)
	switch {
	case f.literal(h):
		return isLiteral
	case isLocal(name):
		return isLocalName
	case strings.HasSuffix(name, msv1):
		return isMSV1
	case isWithin(name, f.Domain+"."+f.Domain) && h.None():
		return isDoubled
	case h.Chain() != nil:
		return isAlias
	case h.missing():
		return isMissing
	case h.None():
		return hasNoAddress
	case h.Asked() && !x.Usable():
		return isNotRoutable
	case start != end:
		return isNoHostName
	}
	return sound
}

// literal reports whether the target was meant as an address; in a zone file one
// without a final dot gets the zone's name behind it.
func (f *Facts) literal(h *Host) bool {
	_, whole := asAddress(h.Name)
	_, first := asAddress(strings.TrimSuffix(h.Name, "."+f.Domain))
	return whole || first && h.None()
}

// faulty calls visit for every record with this fault in its target. severity is
// Error where no other record brings the mail home, else Warning.
func (f *Facts) faulty(kind fault, visit func(x *Exchange, severity lint.Severity)) {
	severity := lint.Error
	if slices.ContainsFunc(f.Exchanges, (*Exchange).Usable) {
		severity = lint.Warning
	}
	f.exchanges(func(x *Exchange) {
		if f.fault(x) == kind {
			visit(x, severity)
		}
	})
}

var targetLiteral = rule{
	Doc: lint.Doc{
		ID: "mx-target-ip-literal", Severity: lint.Error,
		Title: "MX record with an address",
		Why:   "The record wants the name of a host. Senders look the digits up as a name, and find nothing.",
		Ref:   "RFC 1035, Section 3.3.9",
		Bad:   onMX("@ MX 10 192.0.2.1."),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.faulty(isLiteral, func(x *Exchange, _ lint.Severity) {
			report(lint.Finding{Span: x.target(), Message: fmt.Sprintf("%s is an address, no name", x.target().Text()),
				Hint: "Give the address to a name with an A or AAAA record, and write the name here."})
		})
	},
}

var targetLocal = rule{
	Doc: lint.Doc{
		ID: "mx-target-localhost", Severity: lint.Error,
		Title: "MX record with a name that is local",
		Why:   "localhost and names in local, lan, internal or localdomain mean another machine to every sender, or none.",
		Ref:   "operational",
		Bad:   onMX("@ MX 10 localhost."),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.faulty(isLocalName, func(x *Exchange, _ lint.Severity) {
			report(lint.Finding{Span: x.target(), Message: x.Host.Name + " is a name of one network alone", Hint: "Write the name under which the mail host is known outside."})
		})
	},
}

var targetMSV1 = rule{
	Doc: lint.Doc{
		ID: "mx-msv1-invalid", Severity: lint.Error,
		Title: "Left-over proof of ownership in an MX record",
		Why:   "A name below msv1.invalid once proved to a provider who owns the domain; no host has it. It is a notice where another record brings the mail home.",
		Ref:   "operational",
		Bad:   onMX("@ MX 32767 ms1234.msv1.invalid."),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.faulty(isMSV1, func(x *Exchange, severity lint.Severity) {
			if severity == lint.Warning {
				severity = lint.Notice
			}
			report(lint.Finding{Severity: severity, Span: x.target(), Message: x.Host.Name + " is no mail host", Hint: "Remove the record."})
		})
	},
}

var targetDoubled = rule{
	Doc: lint.Doc{
		ID: "mx-target-self-doubled", Severity: lint.Error,
		Title: "MX target with the domain in it twice",
		Why:   "In a zone file a name without a final dot gets the zone's name behind it.",
		Ref:   "operational",
		Bad:   onMX("@ MX 10 mail.example.com"),
		Good:  onMX("@ MX 10 mail.example.com.\nmail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.faulty(isDoubled, func(x *Exchange, _ lint.Severity) {
			report(lint.Finding{Span: x.target(), Message: x.Host.Name + " has no address",
				Hint: fmt.Sprintf("Write %s. with the dot at its end.", strings.TrimSuffix(x.Host.Name, "."+f.Domain))})
		})
	},
}

var targetAlias = rule{
	Doc: lint.Doc{
		ID: "mx-target-cname", Severity: lint.Error,
		Title: "MX target is an alias",
		Why:   "The name must have addresses of its own. Some senders refuse to follow the alias, others look for MX records at its target.",
		Ref:   "RFC 2181, Section 10.3",
		Bad:   onMX("@ MX 10 mail\nmail CNAME host\nhost A 192.0.2.1"),
		Good:  onMX("@ MX 10 host\nhost A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.faulty(isAlias, func(x *Exchange, _ lint.Severity) {
			chain := x.Host.Chain()
			report(lint.Finding{Span: x.target(), Message: fmt.Sprintf("%s is an alias of %s", x.Host.Name, chain[len(chain)-1]),
				Hint: fmt.Sprintf("Name %s here, or give %s an address instead of the alias.", chain[len(chain)-1], x.Host.Name)})
		})
	},
}

var targetMissing = rule{
	Doc: lint.Doc{
		ID: "mx-target-nxdomain", Severity: lint.Error,
		Title: "MX target does not exist",
		Why:   "Senders cannot use the record. It is a warning where another record brings the mail home.",
		Ref:   "RFC 5321, Section 5.1",
		Bad:   onMX("@ MX 10 mial"),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.faulty(isMissing, func(x *Exchange, severity lint.Severity) {
			report(lint.Finding{Severity: severity, Span: x.target(), Message: x.Host.Name + " does not exist", Hint: "Correct the name, or remove the record."})
		})
	},
}

var targetNoAddress = rule{
	Doc: lint.Doc{
		ID: "mx-target-no-address", Severity: lint.Error,
		Title: "MX target without an address",
		Why:   "Senders cannot use the record, and where there are MX records the domain's own address does not serve instead. It is a warning where another record brings the mail home.",
		Ref:   "RFC 5321, Section 5.1",
		Bad:   onMX("@ A 192.0.2.1\n@ MX 10 mail\nmail TXT \"no address here\""),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.faulty(hasNoAddress, func(x *Exchange, severity lint.Severity) {
			report(lint.Finding{Severity: severity, Span: x.target(), Message: x.Host.Name + " has neither an A nor an AAAA record",
				Hint: "Give it an address, or remove the record."})
		})
	},
}

var targetNotRoutable = rule{
	Doc: lint.Doc{
		ID: "mx-target-not-routable", Severity: lint.Error,
		Title: "MX target that nobody on the Internet can reach",
		Why:   "All its addresses are private, loopback or otherwise reserved. It is a warning where another record brings the mail home.",
		Ref:   "operational",
		Bad:   onMX("@ MX 10 mail\nmail A 10.0.0.25"),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.25"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.faulty(isNotRoutable, func(x *Exchange, severity lint.Severity) {
			first := x.Host.Addresses()[0]
			report(lint.Finding{Severity: severity, Span: x.target(), Message: fmt.Sprintf("%s has the address %s, which is %s", x.Host.Name, first, special(first)),
				Hint: "Give it the address under which it is known outside."})
		})
	},
}

var targetName = rule{
	Doc: lint.Doc{
		ID: "mx-target-invalid-name", Severity: lint.Warning,
		Title: "MX target that is no host name",
		Why:   "Host names have letters, digits and inner hyphens. Some senders refuse others, underscores among them.",
		Ref:   "RFC 5321, Section 4.1.2",
		Bad:   onMX("@ MX 10 mail_1\nmail_1 A 192.0.2.1"),
		Good:  onMX("@ MX 10 mail-1\nmail-1 A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.faulty(isNoHostName, func(x *Exchange, _ lint.Severity) {
			start, end := badLabel(x.Host.Name)
			report(lint.Finding{Span: x.target(), Message: fmt.Sprintf(`the label "%s" cannot stand in a host name`, unescaped(x.Host.Name[start:min(end, len(x.Host.Name))])),
				Hint: "Give the host a name of letters, digits and hyphens."})
		})
	},
}
