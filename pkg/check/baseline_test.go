package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// found is a report with findings of these texts.
func found(target string, texts ...string) *report.Report {
	r := &report.Report{Target: target}
	for _, text := range texts {
		r.Findings = append(r.Findings, lint.Finding{RuleID: "r", Severity: lint.Error, Span: lint.NewSource("TXT a", text).Whole()})
	}
	return r
}

// TestBaseline writes the findings of one run, and says what of another run is known,
// new and gone.
func TestBaseline(t *testing.T) {
	t.Parallel()
	first := NewBaseline()
	first.Apply(found("a", "x", "x", "y", "\xff"))
	first.Apply(found("b", "z"))
	var written strings.Builder
	if _, err := first.WriteTo(&written); err != nil {
		t.Fatal(err)
	}
	second, err := ParseBaseline("known.json", []byte(written.String()))
	if err != nil {
		t.Fatal(err)
	}
	r := found("a", "x", "y", "y", "n", "\xff")
	second.Apply(r)
	var known []string
	for _, f := range r.Findings {
		known = append(known, f.Suppressed)
	}
	if diff := cmp.Diff([]string{"known from known.json", "known from known.json", "", "", "known from known.json"}, known); diff != "" {
		t.Error(diff)
	}
	// One x is gone; of b nobody asked.
	if diff := cmp.Diff([]string{"r TXT a"}, second.Gone()); diff != "" {
		t.Error(diff)
	}
}

// TestParseBaselineErrors reads what is no baseline.
func TestParseBaselineErrors(t *testing.T) {
	t.Parallel()
	const entry = `{"target":"a","rule":"r","subject":"TXT a","text":"x","count":1}`
	for in, want := range map[string]string{
		``:                           "f is no baseline: octet 0 is not what JSON has there: unexpected end of JSON input",
		`[]`:                         "f is no baseline: array at octet 1 is not what stands there",
		`{}`:                         "f is no baseline: authcheck_baseline is missing",
		`{"authcheck_baseline":"1"}`: "f is no baseline: string at octet 25 is not what stands there",
		`{"authcheck_baseline":0}`:   "f is a baseline of form 0, this version reads form 1; write it anew with --write-baseline",
		`{"authcheck_baseline":1}`:   "f is no baseline: findings are missing",
		`{"authcheck_baseline":1,"findings":[]} x`:                                       "f is no baseline: octet 40 is not what JSON has there: invalid character 'x' after top-level value",
		`{"authcheck_baseline":1,"findings":[],"more":1}`:                                `f is no baseline: unknown field "more"`,
		`{"authcheck_baseline":1,"findings":[{"rule":"r"}]}`:                             "f is no baseline: a finding without rule, or without a count from 1 to 1073741824",
		`{"authcheck_baseline":1,"findings":[{"rule":"r","count":9223372036854775807}]}`: "f is no baseline: a finding without rule, or without a count from 1 to 1073741824",
		`{"authcheck_baseline":1,"findings":[` + entry + `,` + entry + `]}`:              "f is no baseline: r TXT a stands twice",
		`{"authcheck_baseline":1,"findings":[{"rule":"r","count":1.5}]}`:                 "f is no baseline: number 1.5 at octet 59 is not what stands there",
	} {
		if _, err := ParseBaseline("f", []byte(in)); err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", in, err, want)
		}
	}
	if _, err := ParseBaseline("f", []byte("\ufeff"+`{"authcheck_baseline":1,"findings":[`+entry+`]}`)); err != nil {
		t.Error(err)
	}
}

// FuzzParseBaseline reads anything; what is read is applied and written.
func FuzzParseBaseline(f *testing.F) {
	f.Add([]byte(`{"authcheck_baseline":1,"findings":[{"target":"a","rule":"r","subject":"TXT a","text":"x","count":1}]}`))
	f.Add([]byte(`{"authcheck_baseline":1,"findings":[{"count":-1,"rule":"r"}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := ParseBaseline("f", data)
		if err != nil {
			return
		}
		b.Apply(found("a", "x", "x"))
		b.Gone()
		if _, err := b.WriteTo(&strings.Builder{}); err != nil {
			t.Error(err)
		}
	})
}
