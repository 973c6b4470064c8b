package spf_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// overlay lays records over a zone.
func overlay(t testing.TB, records []spf.FlatRecord, base lookup.Resolver) lookup.Resolver {
	t.Helper()
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "%s. TXT", r.Name)
		for text := r.Text; text != ""; {
			part := text[:min(len(text), 255)]
			fmt.Fprintf(&b, " %q", part)
			text = text[len(part):]
		}
		b.WriteByte('\n')
	}
	z, err := lookup.ParseZone("flat", b.String())
	if err != nil {
		t.Fatal(err)
	}
	return lookup.NewOverlay(z, base)
}

// TestFlattenVerdicts compares the verdicts of random records for random clients
// before and after, with those of blitiri.com.ar/go/spf.
func TestFlattenVerdicts(t *testing.T) {
	t.Parallel()
	rnd := newRand(5)
	flattened, compared := 0, 0
	reasons := map[string]int{}
	for range 4000 {
		text := randomTree(rnd)
		z := zone(t, text)
		facts := spf.Inspect(t.Context(), z, "example.com", spf.Options{})
		if facts.Worst.Lookups < 2 {
			continue
		}
		// Fewer lookups than the standard allows, so that the referees can judge
		// the record as it was.
		flat := spf.Flatten(facts, spf.FlattenOptions{Max: 1 + rnd.IntN(min(facts.Worst.Lookups, 11)-1)})
		if flat.Err != nil {
			reasons[flat.Err.Error()]++
			continue
		}
		if len(flat.Changes) == 0 {
			t.Fatalf("nothing was done about %d lookups", facts.Worst.Lookups)
		}
		flattened++
		r := overlay(t, flat.Records, z)
		after := spf.Inspect(t.Context(), r, "example.com", spf.Options{})
		if after.Worst.Lookups > flat.Max || after.Worst.Lookups != flat.Lookups {
			t.Fatalf("%d lookups, %d promised, %d wanted\n%s%v", after.Worst.Lookups, flat.Lookups, flat.Max, text, flat.Records)
		}
		for _, rec := range flat.Records {
			if len(rec.Name)+len(rec.Text) > 450 {
				t.Fatalf("%d octets: %v", len(rec.Name)+len(rec.Text), rec)
			}
		}
		for i := range 12 {
			ip := []netip.Addr{random4(rnd), random6(rnd)}[i%2]
			c := refereeCase{ip: ip.String(), sender: "joe@example.com", helo: "mail.example.com"}
			query := spf.Query{IP: netip.MustParseAddr(c.ip), Sender: c.sender, Helo: c.helo}
			before, now := spf.Check(t.Context(), z, query), spf.Check(t.Context(), r, query)
			if errors.Is(before.Reason, spf.ErrLookupLimit) || errors.Is(before.Reason, spf.ErrVoidLimit) || errors.Is(now.Reason, spf.ErrVoidLimit) {
				continue // the limits are what flattening is for
			}
			compared++
			if before.Status != now.Status {
				t.Fatalf("%s was %s, now %s (%v)\n%s%v", ip, before.Status, now.Status, now.Reason, text, flat.Records)
			}
			if theirs := askBlitiri(r, c); theirs != string(now.Status) {
				t.Fatalf("%s is %s, the referee says %s\n%s%v", ip, now.Status, theirs, text, flat.Records)
			}
		}
	}
	t.Logf("%d records flattened, %d verdicts; others: %v", flattened, compared, reasons)
	if flattened < 500 {
		t.Errorf("only %d records were flattened", flattened)
	}
}
