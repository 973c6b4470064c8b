package spf_test

import (
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	blitiri "blitiri.com.ar/go/spf"

	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// resolver shows a zone as the standard library would show the DNS: addresses of
// both families at once, no difference between no name and no data.
type resolver struct{ lookup.Resolver }

func (r resolver) query(ctx context.Context, name string, typ lookup.Type) ([]lookup.Record, error) {
	host, err := lookup.FromOctets(name)
	if err != nil {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	answer, err := r.Query(ctx, host, typ)
	switch {
	case err != nil:
		return nil, &net.DNSError{Err: err.Error(), Name: name, IsTemporary: true}
	case answer.Void():
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return answer.Records, nil
}

func (r resolver) LookupTXT(ctx context.Context, name string) (texts []string, err error) {
	records, err := r.query(ctx, name, lookup.TypeTXT)
	for _, rr := range records {
		texts = append(texts, rr.Source.Text)
	}
	return texts, err
}

func (r resolver) LookupMX(ctx context.Context, name string) (hosts []*net.MX, err error) {
	records, err := r.query(ctx, name, lookup.TypeMX)
	for _, rr := range records {
		hosts = append(hosts, &net.MX{Host: rr.Host + ".", Pref: rr.Preference})
	}
	return hosts, err
}

func (r resolver) LookupIPAddr(ctx context.Context, name string) (addrs []net.IPAddr, err error) {
	four, err := r.query(ctx, name, lookup.TypeA)
	six, err6 := r.query(ctx, name, lookup.TypeAAAA)
	for _, rr := range slices.Concat(four, six) {
		addrs = append(addrs, net.IPAddr{IP: rr.Addr.AsSlice()})
	}
	if len(addrs) > 0 {
		return addrs, nil
	}
	if not, ok := err.(*net.DNSError); ok && not.IsNotFound {
		err = err6
	}
	return nil, err
}

func (r resolver) LookupAddr(ctx context.Context, addr string) (names []string, err error) {
	records, err := r.query(ctx, lookup.Reverse(netip.MustParseAddr(addr)), lookup.TypePTR)
	for _, rr := range records {
		names = append(names, rr.Host+".")
	}
	return names, err
}

// dispute is a record or case on which a referee differs: what we say, and the
// section of RFC 7208 that shows who is right.
type dispute struct{ ours, why string }

// refereeCase is one evaluation for the referees.
type refereeCase struct {
	id, zone         string // id: key of the disputes
	ip, sender, helo string
}

// compareWith runs all cases through us and through a referee. Verdicts are equal,
// except where the table of disputes has ours, and each dispute is met.
func compareWith(t *testing.T, zones map[string]lookup.Resolver, cases []refereeCase, disputes map[string]dispute, referee func(lookup.Resolver, refereeCase) string) {
	t.Helper()
	same := 0
	met := map[string]bool{}
	for _, c := range cases {
		r := zones[c.zone]
		ours := spf.Check(t.Context(), r, spf.Query{IP: netip.MustParseAddr(c.ip), Sender: c.sender, Helo: c.helo})
		theirs := referee(r, c)
		if theirs == string(ours.Status) {
			same++
			continue
		}
		met[c.id] = true
		if disputes[c.id].ours != string(ours.Status) {
			t.Errorf("%q for %s: we say %s (%v), the referee says %s", c.id, c.ip, ours.Status, ours.Reason, theirs)
		}
	}
	for id := range disputes {
		if !met[id] {
			t.Errorf("no dispute any more: %q", id)
		}
	}
	t.Logf("%d cases, %d equal verdicts, %d disputes", len(cases), same, len(disputes))
}

func askBlitiri(r lookup.Resolver, c refereeCase) string {
	result, _ := blitiri.CheckHostWithSender(net.ParseIP(c.ip), c.helo, c.sender, blitiri.WithResolver(resolver{r}))
	return string(result)
}

// TestBlitiri compares with blitiri.com.ar/go/spf over zones of our own.
func TestBlitiri(t *testing.T) {
	t.Parallel()
	zones, cases := ownCases(t)
	compareWith(t, zones, cases, blitiriDisputes, askBlitiri)
}

// TestBlitiriSuite compares over the public suite, where its results say who is
// right.
func TestBlitiriSuite(t *testing.T) {
	t.Parallel()
	zones, cases := suiteCases(t)
	compareWith(t, zones, cases, blitiriSuiteDisputes, askBlitiri)
}

// suiteCases reads the public suite.
func suiteCases(t *testing.T) (map[string]lookup.Resolver, []refereeCase) {
	t.Helper()
	dir := filepath.Join(suites.Dir(t), "spf")
	var suite rfc7208
	suites.ReadJSON(t, filepath.Join(dir, "rfc7208.json"), &suite)
	zones := map[string]lookup.Resolver{}
	var cases []refereeCase
	for _, scenario := range suite.Scenarios {
		text, err := os.ReadFile(filepath.Join(dir, scenario.Zonefile))
		if err != nil {
			t.Fatal(err)
		}
		if zones[scenario.Zonefile], err = lookup.ParseZone(scenario.Zonefile, string(text)); err != nil {
			t.Fatal(err)
		}
		for _, c := range scenario.Cases {
			cases = append(cases, refereeCase{c.ID, scenario.Zonefile, c.IP, c.MailFrom, c.Helo})
		}
	}
	return zones, cases
}
