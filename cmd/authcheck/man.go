//go:build docs

package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// man writes what packages hold beside the binary: a man page for each command and
// the completions of each shell. The same source and SOURCE_DATE_EPOCH give the
// same files.
func (a *app) man() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write man pages and completions to a folder",
		Args:   oneArg,
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			date, err := sourceDate(os.Getenv("SOURCE_DATE_EPOCH"))
			if err != nil {
				return err
			}
			pages, completions := filepath.Join(args[0], "man"), filepath.Join(args[0], "completions")
			for _, dir := range []string{pages, completions} {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					return outputError{err}
				}
			}
			// A tree of its own: the one that runs has cobra's commands in it.
			root := a.root()
			return outputFailure(errors.Join(writeManPages(root, pages, date), writeCompletions(root, completions)))
		},
	}
}

// sourceDate returns the date of the sources, in seconds since 1970, or now.
func sourceDate(epoch string) (time.Time, error) {
	if epoch == "" {
		return time.Now().UTC(), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %q is not a number of seconds", epoch)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// writeManPages writes the page of a command and those of the commands below it.
func writeManPages(cmd *cobra.Command, dir string, date time.Time) error {
	hideUnused(cmd)
	cmd.DisableAutoGenTag = true
	var page bytes.Buffer
	zip := gzip.NewWriter(&page)
	header := &doc.GenManHeader{Section: "1", Date: &date, Source: "authcheck", Manual: "authcheck manual"}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1.gz"
	err := errors.Join(doc.GenMan(cmd, header, zip), zip.Close(), os.WriteFile(filepath.Join(dir, name), page.Bytes(), 0o644))
	for _, below := range cmd.Commands() {
		if err == nil && below.IsAvailableCommand() {
			err = writeManPages(below, dir, date)
		}
	}
	return err
}

// writeCompletions writes the completions under the names that shells look for.
func writeCompletions(root *cobra.Command, dir string) error {
	var bash, zsh, fish bytes.Buffer
	return errors.Join(
		root.GenBashCompletionV2(&bash, true), root.GenZshCompletion(&zsh), root.GenFishCompletion(&fish, true),
		os.WriteFile(filepath.Join(dir, "authcheck.bash"), bash.Bytes(), 0o644),
		os.WriteFile(filepath.Join(dir, "_authcheck"), zsh.Bytes(), 0o644),
		os.WriteFile(filepath.Join(dir, "authcheck.fish"), fish.Bytes(), 0o644),
	)
}
