package mailhost

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/lint"
)

// nullRules judge MX records that say that a domain takes no mail.
func nullRules() []rule {
	return []rule{null, nullSending, nullWithOthers, nullPreference, nullMissing}
}

// nulls calls visit for every MX record whose exchange is the root.
func (f *Facts) nulls(visit func(x *Exchange)) {
	if !f.Judges(Exchanges) {
		return
	}
	for _, x := range f.Exchanges {
		if x.Null() {
			visit(x)
		}
	}
}

var null = rule{
	Doc: lint.Doc{
		ID: "mx-null", Severity: lint.Notice,
		Title: "The domain takes no mail",
		Why:   "The null MX says so, and senders give up at once. Receivers may refuse mail that claims to come from such a domain.",
		Ref:   "RFC 7505, Section 3",
		Bad:   onMX("@ MX 0 ."),
		Good:  onMX("@ MX 10 mail\nmail A 192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.nulls(func(x *Exchange) {
			if f.NullMX() && !f.Sends() && x.Record.Preference == 0 {
				report(lint.Finding{Span: x.Record.Source.Whole(), Message: f.Domain + " takes no mail"})
			}
		})
	},
}

var nullSending = rule{
	Doc: lint.Doc{
		ID: "mx-null-on-sending-domain", Severity: lint.Error,
		Title: "Domain that sends mail takes none",
		Why: "The null MX is for domains without mail. Nobody can answer what this one sends, and bounces have nowhere to go, " +
			"so many receivers refuse its mail. Reported where --ip names addresses that send it.",
		Ref:  "RFC 7505, Section 4.2",
		Bad:  example(`@ MX 0 .`, "check", "example.com", "--ip", "192.0.2.1"),
		Good: example("@ MX 10 mail\nmail A 192.0.2.1", "check", "example.com", "--ip", "192.0.2.1"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.nulls(func(x *Exchange) {
			if f.NullMX() && f.Sends() {
				report(lint.Finding{Span: x.Record.Source.Whole(), Message: fmt.Sprintf("%s takes no mail, but %s sends its mail", f.Domain, words(f.Options.Senders)),
					Hint: "Publish an MX record with a mail host, or send from another domain."})
			}
		})
	},
}

var nullWithOthers = rule{
	Doc: lint.Doc{
		ID: "mx-null-with-others", Severity: lint.Error,
		Title: "Null MX beside other MX records",
		Why:   "One says that the domain takes no mail, the others that it does. What a sender makes of it is left to chance.",
		Ref:   "RFC 7505, Section 3",
		Bad:   onMX("@ MX 0 .\n@ MX 10 mail\nmail A 192.0.2.1"),
		Good:  onMX("@ MX 0 ."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		n := 0
		f.exchanges(func(*Exchange) { n++ })
		others := "another MX record"
		if n > 1 {
			others = fmt.Sprintf("%d other MX records", n)
		}
		f.nulls(func(x *Exchange) {
			if n > 0 {
				report(lint.Finding{Span: x.Record.Source.Whole(), Message: fmt.Sprintf("%q stands beside %s", x.Record.Source.Text, others),
					Hint: "Remove it, or remove all that stands beside it."})
			}
		})
	},
}

var nullPreference = rule{
	Doc: lint.Doc{
		ID: "mx-null-nonzero-preference", Severity: lint.Warning,
		Title: "Null MX with a preference other than 0",
		Why:   "The standard gives the null MX the preference 0. Some software takes this one for a host without a name.",
		Ref:   "RFC 7505, Section 3",
		Bad:   onMX("@ MX 10 ."),
		Good:  onMX("@ MX 0 ."),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		hosts := f.hosts()
		f.nulls(func(x *Exchange) {
			if source := x.Record.Source; len(hosts) == 0 && x.Record.Preference != 0 && !(f.NullMX() && f.Sends()) {
				report(lint.Finding{Span: source.Whole(), Fix: lint.Rewrite(source, "0 ."),
					Message: fmt.Sprintf("the preference is %d", x.Record.Preference)})
			}
		})
	},
}

var nullMissing = rule{
	Doc: lint.Doc{
		ID: "mx-null-missing-when-parked", Severity: lint.Warning,
		Title: "Parked domain without a null MX",
		Why:   "The domain has an address and no MX record, so senders bring its mail to that address, and try for days.",
		Ref:   "RFC 7505, Section 3",
		Bad:   example("@ A 192.0.2.1", "mx", "example.com", "--profile", "parked"),
		Good:  example("@ A 192.0.2.1\n@ MX 0 .", "mx", "example.com", "--profile", "parked"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Judges(Exchanges) && f.Options.Profile == Parked && f.Implicit() {
			report(lint.Finding{Span: place("MX " + f.Domain), Message: fmt.Sprintf("mail for %s goes to %s", f.Domain, words(f.Self.Addresses())),
				Hint: "Publish the one MX record 0 . there."})
		}
	},
}
