package lint_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authcheck/authcheck/pkg/lint"
)

func TestSeverity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		word string
		want lint.Severity
		ok   bool
	}{
		{"notice", lint.Notice, true},
		{"warning", lint.Warning, true},
		{"error", lint.Error, true},
		{"", 0, false},
		{"Error", 0, false},
		{"info", 0, false},
	}
	for _, tt := range tests {
		got, ok := lint.ParseSeverity(tt.word)
		if got != tt.want || ok != tt.ok {
			t.Errorf("%q: %v, %v", tt.word, got, ok)
		}
		if ok && got.String() != tt.word {
			t.Errorf("%q is written %q", tt.word, got)
		}
	}
	for severity, want := range map[lint.Severity]string{0: "", 4: "Severity(4)", -1: "Severity(-1)"} {
		if severity.String() != want {
			t.Errorf("got %q, want %q", severity, want)
		}
	}
	if lint.Notice >= lint.Warning || lint.Warning >= lint.Error {
		t.Error("severities are not in order")
	}
}

// filed is the text of two lines of a master file, the third and the fourth:
//
//	@ TXT ("a\"b" "cd"
//	 "e")
//
// so that a stands in column 9, the escape in 10 and 11, and e in column 3.
func filed() *lint.Source {
	return lint.NewFileSource("TXT example.com", "x.zone", `a"bcde`, []lint.Anchor{
		{Offset: 0, Line: 3, Column: 9}, {Offset: 1, Line: 3, Column: 10}, {Offset: 2, Line: 3, Column: 12},
		{Offset: 3, Line: 3, Column: 13}, {Offset: 3, Line: 3, Column: 16}, {Offset: 5, Line: 3, Column: 18}, {Offset: 5, Line: 4, Column: 3},
	})
}

