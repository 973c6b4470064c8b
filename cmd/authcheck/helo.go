package main

import (
	"net/netip"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

// helo judges the name that a client gives of itself.
func (a *app) helo() *cobra.Command {
	var client netip.Addr
	cmd := &cobra.Command{
		Use:   "helo NAME",
		Short: "Judge a name given with HELO or EHLO",
		Long: "helo judges the name that a mail server gives of itself: its form, its addresses and,\n" +
			"with --ip, whether it belongs to that client, agrees with the client's own name and\n" +
			"authorizes the client by its SPF record.",
		Example: "  authcheck helo mail.example.com --ip 192.0.2.25\n" +
			"  authcheck helo '[192.0.2.25]'",
		Args:        oneArg,
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) error {
			q := check.HostRequest{Options: mailhost.Options{HELO: mailhost.ParseHELO(args[0])}}
			words := []string{"helo", args[0]}
			if client.IsValid() {
				q.HELO.Client, q.Senders = client.Unmap(), []netip.Addr{client}
				words = append(words, "--ip", client.String())
			}
			return a.runHost(cmd.Context(), q, words...)
		},
	}
	cmd.Flags().Var(addrFlag{&client}, "ip", "address of the SMTP client")
	cmd.Flags().BoolVar(&a.flags.showQuery, "show-query", false, "show the dig line behind every question")
	return cmd
}
