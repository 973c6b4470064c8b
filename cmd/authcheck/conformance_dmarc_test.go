package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// dmarcCase is a case of the suite (dmarc-eval/1).
type dmarcCase struct {
	ID, Standard, From string
	Optional           bool
	SPF                dmarcIdentifier
	DKIM               []dmarcIdentifier
	Zone               map[string][]struct {
		Type, Data string
		Strings    []string
	}
	Faults map[string]map[string]string
	Want   dmarcAnswer
}

type dmarcIdentifier struct{ Result, Domain string }

type dmarcAnswer struct {
	Result, Policy, Disposition string
	RecordDomain                string `json:"record_domain"`
	SPFAligned                  bool   `json:"spf_aligned"`
	DKIMAligned                 bool   `json:"dkim_aligned"`
}

// zonefile returns the names and faults of a case as a master file.
func (c *dmarcCase) zonefile() string {
	var b strings.Builder
	b.WriteString(";! AUTHORITATIVE .\n")
	for _, name := range slices.Sorted(maps.Keys(c.Zone)) {
		for _, r := range c.Zone[name] {
			data := r.Data
			switch r.Type {
			case "TXT":
				data = strings.Trim(fmt.Sprintf("%q", r.Strings), "[]")
			case "CNAME":
				data += "."
			}
			fmt.Fprintf(&b, "%s. 300 %s %s\n", name, r.Type, data)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Faults)) {
		for typ, fault := range c.Faults[name] {
			fmt.Fprintf(&b, ";! %s %s. %s\n", fault, name, typ)
		}
	}
	return b.String()
}

// TestDMARCEvaluation runs the suite through the command line: the verdict on
// every message, in output that keeps to the schema.
func TestDMARCEvaluation(t *testing.T) {
	var suite struct{ Cases []dmarcCase }
	data, err := os.ReadFile(filepath.Join(suitesDir(t), "dmarc", "evaluate.json"))
	if err == nil {
		err = json.Unmarshal(data, &suite)
	}
	if err != nil {
		t.Fatal(err)
	}
	schema := reportSchema(t)
	for _, c := range suite.Cases {
		t.Run(c.ID, func(t *testing.T) {
			zone := filepath.Join(t.TempDir(), "case.zone")
			if err := os.WriteFile(zone, []byte(c.zonefile()), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"dmarc", c.From, "--dmarc-mode", c.Standard, "--zone", zone, "-f", "json", "--no-config", "--spf", c.SPF.Result + ":" + c.SPF.Domain}
			for _, id := range c.DKIM {
				args = append(args, "--dkim", id.Result+":"+id.Domain)
			}
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), args, nil, &stdout, &stderr); code == exitUsage || stderr.Len() > 0 {
				t.Fatalf("exit %d, standard error %q", code, &stderr)
			}
			validate(t, schema, stdout.Bytes())
			var out struct {
				Reports []struct{ Results struct{ DMARC dmarcAnswer } }
			}
			if err := json.Unmarshal(stdout.Bytes(), &out); err != nil || len(out.Reports) != 1 {
				t.Fatalf("%d reports, %v", len(out.Reports), err)
			}
			got := out.Reports[0].Results.DMARC
			if c.Want.Disposition == "" {
				got.Disposition = ""
			}
			// A record that cannot be used may be none or permerror.
			if got != c.Want && !(c.Optional && got.Result == "permerror") {
				t.Errorf("%+v, want %+v", got, c.Want)
			}
		})
	}
	if len(suite.Cases) < 56 {
		t.Errorf("the suite has 56 cases, %d were found", len(suite.Cases))
	}
}