func TestPosition(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text       string
		start, end       int
		wantStart, wantE lint.Position
	}{
		{"first octet", "a", 0, 1, lint.Position{Line: 3, Column: 9}, lint.Position{Line: 3, Column: 10}},
		{"escape", `"`, 1, 2, lint.Position{Line: 3, Column: 10}, lint.Position{Line: 3, Column: 12}},
		{"octet behind an escape", "b", 2, 3, lint.Position{Line: 3, Column: 12}, lint.Position{Line: 3, Column: 13}},
		{"second octet behind an anchor", "d", 4, 5, lint.Position{Line: 3, Column: 17}, lint.Position{Line: 3, Column: 18}},
		{"across strings and lines", "cde", 3, 6, lint.Position{Line: 3, Column: 16}, lint.Position{Line: 4, Column: 4}},
		{"up to the end of a string", "bcd", 2, 5, lint.Position{Line: 3, Column: 12}, lint.Position{Line: 3, Column: 18}},
		{"empty, between strings", "", 3, 3, lint.Position{Line: 3, Column: 16}, lint.Position{Line: 3, Column: 16}},
		{"empty, at the end", "", 6, 6, lint.Position{Line: 4, Column: 4}, lint.Position{Line: 4, Column: 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			span := filed().Span(tt.start, tt.end)
			if span.Text() != tt.text || span.Len() != len(tt.text) || span.Empty() != (tt.text == "") {
				t.Errorf("text %q of %d octets", span.Text(), span.Len())
			}
			if diff := cmp.Diff([]lint.Position{tt.wantStart, tt.wantE}, []lint.Position{span.Position(), span.EndPosition()}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPositionUnknown(t *testing.T) {
	t.Parallel()
	for name, span := range map[string]lint.Span{
		"no file":       lint.NewSource("TXT example.com", "text").Whole(),
		"empty text":    lint.NewSource("TXT example.com", "").Whole(),
		"no place":      {},
		"empty in file": lint.NewFileSource("TXT example.com", "x.zone", "", nil).Whole(),
	} {
		if span.Position() != (lint.Position{}) || span.EndPosition() != (lint.Position{}) {
			t.Errorf("%s: %v to %v", name, span.Position(), span.EndPosition())
		}
	}
	if (lint.Span{}).Text() != "" || (lint.Finding{}).Subject() != "" {
		t.Error("no place has a text")
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	a, b := lint.NewSource("TXT a.example", "0123456789"), lint.NewSource("TXT b.example", "0123456789")
	finding := func(s *lint.Source, severity lint.Severity, start int, id, message string) lint.Finding {
		return lint.Finding{RuleID: id, Severity: severity, Span: s.Span(start, start+1), Message: message}
	}
	want := []lint.Finding{
		{RuleID: "z", Severity: lint.Error, Message: "about no text"},
		finding(a, lint.Error, 9, "z", ""),
		finding(b, lint.Error, 0, "a", ""),
		finding(a, lint.Warning, 0, "b", "m"),
		finding(a, lint.Warning, 0, "c", "l"),
		finding(a, lint.Warning, 0, "c", "m"),
		finding(a, lint.Warning, 1, "a", ""),
		finding(a, lint.Notice, 0, "a", ""),
	}
	for _, order := range [][]int{{7, 6, 5, 4, 3, 2, 1, 0}, {3, 1, 4, 0, 5, 7, 2, 6}, {0, 1, 2, 3, 4, 5, 6, 7}} {
		var got []lint.Finding
		for _, i := range order {
			got = append(got, want[i])
		}
		lint.Sort(got)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(lint.Source{})); diff != "" {
			t.Errorf("%v\n%s", order, diff)
		}
	}
}

// rules judge a text: one says that it is long, the other names each x in it.
var rules = []lint.Rule[*lint.Source]{
	{
		Doc: lint.Doc{ID: "text-long", Severity: lint.Notice, Ref: "RFC 1", Title: "Long"},
		Check: func(s *lint.Source, report lint.ReportFunc) {
			if len(s.Text) > 3 {
				report(lint.Finding{RuleID: "overwritten", Ref: "overwritten", Span: s.Whole(), Message: "long"})
			}
		},
	},
	{
		Doc: lint.Doc{ID: "text-x", Severity: lint.Error, Ref: "RFC 2", Title: "An x"},
		Check: func(s *lint.Source, report lint.ReportFunc) {
			for i := range s.Text {
				if s.Text[i] == 'x' {
					found := lint.Finding{Span: s.Span(i, i+1), Message: "x"}
					if i == 0 {
						found.Severity = lint.Warning
					}
					report(found)
				}
			}
		},
	},
}

func TestRun(t *testing.T) {
	t.Parallel()
	s := lint.NewSource("text", "x..x")
	want := []lint.Finding{
		{RuleID: "text-x", Severity: lint.Error, Span: s.Span(3, 4), Message: "x", Ref: "RFC 2"},
		{RuleID: "text-x", Severity: lint.Warning, Span: s.Span(0, 1), Message: "x", Ref: "RFC 2"},
		{RuleID: "text-long", Severity: lint.Notice, Span: s.Whole(), Message: "long", Ref: "RFC 1"},
	}
	if diff := cmp.Diff(want, lint.Run(rules, s), cmp.AllowUnexported(lint.Source{})); diff != "" {
		t.Error(diff)
	}
	if got := lint.Run(rules, lint.NewSource("text", "...")); len(got) != 0 {
		t.Errorf("found %v", got)
	}
	if diff := cmp.Diff([]lint.Doc{rules[0].Doc, rules[1].Doc}, lint.Docs(rules)); diff != "" {
		t.Error(diff)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	s := lint.NewSource("text", "v=spf1 +all")
	tests := []struct {
		name, text   string
		span         lint.Span
		want, within string // the record, and what stands in the place of "+all" alone
	}{
		{"a term", "-all", s.Span(7, 11), "v=spf1 -all", "-all"},
		{"one octet", "~", s.Span(7, 8), "v=spf1 ~all", "changes more"},
		{"nothing put in", "", s.Span(6, 11), "v=spf1", "changes more"},
		{"nothing taken out", " mx", s.Span(6, 6), "v=spf1 mx +all", "changes more"},
		{"at the end", " -all", s.Span(11, 11), "v=spf1 +all -all", "changes more"},
		{"everything", "v=spf1", s.Whole(), "v=spf1", "changes more"},
		{"the same", "v=spf1 +all", s.Whole(), "v=spf1 +all", "+all"},
		{"something else", "V=SPF1 +all", s.Whole(), "V=SPF1 +all", "changes more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fix := lint.Replace(tt.span, tt.text)
			if got := fix.Record(); got != tt.want {
				t.Errorf("record %q, want %q", got, tt.want)
			}
			last := s.Span(7, 11)
			want := &lint.Fix{Span: last, Text: tt.within}
			if tt.within == "changes more" {
				want = fix
			}
			if diff := cmp.Diff(want, fix.Within(last), cmp.AllowUnexported(lint.Source{})); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := lint.Rewrite(s, "v=spf1"); got.Span != s.Whole() || got.Record() != "v=spf1" {
		t.Errorf("rewritten as %+v", got)
	}
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	s := lint.NewSource("text", "abcdef")
	put := func(severity lint.Severity, start, end int, text string) lint.Finding {
		return lint.Finding{Severity: severity, Span: s.Span(start, end), Fix: lint.Replace(s.Span(start, end), text)}
	}
	suppressed := put(lint.Error, 0, 1, "no")
	suppressed.Suppressed = "configuration"
	one := func(record string, fixes int) []lint.Correction {
		return []lint.Correction{{Source: s, Record: record, Fixes: fixes}}
	}
	tests := []struct {
		name string
		in   []lint.Finding
		want []lint.Correction
	}{
		{"nothing", nil, nil},
		{"one", []lint.Finding{put(lint.Error, 1, 3, "X")}, one("aXdef", 1)},
		{"two, the later one first", []lint.Finding{put(lint.Error, 5, 6, "F"), put(lint.Warning, 0, 1, "")}, one("bcdeF", 2)},
		{"side by side", []lint.Finding{put(lint.Error, 0, 2, "1"), put(lint.Error, 2, 4, "2")}, one("12ef", 2)},
		{"overlapping", []lint.Finding{put(lint.Error, 0, 3, "1"), put(lint.Error, 2, 4, "2")}, nil},
		{"the same place twice", []lint.Finding{put(lint.Error, 6, 6, "1"), put(lint.Error, 6, 6, "2")}, nil},
		{"a notice does not count", []lint.Finding{put(lint.Error, 0, 1, "A"), put(lint.Notice, 1, 2, "B")}, one("Abcdef", 1)},
		{"a notice alone", []lint.Finding{put(lint.Notice, 1, 2, "B")}, nil},
		{"a suppressed one does not count", []lint.Finding{suppressed, put(lint.Warning, 1, 2, "B")}, one("aBcdef", 1)},
		{"an error without a fix", []lint.Finding{put(lint.Error, 0, 1, "A"), {Severity: lint.Error, Span: s.Span(2, 3)}}, nil},
		{"a warning without a fix", []lint.Finding{put(lint.Error, 0, 1, "A"), {Severity: lint.Warning, Span: s.Span(2, 3)}}, one("Abcdef", 1)},
		{"about no text", []lint.Finding{{Severity: lint.Error}, put(lint.Error, 0, 1, "A")}, one("Abcdef", 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := lint.Correct(tt.in)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(lint.Source{}), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCorrectEach keeps the texts apart and in the order of the findings.
func TestCorrectEach(t *testing.T) {
	t.Parallel()
	var in []lint.Finding
	var want []string
	for _, text := range []string{"b1", "a2", "c3"} {
		s := lint.NewSource(text, text)
		in = append(in, lint.Finding{Severity: lint.Error, Span: s.Whole(), Fix: lint.Rewrite(s, strings.ToUpper(text))})
		want = append(want, strings.ToUpper(text))
	}
	var got []string
	for _, c := range lint.Correct(in) {
		got = append(got, c.Record)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
