package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lint"
)

// maxText is the longest record text that lint reads, in octets: the largest
// TXT record there can be.
const maxText = 65535

// lint judges text that is not published.
func (a *app) lint() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lint",
		Short: "Judge a record that is not published yet",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.lintDKIM(), a.lintDMARC(), &cobra.Command{
		Use:   "spf TEXT|-",
		Short: "Judge the text of an SPF record",
		Long:  "spf judges the text of an SPF record without asking the DNS. With - the text is read\nfrom standard input.",
		Example: "  authcheck lint spf 'v=spf1 mx -all'\n" +
			"  dig +short TXT example.com | grep spf1 | tr -d '\"' | authcheck lint spf -",
		Args:        cobra.ExactArgs(1),
		Annotations: uses(reportFlags),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := a.text(args[0])
			if err != nil {
				return err
			}
			return a.finish(cmd.Context(), check.SPFText(lint.NewSource("text", text), check.Options{Config: a.config}))
		},
	})
	return cmd
}

// text returns an argument, or for "-" standard input without the line's end.
func (a *app) text(arg string) (string, error) {
	text := arg
	if arg == "-" {
		data, err := io.ReadAll(io.LimitReader(a.stdin, maxText+3))
		if err != nil {
			return "", fmt.Errorf("read standard input: %w", err)
		}
		text = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	}
	if len(text) > maxText {
		return "", fmt.Errorf("the text has more than %d octets, the most a TXT record holds", maxText)
	}
	return text, nil
}
