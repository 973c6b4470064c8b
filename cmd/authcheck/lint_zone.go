package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// lintZone judges master files before they are published.
func (a *app) lintZone() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "zone FILE...",
		Short: "Judge master files",
		Long: "zone judges the mail records of RFC 1035 master files without asking the DNS: SPF, DKIM\n" +
			"keys, DMARC and mail hosts of every domain in them, and the form of the files. Several\n" +
			"files form one view. What lies outside of them is not checked. With - a file is read\n" +
			"from standard input.",
		Example: "  authcheck lint zone example.com.zone\n" +
			"  authcheck lint zone zones/*.zone 2.0.192.in-addr.arpa.zone",
		Args:        someArgs,
		Annotations: uses(reportFlags),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := a.zoneFiles(args)
			if err != nil {
				return err
			}
			return a.finish(cmd.Context(), check.Zones(cmd.Context(), files, a.options(""))...)
		},
	}
	a.baselineFlags(cmd)
	return cmd
}

// zoneFiles reads the files that are named, each once.
func (a *app) zoneFiles(paths []string) ([]*lookup.File, error) {
	var files []*lookup.File
	for i, path := range paths {
		if slices.ContainsFunc(paths[:i], func(other string) bool { return sameFile(other, path) }) {
			return nil, fmt.Errorf("%s is named twice", path)
		}
		file, err := a.zoneFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, a.refuseOverwriting(paths...)
}

// zoneFile reads a file, or for "-" standard input.
func (a *app) zoneFile(path string) (*lookup.File, error) {
	if path == "-" {
		return lookup.ReadFile("stdin", a.stdin)
	}
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return lookup.ReadFile(path, in)
}
