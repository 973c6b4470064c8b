package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authcheck/authcheck/pkg/render"
)

// TestRFC7208 runs the public conformance suite through the command line: the
// verdict and the explanation of every case, in output that keeps to the schema.
func TestRFC7208(t *testing.T) {
	dir := filepath.Join(suitesDir(t), "spf")
	var suite struct {
		Scenarios []struct {
			Zonefile string
			Cases    []struct {
				ID, IP, Helo, MailFrom, Explanation string
				Result                              []string
			}
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "rfc7208.json"))
	if err == nil {
		err = json.Unmarshal(data, &suite)
	}
	if err != nil {
		t.Fatal(err)
	}
	schema := reportSchema(t)
	passed, total := 0, 0
	for _, scenario := range suite.Scenarios {
		for _, c := range scenario.Cases {
			total++
			ok := t.Run(c.ID, func(t *testing.T) {
				var stdout, stderr bytes.Buffer
				code := run(t.Context(), []string{
					"spf", "--ip", c.IP, "--sender", c.MailFrom, "--helo", c.Helo,
					"--zone", filepath.Join(dir, scenario.Zonefile), "--format", "json", "--no-config",
				}, strings.NewReader(""), &stdout, &stderr)
				if code == exitUsage || stderr.Len() > 0 {
					t.Fatalf("exit %d, standard error %q", code, &stderr)
				}
				validate(t, schema, stdout.Bytes())
				var out struct {
					Reports []struct {
						Results struct {
							SPF struct{ Result, Reason, Explanation string }
						}
					}
				}
				if err := json.Unmarshal(stdout.Bytes(), &out); err != nil || len(out.Reports) != 1 {
					t.Fatalf("%d reports, %v", len(out.Reports), err)
				}
				got := out.Reports[0].Results.SPF
				if !slices.Contains(c.Result, got.Result) {
					t.Errorf("result %q (%s), want one of %q", got.Result, got.Reason, c.Result)
				}
				// DEFAULT stands for the text of a receiver whose domain has none.
				if want := strings.TrimPrefix(c.Explanation, "DEFAULT"); got.Result == "fail" && got.Explanation != want {
					t.Errorf("explanation %q, want %q", got.Explanation, want)
				}
			})
			if ok {
				passed++
			}
		}
	}
	t.Logf("spf/rfc7208 through the command line: %d/%d", passed, total)
	if total < 203 {
		t.Errorf("the suite has 203 cases, %d were found", total)
	}
}

// suitesDir returns the folder of conformance data that AUTHCHECK_SUITES names, a
// relative value resolved against the module's root. Package suites does the same
// for the packages under pkg; commands cannot import it.
func suitesDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("AUTHCHECK_SUITES")
	switch {
	case dir == "" && os.Getenv("AUTHCHECK_SUITES_REQUIRED") == "1":
		t.Fatal("AUTHCHECK_SUITES is not set, and AUTHCHECK_SUITES_REQUIRED=1 wants it")
	case dir == "":
		t.Skip("AUTHCHECK_SUITES is not set: no conformance data")
	case !filepath.IsAbs(dir):
		return filepath.Join("..", "..", dir)
	}
	return dir
}

// reportSchema returns the schema of the JSON output.
func reportSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(render.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate holds JSON output against the schema.
func validate(t *testing.T, s *jsonschema.Schema, text []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err == nil {
		err = s.Validate(value)
	}
	if err != nil {
		t.Errorf("%v\n%.2000s", err, text)
	}
}
