package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// domainFindings checks example.com with the records of a zone, and returns which of
// the rules asked about fire, each with its subject.
func domainFindings(t *testing.T, records string, about ...string) []string {
	t.Helper()
	zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+records+"\n")
	if err != nil {
		t.Fatal(err)
	}
	q := check.DomainRequest{Target: check.Target{Domain: "example.com", Selectors: []string{"s1"}}}
	var got []string
	for _, f := range check.Domain(t.Context(), zone, q, check.Options{}).Findings {
		if slices.Contains(about, f.RuleID) {
			got = append(got, f.RuleID+" "+f.Subject())
		}
	}
	slices.Sort(got)
	return got
}

// TestLargeAnswers wants the reason of a large answer told, or else its size.
func TestLargeAnswers(t *testing.T) {
	t.Parallel()
	const spf = "@ TXT \"v=spf1 include:_spf.example.com -all\"\n_spf TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
	long := strings.Repeat("x", 250)
	texts := "TXT \"" + long + "\"\n@ TXT \"y" + long + "\"\n"
	key := "s1._domainkey TXT \"v=DKIM1; n=" + long + "\" \"" + long + "; k=ed25519; p=GcE2Pn2tsIGV9uFE3PyXH70QMuF4zmN5J4qOvyukSZ4=\"\n"
	for _, tt := range []struct {
		name, zone string
		want       []string
	}{
		{"small", spf, nil},
		{"texts beside the SPF record", spf + "@ " + texts, []string{"spf-record-over-450 TXT example.com"}},
		{"texts without an SPF record", "@ " + texts, []string{"dns-response-over-512 TXT example.com"}},
		{"an included record", "@ TXT \"v=spf1 include:_spf.example.com -all\"\n_spf TXT \"v=spf1" + strings.Repeat(" ip4:192.0.2.1", 17) + "\" \"" +
			strings.Repeat(" ip4:192.0.2.1", 17) + " -all\"\n", []string{"dns-response-over-512 TXT _spf.example.com"}},
		{"notes in a key", spf + key, []string{"dns-response-over-512 TXT s1._domainkey.example.com"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := domainFindings(t, tt.zone, "dns-response-over-512", "spf-record-over-450", "dns-response-over-edns-1232", "dkim-rsa-over-2048-size")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWildcards states which wildcards are told of, and that none needs a question of
// its own where many domains are checked.
func TestWildcards(t *testing.T) {
	t.Parallel()
	const (
		mx   = "@ TXT \"v=spf1 mx -all\"\n"
		same = "spf-wildcard TXT *.example.com"
		text = "dns-wildcard-txt TXT *.example.com"
	)
	for _, tt := range []struct {
		name, zone string
		want       []string
	}{
		{"none", mx, nil},
		{"the same record", mx + "* TXT \"v=spf1 mx -all\"\n", []string{same}},
		{"the same record by an alias", mx + "* CNAME @\n", []string{"spf-wildcard TXT _domainkey.example.com"}},
		{"the same record and another text", mx + "* TXT \"v=spf1 mx -all\"\n* TXT \"verification=1\"\n", []string{text, same}},
		{"another record", mx + "* TXT \"v=spf1 ip4:192.0.2.1 -all\"\n", []string{text}},
		{"nobody", mx + "* TXT \"v=spf1 -all\"\n", nil},
		{"nobody anywhere", "@ TXT \"v=spf1 -all\"\n* TXT \"v=spf1 -all\"\n", nil},
		{"hidden by a key", mx + "* TXT \"v=spf1 mx -all\"\ns1._domainkey TXT \"v=DKIM1; p=\"\n", nil},
		{"a key without a selector", mx + "_domainkey TXT \"v=DKIM1; k=ed25519; p=GcE2Pn2tsIGV9uFE3PyXH70QMuF4zmN5J4qOvyukSZ4=\"\n", nil},
		{"policy of DomainKeys", mx + "_domainkey TXT \"o=~\"\n", nil},
		{"another text, which stands at _dmarc", mx + "* TXT \"verification=1\"\n", []string{text}},
		{"no answer", mx + ";! TIMEOUT _domainkey.example.com. TXT\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, domainFindings(t, tt.zone, "spf-wildcard", "dns-wildcard-txt")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
