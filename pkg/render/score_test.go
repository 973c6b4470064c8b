package render

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/report"
)

// scoredDomain is a report with a score that has something of everything.
func scoredDomain() *report.Report {
	return &report.Report{Target: "example.com", Kind: report.Domain, Score: &report.Score{
		Profile: "google", Value: 50, Band: "not good enough", Judged: 90, Applicable: 100,
		Areas: []report.Area{
			{Name: "SPF", Won: 22, Of: 22}, {Name: "DKIM", Won: 6, Lost: 6, Of: 22}, {Name: "DMARC", Lost: 30, Of: 30}, {Name: "DNS", Won: 26, Of: 26},
		},
		Lost: []report.Loss{
			{Row: "dkim-key", Area: "DKIM", Title: "DKIM keys that receivers can use", Rule: "dkim-p-truncated", Further: []string{"dkim-flag-test"},
				Lost: 6, Of: 6, Found: "the key is cut off", Fix: "v=DKIM1; k=ed25519; p=GcE2Pn2tsIGV9uFE3PyXH70QMuF4zmN5J4qOvyukSZ4=", Place: "TXT s1._domainkey.example.com"},
			{Row: "dmarc-record", Area: "DMARC", Title: "DMARC record without errors", Rule: "dmarc-missing", Lost: 30, Of: 30, Fix: "Publish a DMARC record."},
			{Row: "cap-no-dmarc", Area: "DMARC", Title: "No DMARC record applies", Rule: "dmarc-missing", Lost: 14, Of: 50, Fix: "Publish a DMARC record."},
		},
		Open: []report.OpenRow{{Row: "dkim-strength", Title: "DKIM keys of 2048 bits or Ed25519", Of: 6, Asked: true}, {Row: "dkim-in-force", Title: "No DKIM key in test mode", Of: 4}},
		Caps: []report.Cap{{Row: "cap-no-dmarc", Title: "No DMARC record applies", Rule: "dmarc-missing", Max: 50}},
		Ask:  []string{"--selector NAME"},
		Cures: []report.Cure{
			{Rows: []string{"dkim-key"}, Rule: "dkim-p-truncated", Effort: report.EditRecord, Score: 50, Held: "No DMARC record applies",
				Found: "the key is cut off", Fix: "v=DKIM1; k=ed25519; p=GcE2Pn2tsIGV9uFE3PyXH70QMuF4zmN5J4qOvyukSZ4=", Place: "TXT s1._domainkey.example.com"},
			{Rows: []string{"dmarc-record"}, Rule: "dmarc-missing", Effort: report.AskOther, Score: 100, Fix: "Publish a DMARC record."},
		},
		Requirements: []report.Requirement{
			{ID: "G1", Text: "SPF and DKIM are set up", Outcome: report.Failed, Rows: []string{"spf-record", "dkim-key"}, Certainty: "quoted", Dated: "2024-02"},
			{ID: "G4", Text: "Few complain", Outcome: report.NotTestable, Certainty: "secondary", Dated: "2024-02"},
		},
	}}
}

func TestScoreGolden(t *testing.T) {
	refused := &report.Report{Target: "nosuch.example", Kind: report.Domain, Score: &report.Score{Profile: "mail", Refused: "nosuch.example does not exist"}}
	for _, tt := range []struct {
		file   string
		format Format
		o      Options
	}{
		{"score.txt", Text, Options{Width: 80}},
		{"score-quiet.txt", Text, Options{Verbosity: Quiet}},
		{"score.json", JSON, Options{Version: "1.0.0"}},
		{"score.md", Markdown, Options{}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			got := rendered(t, tt.format, tt.o, scoredDomain(), refused)
			golden(t, tt.file, got)
			if tt.format == JSON {
				validate(t, compiled(t, ""), got)
			}
		})
	}
}

func TestScoreColourIsOnlyAdded(t *testing.T) {
	plain := rendered(t, Text, Options{}, scoredDomain())
	coloured := rendered(t, Text, Options{Color: true}, scoredDomain())
	if coloured == plain {
		t.Error("no colour")
	}
	if diff := cmp.Diff(plain, regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(coloured, "")); diff != "" {
		t.Error(diff)
	}
}

// Lines fit a narrow terminal, but the first and those made to be copied.
func TestScoreNarrow(t *testing.T) {
	for line := range strings.Lines(rendered(t, Text, Options{Width: 40}, scoredDomain())) {
		line = strings.TrimSuffix(line, "\n")
		if len(line) > 40 && !strings.HasPrefix(line, "example.com") && !strings.HasPrefix(line, "   v=") && !strings.HasPrefix(line, "   publish") {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}

// What comes from a zone cannot do anything to a terminal or a ticket.
func TestScoreHostile(t *testing.T) {
	const evil = "v=\x1b[2J\u202e\n::error::x ##[error] `</code><img src=x> @everyone"
	r := scoredDomain()
	r.Target = evil
	r.Score.Cures[0].Fix, r.Score.Cures[0].Found, r.Score.Cures[0].Place = evil, evil, evil
	r.Score.Lost[0].Fix, r.Score.Lost[0].Found, r.Score.Lost[0].Place = evil, evil, evil
	refused := &report.Report{Target: evil, Score: &report.Score{Refused: evil, Profile: "mail"}}
	for _, format := range []Format{Text, JSON, Markdown} {
		got := rendered(t, format, Options{}, r, refused)
		for line := range strings.Lines(got) {
			if line = strings.TrimSuffix(line, "\n"); format == Text && inert(line) != line || strings.ContainsAny(line, "\x1b\u202e") || strings.HasPrefix(line, "::") {
				t.Errorf("%s: %q", format, line)
			}
		}
		if format == Markdown && strings.Contains(strings.ReplaceAll(got, "`` ", ""), "\n<img") {
			t.Errorf("%s: %s", format, got)
		}
	}
}

func TestWeights(t *testing.T) {
	table := []report.Weight{{Row: "spf", Title: "SPF record", Domain: 60, Message: 100}, {Row: "mx", Title: "MX record", Domain: 40}, {Row: "cap", Title: "No record", Cap: 50}}
	for format, want := range map[Format]string{
		Text: `row                domain message  what it is worth points for
spf                   6.0    10.0  SPF record
mx                    4.0       -  MX record
cap                <= 5.0  <= 5.0  No record
sum                  10.0    10.0
`,
		Markdown: `| row | domain | message | what it is worth points for |
| --- | --: | --: | --- |
| spf | 6.0 | 10.0 | SPF record |
| mx | 4.0 | - | MX record |
| cap | <= 5.0 | <= 5.0 | No record |
| sum | 10.0 | 10.0 |  |
`,
	} {
		var b strings.Builder
		if err := Weights(&b, format, table); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}
