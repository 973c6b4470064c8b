package dkim

import (
	"cmp"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// fileRule is a rule over the TXT records of master files.
type fileRule = lint.Rule[[]lookup.Record]

// FileRules returns the rules about what no look at a single domain shows: keys that
// domains share, and records beside the keys that nobody asks for.
func FileRules() []lint.Rule[[]lookup.Record] {
	return []fileRule{sharedKey, reportRecord, thirdParty}
}

// inFile returns the example of a master file.
func inFile(zone string) lint.Example {
	return lint.Example{Zone: zone, Args: []string{"lint", "zone"}}
}

// use is a key at a selector of a domain.
type use struct {
	domain, name string
	at           lint.Span
}

// uses returns the keys of the records with the places of each, in the order in which
// they are met.
func uses(records []lookup.Record) [][]use {
	var all [][]use
	index := map[string]int{}
	for i := range records {
		selector, domain, ok := strings.Cut(records[i].Name, "._domainkey.")
		if !ok || strings.HasPrefix(selector, "_") {
			continue
		}
		r := parse(records[i].Source)
		id := r.Key.identity()
		if id == "" {
			continue
		}
		n, known := index[id]
		if !known {
			n, all = len(all), append(all, nil)
			index[id] = n
		}
		all[n] = append(all[n], use{domain, records[i].Name, r.List.Get("p").Value})
	}
	return all
}

// identity is the same for keys that are equal; "" for those that are none or were
// not read.
func (k Key) identity() string {
	switch {
	case k.Type == Ed25519:
		return string(k.Octets)
	case k.Modulus == nil:
		return ""
	}
	return k.Exponent.String() + " " + string(k.Modulus.Bytes())
}

var sharedKey = fileRule{
	Doc: lint.Doc{
		ID: "dkim-key-reused-across-domains", Severity: lint.Notice,
		Title: "Same key under several domains",
		Why: "Mail services often sign for all their customers with one key. Whoever gets hold of its private half can sign as each of the domains, " +
			"and all of them have to change the key at once.",
		Ref: "operational",
		Bad: inFile(good().Zone + "\n" + strings.Replace(good().Zone, "s1._domainkey", "s1._domainkey.example.net.", 1)),
		Good: inFile(good().Zone + "\n" + strings.Replace(published("v=DKIM1; k=ed25519; p="+exampleEd25519).Zone,
			"s1._domainkey", "s1._domainkey.example.net.", 1)),
	},
	Check: func(records []lookup.Record, report lint.ReportFunc) {
		for _, places := range uses(records) {
			var others []string
			for _, other := range places {
				if other.domain != places[0].domain {
					others = append(others, other.name)
				}
			}
			if len(others) > 0 {
				report(lint.Finding{Span: places[0].at, Message: "the key of " + places[0].name + " stands at " + lint.Few(others), Hint: "Make a key for every domain."})
			}
		}
	},
}

var reportRecord = fileRule{
	Doc: lint.Doc{
		ID: "dkim-report-record", Severity: lint.Notice,
		Title: "Record about reports that does not do what it says",
		Why: "The record says who is told of signatures that fail, if they hold r=y. ra is the local part of an address at the signing domain; without it " +
			"there are no reports, and what cannot be read is ignored.",
		Ref:  "RFC 6651, Section 3.2",
		Bad:  inFile(`_report._domainkey TXT "ra=dkim@example.com; rp=100; rr=v"`),
		Good: inFile(`_report._domainkey TXT "ra=dkim; rp=100; rr=v:x"`),
	},
	Check: func(records []lookup.Record, report lint.ReportFunc) {
		for i := range records {
			if strings.HasPrefix(records[i].Name, "_report._domainkey.") {
				judgeReports(taglist.Parse(records[i].Source), report)
			}
		}
	},
}

// judgeReports reports what is wrong in a record about reports.
func judgeReports(list *taglist.List, report lint.ReportFunc) {
	if judgeTags(list, report) {
		return
	}
	ra := list.Get("ra")
	switch {
	case ra == nil || ra.Value.Empty():
		report(lint.Finding{Span: list.Source.Whole(), Message: "without ra nobody gets reports, and the other tags are ignored", Hint: "Add ra= with the local part of an address."})
		return
	case strings.Contains(decodeQuotedPrintable(ra.Value.Text()), "@"):
		report(lint.Finding{Span: ra.Value, Message: "ra is a local part: verifiers add @ and the domain that signs", Hint: localPart(ra.Value.Text())})
	}
	if rp := list.Get("rp"); rp != nil {
		if n, err := strconv.ParseUint(rp.Value.Text(), 10, 8); err != nil || n > 100 || len(rp.Value.Text()) > 3 {
			report(lint.Finding{Span: rp.Value, Message: fmt.Sprintf("%q is no percentage from 0 to 100", rp.Value.Text()), Hint: "Leave rp out for reports on every failure."})
		}
	}
	if rr := list.Get("rr"); rr != nil {
		for word := range strings.SplitSeq(rr.Value.Text(), ":") {
			if word = strings.TrimSpace(word); !slices.Contains(failures, strings.ToLower(word)) {
				report(lint.Finding{Span: rr.Value, Message: fmt.Sprintf("%q is none of %s", word, strings.Join(failures, ", ")), Hint: "Leave rr out for reports on every failure."})
				return
			}
		}
	}
}

// localPart says what to write instead of a whole address, in which @ may be encoded.
func localPart(address string) string {
	local, _, _ := strings.Cut(strings.Replace(address, "=40", "@", 1), "@")
	if local = strings.TrimSpace(local); local == "" {
		return "Write what stands before @ in the address."
	}
	return "Write ra=" + local + "."
}

// failures are the kinds of failures that reports can be asked for (RFC 6651,
// Section 5.1).
var failures = []string{"all", "d", "o", "p", "s", "u", "v", "x"}

// judgeTags reports the first element that makes a text no tag list, and whether there
// is one (RFC 6376, Section 3.2).
func judgeTags(list *taglist.List, report lint.ReportFunc) bool {
	for _, t := range list.Tags {
		switch {
		case t.Err != nil && t.Err != taglist.ErrEmpty:
			report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("the text is no list of tags: %v", t.Err), Hint: "Write tags as name=value, with semicolons between them."})
			return true
		case t.Duplicate:
			report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%s stands twice, so the list is not valid", t.Name.Text()), Hint: "Keep one of the two."})
			return true
		}
	}
	return false
}

