package dmarc

import (
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
)

const noFinding, noFixText = "no finding", "no fix"

// finding returns the first finding of a rule about a text.
func finding(text, rule string) *lint.Finding {
	for _, f := range lint.Run(RecordRules(), InspectText(lint.NewSource("text", text))) {
		if f.RuleID == rule {
			return &f
		}
	}
	return nil
}

// fixed returns the text that the fix of a rule makes of another.
func fixed(text, rule string) string {
	switch f := finding(text, rule); {
	case f == nil:
		return noFinding
	case f.Fix == nil:
		return noFixText
	default:
		return f.Fix.Record()
	}
}

func TestFixes(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, rule, want string }{
		{"v=DMARC1; P=reject", "dmarc-tag-case", "v=DMARC1; p=reject"},
		{"v=DMARC1; P=reject", "dmarc-p-missing", noFixText},
		{"v=DMARC1; p=reject; Rua=mailto:a@x.example", "dmarc-rua-missing", noFixText},
		{"v=DMARC1; p=reject; Rua=a@x.example", "dmarc-uri-no-scheme", "v=DMARC1; p=reject; Rua=mailto:a@x.example"},
		{"v=DMARC1; p=reject; P=none", "dmarc-tag-case", noFixText},
		{"v=DMARC1; p=reject; P=Reject", "dmarc-tag-case", "v=DMARC1; p=reject"},
		{"v=DMARC1; SP=reject; Sp=none", "dmarc-tag-case", noFixText},
		{"v=DMARC1; rua=mailto:a@x.example!10mb", "dmarc-uri-unencoded", "v=DMARC1; rua=mailto:a@x.example"},
		{"v=DMARC1; rua=mailto:a@x.example!big,mailto:b@x.example", "dmarc-uri-unencoded", noFixText},
		{"v=DMARC1; rua=mailto:a!b@x.example", "dmarc-uri-unencoded", "v=DMARC1; rua=mailto:a%21b@x.example"},
		{"v=DMARC1; policy=reject", "dmarc-p-missing", noFixText},
		{"v=DMARC1; sp=reject; rua=mailto:a@x.example", "dmarc-p-missing", noFixText},
		{"v=DMARC1; rua=mailto:a@x.example", "dmarc-p-missing", "v=DMARC1; p=none; rua=mailto:a@x.example"},
		{"v=DMARC1; p=reject; foo=bar", "dmarc-unknown-tag", noFixText},
		{"v=DMARC1; p=reject; spf=r", "dmarc-unknown-tag", noFixText},
		{"v=DMARC1; p=reject; asfp=s", "dmarc-unknown-tag", "v=DMARC1; p=reject; aspf=s"},
		{"v=DMARC1; p=reject; aspf=r; asfp=s", "dmarc-unknown-tag", noFixText},
		{"v=DMARC1; p=reject; rau=reports", "dmarc-unknown-tag", noFixText},
		{"v=DMARC1, p=reject, rua=mailto:a@x.example,mailto:b@x.example", "dmarc-version-invalid", "v=DMARC1; p=reject; rua=mailto:a@x.example,mailto:b@x.example"},
		{"v=DMARC1; p=reject; rua=mailto:a@x.example,,mailto:b@x.example,mailto:c@x.example", "dmarc-uri-separator", "v=DMARC1; p=reject; rua=mailto:a@x.example,mailto:b@x.example,mailto:c@x.example"},
		{"v=DMARC1; p=reject; rua=mailto:a@x.example,,mailto:b@x.example", "dmarc-uri-too-many", noFinding},
		{"v=DMARC1; p=reject; rua=mailto:a@x.example, ; t=n", "dmarc-uri-separator", "v=DMARC1; p=reject; rua=mailto:a@x.example ; t=n"},
		{"v=DMARC1; p=reject; rua=,mailto:a@x.example", "dmarc-uri-separator", "v=DMARC1; p=reject; rua=mailto:a@x.example"},
		{`v=DMARC1\; p=reject\;`, "dmarc-version-invalid", "v=DMARC1; p=reject;"},
	}
	for _, tt := range tests {
		if got := fixed(tt.in, tt.rule); got != tt.want {
			t.Errorf("%s of %q: %q, want %q", tt.rule, tt.in, got, tt.want)
		}
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, rule string
		severity lint.Severity
		offset   int
		message  string
	}{
		{"v=DMARC1; P=reject", "dmarc-tag-case", lint.Error, 10, `"P" is unknown to receivers that compare names letter for letter`},
		{"v=DMARC1; p=none; T=y", "dmarc-tag-case", lint.Warning, 18, `"T" is unknown to receivers that compare names letter for letter`},
		{"v=DMARC1; P=reject", "dmarc-p-missing", lint.Warning, 0, "the record has no policy and no usable report address: receivers do no DMARC processing"},
		{"v=DMARC1; p=none; rua=mailto:a@x.example,", "dmarc-uri-separator", lint.Error, 41, "nothing stands behind the last comma"},
		{"v=DMARC1; p=none; rua=,mailto:a@x.example", "dmarc-uri-separator", lint.Error, 22, "nothing stands before the first comma"},
		{`v=DMARC1\; p=reject\;`, "dmarc-version-invalid", lint.Error, 8, "a backslash is part of the text, so receivers ignore the text"},
		{`"v=DMARC1; p=reject"`, "dmarc-version-invalid", lint.Error, 0, "a quotation mark is part of the text, so receivers ignore the text"},
	}
	for _, tt := range tests {
		f := finding(tt.in, tt.rule)
		if f == nil || f.Severity != tt.severity || f.Span.Start != tt.offset || f.Message != tt.message {
			t.Errorf("%s of %q: %+v", tt.rule, tt.in, f)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		"mailto:b@x.example%215x": ErrURIAddress, "mailto:<a@x.example>": ErrURIAddress, "mailto:a@@x.example": ErrURIAddress,
		"mailto:{tag}@x.example": ErrURIAddress, "mailto:b%40c@x.example": ErrURIAddress,
		"mailto:a+b.c%21@x-y.example": nil, "mailto:%22a,b%22@x.example": ErrURIAddress, "mailto:%22a:b%22@x.example": nil,
	} {
		if got := Parse(lint.NewSource("", "v=DMARC1; rua="+text)).RUA[0].Err; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestIntended(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Policies{
		"v=DMARC1; policy=reject": {P: Reject}, "v=DMARC1; sp=Reject; rua=mailto:a@x.example": {P: Reject, SP: Reject},
		"v=DMARC1; p=none; P=quarantine; np:reject": {P: Quarantine, NP: Reject}, "v=DMARC1; rua=mailto:a@x.example": {},
	} {
		if got := Intended(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}
