package main

import (
	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

// a looks up and judges the addresses of a host.
func (a *app) a() *cobra.Command {
	q := check.HostRequest{Options: mailhost.Options{Parts: mailhost.Addresses}}
	var hosts []string
	cmd := &cobra.Command{
		Use:   "a DOMAIN",
		Short: "Look up the addresses of a host",
		Long: "a looks up the A and AAAA records of a name and judges them. With --host it looks at\n" +
			"other hosts of the domain, too: those that people and programs are told to use.",
		Example: "  authcheck a mail.example.com\n" +
			"  authcheck a mail.example.com --expect 192.0.2.25 --expect 2001:db8::25\n" +
			"  authcheck a example.com --host mail --host imap",
		Args:        oneArg,
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if q.Hosts, err = names("host", hosts); err != nil {
				return err
			}
			if q.Domain, err = a.target(args[0]); err != nil {
				return err
			}
			return a.runHost(cmd.Context(), q, append([]string{"a", q.Domain}, repeated("--host", q.Hosts)...)...)
		},
	}
	cmd.Flags().Var(addrsFlag{&q.Expect}, "expect", "address that the host should have (repeatable)")
	cmd.Flags().StringArrayVar(&hosts, "host", nil, hostUsage)
	cmd.Flags().BoolVar(&a.flags.showQuery, "show-query", false, "show the dig line behind every question")
	return cmd
}
