package check

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// KeysRequest says which private keys to look for in the DNS.
type KeysRequest struct {
	Folder string            // where they are, as reports name it
	Keys   []dkim.PrivateKey // a key without a domain is not looked for
	At     time.Time         // moment of the evaluation
}

// DKIMKeys compares private keys with what is published for them.
func DKIMKeys(ctx context.Context, r lookup.Resolver, q KeysRequest, o Options) *report.Report {
	byDomain := map[string][]dkim.PrivateKey{}
	for _, key := range q.Keys {
		byDomain[key.Domain] = append(byDomain[key.Domain], key)
	}
	folder := &report.KeyFolder{}
	var tasks []func()
	for _, keys := range byDomain {
		facts := &dkim.Facts{Named: true, Private: keys} // no domain, nothing to ask
		folder.Domains = append(folder.Domains, facts)
		if keys[0].Domain != "" {
			tasks = append(tasks, func() {
				*facts = *dkim.Inspect(ctx, r, keys[0].Domain, dkim.Options{Selectors: selectors(keys), Private: keys, At: q.At})
			})
		}
	}
	lookup.Together(r, tasks...)
	slices.SortFunc(folder.Domains, func(a, b *dkim.Facts) int { return cmp.Compare(a.Domain, b.Domain) })
	for _, facts := range folder.Domains {
		for _, key := range facts.Private {
			folder.Keys = append(folder.Keys, storedKey(facts, key, q.At))
		}
	}
	slices.SortStableFunc(folder.Keys, func(a, b report.StoredKey) int {
		if (a.Selector == nil) != (b.Selector == nil) {
			return cmp.Compare(b.Private.Domain, a.Private.Domain) // those without a domain last
		}
		return cmp.Or(cmp.Compare(a.Private.Domain, b.Private.Domain), cmp.Compare(a.Private.Selector, b.Private.Selector), cmp.Compare(a.Private.File, b.Private.File))
	})
	results := report.Results{Keys: folder}
	return o.judge(&report.Report{Target: q.Folder, Kind: report.Keys, Results: results}, findings(results), fit)
}

func selectors(keys []dkim.PrivateKey) []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = key.Selector
	}
	return names
}

// storedKey finds what is published for a key among the facts about its domain.
func storedKey(facts *dkim.Facts, key dkim.PrivateKey, at time.Time) report.StoredKey {
	const day = 24 * time.Hour
	s := report.StoredKey{Private: key, Days: max(0, int(at.Sub(key.Modified)/day))}
	for i := range facts.Selectors {
		if facts.Selectors[i].Name == key.Selector {
			s.Selector = &facts.Selectors[i]
			s.State = s.Selector.State(key.Public)
		}
	}
	return s
}

// keyFindings runs the rules about keys for each domain.
func keyFindings(folder *report.KeyFolder) []lint.Finding {
	var found []lint.Finding
	for _, facts := range folder.Domains {
		found = append(found, lint.Run(dkim.KeyRules(), facts)...)
	}
	return found
}

// askedKeys returns what had to be asked for private keys.
func askedKeys(folder *report.KeyFolder) [][]lookup.Reply {
	var lists [][]lookup.Reply
	for _, facts := range folder.Domains {
		lists = append(lists, facts.Asked)
	}
	return lists
}

// uncheckedKeys lists the keys whose files do not say where to look.
func uncheckedKeys(folder *report.KeyFolder) []report.Question {
	var open []report.Question
	for _, key := range folder.Keys {
		if file := key.Private.File; key.Selector == nil {
			open = append(open, report.Question{Question: "record of " + file, Reason: "its name is not SELECTOR._domainkey.DOMAIN.pem",
				Settle: report.Command("authcheck", "dkim", "DOMAIN", "--selector", "SELECTOR", "--key", file)})
		}
	}
	return open
}
