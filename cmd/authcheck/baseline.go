package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
)

// baselineFlags adds the flags of commands that can leave out what is known.
func (a *app) baselineFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.flags.baseline, "baseline", "", "count only findings that are not in this `FILE`")
	cmd.Flags().StringVar(&a.flags.writeBaseline, "write-baseline", "", "write the findings of this run to `FILE`; none of them counts")
}

// readBaseline reads the findings that do not count, where there is a baseline.
func (a *app) readBaseline() error {
	if a.flags.baseline == "" && a.flags.writeBaseline == "" {
		return nil
	}
	a.baseline = check.NewBaseline()
	if a.flags.baseline != "" {
		if err := a.loadBaseline(); err != nil {
			return err
		}
	}
	a.baseline.Stored = storedPath
	return nil
}

func (a *app) loadBaseline() error {
	data, err := readLimited(a.flags.baseline, check.MaxBaseline)
	if err != nil {
		return err
	}
	a.baseline, err = check.ParseBaseline(a.flags.baseline, data)
	return err
}

// storedPath returns a path as a baseline has it: below the root of the repository
// that the working directory is in, or below the working directory, with forward
// slashes, so that it is the same wherever the command runs.
func storedPath(path string) string {
	if path == standIn {
		return path
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(filepath.Clean(path))
	}
	if relative, err := filepath.Rel(repository(), full); err == nil && filepath.IsLocal(relative) {
		full = relative
	}
	return filepath.ToSlash(full)
}

// repository returns the root of the repository that the working directory is in,
// else that directory.
func repository() string {
	here, err := os.Getwd()
	for dir := here; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
	}
	return here
}
