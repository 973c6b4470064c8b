package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/report"
)

// verifyFlags are what verify has beside a request.
type verifyFlags struct {
	list, sender  string
	guess, header bool
	jobs          int
}

// verify verifies saved messages.
func (a *app) verify() *cobra.Command {
	var q check.MessageRequest
	var o verifyFlags
	cmd := &cobra.Command{
		Use:   "verify MSG...",
		Short: "Verify saved messages: SPF, DKIM, DMARC, and why they failed",
		Long: "verify checks the signatures of saved messages, and what SPF and DMARC make of them. Each\n" +
			"MSG is an .eml file, an mbox file, a folder (a Maildir, or .eml files in it and below), or -\n" +
			"for standard input. A saved message does not say who delivered it: give --ip, --sender and\n" +
			"--helo, or let --guess-envelope read Received and Return-Path, which anybody can write.\n" +
			"What cannot be read is told of on standard error and makes the exit code 2; the rest is\n" +
			"verified and written all the same.",
		Example: "  authcheck verify message.eml --ip 192.0.2.25 --sender bounce@example.com --helo mail.example.com\n" +
			"  authcheck verify Maildir --guess-envelope --format ndjson",
		Args:        someArgs,
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("sender") {
				q.Envelope.Sender = &o.sender
			}
			if err := a.completeRequest(&q, o); err != nil {
				return err
			}
			return a.runVerify(cmd.Context(), q, o.jobs, args)
		},
	}
	f := cmd.Flags()
	f.Var(addrFlag{&q.Envelope.Client}, "ip", "`ADDRESS` of the client that delivered the message")
	f.Var(senderFlag{&o.sender}, "sender", "`ADDRESS` given with MAIL FROM; empty for a bounce")
	f.StringVar(&q.Envelope.HELO, "helo", "", "`NAME` that the client gave with HELO or EHLO")
	f.BoolVar(&o.guess, "guess-envelope", false, "take what is not given of these from Received and Return-Path")
	f.BoolVar(&o.header, "header", false, "print the Received-SPF and Authentication-Results that a receiver would add")
	f.StringVar(&q.AuthservID, "authserv-id", "", "`NAME` of your receiver: its Authentication-Results are believed, and --header is in its\nname (default: the host of the newest Received field)")
	f.StringArrayVar(&q.Sealers, "trusted-sealer", nil, "`NAME` of a forwarder whose ARC seals are trusted, as in d= (repeatable)")
	f.Var(bitsFlag{&q.MinBits}, "min-key-bits", "demand RSA keys of `N` bits at least, 1024 or more")
	f.IntVar(&q.MaxSignatures, "max-signatures", 0, "signatures of a message that are verified, from the top (0: 20)")
	f.Var(standardFlag{&q.Standard}, "dmarc-mode", "rfc9989 for the tree walk, rfc7489 for the Public Suffix List")
	f.StringVar(&o.list, "psl", "", "Public Suffix List to use instead of the built-in one (`FILE`)")
	f.IntVarP(&o.jobs, "jobs", "j", 16, "messages at once")
	return cmd
}

// completeRequest checks what the flags say and puts it into the request.
func (a *app) completeRequest(q *check.MessageRequest, o verifyFlags) (err error) {
	if err := checkJobs(o.jobs); err != nil {
		return err
	}
	if q.MaxSignatures < 0 {
		return fmt.Errorf("--max-signatures takes a number from 0 on")
	}
	if o.list != "" {
		if q.Suffixes, err = a.readSuffixes(o.list); err != nil {
			return err
		}
	}
	if o.guess {
		q.Trace = check.Guess
	}
	if o.header {
		q.Header = check.Verdicts
	}
	if o.header && !a.holdsHeader() {
		return fmt.Errorf("--header goes with --format text, json or ndjson")
	}
	for _, name := range q.Sealers {
		if _, err := lookup.MailDomain(name); err != nil {
			return fmt.Errorf("--trusted-sealer: %q is not a domain", name)
		}
	}
	if len(q.Sealers) == 0 {
		q.Sealers = a.config.Sealers
	}
	return checkAuthservID(q.AuthservID)
}

// holdsHeader reports whether the format has a place for header fields.
func (a *app) holdsHeader() bool {
	return a.format == render.Text || a.format == render.JSON || a.format == render.NDJSON
}

// maxHostName is the number of octets that a name can have (RFC 1035, Section 2.3.4).
const maxHostName = 255

// checkAuthservID refuses what cannot be the name of a receiver.
func checkAuthservID(name string) error {
	if len(name) > maxHostName || strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		return fmt.Errorf("--authserv-id takes the name of a host")
	}
	return nil
}

// checkJobs refuses a number of jobs that makes no sense.
func checkJobs(jobs int) error {
	if jobs < 1 || jobs > 1000 {
		return fmt.Errorf("--jobs takes a number from 1 to 1000")
	}
	return nil
}

// runVerify verifies every message that the paths lead to, in their order.
func (a *app) runVerify(ctx context.Context, q check.MessageRequest, jobs int, paths []string) error {
	if err := a.refuseOverwriting(paths...); err != nil {
		return err
	}
	s, err := a.open(a.now())
	if err != nil {
		return err
	}
	// Little is alive at a time: collecting every 4 MB of garbage, as is usual, would
	// take a sixth of the time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	q.Now = a.now()
	q.At, _ = time.Parse(time.RFC3339, a.flags.at)
	err = eachInOrder(ctx, a, jobs, a.messages(paths), check.Something, func(ctx context.Context, in input) (*report.Report, error) {
		m, err := in.open()
		if err != nil {
			return nil, err
		}
		defer m.Close()
		return check.Message(ctx, s, m, q, a.options("")), nil
	})
	if failed := a.close(ctx, s); failed != nil {
		return failed
	}
	return err
}
