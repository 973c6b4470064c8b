package render

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// TestMarkdownReadBack looks at what GitHub's own reader makes of the summary: no
// element, link or mention comes from outside.
func TestMarkdownReadBack(t *testing.T) {
	t.Parallel()
	for name, reports := range map[string][]*report.Report{"fixtures": fixtures(t), "hostile": hostile(t), "injections": {injections()}} {
		html := peer(t, rendered(t, Markdown, Options{}, reports...), "cmark-gfm", "--unsafe",
			"-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "footnotes", "-e", "tasklist")
		d := xml.NewDecoder(strings.NewReader("<html>" + html + "</html>"))
		rows, inCode := 0, 0
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			switch token := token.(type) {
			case xml.StartElement:
				if err := expected(token); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				switch token.Name.Local {
				case "tr":
					rows++
				case "code":
					inCode++
				}
			case xml.EndElement:
				if token.Name.Local == "code" {
					inCode--
				}
			case xml.CharData:
				if text := string(token); inCode == 0 && !regexp.MustCompile(`^[a-zA-Z0-9\s"'(),.;:?-]*$`).MatchString(text) {
					t.Errorf("%s: outside of code: %q", name, text)
				}
			case xml.Comment, xml.Directive, xml.ProcInst:
				t.Errorf("%s: %T", name, token)
			}
		}
		if want := len(reports) + 1; rows != want {
			t.Errorf("%s: %d rows, want %d", name, rows, want)
		}
	}
}

// expected returns an error for an element that the renderer does not mean.
func expected(e xml.StartElement) error {
	for _, a := range e.Attr {
		link := e.Name.Local == "a" && a.Name.Local == "href" && strings.HasPrefix(a.Value, "https://github.com/authcheck/authcheck/blob/main/pkg/check/RULES.md#")
		if !link && a.Name.Local != "align" {
			return fmt.Errorf("<%s %s=%q>", e.Name.Local, a.Name.Local, a.Value)
		}
	}
	switch e.Name.Local {
	case "html", "h2", "h3", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "p", "pre", "code", "strong", "a":
		return nil
	}
	return fmt.Errorf("<%s>", e.Name.Local)
}

// A summary of any number of targets is one that GitHub takes.
func TestSummaryIsBounded(t *testing.T) {
	t.Parallel()
	r := at(lint.NewSource("TXT example.com", "abc"), 0, 1)
	reports := make([]*report.Report, 12000)
	for i := range reports {
		reports[i] = r
	}
	text := rendered(t, Markdown, Options{}, reports...)
	if len(text) > 1<<20 {
		t.Errorf("%d octets", len(text))
	}
	for _, want := range []string{"## authcheck: 12000 errors\n", " targets more.\n", " more did not fit: a job summary holds 1 MiB.\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}

// checkMarkdown fails where anything but letters, numbers and what the renderer
// itself writes stands outside of code.
func checkMarkdown(t *testing.T, text string) {
	t.Helper()
	fence := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case fence != "":
			if line == fence {
				fence = ""
			}
		case strings.HasPrefix(line, "```"):
			fence = line
		default:
			line = strings.ReplaceAll(withoutCode(line), "[spf-character](https://github.com/authcheck/authcheck/blob/main/pkg/check/RULES.md#spf-character)", "")
			if !skeleton.MatchString(line) {
				t.Errorf("outside of code: %q", line)
			}
		}
	}
	if fence != "" {
		t.Errorf("a fence stays open in %s", text)
	}
}

// skeleton matches lines of Markdown in which only the renderer's own marks have a
// meaning.
var skeleton = regexp.MustCompile(`^(## authcheck: |\|[- :|]*\||\|  (\| \d+ ){6}\||\| Target .*|### |( *- (\*\*[a-z]+\*\* )?)?)[a-zA-Z0-9 "'(),.;:?-]*$`)

// withoutCode takes the code spans out of a line (CommonMark, Section 6.1).
func withoutCode(line string) string {
	var out strings.Builder
	for {
		start := strings.IndexByte(line, '`')
		if start < 0 {
			return out.String() + line
		}
		out.WriteString(line[:start])
		run := len(line[start:]) - len(strings.TrimLeft(line[start:], "`"))
		rest := line[start+run:]
		end := closing(rest, run)
		if end < 0 {
			return out.String() + line[start:]
		}
		line = rest[end+run:]
	}
}

// closing returns where a run of exactly n backticks starts.
func closing(text string, n int) int {
	for at := 0; at < len(text); {
		run := len(text[at:]) - len(strings.TrimLeft(text[at:], "`"))
		if run == n {
			return at
		}
		at += max(run, 1)
	}
	return -1
}
