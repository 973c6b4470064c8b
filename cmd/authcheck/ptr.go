package main

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

// ptr looks up and judges the names of addresses.
func (a *app) ptr() *cobra.Command {
	q := check.HostRequest{Options: mailhost.Options{Parts: mailhost.Reverses}}
	var wanted []string
	cmd := &cobra.Command{
		Use:   "ptr IP|DOMAIN",
		Short: "Look up the names of an address, and whether they lead back to it",
		Long: "ptr looks up the PTR records of an address that sends mail, or of all mail hosts of a\n" +
			"domain, and confirms them: one of the names must have the address.",
		Example: "  authcheck ptr 192.0.2.25\n" +
			"  authcheck ptr 2001:db8::25 --name mail.example.com\n" +
			"  authcheck ptr example.com",
		Args:        oneArg,
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if q.Names, err = names("name", wanted); err != nil {
				return err
			}
			addr, failed := netip.ParseAddr(strings.Trim(args[0], "[]"))
			switch {
			case failed == nil && addr.Zone() != "":
				return fmt.Errorf("%q: an address in the DNS has no zone", args[0])
			case failed == nil:
				q.Senders = []netip.Addr{addr}
				return a.runHost(cmd.Context(), q, "ptr", args[0])
			}
			if q.Domain, err = a.target(args[0]); err != nil {
				return err
			}
			return a.runHost(cmd.Context(), q, "ptr", args[0])
		},
	}
	cmd.Flags().StringArrayVar(&wanted, "name", nil, "`NAME` that the address should have (repeatable: any of them)")
	cmd.Flags().BoolVar(&a.flags.showQuery, "show-query", false, "show the dig line behind every question")
	return cmd
}
