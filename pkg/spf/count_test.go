package spf_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// cost is a Count with its places as "domain term", and the loops joined by ">".
type cost struct {
	Lookups, Void4, Void6 int
	Voids, Beyond, Loops  []string
}

func costOf(f *spf.Facts) cost {
	places := func(list []spf.Place) (names []string) {
		for _, p := range list {
			names = append(names, p.Node.Domain+" "+p.Branch.Term.Text())
		}
		return names
	}
	c := cost{Lookups: f.Worst.Lookups, Void4: f.Worst.Void4, Void6: f.Worst.Void6, Voids: places(f.Worst.Voids), Beyond: places(f.Worst.Beyond)}
	for _, loop := range f.Loops {
		c.Loops = append(c.Loops, strings.Join(loop, ">"))
	}
	return c
}

// endless is the cost of a circle: it is gone round until the eleventh lookup.
func endless(loops ...string) cost { return cost{Lookups: 11, Loops: loops} }

// TestWorst counts as a receiver does for a client that nothing matches
// (RFC 7208, Section 4.6.4).
func TestWorst(t *testing.T) {
	t.Parallel()
	const host = "\nm A 192.0.2.1\nm AAAA 2001:db8::1\n4 A 192.0.2.4\n6 AAAA 2001:db8::6\n"
	tests := []struct {
		name, zone string
		want       cost
	}{
		{"terms that do not ask", `@ TXT "v=spf1 ip4:192.0.2.1 ip6:::1 x=y -all exp=m.example.com"`, cost{}},
		{"each kind once", `@ TXT "v=spf1 a:m.example.com mx ptr exists:%{i}.x.example.com include:in.example.com redirect=in.example.com"` +
			"\n@ MX 5 m\nin TXT \"v=spf1 a:m.example.com\"" + host, cost{Lookups: 8}},
		{"%{p} counts once more", `@ TXT "v=spf1 exists:%{p}.x.example.com a:%{p}.%{p} -all"`, cost{Lookups: 4}},
		{"terms behind all", `@ TXT "v=spf1 -all a mx include:gone.example.com redirect=gone.example.com"`, cost{}},
		{"redirect beside all", `@ TXT "v=spf1 redirect=gone.example.com a:m.example.com -all"` + host, cost{Lookups: 1}},
		{"terms behind an include that passes everybody", `@ TXT "v=spf1 a:m.example.com include:in.example.com mx redirect=gone.example.com"` +
			"\nin TXT \"v=spf1 a:m.example.com redirect=to.example.com\"\nto TXT \"v=spf1 +all\"" + host, cost{Lookups: 4}},
		{"an include that may fail somebody", `@ TXT "v=spf1 include:in.example.com a:m.example.com -all"` +
			"\nin TXT \"v=spf1 -a:m.example.com +all\"" + host, cost{Lookups: 3}},
		{"the same include counts each time", `@ TXT "v=spf1 include:in.example.com include:in.example.com -all"` +
			"\nin TXT \"v=spf1 a:m.example.com mx:m.example.com -all\"" + host,
			cost{Lookups: 6, Void4: 2, Void6: 2, Voids: []string{"in.example.com mx:m.example.com", "in.example.com mx:m.example.com"}}},
		{"voids of each family", `@ TXT "v=spf1 a:4.example.com a:6.example.com a:m.example.com a:gone.example.com exists:6.example.com mx:4.example.com -all"` + host,
			cost{Lookups: 6, Void4: 4, Void6: 4, Voids: []string{"example.com a:4.example.com", "example.com a:6.example.com",
				"example.com a:gone.example.com", "example.com exists:6.example.com", "example.com mx:4.example.com"}}},
		{"void includes", "@ TXT \"v=spf1 include:gone.example.com include:4.example.com redirect=text.example.com\"\ntext TXT \"x\"" + host,
			cost{Lookups: 3, Void4: 2, Void6: 2, Voids: []string{"example.com include:gone.example.com", "example.com include:4.example.com"}}},
		{"failures and unknown names are not void", "@ TXT \"v=spf1 a:x.example.com exists:%{i}.example.com ptr a:b..c -all\"\n" +
			";! TIMEOUT x.example.com. *", cost{Lookups: 4}},
		{"beyond the limit", `@ TXT "v=spf1 ` + strings.Repeat("a:m.example.com ", 9) + `include:in.example.com redirect=to.example.com"` +
			"\nin TXT \"v=spf1 mx:m.example.com\"\nto TXT \"v=spf1 ptr\"" + host, cost{Lookups: 13, Void4: 1, Void6: 1,
			Voids:  []string{"in.example.com mx:m.example.com"},
			Beyond: []string{"in.example.com mx:m.example.com", "example.com redirect=to.example.com", "to.example.com ptr"}}},
		{"circle of two", "@ TXT \"v=spf1 include:in.example.com -all\"\nin TXT \"v=spf1 include:example.com a:m.example.com -all\"" + host,
			endless("example.com>in.example.com>example.com")},
		{"two circles, one of them below", "@ TXT \"v=spf1 include:in.example.com redirect=example.com\"\nin TXT \"v=spf1 include:in.example.com\"",
			endless("in.example.com>in.example.com")},
		{"a circle met twice", "@ TXT \"v=spf1 include:in.example.com include:in.example.com\"\nin TXT \"v=spf1 redirect=in.example.com\"",
			endless("in.example.com>in.example.com")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			facts := spf.Inspect(t.Context(), zone(t, tt.zone), "example.com", spf.Options{})
			got := costOf(facts)
			if len(got.Loops) > 0 { // the term beyond the tenth ends the evaluation
				if len(got.Beyond) != 1 {
					t.Errorf("beyond the limit: %v", got.Beyond)
				}
				got.Beyond = nil
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestQuestionCap gives a record more questions than one record may ask: its own
// and the one for MX, then two for each host, so 499 hosts make 1000.
func TestQuestionCap(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, filler            string
		terms, followed, wanted int
	}{
		{"a", " a:h%d.example.com", 499, 499, 1000},
		{"a, one too many", " a:h%d.example.com", 500, 499, 1000},
		{"include", " include:h%d.example.com", 2000, 998, 1000},
		{"mx with one host for all", " mx:h%d.example.com", 996, 996, 1000},
		{"mx without room for the host", " mx:h%d.example.com", 997, 0, 1000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			b.WriteString(`@ TXT ("v=spf1"`)
			for i := range tt.terms {
				fmt.Fprintf(&b, "\n\""+tt.filler+"\"", i)
			}
			asked := &counter{Resolver: zone(t, b.String()+")\n* MX 5 m")}
			facts := spf.Inspect(t.Context(), asked, "example.com", spf.Options{})
			followed := 0
			for _, branch := range facts.Root.Branches {
				if branch.Skipped == nil {
					followed++
				} else if branch.Skipped != spf.ErrTooMany {
					t.Fatal(branch.Skipped)
				}
			}
			if followed != tt.followed || asked.count() != tt.wanted {
				t.Errorf("%d terms followed, %d questions", followed, asked.count())
			}
			if got := lint.Run(spf.Rules(), facts); len(got) == 0 {
				t.Error("no findings")
			}
		})
	}
}

// hostile is forty records, each of which includes the next one twice: a walk
// without memory would visit 2^40 of them.
func hostile() string {
	var b strings.Builder
	b.WriteString("@ TXT \"v=spf1 include:0.example.com -all\"\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d TXT \"v=spf1 include:%d.example.com include:%d.example.com -all\"\n", i, i+1, i+1)
	}
	return b.String() + "40 TXT \"v=spf1 -all\"\n"
}

func TestHostileTree(t *testing.T) {
	t.Parallel()
	asked := &counter{Resolver: zone(t, hostile())}
	query := spf.Query{IP: netip.MustParseAddr("192.0.2.1"), Domain: "example.com", Sender: "a@example.com"}
	facts := spf.Inspect(t.Context(), lookup.NewCache(asked, 0), "example.com", spf.Options{Queries: []spf.Query{query}})
	// 42 records and the domain's MX.
	if asked.count() != 43 || len(facts.Nodes) != 42 {
		t.Errorf("%d questions, %d nodes", asked.count(), len(facts.Nodes))
	}
	if facts.Worst.Lookups != 1000 || len(facts.Worst.Beyond) != 990 {
		t.Errorf("%d lookups, %d of them beyond the limit", facts.Worst.Lookups, len(facts.Worst.Beyond))
	}
	if got := facts.Results[0]; got.Status != spf.PermError || got.Lookups != 11 {
		t.Errorf("%s after %d lookups", got.Status, got.Lookups)
	}
	if got := lint.Run(spf.Rules(), facts); len(got) == 0 {
		t.Error("no findings")
	}
}
