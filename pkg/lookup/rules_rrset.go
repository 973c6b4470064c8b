package lookup

import (
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"github.com/authcheck/authcheck/pkg/lint"
)

// setRules are rules about the records of one name together. Only files tell what
// they ask about: a cache counts TTLs down.
func setRules() []fileRule { return []fileRule{besideAlias, differentTTL, shortTTL, familyTTL} }

// withAlias is what may stand beside a CNAME record: what signs it.
func withAlias(typ Type) bool {
	switch uint16(typ) {
	case dns.TypeCNAME, dns.TypeRRSIG, dns.TypeNSEC, dns.TypeKEY, dns.TypeSIG, dns.TypeNXT:
		return true
	}
	return false
}

var besideAlias = fileRule{
	Doc: lint.Doc{
		ID: "dns-cname-and-other-data", Severity: lint.Error,
		Title: "CNAME record beside other records",
		Why: "A name that is an alias has one CNAME record and no others. Name servers refuse the zone or leave one of them out, and receivers see " +
			"either the alias or the record.",
		Ref:  "RFC 2181, Section 10.1",
		Bad:  lint.Example{Zone: "_dmarc CNAME _dmarc.example.net.\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: lintZone},
		Good: lint.Example{Zone: "_dmarc CNAME _dmarc.example.net.", Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		for _, rec := range f.Records {
			alias := f.view.first[Question{rec.Name, TypeCNAME}]
			switch {
			case alias == nil:
			case rec.Type == TypeCNAME && rec.Host != alias.Host:
				report(lint.Finding{Span: rec.Source.Whole(), Message: fmt.Sprintf("%s makes %s an alias of another name", lineOf(alias, f), rec.Name),
					Hint: "Keep one of the two."})
			case !withAlias(rec.Type):
				report(lint.Finding{Span: rec.Source.Whole(), Message: fmt.Sprintf("%s makes %s an alias", lineOf(alias, f), rec.Name),
					Hint: "Remove the CNAME record, or publish this record at its target."})
			}
		}
	},
}

// lineOf says where a record stands, as seen from a file.
func lineOf(rec *Record, from *File) string {
	line := fmt.Sprintf("line %d", rec.Source.Position(0).Line)
	if rec.Source.File != from.Name {
		line += " of " + rec.Source.File
	}
	return line
}

// signs reports whether records of a type are made by DNSSEC signers, who choose
// their TTLs by that of what they sign.
func signs(typ Type) bool {
	switch uint16(typ) {
	case dns.TypeRRSIG, dns.TypeSIG, dns.TypeNSEC, dns.TypeNSEC3, dns.TypeNSEC3PARAM:
		return true
	}
	return false
}

var differentTTL = fileRule{
	Doc: lint.Doc{
		ID: "dns-rrset-ttl-mismatch", Severity: lint.Notice,
		Title: "Records of one set with different TTLs",
		Why:   "Records of one name and type are kept and dropped together; servers send all of them with the lowest TTL.",
		Ref:   "RFC 2181, Section 5.2",
		Bad:   lint.Example{Zone: "@ 3600 MX 10 a\n@ 7200 MX 20 b", Args: lintZone},
		Good:  lint.Example{Zone: "@ 3600 MX 10 a\n@ 3600 MX 20 b", Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		for _, rec := range f.Records {
			if first := f.view.first[Question{rec.Name, rec.Type}]; first.TTL != rec.TTL && !signs(rec.Type) {
				report(lint.Finding{Span: rec.Source.Whole(), Hint: "Write the same TTL.",
					Message: fmt.Sprintf("the TTL is %d, that of %s is %d", rec.TTL, lineOf(first, f), first.TTL)})
			}
		}
	},
}

// briefTTL is five minutes, in seconds.
const briefTTL = 300

// automaticTTL stands in the files of a large provider for a TTL that it chooses.
const automaticTTL = 1

// isMail reports whether a record is about mail by its type, name or text.
func isMail(rec Record) bool {
	switch {
	case rec.Type == TypeMX:
		return true
	case rec.Type != TypeTXT:
		return false
	case strings.HasPrefix(rec.Name, "_dmarc.") || strings.Contains(rec.Name, "._domainkey."):
		return true
	}
	text := strings.ToLower(strings.TrimLeft(rec.Source.Text, " "))
	return strings.HasPrefix(text, "v=spf1") || strings.HasPrefix(text, "v=dmarc1") || strings.HasPrefix(text, "v=dkim1")
}

var shortTTL = fileRule{
	Doc: lint.Doc{
		ID: "dns-ttl-too-low", Severity: lint.Notice,
		Title: "Mail record kept for less than five minutes",
		Why:   "Receivers ask again and again, and an outage of the name servers is one of the mail as soon as caches have dropped the record.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: `@ 60 TXT "v=spf1 -all"`, Args: lintZone},
		Good:  lint.Example{Zone: `@ 300 TXT "v=spf1 -all"`, Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		for _, rec := range f.Records {
			if isMail(rec) && rec.TTL < briefTTL && rec.TTL != automaticTTL {
				report(lint.Finding{Span: rec.Source.Whole(), Message: fmt.Sprintf("caches keep the record for %d seconds", rec.TTL), Hint: "3600 seconds suit most records."})
			}
		}
	},
}

var familyTTL = fileRule{
	Doc: lint.Doc{
		ID: "dns-ttl-a-aaaa-mismatch", Severity: lint.Notice,
		Title: "A and AAAA records kept for different times",
		Why:   "After a change one family still leads to the old host while the other leads to the new one. Reported where one TTL is twice the other or more.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: "a 300 A 192.0.2.1\na 3600 AAAA 2001:db8::1", Args: lintZone},
		Good:  lint.Example{Zone: "a 3600 A 192.0.2.1\na 3600 AAAA 2001:db8::1", Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		told := map[string]bool{}
		for _, rec := range f.Records {
			a := f.view.first[Question{rec.Name, TypeA}]
			if a == nil || rec.Type != TypeAAAA || told[rec.Name] || rec.TTL == a.TTL || rec.TTL/2 < a.TTL && a.TTL/2 < rec.TTL {
				continue
			}
			told[rec.Name] = true
			report(lint.Finding{Span: rec.Source.Whole(), Message: fmt.Sprintf("the TTL is %d, that of the A record in %s is %d", rec.TTL, lineOf(a, f), a.TTL)})
		}
	},
}
