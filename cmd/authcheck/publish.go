package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/publish"
	"github.com/authcheck/authcheck/pkg/report"
)

// publishFlag adds the flag of commands that write records: with it these alone go to
// standard output, in a form that DNS servers and panels take.
func (a *app) publishFlag(cmd *cobra.Command) {
	cmd.Flags().Var(formFlag{&a.flags.form}, "publish", "write the records alone, in this `FORM`: "+strings.Trim(fmt.Sprint(publish.Forms()), "[]"))
}

// records returns what a report wrote for publishing, none where it is not in order.
func (a *app) records(r *report.Report) []report.BuiltRecord {
	switch {
	case a.outcome(r.Summary()) != nil:
		return nil
	case r.Results.Built != nil:
		return r.Results.Built.Records
	case r.Results.Flattening == nil:
		return nil
	}
	var records []report.BuiltRecord
	for _, flat := range r.Results.Flattening.Records {
		records = append(records, report.BuiltRecord{Name: flat.Name, Type: "TXT", Text: flat.Text})
	}
	return records
}

// writeRecords writes records in the form that was asked for. The forms are for TXT
// records; of others standard error tells.
func (a *app) writeRecords(records []report.BuiltRecord) error {
	var texts []publish.Record
	for _, r := range records {
		if r.Type == "TXT" {
			texts = append(texts, publish.Record{Name: r.Name, Text: r.Text})
			continue
		}
		fmt.Fprintf(a.stderr, "authcheck: publish by hand, too: %s. %s %s\n", r.Name, r.Type, r.Text)
	}
	text, err := publish.Format(a.flags.form, texts...)
	if err != nil {
		return fmt.Errorf("--publish %s: %w", a.flags.form, err)
	}
	return a.write(func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}
