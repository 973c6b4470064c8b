package spf_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// realRecord is a line of the collection of published records.
type realRecord struct {
	Domain  string
	Strings []string
}

// octets returns the joined text; each code point of the strings is an octet.
func (r realRecord) octets() string {
	var b []byte
	for _, c := range strings.Join(r.Strings, "") {
		b = append(b, byte(c))
	}
	return string(b)
}

func realRecords(t *testing.T, name string, least int) []realRecord {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(suites.Dir(t), "real", name))
	if err != nil {
		t.Fatal(err)
	}
	var records []realRecord
	for line := range strings.Lines(string(data)) {
		var r realRecord
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	if len(records) < least {
		t.Fatalf("%s has %d records, %d were expected", name, len(records), least)
	}
	return records
}

// TestRealRecords has no expectation but that nothing breaks: a record as
// published is read whole, and findings stay inside it.
func TestRealRecords(t *testing.T) {
	t.Parallel()
	records := realRecords(t, "spf.jsonl", 3000)
	rules := spf.Rules()
	found := map[string]int{}
	start := time.Now()
	for _, r := range records {
		text := r.octets()
		source := lint.NewSource("TXT "+r.Domain, text)
		record := spf.Parse(source)
		if pieces(record) != text {
			t.Errorf("%q is read as %q", text, pieces(record))
		}
		for _, f := range lint.Run(rules, spf.InspectText(r.Domain, source)) {
			found[f.RuleID]++
			if s := f.Span; s.Source == nil || s.Start < 0 || s.Start > s.End || s.End > len(s.Source.Text) {
				t.Errorf("%s at %d-%d of %q", f.RuleID, s.Start, s.End, text)
			}
		}
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("%d records took %v", len(records), took)
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		t.Logf("%5d %s", found[id], id)
	}
}

// pieces puts a record together from its version, its terms and the spaces that
// stand between them in the text.
func pieces(r *spf.Record) string {
	text, at := r.Version.Text(), r.Version.End
	for i := range r.Terms {
		span := r.Terms[i].Span
		text += strings.Repeat(" ", span.Start-at) + span.Text()
		at = span.End
	}
	return text + strings.Repeat(" ", len(r.Source.Text)-at)
}

// TestRealIncludes evaluates the records that include known providers, over a
// zone of these.
func TestRealIncludes(t *testing.T) {
	t.Parallel()
	providers := realRecords(t, "providers.jsonl", 500)
	known := map[string]bool{}
	var b strings.Builder
	b.WriteString(";! AUTHORITATIVE .\n")
	for _, p := range providers {
		if name, err := lookup.Canonical(p.Domain); err == nil && !known[name] {
			known[name] = true
			fmt.Fprintf(&b, "%s. TXT %s\n", name, quoted(p.octets()))
		}
	}
	z, err := lookup.ParseZone("providers", b.String())
	if err != nil {
		t.Fatal(err)
	}
	follows := 0
	verdicts := map[spf.Status]int{}
	for _, r := range realRecords(t, "spf.jsonl", 3000) {
		record := spf.Parse(lint.NewSource("", r.octets()))
		if !slices.ContainsFunc(record.Terms, func(term spf.Term) bool {
			return term.Kind == spf.Include && known[strings.ToLower(term.Domain.Span.Text())]
		}) {
			continue
		}
		follows++
		one := publisher{z, record.Source}
		query := spf.Query{IP: netip.MustParseAddr("198.51.100.7"), Sender: "a@victim.example", Helo: "helo.example"}
		facts := spf.Inspect(t.Context(), one, "victim.example", spf.Options{Queries: []spf.Query{query}})
		verdicts[facts.Results[0].Status]++
		if facts.Results[0].Lookups > spf.MaxLookups+2 || facts.Worst.Lookups < facts.Root.Lookups {
			t.Errorf("%q: %d lookups, %d in the worst case", r.octets(), facts.Results[0].Lookups, facts.Worst.Lookups)
		}
		lint.Run(spf.Rules(), facts)
	}
	if follows < 1000 {
		t.Errorf("only %d records include a known provider", follows)
	}
	t.Logf("%d records include one of %d providers: %v", follows, len(known), verdicts)
}

// publisher has one more TXT record than its zone: that of victim.example.
type publisher struct {
	lookup.Resolver
	source *lint.Source
}

func (p publisher) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	if name == "victim.example" && typ == lookup.TypeTXT {
		return lookup.Answer{Records: []lookup.Record{{Name: name, Type: typ, Source: p.source}}}, nil
	}
	return p.Resolver.Query(ctx, name, typ)
}

// quoted writes a text as character-strings of at most 255 octets.
func quoted(text string) string {
	var b strings.Builder
	for first := true; first || text != ""; first = false {
		n := min(len(text), 255)
		b.WriteString(` "`)
		for i := range n {
			fmt.Fprintf(&b, `\%03d`, text[i])
		}
		b.WriteString(`"`)
		text = text[n:]
	}
	return b.String()
}
