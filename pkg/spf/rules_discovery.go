package spf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

func discoveryRules() []rule {
	return []rule{
		noDomain, nameInvalid, cnameAtApex, cnameAtRecord, recordMissing, nonMailMissing, nonMailNotNull, multipleRecords,
		type99, senderID, noEffectAtApex, sameForAll,
	}
}

var noDomain = rule{
	Doc: lint.Doc{
		ID: "dns-nxdomain", Severity: lint.Error, Reason: ErrNoDomain,
		Title: "Domain does not exist",
		Why:   "No record can be found below a name that does not exist, and receivers refuse senders whose domain does not exist.",
		Ref:   "RFC 8020, Section 2",
		Bad:   lint.Example{Zone: "", Args: []string{"spf", "nowhere.example"}},
		Good:  lint.Example{Zone: `@ TXT "v=spf1 -all"`},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Root.Err == ErrNoDomain && gone(f.Root.TXT) {
			report(lint.Finding{Span: missing(f.Domain), Hint: "Check the spelling; if it is right, register or delegate the domain.",
				Message: fmt.Sprintf("%s does not exist", f.Domain)})
		}
	},
}

var nameInvalid = rule{
	Doc: lint.Doc{
		ID: "dns-label-too-long", Severity: lint.Error, Reason: ErrNotDomain,
		Title: "Not a name that the DNS can hold",
		Why:   "A label has 1 to 63 octets, a name at most 255. For any other name the SPF result is none.",
		Ref:   "RFC 1035, Section 2.3.4",
		Bad:   lint.Example{Args: []string{"spf", strings.Repeat("a", 64) + ".example"}},
		Good:  lint.Example{Zone: `@ TXT "v=spf1 -all"`},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if _, err := lookup.FromUser(f.Domain); f.Root.Err == ErrNotDomain && err != nil {
			report(lint.Finding{Span: lint.NewSource("name", f.Domain).Whole(), Message: err.Error(), Hint: "Check the spelling."})
		}
	},
}

var cnameAtApex = rule{
	Doc: lint.Doc{
		ID: "dns-cname-at-apex", Severity: lint.Error,
		Title: "CNAME at the apex of a zone",
		Why: "The apex holds SOA and NS records, and nothing may stand beside a CNAME: resolvers that follow it see the " +
			"TXT and MX records of the target instead of the zone's own.",
		Ref:  "RFC 2181, Section 10.1",
		Bad:  lint.Example{Zone: "@ SOA ns hostmaster 1 7200 3600 1209600 300\n@ CNAME www.example.net.\nwww.example.net. TXT \"v=spf1 -all\""},
		Good: lint.Example{Zone: "@ SOA ns hostmaster 1 7200 3600 1209600 300\n@ TXT \"v=spf1 -all\""},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.SOA == nil || f.SOA.Err != nil || len(f.SOA.Answer.Chain) > 0 || f.SOA.Answer.Void() {
			return
		}
		report(lint.Finding{Span: lint.NewSource("CNAME "+f.Domain, f.Root.TXT.Answer.Chain[0]).Whole(),
			Message: fmt.Sprintf("%s is the apex of a zone and a CNAME to %s", f.Domain, f.Root.TXT.Answer.Chain[0]),
			Hint:    "Publish the address and TXT records at the name itself; many providers offer ALIAS or ANAME records for that."})
	},
}

var cnameAtRecord = rule{
	Doc: lint.Doc{
		ID: "spf-cname-at-record", Severity: lint.Notice,
		Title: "SPF record stands behind a CNAME",
		Why:   "The record of the CNAME's target is used, and so are its MX and address records: who runs that name decides who may send.",
		Ref:   "RFC 2181, Section 10.1",
		Bad:   lint.Example{Zone: "mail CNAME mail.example.net.\nmail.example.net. TXT \"v=spf1 -all\"", Args: []string{"spf", "mail.example.com"}},
		Good:  lint.Example{Zone: `mail TXT "v=spf1 -all"`, Args: []string{"spf", "mail.example.com"}},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Root.Record == nil || f.Root.TXT == nil || len(f.Root.TXT.Answer.Chain) == 0 {
			return
		}
		chain := f.Root.TXT.Answer.Chain
		report(lint.Finding{Span: lint.NewSource("CNAME "+f.Domain, chain[0]).Whole(),
			Message: fmt.Sprintf("%s is an alias of %s, whose record is used", f.Domain, chain[len(chain)-1])})
	},
}

var recordMissing = rule{
	Doc: lint.Doc{
		ID: "spf-missing", Severity: lint.Error, Reason: ErrNoRecord,
		Title: "No SPF record",
		Why: "Without a record the result is none: receivers cannot tell the domain's mail from forgeries, and large ones refuse or " +
			"junk it. A record at a parent domain does not count.",
		Ref:  "RFC 7208, Section 4.5",
		Bad:  lint.Example{Zone: `@ TXT "some-verification=1"`},
		Good: lint.Example{Zone: `@ TXT "v=spf1 -all"`},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if _, err := lookup.FromUser(f.Domain); f.Root.Err == ErrNotDomain && err == nil {
			report(lint.Finding{Span: missing(f.Domain), Message: fmt.Sprintf("%q is an address or a single label and cannot have an SPF record", f.Domain),
				Hint: "Give the full name of the domain."})
		}
		if f.Root.Err != ErrNoRecord || f.Root.TXT == nil || f.NullMX() || f.almost() {
			return
		}
		message := fmt.Sprintf("%s has no TXT record", f.Domain)
		if n := len(f.Root.TXT.Answer.Records); n > 0 {
			message = fmt.Sprintf("%s has no SPF record; its %s something else", f.Domain, count(n, "TXT record is", "TXT records are"))
		}
		report(lint.Finding{Span: missing(f.Domain), Message: message,
			Hint: `Publish a TXT record: "v=spf1 mx -all" if only the MX hosts send mail, "v=spf1 -all" if nobody does, else with the include that each provider names.`})
	},
}

