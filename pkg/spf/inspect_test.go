package spf_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// rounds is a resolver that takes one second of a synctest bubble's clock for
// every answer, so that questions asked together come in the same second.
type rounds struct {
	lookup.Resolver
	start time.Time

	mu    sync.Mutex
	asked [][]string // by second
}

func (r *rounds) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	round := int(time.Since(r.start) / time.Second)
	r.mu.Lock()
	for len(r.asked) <= round {
		r.asked = append(r.asked, nil)
	}
	r.asked[round] = append(r.asked[round], lookup.Question{Name: name, Type: typ}.String())
	r.mu.Unlock()
	time.Sleep(time.Second)
	return r.Resolver.Query(ctx, name, typ)
}

// counter counts the questions that it passes on.
type counter struct {
	lookup.Resolver
	asked atomic.Int64
}

func (c *counter) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	c.asked.Add(1)
	return c.Resolver.Query(ctx, name, typ)
}

func (c *counter) count() int { return int(c.asked.Load()) }

// TestInspectRounds wants each question once, as early as its name is known, and
// no other.
func TestInspectRounds(t *testing.T) {
	t.Parallel()
	message := spf.Query{IP: netip.MustParseAddr("192.0.2.1"), Sender: "joe@example.com", Helo: "h.example.com"}
	tests := []struct {
		name, zone string
		queries    []spf.Query
		want       []string // questions of one round, sorted
	}{
		{"no record", "@ A 192.0.2.1", nil, []string{"MX example.com, TXT example.com"}},
		{"includes four deep", `@ TXT "v=spf1 include:a.example.com -all"
a TXT "v=spf1 include:b.example.com -all"
b TXT "v=spf1 include:c.example.com -all"
c TXT "v=spf1 include:d.example.com -all"
d TXT "v=spf1 ip4:192.0.2.1 -all"`, nil, []string{
			"MX example.com, TXT example.com", "TXT a.example.com", "TXT b.example.com", "TXT c.example.com", "TXT d.example.com"}},
		{"everything of one record together", `@ TXT "v=spf1 a mx include:a.example.com a:m.example.com exists:%{d} redirect=b.example.com exp=why.example.com"
a TXT "v=spf1 mx:example.com a:m.example.com -all"
b TXT "v=spf1 mx:n.example.com include:a.example.com -all"
@ MX 5 m
m A 192.0.2.1
n MX 5 o`, nil, []string{
			"MX example.com, TXT example.com",
			"A example.com, A m.example.com, AAAA example.com, AAAA m.example.com, TXT a.example.com, TXT b.example.com, TXT why.example.com",
			"MX n.example.com",
			"A o.example.com, AAAA o.example.com"}},
		{"circle", `@ TXT "v=spf1 include:a.example.com -all"` + "\n" + `a TXT "v=spf1 include:example.com -all"`, nil,
			[]string{"MX example.com, TXT example.com", "TXT a.example.com"}},
		{"terms behind all, and a broken record", "@ TXT \"v=spf1 -all a:x.example.com moo a:y..example.com\"", nil,
			[]string{"MX example.com, TXT example.com", "A x.example.com, AAAA x.example.com"}},
		{"record behind an alias", "@ CNAME a\na TXT \"v=spf1 -all\"", nil, []string{"MX example.com, TXT example.com", "SOA example.com"}},
		{"macros without a client, ptr", `@ TXT "v=spf1 ptr exists:%{i}.x.example.com include:%{l}.%{d2} a:%{p} a:%{d1r}%%.%{d} -all"`, nil,
			[]string{"MX example.com, TXT example.com", "A example%.example.com, AAAA example%.example.com"}},
		{"a client: macros, then what the verdict needs", `@ TXT "v=spf1 exists:%{ir}.%{v}.example.com include:%{l}.%{d} ptr -all"
joe TXT "v=spf1 exists:%{h} -all"`, []spf.Query{message}, []string{
			"MX example.com, TXT example.com", "A 1.2.0.192.in-addr.example.com, TXT joe.example.com", "A h.example.com", "PTR 1.2.0.192.in-addr.arpa"}},
		{"a local-part that matches nothing", `@ TXT "v=spf1 exists:%{l}.example.com include:%{s} -all exp=%{l}.example.com"`,
			[]spf.Query{{IP: message.IP, Sender: "j\u00f6@example.com"}}, []string{"MX example.com, TXT example.com"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			z := zone(t, tt.zone)
			synctest.Test(t, func(t *testing.T) {
				r := &rounds{Resolver: z, start: time.Now()}
				facts := spf.Inspect(t.Context(), lookup.NewCache(r, 0), "example.com", spf.Options{Queries: tt.queries})
				var got []string
				for _, round := range r.asked {
					slices.Sort(round)
					got = append(got, strings.Join(round, ", "))
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
				if len(facts.Results) != len(tt.queries) {
					t.Errorf("%d results", len(facts.Results))
				}
			})
		})
	}
}

// tree writes a node with its branches, one a line, children indented.
func tree(n *spf.Node, depth int) string {
	indent := strings.Repeat("  ", depth)
	line := indent + n.Domain
	if n.Err != nil {
		line += ": " + n.Err.Error()
	}
	line += "\n"
	for _, b := range n.Branches {
		line += fmt.Sprintf("%s- %s %d", indent, b.Term.Text(), b.Lookups)
		if b.Skipped != nil {
			line += ": " + b.Skipped.Error()
		}
		if !b.Reached {
			line += ", not reached"
		}
		line += "\n"
		if b.Node != nil && depth < 3 {
			line += tree(b.Node, depth+1)
		}
	}
	return line
}

func TestInspectTree(t *testing.T) {
	t.Parallel()
	z := zone(t, `@ TXT "v=spf1 mx include:a.example.com ptr exists:%{i}.x.example.com a:b..example.com a:%{d1r}.net -all a exp=why.%{d}"
@ MX 20 m2
@ MX 10 m1
m1 A 192.0.2.1
;! TIMEOUT m2.example.com. A
a TXT "v=spf1 include:gone.example.com a:%{i} redirect=bad.example.com"
bad TXT "v=spf1 moo"
;! SERVFAIL why.example.com. TXT`)
	facts := spf.Inspect(t.Context(), z, "Example.com.", spf.Options{})
	const want = `example.com
- mx 1
- include:a.example.com 4
  a.example.com
  - include:gone.example.com 1
    gone.example.com: the domain does not exist
  - a:%{i} 1: the name depends on the message
  - redirect=bad.example.com 1
    bad.example.com
- ptr 1: the name depends on the message
- exists:%{i}.x.example.com 1: the name depends on the message
- a:b..example.com 1: no such name can exist
- a:%{d1r}.net 1
- a 0, not reached
- exp=why.%{d} 0, not reached
`
	if diff := cmp.Diff(want, tree(facts.Root, 0)); diff != "" {
		t.Error(diff)
	}
	var hosts []string
	for _, h := range facts.Root.Branches[0].Hosts {
		hosts = append(hosts, fmt.Sprint(h.Name, " ", len(h.A.Answer.Records), " ", h.A.Err))
	}
	if diff := cmp.Diff([]string{"m1.example.com 1 <nil>", "m2.example.com 0 A m2.example.com: timeout"}, hosts); diff != "" {
		t.Error(diff)
	}
	var nodes, asked []string
	for _, n := range facts.Nodes {
		nodes = append(nodes, n.Domain)
	}
	for _, reply := range facts.Asked {
		asked = append(asked, reply.String())
	}
	if diff := cmp.Diff([]string{"example.com", "a.example.com", "gone.example.com", "bad.example.com"}, nodes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"TXT example.com", "MX example.com", "TXT a.example.com", "A example.net", "AAAA example.net",
		"A example.com", "AAAA example.com", "TXT why.example.com", "A m1.example.com", "AAAA m1.example.com", "A m2.example.com",
		"AAAA m2.example.com", "TXT gone.example.com", "TXT bad.example.com"}, asked); diff != "" {
		t.Error(diff)
	}
	if facts.Partial() || facts.NullMX() {
		t.Errorf("partial %v, null MX %v", facts.Partial(), facts.NullMX())
	}
}

