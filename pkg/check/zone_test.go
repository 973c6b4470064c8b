package check

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
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
	for _, r := range Zones(t.Context(), files, Options{}) {
		for _, f := range r.Findings {
			if f.Severity > lint.Notice {
				found = append(found, strings.Join([]string{f.Span.Source.File, strconv.Itoa(f.Span.Position().Line), f.RuleID}, " "))
			}
		}
	}
	return found
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
	r := Zones(t.Context(), []*lookup.File{file, directed}, Options{})
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

// FuzzZones judges any text as two halves of a view: nothing panics, and every
// finding has a place in a file.
func FuzzZones(f *testing.F) {
	f.Add(zoneStart + "@ MX 10 mail\n@ TXT \"v=spf1 mx include:a -all\"\n_dmarc TXT v=DMARC1; p=none\ns._domainkey TXT \"k=rsa; p=AA==\"\nmail CNAME mail\n")
	f.Add("a. TXT \"v=spf1\"\n*. MX 0 .\n_dmarc. TXT \"v=DMARC1\"\n._domainkey.a. TXT \"p=\"\n;! LOOP a. MX\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "$") > 4 || len(text) > 1<<12 {
			return // many times $GENERATE is only slow
		}
		half := len(text) / 2
		files := []*lookup.File{{Name: "a", Text: text[:half]}, {Name: "b", Text: text[half:]}}
		for _, r := range Zones(t.Context(), files, Options{}) {
			for _, found := range r.Findings {
				if found.Span.Source.File != r.Target || found.Span.Position().Line < 1 && len(r.Results.Zone.Names) > 0 {
					t.Errorf("%s stands at %q:%v", found.RuleID, found.Span.Source.File, found.Span.Position())
				}
			}
		}
	})
}
