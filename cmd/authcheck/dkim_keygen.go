package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/publish"
	"github.com/authcheck/authcheck/pkg/report"
)

// keygenRequest is what the command line says about new keys.
type keygenRequest struct {
	dkim.KeyOptions
	selectors []string
	kind      string
	dir       string
	form      publish.Form
	force     bool
}

// dkimKeygen makes key pairs.
func (a *app) dkimKeygen() *cobra.Command {
	q := keygenRequest{form: publish.BIND}
	cmd := &cobra.Command{
		Use:   "keygen --domain DOMAIN",
		Short: "Make a key pair and the record to publish",
		Long: "keygen makes a DKIM key pair. The private key goes to SELECTOR._domainkey.DOMAIN.pem (PKCS#8,\n" +
			"readable by its owner alone), the record to a file .txt beside it and to standard output, in the\n" +
			"form that --publish names; what to do next goes to standard error. The pair has signed a message\n" +
			"and verified it before anything is written, and the files appear together or not at all.\n" +
			"Forms: bind (master file), line (the value alone), json, route53 (change batch), cloudflare\n" +
			"(API batch), terraform (provider hashicorp/aws), nsupdate.",
		Example: "  authcheck dkim keygen --domain example.com\n" +
			"  authcheck dkim keygen --domain example.com --type both --out /etc/dkim\n" +
			"  authcheck dkim keygen --domain example.com --publish nsupdate | nsupdate -k key.conf",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("%q is one argument too many: name the domain with --domain%s", args[0], seeHelp(cmd))
			}
			return nil
		},
		Annotations: uses("at"),
		RunE:        func(cmd *cobra.Command, _ []string) error { return a.runKeygen(cmd.Context(), q) },
	}
	f := cmd.Flags()
	f.StringVar(&q.Domain, "domain", "", "make keys for this `DOMAIN`")
	f.StringArrayVar(&q.selectors, "selector", nil, "`NAME` of the key (default: s and the date; for --type both two of them, RSA first, or one for which -rsa and -ed25519 are added)")
	f.StringVar(&q.kind, "type", dkim.RSA, "`KIND` of key: rsa, ed25519 or both")
	f.IntVar(&q.Bits, "bits", 0, "size of an RSA key, `N` from 1024 to 8192 (default 2048)")
	f.StringVar(&q.dir, "out", ".", "write the files to this `DIR`, which is made where it is missing")
	f.Var(formFlag{&q.form}, "publish", "`FORM` of the record: "+strings.Trim(fmt.Sprint(publish.Forms()), "[]"))
	f.BoolVar(&q.force, "force", false, "replace files that are there")
	f.BoolVar(&q.Weak, "allow-weak", false, "allow RSA keys of less than 2048 bits")
	f.StringSliceVar(&q.Flags, "flags", nil, "`FLAGS` for t=: y (testing), s (no subdomains)")
	f.StringSliceVar(&q.Hashes, "hash", nil, "`HASH` for h=: sha256")
	f.StringSliceVar(&q.Services, "service", nil, "`SERVICE` for s=: email, tlsrpt, *")
	f.StringVar(&q.Note, "note", "", "`TEXT` for n=, for people who read the record")
	return cmd
}

// formFlag is a flag that takes the form of a record to publish.
type formFlag struct{ form *publish.Form }

func (f formFlag) String() string {
	if f.form == nil {
		return ""
	}
	return string(*f.form)
}

func (f formFlag) Set(text string) (err error) {
	*f.form, err = publish.ParseForm(text)
	return err
}

func (f formFlag) Type() string { return "FORM" }