// TestInspectAsked leaves out a question that the record does not need: whether
// the domain takes mail.
func TestInspectAsked(t *testing.T) {
	t.Parallel()
	for record, want := range map[string][]string{
		"v=spf1 -all":                        {"TXT example.com"},
		"v=spf1 mx -all":                     {"TXT example.com", "MX example.com"},
		"v=spf1 include:in.example.com -all": {"TXT example.com", "TXT in.example.com", "MX example.com"},
	} {
		facts := spf.Inspect(t.Context(), zone(t, "in TXT \"v=spf1 mx:example.com\"\n@ MX 0 .\n@ TXT \""+record+`"`), "example.com", spf.Options{})
		var got []string
		for _, reply := range facts.Asked {
			got = append(got, reply.String())
		}
		if diff := cmp.Diff(want, got); diff != "" || !facts.NullMX() {
			t.Error(record, diff)
		}
	}
}

func TestInspectUnknown(t *testing.T) {
	t.Parallel()
	z := zone(t, "@ TXT \"v=spf1 include:in.example.com -all\"\n;! TIMEOUT in.example.com. TXT\n;! TIMEOUT gone.example.com. TXT")
	facts := spf.Inspect(t.Context(), z, "example.com", spf.Options{})
	if !facts.Partial() || facts.Worst.Void4 != 0 {
		t.Errorf("partial %v, %d void", facts.Partial(), facts.Worst.Void4)
	}
	facts = spf.Inspect(t.Context(), zone(t, "@ TXT \"v=spf1 a mx -all\"\n@ A 192.0.2.1\n;! REFUSED example.com. AAAA"), "example.com", spf.Options{})
	for i, want := range []error{lookup.ErrRefused, nil} {
		if err := facts.Root.Branches[i].Err(); !errors.Is(err, want) {
			t.Errorf("term %d: %v, want %v", i, err, want)
		}
	}
	facts = spf.Inspect(t.Context(), z, "gone.example.com", spf.Options{})
	if diff := cmp.Diff(lookup.ErrTimeout, facts.Root.Err, cmpopts.EquateErrors()); diff != "" || facts.Root.Record != nil {
		t.Error(diff)
	}
}

