package render

import (
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// payloads are texts that want to be more than text in some output.
var payloads = []string{
	"v=spf1 ]]><script>alert(1)</script><!-- &amp; -all",
	"\n::error::x", "::error file=a,line=1::x", " ::stop-commands::x", "##[error]x", "##vso[task.complete]", "%0A::error::x",
	"|`[x](http://e)", "``` \n# heading\n~~~", "![x](https://e/x.png) [x]: https://e", "`x` ``y`` <img src=x>", "a|b\\|c\\",
	"@mention and www.example.com, https://example.com, a@example.com, #1, :smile:", "*a* _b_ ~~c~~ $d$",
	"\x1b[31mred\x1b]0;title\x07", "\u202eright to left\u2066", "\xff\xfe\x00\ufffe\u2028",
}

// laden returns a report whose every text is the payload. It has a finding that
// counts, one that does not, and open questions.
func laden(payload string) *report.Report {
	source := lint.NewFileSource(payload, payload, payload, []lint.Anchor{{Line: 3, Column: 7}})
	record := lint.NewSource("TXT "+payload, payload)
	r := &report.Report{
		Target: payload, Kind: report.Zone,
		Results: report.Results{SPF: spf.InspectText(payload, record)},
		Rules:   []lint.Doc{{ID: "spf-character", Severity: lint.Error, Title: "Character that is not ASCII", Why: "A record is ASCII.", Ref: "RFC 7208, Section 4.6.1"}},
		Unknown: []report.Question{{Question: payload, Reason: payload, Settle: payload, Rule: "spf-character"}},
		Findings: []lint.Finding{
			{RuleID: "spf-character", Severity: lint.Error, Span: source.Whole(), Message: payload, Hint: payload, Fix: lint.Rewrite(source, payload)},
			{RuleID: "spf-character", Severity: lint.Error, Span: record.Whole(), Message: payload, Fix: lint.Rewrite(record, payload)},
			{RuleID: "spf-character", Severity: lint.Warning, Span: record.Span(0, len(payload)/2), Message: payload, Suppressed: "known: " + payload},
		},
	}
	r.Unchecked = r.Unknown
	r.Corrected = []lint.Correction{{Source: record, Record: payload, Fixes: 1}}
	return r
}

// injections returns one report with all payloads.
func injections() *report.Report {
	all := &report.Report{Target: "[x](http://e)|<b>", Kind: report.Zone}
	for _, payload := range payloads {
		r := laden(payload)
		all.Findings = append(all.Findings, r.Findings...)
		all.Unknown = append(all.Unknown, r.Unknown...)
		all.Unchecked = append(all.Unchecked, r.Unchecked...)
		all.Corrected = append(all.Corrected, r.Corrected...)
		all.Rules = r.Rules
	}
	return all
}

// No text breaks out of its place in any output.
func FuzzOutputs(f *testing.F) {
	for _, payload := range append(payloads, nasty, "", "v=spf1 -all") {
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		r := laden(payload)
		for _, format := range Formats() {
			text := rendered(t, format, Options{Verbosity: Verbose, FailOn: lint.Error, Version: payload}, r, r)
			checkSafe(t, text)
			if format != GitHub {
				checkInert(t, text)
			}
			switch format {
			case SARIF:
				checkMessages(t, r)
			case JUnit:
				checkXML(t, text)
			case GitHub:
				checkCommands(t, text, 6)
			case Markdown:
				checkMarkdown(t, text)
			}
		}
	})
}

// runnerCommands are some of the commands that the runner of GitHub Actions knows.
var runnerCommands = map[string]bool{"error": true, "warning": true, "notice": true, "debug": true, "group": true, "add-mask": true, "stop-commands": true}

// checkInert fails for lines that the log of a CI system takes for commands.
func checkInert(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		name, _, closed := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "::"), "::")
		command := closed && strings.HasPrefix(strings.TrimSpace(line), "::") && !strings.HasPrefix(name, " ")
		if name, _, _ = strings.Cut(name, " "); command && runnerCommands[name] || strings.Contains(line, "##[") || strings.Contains(line, "##vso[") {
			t.Errorf("a command: %q", line)
		}
	}
}
