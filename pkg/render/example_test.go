package render_test

import (
	"os"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

func Example() {
	source := lint.NewSource("text", "v=spf1 mx +all")
	all := source.Span(10, 14)
	r := &report.Report{
		Target:  "text",
		Kind:    report.Text,
		Results: report.Results{SPF: spf.InspectText("", source)},
		Findings: []lint.Finding{{
			RuleID: "spf-all-pass", Severity: lint.Error, Span: all,
			Message: `"+all" passes mail from any host`, Fix: lint.Replace(all, "-all"),
		}},
	}
	w := render.New(os.Stdout, render.Text, render.Options{})
	if err := w.Write(r); err != nil {
		panic(err)
	}
	if err := w.Close(r.Summary()); err != nil {
		panic(err)
	}
	// Output:
	// text  SPF  1 error
	//
	//   v=spf1 mx +all
	//   1 of 10 lookups in the worst case
	//
	// error: "+all" passes mail from any host  [spf-all-pass]
	//   --> text
	//    | v=spf1 mx +all
	//    |           ^^^^
	//   fix: write -all
}
