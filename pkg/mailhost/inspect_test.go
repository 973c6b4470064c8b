package mailhost_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

func parse(t *testing.T, text string) *lookup.Zone {
	t.Helper()
	zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+text+"\n")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// rounds is a resolver that takes one second of a synctest bubble's clock for every
// answer, so that questions asked together come in the same second.
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

// sorted returns the questions of each round.
func (r *rounds) sorted() []string {
	var questions []string
	for _, round := range r.asked {
		slices.Sort(round)
		questions = append(questions, strings.Join(round, ", "))
	}
	return questions
}

// TestInspectRounds wants each question once, as early as its name is known, and no
// other.
func TestInspectRounds(t *testing.T) {
	t.Parallel()
	client := []netip.Addr{netip.MustParseAddr("192.0.2.1")}
	for _, tt := range []struct {
		name, zone, domain string
		options            mailhost.Options
		want               []string // questions of one round, sorted
	}{
		{
			name: "addresses", domain: "example.com", options: mailhost.Options{Parts: mailhost.Addresses},
			want: []string{"A example.com, AAAA example.com"},
		},
		{
			name: "named hosts", domain: "example.com",
			options: mailhost.Options{Parts: mailhost.Addresses, Hosts: []string{"mail", "imap.example.com", "mail.example.com", "relay.example.net"}},
			want: []string{"A example.com, A imap.example.com, A mail.example.com, A relay.example.net, " +
				"AAAA example.com, AAAA imap.example.com, AAAA mail.example.com, AAAA relay.example.net"},
		},
		{
			name: "mail host", domain: "example.com", zone: "@ MX 10 mail\nmail A 192.0.2.1\n1.2.0.192.in-addr.arpa. PTR mail",
			want: []string{
				"A example.com, AAAA example.com, MX example.com",
				"A mail.example.com, AAAA mail.example.com",
				"PTR 1.2.0.192.in-addr.arpa",
			},
		},
		{
			name: "implicit", domain: "example.com", zone: "@ A 192.0.2.1",
			want: []string{"A example.com, AAAA example.com, MX example.com", "PTR 1.2.0.192.in-addr.arpa"},
		},
		{
			name: "null", domain: "example.com", zone: "@ MX 0 .",
			want: []string{"A example.com, AAAA example.com, MX example.com"},
		},
		{
			name: "nothing to ask about", domain: "example.com", zone: "@ MX 10 192.0.2.1.\n@ MX 20 x\nx A 10.0.0.1",
			want: []string{"A example.com, AAAA example.com, MX example.com", "A x.example.com, AAAA x.example.com"},
		},
		{
			name: "client", options: mailhost.Options{Senders: client}, zone: "1.2.0.192.in-addr.arpa. PTR a\n1.2.0.192.in-addr.arpa. PTR b",
			want: []string{"PTR 1.2.0.192.in-addr.arpa", "A a.example.com, A b.example.com"},
		},
		{
			name: "HELO", options: mailhost.Options{Senders: client, HELO: mailhost.ParseHELO("mail.example.com")}, zone: "1.2.0.192.in-addr.arpa. PTR mail",
			want: []string{"A mail.example.com, AAAA mail.example.com, PTR 1.2.0.192.in-addr.arpa", "MX mail.example.com"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone := parse(t, tt.zone)
			synctest.Test(t, func(t *testing.T) {
				r := &rounds{Resolver: zone, start: time.Now()}
				mailhost.Inspect(t.Context(), r, tt.domain, tt.options)
				if diff := cmp.Diff(tt.want, r.sorted()); diff != "" {
					t.Errorf("questions (-want +got)\n%s", diff)
				}
			})
		})
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	const reverse = "1.2.0.192.in-addr.arpa."
	for _, tt := range []struct {
		name, zone string
		want       mailhost.Status
	}{
		{"none", "", mailhost.PermError},
		{"no data", ";! NODATA " + reverse + " PTR", mailhost.PermError},
		{"match", reverse + " PTR mail\nmail A 192.0.2.1", mailhost.Pass},
		{"other address", reverse + " PTR mail\nmail A 192.0.2.2", mailhost.Fail},
		{"no address", reverse + " PTR mail", mailhost.Fail},
		{"two names", reverse + " PTR a\n" + reverse + " PTR b\nb A 192.0.2.1", mailhost.Pass},
		{"alias of the reverse name", reverse + " CNAME 1.x\n1.x PTR mail\nmail A 192.0.2.1", mailhost.Pass},
		{"alias of the name", reverse + " PTR mail\nmail CNAME host\nhost A 192.0.2.1", mailhost.Pass},
		{"timeout", ";! TIMEOUT " + reverse + " PTR", mailhost.TempError},
		{"name times out", reverse + " PTR mail\n;! TIMEOUT mail.example.com. A", mailhost.TempError},
		{"one name times out", reverse + " PTR a\n" + reverse + " PTR b\nb A 192.0.2.1\n;! TIMEOUT a.example.com. A", mailhost.Pass},
		{"eleventh name", "$GENERATE 10-20 " + reverse + " PTR m$\nm20 A 192.0.2.1", mailhost.Fail},
		{"tenth name", "$GENERATE 11-20 " + reverse + " PTR m$\nm20 A 192.0.2.1", mailhost.Pass},
		{"root", reverse + " PTR .", mailhost.Fail},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := mailhost.Inspect(t.Context(), parse(t, tt.zone), "", mailhost.Options{Senders: []netip.Addr{netip.MustParseAddr("::ffff:192.0.2.1")}})
			if got := f.Reverses[0].Status(); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// TestFlood looks at a domain with more mail hosts than anybody asks about: its own
// two addresses, its MX, and two addresses for each of a hundred hosts.
func TestFlood(t *testing.T) {
	t.Parallel()
	f := mailhost.Inspect(t.Context(), parse(t, "$GENERATE 1-3000 @ MX 10 m$"), "example.com", mailhost.Options{})
	if len(f.Exchanges) != 3000 || len(f.Asked) != 203 || f.Cut != 2900 {
		t.Errorf("%d exchanges, %d questions asked, %d not", len(f.Exchanges), len(f.Asked), f.Cut)
	}
}

// TestOwn wants the answers about the domain, not about its provider.
func TestOwn(t *testing.T) {
	t.Parallel()
	f := mailhost.Inspect(t.Context(), parse(t, "@ MX 10 mail\n@ MX 20 mx.example.net.\nmx.example.net. A 192.0.2.9"), "example.com",
		mailhost.Options{Parts: mailhost.Exchanges, Senders: []netip.Addr{netip.MustParseAddr("192.0.2.1")}})
	var got []string
	for _, reply := range f.Own() {
		got = append(got, fmt.Sprint(reply.Question))
	}
	want := []string{"PTR 1.2.0.192.in-addr.arpa", "A example.com", "AAAA example.com", "MX example.com", "A mail.example.com", "AAAA mail.example.com"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("own (-want +got)\n%s", diff)
	}
}
