package authres

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authcheck/authcheck/pkg/lint"
)

// said is a field as both readers understand it.
type said struct {
	ID      string
	Results []Result
}

// referee has Debian's python3-authres read fields, or skips the test where it is
// not installed.
func referee(t *testing.T, list []string) []said {
	t.Helper()
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		python := filepath.Join(dir, "python3")
		if exec.Command(python, "-c", "import authres").Run() != nil {
			continue
		}
		var in bytes.Buffer
		for _, field := range list {
			if err := json.NewEncoder(&in).Encode(field); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "referee.py"))
		cmd.Stdin, cmd.Stderr = &in, os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		replies := make([]said, len(list))
		decoder := json.NewDecoder(bytes.NewReader(out))
		for i := range replies {
			if err := decoder.Decode(&replies[i]); err != nil {
				t.Fatal(err)
			}
		}
		return replies
	}
	const absent = "no python3 that has the module authres (python3-authres in Debian)"
	if os.Getenv("AUTHCHECK_PEERS_REQUIRED") == "1" {
		t.Fatal(absent)
	}
	t.Skip(absent)
	return nil
}

// TestReferee has the fields of RFC 8601, Appendix B, and those that Format writes read
// by somebody else.
func TestReferee(t *testing.T) {
	t.Parallel()
	var names, list []string
	var want []said
	for _, tt := range fields {
		// B.7 it cannot read, because of the comment after the version of the method.
		if f := Parse(lint.NewSource("", tt.in)); strings.HasPrefix(tt.name, "B.") && !strings.HasPrefix(tt.name, "B.7") {
			names, list, want = append(names, tt.name), append(list, "Authentication-Results:"+tt.in), append(want, f.said())
		}
	}
	for _, tt := range refereed {
		names, list, want = append(names, tt.name), append(list, Format(tt.id, tt.results)), append(want, said{tt.id, tt.results})
	}
	for i, got := range referee(t, list) {
		if diff := cmp.Diff(want[i], got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", names[i], diff)
		}
	}
}

// refereed are fields that python3-authres can read: it takes a value in quotes only
// as the last of its result, no name of the service in quotes, no letters beyond ASCII.
var refereed = []struct {
	name, id string
	results  []Result
}{
	{"nothing was checked", "example.org", nil},
	{"one result", "example.com", []Result{{Method: "spf", Result: "pass", Properties: []Property{{"smtp", "mailfrom", "example.net"}}}}},
	{"several results", "mail.example", []Result{
		{Method: "dkim", Result: "fail", Reason: "body hash did not verify", Properties: []Property{{"header", "d", "example.com"}, {"header", "s", "s1"}, {"header", "a", "rsa-sha256"}, {"header", "b", "ab/cd+ef"}}},
		{Method: "dkim", Result: "pass", Properties: []Property{{"header", "i", "@example.com"}, {"header", "b", "abcd+efg"}}},
		{Method: "spf", Result: "softfail", Properties: []Property{{"smtp", "mailfrom", "SRS0=x=y=z@a.example"}}},
		{Method: "dmarc", Result: "pass", Properties: []Property{{"header", "from", "example.com"}, {"policy", "dmarc", "reject"}}},
		{Method: "arc", Result: "pass", Properties: []Property{{"header", "oldest-pass", "1"}, {"smtp", "remote-ip", "2001:db8::1"}}},
		{Method: "iprev", Result: "pass", Properties: []Property{{"policy", "iprev", "192.0.2.200"}}},
	}},
	{"hostile values", "a.example", []Result{
		{Method: "spf", Result: "fail", Reason: `\"; dkim=pass \`, Properties: []Property{{"smtp", "helo", `x\" y; dkim=pass (z`}}},
		{Method: "spf", Result: "fail", Reason: `(x`, Properties: []Property{{"smtp", "mailfrom", `"a; dkim=pass"@c.example`}}},
		{Method: "spf", Result: "fail", Properties: []Property{{"smtp", "mailfrom", `"a"; dkim=pass`}}},
	}},
}

func (f *Field) said() said {
	all := said{ID: f.ID.Text}
	for _, c := range f.Claims {
		r := Result{Method: c.Method.Text, Result: c.Result.Text, Reason: c.Reason.Text}
		for _, p := range c.Properties {
			r.Properties = append(r.Properties, Property{p.Type.Text, p.Name.Text, p.Value.Text})
		}
		all.Results = append(all.Results, r)
	}
	return all
}
