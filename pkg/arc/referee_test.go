package arc_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/authcheck/authcheck/pkg/arc"
)

// disputed lists the chains on which dkimpy differs, and why it does.
var disputed = map[string]string{
	"the newest set in the middle of the header": "it takes the sets in the order of their fields, not of their instances",
	"fifty-one sets":                 "it knows no limit when it validates",
	"c= in the seal changes nothing": "it reads c= of a seal",
	"v= is ignored":                  "it wants v=1 where there is one",
}

// referee has dkimpy validate chains, or skips the test where it is not installed.
func referee(t *testing.T, keys map[string]string, texts []string) []arc.Status {
	t.Helper()
	var in bytes.Buffer
	for _, text := range texts {
		if err := json.NewEncoder(&in).Encode(map[string]any{"message": text, "keys": keys}); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		python := filepath.Join(dir, "python3")
		if exec.Command(python, "-c", "import dkim").Run() != nil {
			continue
		}
		cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "referee.py"))
		cmd.Stdin, cmd.Stderr = &in, os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		states := make([]arc.Status, len(texts))
		decoder := json.NewDecoder(bytes.NewReader(out))
		for i := range states {
			if err := decoder.Decode(&states[i]); err != nil {
				t.Fatal(err)
			}
		}
		return states
	}
	const absent = "no python3 that has the module dkim (python3-dkim in Debian)"
	if os.Getenv("AUTHCHECK_PEERS_REQUIRED") == "1" {
		t.Fatal(absent)
	}
	t.Skip(absent)
	return nil
}

// TestReferee has the chains of TestVerify validated by somebody else, who knows ARC
// with RSA keys only.
func TestReferee(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{} // it asks for names as they are written
	for _, domain := range []string{list.domain, forwarder.domain, "b\u00fccher.example.com"} {
		keys["s1._domainkey."+domain+"."] = handler{domain, key}.record()
	}
	var texts []string
	for _, tt := range chains {
		m := newMail()
		m.key = key
		tt.make(t, m)
		texts = append(texts, m.String())
	}
	for i, got := range referee(t, keys, texts) {
		reason, listed := disputed[chains[i].name]
		switch same := got == chains[i].want.Status; {
		case !same && !listed:
			t.Errorf("%s: %s, dkimpy %s", chains[i].name, chains[i].want.Status, got)
		case same && listed:
			t.Errorf("%s: the same, but listed: %s", chains[i].name, reason)
		}
	}
}
