package check_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// TestRealRecords takes every record of the collection through parser, rules and
// text: what is printed is printable, and what is recommended is sound.
func TestRealRecords(t *testing.T) {
	t.Parallel()
	file, err := os.Open(filepath.Join(suites.Dir(t), "real", "spf.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	start, records := time.Now(), 0
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct{ Strings []string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		records++
		checkText(t, strings.Join(row.Strings, ""))
	}
	if err := lines.Err(); err != nil || records < 3000 {
		t.Fatalf("%d records, %v", records, err)
	}
	t.Logf("%d real records in %s", records, time.Since(start).Round(time.Millisecond))
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("%d records took %s", records, took)
	}
}

// checkText judges a record and looks at all that is said about it.
func checkText(t *testing.T, text string) {
	t.Helper()
	r := check.SPFText(lint.NewSource("text", text), check.Options{})
	var out bytes.Buffer
	w := render.New(&out, render.Text, render.Options{Width: 80, Verbosity: render.Verbose})
	if err := w.Write(r); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if line = strings.TrimSuffix(line, "\n"); render.Printable(line) != line {
			t.Errorf("%q is not printable, about %q", line, text)
		}
	}
	for _, f := range r.Findings {
		if f.Span.Start < 0 || f.Span.Start > f.Span.End || f.Span.End > len(text) {
			t.Errorf("%s at %d-%d of %q", f.RuleID, f.Span.Start, f.Span.End, text)
		}
	}
	for _, c := range r.Corrected {
		checkCorrection(t, r, c)
	}
}

// checkCorrection demands of a recommended record that no error is left, that it
// passes nobody whom the published one does not name, and that every valid term
// that names senders is still there.
func checkCorrection(t *testing.T, r *report.Report, c lint.Correction) {
	t.Helper()
	again := check.SPFText(lint.NewSource("text", c.Record), check.Options{})
	if s := again.Summary(); s.Errors > 0 || len(again.Corrected) > 0 && again.Corrected[0].Record == c.Record {
		t.Errorf("%q is corrected to %q, which has %d errors", c.Source.Text, c.Record, s.Errors)
	}
	before := r.Results.SPF.Root.Record
	if before == nil {
		return
	}
	for i := range before.Terms {
		term := &before.Terms[i]
		named := term.Err == nil && term.Kind != spf.All && !term.Kind.Modifier()
		if term.Kind != spf.IP6 && strings.Count(term.Text(), ":") > 1 {
			continue // another term is glued to it, so neither is what it seems
		}
		if named && !strings.Contains(strings.ToLower(c.Record), strings.ToLower(firstPart(term.Text()))) {
			t.Errorf("%q is corrected to %q, without %q", c.Source.Text, c.Record, term.Text())
		}
	}
}

// firstPart returns a term up to where another one may be glued to it.
func firstPart(term string) string {
	return term[:min(len(term), len("include:x"))]
}

func FuzzCorrections(f *testing.F) {
	for _, text := range []string{
		"v=spf1 ipv4:192.0.2.1 include: a.example ?all", "v=spf1 mx ip4:1.2.3.4,ip4:5.6.7.8; -all", "v=spf1 include:a.example-allv=spf1 mx ~all",
		`"v=spf1 'mx' all/8"`, "v=spf1 \u2013all", "v=DMARC1; p=none", "spf1 a +mx,-all",
	} {
		f.Add(text)
	}
	f.Fuzz(checkText)
}
