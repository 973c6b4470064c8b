package main

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/dkim"
)

// maxMessage is the largest message that is signed, in octets: more than mail servers
// let pass.
const maxMessage = 64 << 20

// signRequest is what the command line says about signatures.
type signRequest struct {
	dkim.SignOptions
	keys, selectors []string
	form            string
	lifetime        time.Duration
}

// signature is a key with the way it signs.
type signature struct {
	key     crypto.Signer
	options dkim.SignOptions
}

// dkimSign signs a message.
func (a *app) dkimSign() *cobra.Command {
	var q signRequest
	cmd := &cobra.Command{
		Use:   "sign MSG|-",
		Short: "Sign a message, to try a key out",
		Long: "sign puts a DKIM-Signature field for each key in front of a message and leaves the message as\n" +
			"it is. Domain and selector are those of the key's file name, SELECTOR._domainkey.DOMAIN.pem, if\n" +
			"nothing else is said. Messages travel with CRLF at the end of lines, and so are signed: where\n" +
			"all lines end in LF, the signature is for the message as it travels. Mixed lines are refused,\n" +
			"and nothing is written unless all signatures verify, with no question to the DNS.\n" +
			"Signed are those of these fields that are there, and that no further From is added:\n" + signedFields(),
		Example: "  authcheck dkim sign message.eml --key s1._domainkey.example.com.pem\n" +
			"  authcheck dkim sign - --key rsa.pem --key ed25519.pem --domain example.com --selector r1 --selector e1",
		Args:        oneArg,
		Annotations: uses(outputFlags),
		RunE:        func(cmd *cobra.Command, args []string) error { return a.runSign(cmd.Context(), args[0], q) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&q.keys, "key", nil, "sign with the private key in `FILE` (repeatable: a signature each)")
	f.StringVar(&q.Domain, "domain", "", "sign for this `DOMAIN` (default: that of the file name)")
	f.StringArrayVar(&q.selectors, "selector", nil, "`NAME` of the key (default: that of the file name; for each key in turn)")
	f.StringVar(&q.form, "canonicalization", "relaxed/relaxed", "`FORM` of header and body: relaxed or simple each")
	f.StringSliceVar(&q.Fields, "header", nil, "sign the fields of this `NAME` instead of the usual ones (repeatable)")
	f.StringSliceVar(&q.Oversign, "oversign", []string{"From"}, "let the signature break when a field of this `NAME` is added (repeatable)")
	f.DurationVar(&q.lifetime, "expire", 0, "let the signature expire after this `TIME`, such as 168h (default: never)")
	return cmd
}

// signedFields lists the fields that are signed, eight a line.
func signedFields() string {
	names := dkim.SignedFields()
	var lines []string
	for ; len(names) > 8; names = names[8:] {
		lines = append(lines, "  "+strings.Join(names[:8], " "))
	}
	return strings.Join(append(lines, "  "+strings.Join(names, " ")), "\n")
}

func (a *app) runSign(ctx context.Context, path string, q signRequest) error {
	if err := a.refuseOverwriting(append([]string{path}, q.keys...)...); err != nil {
		return err
	}
	signatures, err := q.signatures(a.now())
	if err != nil {
		return err
	}
	message, err := a.message(path)
	if err != nil {
		return err
	}
	name := path
	if path == "-" {
		name = "standard input"
	}
	fields, keys := "", make([]crypto.Signer, len(signatures))
	for i, s := range signatures {
		keys[i] = s.key
		field, err := dkim.Sign(message, s.key, s.options)
		switch {
		case errors.Is(err, dkim.ErrRSATooShort):
			return fmt.Errorf("%s: %w", q.keys[i], err)
		case err != nil:
			return fmt.Errorf("sign %s: %w", name, err)
		}
		fields += field
	}
	if !strings.Contains(fields, "\r") {
		fmt.Fprintln(a.stderr, printableLines(fmt.Sprintf("authcheck: %s: lines end in LF; it is signed as it travels, with CRLF", name)))
	}
	// RFC 6376, Section 5.3: such messages are recoded on their way.
	if bytes.ContainsFunc(message, func(c rune) bool { return c > unicode.MaxASCII }) {
		fmt.Fprintln(a.stderr, printableLines(fmt.Sprintf("authcheck: %s: octets above 127: a server that recodes them breaks the signature; use quoted-printable or base64", name)))
	}
	signed := append([]byte(fields), message...)
	err = dkim.Confirm(ctx, signed, keys...)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return fmt.Errorf("sign %s: %w", name, err)
	}
	return a.write(func(w io.Writer) error {
		_, err := w.Write(signed)
		return err
	})
}

// signatures reads the keys, and returns how each of them signs.
func (q signRequest) signatures(now time.Time) ([]signature, error) {
	header, body, ok := strings.Cut(q.form, "/")
	q.Header, q.Body = dkim.Canonicalization(header), dkim.Canonicalization(body)
	for _, form := range []dkim.Canonicalization{q.Header, q.Body} {
		if ok = ok && (form == dkim.Relaxed || form == dkim.Simple); !ok {
			return nil, fmt.Errorf("--canonicalization %q: not two of relaxed, simple, with a slash between", q.form)
		}
	}
	switch {
	case len(q.keys) == 0:
		return nil, errors.New("name a private key with --key")
	case len(q.selectors) > 0 && len(q.selectors) != len(q.keys):
		return nil, fmt.Errorf("--selector: %d names for %d keys", len(q.selectors), len(q.keys))
	case q.lifetime < 0:
		return nil, errors.New("--expire takes a time above 0")
	case q.lifetime > 0:
		q.Expires = now.Add(q.lifetime)
	}
	var signatures []signature
	for i, path := range q.keys {
		s := signature{options: q.SignOptions}
		selector, domain := dkim.KeyName(filepath.Base(path))
		if s.options.Selector = selector; len(q.selectors) > 0 {
			s.options.Selector = q.selectors[i]
		}
		if q.Domain == "" {
			s.options.Domain = domain
		}
		if s.options.Selector == "" || s.options.Domain == "" {
			return nil, fmt.Errorf("%s: the name is not SELECTOR._domainkey.DOMAIN.pem: give --selector and --domain", path)
		}
		text, err := readLimited(path, dkim.MaxPrivateKey)
		if err != nil {
			return nil, err
		}
		if s.key, err = dkim.ParseSigner(text); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		signatures = append(signatures, s)
	}
	return signatures, nil
}

// message reads a message from a file, or for "-" from standard input.
func (a *app) message(path string) ([]byte, error) {
	in, name := a.stdin, "standard input"
	if path != "-" {
		name = path
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	message, err := io.ReadAll(io.LimitReader(in, maxMessage+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case len(message) > maxMessage:
		return nil, fmt.Errorf("%s: more than %d MiB, which no mail server takes", name, maxMessage>>20)
	}
	return message, nil
}
