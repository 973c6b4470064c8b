package dmarc

import (
	"strings"
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
		{"nv=DMARC1; p=reject", "dmarc-version-not-first", "v=DMARC1; p=reject"},
		{`_dmarc IN TXT "v=DMARC1; p=reject"`, "dmarc-version-not-first", "v=DMARC1; p=reject"},
		{"x.example; v=DMARC1; p=reject", "dmarc-version-not-first", "v=DMARC1; p=reject"},
		{"sp=none; v=DMARC1; p=reject", "dmarc-version-not-first", "v=DMARC1; sp=none; p=reject"},
		{"v=spf1 -all v=DMARC1; p=reject", "dmarc-version-not-first", noFinding},
		{"nv=DMARC1; p=reject", "dmarc-missing", noFinding},
		{"v=DMARC1", "dmarc-p-missing", noFixText},
		{"v=DMARC1;", "dmarc-p-missing", noFixText},
		{"v=DMARC1; adkim=s", "dmarc-p-missing", "v=DMARC1; p=none; adkim=s"},
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
		{"x.example TXT v=DMARC1; p=reject", "dmarc-version-not-first", lint.Error, 0, `"x.example TXT" stands before the version, so receivers ignore the text`},
		{"v=DMARC1; p=reject; adkim=s", "dmarc-alignment-strict", lint.Notice, 20, "names above and below the From domain do not count for DKIM"},
		{"v=DMARC1; p=reject; aspf=s", "dmarc-alignment-strict", lint.Notice, 20, "names above and below the From domain do not count for SPF"},
		{"v=DMARC1; p=none; ruf=mailto:a@x.example", "dmarc-p-none-no-rua", lint.Warning, 10, "the record asks for nothing and has no address for aggregate reports"},
	}
	for _, tt := range tests {
		f := finding(tt.in, tt.rule)
		if f == nil || f.Severity != tt.severity || f.Span.Start != tt.offset || f.Message != tt.message {
			t.Errorf("%s of %q: %+v", tt.rule, tt.in, f)
		}
	}
}

// TestHints holds what to do to what the text was meant to ask.
func TestHints(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, rule, hint string }{
		{"nv=DMARC1; p=reject", "dmarc-version-not-first", "Remove what stands before v=DMARC1."},
		{"p=reject v=DMARC1", "dmarc-version-not-first", "Start the record with v=DMARC1 and a semicolon."},
		{"p=reject; fo=1", "dmarc-missing", `Start it with "v=DMARC1;".`},
		{"rua=mailto:a@x.example", "dmarc-missing", `Start it with "v=DMARC1;" and a policy such as p=none.`},
		{"v=DMARC1", "dmarc-p-missing", "Add p=none, p=quarantine or p=reject. At NAME._report._dmarc the text is whole as it is: the consent to take reports about NAME."},
	} {
		if f := finding(tt.in, tt.rule); f == nil || f.Hint != tt.hint {
			t.Errorf("%s of %q: %+v", tt.rule, tt.in, f)
		}
	}
}

// TestNearMissPublished wants one finding about a text at the name that was meant as
// the record, and none that takes it for a stranger.
func TestNearMissPublished(t *testing.T) {
	t.Parallel()
	const start = ";! AUTHORITATIVE .\n$ORIGIN example.com.\n_dmarc TXT \"nv=DMARC1; p=reject\"\n"
	for _, tt := range []struct{ name, zone, want string }{
		{"alone", start, "error dmarc-version-not-first, v=DMARC1; p=reject"},
		{"beside a record", start + "_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:a@example.com\"\nexample.com. MX 10 mail\n", "warning dmarc-version-not-first, no fix"},
	} {
		found := lint.Run(RecordRules(), inspect(t, tt.zone, "example.com", Options{}))
		if len(found) != 1 {
			t.Errorf("%s: %+v", tt.name, found)
			continue
		}
		got := found[0].Severity.String() + " " + found[0].RuleID + ", " + noFixText
		if fix := found[0].Fix; fix != nil {
			got = strings.TrimSuffix(got, noFixText) + fix.Record()
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
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
