package dmarc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// Suffixes is a Public Suffix List. The zero value is the one built in.
type Suffixes struct {
	source string
	rules  map[string]bool // "=" with a name, "*" with what "*." stands before, "!" with an exception
	hosted map[string]bool // those rules of the list's part on services that give out names, not registries
}

// ReadSuffixes reads a list in the form of publicsuffix.org.
func ReadSuffixes(source string, r io.Reader) (*Suffixes, error) {
	s := &Suffixes{source: source, rules: map[string]bool{}, hosted: map[string]bool{}}
	lines, services := bufio.NewScanner(r), false
	n := 1
	for ; lines.Scan(); n++ {
		// The list ends a rule at the first white space.
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "//") {
			if mark := lines.Text(); strings.Contains(mark, "PRIVATE DOMAINS===") {
				services = strings.Contains(mark, "===BEGIN")
			}
			continue
		}
		rule, kind := fields[0], "="
		if rest, ok := strings.CutPrefix(rule, "*."); ok {
			rule, kind = rest, "*"
		} else if rest, ok := strings.CutPrefix(rule, "!"); ok {
			rule, kind = rest, "!"
		}
		name, err := lookup.FromUser(rule)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", source, n, err)
		}
		s.rules[kind+name] = true
		if services {
			s.hosted[kind+name] = true
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("%s:%d: the line has more than %d octets, and is no rule", source, n, bufio.MaxScanTokenSize)
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", source, err)
	}
	if len(s.rules) == 0 {
		return nil, fmt.Errorf("%s holds no public suffix", source)
	}
	return s, nil
}

// String says where the list comes from and how old it is.
func (s *Suffixes) String() string {
	if s == nil || s.rules == nil {
		return publicsuffix.List.String()
	}
	return s.source
}

// Suffix returns the public suffix of a domain: the domain itself where it is one.
// Names whose top the list does not know have one label as their suffix. listed is
// false for those.
func (s *Suffixes) Suffix(domain string) (suffix string, listed bool) {
	if s == nil || s.rules == nil {
		suffix, icann := publicsuffix.PublicSuffix(domain)
		return suffix, icann || strings.Contains(suffix, ".")
	}
	names := append([]string{domain}, ancestors(domain)...)
	for i, name := range names {
		switch {
		case s.rules["!"+name] && i+1 < len(names):
			return names[i+1], true
		case s.rules["="+name], i+1 < len(names) && s.rules["*"+names[i+1]]:
			return name, true
		}
	}
	return names[len(names)-1], false
}

// Registry reports whether a domain is a public suffix below which a registry gives out
// names. The suffixes of services, such as those of web hosts, are none.
func (s *Suffixes) Registry(domain string) bool {
	if s == nil || s.rules == nil {
		suffix, icann := publicsuffix.PublicSuffix(domain)
		return icann && suffix == domain
	}
	suffix, listed := s.Suffix(domain)
	_, above, _ := strings.Cut(domain, ".")
	return listed && suffix == domain && !s.hosted["="+domain] && !s.hosted["*"+above]
}

// Organizational returns the Organizational Domain of a domain: its public suffix
// and one label more, or the domain itself where it is a suffix (RFC 7489,
// Section 3.2).
func (s *Suffixes) Organizational(domain string) string {
	suffix, _ := s.Suffix(domain)
	if suffix == domain || !within(domain, suffix) {
		return domain
	}
	return below(domain, suffix)
}

// newLegacyPath puts the replies about a domain in the order of RFC 7489,
// Section 6.6.3: the domain, then its Organizational Domain if the answer held no
// record at all.
func newLegacyPath(domain, org string, reply func(domain string) *lookup.Reply) *Walk {
	w := &Walk{Start: domain, Steps: []Step{newStep(domain, reply(domain))}}
	if w.Steps[0].Err == ErrNoRecord && org != domain {
		w.Steps = append(w.Steps, newStep(org, reply(org)))
	}
	return w
}
