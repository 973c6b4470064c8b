package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// job is what a script of testdata/peers gets: the texts at each name, null where
// nobody answers, and the files of messages.
type job struct {
	Keys  map[string][]string `json:"keys"`
	Files []string            `json:"files"`
	ARC   bool                `json:"arc,omitempty"`
}

// corpus is messages with authcheck's verdict on each signature of theirs.
type corpus struct {
	job
	ids  []string
	ours [][]string
}

// verifyReferees are the programs that verify as authcheck does: by RFC 6376, 8301
// and 8463. opendkim-testmsg is not among them: it asks the system's name servers,
// and can be told of no others.
var verifyReferees = []struct {
	name     string
	disputes []dispute
	verify   func(*testing.T, corpus) [][]string
}{
	{"dkimpy", dkimpyDisputes, func(t *testing.T, c corpus) [][]string {
		python := module(t, "python3", "Debian's python3-dkim and python3-nacl", "-c", "import dkim, nacl")
		return ask(t, c.job, python, "verify.py")
	}},
	{"Mail-DKIM", mailDKIMDisputes, func(t *testing.T, c corpus) [][]string {
		perl := module(t, "perl", "Debian's libmail-dkim-perl", "-MMail::DKIM", "-e", "1")
		return ask(t, c.job, perl, "verify.pl")
	}},
	{"mailauth", mailauthDisputes, func(t *testing.T, c corpus) [][]string {
		return ask(t, c.job, mailauth(t), "verify.js")
	}},
	{"opendkim", openDKIMDisputes, openDKIMVerify},
}

// mailauth returns a Node.js that has the package of that name.
func mailauth(t *testing.T) string {
	t.Helper()
	return module(t, "node", "npm's mailauth, in a folder of NODE_PATH", "-e", "require('mailauth/lib/arc')")
}

// ask has a script of testdata/peers judge the messages of a job.
func ask(t *testing.T, j job, program, script string) [][]string {
	t.Helper()
	in, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, filepath.Join("testdata", "peers", script))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, &said)
	}
	answers := make([][]string, len(j.Files))
	decoder := json.NewDecoder(bytes.NewReader(out))
	for i := range answers {
		if err := decoder.Decode(&answers[i]); err != nil {
			t.Fatalf("%s, %s: %v", script, j.Files[i], err)
		}
	}
	return answers
}

// openDKIMVerify runs opendkim in its test mode, in which it reads keys from a file.
func openDKIMVerify(t *testing.T, c corpus) [][]string {
	program, keys := needs(t, "opendkim", "opendkim"), ""
	for name, texts := range c.Keys {
		for _, text := range texts {
			keys += name + " " + text + "\n"
		}
	}
	dir := t.TempDir()
	config := testFile(t, dir, "conf", "Mode v\nSyslog no\nMaximumSignaturesToVerify 9\nTestPublicKeys "+testFile(t, dir, "keys", keys)+"\n")
	one := regexp.MustCompile(`[\t ]dkim=(\w+)`)
	answers := make([][]string, len(c.Files))
	for i, file := range c.Files {
		out, err := exec.CommandContext(t.Context(), program, "-t", file, "-x", config, "-vv").CombinedOutput()
		for _, result := range one.FindAllSubmatch(out, -1) {
			answers[i] = append(answers[i], verdictOf(string(result[1])))
		}
		if err != nil && len(answers[i]) == 0 { // it does with a signature that it cannot read
			answers[i] = []string{"stopped"}
		}
	}
	return answers
}

// verdictOf returns the state of RFC 6376, Section 3.9 for a result of RFC 8601.
func verdictOf(result string) string {
	switch result {
	case "pass":
		return "pass"
	case "temperror":
		return "tempfail"
	}
	return "permfail"
}