// count returns a number with the right noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

const noMailRecord = version + " -all"

var nonMailMissing = rule{
	Doc: lint.Doc{
		ID: "spf-non-mail-domain-missing", Severity: lint.Warning,
		Title: "Domain without mail has no SPF record",
		Why:   "A domain that takes no mail (null MX) seldom sends any; the record v=spf1 -all says so and keeps others from using its name.",
		Ref:   "RFC 7208, Section 10.1.2",
		Bad:   lint.Example{Zone: `@ MX 0 .`},
		Good:  lint.Example{Zone: "@ MX 0 .\n@ TXT \"v=spf1 -all\""},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Root.Err == ErrNoRecord && f.NullMX() && !f.almost() {
			span := missing(f.Domain)
			report(lint.Finding{Span: span, Fix: lint.Rewrite(span.Source, noMailRecord),
				Message: fmt.Sprintf("%s has a null MX but no SPF record", f.Domain)})
		}
	},
}

var nonMailNotNull = rule{
	Doc: lint.Doc{
		ID: "spf-non-mail-domain-not-null", Severity: lint.Warning,
		Title: "Domain without mail authorizes senders",
		Why: "A domain with a null MX takes no mail, so nobody can answer what it sends; receivers refuse mail from such domains. " +
			"Its record should be v=spf1 -all.",
		Ref:  "RFC 7505, Section 4.2",
		Bad:  lint.Example{Zone: "@ MX 0 .\n@ TXT \"v=spf1 ip4:192.0.2.1 -all\""},
		Good: lint.Example{Zone: "@ MX 0 .\n@ TXT \"v=spf1 -all\""},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		n := f.final()
		if !f.NullMX() || n == nil || !n.valid() {
			return
		}
		for i := range n.Record.Terms {
			t := &n.Record.Terms[i]
			if t.Kind.Modifier() {
				continue
			}
			if t.Kind == All && t.Qualifier == '-' {
				return
			}
			report(lint.Finding{Span: t.Span, Fix: lint.Rewrite(t.Span.Source, noMailRecord),
				Message: fmt.Sprintf("%s takes no mail (null MX), but %q stands before -all", f.Domain, t.Text())})
			return
		}
	},
}

var multipleRecords = rule{
	Doc: lint.Doc{
		ID: "spf-multiple-records", Severity: lint.Error, Reason: ErrMultipleRecords,
		Title: "More than one SPF record",
		Why:   "A name may have one SPF record. Two are permerror for every sender, even if they are the same.",
		Ref:   "RFC 7208, Section 4.5",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 ip4:192.0.2.1 -all\"\n@ TXT \"v=spf1 include:_spf.example.net -all\""},
		Good:  lint.Example{Zone: "@ TXT \"v=spf1 ip4:192.0.2.1 include:_spf.example.net -all\"\n_spf.example.net. TXT \"v=spf1 ip4:192.0.2.2 -all\""},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, n := range f.Nodes {
			if n.Err != ErrMultipleRecords || !f.own(n) {
				continue
			}
			var records []*Record
			for i := range n.TXT.Answer.Records {
				if source := n.TXT.Answer.Records[i].Source; hasVersion(source.Text) {
					records = append(records, Parse(source))
				}
			}
			found := lint.Finding{Span: records[1].Source.Whole(), Message: fmt.Sprintf("%s has %d SPF records", n.Domain, len(records)),
				Hint: "Publish one record with the terms of all of them, and delete the others."}
			if !slices.ContainsFunc(records, func(r *Record) bool { return r.Source.Text != records[0].Source.Text }) {
				found.Message += ", all the same"
				found.Hint = "Delete all but one."
			}
			if merged := merge(records); merged != "" {
				found.Fix = lint.Rewrite(found.Span.Source, merged)
			}
			report(found)
		}
	},
}

// merge returns one record with the mechanisms of all, and the mildest "all"; ""
// where the records are broken or hold modifiers.
func merge(records []*Record) string {
	terms, seen, all := []string{version}, map[string]bool{}, byte(0)
	for _, r := range records {
		for i := range r.Terms {
			switch t := &r.Terms[i]; {
			case t.Err != nil || t.Kind.Modifier():
				return ""
			case t.Kind == All:
				if strings.IndexByte("-~?+", t.Qualifier) > strings.IndexByte("-~?+", all) {
					all = t.Qualifier
				}
			case !seen[t.Text()]:
				seen[t.Text()] = true
				terms = append(terms, t.Text())
			}
		}
	}
	if all != 0 {
		terms = append(terms, string(all)+"all")
	}
	return strings.Join(terms, " ")
}
