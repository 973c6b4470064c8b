package spf_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// TestEverybody wants an error, once, of a record that passes all addresses of a family,
// by one term or by several: IPv4 has 2^32, a half 2^31. Terms of a kind that follow each
// other are counted together.
func TestEverybody(t *testing.T) {
	t.Parallel()
	const (
		zero, all, included = "spf-cidr-zero", "spf-all-pass", "spf-include-all-pass"
		halves              = "all IPv4 addresses pass, the largest parts by ip4:0.0.0.0/1 and 1 more (4294967296)"
	)
	for _, tt := range []struct {
		name, record string
		rules        []string
		message      string // of the record as a whole
	}{
		{"one term", "ip4:0.0.0.0/0 -all", []string{zero}, ""},
		{"two halves", "ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", []string{zero}, halves},
		{"one address is refused", "-ip4:192.0.2.1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", nil, ""},
		{"one address is missing", "ip4:0.0.0.0/1 ip4:128.0.0.0/2 ip4:192.0.0.0/3 ip4:224.0.0.0/4 -all", nil, ""},
		{"a half is neutral", "ip4:0.0.0.0/1 ?ip4:128.0.0.0/1 -all", nil, ""},
		{"a half by an include", "ip4:0.0.0.0/1 include:half.example -all", []string{zero}, "all IPv4 addresses pass, the largest parts by ip4:0.0.0.0/1 (2147483648), include:half.example (2147483648)"},
		{"by a record that is included", "include:halves.example -all", []string{zero}, "all IPv4 addresses pass, the largest parts by include:halves.example (4294967296)"},
		{"by a redirect", "redirect=halves.example", []string{zero}, "all IPv4 addresses pass"},
		{"IPv6", "ip6:::/1 ip6:8000::/1 -all", []string{zero}, "all IPv6 addresses pass"},
		{"a half has no answer", "ip4:0.0.0.0/1 include:slow.example -all", nil, ""},
		{"all", "ip4:0.0.0.0/1 +all", []string{all}, ""},
		{"all that is included", "include:all.example -all", []string{included}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n;! TIMEOUT slow.example. TXT\nexample.com. TXT \"v=spf1 "+tt.record+"\"\n"+
				"half.example. TXT \"v=spf1 ip4:128.0.0.0/1 -all\"\nhalves.example. TXT \"v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all\"\nall.example. TXT \"v=spf1 +all\"\n")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			message := ""
			for _, found := range lint.Run(spf.Rules(), spf.Inspect(t.Context(), zone, "example.com", spf.Options{})) {
				if found.Severity != lint.Error {
					continue
				}
				got = append(got, found.RuleID)
				if found.Span == found.Span.Source.Whole() {
					message += found.Message
				}
			}
			if diff := cmp.Diff(tt.rules, got); diff != "" || message != tt.message {
				t.Errorf("%s%q, want %q", diff, message, tt.message)
			}
		})
	}
}
