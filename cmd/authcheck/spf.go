package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/report"
)

// spf looks up and judges an SPF record.
func (a *app) spf() *cobra.Command {
	var q check.SPFRequest
	cmd := &cobra.Command{
		Use:   "spf [DOMAIN]",
		Short: "Look up an SPF record: include tree, limits, findings, verdict",
		Long: "spf looks up the SPF record of a domain with everything it refers to and judges it.\n" +
			"With --ip it also gives the verdict on mail from that client. Without DOMAIN the\n" +
			"domain is that of --sender, or of --helo where the sender is empty.",
		Example: "  authcheck spf example.com\n" +
			"  authcheck spf example.com --ip 192.0.2.1 --helo mail.example.com\n" +
			"  authcheck spf example.com --zone example.com.zone",
		Args:        cobra.MaximumNArgs(1),
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if len(args) > 0 {
				if q.Domain, err = a.target(args[0]); err != nil {
					return err
				}
			} else if q.Sender == "" && q.Helo == "" {
				return errors.New("spf: a DOMAIN, --sender or --helo is needed")
			}
			if err := consistent(q.Passing, q.Failing); err != nil {
				return err
			}
			return a.runSPF(cmd.Context(), q)
		},
	}
	cmd.Flags().Var(addrFlag{&q.IP}, "ip", "address of the SMTP client")
	cmd.Flags().Var(senderFlag{&q.Sender}, "sender", "MAIL FROM `ADDRESS` (default: postmaster@DOMAIN)")
	cmd.Flags().StringVar(&q.Helo, "helo", "", "name the client gave with HELO or EHLO")
	expectFlags(cmd, &q.Passing, &q.Failing)
	cmd.Flags().BoolVar(&a.flags.showQuery, "show-query", false, "show the dig line behind every question")
	cmd.AddCommand(a.spfFlatten(), a.spfDiff(), a.spfBuild())
	return cmd
}

func (a *app) runSPF(ctx context.Context, q check.SPFRequest) error {
	q.At = a.now()
	return a.look(ctx, spfWords(q), func(ctx context.Context, s *source, o check.Options) *report.Report {
		q.Zone = s.zone
		return check.SPF(ctx, s, q, o)
	})
}

// expectFlags adds the flags that say whom a record shall let pass.
func expectFlags(cmd *cobra.Command, passing, failing *[]netip.Addr) {
	cmd.Flags().Var(addrsFlag{passing}, "expect-pass", "address that SPF must let pass (repeatable)")
	cmd.Flags().Var(addrsFlag{failing}, "expect-fail", "address that SPF must not let pass (repeatable)")
}

// consistent refuses demands that no record can meet.
func consistent(passing, failing []netip.Addr) error {
	if address, both := check.Contradiction(passing, failing); both {
		return fmt.Errorf("--expect-pass and --expect-fail both name %s", address)
	}
	return nil
}

// spfWords returns the command line that asks the same.
func spfWords(q check.SPFRequest) []string {
	words := []string{"spf"}
	if q.Domain != "" {
		words = append(words, q.Domain)
	}
	if q.IP.IsValid() {
		words = append(words, "--ip", q.IP.String())
	}
	if q.Sender != "" {
		words = append(words, "--sender", q.Sender)
	}
	if q.Helo != "" {
		words = append(words, "--helo", q.Helo)
	}
	if len(q.Passing) > 0 {
		words = append(words, "--expect-pass", addrsFlag{&q.Passing}.String())
	}
	if len(q.Failing) > 0 {
		words = append(words, "--expect-fail", addrsFlag{&q.Failing}.String())
	}
	return words
}

// target returns the domain that an argument means. An address or a URL is taken
// for its host, and that is said.
func (a *app) target(arg string) (string, error) {
	host := arg
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host = rest
	}
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	if name, port, ok := strings.Cut(host, ":"); ok && strings.Trim(port, "0123456789") == "" {
		host = name
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return "", fmt.Errorf("%q is an address; a domain is wanted", arg)
	}
	if strings.Trim(host, ". \t") == "" {
		return "", fmt.Errorf("%q is not a domain", arg)
	}
	if host != arg {
		fmt.Fprintf(a.stderr, "authcheck: %q is taken for %s\n", arg, render.Printable(host))
	}
	return host, nil
}

// senderFlag is a flag that takes the address of MAIL FROM, with angle brackets or
// without them; empty is that of a bounce.
type senderFlag struct{ text *string }

func (f senderFlag) String() string { return "" }

func (f senderFlag) Set(text string) error {
	if inner, ok := strings.CutPrefix(text, "<"); ok {
		text = strings.TrimSuffix(inner, ">")
	}
	switch {
	case strings.HasSuffix(text, "@"):
		return errors.New("it names no domain")
	case strings.ContainsFunc(text, unicode.IsControl) || strings.HasSuffix(text, ">"):
		return errors.New("not an address")
	}
	*f.text = text
	return nil
}

func (f senderFlag) Type() string { return "ADDRESS" }

// addrFlag is a flag that takes an IP address without a zone.
type addrFlag struct{ addr *netip.Addr }

func (f addrFlag) String() string {
	if f.addr == nil || !f.addr.IsValid() {
		return ""
	}
	return f.addr.String()
}

func (f addrFlag) Set(text string) error {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return fmt.Errorf("not an IP address")
	}
	*f.addr = addr
	return nil
}

func (f addrFlag) Type() string { return "address" }
