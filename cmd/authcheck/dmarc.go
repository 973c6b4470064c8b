package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// dmarc looks up and judges a DMARC record.
func (a *app) dmarc() *cobra.Command {
	var q check.DMARCRequest
	var list string
	cmd := &cobra.Command{
		Use:   "dmarc DOMAIN",
		Short: "Look up a DMARC record: discovery, policy, findings, verdict",
		Long: "dmarc finds the DMARC record that applies to a domain, shows where it was looked for\n" +
			"and judges it. With --spf or --dkim it also says what DMARC would make of a message\n" +
			"from that domain with those results.",
		Example: "  authcheck dmarc example.com\n" +
			"  authcheck dmarc example.com --spf pass:bounce.example.com --dkim pass:example.net\n" +
			"  authcheck dmarc mail.example.com --dmarc-mode rfc7489",
		Args:        oneArg,
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if q.Domain, err = a.target(args[0]); err != nil {
				return err
			}
			if _, err := lookup.FromUser(q.Domain); err != nil {
				return fmt.Errorf("%q is not a domain: %w", q.Domain, err)
			}
			if list != "" {
				if q.Suffixes, err = a.readSuffixes(list); err != nil {
					return err
				}
			}
			return a.runDMARC(cmd.Context(), q)
		},
	}
	cmd.Flags().Var(identifierFlag{&q.Results.SPF, 1}, "spf", "what SPF said of MAIL FROM, such as pass:bounce.example.com")
	cmd.Flags().Var(identifierFlag{&q.Results.DKIM, 1000}, "dkim", "what a signature's check said of its d= domain, such as pass:example.com (repeatable)")
	cmd.Flags().Var(standardFlag{&q.Standard}, "dmarc-mode", "rfc9989 for the tree walk, rfc7489 for the Public Suffix List")
	cmd.Flags().Var(addressesFlag{&q.Required}, "require-rua", "demand that rua names this `ADDRESS` (repeatable)")
	cmd.Flags().StringVar(&list, "psl", "", "Public Suffix List to use instead of the built-in one (`FILE`)")
	cmd.Flags().BoolVar(&a.flags.showQuery, "show-query", false, "show the dig line behind every question")
	cmd.AddCommand(a.dmarcBuild())
	return cmd
}

func (a *app) runDMARC(ctx context.Context, q check.DMARCRequest) error {
	return a.look(ctx, []string{"dmarc", q.Domain}, func(ctx context.Context, s *source, o check.Options) *report.Report {
		return check.DMARC(ctx, s, q, o)
	})
}

func (a *app) readSuffixes(path string) (*dmarc.Suffixes, error) {
	if err := a.refuseOverwriting(path); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return dmarc.ReadSuffixes(path, file)
}

// identifierFlag is a flag that takes RESULT:DOMAIN, up to a number of times.
type identifierFlag struct {
	list *[]dmarc.Identifier
	most int
}

func (f identifierFlag) String() string { return "" }

// resultWords are the words of RFC 8601, Sections 2.7.1 and 2.7.2.
var resultWords = []string{"none", "neutral", "pass", "fail", "softfail", "policy", "temperror", "permerror"}

func (f identifierFlag) Set(text string) error {
	result, domain, ok := strings.Cut(text, ":")
	switch {
	case !ok || !slices.Contains(resultWords, result):
		return fmt.Errorf("not RESULT:DOMAIN with one of %s", strings.Join(resultWords, ", "))
	case domain == "" && result == "pass":
		return fmt.Errorf("what passed is a domain, and none is named")
	case len(*f.list) >= f.most:
		return fmt.Errorf("given more than %d times", f.most)
	}
	*f.list = append(*f.list, dmarc.Identifier{Result: result, Domain: domain})
	return nil
}

func (f identifierFlag) Type() string { return "RESULT:DOMAIN" }

// addressesFlag is a flag that takes mail addresses, one at a time.
type addressesFlag struct{ list *[]dmarc.Address }

func (f addressesFlag) String() string { return "" }

func (f addressesFlag) Set(text string) error {
	address, err := dmarc.ParseAddress(text)
	if err != nil {
		return err
	}
	*f.list = append(*f.list, address)
	return nil
}

func (f addressesFlag) Type() string { return "ADDRESS" }

// standardFlag is a flag that takes the name of a standard.
type standardFlag struct{ standard *dmarc.Standard }

func (f standardFlag) String() string {
	if f.standard == nil || *f.standard == "" {
		return string(dmarc.RFC9989)
	}
	return string(*f.standard)
}

func (f standardFlag) Set(text string) error {
	if text != string(dmarc.RFC9989) && text != string(dmarc.RFC7489) {
		return fmt.Errorf("not one of %s, %s", dmarc.RFC9989, dmarc.RFC7489)
	}
	*f.standard = dmarc.Standard(text)
	return nil
}

func (f standardFlag) Type() string { return "STANDARD" }
