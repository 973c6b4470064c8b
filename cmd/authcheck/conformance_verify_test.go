package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readCases reads the cases of a suite.
func readCases(t *testing.T, dir string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "cases.json"))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// verified runs verify on a message and decodes the results of its report.
func verified(t *testing.T, into any, args ...string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"verify", "--no-config", "--format", "json"}, args...)
	if code := run(t.Context(), args, nil, &stdout, &stderr); code == exitUsage || stderr.Len() > 0 {
		t.Fatalf("exit %d, standard error %q", code, &stderr)
	}
	validate(t, reportSchema(t), stdout.Bytes())
	var out struct {
		Reports []struct{ Results json.RawMessage }
	}
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil || len(out.Reports) != 1 {
		t.Fatalf("%d reports, %v", len(out.Reports), err)
	}
	if err := json.Unmarshal(out.Reports[0].Results, into); err != nil {
		t.Fatal(err)
	}
}

// TestMessageSuite looks at ordinary and malformed messages through the command line.
// No resolver answers: what a message is does not depend on the DNS.
func TestMessageSuite(t *testing.T) {
	dir := filepath.Join(suitesDir(t), "eml")
	var suite struct {
		Cases []struct {
			ID, File string
			Want     struct {
				FromFields  int      `json:"from_fields"`
				FromDomains []string `json:"from_domains"`
			}
			Defects []string
		}
	}
	readCases(t, dir, &suite)
	server := silent(t)
	passed := 0
	for _, c := range suite.Cases {
		if t.Run(c.ID, func(t *testing.T) {
			var got struct {
				Message struct {
					FromFields  int      `json:"from_fields"`
					FromDomains []string `json:"from_domains"`
					Defects     []string
				}
			}
			verified(t, &got, filepath.Join(dir, c.File), "--resolver", server, "--timeout", "50ms", "--retries", "0")
			if got.Message.FromFields != c.Want.FromFields {
				t.Errorf("%d From fields, want %d", got.Message.FromFields, c.Want.FromFields)
			}
			if diff := cmp.Diff(c.Want.FromDomains, got.Message.FromDomains); diff != "" {
				t.Error(diff)
			}
			// U-labels are octets above 127, too, which that case does not name.
			defects := slices.DeleteFunc(got.Message.Defects, func(d string) bool { return c.ID == "from-idn-utf8" && d == "8bit-header" })
			slices.Sort(defects)
			slices.Sort(c.Defects)
			if !slices.Equal(defects, c.Defects) {
				t.Errorf("defects %v, want %v", defects, c.Defects)
			}
		}) {
			passed++
		}
	}
	t.Logf("eml through the command line: %d/%d", passed, len(suite.Cases))
	if len(suite.Cases) < 32 {
		t.Errorf("the suite has 32 cases, %d were found", len(suite.Cases))
	}
}

// silent returns the address of a server on the loopback interface that never answers.
func silent(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.LocalAddr().String()
}

// TestSignatureSuites runs the suites of DKIM through the command line: the verdict on
// each signature in the order of the message.
func TestSignatureSuites(t *testing.T) {
	for name, required := range map[string]int{"rfc": 11, "synthetic": 111, "maildkim": 29} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(suitesDir(t), "dkim", name)
			var suite struct {
				Zonefile string
				Cases    []struct {
					ID, File   string
					Optional   bool
					Signatures []struct {
						D, S   string
						Reason string
						Accept []string
					}
				}
			}
			readCases(t, dir, &suite)
			passed, total := 0, 0
			for _, c := range suite.Cases {
				ok := t.Run(c.ID, func(t *testing.T) {
					var got struct {
						DKIM []struct{ Result, Reason, Domain, Selector string }
					}
					verified(t, &got, filepath.Join(dir, c.File), "--zone", filepath.Join(dir, suite.Zonefile), "--at", "2026-08-01T00:00:00Z")
					if len(got.DKIM) != len(c.Signatures) {
						t.Fatalf("%d signatures, want %d", len(got.DKIM), len(c.Signatures))
					}
					for i, want := range c.Signatures {
						r := got.DKIM[i]
						if !slices.Contains(want.Accept, r.Result) || (r.Result == "pass") != (r.Reason == "") {
							t.Errorf("signature %d: %s (%s), want one of %v (%s)", i+1, r.Result, r.Reason, want.Accept, want.Reason)
						}
						if want.Reason != "sig-missing-tag" && !(strings.EqualFold(r.Domain, want.D) && r.Selector == want.S) {
							t.Errorf("signature %d: d=%s s=%s, want %s, %s", i+1, r.Domain, r.Selector, want.D, want.S)
						}
					}
				})
				if !c.Optional {
					total += len(c.Signatures)
				}
				if ok && !c.Optional {
					passed += len(c.Signatures)
				}
			}
			t.Logf("dkim/%s through the command line: %d/%d", name, passed, total)
			if total < required {
				t.Errorf("the suite has %d required signatures, %d were found", required, total)
			}
		})
	}
}

