package check_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// realRecord is a row of the collection of real records.
type realRecord struct {
	Name, Domain, Type string
	Strings            []string
	Records            [][]string // instead of Strings: several records at the name
}

// eachReal calls visit for each row of a file of the collection, of which there are
// so many at least.
func eachReal(t *testing.T, file string, least int, visit func(realRecord)) {
	t.Helper()
	in, err := os.Open(filepath.Join(suites.Dir(t), "real", file))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	start, records := time.Now(), 0
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for ; lines.Scan(); records++ {
		var row realRecord
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		visit(row)
	}
	if err := lines.Err(); err != nil || records < least {
		t.Fatalf("%d records, %v", records, err)
	}
	t.Logf("%d real records in %s", records, time.Since(start).Round(time.Millisecond))
}

// checkPrintable demands that every line that is said about a text is printable.
func checkPrintable(t *testing.T, r *report.Report, about string) {
	t.Helper()
	var out bytes.Buffer
	if err := render.New(&out, render.Text, render.Options{Width: 80, Verbosity: render.Verbose}).Write(r); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if line = strings.TrimSuffix(line, "\n"); render.Printable(line) != line {
			t.Errorf("%q is not printable, about %q", line, about)
		}
	}
}

// TestRealRecords takes every SPF record of the collection through parser, rules and
// text: what is printed is printable, and what is recommended is sound.
func TestRealRecords(t *testing.T) {
	t.Parallel()
	eachReal(t, "spf.jsonl", 3000, func(r realRecord) { checkText(t, strings.Join(r.Strings, "")) })
}

// TestRealOthers judges the other records of the collection, each in a master file of
// its own.
func TestRealOthers(t *testing.T) {
	t.Parallel()
	eachReal(t, "other.jsonl", 600, func(r realRecord) {
		records := r.Records
		if len(r.Strings) > 0 {
			records = [][]string{r.Strings}
		}
		var zone strings.Builder
		for _, texts := range records {
			fmt.Fprintf(&zone, "%s. %s\n", cmp.Or(r.Name, r.Domain), masterData(r.Type, texts))
		}
		reports, err := check.Zones(t.Context(), []*lookup.File{{Name: "real.zone", Text: zone.String()}}, check.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, judged := range reports {
			checkPrintable(t, judged, zone.String())
			for _, f := range judged.Findings {
				if f.RuleID == "zone-syntax" && r.Type != "MX" {
					t.Errorf("%s: %s", zone.String(), f.Message)
				}
			}
		}
	})
}

// masterData writes a record as master files have it.
func masterData(typ string, texts []string) string {
	if typ == "MX" {
		if text := strings.Join(texts, ""); strings.Contains(text, " ") {
			return "MX " + text + "."
		}
		return "MX 10 " + strings.Join(texts, "") + "."
	}
	data := "TXT"
	for _, text := range texts {
		data += fmt.Sprintf(" %q", text)
	}
	return data
}

// checkText judges a record and looks at all that is said about it.
func checkText(t *testing.T, text string) {
	t.Helper()
	r := check.SPFText(lint.NewSource("text", text), check.Options{})
	checkPrintable(t, r, text)
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
