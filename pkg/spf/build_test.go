package spf_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/spf"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		plan spf.Plan
		want string
	}{
		{"nobody sends", spf.Plan{}, "v=spf1 -all"},
		{"all kinds", spf.Plan{
			Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.77/24"), netip.MustParsePrefix("2001:db8::1/128")},
			A:        []string{"", "h.example.com/28"}, MX: []string{"//64", "m.example.com"}, Includes: []string{"_spf.example.net"},
			Exists: []string{"%{i}.list.example.com"}, All: '~', Exp: "why.example.com",
		}, "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::1 a a:h.example.com/28 mx//64 mx:m.example.com include:_spf.example.net exists:%{i}.list.example.com ~all exp=why.example.com"},
		{"redirect", spf.Plan{MX: []string{""}, Redirect: "_spf.example.net"}, "v=spf1 mx redirect=_spf.example.net"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.plan.Record(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			r := spf.Parse(lint.NewSource("text", tt.want))
			again, ok := spf.PlanOf(r)
			if !ok || again.Record() != tt.want {
				t.Errorf("read as %q, %v", again.Record(), ok)
			}
			for _, f := range lint.Run(spf.Rules(), spf.InspectText("", r.Source)) {
				if f.Severity >= lint.Warning {
					t.Errorf("%s: %s", f.RuleID, f.Message)
				}
			}
		})
	}
}

func TestPlanOfOthers(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"v=spf1", "v=spf1 mx", "v=spf1 -ip4:192.0.2.1 mx -all", "v=spf1 ptr -all", "v=spf1 ip4:300.0.0.1 -all"} {
		if p, ok := spf.PlanOf(spf.Parse(lint.NewSource("text", text))); ok {
			t.Errorf("%q became %q", text, p.Record())
		}
	}
}

// TestPlanMeaning takes random records apart and builds them again: they mean the
// same.
func TestPlanMeaning(t *testing.T) {
	t.Parallel()
	rnd := newRand(9)
	built := 0
	for range 1500 {
		z := zone(t, randomTree(rnd))
		facts := spf.Inspect(t.Context(), z, "example.com", spf.Options{})
		plan, ok := spf.PlanOf(facts.Root.Record)
		if !ok {
			continue
		}
		built++
		again := spf.InspectRecord(t.Context(), z, "example.com", lint.NewSource("text", plan.Record()))
		d := spf.Compare(facts, facts.Meant(), again)
		meant, worst := again.Meant(), again.Worst
		// What ends in an error ends there by its order, which is not kept.
		if len(again.Loops) > 0 || !meant.Of(spf.PermError).Empty() || !meant.Of(spf.TempError).Empty() || worst.Lookups > spf.MaxLookups || worst.Void4 > spf.MaxVoids {
			continue
		}
		if !d.Empty() {
			t.Fatalf("%s became %s: %+v", facts.Root.Record, plan.Record(), d.Changes)
		}
	}
	if built < 150 {
		t.Errorf("only %d records were built again", built)
	}
}

func ExamplePlan() {
	plan := spf.Plan{MX: []string{""}, Includes: []string{"_spf.example.net"}, All: '~'}
	fmt.Println(plan.Record())
	fmt.Println(plan.Parts()[1].Why)
	// Output:
	// v=spf1 mx include:_spf.example.net ~all
	// the mail hosts of the domain itself may send (1 lookup)
}
