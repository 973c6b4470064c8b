package dmarc

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   string
		want Address // zero: refused
		uri  string
	}{
		{"dmarc@example.com", Address{"dmarc", "example.com"}, "mailto:dmarc@example.com"},
		{"mailto:dmarc@example.com", Address{"dmarc", "example.com"}, "mailto:dmarc@example.com"},
		{"MAILTO:DMARC@Example.COM.", Address{"DMARC", "example.com"}, "mailto:DMARC@example.com"},
		{"a!b+c@example.com", Address{"a!b+c", "example.com"}, "mailto:a%21b+c@example.com"},
		{"a%21b@example.com", Address{"a%21b", "example.com"}, "mailto:a%2521b@example.com"},
		{"mailto:a%21b@example.com", Address{"a!b", "example.com"}, "mailto:a%21b@example.com"},
		{"d@b\u00fccher.example", Address{"d", "xn--bcher-kva.example"}, "mailto:d@xn--bcher-kva.example"},
		{in: "example.com"}, {in: "@example.com"}, {in: "dmarc@"}, {in: "dmarc@localhost"}, {in: ""}, {in: "mailto:"},
		{in: "https://example.com/d"}, {in: "mailto:a@example.com?subject=x"}, {in: "mailto:a@example.com%2Cb@example.com"},
		{in: "a@example.com,b@example.com"}, {in: "a b@example.com"}, {in: "mailto:mailto:a@example.com"}, {in: "a@example.com!10m"},
		{in: "mailto:a%zz@example.com"}, {in: "\"a,b\"@example.com"},
	} {
		got, err := ParseAddress(tt.in)
		if diff := cmp.Diff(tt.want, got); diff != "" || (err == nil) != (tt.want != Address{}) {
			t.Errorf("%q: %v %s", tt.in, err, diff)
		}
		if err == nil && got.uri() != tt.uri {
			t.Errorf("%q: %s, want %s", tt.in, got.uri(), tt.uri)
		}
	}
}

// TestRequired states what is said of an address that rua must name.
func TestRequired(t *testing.T) {
	t.Parallel()
	const start, id = "v=DMARC1; p=reject; ", "dmarc-rua-required-address-missing: "
	for _, tt := range []struct{ name, in, want string }{
		{"named", start + "rua=mailto:a@x.example,mailto:Dmarc@Example.COM", ""},
		{"with a size and a subject", start + "rua=mailto:Dmarc@example.com?subject=x!10m", ""},
		{"encoded", start + "rua=mailto:%44marc@example.com", ""},
		{"beside another in one entry", start + "rua=mailto:a@x.example%2CDmarc@example.com", ""},
		{"without the scheme, of which another rule speaks", start + "rua=Dmarc@example.com", ""},
		{"local part in another case", start + "rua=mailto:dmarc@example.com", id + "rua does not name Dmarc@example.com"},
		{"in ruf alone", start + "ruf=mailto:Dmarc@example.com", id + "the record has no rua, which must name Dmarc@example.com"},
		{"in capitals", start + "RUA=mailto:Dmarc@example.com", id + "rua does not name Dmarc@example.com"},
		{"broken", start + "rua=mailto://Dmarc@example.com", id + "rua does not name Dmarc@example.com"},
		{"no entry", start + "rua=", id + "rua does not name Dmarc@example.com"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := InspectText(lint.NewSource("", tt.in))
			f.Required = []Address{{"Dmarc", "example.com"}, {"Dmarc", "example.com"}}
			got := ""
			for _, found := range lint.Run([]rule{addressMissing, ruaMissing}, f) {
				got += found.RuleID + ": " + found.Message
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
