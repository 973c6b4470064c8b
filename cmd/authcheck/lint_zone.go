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
	var origin string
	cmd := &cobra.Command{
		Use:   "zone FILE...",
		Short: "Judge master files",
		Long: "zone judges the mail records of RFC 1035 master files without asking the DNS: SPF, DKIM\n" +
			"keys, DMARC and mail hosts of every domain in them, and the form of the files. Several\n" +
			"files form one view; one that another includes is read there, with its origin. What\n" +
			"lies outside of them is not checked. With - a file is read from standard input.",
		Example: "  authcheck lint zone example.com.zone\n" +
			"  authcheck lint zone zones/*.zone 2.0.192.in-addr.arpa.zone\n" +
			"  authcheck lint zone db.example --origin example.com",
		Args:        someArgs,
		Annotations: uses(reportFlags),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := parseOrigin(origin)
			if err != nil {
				return err
			}
			files, err := a.zoneFiles(args)
			if err != nil {
				return err
			}
			for _, f := range files {
				f.Origin = root
			}
			reports, err := check.Zones(cmd.Context(), files, a.options(""))
			if err != nil {
				return err
			}
			return a.finish(cmd.Context(), reports...)
		},
	}
	cmd.Flags().StringVar(&origin, "origin", "", "`NAME` of the zone that the files hold, in force before $ORIGIN")
	a.baselineFlags(cmd)
	return cmd
}

// parseOrigin reads the name of a zone, whose final dot may be left out.
func parseOrigin(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	name, err := lookup.FromUser(text)
	if err != nil || name == "" {
		return "", fmt.Errorf("--origin: %q is not the name of a zone", text)
	}
	return name, nil
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
	return files, nil
}

// standIn is what standard input is called.
const standIn = "stdin"

// zoneFile reads a file, or for "-" standard input.
func (a *app) zoneFile(path string) (*lookup.File, error) {
	if path == "-" {
		return lookup.ReadFile(standIn, a.stdin)
	}
	if err := a.refuseOverwriting(path); err != nil {
		return nil, err
	}
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if path == standIn {
		path = "./" + path
	}
	return lookup.ReadFile(path, in)
}
