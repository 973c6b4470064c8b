package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/spf"
)

// qualifiers are the words for what becomes of senders that no term names.
var qualifiers = map[string]byte{"fail": '-', "softfail": '~', "neutral": '?', "pass": '+'}

// spfBuild writes a record from options.
func (a *app) spfBuild() *cobra.Command {
	var plan spf.Plan
	var own struct{ a, mx bool }
	var all string
	cmd := &cobra.Command{
		Use:   "build [DOMAIN]",
		Short: "Write an SPF record from options",
		Long: "build writes an SPF record and says what each part of it does. Without options it is\n" +
			"the record of a domain that sends nothing. What would do harm is refused with the\n" +
			"reason. Nothing is asked of the DNS.",
		Example: "  authcheck spf build example.com --mx --ip 192.0.2.25 --include _spf.example.net --all softfail\n" +
			"  authcheck spf build example.com",
		Args:        cobra.MaximumNArgs(1),
		Annotations: uses(reportFlags),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			domain := ""
			if len(args) > 0 {
				if domain, err = a.domain(args[0]); err != nil {
					return err
				}
			}
			if own.a {
				plan.A = append([]string{""}, plan.A...)
			}
			if own.mx {
				plan.MX = append([]string{""}, plan.MX...)
			}
			if plan.All = qualifiers[all]; all != "" && plan.All == 0 {
				return fmt.Errorf("--all: %q is not one of fail, softfail, neutral, pass", all)
			}
			built, err := check.BuildSPF(domain, plan)
			if err != nil {
				return fmt.Errorf("not built: %w", err)
			}
			return a.finish(cmd.Context(), built)
		},
	}
	a.publishFlag(cmd)
	f := cmd.Flags()
	f.Var(networksFlag{&plan.Networks}, "ip", "`NETWORK` or address that sends (repeatable)")
	f.BoolVar(&own.a, "a", false, "the addresses of the domain itself send")
	f.BoolVar(&own.mx, "mx", false, "the mail hosts of the domain itself send")
	f.Var(wordsFlag{&plan.A}, "host", "the addresses of `NAME` send (repeatable)")
	f.Var(wordsFlag{&plan.MX}, "mx-of", "the mail hosts of `NAME` send (repeatable)")
	f.Var(wordsFlag{&plan.Includes}, "include", "whom the record of `NAME` passes sends (repeatable)")
	f.Var(wordsFlag{&plan.Exists}, "exists", "those send for whom `NAME`, which has macros, exists (repeatable)")
	f.Var(wordFlag{&plan.Redirect}, "redirect", "the record of `NAME` decides about all others")
	f.Var(wordFlag{&plan.Exp}, "exp", "`NAME` whose TXT record tells those that fail why")
	f.StringVar(&all, "all", "", "what all others get: fail, softfail or neutral (default: fail, without --redirect)")
	return cmd
}

// errWord tells of a value that would be several terms.
var errWord = errors.New("not one name")

// wordsFlag is a flag that takes a value without spaces, as often as it is given.
type wordsFlag struct{ list *[]string }

func (f wordsFlag) String() string { return "" }
func (f wordsFlag) Type() string   { return "NAME" }

func (f wordsFlag) Set(text string) error {
	if text == "" || strings.ContainsAny(text, " \t\r\n") {
		return errWord
	}
	*f.list = append(*f.list, text)
	return nil
}

// wordFlag is a flag that takes one value without spaces.
type wordFlag struct{ word *string }

func (f wordFlag) String() string { return "" }
func (f wordFlag) Type() string   { return "NAME" }

func (f wordFlag) Set(text string) error {
	var list []string
	if err := (wordsFlag{&list}).Set(text); err != nil {
		return err
	}
	*f.word = text
	return nil
}

// networksFlag is a flag that takes networks and addresses, one at a time or with
// commas between them.
type networksFlag struct{ list *[]netip.Prefix }

func (f networksFlag) String() string { return "" }
func (f networksFlag) Type() string   { return "NETWORK" }

func (f networksFlag) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		p, err := netip.ParsePrefix(word)
		if addr, failed := netip.ParseAddr(word); failed == nil && addr.Zone() == "" {
			p, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q is no address or network", word)
		}
		*f.list = append(*f.list, p)
	}
	return nil
}
