package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// signingKeys are keys of all kinds by their selector, with the flags that make them.
var signingKeys = []struct {
	selector string
	flags    []string
}{
	{"weak", []string{"--bits", "1024", "--allow-weak"}},
	{"usual", nil},
	{"large", []string{"--bits", "4096", "--note", "for; tests"}},
	{"ed", []string{"--type", "ed25519"}},
}

// toSign are messages of which every part may go wrong on the way.
var toSign = map[string]string{
	"usual":        "From: Ann <a@example.com>\r\nTo: b@example.net\r\nSubject: Hello\r\nDate: Sat, 21 Nov 2026 12:00:00 +0000\r\n\r\nHello,\r\n\r\nbye\r\n",
	"blanks":       "From:  Ann  <a@example.com> \r\nSubject:\t Hello \t\r\n\r\nHello \t there  \r\n \r\n\tbye\t\r\n\r\n\r\n",
	"folded":       "From: Ann\r\n <a@example.com>\r\nSubject: a\r\n\tb\r\n  c\r\nTo: x@example.net\r\nTo: y@example.net\r\n\r\nbye\r\n",
	"no body":      "From: a@example.com\r\nSubject: nothing\r\n\r\n",
	"open end":     "From: a@example.com\r\n\r\nbye",
	"octets":       "From: a@example.com\r\nSubject: gr\xc3\xbc\xdfe\r\n\r\n\xe4\xf6\xfc \xff\r\n",
	"LF":           "From: a@example.com\nSubject: of a file\n\nHello,\n\nbye\n",
	"signed twice": "DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=old; h=from; bh=AAAA; b=AAAA\r\nFrom: a@example.com\r\n\r\nbye\r\n",
}

// signed is messages signed with all of signingKeys.
type signed struct {
	files map[string]string // by message and form
	keys  map[string]string // records by name
	zone  string            // file
}

// signAll makes keys and signs each message in each form with all of them.
func signAll(t *testing.T) signed {
	t.Helper()
	dir := t.TempDir()
	s := signed{files: map[string]string{}, keys: map[string]string{}}
	zone, keys := emptyZone, []string{}
	for _, k := range signingKeys {
		name := k.selector + "._domainkey.example.com"
		args := append([]string{"dkim", "keygen", "--domain", "example.com", "--selector", k.selector, "--out", dir, "--publish", "line"}, k.flags...)
		s.keys[name] = strings.TrimSpace(runOK(t, args...))
		text, err := os.ReadFile(filepath.Join(dir, name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		zone += string(text)
		keys = append(keys, "--key", filepath.Join(dir, name+".pem"))
	}
	s.zone = testFile(t, dir, "zone", zone)
	for name, message := range toSign {
		in := testFile(t, dir, name, message)
		for _, form := range []string{"relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple"} {
			out := runOK(t, append([]string{"dkim", "sign", in, "--canonicalization", form, "--expire", "1h"}, keys...)...)
			if !strings.HasSuffix(out, message) || strings.Count(out, "DKIM-Signature: a=") != len(signingKeys) {
				t.Errorf("%s: %q", name, out)
			}
			if !strings.HasSuffix(out, "\n") {
				out += "\r\n" // as a server does on the way
			}
			key := name + ", " + form
			s.files[key] = testFile(t, dir, strings.NewReplacer("/", "-", ", ", "-").Replace(key), out)
		}
	}
	return s
}

// runOK returns what a run that ends with 0 prints.
func runOK(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, nil, &stdout, &stderr); code != exitOK {
		t.Fatalf("%v: exit code %d\n%s", args, code, stderr.String())
	}
	return stdout.String()
}

// want returns what a verifier that knows these selectors has to say.
func (s signed) want(selectors ...string) map[string]string {
	want := map[string]string{}
	for key := range s.files {
		want[key] = strings.Join(selectors, " ")
	}
	return want
}

// verify lets a program verify all messages, which prints a line for each: the file, a
// tabulator and the selectors of the signatures that hold.
func (s signed) verify(t *testing.T, program string, args ...string) map[string]string {
	t.Helper()
	keys := map[string]string{}
	for key, file := range s.files {
		keys[file] = key
		args = append(args, file)
	}
	cmd := exec.Command(program, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	got := map[string]string{}
	for line := range strings.Lines(string(out)) {
		file, selectors, _ := strings.Cut(strings.TrimSpace(line), "\t")
		got[keys[file]] = selectors
	}
	return got
}

// TestPeersSign lets others verify what was signed.
func TestPeersSign(t *testing.T) {
	s := signAll(t)
	t.Run("dkimpy", s.dkimpy)
	t.Run("Mail-DKIM", s.mailDKIM)
	t.Run("opendkim", s.openDKIM)
	t.Run("mailauth", s.mailauth)
}

// dkimpy gets the keys from a file.
func (s signed) dkimpy(t *testing.T) {
	python := module(t, "python3", "Debian's python3-dkim and python3-nacl", "-c", "import dkim, nacl")
	const script = `
import dkim, sys
keys = dict(line.rstrip("\n").split(" ", 1) for line in open(sys.argv[1]))
for path in sys.argv[2:]:
    message, good = open(path, "rb").read(), []
    for i in range(4):
        d = dkim.DKIM(message)
        if d.verify(idx=i, dnsfunc=lambda name, timeout=5: keys[name.decode().rstrip(".")].encode()):
            good.append(d.selector.decode())
    print(path, " ".join(good), sep="\t")
`
	if diff := cmp.Diff(s.want("weak", "usual", "large", "ed"), s.verify(t, python, "-c", script, s.keyFile(t))); diff != "" {
		t.Error(diff)
	}
}

// keyFile returns a file with the name and the record of each key.
func (s signed) keyFile(t *testing.T) string {
	t.Helper()
	lines := ""
	for name, record := range s.keys {
		lines += name + " " + record + "\n"
	}
	return testFile(t, t.TempDir(), "keys", lines)
}

// mailDKIM, of which old releases know no Ed25519, finds the keys in nsd, which serves the records
// that keygen wrote.
func (s signed) mailDKIM(t *testing.T) {
	perl := module(t, "perl", "Debian's libmail-dkim-perl", "-MMail::DKIM", "-e", "1")
	server, _ := startNSD(t, map[string]string{"example.com.": s.zone})
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		t.Fatal(err)
	}
	const script = `
my ($host, $port, @files) = @ARGV;
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(nameservers => [$host], port => $port, recurse => 0));
for my $file (@files) {
	open my $in, '<:raw', $file or die;
	my $message = do { local $/; <$in> };
	$message =~ s/\r?\n/\r\n/g;
	my $verifier = Mail::DKIM::Verifier->new;
	$verifier->PRINT($message);
	$verifier->CLOSE;
	print "$file\t", join(' ', map { $_->selector } grep { $_->result eq 'pass' } $verifier->signatures), "\n";
}
`
	got := s.verify(t, perl, "-MMail::DKIM::Verifier", "-MMail::DKIM::DNS", "-MNet::DNS", "-e", script, host, port)
	known := []string{"weak", "usual", "large"}
	if exec.Command(perl, "-MMail::DKIM::Algorithm::ed25519_sha256", "-e", "1").Run() == nil {
		known = append(known, "ed")
	}
	if diff := cmp.Diff(s.want(known...), got); diff != "" {
		t.Error(diff)
	}
}

// openDKIM runs in its test mode, in which it reads keys from a file. It checks three
// signatures of a message if it is not told to check more.
func (s signed) openDKIM(t *testing.T) {
	program := needs(t, "opendkim", "opendkim")
	config := testFile(t, t.TempDir(), "conf", "Mode v\nSyslog no\nMaximumSignaturesToVerify 9\nTestPublicKeys "+s.keyFile(t)+"\n")
	for key, file := range s.files {
		if strings.HasPrefix(key, "blanks, simple/") {
			continue // the test mode takes blanks away on both sides of a field's value
		}
		out, err := exec.Command(program, "-t", file, "-x", config, "-vv").CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", key, err, out)
		}
		for _, k := range signingKeys {
			passed := regexp.MustCompile(`dkim=pass (\(\d+-bit key\) )?header\.d=example\.com header\.i=@example\.com header\.a=\S+ header\.s=` + k.selector + ` `)
			if !passed.Match(out) {
				t.Errorf("%s, %s:\n%s", key, k.selector, out)
			}
		}
	}
}

