package dkim

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"github.com/authcheck/authcheck/pkg/lint"
)

// testPair returns the key pair of RFC 8463, Appendix A.1.
func testPair(t testing.TB) (crypto.Signer, string) {
	t.Helper()
	private, err := ParseSigner([]byte("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="))
	if err != nil {
		t.Fatal(err)
	}
	return private, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
}

const letter = "From: a@example.com\nTo: b@example.net\nReceived: x\nSubject: folded\n text\nTo: c@example.net\n\nHello,\n\nbye\n"

// TestSign checks the tags of signatures, and that another verifier takes them.
func TestSign(t *testing.T) {
	t.Parallel()
	mail := strings.ReplaceAll(letter, "\n", "\r\n")
	for _, tt := range []struct {
		name, message string
		o             SignOptions
		fields, form  string
	}{
		{"as usual", mail, SignOptions{}, "From:Subject:To:To:From", "relaxed/relaxed"},
		{"LF", letter, SignOptions{}, "From:Subject:To:To:From", "relaxed/relaxed"},
		{"simple", mail, SignOptions{Header: Simple, Body: Simple}, "From:Subject:To:To:From", "simple/simple"},
		{"simple, LF", letter, SignOptions{Header: Simple, Body: Simple}, "From:Subject:To:To:From", "simple/simple"},
		{"fields", mail, SignOptions{Fields: []string{"to", "from", "to", "X-None"}}, "to:to:from:From", "relaxed/relaxed"},
		{"oversigned", mail, SignOptions{Oversign: []string{"From", "To", "Cc"}}, "From:Subject:To:To:From:To:Cc", "relaxed/relaxed"},
		{"nothing oversigned", mail, SignOptions{Oversign: []string{}}, "From:Subject:To:To", "relaxed/relaxed"},
		{"no body", "From: a@example.com\r\n", SignOptions{}, "From:From", "relaxed/relaxed"},
		{"no body, simple", "From: a@example.com\r\n", SignOptions{Body: Simple}, "From:From", "relaxed/simple"},
		{"nothing ends the header", "From: a@example.com", SignOptions{}, "From:From", "relaxed/relaxed"},
		{"last line is open", "From: a@example.com\r\n\r\nbye", SignOptions{Header: Simple, Body: Simple}, "From:From", "simple/simple"},
		{"blank before the colon", "From : a@example.com\r\n\r\nbye\r\n", SignOptions{}, "From:From", "relaxed/relaxed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			private, record := testPair(t)
			tt.o.Domain, tt.o.Selector = "Example.com", "S1"
			field, err := Sign([]byte(tt.message), private, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			tags := map[string]string{}
			for tag := range strings.SplitSeq(strings.TrimPrefix(strings.NewReplacer("\r\n ", "", "\n ", "", "\r\n", "", "\n", "").Replace(field), "DKIM-Signature:"), ";") {
				name, value, _ := strings.Cut(strings.TrimSpace(tag), "=")
				tags[name] = strings.ReplaceAll(value, " ", "")
			}
			want := map[string]string{"v": "1", "a": "ed25519-sha256", "c": tt.form, "d": "example.com", "s": "s1", "h": tt.fields}
			for name, value := range want {
				if tags[name] != value {
					t.Errorf("%s=%s, want %s", name, tags[name], value)
				}
			}
			if strings.Contains(field, "\r") != strings.Contains(tt.message+"\r", "\r\n") && strings.Contains(tt.message, "\n") {
				t.Errorf("%q in front of %q", field, tt.message)
			}
			if err := verifies(field+tt.message, record); err != nil {
				t.Errorf("%v\n%s", err, field)
			}
			if err := Confirm(t.Context(), []byte(field+tt.message), private); err != nil {
				t.Errorf("%v\n%s", err, field)
			}
			// With simple header canonicalization a field of the same name from above would do.
			if !strings.Contains(tt.name, "nothing") {
				if err := verifies(field+"From: evil@example.com\n"+tt.message, record); err == nil {
					t.Error("a second From field breaks nothing")
				}
			}
		})
	}
}

// verifies lets go-msgauth check the only signature of a message.
func verifies(message, record string) error {
	message = strings.ReplaceAll(strings.ReplaceAll(message, "\r\n", "\n"), "\n", "\r\n")
	if !strings.Contains(message, "\r\n\r\n") { // it wants the line between header and body
		message = strings.TrimSuffix(message, "\r\n") + "\r\n\r\n"
	}
	results, err := msgauth.VerifyWithOptions(strings.NewReader(message), &msgauth.VerifyOptions{
		LookupTXT: func(string) ([]string, error) { return []string{record}, nil },
	})
	if err == nil && len(results) != 1 {
		err = errors.New("not one signature")
	}
	if err != nil {
		return err
	}
	return results[0].Err
}

func TestSignExpires(t *testing.T) {
	t.Parallel()
	private, record := testPair(t)
	o := SignOptions{Domain: "example.com", Selector: "s1", Expires: time.Unix(4102444800, 0)}
	field, err := Sign([]byte(letter), private, o)
	if err != nil || !regexp.MustCompile(`\bx=4102444800\b`).MatchString(field) {
		t.Fatal(field, err)
	}
	if err := verifies(field+letter, record); err != nil {
		t.Error(err)
	}
}

func TestSignRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, message string
		o             SignOptions
		want          error
	}{
		{"empty", "", SignOptions{}, ErrFrom},
		{"no header", "\r\nFrom: a@example.com\r\n", SignOptions{}, ErrFrom},
		{"no From", "To: a@example.com\r\n\r\n", SignOptions{}, ErrFrom},
		{"two From fields", "From: a@example.com\r\nfrom: b@example.com\r\n\r\n", SignOptions{}, ErrFrom},
		{"mailbox", "From a@example.com Sat Nov 21 17:00:00 2026\nFrom: a@example.com\n\n", SignOptions{}, ErrHeader},
		{"folded first line", " x\r\nFrom: a@example.com\r\n\r\n", SignOptions{}, ErrHeader},
		{"no colon", "From: a@example.com\r\nSubject\r\n\r\n", SignOptions{}, ErrHeader},
		{"mixed line ends", "From: a@example.com\r\n\r\na\nb\r\n", SignOptions{}, ErrLineEnds},
		{"CR alone", "From: a@example.com\n\na\rb\n", SignOptions{}, ErrBareCR},
		{"CR among CRLF", "From: a@example.com\r\n\r\na\rb\r\n", SignOptions{}, ErrBareCR},
		{"CR at the end", "From: a@example.com\n\na\r", SignOptions{}, ErrBareCR},
		{"From is not signed", letter, SignOptions{Fields: []string{"To"}}, ErrUnsigned},
		{"no name of a field", letter, SignOptions{Fields: []string{"From", "a;b"}}, ErrHeader},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			private, _ := testPair(t)
			tt.o.Domain, tt.o.Selector = "example.com", "s1"
			if field, err := Sign([]byte(tt.message), private, tt.o); !errors.Is(err, tt.want) {
				t.Errorf("%q, %v; want %v", field, err, tt.want)
			}
		})
	}
	for _, o := range []SignOptions{
		{Selector: "s"}, {Domain: "example.com"}, {Domain: "example", Selector: "s"}, {Domain: "example.com", Selector: "a;b"},
		{Domain: "example.com", Selector: "s", Body: "nowsp"}, {Domain: "example.com", Selector: "s", Header: "nowsp"},
	} {
		private, _ := testPair(t)
		if field, err := Sign([]byte(letter), private, o); err == nil {
			t.Errorf("%+v: %s", o, field)
		}
	}
}

// TestConfirm wants what is not as it was signed to be noticed.
func TestConfirm(t *testing.T) {
	t.Parallel()
	private, _ := testPair(t)
	other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	field, err := Sign([]byte(letter), private, SignOptions{Domain: "example.com", Selector: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, signed string
		keys         []crypto.Signer
		want         error
	}{
		{"good", field + letter, []crypto.Signer{private}, nil},
		{"another key", field + letter, []crypto.Signer{other}, ErrSignature},
		{"one signature of two", field + letter, []crypto.Signer{private, private}, ErrUnconfirmed},
		{"the second is another's", field + field + letter, []crypto.Signer{private, other}, ErrUnconfirmed},
		{"another body", field + letter + "more\n", []crypto.Signer{private}, ErrUnconfirmed},
		{"another header", field + "From: b@example.com\n" + letter, []crypto.Signer{private}, ErrUnconfirmed},
	} {
		if err := Confirm(t.Context(), []byte(tt.signed), tt.keys...); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestParseSigner wants a signer of each form that ParsePrivateKey reads.
func TestParseSigner(t *testing.T) {
	t.Parallel()
	private, record := testPair(t)
	octets, ok := private.Public().(ed25519.PublicKey)
	if diff := cmp.Diff([]byte(octets), Parse(lint.NewSource("", record)).Key.Octets); !ok || diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"", "AAAA", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if private, err := ParseSigner([]byte(text)); err != ErrPrivateKey {
			t.Errorf("%q: %v, %v", text, private, err)
		}
	}
}

// FuzzSign wants every message that is signed to verify.
func FuzzSign(f *testing.F) {
	for _, message := range []string{
		letter, strings.ReplaceAll(letter, "\n", "\r\n"), "From: a@example.com", "From:\n\n", "From: a\n\n\n\n", "From: a\n \n\t\n\nx \n  y\t\n\n",
		"From a b:\nFrom: x\n\n", "From: a\r\n\r\n\r\rb", "From : a\nfRoM\t: b\n\n", "From: a\nX:\x00\xff\n\n\x00\xff",
	} {
		f.Add(message)
	}
	private, record := testPair(f)
	f.Fuzz(func(t *testing.T, message string) {
		for _, form := range []Canonicalization{Simple, Relaxed} {
			field, err := Sign([]byte(message), private, SignOptions{Domain: "example.com", Selector: "s1", Header: form, Body: form})
			if err != nil || strings.Contains(strings.ToLower(message), "dkim-signature") {
				return
			}
			if err := verifies(field+message, record); err != nil {
				t.Errorf("%s: %v\n%q", form, err, message)
			}
			if err := Confirm(t.Context(), []byte(field+message), private); err != nil {
				t.Errorf("%s: %v\n%q", form, err, message)
			}
		}
	})
}
