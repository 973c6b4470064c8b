package check

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

const zoneStart = "$ORIGIN example.com.\n@ SOA ns h 1 2 3 4 5\n"

// zoneFindings judges master files and returns the rules that fire with the lines
// they point at, without notices.
func zoneFindings(t *testing.T, texts ...string) []string {
	t.Helper()
	var files []*lookup.File
	for i, text := range texts {
		files = append(files, &lookup.File{Name: string(rune('a' + i)), Text: text})
	}
	var found []string
	for _, r := range judged(t, Options{}, files...) {
		for _, f := range r.Findings {
			if f.Severity > lint.Notice {
				found = append(found, strings.Join([]string{f.Span.Source.File, strconv.Itoa(f.Span.Position().Line), f.RuleID}, " "))
			}
		}
	}
	return found
}

// judged judges master files that are not too large.
func judged(t *testing.T, o Options, files ...*lookup.File) []*report.Report {
	t.Helper()
	reports, err := Zones(t.Context(), files, o)
	if err != nil {
		t.Fatal(err)
	}
	return reports
}

func TestZones(t *testing.T) {
	t.Parallel()
	const host = "mail A 192.0.2.1\nmail AAAA 2001:db8::1\n"
	for _, tt := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"delegations alone", []string{zoneStart + "@ NS ns.example.net.\n"}, nil},
		{"text of other services alone", []string{"a.example.net. TXT \"verification=1\"\n"}, nil},
		{"record without its zone", []string{"a.example.net. TXT \"v=spf1 +all\"\n"}, []string{"a 1 spf-all-pass"}},
		{"missing records stand at the domain", []string{zoneStart + host + "@ MX 10 mail\n"},
			[]string{"a 2 dmarc-missing", "a 2 spf-missing", "a 2 dkim-domainkey-nxdomain"}},
		{"names below share keys and policy", []string{zoneStart + host + `@ MX 10 mail
@ TXT "v=spf1 mx -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@example.com"
s._domainkey CNAME s.provider.example.
news MX 10 mail
news TXT "v=spf1 mx -all"
`}, nil},
		{"one view", []string{zoneStart + "@ MX 10 mail.example.net.\n@ TXT \"v=spf1 include:example.net -all\"\ns._domainkey CNAME s.provider.example.\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.com\"",
			"$ORIGIN example.net.\n@ SOA ns h 1 2 3 4 5\n_spf TXT \"v=spf1 ip4:192.0.2.300 -all\"\n"},
			[]string{"a 3 mx-target-nxdomain", "a 4 spf-include-no-record", "b 3 spf-ip-invalid"}},
		{"directives stay", []string{zoneStart + host + ";! SERVFAIL _dmarc.example.com. TXT\n@ MX 10 mail\n@ TXT \"v=spf1 mx -all\"\ns._domainkey CNAME s.provider.example.\n"}, nil},
		{"text cut by a comment is judged as what it is alone", []string{"_dmarc.example.com. TXT v=DMARC1; p=reject\n"}, []string{"a 1 zone-unquoted-semicolon"}},
		{"wildcards are no domains", []string{zoneStart + "*.a MX 10 m.example.net.\n*.a TXT \"v=spf1 +all\"\n*._domainkey TXT \"v=DKIM1; p=\"\n"},
			[]string{"a 4 spf-all-pass"}},
		{"a string too long in any text", []string{"a.example. TXT \"" + strings.Repeat("x", 256) + "\"\nb.example. TXT \"v=spf1" + strings.Repeat(" ip4:192.0.2.1", 18) + " -all\"\n"},
			[]string{"a 1 txt-string-over-255", "a 2 txt-string-over-255"}},
		{"special-use names", []string{"$ORIGIN corp.local.\n@ SOA ns h 1 2 3 4 5\n@ MX 10 m\n", "a.home.arpa. TXT \"v=spf1 +all\"\nb.internal. MX 0 .\n"}, nil},
		{"names without a dot", []string{"a. TXT \"v=spf1 +all\"\n. MX 10 a.example.\n"}, nil},
		{"top-level domain with its zone", []string{"$ORIGIN zz.\n@ SOA ns h 1 2 3 4 5\n_dmarc TXT \"v=DMARC1; p=reject; rua=d@a.zz\"\n", "_dmarc.yy. TXT \"v=DMARC1; p=reject; rua=d@a.zz\"\n"},
			[]string{"a 3 dmarc-uri-no-scheme", "a 3 dmarc-rua-empty"}},
		{"relative to nothing", []string{"@ SOA ns h 1 2 3 4 5\n@ MX 10 m\n@ TXT \"v=spf1 +all\"\nexample.com TXT \"v=spf1 +all\"\nexample.net. TXT \"v=spf1 +all\"\n"}, []string{"a 5 spf-all-pass"}},
		{"names below _domainkey that are no selectors", []string{"_adsp._domainkey.a.example. TXT \"dkim=all\"\n_report._domainkey.a.example. TXT \"x\"\n"}, nil},
		{"invalid selector", []string{"b.example. TXT \"v=spf1 -all\"\na._b._domainkey.b.example. CNAME k.example.\n"}, []string{"a 2 dkim-selector-invalid"}},
		{"keys in a zone of their own", []string{zoneStart + host + "@ MX 10 mail\n@ TXT \"v=spf1 mx -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.com\"\n_domainkey NS ns.provider.example.\n"}, nil},
		{"cut by a comment, or not", []string{"_dmarc.a.example. TXT \"v=DMARC1;\"; p=reject\n_dmarc.b.example. TXT v=DMARC1;prose\n"},
			[]string{"a 1 zone-unquoted-semicolon", "a 2 dmarc-p-missing", "a 2 zone-unquoted-semicolon"}},
		{"host that the server looks up", []string{zoneStart + "@ MX 10 mail\nmail ALIAS m.example.net.\n@ TXT \"v=spf1 mx -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.com\"\ns._domainkey CNAME s.provider.example.\n"}, nil},
		{"reverse names are no domains", []string{"$ORIGIN 2.0.192.in-addr.arpa.\n@ SOA ns.e. h.e. 1 2 3 4 5\n1 PTR a.example.\n@ TXT \"x\"\n"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, zoneFindings(t, tt.files...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestZonesOpen checks that names outside are not checked, and that what a
// directive leaves without an answer is unknown.
func TestZonesOpen(t *testing.T) {
	t.Parallel()
	file := &lookup.File{Name: "a", Text: zoneStart + `@ TXT "v=spf1 include:example.net -all"
$INCLUDE more.zone
`}
	directed := &lookup.File{Name: "b", Text: ";! TIMEOUT example.net. TXT\n"}
	r := judged(t, Options{}, file, directed)
	if got := len(r[0].Unknown); got != 1 || r[0].Unknown[0].Question != "TXT example.net" {
		t.Errorf("unknown: %v", r[0].Unknown)
	}
	var open []string
	for _, q := range r[0].Unchecked {
		open = append(open, q.Question)
	}
	for _, want := range []string{"MX example.com", "TXT _dmarc.example.com", "records of more.zone"} {
		if !slices.Contains(open, want) {
			t.Errorf("not checked are %v, not %s", open, want)
		}
	}
}

// TestZonesKeysElsewhere looks at the notice about mail without a key.
func TestZonesKeysElsewhere(t *testing.T) {
	t.Parallel()
	const mail = zoneStart + "mail A 192.0.2.1\n@ MX 10 mail\n@ TXT \"v=spf1 mx -all\"\n"
	for text, want := range map[string]bool{
		mail: true,
		mail + "s._domainkey CNAME s.provider.example.\n": false,
		mail + "_domainkey NS ns.provider.example.\n":     false,
	} {
		r := judged(t, Options{}, &lookup.File{Name: "a", Text: text})[0]
		if got := slices.ContainsFunc(r.Findings, func(f lint.Finding) bool { return f.RuleID == "spf-all-fail-without-dkim" }); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestZonesReports wants the name for which a destination agrees told where the record
// itself is not judged.
func TestZonesReports(t *testing.T) {
	t.Parallel()
	const (
		below  = "news MX 10 mail\nmail A 192.0.2.1\n"
		policy = "_dmarc.example.com. TXT \"v=DMARC1; p=reject; rua=mailto:d@example.net\"\n"
	)
	for text, want := range map[string]bool{
		zoneStart + "@ MX 10 mail\n" + below + policy: false,
		"$ORIGIN example.com.\n" + below + policy:     true,
	} {
		r := judged(t, Options{}, &lookup.File{Name: "a", Text: text + ";! NXDOMAIN _dmarc.news.example.com.\n;! NXDOMAIN example.com._report._dmarc.example.net.\n;! NXDOMAIN *._report._dmarc.example.net.\n"})[0]
		if got := slices.ContainsFunc(r.Findings, func(f lint.Finding) bool { return f.RuleID == "dmarc-report-authorized-names" }); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestZonesInOrder judges more names than are in memory at once: the outcome is that
// of any other run.
func TestZonesInOrder(t *testing.T) {
	t.Parallel()
	const text = zoneStart + "mail A 192.0.2.1\n$GENERATE 1-1100 h$ MX 10 mail\n$GENERATE 1-1100 h$ TXT \"v=spf1 ?all\"\n"
	var first []string
	for range 2 {
		r := judged(t, Options{}, &lookup.File{Name: "a", Text: text})[0]
		if got := len(r.Results.Zone.Names); got != 1100 || !slices.IsSorted(r.Results.Zone.Names) {
			t.Errorf("%d names", got)
		}
		var found []string
		for _, f := range r.Findings {
			found = append(found, f.RuleID+" "+f.Subject()+": "+f.Message)
		}
		if first == nil {
			first = found
		}
		if !slices.Equal(first, found) {
			t.Error("another run finds something else, or in another order")
		}
	}
}

// TestZonesTargets judges a name by what the configuration says of it.
func TestZonesTargets(t *testing.T) {
	t.Parallel()
	const config = "targets:\n  - {domain: example.com, require_rua: reports@example.com, selectors: [gone, s], min_key_bits: 2048}\n"
	c, err := ParseConfig("c", []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	const key = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
	text := zoneStart + "@ MX 10 mail\nmail A 192.0.2.1\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.com\"\n" +
		"s._domainkey TXT \"v=DKIM1; p=" + key + "\"\ns20240315._domainkey TXT \"v=DKIM1; p=" + key + "\"\n"
	got := map[string]bool{}
	r := judged(t, Options{Config: c, At: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}, &lookup.File{Name: "a", Text: text})[0]
	for _, f := range r.Findings {
		got[f.RuleID] = true
	}
	for rule, want := range map[string]bool{"dmarc-rua-required-address-missing": true, "dkim-rsa-below-policy": true, "dkim-record-missing": true, "dkim-key-old": true, "dkim-domainkey-nxdomain": false} {
		if got[rule] != want {
			t.Errorf("%s: %v, of %v", rule, got[rule], got)
		}
	}
}

// FuzzZones judges any text as two halves of a view: nothing panics, and every
// finding has a place in a file.
func FuzzZones(f *testing.F) {
	f.Add(zoneStart + "@ MX 10 mail\n@ TXT \"v=spf1 mx include:a -all\"\n_dmarc TXT v=DMARC1; p=none\ns._domainkey TXT \"k=rsa; p=AA==\"\nmail CNAME mail\n")
	f.Add("a. TXT \"v=spf1\"\n*. MX 0 .\n_dmarc. TXT \"v=DMARC1\"\n._domainkey.a. TXT \"p=\"\n;! LOOP a. MX\n")
	f.Add("a.b. TXT x\n$INCLUDE b c.d.\n@ ALIAS x\n@ TXT y\n$ORIGIN e.\n@ MX 0 a.e\n_x._domainkey TXT z\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "$") > 4 || len(text) > 1<<12 {
			return // many times $GENERATE is only slow
		}
		half := len(text) / 2
		files := []*lookup.File{{Name: "a", Text: text[:half]}, {Name: "b", Text: text[half:]}}
		for _, r := range judged(t, Options{}, files...) {
			for _, found := range r.Findings {
				if found.Span.Source.File != r.Target || found.Span.Position().Line < 1 && len(r.Results.Zone.Names) > 0 {
					t.Errorf("%s stands at %q:%v", found.RuleID, found.Span.Source.File, found.Span.Position())
				}
			}
		}
	})
}
