package lint_test

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

func Example() {
	noShouting := lint.Rule[*lint.Source]{
		Doc: lint.Doc{ID: "text-upper-case", Severity: lint.Warning, Ref: "operational"},
		Check: func(s *lint.Source, report lint.ReportFunc) {
			if lower := strings.ToLower(s.Text); lower != s.Text {
				report(lint.Finding{Span: s.Whole(), Message: fmt.Sprintf("%q is not in lower case", s.Text), Fix: lint.Rewrite(s, lower)})
			}
		},
	}
	source := lint.NewFileSource("TXT example.com", "example.zone", "V=SPF1 -ALL", []lint.Anchor{{Offset: 0, Line: 2, Column: 8}})
	for _, f := range lint.Run([]lint.Rule[*lint.Source]{noShouting}, source) {
		at := f.Span.Position()
		fmt.Printf("%s:%d:%d: %s: %s [%s]\n", source.File, at.Line, at.Column, f.Severity, f.Message, f.RuleID)
		fmt.Println("write:", f.Fix.Record())
	}
	// Output:
	// example.zone:2:8: warning: "V=SPF1 -ALL" is not in lower case [text-upper-case]
	// write: v=spf1 -all
}
