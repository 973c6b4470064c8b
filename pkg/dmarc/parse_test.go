package dmarc

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

var uriRows = []struct {
	in, text, host string
	err            error
}{
	{"mailto:a@example.com", "mailto:a@example.com", "example.com", nil},
	{"mailto:a@Example.COM!10m", "mailto:a@Example.COM", "example.com", nil},
	{"mailto:a@example.com!5", "mailto:a@example.com", "example.com", nil},
	{"mailto:a%2Cb@example.com", "mailto:a%2Cb@example.com", "", ErrURIAddress},
	{"mailto:a@x.example%2Cb@example.com", "mailto:a@x.example%2Cb@example.com", "example.com", nil},
	{"mailto:a@example.com?subject=x", "mailto:a@example.com?subject=x", "example.com", nil},
	{"https://example.com/r", "https://example.com/r", "", nil},
	{"a@example.com", "a@example.com", "", ErrURIScheme},
	{"mailto://a@example.com", "mailto://a@example.com", "", ErrURIDoubled},
	{"mailto: a@example.com", "mailto: a@example.com", "", ErrURIDoubled},
	{"mailto:", "mailto:", "", ErrURIDoubled},
	{"mailto:a@example.com mailto:b@example.com", "mailto:a@example.com mailto:b@example.com", "", ErrURISeparator},
	{"mailto:a!b@example.com", "mailto:a!b@example.com", "", ErrURIEncoding},
	{"mailto:a%zz@example.com", "mailto:a%zz@example.com", "", ErrURIEncoding},
	{"mailto:a@localhost", "mailto:a@localhost", "", ErrURIAddress},
	{"mailto:@example.com", "mailto:@example.com", "", ErrURIAddress},
	{"mailto:a@[192.0.2.1]", "mailto:a@[192.0.2.1]", "", ErrURIAddress},
}

func TestURI(t *testing.T) {
	t.Parallel()
	for _, tt := range uriRows {
		r := Parse(lint.NewSource("", "v=DMARC1; rua="+tt.in))
		if len(r.RUA) != 1 {
			t.Fatalf("%q: %d URIs", tt.in, len(r.RUA))
		}
		u := &r.RUA[0]
		if host := u.Host; u.Text() != tt.text || u.Err != tt.err || tt.err == nil && host != tt.host {
			t.Errorf("%q: %q, host %q, %v", tt.in, u.Text(), host, u.Err)
		}
	}
	r := Parse(lint.NewSource("", "v=DMARC1; rua= mailto:a@x.example ,,mailto:b@x.example"))
	if len(r.RUA) != 3 || r.RUA[1].Err != ErrURIEmpty || r.RUA[2].Span.Text() != "mailto:b@x.example" {
		t.Errorf("%+v", r.RUA)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"v=DMARC1": true, "v=DMARC1;": true, "V\t=  DMARC1 ; p=none": true, "v=DMARC1 p=none": false, " v=DMARC1": false,
		"v=DMARC10": false, "v=DMARC1.0": false, "v=dmarc1": false, "": false, "v": false, "v=": false,
	} {
		if got := hasVersion(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, rule, want string }{
		{"p=reject; v=DMARC1", "dmarc-version-not-first", "v=DMARC1; p=reject"},
		{"v=dmarc1; p=reject", "dmarc-version-invalid", "v=DMARC1; p=reject"},
		{"v=DMARC1 p=reject", "dmarc-version-invalid", "v=DMARC1; p=reject"},
		{"DMARC1; p=reject", "dmarc-version-invalid", "v=DMARC1; p=reject"},
		{`"v=DMARC1\; p=reject"`, "dmarc-version-invalid", "v=DMARC1; p=reject"},
		{"\tv=DMARC1; p=reject", "dmarc-leading-space", "v=DMARC1; p=reject"},
		{"v=DMARC1; p=reject; ; t=n", "dmarc-syntax", "v=DMARC1; p=reject; t=n"},
		{"v=DMARC1; p:reject", "dmarc-syntax", "v=DMARC1; p=reject"},
		{"v=DMARC1; p=reject rua=mailto:a@x.example", "dmarc-syntax", "v=DMARC1; p=reject; rua=mailto:a@x.example"},
		{"v=DMARC1; adkim=s; p=reject", "dmarc-p-not-second", "v=DMARC1; p=reject; adkim=s"},
		{"v=DMARC1; p=reject; pct=0", "dmarc-pct-zero", "v=DMARC1; p=reject; t=y; pct=0"},
		{"v=DMARC1; p=reject; rau=mailto:a@x.example", "dmarc-unknown-tag", "v=DMARC1; p=reject; rua=mailto:a@x.example"},
		{"v=DMARC1; rua=mailto://a@x.example", "dmarc-uri-mailto-doubled", "v=DMARC1; rua=mailto:a@x.example"},
		{"v=DMARC1; rua=mailto:a@x.example mailto:b@x.example", "dmarc-uri-separator", "v=DMARC1; rua=mailto:a@x.example,mailto:b@x.example"},
	}
	for _, tt := range tests {
		got := "no such finding"
		for _, f := range lint.Run(RecordRules(), InspectText(lint.NewSource("text", tt.in))) {
			if f.RuleID == tt.rule && f.Fix != nil {
				got = f.Fix.Record()
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q, %s: %s", tt.in, tt.rule, diff)
		}
	}
}

// TestHostileRecords demands that the largest texts do not hang: quadratic work would.
func TestHostileRecords(t *testing.T) {
	t.Parallel()
	const size = 65535
	for _, part := range []string{";", "a=1;", "p=none;", "rua=", "x,", "mailto:a@x.example ", " p=", "!1m,", "\x00"} {
		for _, before := range []string{"v=DMARC1;", "v=DMARC1; rua=", ""} {
			text := before + strings.Repeat(part, size/len(part))
			start := time.Now()
			lint.Correct(lint.Run(RecordRules(), InspectText(lint.NewSource("text", text))))
			if took := time.Since(start); took > time.Minute {
				t.Errorf("%q and many of %q: %s", before, part, took)
			}
		}
	}
}
