package spf_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/spf"
)

func TestFlatten(t *testing.T) {
	t.Parallel()
	const provider = "\np TXT \"v=spf1 ip4:198.51.100.0/25 ip4:198.51.100.128/25 include:q.example.com -all\"\nq TXT \"v=spf1 ip4:203.0.113.7 ?all\"\n" +
		"h A 192.0.2.1\nh AAAA 2001:db8::1\nm TXT \"v=spf1 ip4:192.0.2.9 exists:%{i}.list.example.com -all\"\nr TXT \"v=spf1 include:p.example.com ~all exp=why.example.com\"\n" +
		"n TXT \"v=spf1 -ip4:203.0.113.0/28 ip4:203.0.113.0/27 -all\"\nd TXT \"v=spf1 exists:%{i}.%{d} a -all\"\nd A 192.0.2.4\nd AAAA 2001:db8::4\n"
	for _, tt := range []struct {
		name, record string
		most         int
		domain       string
		want         []spf.FlatRecord
		err          error
	}{
		{name: "nothing to do", record: "v=spf1 include:p.example.com  -all", most: 2, want: []spf.FlatRecord{{"example.com", "v=spf1 include:p.example.com  -all"}}},
		{name: "all of an include, merged", record: "v=spf1 include:p.example.com -all", most: 1, want: []spf.FlatRecord{{"example.com", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.7 -all"}}},
		{name: "beside networks of the record", record: "v=spf1 a:h.example.com ip4:198.51.101.0/24 include:p.example.com ~all", most: 1,
			want: []spf.FlatRecord{{"example.com", "v=spf1 ip4:198.51.100.0/23 ip4:203.0.113.7 a:h.example.com ~all"}}},
		{name: "order of qualifiers", record: "v=spf1 -ip4:203.0.113.7 include:p.example.com ?a:h.example.com -all", most: 1,
			want: []spf.FlatRecord{{"example.com", "v=spf1 -ip4:203.0.113.7 ip4:198.51.100.0/24 ip4:203.0.113.7 ?a:h.example.com -all"}}},
		{name: "qualifier of the include", record: "v=spf1 ~include:p.example.com -all", most: 1, want: []spf.FlatRecord{{"example.com", "v=spf1 ~ip4:198.51.100.0/24 ~ip4:203.0.113.7 -all"}}},
		{name: "only what the include passes", record: "v=spf1 include:n.example.com a:h.example.com -all", most: 1,
			want: []spf.FlatRecord{{"example.com", "v=spf1 ip4:203.0.113.16/28 a:h.example.com -all"}}},
		{name: "an include with a macro is opened", record: "v=spf1 include:m.example.com -all", most: 1,
			want: []spf.FlatRecord{{"example.com", "v=spf1 ip4:192.0.2.9 exists:%{i}.list.example.com -all"}}},
		{name: "a macro for the name stays where it is", record: "v=spf1 include:d.example.com a:h.example.com -all", most: 2, err: spf.ErrNoWay},
		{name: "a redirect is opened", record: "v=spf1 ip4:192.0.2.8 redirect=r.example.com", most: 2,
			want: []spf.FlatRecord{{"example.com", "v=spf1 ip4:192.0.2.8 include:p.example.com ~all exp=why.example.com"}}},
		{name: "modifiers stay", record: "v=spf1 include:p.example.com -all exp=why.example.com x=y", most: 1,
			want: []spf.FlatRecord{{"example.com", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.7 -all exp=why.example.com x=y"}}},
		{name: "for another name", record: "v=spf1 a include:p.example.com -all", most: 1, domain: "example.net",
			want: []spf.FlatRecord{{"example.net", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.7 a:example.com -all"}}},
		{name: "for another name, with a macro for the name", record: "v=spf1 exists:%{i}.%{d} -all", domain: "example.net", err: spf.ErrOwnName},
		{name: "no record", record: "hello", err: spf.ErrNoRecord},
		{name: "broken", record: "v=spf1 ip4:192.0.2 -all", err: spf.ErrAddress},
		{name: "circle", record: "v=spf1 include:example.com -all", err: spf.ErrCircle},
		{name: "no answer", record: "v=spf1 include:slow.example.com -all", err: spf.ErrNotKnown},
		{name: "include of nothing", record: "v=spf1 include:gone.example.com -all", err: spf.ErrMeansError},
		{name: "third void lookup", record: "v=spf1 a:g1.example.com a:g2.example.com a:g3.example.com -all", err: spf.ErrVoidLimit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			z := zone(t, provider+";! TIMEOUT slow.example.com. TXT\n@ A 192.0.2.3\n@ AAAA 2001:db8::3\n")
			facts := spf.InspectRecord(t.Context(), z, "example.com", lint.NewSource("text", tt.record))
			flat := spf.Flatten(facts, spf.FlattenOptions{Max: tt.most, Domain: tt.domain})
			if !errors.Is(flat.Err, tt.err) {
				t.Fatalf("%v, want %v", flat.Err, tt.err)
			}
			if diff := cmp.Diff(tt.want, flat.Records); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCompareItself compares random records with themselves, and with their like. What
// is not known is all that is not the same.
func TestCompareItself(t *testing.T) {
	t.Parallel()
	rnd := newRand(7)
	for range 300 {
		z := zone(t, randomTree(rnd))
		facts := spf.Inspect(t.Context(), z, "example.com", spf.Options{})
		if d := spf.Compare(facts, facts.Networks(), facts); d.Empty() != d.Unknown().Empty() || len(d.Changes) > 0 || !d.Lost().Empty() {
			t.Fatalf("%s: %+v", facts.Root.Record, d.Changes)
		}
		given := spf.InspectRecord(t.Context(), z, "example.com", lint.NewSource("text", facts.Root.Record.String()))
		if d := spf.Compare(facts, facts.Networks(), given); d.Empty() != d.Unknown().Empty() || len(d.Changes) > 0 {
			t.Fatalf("%s: %+v", facts.Root.Record, d.Changes)
		}
	}
}
