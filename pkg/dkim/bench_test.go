package dkim_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// signed writes a file with a message whose body has that many octets, text and
// base64 in turn, signed relaxed/relaxed with RSA of 2048 bits. The zone has the key.
func signed(b *testing.B, size int) (path string, r lookup.Resolver) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		b.Fatal(err)
	}
	value := base64.StdEncoding.EncodeToString(public)
	zone, err := lookup.ParseZone("zone", fmt.Sprintf("s._domainkey.example.com. TXT \"v=DKIM1; p=%s\" \"%s\"\n", value[:200], value[200:]))
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("It was the best of times, it was the worst of times, it was the age of\r\n", 40)
	text += strings.Repeat(strings.Repeat("QUJDREVG", 9)+"QUJD\r\n", 40)
	var in, out bytes.Buffer
	in.WriteString("From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nSubject: hello\r\nDate: Tue, 14 Jul 2026 09:00:00 +0000\r\n\r\n")
	for in.Len() < size {
		in.WriteString(text[:min(len(text), size)])
	}
	options := &msgauth.SignOptions{Domain: "example.com", Selector: "s", Signer: key, HeaderKeys: []string{"From", "To", "Subject", "Date"},
		HeaderCanonicalization: msgauth.CanonicalizationRelaxed, BodyCanonicalization: msgauth.CanonicalizationRelaxed}
	if err := msgauth.Sign(&out, &in, options); err != nil {
		b.Fatal(err)
	}
	path = filepath.Join(b.TempDir(), "signed.eml")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	return path, lookup.NewCache(zone, 0)
}

var sizes = []struct {
	name   string
	octets int
}{{"2KB", 2 << 10}, {"100KB", 100 << 10}, {"50MB", 50 << 20}}

func BenchmarkVerify(b *testing.B) {
	for _, size := range sizes {
		path, r := signed(b, size.octets)
		b.Run("authcheck/"+size.name, func(b *testing.B) {
			b.SetBytes(int64(size.octets))
			b.ReportAllocs()
			for b.Loop() {
				m, err := message.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				if res := dkim.Verify(b.Context(), r, m, dkim.VerifyOptions{}); len(res) != 1 || res[0].Status != dkim.Pass {
					b.Fatalf("%v", res)
				}
				m.Close()
			}
		})
		b.Run("go-msgauth/"+size.name, func(b *testing.B) {
			b.SetBytes(int64(size.octets))
			b.ReportAllocs()
			for b.Loop() {
				f, err := os.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				res, err := msgauth.VerifyWithOptions(f, &msgauth.VerifyOptions{LookupTXT: txt(b.Context(), r)})
				if err != nil || len(res) != 1 || res[0].Err != nil {
					b.Fatalf("%v %v", res, err)
				}
				f.Close()
			}
		})
	}
}
