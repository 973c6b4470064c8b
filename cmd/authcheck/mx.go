package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

// mx looks up and judges the mail hosts of a domain.
func (a *app) mx() *cobra.Command {
	q := check.HostRequest{Options: mailhost.Options{Parts: mailhost.Exchanges}}
	var profile string
	var approved []string
	cmd := &cobra.Command{
		Use:   "mx DOMAIN",
		Short: "Look up the mail hosts of a domain: MX records, addresses, names",
		Long: "mx looks up the MX records of a domain with the addresses of the hosts and the names\n" +
			"of the addresses, and judges them.",
		Example: "  authcheck mx example.com\n" +
			"  authcheck mx example.com --expect 192.0.2.25 --approve example.com\n" +
			"  authcheck mx parked.example.com --profile parked",
		Args:        oneArg,
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if q.Profile = mailhost.Profile(profile); !slices.Contains(mailhost.Profiles(), q.Profile) {
				return fmt.Errorf("--profile: %q is not one of mail, parked, smarthost, no-send", profile)
			}
			if q.Approved, err = names("approve", approved); err != nil {
				return err
			}
			if q.Domain, err = a.target(args[0]); err != nil {
				return err
			}
			return a.runHost(cmd.Context(), q, "mx", q.Domain)
		},
	}
	cmd.Flags().Var(addrsFlag{&q.Expect}, "expect", "address that a mail host may have (repeatable)")
	cmd.Flags().StringArrayVar(&approved, "approve", nil, "`DOMAIN` that may hold the mail hosts (repeatable)")
	cmd.Flags().StringVar(&profile, "profile", "mail", "what the domain is `FOR`: mail, parked, smarthost or no-send")
	cmd.Flags().BoolVar(&a.flags.showQuery, "show-query", false, "show the dig line behind every question")
	return cmd
}

// names makes canonical names of the values of a flag.
func names(flag string, values []string) ([]string, error) {
	canonical := make([]string, len(values))
	for i, value := range values {
		name, err := lookup.FromUser(value)
		if err != nil || name == "" {
			return nil, fmt.Errorf("--%s: %q is not a domain", flag, value)
		}
		canonical[i] = name
	}
	return canonical, nil
}
