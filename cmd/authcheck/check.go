package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/report"
)

// check looks at everything that the mail of a domain needs.
func (a *app) check() *cobra.Command {
	var q check.DomainRequest
	var profile, list, input string
	var hosts []string
	var jobs int
	cmd := &cobra.Command{
		Use:   "check [DOMAIN...]",
		Short: "Check everything: hosts, SPF, DKIM keys, DMARC",
		Long: "check looks at the hosts, the SPF record, the DKIM keys and the DMARC record of each\n" +
			"domain, and at what they say of each other. The domains are arguments, lines of a file\n" +
			"(--input), or both; without either they are the targets of the configuration. What it\n" +
			"says of a domain, such as selectors, holds where no flag says it.",
		Example: "  authcheck check example.com --selector s2026a\n" +
			"  authcheck check example.com --ip 192.0.2.25 --helo mail.example.com\n" +
			"  authcheck check --input domains.txt --format ndjson --jobs 32",
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if q.Profile = mailhost.Profile(profile); profile != "" && !slices.Contains(mailhost.Profiles(), q.Profile) {
				return fmt.Errorf("--profile: %q is not one of mail, parked, smarthost, no-send", profile)
			}
			if err := cmp.Or(checkJobs(jobs), consistent(q.Passing, q.Failing)); err != nil {
				return err
			}
			if q.Hosts, err = names("host", hosts); err != nil {
				return err
			}
			if list != "" {
				if q.Suffixes, err = a.readSuffixes(list); err != nil {
					return err
				}
			}
			b, err := a.targets(args, input)
			if err != nil {
				return err
			}
			b.jobs = jobs
			return a.runCheck(cmd.Context(), q, b)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&q.Selectors, "selector", nil, "look at the DKIM key of this `NAME` (repeatable; default: well-known names)")
	f.Var(bitsFlag{&q.MinBits}, "min-key-bits", "demand RSA keys of `N` bits at least, 1024 or more")
	f.Var(addrsFlag{&q.Senders}, "ip", "address that sends the domain's mail (repeatable)")
	f.StringVar(&q.HELO, "helo", "", "`NAME` that the senders give with HELO or EHLO")
	f.StringArrayVar(&hosts, "host", nil, hostUsage)
	f.Var(addrsFlag{&q.Expect}, "expect", "address that is the domain's own (repeatable)")
	f.StringVar(&profile, "profile", "", "what the domain is `FOR`: mail, parked, smarthost or no-send (default: mail)")
	f.Var(addressesFlag{&q.Required}, "require-rua", "demand that rua of the DMARC record names this `ADDRESS` (repeatable)")
	expectFlags(cmd, &q.Passing, &q.Failing)
	f.Var(standardFlag{&q.Standard}, "dmarc-mode", "rfc9989 for the tree walk, rfc7489 for the Public Suffix List")
	f.StringVar(&list, "psl", "", "Public Suffix List to use instead of the built-in one (`FILE`)")
	f.StringVarP(&input, "input", "i", "", "read domains from `FILE`, one a line, # comments, or rank,domain; - is standard input")
	f.IntVarP(&jobs, "jobs", "j", 16, "domains at once")
	a.baselineFlags(cmd)
	f.BoolVar(&a.flags.showQuery, "show-query", false, "show the dig line behind every question")
	return cmd
}

// runCheck checks each domain of a batch and reports them in their order.
func (a *app) runCheck(ctx context.Context, q check.DomainRequest, b batch) error {
	q.At = a.now()
	return a.lookEach(ctx, b, func(ctx context.Context, s *source, target string) *report.Report {
		one := q
		one.Target = q.Or(a.config.Target(target)).Or(check.Target{Selectors: a.config.Selectors})
		one.Domain, one.Zone = target, s.zone
		words := slices.Concat([]string{"authcheck", "check", target}, repeated("--selector", one.Selectors), repeated("--host", one.Hosts))
		return check.Domain(ctx, s, one, a.options(a.settle(report.Command(words...))))
	})
}
