package lookup

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/authcheck/authcheck/pkg/lint"
)

// fromRR turns a record of the library into a Record without Source. ok is
// false for a class other than IN, for a name that has no canonical form and
// where the data is missing.
func fromRR(rr dns.RR) (rec Record, ok bool) {
	h := rr.Header()
	name, ok := canonicalHost(h.Name)
	if !ok || h.Class != dns.ClassINET {
		return Record{}, false
	}
	rec = Record{Name: name, Type: Type(h.Rrtype), TTL: h.Ttl}
	if rec.TTL > math.MaxInt32 {
		rec.TTL = 0 // RFC 2181, Section 8: the top bit set means zero
	}
	switch rr := rr.(type) {
	case *dns.A:
		rec.Addr, ok = netip.AddrFromSlice(rr.A.To4())
	case *dns.AAAA:
		rec.Addr, ok = netip.AddrFromSlice(rr.AAAA.To16())
	case *dns.MX:
		rec.Preference = rr.Preference
		rec.Host, ok = canonicalHost(rr.Mx)
	case *dns.PTR:
		rec.Host, ok = canonicalHost(rr.Ptr)
	case *dns.NS:
		rec.Host, ok = canonicalHost(rr.Ns)
	case *dns.CNAME:
		rec.Host, ok = canonicalHost(rr.Target)
	case *dns.TXT:
		rec.Strings, ok = rawStrings(rr.Txt), len(rr.Txt) > 0
	case *dns.SPF:
		rec.Strings, ok = rawStrings(rr.Txt), len(rr.Txt) > 0
	case *dns.RFC3597:
		rec.Data = fmt.Sprintf(`\# %d %s`, len(rr.Rdata)/2, rr.Rdata) // RFC 3597, Section 5
	default:
		rec.Data = strings.TrimPrefix(rr.String(), h.String())
	}
	return rec, ok
}

// canonicalHost is Canonical for the names of the library, which writes the
// root as a dot and a name that is missing as the empty string.
func canonicalHost(name string) (string, bool) {
	host, err := Canonical(name)
	return host, err == nil
}

// rawStrings undoes the escapes in which the library keeps character-strings.
func rawStrings(escaped []string) []string {
	raw := make([]string, len(escaped))
	for i, s := range escaped {
		raw[i] = unescape(s)
	}
	return raw
}

// unescape turns \DDD into the octet of that number and \X into X.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	raw := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c != '\\' || i+1 == len(s):
		case i+3 < len(s) && isDigit(s[i+1]) && isDigit(s[i+2]) && isDigit(s[i+3]):
			c = (s[i+1]-'0')*100 + (s[i+2]-'0')*10 + (s[i+3] - '0')
			i += 3
		default:
			i++
			c = s[i]
		}
		raw = append(raw, c)
	}
	return string(raw)
}

// compareRecords is the order of the records of an Answer: MX by preference and
// host, addresses by number, TXT by strings, others by host or data. Only equal
// records compare equal; Source does not count.
func compareRecords(a, b Record) int {
	return cmp.Or(compareData(a, b), cmp.Compare(a.TTL, b.TTL))
}

// compareData is compareRecords without the TTL: records that differ in nothing
// else are one record.
func compareData(a, b Record) int {
	return cmp.Or(
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Type, b.Type),
		cmp.Compare(a.Preference, b.Preference),
		a.Addr.Compare(b.Addr),
		cmp.Compare(a.Host, b.Host),
		slices.Compare(a.Strings, b.Strings),
		cmp.Compare(a.Data, b.Data),
	)
}

// settle sorts the records, drops repeated ones and gives each its Source, whose
// subject is the question asked.
func settle(records []Record, q Question) []Record {
	slices.SortFunc(records, compareRecords)
	records = slices.CompactFunc(records, func(a, b Record) bool { return compareData(a, b) == 0 })
	for i := range records {
		records[i].Source = lint.NewSource(q.String(), records[i].text())
	}
	return records
}

// text returns the data of the record as a Source shows it: the joined strings
// of TXT and SPF, the master-file form of any other type, such as
// "10 mail.example.com.".
func (r Record) text() string {
	switch r.Type {
	case TypeA, TypeAAAA:
		return r.Addr.String()
	case TypeMX:
		return fmt.Sprintf("%d %s.", r.Preference, r.Host)
	case TypePTR, TypeNS, TypeCNAME:
		return r.Host + "."
	case TypeTXT, TypeSPF:
		return strings.Join(r.Strings, "")
	}
	return r.Data
}
