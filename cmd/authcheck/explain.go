package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/render"
)

// explain shows what a rule means.
func (a *app) explain() *cobra.Command {
	return &cobra.Command{
		Use:         "explain RULE",
		Short:       "Explain a rule: what it finds, why it matters, an example of each kind",
		Example:     "  authcheck explain spf-too-many-lookups",
		Args:        oneArg,
		Annotations: uses(outputFlags),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var ids []cobra.Completion
			for _, doc := range check.Docs() {
				ids = append(ids, cobra.CompletionWithDesc(doc.ID, doc.Title))
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			doc, err := check.Rule(args[0])
			if err != nil {
				return err
			}
			return a.write(func(w io.Writer) error { return render.Explain(w, doc) })
		},
	}
}

// rules lists all rules.
func (a *app) rules() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:         "rules",
		Short:       "List all rules",
		Args:        cobra.NoArgs,
		Annotations: uses(outputFlags),
		RunE: func(*cobra.Command, []string) error {
			list, ok := map[string]func(io.Writer) error{
				"text":     func(w io.Writer) error { return render.RuleList(w, check.Docs()) },
				"markdown": func(w io.Writer) error { return render.RuleMarkdown(w, check.Docs()) },
				"json":     func(w io.Writer) error { return render.RuleJSON(w, check.Docs()) },
			}[format]
			if !ok {
				return fmt.Errorf("--format: %q is not one of text, markdown, json", format)
			}
			return a.write(list)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "text, markdown or json")
	return cmd
}

// schema prints a JSON Schema.
func (a *app) schema() *cobra.Command {
	return &cobra.Command{
		Use:         "schema [report|config]",
		Short:       "Print the JSON Schema of reports or of the configuration",
		ValidArgs:   []cobra.Completion{"report", "config"},
		Annotations: uses(outputFlags),
		Args:        cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		RunE: func(_ *cobra.Command, args []string) error {
			schema := render.Schema()
			if len(args) > 0 && args[0] == "config" {
				schema = check.ConfigSchema()
			}
			return a.write(func(w io.Writer) error {
				_, err := w.Write(schema)
				return err
			})
		},
	}
}
