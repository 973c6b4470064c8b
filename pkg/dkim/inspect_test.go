package dkim_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

func zone(t testing.TB, text string) *lookup.Zone {
	t.Helper()
	z, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+text+"\n")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

const ed25519Key = "v=DKIM1; k=ed25519; p=xjq9vqzuLh8ud5CFUoN4BvvJnSMAOz0jh3tAZgqGyaA="

// selectors writes what was found, one selector a line.
func selectors(f *dkim.Facts) []string {
	var lines []string
	for i := range f.Selectors {
		s := &f.Selectors[i]
		line := s.Name + " " + s.Result()
		if s.Err != nil {
			line += ": " + s.Err.Error()
		}
		lines = append(lines, line)
	}
	return lines
}

func TestInspect(t *testing.T) {
	t.Parallel()
	key := `TXT "` + ed25519Key + `"`
	for _, tt := range []struct {
		name, zone string
		named      []string
		want       []string
		noKeys     bool
	}{
		{"named", "s1._domainkey " + key + "\ns2._domainkey TXT \"v=DKIM1; p=\"", []string{"s1", "S2", "s3", "s1", "x..y"},
			[]string{"x..y invalid: not a selector", "s1 ok", "s2 revoked: the key is revoked", "s3 missing: no TXT record at the selector"}, false},
		{"well-known ones", "google._domainkey " + key + "\ns1._domainkey TXT \"v=spf1 -all\"\nother._domainkey " + key, nil, []string{"google ok"}, false},
		{"nothing there", "@ A 192.0.2.1", nil, nil, true},
		{"something there", "other._domainkey " + key, nil, nil, false},
		{"wildcard", "*._domainkey TXT \"v=DKIM1; p=\"", nil, []string{"* revoked: the key is revoked"}, false},
		{"several", "s1._domainkey " + key + "\ns1._domainkey TXT \"p=\"", []string{"s1"}, []string{"s1 invalid: more than one key record"}, false},
		{"beside another text", "s1._domainkey " + key + "\ns1._domainkey TXT \"v=spf1 -all\"", []string{"s1"}, []string{"s1 ok"}, false},
		{"no key", "s1._domainkey TXT \"v=spf1 -all\"", []string{"s1"}, []string{"s1 invalid: not a key record"}, false},
		{"alias", "s1._domainkey CNAME k.example.net.\nk.example.net. " + key, []string{"s1"}, []string{"s1 ok"}, false},
		{"wrong NXDOMAIN", ";! NXDOMAIN _domainkey.example.com.\ns1._domainkey " + key, []string{"s1"}, []string{"s1 ok"}, false},
		{"time-out", ";! TIMEOUT s1._domainkey.example.com. TXT", []string{"s1"},
			[]string{"s1 unknown: TXT s1._domainkey.example.com: timeout"}, false},
		{"a tried one without an answer", ";! NXDOMAIN _domainkey.example.com.\n;! SERVFAIL s1._domainkey.example.com. TXT", nil, nil, false},
		{"a tried one that is an alias", ";! NXDOMAIN _domainkey.example.com.\ns1._domainkey CNAME k.example.net.", nil, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := dkim.Inspect(t.Context(), zone(t, tt.zone), "Example.com", dkim.Options{Selectors: tt.named})
			if diff := cmp.Diff(tt.want, selectors(f)); diff != "" {
				t.Error(diff)
			}
			if f.NoKeys() != tt.noKeys {
				t.Errorf("no keys: %v", f.NoKeys())
			}
		})
	}
}

// log remembers the questions.
type log struct {
	lookup.Resolver
	mu    sync.Mutex
	asked []string
}

func (l *log) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, name)
	return l.Resolver.Query(ctx, name, typ)
}

// TestQuestions wants each question once, and no failure of one that nobody needs.
func TestQuestions(t *testing.T) {
	t.Parallel()
	r := &log{Resolver: zone(t, ";! TIMEOUT _domainkey.example.com. TXT\n;! TIMEOUT s1._domainkey.example.com. TXT")}
	f := dkim.Inspect(t.Context(), r, "example.com", dkim.Options{Selectors: []string{"a", "b", "A"}})
	slices.Sort(r.asked)
	want := []string{"_domainkey.example.com", "a._domainkey.example.com", "b._domainkey.example.com"}
	if diff := cmp.Diff(want, r.asked); diff != "" || len(f.Asked) != 2 {
		t.Errorf("%d asked, %s", len(f.Asked), diff)
	}
	f = dkim.Inspect(t.Context(), r, "example.com", dkim.Options{})
	if f.ADSP == nil || !slices.Contains(r.asked, "_adsp._domainkey.example.com") {
		t.Error("without selectors nobody asked for an ADSP record")
	}
	if n := len(dkim.WellKnown()); n > 20 || len(f.Tried) != n || len(f.Asked) != 1 || f.Asked[0].Err == nil {
		t.Errorf("%d well-known selectors, %d tried, %d asked", n, len(f.Tried), len(f.Asked))
	}
	long := strings.Repeat(strings.Repeat("a", 59)+".", 4) + "x"
	if f = dkim.Inspect(t.Context(), r, long, dkim.Options{}); len(f.Selectors) != 0 {
		t.Errorf("no room for a selector: %+v", f.Selectors)
	}
	f = dkim.Inspect(t.Context(), r, strings.Repeat("a", 64), dkim.Options{Selectors: []string{"s"}})
	if len(f.Asked) != 1 || f.Asked[0].Err == nil || len(f.Selectors) != 0 {
		t.Errorf("a name that cannot be: %+v", f)
	}
}

// TestManyRecords judges a name with hundreds of large keys in a bounded time.
func TestManyRecords(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "s1._domainkey TXT \"v=DKIM1; n=%d; k=ed25519; p=%s\"\n", i, strings.Repeat("A", 200))
	}
	f := dkim.Inspect(t.Context(), zone(t, b.String()), "example.com", dkim.Options{Selectors: []string{"s1"}})
	if findings := lint.Run(dkim.KeyRules(), f); len(f.Selectors[0].Records) != 400 || len(findings) > 1000 {
		t.Errorf("%d records, %d findings", len(f.Selectors[0].Records), len(findings))
	}
}

func ExampleInspect() {
	zone, err := lookup.ParseZone("example.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\ns1._domainkey TXT \"v=DKIM1; t=y; k=ed25519; p=xjq9vqzuLh8ud5CFUoN4BvvJnSMAOz0jh3tAZgqGyaA=\"\n")
	if err != nil {
		fmt.Println(err)
		return
	}
	facts := dkim.Inspect(context.Background(), zone, "example.com", dkim.Options{Selectors: []string{"s1", "s2"}})
	for i := range facts.Selectors {
		s := &facts.Selectors[i]
		fmt.Println(s.Name, s.Result())
	}
	for _, finding := range lint.Run(dkim.KeyRules(), facts) {
		fmt.Printf("%s %s: %s\n", finding.Severity, finding.RuleID, finding.Message)
	}
	// Output:
	// s1 ok
	// s2 missing
	// error dkim-record-missing: s2._domainkey.example.com has no TXT record
	// warning dkim-flag-test: t=y says that the domain is only testing
	// warning dkim-ed25519-only: all keys named are Ed25519 keys
	// notice dkim-only-one-selector: of 2 selectors this one alone has a key
}
