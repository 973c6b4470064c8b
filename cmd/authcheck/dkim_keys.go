package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/report"
)

// dkimKeys lists the private keys of a folder.
func (a *app) dkimKeys() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keys DIR",
		Short: "List the private keys of a folder, and what is published for them",
		Long: "keys lists the private keys in a folder (not below it) with their domains and selectors, their\n" +
			"sizes, the age of the files and what the DNS has for them: published, differs, revoked, no TXT\n" +
			"or unknown. Where to look is in the name of the file, SELECTOR._domainkey.DOMAIN.pem, as keygen\n" +
			"writes it; .key, .private or nothing will do for .pem. A file that is named like that and holds\n" +
			"no key for DKIM is told of on standard error; the others are listed, and the exit code is 2.",
		Example: "  authcheck dkim keys /etc/dkim\n" +
			"  authcheck dkim keys /etc/dkim -f json",
		Args:        oneArg,
		Annotations: uses(reportFlags, networkFlags),
		RunE:        func(cmd *cobra.Command, args []string) error { return a.runKeys(cmd.Context(), args[0]) },
	}
	cmd.Flags().BoolVar(&a.flags.showQuery, "show-query", false, "show the dig line behind every question")
	return cmd
}

func (a *app) runKeys(ctx context.Context, dir string) error {
	keys, unread, err := a.readKeyFolder(dir)
	if err != nil {
		return err
	}
	q := check.KeysRequest{Folder: dir, Keys: keys, At: a.now()}
	err = a.look(ctx, []string{"dkim", "keys", dir}, func(ctx context.Context, s *source, o check.Options) *report.Report {
		return check.DKIMKeys(ctx, s, q, o)
	})
	return andUnread(err, unread)
}

// maxKeyFiles is how many files a folder of keys may have: more than a mail server
// for many domains has.
const maxKeyFiles = 10_000

// readKeyFolder reads the private keys of a folder. Other files are passed over,
// unless their names say that they are keys: unread says why those are none.
func (a *app) readKeyFolder(dir string) (keys []dkim.PrivateKey, unread, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	if len(entries) > maxKeyFiles {
		return nil, nil, fmt.Errorf("%s: more than %d files", dir, maxKeyFiles)
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		selector, domain := dkim.KeyName(entry.Name())
		named := selector != "" && slices.Contains([]string{".pem", ".key", ".private"}, filepath.Ext(path))
		info, err := os.Stat(path) // fails for a link that leads nowhere
		if strings.HasPrefix(entry.Name(), ".") || err != nil && !named || err == nil && !info.Mode().IsRegular() {
			continue
		}
		if err := a.refuseOverwriting(path); err != nil {
			return nil, nil, err
		}
		key, err := a.readPrivateKey(path)
		if errors.Is(err, dkim.ErrPrivateKey) && !named {
			continue
		}
		if err != nil {
			if unread != nil {
				a.complain(unread)
			}
			unread = err
			continue
		}
		key.Selector, key.Domain = selector, domain
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, nil, cmp.Or(unread, fmt.Errorf("%s: no RSA or Ed25519 private key is in it", dir))
	}
	return keys, unread, nil
}
