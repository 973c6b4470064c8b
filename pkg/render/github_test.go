package render

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

func TestAnnotationsAreCapped(t *testing.T) {
	t.Parallel()
	var reports []*report.Report
	for i := range 12 {
		r := at(lint.NewSource("TXT example.com", "abc"), 0, 1)
		notice, known := r.Findings[0], r.Findings[0]
		notice.Severity, known.Suppressed = lint.Notice, "known"
		r.Findings = append(r.Findings, notice, known)
		if i == 11 {
			r.Findings[0].Severity = lint.Warning
		}
		reports = append(reports, r)
	}
	got := rendered(t, GitHub, Options{Verbosity: Verbose}, reports...)
	want := strings.Repeat("::error title=spf-character%3A TXT example.com::m\n", 10) +
		"::warning title=spf-character%3A TXT example.com::m\n" +
		strings.Repeat("::notice title=spf-character%3A TXT example.com::m\n", 10) +
		"left out: 1 error, 2 notices (GitHub shows 10 annotations of a level for a step)\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := rendered(t, GitHub, Options{}); got != "" {
		t.Errorf("%q without reports", got)
	}
}

// A span that does not end in its line has no end column.
func TestAnnotationOfTwoLines(t *testing.T) {
	t.Parallel()
	source := lint.NewFileSource("TXT example.com", "a,b%:c.zone", "ab", []lint.Anchor{{Line: 3, Column: 7}, {Offset: 1, Line: 4, Column: 7}})
	want := "::error file=a%2Cb%25%3Ac.zone,line=3,col=7,title=spf-character%3A TXT example.com::m\n"
	if got := rendered(t, GitHub, Options{}, at(source, 0, 2)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// annotation is what the runner of GitHub Actions takes for one.
var annotation = regexp.MustCompile(`^::(error|warning|notice) ((?:[a-zA-Z]+=[^,:]*,)*[a-zA-Z]+=[^,:]*)::(.*)\n$`)

// checkCommands fails unless the text is a number of annotations.
func checkCommands(t *testing.T, text string, n int) {
	t.Helper()
	for line := range strings.Lines(text) {
		if n--; !annotation.MatchString(line) {
			t.Errorf("no annotation: %q", line)
		}
	}
	if n != 0 {
		t.Errorf("%d annotations too few", n)
	}
}
