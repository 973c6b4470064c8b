package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// refereeKeys are records at one selector, with the verdict that the standards have
// for them and the private key. Sections are those of RFC 6376. KEY stands for the public key as everybody publishes it,
// PKCS1 for it as RFC 6376, Section 3.6.1 says, OTHER for that of another key, CUT for
// KEY without its last 12 characters, and BROKEN for KEY without one in its middle.
var refereeKeys = []struct {
	name    string
	records []string
	want    string // result of authcheck, or "mismatch"
	dispute string // why the referee says the opposite; "" where it agrees
}{
	{"as usual", []string{"v=DKIM1; k=rsa; p=KEY"}, "ok", ""},
	{"shortest", []string{"p=KEY"}, "ok", ""},
	{"ends with a semicolon", []string{"v=DKIM1; k=rsa; p=KEY;"}, "ok", ""},
	{"no blanks", []string{"v=DKIM1;k=rsa;p=KEY"}, "ok", ""},
	{"blanks everywhere", []string{"v = DKIM1 ; k = rsa ; p = KEY ; "}, "ok", ""},
	{"all tags", []string{"v=DKIM1; h=sha256; k=rsa; n=a note; p=KEY; s=email; t=s"}, "ok", ""},
	{"several of each", []string{"v=DKIM1; h=sha1:sha256; s=tlsrpt:email; t=y:s; p=KEY"}, "ok", ""},
	{"every service", []string{"v=DKIM1; s=*; p=KEY"}, "ok", ""},
	{"unknown tag", []string{"v=DKIM1; zz=1; p=KEY"}, "ok", ""},
	{"unknown flag", []string{"v=DKIM1; t=q; p=KEY"}, "ok", ""},
	{"key first", []string{"p=KEY; k=rsa"}, "ok", ""},
	{"RSAPublicKey", []string{"v=DKIM1; p=PKCS1"}, "ok", "3.6.1: it is what the text asks for; it reads only what everybody publishes"},
	{"another key", []string{"v=DKIM1; p=OTHER"}, "mismatch", ""},
	{"cut off", []string{"v=DKIM1; p=CUT"}, "invalid", ""},
	{"hole in the key", []string{"v=DKIM1; p=BROKEN"}, "invalid", ""},
	{"quotation mark in the key", []string{`v=DKIM1; p=\"KEY\"`}, "invalid", "3.6.1: p= is base64; it skips what is not"},
	{"hyphen in the key", []string{"v=DKIM1; p=-KEY"}, "invalid", "3.6.1: p= is base64; it skips what is not"},
	{"revoked", []string{"v=DKIM1; p="}, "revoked", ""},
	{"no key", []string{"v=DKIM1; k=rsa"}, "invalid", ""},
	{"another version", []string{"v=DKIM2; p=KEY"}, "invalid", ""},
	{"version in small letters", []string{"v=dkim1; p=KEY"}, "invalid", ""},
	{"version not first", []string{"k=rsa; v=DKIM1; p=KEY"}, "invalid", "3.6.1: v= is the first tag; it takes it anywhere"},
	{"tag name in capitals", []string{"v=DKIM1; P=KEY"}, "invalid", ""},
	{"unknown key type", []string{"v=DKIM1; k=dsa; p=KEY"}, "invalid", ""},
	{"the other key type", []string{"v=DKIM1; k=ed25519; p=KEY"}, "invalid", "RFC 8463, 4.2: p= is an Ed25519 key; it compares the text with the private key, whatever k= says"},
	{"unknown hash", []string{"v=DKIM1; h=md5; p=KEY"}, "invalid", ""},
	{"SHA-1 alone", []string{"v=DKIM1; h=sha1; p=KEY"}, "invalid", "RFC 8301, 3.1: rsa-sha1 is not used; it is older"},
	{"not for mail", []string{"v=DKIM1; s=tlsrpt; p=KEY"}, "invalid", ""},
	{"key twice", []string{"v=DKIM1; p=OTHER; p=KEY"}, "invalid", "3.2: a list with a tag twice is invalid; it takes the last"},
	{"no tags", []string{"KEY"}, "invalid", ""},
	{"semicolon lost", []string{"v=DKIM1 p=KEY"}, "invalid", ""},
	{"name in front", []string{"s._domainkey v=DKIM1; p=KEY"}, "invalid", ""},
	{"two records", []string{"v=DKIM1; p=KEY", "v=DKIM1; p=OTHER"}, "invalid", ""},
	{"nothing", nil, "missing", ""},
}

