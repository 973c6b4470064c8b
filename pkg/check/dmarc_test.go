package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// TestRealDMARC takes every record of the collection through parser, rules and
// text: what is printed is printable, and what is recommended has no error.
func TestRealDMARC(t *testing.T) {
	t.Parallel()
	eachReal(t, "dmarc.jsonl", 168, func(r realRecord) { checkDMARC(t, strings.Join(r.Strings, "")) })
}

func checkDMARC(t *testing.T, text string) {
	t.Helper()
	r := check.DMARCText(lint.NewSource("text", text), check.Options{})
	checkPrintable(t, r, text)
	for _, c := range r.Corrected {
		if again := check.DMARCText(lint.NewSource("text", c.Record), check.Options{}); again.Summary().Errors > 0 {
			t.Errorf("%q is corrected to %q, which has errors", text, c.Record)
		}
	}
}

// TestDMARCQuestions holds what one domain asks to what the record needs.
func TestDMARCQuestions(t *testing.T) {
	t.Parallel()
	const text = `;! AUTHORITATIVE .
_dmarc.example.com. TXT "v=DMARC1; p=none; np=reject; rua=mailto:a@example.com,mailto:b@report.example"
example.com. MX 10 mail.example.com.
report.example. MX 10 mail.report.example.
example.com._report._dmarc.report.example. TXT "v=DMARC1"
`
	tests := []struct {
		domain string
		want   []string
	}{
		{"example.com", []string{"_dmarc.example.com", "example.com", "report.example", "example.com._report._dmarc.report.example"}},
		{"www.example.com", []string{
			"_dmarc.www.example.com", "_dmarc.example.com", "_dmarc.com", "www.example.com",
			"example.com", "report.example", "example.com._report._dmarc.report.example",
		}},
	}
	for _, tt := range tests {
		zone, err := lookup.ParseZone("test.zone", text)
		if err != nil {
			t.Fatal(err)
		}
		facts := dmarc.Inspect(t.Context(), zone, tt.domain, dmarc.Options{})
		var got []string
		for _, reply := range facts.Asked {
			got = append(got, reply.Name)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s needs %q, want %q", tt.domain, got, tt.want)
		}
	}
}

// TestDMARCCorrected holds what is recommended to what the text was meant to ask.
func TestDMARCCorrected(t *testing.T) {
	t.Parallel()
	const rua = "; rua=mailto:a@x.example"
	for text, want := range map[string]string{
		"v=DMARC1; P=reject":                                 "v=DMARC1; p=reject",
		"nv=DMARC1; p=reject" + rua:                          "v=DMARC1; p=reject" + rua,
		"p=reject v=DMARC1; sp=none" + rua:                   "",
		"v=DMARC1":                                           "",
		"v=DMARC1; P=reject" + rua:                           "v=DMARC1; p=reject" + rua,
		"v=DMARC1; p=reject; Rua=a@x.example":                "v=DMARC1; p=reject" + rua,
		"v=DMARC1; p=reject; P=none" + rua:                   "",
		"v=DMARC1; policy=reject" + rua:                      "",
		"v=DMARC1; sp=reject" + rua:                          "",
		"v=DMARC1" + rua:                                     "v=DMARC1; p=none" + rua,
		"v=DMARC1; p=reject" + rua + "!10mb":                 "v=DMARC1; p=reject" + rua,
		"v=DMARC1; p=reject; adkim=strict; pct=all" + rua:    "",
		"v=DMARC1, p=reject, rua=mailto:a@x.example":         "v=DMARC1; p=reject" + rua,
		"v=DMARC1; p=reject" + rua + ",":                     "v=DMARC1; p=reject" + rua,
		"v=DMARC1; p=reject" + rua + ",,mailto:b@x.example;": "v=DMARC1; p=reject" + rua + ",mailto:b@x.example;",
	} {
		got := ""
		for _, c := range check.DMARCText(lint.NewSource("text", text), check.Options{}).Corrected {
			got = c.Record
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestRequiredAddresses holds the correction to the addresses that rua must name.
func TestRequiredAddresses(t *testing.T) {
	t.Parallel()
	const rua = "; rua=mailto:a@x.example"
	required := []dmarc.Address{{Local: "b", Host: "x.example"}, {Local: "c!d", Host: "x.example"}}
	for text, want := range map[string]string{
		"v=DMARC1; p=reject":                    "v=DMARC1; p=reject; rua=mailto:b@x.example,mailto:c%21d@x.example",
		"v=DMARC1; p=reject" + rua:              "v=DMARC1; p=reject" + rua + ",mailto:b@x.example,mailto:c%21d@x.example",
		"v=DMARC1; p=reject" + rua + ", ; fo=1": "v=DMARC1; p=reject" + rua + ",mailto:b@x.example,mailto:c%21d@x.example ; fo=1",
		"v=DMARC1; p=reject; rua=a@x.example":   "v=DMARC1; p=reject; rua=mailto:a@x.example,mailto:b@x.example,mailto:c%21d@x.example",
		"v=DMARC1; p=reject; Rua=" + rua[6:]:    "",
		"v=DMARC1; p=reject; rua=":              "",
		"v=DMARC1; p=block":                     "",
		"v=DMARC1; p=reject" + rua + ",mailto:c!d@x.example,mailto:b@x.example": "",
	} {
		zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n_dmarc.x.example. TXT \""+text+"\"\nx.example. MX 10 mx\n")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range check.DMARC(t.Context(), zone, check.DMARCRequest{Domain: "x.example", Required: required}, check.Options{}).Corrected {
			got = c.Record
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