// mailauth says something of every signature, in the order of the header.
func (s signed) mailauth(t *testing.T) {
	node := mailauth(t)
	j := job{Keys: map[string][]string{}}
	for name, record := range s.keys {
		j.Keys[name] = []string{record}
	}
	var keys []string
	for key, file := range s.files {
		keys, j.Files = append(keys, key), append(j.Files, file)
	}
	for i, got := range ask(t, j, node, "verify.js") {
		want := slices.Repeat([]string{"pass"}, len(signingKeys))
		if strings.HasPrefix(keys[i], "signed twice,") {
			want = append(want, "permfail") // what was there before
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", keys[i], got, want)
		}
	}
}

// TestPeersKeys lets OpenSSL check private keys, and wants the records to be in order.
func TestPeersKeys(t *testing.T) {
	openssl := needs(t, "openssl", "openssl")
	for _, k := range signingKeys {
		t.Run(k.selector, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			record := runOK(t, append([]string{"dkim", "keygen", "--domain", "example.com", "--selector", k.selector, "--out", dir, "--publish", "line"}, k.flags...)...)
			key := filepath.Join(dir, k.selector+"._domainkey.example.com.pem")
			if said, err := exec.Command(openssl, "pkey", "-check", "-noout", "-in", key).CombinedOutput(); err != nil || strings.TrimSpace(string(said)) != "Key is valid" {
				t.Errorf("openssl pkey -check: %v\n%s", err, said)
			}
			runOK(t, "lint", "dkim", strings.TrimSpace(record), "--no-config")
		})
	}
}

// module returns a program that runs with the arguments: it has a module. Without one
// the test is skipped, or fails where AUTHCHECK_PEERS_REQUIRED=1 says so.
func module(t *testing.T, program, source string, args ...string) string {
	t.Helper()
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		path := filepath.Join(dir, program)
		if exec.Command(path, args...).Run() == nil {
			return path
		}
	}
	absent := fmt.Sprintf("no %s that runs %q (it needs %s)", program, args, source)
	if os.Getenv("AUTHCHECK_PEERS_REQUIRED") == "1" {
		t.Fatal(absent)
	}
	t.Skip(absent)
	return ""
}
