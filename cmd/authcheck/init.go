package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// init writes a configuration to begin with.
func (a *app) init() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DOMAIN...]",
		Short: "Write a configuration to begin with",
		Long: "init writes a commented " + configName + " to the working directory, with the domains\n" +
			"as targets of authcheck check. A file that is there is left alone.",
		Example: "  authcheck init example.com example.net",
		RunE: func(_ *cobra.Command, args []string) error {
			var domains []string
			for _, arg := range args {
				domain, err := a.target(arg)
				if err != nil {
					return err
				}
				name, err := lookup.FromUser(domain)
				if err != nil || !isHostName(name) {
					return fmt.Errorf("%q is not the name of a domain for mail", arg)
				}
				if !slices.Contains(domains, name) {
					domains = append(domains, name)
				}
			}
			return a.writeNew(configName, check.SampleConfig(domains))
		},
	}
}

// isHostName reports whether a name has letters, digits and inner hyphens alone (RFC
// 5321, Section 4.1.2).
func isHostName(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// writeNew writes a file that must not be there yet.
func (a *app) writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and is left as it is", path)
	}
	if err != nil {
		return outputFailure(writeFailure(path, err))
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(path)
		return outputFailure(writeFailure(path, err))
	}
	fmt.Fprintf(a.stderr, "authcheck: %s is written\n", path)
	return nil
}
