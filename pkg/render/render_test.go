package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func rendered(t *testing.T, format Format, o Options, reports ...*report.Report) string {
	t.Helper()
	var b bytes.Buffer
	w := New(&b, format, o)
	for _, r := range reports {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(total(reports)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	tests := []struct {
		file   string
		format Format
		o      Options
	}{
		{"report.txt", Text, Options{}},
		{"report-narrow.txt", Text, Options{Width: 60}},
		{"report-verbose.txt", Text, Options{Verbosity: Verbose}},
		{"report-quiet.txt", Text, Options{Verbosity: Quiet}},
		{"report.json", JSON, Options{Version: "1.0.0"}},
		{"report.ndjson", NDJSON, Options{}},
		{"report.sarif", SARIF, Options{Version: "1.0.0"}},
		{"report.junit.xml", JUnit, Options{FailOn: lint.Error}},
		{"report.github", GitHub, Options{}},
		{"report.md", Markdown, Options{}},
		{"hostile.txt", Text, Options{Verbosity: Verbose}},
		{"hostile.json", JSON, Options{}},
		{"hostile.sarif", SARIF, Options{}},
		{"hostile.junit.xml", JUnit, Options{FailOn: lint.Error}},
		{"hostile.github", GitHub, Options{}},
		{"hostile.md", Markdown, Options{}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			reports := fixtures(t)
			if strings.HasPrefix(test.file, "hostile") {
				reports = []*report.Report{injections()}
			}
			got := rendered(t, test.format, test.o, reports...)
			golden(t, test.file, got)
		})
	}
}

// compiled returns the schema, or one of its definitions.
func compiled(t *testing.T, fragment string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.schema.json" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(value); err != nil {
		t.Errorf("%v\n%.2000s", err, text)
	}
}

func TestSchema(t *testing.T) {
	whole, element := compiled(t, ""), compiled(t, "#/$defs/report")
	reports := append(fixtures(t), hostile(t)...)
	for n := range len(reports) + 1 { // 0 reports as well
		validate(t, whole, rendered(t, JSON, Options{}, reports[:n]...))
	}
	for line := range strings.Lines(rendered(t, NDJSON, Options{}, reports...)) {
		validate(t, element, line)
	}
}

// Every object of the schema lists its keys, so that a key nobody described
// cannot slip into the output.
func TestSchemaIsStrict(t *testing.T) {
	var value any
	if err := json.Unmarshal(Schema(), &value); err != nil {
		t.Fatal(err)
	}
	var check func(path string, v any)
	check = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["type"] == "object" && v["additionalProperties"] != false {
				t.Errorf("%s: additionalProperties is not false", path)
			}
			for key, inner := range v {
				check(path+"/"+key, inner)
			}
		case []any:
			for _, inner := range v {
				check(path, inner)
			}
		}
	}
	check("", value)
}

// The same reports one by one and in one object say the same.
func TestNDJSONIsElementsOfJSON(t *testing.T) {
	var whole struct{ Reports []json.RawMessage }
	if err := json.Unmarshal([]byte(rendered(t, JSON, Options{}, fixtures(t)...)), &whole); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, r := range whole.Reports {
		var line bytes.Buffer
		if err := json.Compact(&line, r); err != nil {
			t.Fatal(err)
		}
		want.WriteString(line.String() + "\n")
	}
	if diff := cmp.Diff(want.String(), rendered(t, NDJSON, Options{}, fixtures(t)...)); diff != "" {
		t.Error(diff)
	}
}

func TestColourIsOnlyAdded(t *testing.T) {
	plain := rendered(t, Text, Options{Verbosity: Verbose}, fixtures(t)...)
	coloured := rendered(t, Text, Options{Verbosity: Verbose, Color: true}, fixtures(t)...)
	if !strings.Contains(coloured, "\x1b[31;1merror\x1b[") {
		t.Error("no red error")
	}
	if diff := cmp.Diff(plain, regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(coloured, "")); diff != "" {
		t.Error(diff)
	}
}

func TestParseFormat(t *testing.T) {
	for _, f := range Formats() {
		if got, err := ParseFormat(string(f)); got != f || err != nil {
			t.Errorf("ParseFormat(%q) = %q, %v", f, got, err)
		}
	}
	_, err := ParseFormat("xml")
	if want := `format "xml": not one of text json ndjson sarif junit github markdown`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

var errFull = errors.New("no space left")

// full takes a number of writes and then no more.
type full int

func (f *full) Write(p []byte) (int, error) {
	if *f--; *f < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriterErrors(t *testing.T) {
	r := goodDomain(t)
	for _, format := range Formats() {
		none := full(0)
		w := New(&none, format, Options{})
		if err := errors.Join(w.Write(r), w.Close(r.Summary())); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v", format, err)
		}
	}
	one := full(1)
	w := New(&one, JSON, Options{})
	if err := errors.Join(w.Write(r), w.Close(r.Summary())); !errors.Is(err, errFull) {
		t.Errorf("Close returned %v", err)
	}
}

// golden compares a text with the file of that name, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("..", "..", "testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
