package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// spfFlatten writes a record with fewer lookups and the same meaning.
func (a *app) spfFlatten() *cobra.Command {
	q := check.FlattenRequest{Max: spf.MaxLookups}
	var record string
	cmd := &cobra.Command{
		Use:   "flatten DOMAIN",
		Short: "Write an SPF record with fewer lookups and the same meaning",
		Long: "flatten replaces includes by their networks, as few as needed to get to --max-lookups.\n" +
			"Macros, exists and ptr stay. What does not fit into 450 octets goes into records of\n" +
			"its own (_spf1.DOMAIN, ...). That the new records mean the same is checked before they\n" +
			"are shown. Copied networks go stale: keep the record with the includes, and compare\n" +
			"what is published with it by --source and --check.",
		Example: "  authcheck spf flatten example.com\n" +
			"  authcheck spf flatten example.com --max-lookups 8\n" +
			"  authcheck spf flatten example.com --source 'v=spf1 include:_spf.example.net -all' --check",
		Args:        oneArg,
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if q.Domain, err = a.domain(args[0]); err != nil {
				return err
			}
			switch {
			case q.Max < 1 || q.Max > spf.MaxLookups:
				return fmt.Errorf("--max-lookups takes a number from 1 to %d, what receivers allow", spf.MaxLookups)
			case q.Check && record == "":
				return fmt.Errorf("--check needs --source: the record with its includes, which the published one was made of")
			case record != "":
				if q.Source, err = a.spfOperand(record); err != nil {
					return fmt.Errorf("--source: %w", err)
				}
			}
			return a.look(cmd.Context(), flattenWords(args[0], record), func(ctx context.Context, s *source, o check.Options) *report.Report {
				return check.Flatten(ctx, s, q, o)
			})
		},
	}
	a.publishFlag(cmd)
	cmd.Flags().IntVar(&q.Max, "max-lookups", q.Max, "lookups wanted, `N` at most")
	cmd.Flags().StringVar(&record, "source", "", "`RECORD` with the includes: a text, FILE#DOMAIN or a domain (default: what is published)")
	cmd.Flags().BoolVar(&q.Check, "check", false, "fail where the published record no longer means the same as --source, which it needs")
	return cmd
}

// flattenWords returns the command line that asks the same.
func flattenWords(domain, source string) []string {
	words := []string{"spf", "flatten", domain}
	if source != "" {
		words = append(words, "--source", source)
	}
	return words
}

// spfDiff compares what two records authorize.
func (a *app) spfDiff() *cobra.Command {
	var q check.DiffRequest
	var domain string
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show whom a new SPF record authorizes and whom no longer",
		Long: "diff compares two SPF records, each a domain, a master file (FILE, or FILE#DOMAIN where\n" +
			"it holds several records) or a text that starts with v=spf1: the networks that gain and\n" +
			"lose each result, and the lookups before and after. Files and texts are read as if they\n" +
			"were published, texts at the domain of the other record or at --domain.",
		Example: "  authcheck spf diff example.com 'v=spf1 ip4:192.0.2.0/24 -all'\n" +
			"  authcheck spf diff example.com new.zone#example.com --fail-on-loss",
		Args:        twoArgs,
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if q.From, err = a.spfOperand(args[0]); err != nil {
				return err
			}
			if q.To, err = a.spfOperand(args[1]); err != nil {
				return err
			}
			words := []string{"spf", "diff", args[0], args[1]}
			if domain != "" {
				if domain, err = a.mailDomain(domain); err != nil {
					return fmt.Errorf("--domain: %w", err)
				}
				words = append(words, "--domain", domain)
			}
			if err := sameDomain(domain, &q.From, &q.To); err != nil {
				return err
			}
			return a.look(cmd.Context(), words, func(ctx context.Context, s *source, o check.Options) *report.Report {
				return check.Diff(ctx, s, q, o)
			})
		},
	}
	cmd.Flags().BoolVar(&q.Keep, "fail-on-loss", false, "fail where an address that passed no longer surely passes")
	cmd.Flags().StringVar(&domain, "domain", "", "`DOMAIN` that texts are for (default: that of the other record)")
	return cmd
}
