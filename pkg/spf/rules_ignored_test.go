package spf_test

import (
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// TestElsewhere states what is said of records of other protocols at the domain
// itself, with or without the name that zone files have before them.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"v=DMARC1; p=reject":                          "Publish it at _dmarc.example.com instead.",
		" v=TLSRPTv1; rua=mailto:a@example.com":       "Publish it at _smtp._tls.example.com instead.",
		"_dmarc.example.com. TXT v=DMARC1; p=none":    "Publish it at _dmarc.example.com instead, without what stands before the version.",
		`s1._domainkey IN TXT \"v=DKIM1; p=AAAA\"`:    "Publish it at SELECTOR._domainkey.example.com instead, without what stands before the version.",
		"some-verification=v=DMARC1":                  "",
		"v=spf1 -all":                                 "",
		"this-is-v=DMARC1 of something else entirely": "",
	} {
		zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\nexample.com. TXT \""+text+"\"\n")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, found := range lint.Run(spf.Rules(), spf.Inspect(t.Context(), zone, "example.com", spf.Options{})) {
			if found.RuleID == "txt-record-at-apex-has-no-effect" {
				got += found.Hint
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