var thirdParty = fileRule{
	Doc: lint.Doc{
		ID: "dkim-atps-record", Severity: lint.Notice,
		Title: "Record that lets another domain sign",
		Why: "The record says that signatures of another domain count as those of this one. It belongs to an experiment that hardly any verifier takes part in, " +
			"and DMARC knows nothing of it: only a key of the domain itself helps.",
		Ref:  "RFC 6541, Section 4.4",
		Bad:  inFile(`QSP4I4D24CRHOPDZ3O3ZIU2KSGS3X6Z6._atps TXT "v=ATPS1; d=one.example.net"`),
		Good: inFile(`s1._domainkey CNAME s1._domainkey.one.example.net.`),
	},
	Check: func(records []lookup.Record, report lint.ReportFunc) {
		for i := range records {
			signer, domain, ok := strings.Cut(records[i].Name, "._atps.")
			if !ok || signer == "*" {
				continue
			}
			list := taglist.Parse(records[i].Source)
			if !judgeTags(list, report) {
				report(judgeThirdParty(list, signer, domain))
			}
		}
	},
}

// judgeThirdParty says what a record does that stands at a signer's name, hashed or
// not, below _atps of a domain.
func judgeThirdParty(list *taglist.List, signer, domain string) lint.Finding {
	found := lint.Finding{Span: list.Source.Whole(), Hint: "Have the mail signed with a key of the domain itself."}
	v, d := list.Get("v"), list.Get("d")
	if v == nil || v.Value.Text() != "ATPS1" {
		found.Message, found.Hint = "verifiers ignore the record: it has no v=ATPS1", "Delete the record."
		return found
	}
	named := ""
	if d != nil {
		found.Span, named = d.Value, strings.ToLower(d.Value.Text())
	}
	if named != "" && named != signer && !slices.Contains(hashes(named), signer) {
		found.Message, found.Hint = fmt.Sprintf("the record of %s does not stand at its name, nor at a hash of that", named), "Delete the record."
		return found
	}
	found.Message = fmt.Sprintf("%s may sign for %s, and hardly any verifier knows", cmp.Or(named, signer), domain)
	return found
}

// hashes returns the labels that stand for a signer (RFC 6541, Section 4.3), in the
// lower case of the names of records.
func hashes(signer string) []string {
	encoding := base32.StdEncoding.WithPadding(base32.NoPadding)
	short, long := sha1.Sum([]byte(signer)), sha256.Sum256([]byte(signer))
	return []string{strings.ToLower(encoding.EncodeToString(short[:])), strings.ToLower(encoding.EncodeToString(long[:]))}
}
