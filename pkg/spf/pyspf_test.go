package spf_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// pyspf is a running testdata/pyspf.py.
type pyspf struct {
	in  *json.Encoder
	out *json.Decoder
}

// startPyspf starts the second referee, or skips the test where there is none.
func startPyspf(t *testing.T) *pyspf {
	t.Helper()
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		python := filepath.Join(dir, "python3")
		if exec.Command(python, "-c", "import spf").Run() != nil {
			continue
		}
		cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "pyspf.py"))
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			in.Close()
			io.Copy(io.Discard, out)
			cmd.Wait()
		})
		return &pyspf{json.NewEncoder(in), json.NewDecoder(out)}
	}
	const absent = "no python3 that has the module spf (python3-spf in Debian)"
	if os.Getenv("AUTHCHECK_PEERS_REQUIRED") == "1" {
		t.Fatal(absent)
	}
	t.Skip(absent)
	return nil
}

// ask returns the verdict on a case and answers what pyspf asks on the way.
func (p *pyspf) ask(t *testing.T) func(lookup.Resolver, refereeCase) string {
	return func(r lookup.Resolver, c refereeCase) string {
		if err := p.in.Encode(map[string]string{"ip": c.ip, "sender": c.sender, "helo": c.helo}); err != nil {
			t.Fatal(err)
		}
		for {
			var said struct{ Verdict, Name, Type string }
			if err := p.out.Decode(&said); err != nil {
				t.Fatal(err)
			}
			if said.Verdict != "" {
				return said.Verdict
			}
			if err := p.in.Encode(answer(t, r, said.Name, said.Type)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// reply is an answer in the form of testdata/pyspf.py.
type reply struct {
	Failed string `json:"failed"`
	Data   []any  `json:"data"`
}

func answer(t *testing.T, r lookup.Resolver, name, word string) (a reply) {
	types := map[string]lookup.Type{"A": lookup.TypeA, "AAAA": lookup.TypeAAAA, "MX": lookup.TypeMX, "PTR": lookup.TypePTR, "TXT": lookup.TypeTXT}
	host, err := lookup.FromOctets(name)
	if err != nil || types[word] == 0 {
		return a
	}
	got, err := r.Query(t.Context(), host, types[word])
	if err != nil {
		a.Failed = err.Error()
	}
	for _, rr := range got.Records {
		switch rr.Type {
		case lookup.TypeTXT:
			texts := []string{}
			for _, s := range rr.Strings {
				texts = append(texts, latin1(s))
			}
			a.Data = append(a.Data, texts)
		case lookup.TypeMX:
			a.Data = append(a.Data, []any{rr.Preference, rr.Host})
		case lookup.TypePTR:
			a.Data = append(a.Data, rr.Host)
		default:
			a.Data = append(a.Data, rr.Addr.String())
		}
	}
	return a
}

// latin1 makes a character of each octet, which JSON can carry.
func latin1(octets string) string {
	runes := make([]rune, len(octets))
	for i := range len(octets) {
		runes[i] = rune(octets[i])
	}
	return string(runes)
}

// TestPyspf compares with pyspf over zones of our own.
func TestPyspf(t *testing.T) {
	t.Parallel()
	zones, cases := ownCases(t)
	compareWith(t, zones, cases, pyspfDisputes, startPyspf(t).ask(t))
}

// TestPyspfSuite compares over the public suite.
func TestPyspfSuite(t *testing.T) {
	t.Parallel()
	zones, cases := suiteCases(t)
	compareWith(t, zones, cases, pyspfSuiteDisputes, startPyspf(t).ask(t))
}