// TestPeersVerify compares verdicts on the signatures of the suites and of the
// examples with those of other programs.
func TestPeersVerify(t *testing.T) {
	var corpora []corpus
	for _, name := range []string{"rfc", "synthetic", "maildkim"} {
		corpora = append(corpora, suiteCorpus(t, filepath.Join(suitesDir(t), "dkim", name)))
	}
	corpora = append(corpora, exampleCorpus(t))
	for _, r := range verifyReferees {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			open := openDisputes(t, r.disputes)
			same, total := 0, 0
			for _, c := range corpora {
				n, of := c.compare(t, r.verify(t, c), open)
				same, total = same+n, total+of
			}
			for id, d := range open {
				t.Errorf("%s: the same, but listed: %s", id, d.why)
			}
			t.Logf("%s: %d of %d verdicts on signatures are the same", r.name, same, total)
		})
	}
}

// compare counts the signatures on which a referee has a verdict, and those on which it
// is the same. It takes the disputes that it meets off the open ones.
func (c corpus) compare(t *testing.T, theirs [][]string, open map[string]dispute) (same, total int) {
	t.Helper()
	for i, ours := range c.ours {
		n, of := alike(ours, theirs[i])
		same, total = same+n, total+of
		if n == of && len(ours) == len(theirs[i]) {
			continue
		}
		d, listed := open[c.ids[i]]
		delete(open, c.ids[i])
		if said := strings.Join(theirs[i], " "); !listed || d.says != said {
			t.Errorf("%s: authcheck says %v, the referee %q", c.ids[i], ours, said)
		}
	}
	return same, total
}

// alike counts the signatures of a message.
func alike(ours, theirs []string) (same, total int) {
	for i, verdict := range ours {
		switch {
		case i >= len(theirs):
			total++
		case theirs[i] == verdict:
			same, total = same+1, total+1
		case theirs[i] != "unable":
			total++
		}
	}
	return same, total
}

// suiteCorpus reads a suite of signatures.
func suiteCorpus(t *testing.T, dir string) corpus {
	t.Helper()
	var suite struct {
		DNS, Zonefile string
		Cases         []struct{ ID, File string }
	}
	readCases(t, dir, &suite)
	zone := filepath.Join(dir, suite.Zonefile)
	c := corpus{job: job{Keys: keysOf(t, namesOf(t, filepath.Join(dir, suite.DNS)), zone)}}
	for _, s := range suite.Cases {
		c.add(t, s.ID, filepath.Join(dir, s.File), zone)
	}
	return c
}

// exampleCorpus reads the example messages.
func exampleCorpus(t *testing.T) corpus {
	t.Helper()
	zone := zonePath(t, "example.com.zone")
	c := corpus{job: job{Keys: keysOf(t, []string{"s2026a._domainkey.example.com", "s2026b._domainkey.example.com"}, zone)}}
	for _, name := range []string{"good.eml", "forged.eml", "list.eml"} {
		c.add(t, name, filepath.Join("..", "..", "examples", "mail", name), zone)
	}
	return c
}

// add verifies a message and adds it.
func (c *corpus) add(t *testing.T, id, file, zone string) {
	t.Helper()
	var got struct{ DKIM []struct{ Result string } }
	verified(t, &got, file, "--zone", zone, "--at", "2026-11-22T12:00:00Z")
	var verdicts []string
	for _, s := range got.DKIM {
		verdicts = append(verdicts, verdictOf(s.Result))
	}
	c.ids, c.Files, c.ours = append(c.ids, id), append(c.Files, file), append(c.ours, verdicts)
}

// namesOf returns the names of DNS data of the suites.
func namesOf(t *testing.T, file string) (names []string) {
	t.Helper()
	var data struct{ Zone, Faults map[string]any }
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &data)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []map[string]any{data.Zone, data.Faults} {
		for name := range m {
			names = append(names, strings.ToLower(name))
		}
	}
	return names
}

// keysOf asks a zone file for the texts at names.
func keysOf(t *testing.T, names []string, file string) map[string][]string {
	t.Helper()
	zone, err := lookup.ReadZone(file)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string][]string{}
	for _, name := range names {
		answer, err := zone.Query(t.Context(), name, lookup.TypeTXT)
		if err != nil {
			keys[name] = nil
			continue
		}
		keys[name] = []string{}
		for _, r := range answer.Records {
			keys[name] = append(keys[name], r.Source.Text)
		}
	}
	return keys
}
