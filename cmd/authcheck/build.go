package main

import (
	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dmarc"
)

// build holds the commands that write several records.
func (a *app) build() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Write the records of a kind of domain",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.buildParked())
	return cmd
}

// buildParked writes the records of a domain without mail.
func (a *app) buildParked() *cobra.Command {
	var rua []dmarc.Address
	cmd := &cobra.Command{
		Use:         "parked DOMAIN",
		Short:       "Write all records of a domain that sends and takes no mail",
		Example:     "  authcheck build parked example.org\n  authcheck build parked example.org --rua dmarc@example.com",
		Args:        oneArg,
		Annotations: uses(reportFlags),
		RunE: func(cmd *cobra.Command, args []string) error {
			domain, err := a.mailDomain(args[0])
			if err != nil {
				return err
			}
			return a.finish(cmd.Context(), check.BuildParked(domain, rua))
		},
	}
	a.publishFlag(cmd)
	cmd.Flags().Var(addressesFlag{&rua}, "rua", "`ADDRESS` for the daily reports on mail in the domain's name (repeatable)")
	return cmd
}
