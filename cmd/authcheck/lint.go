package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
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
	cmd.AddCommand(
		a.lintZone(),
		a.lintText("spf", "an SPF record", check.SPFText,
			"  authcheck lint spf 'v=spf1 mx -all'\n"+
				"  dig +short TXT example.com | grep spf1 | tr -d '\"' | authcheck lint spf -"),
		a.lintText("dkim", "a DKIM key record", check.DKIMText,
			"  authcheck lint dkim 'v=DKIM1; k=rsa; p=MIIBIjANBg...'\n"+
				"  authcheck lint dkim - < key.txt"),
		a.lintText("dmarc", "a DMARC record", check.DMARCText,
			"  authcheck lint dmarc 'v=DMARC1; p=reject; rua=mailto:dmarc@example.com'\n"+
				"  dig +short TXT _dmarc.example.com | tr -d '\"' | authcheck lint dmarc -"),
	)
	return cmd
}

// lintText is the command that judges the text of one kind of record.
func (a *app) lintText(name, what string, judge func(*lint.Source, check.Options) *report.Report, example string) *cobra.Command {
	return &cobra.Command{
		Use:         name + " TEXT|-",
		Short:       "Judge the text of " + what,
		Long:        name + " judges the text of " + what + " without asking the DNS.\nWith - the text is read from standard input.",
		Example:     example,
		Args:        oneArg,
		Annotations: uses(reportFlags),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := a.text(args[0])
			if err != nil {
				return err
			}
			return a.finish(cmd.Context(), judge(lint.NewSource("text", text), a.options("")))
		},
	}
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
	if text == "" {
		return "", errors.New("the text is empty: there is no record to judge")
	}
	if len(text) > maxText {
		return "", fmt.Errorf("the text has more than %d octets, the most a TXT record holds", maxText)
	}
	return text, nil
}
