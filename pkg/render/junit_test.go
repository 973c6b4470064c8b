package render

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

// peer returns what another program makes of a text, or skips the test where the
// program is missing.
func peer(t *testing.T, in, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		absent := "no " + program
		if os.Getenv("AUTHCHECK_PEERS_REQUIRED") == "1" {
			t.Fatal(absent)
		}
		t.Skip(absent)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin, cmd.Stderr = strings.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return string(out)
}

// junitRead is what a reader of JUnit XML sees of a suite: its name, what it says
// it holds, and its cases with what became of them.
type junitRead struct {
	Name   string
	Counts [4]string // tests, failures, errors, skipped
	Cases  [][3]string
}

// TestJUnitReadBack compares what Python reads with what the reports hold.
func TestJUnitReadBack(t *testing.T) {
	t.Parallel()
	reports := append(fixtures(t), injections())
	out := peer(t, rendered(t, JUnit, Options{FailOn: lint.Warning}, reports...), "python3", filepath.Join("testdata", "junit.py"))
	var got []junitRead
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	hostile := got[len(got)-1]
	// One rule, 17 questions without answer and 17 that nobody could ask.
	if want := [4]string{"35", "1", "17", "17"}; hostile.Counts != want || len(hostile.Cases) != 35 || hostile.Name != "[x](http://e)|<b>" {
		t.Errorf("%s: %v, %d cases; want %v", hostile.Name, hostile.Counts, len(hostile.Cases), want)
	}
	want := []junitRead{
		{"example.com", [4]string{"2", "0", "0", "1"}, [][3]string{
			{"spf-ptr", "passed", ""}, {"verdict for a client", "skipped", "not checked: no address was given"}}},
		{"example.net", [4]string{"4", "3", "0", "0"}, [][3]string{
			{"spf-too-many-lookups", "failure", "at least 12 terms ask the DNS in the worst case, 10 are allowed"},
			{"spf-ip-invalid", "failure", "\"300.1.2.3\" is not an IP address: an IPv4 address has four numbers from 0 to 255"},
			{"spf-all-neutral", "failure", "\"?all\" says nothing about hosts that are not listed"},
			{"spf-ptr", "passed", ""}}},
		{"example.org", [4]string{"1", "0", "1", "0"}, [][3]string{{"TXT _spf.slow.example", "error", "timeout"}}},
		{"example.edu", [4]string{"1", "0", "0", "0"}, [][3]string{{"no findings", "passed", ""}}},
		{"xn--bcher-kva.example", [4]string{"1", "1", "0", "0"}, [][3]string{{"spf-ptr", "failure", "\"ptr\" must not be used"}}},
		{"text", [4]string{"2", "1", "0", "1"}, [][3]string{
			{"spf-character", "failure", "\"\\xff\" is not ASCII (and 1 more)"},
			{"what mx stands for", "skipped", "not checked: the name lies outside the text"}}},
		{"example.info", [4]string{"1", "1", "0", "0"}, [][3]string{{"spf-missing", "failure", "there is no SPF record"}}},
	}
	if diff := cmp.Diff(want, got[:len(got)-1]); diff != "" {
		t.Error(diff)
	}
}

// checkXML fails for elements other than those of two reports.
func checkXML(t *testing.T, text string) {
	t.Helper()
	want := map[string]int{"testsuites": 1, "testsuite": 2, "testcase": 6, "failure": 2, "error": 2, "skipped": 2}
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			want[token.Name.Local]--
		case xml.Comment, xml.Directive:
			t.Errorf("%T in %s", token, text)
		}
	}
	for name, n := range want {
		if n != 0 {
			t.Errorf("%d too few of %s in %s", n, name, text)
		}
	}
}
