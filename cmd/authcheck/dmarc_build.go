package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dmarc"
)

// dmarcBuild writes a record from options.
func (a *app) dmarcBuild() *cobra.Command {
	var plan dmarc.Plan
	cmd := &cobra.Command{
		Use:   "build DOMAIN",
		Short: "Write a DMARC record from options",
		Long: "build writes a DMARC record as RFC 9989 has it and says what each part of it does, what\n" +
			"older receivers make of it, and which records other organizations need to get its\n" +
			"reports. What would do harm is refused with the reason. Nothing is asked of the DNS.",
		Example: "  authcheck dmarc build example.com --policy none --np reject --rua dmarc@example.com\n" +
			"  authcheck dmarc build example.com --policy reject --rua dmarc@example.com",
		Args:        oneArg,
		Annotations: uses(reportFlags),
		RunE: func(cmd *cobra.Command, args []string) error {
			domain, err := a.mailDomain(args[0])
			if err != nil {
				return err
			}
			if plan.P == "" {
				return fmt.Errorf("--policy is missing: none, quarantine or reject%s", seeHelp(cmd))
			}
			built, err := check.BuildDMARC(domain, plan)
			if err != nil {
				return fmt.Errorf("not built: %w", err)
			}
			return a.finish(cmd.Context(), built)
		},
	}
	a.publishFlag(cmd)
	f := cmd.Flags()
	f.Var(policyFlag{&plan.P}, "policy", "for the domain: none, quarantine or reject (`POLICY`)")
	f.Var(policyFlag{&plan.SP}, "sp", "for names below the domain (`POLICY`)")
	f.Var(policyFlag{&plan.NP}, "np", "for names below the domain that do not exist (`POLICY`)")
	f.BoolVar(&plan.Testing, "testing", false, "a test: receivers apply each policy one level lower")
	f.Var(alignmentFlag{&plan.ADKIM}, "adkim", "how near signatures must be to the domain in From: relaxed or strict")
	f.Var(alignmentFlag{&plan.ASPF}, "aspf", "how near MAIL FROM must be to the domain in From: relaxed or strict")
	f.Var(psdFlag{&plan.PSD}, "psd", "whether the domain is a public suffix: y, n (it is an organization's own), or u (default: u)")
	f.Var(addressesFlag{&plan.RUA}, "rua", "`ADDRESS` for the daily reports (repeatable)")
	f.Var(addressesFlag{&plan.RUF}, "ruf", "`ADDRESS` for reports on single messages (repeatable)")
	f.Var(wordFlag{&plan.Options}, "fo", "when reports on single messages are wanted: `OPTIONS` such as 1 or d:s")
	return cmd
}

// policyFlag is a flag that takes a DMARC policy.
type policyFlag struct{ policy *dmarc.Policy }

func (f policyFlag) String() string { return "" }
func (f policyFlag) Type() string   { return "POLICY" }

func (f policyFlag) Set(text string) error {
	p := dmarc.Policy(text)
	if !slices.Contains([]dmarc.Policy{dmarc.None, dmarc.Quarantine, dmarc.Reject}, p) {
		return fmt.Errorf("not one of none, quarantine, reject")
	}
	*f.policy = p
	return nil
}

// psdFlag is a flag that says whether a domain is a public suffix.
type psdFlag struct{ psd *byte }

func (f psdFlag) String() string { return "" }
func (f psdFlag) Type() string   { return "y|n|u" }

func (f psdFlag) Set(text string) error {
	switch text {
	case "y", "n":
		*f.psd = text[0]
	case "u": // the default, which records leave out
		*f.psd = 0
	default:
		return fmt.Errorf("not one of y, n, u")
	}
	return nil
}

// alignmentFlag is a flag that takes a mode of alignment.
type alignmentFlag struct{ mode *dmarc.Alignment }

func (f alignmentFlag) String() string { return "" }
func (f alignmentFlag) Type() string   { return "MODE" }

func (f alignmentFlag) Set(text string) error {
	switch text {
	case "relaxed", "r":
		*f.mode = dmarc.Relaxed
	case "strict", "s":
		*f.mode = dmarc.Strict
	default:
		return fmt.Errorf("not one of relaxed, strict")
	}
	return nil
}
