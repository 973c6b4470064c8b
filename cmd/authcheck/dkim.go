package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/report"
)

// dkim looks up and judges DKIM keys.
func (a *app) dkim() *cobra.Command {
	var q check.DKIMRequest
	var key string
	cmd := &cobra.Command{
		Use:   "dkim DOMAIN",
		Short: "Look up DKIM keys: type, size, findings",
		Long: "dkim looks up the DKIM keys of a domain and judges them. The DNS does not tell which\n" +
			"selectors there are: name them with --selector, or in the configuration; a signed message\n" +
			"has its selector in s=. Without any these are tried, and nothing follows from their absence:\n" +
			wellKnownSelectors(),
		Example: "  authcheck dkim example.com --selector s2026a --selector s2026b\n" +
			"  authcheck dkim s2026a._domainkey.example.com\n" +
			"  authcheck dkim example.com --selector s2026a --key private.pem",
		Args:        oneArg,
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if q.Domain, err = a.target(args[0]); err != nil {
				return err
			}
			if selector, domain, ok := strings.Cut(q.Domain, "._domainkey."); ok {
				q.Domain, q.Selectors = domain, append(q.Selectors, selector)
			}
			if len(q.Selectors) == 0 {
				q.Selectors = a.config.Selectors
			}
			if key != "" {
				private, err := a.readPrivateKey(key)
				if err != nil {
					return err
				}
				q.Private = []dkim.PrivateKey{private}
			}
			return a.runDKIM(cmd.Context(), q)
		},
	}
	cmd.AddCommand(a.dkimKeygen(), a.dkimKeys(), a.dkimSign())
	cmd.Flags().StringArrayVar(&q.Selectors, "selector", nil, "look at the key of this `NAME` (repeatable; default: well-known names)")
	cmd.Flags().Var(bitsFlag{&q.MinBits}, "min-key-bits", "demand RSA keys of `N` bits at least, 1024 or more")
	cmd.Flags().StringVar(&key, "key", "", "compare with the private key in `FILE`")
	cmd.Flags().BoolVar(&a.flags.showQuery, "show-query", false, "show the dig line behind every question")
	return cmd
}

// wellKnownSelectors lists the selectors that are tried, ten a line.
func wellKnownSelectors() string {
	names := dkim.WellKnown()
	return "  " + strings.Join(names[:10], " ") + "\n  " + strings.Join(names[10:], " ")
}

func (a *app) runDKIM(ctx context.Context, q check.DKIMRequest) error {
	q.At = a.now()
	words := []string{"dkim", q.Domain}
	for _, selector := range q.Selectors {
		words = append(words, "--selector", selector)
	}
	return a.look(ctx, words, func(ctx context.Context, s *source, o check.Options) *report.Report {
		return check.DKIM(ctx, s, q, o)
	})
}

// bitsFlag is a flag that takes the number of bits that keys shall have at least.
type bitsFlag struct{ bits *int }

func (f bitsFlag) String() string { return "" }

func (f bitsFlag) Set(text string) error {
	bits, err := strconv.Atoi(text)
	if err != nil || bits < dkim.MinBits || bits > dkim.MaxBits {
		return fmt.Errorf("not a number from %d to %d", dkim.MinBits, dkim.MaxBits)
	}
	*f.bits = bits
	return nil
}

func (f bitsFlag) Type() string { return "N" }

// readPrivateKey reads the public half of a private key. Nothing of the private half
// is kept.
func (a *app) readPrivateKey(path string) (key dkim.PrivateKey, err error) {
	if err := a.refuseOverwriting(path); err != nil {
		return key, err
	}
	file, err := os.Open(path)
	if err != nil {
		return key, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return key, err
	}
	text, err := io.ReadAll(io.LimitReader(file, dkim.MaxPrivateKey))
	if err != nil {
		return key, err
	}
	public, err := dkim.ParsePrivateKey(text)
	if err != nil {
		return key, fmt.Errorf("read %s: %w", path, err)
	}
	return dkim.PrivateKey{File: path, Mode: info.Mode().Perm(), Modified: info.ModTime(), Public: public}, nil
}
