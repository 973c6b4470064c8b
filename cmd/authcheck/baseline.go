package main

import (
	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
)

// baselineFlags adds the flags of commands that can leave out what is known.
func (a *app) baselineFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.flags.baseline, "baseline", "", "count only findings that are not in this `FILE`")
	cmd.Flags().StringVar(&a.flags.writeBaseline, "write-baseline", "", "write the findings of this run to `FILE`; none of them counts")
}

// readBaseline reads the findings that do not count.
func (a *app) readBaseline() error {
	a.baseline = check.NewBaseline()
	if a.flags.baseline == "" {
		return nil
	}
	data, err := readLimited(a.flags.baseline, check.MaxBaseline)
	if err != nil {
		return err
	}
	a.baseline, err = check.ParseBaseline(a.flags.baseline, data)
	return err
}
