package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/spf"
)

// spfOperand returns the record that an argument means: a text that starts with
// v=spf1, a master file with the domain behind "#" if it has several records, or a
// domain.
func (a *app) spfOperand(arg string) (check.SPFRecord, error) {
	if len(arg) > maxText {
		return check.SPFRecord{}, fmt.Errorf("the text has more than %d octets, the most a TXT record holds", maxText)
	}
	if isSPF(arg) {
		return check.SPFRecord{Text: lint.NewSource("text", arg)}, nil
	}
	path, domain, named := strings.Cut(arg, "#")
	if info, err := os.Stat(path); named || err == nil && info.Mode().IsRegular() {
		if !named {
			fmt.Fprintf(a.stderr, "authcheck: %q is taken for the file of that name\n", render.Printable(path))
		}
		return a.spfFile(path, domain)
	}
	host, err := a.domain(arg)
	return check.SPFRecord{Domain: host}, err
}

// sameDomain says which domain texts are about: the one that is given, or that of the
// record that they are compared with. Without any, no term may need one.
func sameDomain(given string, records ...*check.SPFRecord) error {
	texts, other := 0, given
	for _, r := range records {
		if other = cmp.Or(other, r.Domain); r.Domain == "" {
			texts++
		}
	}
	if given != "" && texts == 0 {
		return errors.New("--domain is for texts: files and domains have one")
	}
	for _, r := range records {
		if r.Domain = cmp.Or(r.Domain, other); r.Domain != "" {
			continue
		}
		if t := spf.Parse(r.Text).OwnTerm(); t != nil {
			return fmt.Errorf("%s asks about the domain of the record: name it with --domain", render.Printable(t.Text()))
		}
	}
	return nil
}

// domain returns the domain that an argument means, in the form of the DNS.
func (a *app) domain(arg string) (string, error) {
	host, err := a.target(arg)
	if err != nil {
		return "", err
	}
	name, err := lookup.FromUser(host)
	if err != nil {
		return "", fmt.Errorf("%q is not a domain: %w", arg, err)
	}
	return name, nil
}

// mailDomain returns the domain that an argument means, which mail can be sent in the
// name of.
func (a *app) mailDomain(arg string) (string, error) {
	host, err := a.target(arg)
	if err != nil {
		return "", err
	}
	name, err := lookup.MailDomain(host)
	if err != nil {
		return "", fmt.Errorf("%q is not a domain: %w", arg, err)
	}
	return name, nil
}

// isSPF reports whether a text is meant as a record.
func isSPF(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	return strings.EqualFold(word, "v=spf1")
}

// spfFile returns the record that a master file holds for the domain, or the only
// one that it holds.
func (a *app) spfFile(path, domain string) (check.SPFRecord, error) {
	file, err := a.zoneFile(path)
	if err != nil {
		return check.SPFRecord{}, err
	}
	zone, err := lookup.View(file)
	if err != nil {
		return check.SPFRecord{}, err
	}
	if len(file.Faults) > 0 {
		return check.SPFRecord{}, file.Faults[0]
	}
	if domain == "" {
		for _, rec := range file.Records {
			switch {
			case rec.Type != lookup.TypeTXT || !isSPF(rec.Source.Text) || rec.Name == domain:
			case domain != "":
				return check.SPFRecord{}, fmt.Errorf("%s holds several SPF records: write %s#DOMAIN", path, path)
			default:
				domain = rec.Name
			}
		}
	}
	if domain == "" {
		return check.SPFRecord{}, fmt.Errorf("%s holds no SPF record", path)
	}
	if domain, err = lookup.FromUser(domain); err != nil {
		return check.SPFRecord{}, fmt.Errorf("%s: %w", path, err)
	}
	return check.SPFRecord{Domain: domain, Zone: zone}, nil
}
