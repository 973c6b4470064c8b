package check

import (
	"context"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// fileFacts is what files alone tell about a domain: nobody asks for so much. The zero
// value is what is known without files.
type fileFacts struct {
	bare     map[string]bool // names of the whole view that have addresses and no SPF record
	below    []string        // those of which the domain is the nearest above, without mail hosts, sorted
	programs []lookup.Reply  // about the names by which mail programs find their servers
}

// programQuestions are about the names by which mail programs find the servers of a
// domain: SRV records, and the hosts that hand out settings.
func programQuestions(domain string) []lookup.Question {
	var questions []lookup.Question
	for _, service := range [...]string{"_submissions", "_submission", "_imaps", "_imap", "_pop3s", "_pop3", "_autodiscover"} {
		questions = append(questions, lookup.Question{Name: service + "._tcp." + domain, Type: lookup.TypeSRV})
	}
	for _, host := range [...]string{"autoconfig.", "autodiscover."} {
		questions = append(questions, lookup.Question{Name: host + domain, Type: lookup.TypeA}, lookup.Question{Name: host + domain, Type: lookup.TypeAAAA})
	}
	return questions
}

// bareHosts finds the names that have addresses and no SPF record, and returns those
// below each domain. Domains themselves have findings of their own.
func (z *zones) bareHosts(ctx context.Context, files []*lookup.File) map[string][]string {
	below, exchanges := map[string][]string{}, map[string]bool{}
	for _, f := range files {
		for _, rec := range f.Records {
			exchanges[rec.Host] = exchanges[rec.Host] || rec.Type == lookup.TypeMX
		}
	}
	for _, f := range files {
		for _, rec := range f.Records {
			if rec.Type != lookup.TypeA && rec.Type != lookup.TypeAAAA || z.bare[rec.Name] || f.Relative[rec.Name] || !isServer(rec.Name) {
				continue
			}
			if n := z.names[rec.Name]; n != nil && (n.domain || n.policy) {
				continue
			}
			if answer, err := z.view.Zone.Query(ctx, rec.Name, lookup.TypeTXT); err != nil || spf.Holds(answer) {
				continue
			}
			z.bare[rec.Name] = true
			if domain := z.domainAbove(rec.Name); domain != "" && !exchanges[rec.Name] {
				below[domain] = append(below[domain], rec.Name)
			}
		}
	}
	for _, names := range below {
		slices.Sort(names)
	}
	return below
}

// isServer reports whether a name may be that of a host: it is no wildcard, no reverse
// name, and has no label of the kind that names services.
func isServer(name string) bool {
	return !strings.HasPrefix(name, "*") && !strings.HasPrefix(name, "_") && !strings.Contains(name, "._") && !isReverse(name)
}

// domainAbove returns the nearest domain above a name that is judged, "" where there
// is none.
func (z *zones) domainAbove(name string) string {
	for _, name, more := strings.Cut(name, "."); more; _, name, more = strings.Cut(name, ".") {
		if n := z.names[name]; n != nil && n.domain {
			return name
		}
	}
	return ""
}
