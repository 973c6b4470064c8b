package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// nasty holds what terminals obey, readers do not see, and JSON cannot hold.
const nasty = "a\x00\x07\b\t\r\n\x1b[2J\x1b]0;title\x07\x7f\u0085\u009b31m\xff\xc3\xed\xa0\x80" +
	"\u00a0\u00ad\u034f\u061c\u115f\u200b\u200e\u202e\u2028\u2029\u2066\u2800\u3164\ufe0f\ufeff\U000e0041\U000e0100\"\\<&>é"

// hostile returns reports whose every text comes from somebody with bad intent.
func hostile(t *testing.T) []*report.Report {
	long := "v=spf1 " + strings.Repeat("a:x.example\x1b[31m\u202e ", 3500)
	source := lint.NewFileSource(nasty, nasty, long, []lint.Anchor{{Offset: 0, Line: 1, Column: 1}})
	facts := spf.InspectText(nasty, source)
	ip := netip.MustParseAddr("192.0.2.1")
	step := spf.Step{Domain: nasty, Term: &facts.Root.Record.Terms[0]}
	facts.Results = []spf.Result{
		{Query: spf.Query{IP: ip, Sender: nasty, Helo: nasty}, Status: spf.PermError, Path: []spf.Step{step},
			Reason: &spf.Failure{Reason: errors.New(nasty), Domain: nasty, Term: step.Term}},
		{Query: spf.Query{Identity: spf.Helo, IP: ip, Domain: nasty}, Status: spf.Fail, Record: facts.Root.Record, Path: []spf.Step{step},
			Explanation: strings.Repeat(nasty, 100)},
	}
	text := &report.Report{Target: nasty, Kind: report.Text, Results: report.Results{SPF: facts}}
	spans := []lint.Span{
		source.Whole(), source.Span(0, 0), source.Span(40, 47), source.Span(len(long), len(long)),
		source.Span(len(long)-2, len(long)), source.Span(30000, 60000), {},
	}
	for _, span := range spans {
		f := lint.Finding{RuleID: "spf-character", Severity: lint.Error, Span: span, Message: strings.Repeat(nasty, 100), Hint: nasty,
			Fix: lint.Rewrite(source, nasty)}
		text.Findings = append(text.Findings, f)
		f.Suppressed, f.Fix = nasty, lint.Rewrite(source, long)
		text.Findings = append(text.Findings, f)
	}
	text.Rules = []lint.Doc{{ID: "spf-character", Why: nasty, Ref: nasty}}
	text.Unknown = []report.Question{{Question: nasty, Reason: nasty, Settle: nasty}}
	text.Unchecked = text.Unknown

	var zone strings.Builder
	for i := range 300 {
		fmt.Fprintf(&zone, "d%d.example. TXT \"v=spf1 include:d%d.example \\027[2J a:d%d.example -all\"\n", i, i+1, i)
	}
	deep := newReport(gather(t, "", zone.String(), "d0.example"))
	deep.Unknown = text.Unknown
	return []*report.Report{text, deep}
}

func TestHostileText(t *testing.T) {
	for _, width := range []int{1, 40, 80, 200} {
		for _, verbosity := range []Verbosity{Quiet, Normal, Verbose} {
			text := rendered(t, Text, Options{Width: width, Verbosity: verbosity}, hostile(t)...)
			checkSafe(t, text)
			if n := strings.Count(text, "\n"); n > 1000 {
				t.Errorf("width %d: %d lines", width, n)
			}
			if verbosity == Quiet {
				continue
			}
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				if columns := utf8.RuneCountInString(line); columns > max(width, minWidth) && !neverWrapped(line) {
					t.Errorf("width %d: %d columns: %s", width, columns, line)
				}
				if strings.HasSuffix(line, " ") {
					t.Errorf("trailing space: %q", line)
				}
			}
		}
	}
}

// neverWrapped reports whether a line is a headline, the client of a verdict, or
// made to be copied.
func neverWrapped(line string) bool {
	for _, start := range []string{"a", "  192.0.2.1", "  --> ", "  publish: ", "  settle: "} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}

func TestHostileJSON(t *testing.T) {
	for _, format := range []Format{JSON, NDJSON} {
		text := rendered(t, format, Options{Version: nasty}, hostile(t)...)
		checkSafe(t, text)
		if n := depth(t, text); n > 256 { // where some readers of JSON give up
			t.Errorf("%s: %d brackets deep", format, n)
		}
	}
}

// depth returns how deep the brackets of JSON go.
func depth(t *testing.T, text string) int {
	t.Helper()
	now, deepest := 0, 0
	for d := json.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return deepest
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			now++
			deepest = max(deepest, now)
		case json.Delim('}'), json.Delim(']'):
			now--
		}
	}
}

// checkSafe fails for anything that is not to be written to a terminal.
func checkSafe(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Error("not UTF-8")
	}
	for i, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)) {
			t.Fatalf("%U in %q", r, text[max(i-20, 0):i+10])
		}
	}
}
