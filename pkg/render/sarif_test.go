package render

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// sarifSchema returns the schema of OASIS, which lies beside the conformance data.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	path := filepath.Join(suites.Dir(t), "..", "specs", "schemas", "sarif-schema-2.1.0.json")
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("AUTHCHECK_SUITES_REQUIRED") != "1" {
		t.Skip("no " + path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(path, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSARIFSchema(t *testing.T) {
	t.Parallel()
	s := sarifSchema(t)
	for _, reports := range [][]*report.Report{nil, fixtures(t), hostile(t), {injections()}} {
		validate(t, s, rendered(t, SARIF, Options{Version: "1.0.0"}, reports...))
	}
}

// results reads back what SARIF says of reports.
func results(t *testing.T, reports ...*report.Report) []sarifResult {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal([]byte(rendered(t, SARIF, Options{}, reports...)), &log); err != nil {
		t.Fatal(err)
	}
	for _, r := range log.Runs[0].Results {
		if id := log.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID; id != r.RuleID {
			t.Errorf("rule %d is %s, not %s", r.RuleIndex, id, r.RuleID)
		}
	}
	return log.Runs[0].Results
}

// at returns a report with a finding about a part of a text.
func at(source *lint.Source, start, end int) *report.Report {
	return &report.Report{Target: "example.com", Kind: report.Domain, Findings: []lint.Finding{
		{RuleID: "spf-character", Severity: lint.Error, Span: source.Span(start, end), Message: "m"},
	}}
}

func TestSARIFLocations(t *testing.T) {
	t.Parallel()
	anchors := []lint.Anchor{{Offset: 0, Line: 3, Column: 7}}
	tests := []struct {
		name   string
		source *lint.Source
		want   sarifPhysical
	}{
		{"DNS", lint.NewSource("TXT _dmarc.example.com", "abc"), sarifPhysical{sarifArtifact{"dns/_dmarc.example.com/TXT"}, &sarifRegion{1, 2, 1, 3}}},
		{"DNS, code points", lint.NewSource("TXT example.com", "––"), sarifPhysical{sarifArtifact{"dns/example.com/TXT"}, &sarifRegion{1, 1, 1, 2}}},
		{"missing record", lint.NewSource("MX example.com", ""), sarifPhysical{sarifArtifact{"dns/example.com/MX"}, &sarifRegion{1, 1, 1, 1}}},
		{"given text", lint.NewSource("text", "abc"), sarifPhysical{sarifArtifact{"dns/text"}, &sarifRegion{1, 2, 1, 3}}},
		{"name with slashes", lint.NewSource("TXT ../../x", "abc"), sarifPhysical{sarifArtifact{"dns/..%2F..%2Fx/TXT"}, &sarifRegion{1, 2, 1, 3}}},
		{"name of dots", lint.NewSource("TXT ..", "abc"), sarifPhysical{sarifArtifact{"dns/_/TXT"}, &sarifRegion{1, 2, 1, 3}}},
		{"file", lint.NewFileSource("TXT example.com", "./zones/a.zone", "abc", anchors), sarifPhysical{sarifArtifact{"zones/a.zone"}, &sarifRegion{3, 8, 3, 9}}},
		{"file above", lint.NewFileSource("TXT example.com", "../a b#.zone", "abc", anchors), sarifPhysical{sarifArtifact{"../a%20b%23.zone"}, &sarifRegion{3, 8, 3, 9}}},
		{"colon", lint.NewFileSource("TXT example.com", "a:b", "abc", anchors), sarifPhysical{sarifArtifact{"./a:b"}, &sarifRegion{3, 8, 3, 9}}},
		{"octets", lint.NewFileSource("TXT example.com", "\xff\n", "abc", anchors), sarifPhysical{sarifArtifact{"%FF%0A"}, &sarifRegion{3, 8, 3, 9}}},
		{"no place", lint.NewFileSource("TXT example.com", "a.zone", "abc", nil), sarifPhysical{sarifArtifact{"a.zone"}, nil}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			start, end := 1, 2
			switch test.name {
			case "missing record":
				start, end = 0, 0
			case "DNS, code points":
				start, end = 0, len("–")
			}
			got := *results(t, at(test.source, start, end))[0].Locations[0].Physical
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAbsoluteFileURI(t *testing.T) {
	t.Parallel()
	path, err := filepath.Abs("a b.zone")
	if err != nil {
		t.Fatal(err)
	}
	// A drive's name stands behind a slash as well.
	want := "file:///" + strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "/") + "/a%20b.zone"
	if got := fileURI(path); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A fingerprint depends on rule, subject and text, and on nothing else.
func TestFingerprints(t *testing.T) {
	t.Parallel()
	file := func(line int, subject, text string) *report.Report {
		return at(lint.NewFileSource(subject, "a.zone", text, []lint.Anchor{{Line: line, Column: 1}}), 2, 3)
	}
	first := results(t, file(1, "TXT example.com", "a ?"))[0].Fingerprints
	if moved := results(t, file(9, "TXT example.com", "b ?"))[0].Fingerprints; moved != first {
		t.Errorf("moved: %v, was %v", moved, first)
	}
	if first.GitHub != "" {
		t.Errorf("%v for a line that GitHub reads itself", first)
	}
	for _, other := range []*report.Report{file(1, "TXT example.net", "a ?"), file(1, "TXT example.com", "a !")} {
		if got := results(t, other)[0].Fingerprints; got.Own == first.Own {
			t.Errorf("%v for another subject or text", got)
		}
	}
	two := results(t, file(1, "TXT example.com", "a ?"), file(2, "TXT example.com", "a ?"))
	if a, b := two[0].Fingerprints.Own, two[1].Fingerprints.Own; a == b || a[:33] != b[:33] {
		t.Errorf("two alike have %s and %s", a, b)
	}
}

// A fix is told where it can be made in the file as it stands there.
func TestSARIFFixes(t *testing.T) {
	t.Parallel()
	plain := lint.NewFileSource("TXT example.com", "a.zone", "v=spf1 –all", []lint.Anchor{{Line: 3, Column: 7}})
	escaped := lint.NewFileSource("TXT example.com", "a.zone", "a\"b", []lint.Anchor{{Line: 3, Column: 7}, {Offset: 2, Line: 3, Column: 10}})
	split := lint.NewFileSource("TXT example.com", "a.zone", "ab", []lint.Anchor{{Line: 3, Column: 7}, {Offset: 1, Line: 4, Column: 7}})
	tests := []struct {
		name string
		fix  *lint.Fix
		want *sarifReplacement
	}{
		{"character", lint.Replace(plain.Span(7, 10), "-"), &sarifReplacement{&sarifRegion{3, 14, 3, 15}, sarifText{"-"}}},
		{"removal", lint.Replace(plain.Span(6, 13), ""), &sarifReplacement{&sarifRegion{3, 13, 3, 18}, sarifText{""}}},
		{"insertion", lint.Replace(plain.Span(13, 13), "."), &sarifReplacement{&sarifRegion{3, 18, 3, 18}, sarifText{"."}}},
		{"whole token", lint.Rewrite(plain, "mail.example.com."), &sarifReplacement{&sarifRegion{3, 7, 3, 18}, sarifText{"mail.example.com."}}},
		{"text that needs quotes", lint.Rewrite(plain, "v=DMARC1; p=none"), nil},
		{"whole text away", lint.Rewrite(plain, ""), nil},
		{"escape", lint.Replace(escaped.Span(0, 3), "x"), nil},
		{"two strings", lint.Replace(split.Span(0, 2), "x"), nil},
		{"missing record", lint.Rewrite(lint.NewFileSource("TXT example.com", "a.zone", "", []lint.Anchor{{Line: 3, Column: 7}}), "x"), nil},
		{"no file", lint.Rewrite(lint.NewSource("TXT example.com", "a"), "x"), nil},
		{"none", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got *sarifReplacement
			for _, fix := range sarifFixes(&lint.Finding{Fix: test.fix}) {
				got = &fix.Changes[0].Replacements[0]
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// checkMessages fails for messages of SARIF with a link in them.
func checkMessages(t *testing.T, r *report.Report) {
	t.Helper()
	for _, result := range results(t, r) {
		if strings.Contains(result.Message.Text, "](") {
			t.Errorf("a link: %q", result.Message.Text)
		}
		checkSafe(t, result.Message.Text)
	}
}