// TestInspectText asks nothing: a nil resolver would panic.
func TestInspectText(t *testing.T) {
	t.Parallel()
	source := lint.NewSource("TXT example.com", "v=spf1 a mx:%{d2} include:b.example.com ptr exists:%{i}.example.com a:x..y redirect=c.example.com")
	tests := []struct{ domain, want string }{
		{"example.com", `example.com
- a 1: nothing was asked of the DNS
- mx:%{d2} 1: nothing was asked of the DNS
- include:b.example.com 1: nothing was asked of the DNS
- ptr 1: the name depends on the message
- exists:%{i}.example.com 1: the name depends on the message
- a:x..y 1: no such name can exist
- redirect=c.example.com 1: nothing was asked of the DNS
`},
		{"", `
- a 1: nothing was asked of the DNS
- mx:%{d2} 1: no such name can exist
- include:b.example.com 1: nothing was asked of the DNS
- ptr 1: nothing was asked of the DNS
- exists:%{i}.example.com 1: the name depends on the message
- a:x..y 1: no such name can exist
- redirect=c.example.com 1: nothing was asked of the DNS
`},
	}
	for _, tt := range tests {
		facts := spf.InspectText(tt.domain, source)
		if diff := cmp.Diff(tt.want, tree(facts.Root, 0)); diff != "" {
			t.Errorf("%q\n%s", tt.domain, diff)
		}
		if len(facts.Asked) != 0 || facts.Worst.Lookups != 7 || !facts.Partial() || facts.Root.Record.Source != source {
			t.Errorf("%q: asked %v, %d lookups", tt.domain, facts.Asked, facts.Worst.Lookups)
		}
	}
}
