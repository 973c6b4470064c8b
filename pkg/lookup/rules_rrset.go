package lookup

import (
	"fmt"

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
		Why:   "A name that is an alias has no records of its own. Name servers refuse the zone or leave one of them out, and receivers see either the alias or the record.",
		Ref:   "RFC 2181, Section 10.1",
		Bad:   lint.Example{Zone: "_dmarc CNAME _dmarc.example.net.\n_dmarc TXT \"v=DMARC1; p=reject\"", Args: lintZone},
		Good:  lint.Example{Zone: "_dmarc CNAME _dmarc.example.net.", Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		aliases := map[string]*lint.Source{}
		for _, rec := range f.Records {
			if rec.Type == TypeCNAME {
				aliases[rec.Name] = rec.Source
			}
		}
		for _, rec := range f.Records {
			if alias := aliases[rec.Name]; alias != nil && !withAlias(rec.Type) {
				report(lint.Finding{Span: rec.Source.Whole(), Message: fmt.Sprintf("line %d makes %s an alias", alias.Position(0).Line, rec.Name),
					Hint: "Remove the CNAME record, or publish this record at its target."})
			}
		}
	},
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
		first := map[Question]Record{}
		for _, rec := range f.Records {
			known, seen := first[Question{rec.Name, rec.Type}]
			switch {
			case !seen:
				first[Question{rec.Name, rec.Type}] = rec
			case known.TTL != rec.TTL:
				report(lint.Finding{Span: rec.Source.Whole(), Hint: "Write the same TTL.",
					Message: fmt.Sprintf("the TTL is %d, that of line %d is %d", rec.TTL, known.Source.Position(0).Line, known.TTL)})
			}
		}
	},
}

// briefTTL is five minutes, in seconds.
const briefTTL = 300

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
			if (rec.Type == TypeMX || rec.Type == TypeTXT) && rec.TTL < briefTTL {
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
		ipv4 := map[string]Record{}
		for _, rec := range f.Records {
			if rec.Type == TypeA {
				ipv4[rec.Name] = rec
			}
		}
		for _, rec := range f.Records {
			a, ok := ipv4[rec.Name]
			if ok && rec.Type == TypeAAAA && (rec.TTL/2 >= a.TTL || a.TTL/2 >= rec.TTL) && rec.TTL != a.TTL {
				report(lint.Finding{Span: rec.Source.Whole(), Message: fmt.Sprintf("the TTL is %d, that of the A record in line %d is %d", rec.TTL, a.Source.Position(0).Line, a.TTL)})
				delete(ipv4, rec.Name) // once a name
			}
		}
	},
}
