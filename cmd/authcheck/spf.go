package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/spf"
)

// client is the SMTP client that a verdict is wanted for.
type client struct {
	ip           netip.Addr
	sender, helo string
}

// spf looks up and judges an SPF record.
func (a *app) spf() *cobra.Command {
	var c client
	cmd := &cobra.Command{
		Use:   "spf [DOMAIN]",
		Short: "Look up an SPF record: include tree, limits, findings, verdict",
		Long: "spf looks up the SPF record of a domain with everything it refers to and judges it.\n" +
			"With --ip it also gives the verdict on mail from that client. Without DOMAIN the\n" +
			"domain is that of --sender, or of --helo where the sender is empty.",
		Example: "  authcheck spf example.com\n" +
			"  authcheck spf example.com --ip 192.0.2.1 --helo mail.example.com\n" +
			"  authcheck spf example.com --zone example.com.zone",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			domain, err := a.spfDomain(args, c)
			if err != nil {
				return err
			}
			return a.runSPF(cmd.Context(), domain, len(args) > 0, c)
		},
	}
	cmd.Flags().Var(addrFlag{&c.ip}, "ip", "address of the SMTP client")
	cmd.Flags().StringVar(&c.sender, "sender", "", "MAIL FROM address (default: postmaster@DOMAIN)")
	cmd.Flags().StringVar(&c.helo, "helo", "", "name the client gave with HELO or EHLO")
	return cmd
}

// spfDomain returns the name whose record is looked at.
func (a *app) spfDomain(args []string, c client) (string, error) {
	switch {
	case len(args) > 0:
		return a.target(args[0])
	case c.sender != "":
		return c.sender[strings.LastIndexByte(c.sender, '@')+1:], nil
	case c.helo != "":
		return c.helo, nil
	}
	return "", errors.New("spf: a DOMAIN, --sender or --helo is needed")
}

// runSPF asks and judges. named tells that the domain was given as an argument,
// so that it is the one under evaluation whoever the sender is.
func (a *app) runSPF(ctx context.Context, domain string, named bool, c client) error {
	now := a.now()
	s, err := a.open(now)
	if err != nil {
		return err
	}
	command := "authcheck spf"
	if named {
		command += " " + domain
	}
	var queries []spf.Query
	if c.ip.IsValid() {
		q := spf.Query{IP: c.ip, Domain: domain, Sender: c.sender, Helo: c.helo, At: now}
		if named && c.sender == "" {
			q.Sender = "postmaster@" + domain
		}
		queries = append(queries, q)
		command += " --ip " + c.ip.String()
	}
	if c.sender != "" {
		command += " --sender " + shellQuote(c.sender)
	}
	if c.helo != "" {
		command += " --helo " + shellQuote(c.helo)
		if c.ip.IsValid() {
			queries = append(queries, spf.Query{IP: c.ip, Domain: c.helo, Sender: "postmaster@" + c.helo, Helo: c.helo, At: now})
		}
	}
	limited, cancel := context.WithTimeout(ctx, a.flags.deadline)
	defer cancel()
	name := domain
	if ascii, err := lookup.FromUser(domain); err == nil {
		name = ascii
	}
	r := check.SPF(limited, s, s.zone, name, queries, check.Options{Config: a.config, Settle: a.settle(command)})
	if err := a.close(ctx, s); err != nil {
		return err
	}
	return a.finish(ctx, r)
}

// target returns the domain that an argument means. An address or a URL is taken
// for its host, and that is said.
func (a *app) target(arg string) (string, error) {
	host := arg
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host = rest
		host, _, _ = strings.Cut(host, "/")
		host, _, _ = strings.Cut(host, "?")
		host, _, _ = strings.Cut(host, "#")
		host = host[strings.LastIndexByte(host, '@')+1:]
		if name, port, ok := strings.Cut(host, ":"); ok && strings.Trim(port, "0123456789") == "" {
			host = name
		}
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	if host == "" || strings.ContainsAny(host, " /") {
		return "", fmt.Errorf("%q is not a domain", arg)
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return "", fmt.Errorf("%q is an address; a domain is wanted", arg)
	}
	if host != arg {
		fmt.Fprintf(a.stderr, "authcheck: %q is taken for %s\n", arg, render.Printable(host))
	}
	return host, nil
}

// shellQuote makes an argument that a shell takes as it is.
func shellQuote(arg string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./_-", r)
	}
	if arg != "" && strings.IndexFunc(arg, func(r rune) bool { return !safe(r) }) < 0 {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

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