// TestPeersDKIMKeys compares verdicts on keys in the DNS with those of
// opendkim-testkey, which asks nsd as authcheck does.
func TestPeersDKIMKeys(t *testing.T) {
	program, dir := needs(t, "opendkim-testkey", "opendkim-tools"), t.TempDir()
	zone := "@ 60 SOA ns hostmaster 1 60 60 60 60\n@ 60 NS ns\nns 60 A 127.0.0.1\n"
	keys := map[int]string{}
	for _, bits := range []int{1024, 2048, 4096} {
		var keyIn *strings.Replacer
		keys[bits], keyIn = refereeKey(t, dir, bits)
		for i, tt := range refereeKeys {
			for _, record := range tt.records {
				zone += fmt.Sprintf("r%d-%d._domainkey 60 TXT", bits, i)
				for part := range slices.Chunk([]byte(keyIn.Replace(record)), 200) {
					zone += fmt.Sprintf(" \"%s\"", part)
				}
				zone += "\n"
			}
		}
	}
	nsd, _ := startNSD(t, map[string]string{"example.com.": testFile(t, dir, "zone", zone)})
	// Its resolver is unbound's, in a library.
	resolver := testFile(t, dir, "unbound.conf", fmt.Sprintf("server:\n  do-not-query-localhost: no\n  module-config: iterator\n"+
		"stub-zone:\n  name: example.com.\n  stub-addr: %s\n", strings.Replace(nsd, ":", "@", 1)))
	config := testFile(t, dir, "opendkim.conf", "ResolverConfiguration "+resolver+"\n")
	for bits, key := range keys {
		for i, tt := range refereeKeys {
			t.Run(fmt.Sprintf("%s, %d bits", tt.name, bits), func(t *testing.T) {
				t.Parallel()
				selector := fmt.Sprintf("r%d-%d", bits, i)
				if got := keyVerdict(t, nsd, selector, key); got != tt.want {
					t.Errorf("authcheck says %s, want %s", got, tt.want)
				}
				said, err := exec.Command(program, "-vvv", "-x", config, "-d", "example.com", "-s", selector, "-k", key).CombinedOutput()
				agrees := (err == nil) == (tt.want == "ok")
				if agrees != (tt.dispute == "") {
					t.Errorf("agrees with %s: %t, dispute %q; opendkim-testkey says %v:\n%s", tt.want, agrees, tt.dispute, err, said)
				}
			})
		}
	}
}

// refereeKey makes a key pair and returns the file of the private key and what puts
// the public key into records.
func refereeKey(t *testing.T, dir string, bits int) (file string, records *strings.Replacer) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	value := func(public any) string {
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(der)
	}
	key := value(private.Public())
	file = testFile(t, dir, fmt.Sprintf("%d.key", bits), string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})))
	return file, strings.NewReplacer("KEY", key, "OTHER", value(other.Public()), "CUT", key[:len(key)-12], "BROKEN", key[:100]+key[101:],
		"PKCS1", base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&private.PublicKey)))
}

// keyVerdict returns the result for a key, or "mismatch" where it is a good one, but
// not that of the private key in a file.
func keyVerdict(t *testing.T, server, selector, file string) string {
	t.Helper()
	_, stdout := tool{}.run(t, []string{"dkim", "example.com", "--selector", selector, "--key", file, "--resolver", server})
	type finding struct{ Rule string }
	var out struct {
		Reports []struct {
			Results struct {
				Keys []struct{ Result string } `json:"dkim_keys"`
			}
			Findings []finding
		}
	}
	if err := json.Unmarshal(stdout, &out); err != nil || len(out.Reports) != 1 || len(out.Reports[0].Results.Keys) != 1 {
		t.Fatalf("%v: %s", err, stdout)
	}
	result := out.Reports[0].Results.Keys[0].Result
	if result == "ok" && slices.ContainsFunc(out.Reports[0].Findings, func(f finding) bool { return f.Rule == "dkim-key-mismatch" }) {
		return "mismatch"
	}
	return result
}
