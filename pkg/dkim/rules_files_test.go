package dkim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// TestFileRules judges the records of a master file. The hashed names are those of
// RFC 6541, Appendix A; the SHA-256 one is from an independent program.
func TestFileRules(t *testing.T) {
	t.Parallel()
	const key = ` TXT "v=DKIM1; k=ed25519; p=` + exampleEd25519 + `"` + "\n"
	reports := func(text string) string { return `_report._domainkey TXT "` + text + "\"\n" }
	for _, tt := range []struct {
		name, zone string
		want       []string
	}{
		{"a key", "a._domainkey" + key, nil},
		{"a key at two selectors of one domain", "a._domainkey" + key + "b._domainkey" + key, nil},
		{"two domains", "a._domainkey" + key + "a._domainkey.news" + key,
			[]string{"dkim-key-reused-across-domains a._domainkey.example.com: the key of a._domainkey.example.com stands at a._domainkey.news.example.com"}},
		{"the same key, written otherwise", `a._domainkey TXT "p=` + example2048 + "\"\n" + `a._domainkey.b TXT "k=rsa; p=` + example2048PKCS1 + "\"\n",
			[]string{"dkim-key-reused-across-domains a._domainkey.example.com: the key of a._domainkey.example.com stands at a._domainkey.b.example.com"}},
		{"revoked keys", "a._domainkey TXT \"v=DKIM1; p=\"\na._domainkey.b TXT \"v=DKIM1; p=\"\n", nil},
		{"many domains", "$GENERATE 1-7 a._domainkey.d$" + key, []string{"dkim-key-reused-across-domains a._domainkey.d1.example.com: the key of " +
			"a._domainkey.d1.example.com stands at a._domainkey.d2.example.com, a._domainkey.d3.example.com, a._domainkey.d4.example.com, a._domainkey.d5.example.com and 2 more names"}},

		{"reports of all failures", reports("ra=dkim"), nil},
		{"the example of the standard", reports("ra=dkim-errors; rr=v:x"), nil},
		{"unknown tags are ignored", reports("ra=dkim; rp=0; zz=1"), nil},
		{"nobody gets reports", reports("rp=100; rr=all"), []string{"dkim-report-record rp=100; rr=all: without ra nobody gets reports, and the other tags are ignored"}},
		{"upper case", reports("RA=dkim"), []string{"dkim-report-record RA=dkim: without ra nobody gets reports, and the other tags are ignored"}},
		{"a whole address", reports("ra=dkim@example.com"), []string{"dkim-report-record dkim@example.com: ra is a local part: verifiers add @ and the domain that signs"}},
		{"a whole address, encoded", reports("ra=dkim=40example.com"), []string{"dkim-report-record dkim=40example.com: ra is a local part: verifiers add @ and the domain that signs"}},
		{"percentages", reports("ra=d; rp=101"), []string{`dkim-report-record 101: "101" is no percentage from 0 to 100`}},
		{"a fraction", reports("ra=d; rp=0.5"), []string{`dkim-report-record 0.5: "0.5" is no percentage from 0 to 100`}},
		{"four digits", reports("ra=d; rp=0050"), []string{`dkim-report-record 0050: "0050" is no percentage from 0 to 100`}},
		{"kinds of failures", reports("ra=d; rr=v : t:q"), []string{`dkim-report-record v : t:q: "t" is none of all, d, o, p, s, u, v, x`}},
		{"no list", reports("ra=d; all"), []string{"dkim-report-record all: the text is no list of tags: an equals sign is missing"}},
		{"a tag twice", reports("ra=d; ra=e"), []string{"dkim-report-record ra=e: ra stands twice, so the list is not valid"}},
		{"not a report record", "_report.x._domainkey TXT \"x\"\n", nil},

		{"another signer", "QSP4I4D24CRHOPDZ3O3ZIU2KSGS3X6Z6._atps TXT \"v=ATPS1; d=one.example.net\"\n",
			[]string{"dkim-atps-record one.example.net: one.example.net may sign for example.com, and hardly any verifier knows"}},
		{"another signer by SHA-256", "un42n5xov642kxrxrqiyanhcoupgql5lt4wtbkyt2ijflbwodfdq._atps TXT \"v=ATPS1; d=Example.COM\"\n",
			[]string{"dkim-atps-record Example.COM: example.com may sign for example.com, and hardly any verifier knows"}},
		{"another signer without a hash", "one.example.net._atps TXT \"v=ATPS1\"\n",
			[]string{"dkim-atps-record v=ATPS1: one.example.net may sign for example.com, and hardly any verifier knows"}},
		{"hash of another name", "ZTZGRRV3F45A4U6HLDKBF3ZCOW4V2AJX._atps TXT \"v=ATPS1; d=one.example.net\"\n",
			[]string{"dkim-atps-record one.example.net: the record of one.example.net does not stand at its name, nor at a hash of that"}},
		{"another name", "two.example.net._atps TXT \"v=ATPS1; d=one.example.net\"\n",
			[]string{"dkim-atps-record one.example.net: the record of one.example.net does not stand at its name, nor at a hash of that"}},
		{"another version", "one.example.net._atps TXT \"v=atps1\"\n", []string{"dkim-atps-record v=atps1: verifiers ignore the record: it has no v=ATPS1"}},
		{"no list of tags", "one.example.net._atps TXT \"v=ATPS1; one.example.net\"\n",
			[]string{"dkim-atps-record one.example.net: the text is no list of tags: an equals sign is missing"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := &lookup.File{Name: "test.zone", Text: "$ORIGIN example.com.\n" + tt.zone}
			if _, err := lookup.View(file); err != nil || len(file.Faults) > 0 {
				t.Fatal(err, file.Faults)
			}
			var got []string
			for _, f := range lint.Run(FileRules(), file.Records) {
				text := f.Span.Text()
				if f.RuleID == sharedKey.ID {
					_, text, _ = strings.Cut(f.Subject(), " ")
				}
				got = append(got, f.RuleID+" "+text+": "+f.Message)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got)\n%s", diff)
			}
		})
	}
}

// TestLocalPart takes addresses apart, in which @ is =40 in quoted-printable (RFC 6376,
// Section 2.11).
func TestLocalPart(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"dkim@example.com":      "Write ra=dkim.",
		"dkim=40example.com":    "Write ra=dkim.",
		"a=3Db=40c@example.com": "Write ra=a=3Db.",
		"a@b=40example.com":     "Write ra=a.",
		"=40example.com":        "Write what stands before @ in the address.",
	} {
		if got := localPart(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