// TestHeaderKeys holds the fields that --header adds to JSON against the schema.
func TestHeaderKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	zone, mail := filepath.Join(dir, "mail.zone"), filepath.Join(dir, "mail.eml")
	for path, text := range map[string]string{
		zone: ";! AUTHORITATIVE .\nexample.com. TXT \"v=spf1 -all\"\n",
		mail: "From: ann@example.com\n\nHello\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got struct {
		Results  string `json:"authentication_results"`
		Received string `json:"received_spf"`
	}
	verified(t, &got, mail, "--zone", zone, "--header", "--ip", "192.0.2.1", "--sender", "ann@example.com")
	if want := "Authentication-Results: localhost;\r\n spf=fail smtp.mailfrom=example.com;\r\n"; !strings.HasPrefix(got.Results, want) {
		t.Errorf("%q, want it to begin with %q", got.Results, want)
	}
	if want := "Received-SPF: fail (example.com: -all matches) receiver=localhost;\r\n"; !strings.HasPrefix(got.Received, want) {
		t.Errorf("%q, want it to begin with %q", got.Received, want)
	}
}

// TestChainSuite runs the suite of ARC through the command line. An empty message is
// one, too.
func TestChainSuite(t *testing.T) {
	dir := filepath.Join(suitesDir(t), "arc", "valimail-validation")
	var suite struct {
		Cases []struct{ ID, File, DNS, CV string }
	}
	readCases(t, dir, &suite)
	passed := 0
	for _, c := range suite.Cases {
		if t.Run(c.ID, func(t *testing.T) {
			var got struct {
				ARC struct{ Result, Reason string }
			}
			verified(t, &got, filepath.Join(dir, c.File), "--zone", filepath.Join(dir, strings.TrimSuffix(c.DNS, ".json")+".zone"))
			if got.ARC.Result != c.CV {
				t.Errorf("%s (%s), want %s", got.ARC.Result, got.ARC.Reason, c.CV)
			}
		}) {
			passed++
		}
	}
	t.Logf("arc/valimail-validation through the command line: %d/%d", passed, len(suite.Cases))
	if len(suite.Cases) < 171 {
		t.Errorf("the suite has 171 cases, %d were found", len(suite.Cases))
	}
}

// TestExampleMessages checks what the README promises of the example messages.
func TestExampleMessages(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]struct {
		dmarc  string
		causes []string
	}{
		"good.eml":   {"pass", nil},
		"forged.eml": {"fail", nil},
		"list.eml":   {"fail", []string{"footer", "subject-tag"}},
	} {
		var got struct {
			DMARC struct{ Result string }
			DKIM  []struct{ Causes []struct{ Cause string } }
		}
		verified(t, &got, filepath.Join("..", "..", "examples", "mail", file), "--guess-envelope",
			"--zone", zonePath(t, "example.com.zone"), "--zone", zonePath(t, "providers.zone"))
		var causes []string
		for _, s := range got.DKIM {
			for _, c := range s.Causes {
				causes = append(causes, c.Cause)
			}
		}
		if got.DMARC.Result != want.dmarc || !slices.Equal(causes, want.causes) {
			t.Errorf("%s: DMARC %s, causes %v", file, got.DMARC.Result, causes)
		}
	}
}
