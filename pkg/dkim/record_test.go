package dkim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

// brokenRecords have at least one fault: the first one's reason and octets.
var brokenRecords = []struct {
	name, in string
	reason   error
	at       string
}{
	{"empty", "", ErrNotKey, ""},
	{"another protocol", "v=spf1 -all", ErrNotKey, "v=spf1 -all"},
	{"DMARC", "v=DMARC1; p=none", ErrNotKey, "v=DMARC1; p=none"},
	{"host name", "s1.dkim.example.net", ErrNotKey, "s1.dkim.example.net"},
	{"quoted", `"v=DKIM1; p="`, ErrTagSyntax, `"v=DKIM1`},
	{"escaped", `v=DKIM1\; k=rsa\; p=`, ErrTagSyntax, `\`},
	{"no semicolon", "v=DKIM1 k=rsa; p=" + example2048, ErrTagSyntax, "k="},
	{"no equals sign", "v=DKIM1; rsa; p=" + example2048, ErrTagSyntax, "rsa"},
	{"duplicate", "v=DKIM1; p=; p=" + example2048, ErrDuplicateTag, "p=" + example2048},
	{"version in lower case", "v=dkim1; p=" + example2048, ErrVersion, "v=dkim1"},
	{"version not first", "p=" + example2048 + "; v=DKIM1", ErrVersion, "v=DKIM1"},
	{"no key", "v=DKIM1; k=rsa", ErrNoKey, "v=DKIM1; k=rsa"},
	{"revoked", "v=DKIM1; p= ;", ErrRevoked, "p="},
	{"key type", "k=RSA; p=" + example2048, ErrKeyType, "k=RSA"},
	{"not base64", "k=rsa; p=MII*", ErrBase64, "*"},
	{"equals sign inside", "k=rsa; p=MI=I", ErrBase64, "="},
	{"cut", goodRecord[:255], ErrTruncated, goodRecord[len("v=DKIM1; k=rsa; p="):255]},
	{"cut within a group", goodRecord[:256], ErrTruncated, goodRecord[len("v=DKIM1; k=rsa; p="):256]},
	{"wrapped Ed25519", "k=ed25519; p=" + exampleEd25519SPKI, ErrKeyForm, exampleEd25519SPKI},
	{"RSA as Ed25519", "k=ed25519; p=" + example2048, ErrKeyForm, example2048},
	{"Ed25519 as RSA", "p=" + exampleEd25519, ErrKeyForm, exampleEd25519},
	{"short Ed25519", "k=ed25519; p=AAAA", ErrEd25519Size, "AAAA"},
	{"512 bits", "p=" + example512, ErrRSATooShort, example512},
	{"9000 bits", "p=" + exampleHuge(), ErrRSATooLong, exampleHuge()},
	{"even modulus", "p=" + example2048Even, ErrModulus, example2048Even},
	{"sha1", "h=sha1; p=" + example2048, ErrSHA1Only, "h=sha1"},
	{"unknown hash", "h=; p=" + example2048, ErrHashUnknown, "h="},
	{"revoked, of any type", "v=DKIM1; k=x; h=sha1; s=foo; p=", ErrRevoked, "p="},
	{"service", "s=tlsrpt; p=" + example2048, ErrService, "s=tlsrpt"},
}

// validRecords give a key of these bits.
var validRecords = []struct {
	name, in string
	form     Form
	bits     int
}{
	{"usual", goodRecord, SPKI, 2048},
	{"key alone", "p=" + example1024, SPKI, 1024},
	{"white space", "v = DKIM1 ;\tk=rsa; p= " + example2048[:100] + " \t" + example2048[100:] + " ;", SPKI, 2048},
	{"PKCS #1", "p=" + example2048PKCS1, PKCS1, 2048},
	{"Ed25519 without padding", "k=ed25519; p=" + strings.TrimRight(exampleEd25519, "="), Raw, 256},
	{"hashes", "h=sha1 : sha256; p=" + example2048, SPKI, 2048},
	{"services", "s=tlsrpt:email; p=" + example2048, SPKI, 2048},
	{"any service", "s=*; t=y:s; n=some words; p=" + example2048, SPKI, 2048},
	{"unknown tags", "g=*; x=1; p=" + example2048, SPKI, 2048},
	{"semicolon too many", "v=DKIM1;; p=" + example2048, SPKI, 2048},
	{"5120 bits", "p=" + example5120, SPKI, 5120},
	{"exponent 3", "p=" + example2048Exponent3, SPKI, 2048},
}

func TestParseBroken(t *testing.T) {
	t.Parallel()
	for _, tt := range brokenRecords {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := Parse(lint.NewSource("", tt.in))
			if r.Err() != tt.reason {
				t.Fatalf("%v, want %v", r.Err(), tt.reason)
			}
			if diff := cmp.Diff(tt.at, r.Faults[0].Span.Text()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseValid(t *testing.T) {
	t.Parallel()
	for _, tt := range validRecords {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := Parse(lint.NewSource("", tt.in))
			if r.Err() != nil || r.Key.Form != tt.form || r.Key.Bits != tt.bits {
				t.Errorf("%v, form %v, %d bits", r.Err(), r.Key.Form, r.Key.Bits)
			}
		})
	}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	r := Parse(lint.NewSource("", "p=; t= y :s::x ; h=sha256; s="))
	for i, tt := range []struct{ got, want []string }{
		{texts(r.Flags()), []string{"y", "s", "", "x"}},
		{texts(r.Hashes()), []string{"sha256"}},
		{texts(r.Services()), []string{}},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%d: %s", i, diff)
		}
	}
	if !r.Testing() {
		t.Error("not testing")
	}
}

// TestMended brings keys back that were mangled on their way into the DNS.
func TestMended(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"PEM":       "-----BEGIN PUBLIC KEY-----\r\n" + example1024 + "\r\n-----END PUBLIC KEY-----",
		"URL":       strings.NewReplacer("+", "-", "/", "_").Replace(example1024),
		"plus":      strings.ReplaceAll(example1024, "+", " "),
		"quotes":    example1024[:100] + `" "` + example1024[100:],
		"full stop": example1024 + ".",
	} {
		if got, _ := mendedKey(Parse(lint.NewSource("", "p="+value))); got != example1024 {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got, _ := mendedKey(Parse(lint.NewSource("", "p=your key here"))); got != "" {
		t.Errorf("made %q of nothing", got)
	}
}

// FuzzRecord reads any text: nothing is lost, and rules and corrections speak only of
// octets that are there.
func FuzzRecord(f *testing.F) {
	for _, tt := range brokenRecords {
		f.Add(tt.in)
	}
	for _, tt := range validRecords {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, text string) {
		source := lint.NewSource("TXT s._domainkey.example.com", text)
		facts := InspectText(source)
		r := Parse(source)
		if r.String() != text || Parse(lint.NewSource("", r.String())).Err() != r.Err() {
			t.Fatalf("%q is read as %q", text, r.String())
		}
		for _, fault := range r.Faults {
			checkSpan(t, fault.Span)
		}
		if (r.Key.Type == "") != (r.Key.Bits == 0) && !r.Is(ErrRSATooShort) {
			t.Fatalf("%q: %d bits of nothing", text, r.Key.Bits)
		}
		findings := lint.Run(KeyRules(), facts)
		for _, found := range findings {
			checkSpan(t, found.Span)
			if found.Fix != nil {
				checkSpan(t, found.Fix.Span)
				Parse(lint.NewSource("", found.Fix.Record()))
			}
		}
		lint.Correct(findings)
		if r.Err() == nil && facts.Selectors[0].Result() != "ok" {
			t.Fatalf("%q: %s", text, facts.Selectors[0].Result())
		}
	})
}

func checkSpan(t *testing.T, s lint.Span) {
	t.Helper()
	if s.Source == nil || s.Start < 0 || s.Start > s.End || s.End > len(s.Source.Text) {
		t.Fatalf("%d-%d of %+v", s.Start, s.End, s.Source)
	}
}