// options returns what to make, a pair each.
func (q keygenRequest) options(now time.Time) ([]dkim.KeyOptions, error) {
	if q.Domain == "" {
		return nil, errors.New("name the domain with --domain")
	}
	wanted := 1
	switch q.kind {
	case "both":
		wanted = 2
	case dkim.RSA, dkim.Ed25519:
	default:
		return nil, fmt.Errorf("--type %q: not one of %s, %s, both", q.kind, dkim.RSA, dkim.Ed25519)
	}
	if len(q.selectors) > wanted {
		return nil, fmt.Errorf("--selector: %d names for %d keys", len(q.selectors), wanted)
	}
	names := q.selectors
	if len(names) == 0 {
		names = []string{"s" + now.UTC().Format("20060102")}
	}
	if wanted == 1 {
		q.Type, q.Selector = q.kind, names[0]
		return []dkim.KeyOptions{q.KeyOptions}, nil
	}
	if len(names) == 2 && strings.EqualFold(names[0], names[1]) {
		return nil, fmt.Errorf("--selector: both keys would have the selector %s", names[0])
	}
	if len(names) == 1 {
		names = []string{names[0] + "-" + dkim.RSA, names[0] + "-" + dkim.Ed25519}
	}
	first, second := q.KeyOptions, q.KeyOptions
	first.Type, first.Selector = dkim.RSA, names[0]
	second.Type, second.Selector, second.Bits = dkim.Ed25519, names[1], 0
	return []dkim.KeyOptions{first, second}, nil
}

func (a *app) runKeygen(ctx context.Context, q keygenRequest) error {
	options, err := q.options(a.now())
	if err != nil {
		return err
	}
	files := fileSet{replace: q.force}
	for _, o := range options {
		name, err := o.Name()
		if errors.Is(err, dkim.ErrWeak) {
			return fmt.Errorf("%w; --allow-weak makes the key all the same", err)
		}
		if err != nil {
			return err
		}
		path := filepath.Join(q.dir, name)
		files.files = append(files.files, newFile{path: path + ".pem", mode: 0o600}, newFile{path: path + ".txt", mode: 0o644})
	}
	if err := files.existing(); err != nil {
		return err
	}
	pairs, records := make([]*dkim.Pair, len(options)), make([]publish.Record, len(options))
	for i, o := range options {
		if pairs[i], err = dkim.Generate(o); err != nil {
			return err
		}
		records[i] = publish.Record{Name: pairs[i].Name(), Text: pairs[i].Record}
		files.files[2*i].text = string(pairs[i].Private)
		if files.files[2*i+1].text, err = publish.Format(publish.BIND, records[i]); err != nil {
			return err
		}
	}
	value, err := publish.Format(q.form, records...)
	if err != nil {
		return err
	}
	err = files.write(ctx, func() error {
		return a.write(func(w io.Writer) error { _, err := io.WriteString(w, value); return err })
	})
	if err != nil {
		return err
	}
	a.plan(pairs, files.paths())
	return nil
}

// plan says on standard error what is to be done with new keys. paths are those of
// the files, two a key.
func (a *app) plan(pairs []*dkim.Pair, paths []string) {
	lines := []string{"written: " + strings.Join(paths, "\n         ")}
	var selectors, commands []string
	for i, p := range pairs {
		selectors = append(selectors, p.Selector)
		commands = append(commands, "     "+report.Command("authcheck", "dkim", p.Domain, "--selector", p.Selector, "--key", paths[2*i]))
		for _, f := range lint.Run(dkim.KeyRules(), dkim.InspectText(lint.NewSource("TXT "+p.Name(), p.Record))) {
			if f.Severity > lint.Notice {
				lines = append(lines, fmt.Sprintf("%s: %s: %s  [%s]", f.Severity, p.Selector, f.Message, f.RuleID))
			}
		}
	}
	lines = append(lines, "next:", "  1. Publish what standard output says, and wait until this finds it:")
	lines = append(lines, commands...)
	lines = append(lines, "  2. Switch: let the mail server sign with the new private key, selector "+strings.Join(selectors, " and ")+".",
		"  3. A week later, when what the old key signed has arrived, revoke that: replace its record.",
		fmt.Sprintf("     OLD._domainkey.%s. IN TXT %q", pairs[0].Domain, dkim.Revocation))
	fmt.Fprintln(a.stderr, printableLines(strings.Join(lines, "\n")))
}
