package dmarc_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
)

func address(local, host string) dmarc.Address { return dmarc.Address{Local: local, Host: host} }

func TestPlan(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name              string
		plan              dmarc.Plan
		want              string
		older, agreements []string
	}{
		{"least", dmarc.Plan{P: dmarc.Reject, RUA: []dmarc.Address{address("d", "example.com")}}, "v=DMARC1; p=reject; rua=mailto:d@example.com", nil, nil},
		{"everything", dmarc.Plan{
			P: dmarc.Quarantine, SP: dmarc.Quarantine, NP: dmarc.Reject, Testing: true, ADKIM: dmarc.Strict, ASPF: dmarc.Strict, Options: "1:d", PSD: 'n',
			RUA: []dmarc.Address{address("d!,x", "reports.example.com"), address("a", "example.net")}, RUF: []dmarc.Address{address("f", "example.net")},
		}, "v=DMARC1; p=quarantine; sp=quarantine; np=reject; t=y; adkim=s; aspf=s; fo=1:d; psd=n; rua=mailto:d%21%2Cx@reports.example.com,mailto:a@example.net; ruf=mailto:f@example.net",
			[]string{
				"Receivers that keep to RFC 7489 do not know t: they apply the policies in full.",
				"Receivers that keep to RFC 7489 do not know np: for names that do not exist they apply quarantine, as for other names below the domain.",
				"Receivers that keep to RFC 7489 do not know psd: they go by the Public Suffix List.",
			}, []string{"mail.example.com._report._dmarc.example.net"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.plan.Record()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.older, tt.plan.Older()); diff != "" {
				t.Errorf("older receivers (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.agreements, tt.plan.Agreements("mail.example.com")); diff != "" {
				t.Errorf("agreements (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPlanMeaning builds random records, reads them, and builds them again.
func TestPlanMeaning(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(11, 1))
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	policy := func() string { return pick("none", "quarantine", "reject") }
	for range 2000 {
		text := "v=DMARC1; p=" + policy()
		for _, tag := range []string{"sp=" + policy(), "np=" + policy(), "adkim=" + pick("r", "s"), "aspf=" + pick("r", "S"), "t=" + pick("y", "n"),
			"fo=" + pick("0", "1", "d:s", "1:d"), "psd=" + pick("u", "y", "n"), "rua=mailto:a@example.com" + pick("", ",mailto:b%2Cc@example.net!10m"), "ruf=mailto:f@example.net", "x=y"} {
			if rnd.IntN(3) == 0 {
				text += pick(";", "; ", " ; ") + tag
			}
		}
		was := dmarc.Parse(lint.NewSource("text", text))
		plan, ok := dmarc.PlanOf(was)
		if strings.Contains(text, "b%2Cc") { // an address cannot hold a comma
			if ok {
				t.Fatalf("%q became %q", text, plan.Record())
			}
			continue
		}
		if !ok {
			t.Fatalf("%q cannot be built", text)
		}
		now := dmarc.Parse(lint.NewSource("text", plan.Record()))
		if diff := cmp.Diff(meaning(was), meaning(now)); diff != "" {
			t.Fatalf("%q became %q\n%s", text, plan.Record(), diff)
		}
	}
}

// meaning is what of a record is in force.
func meaning(r *dmarc.Record) string {
	var uris []string
	for _, list := range [][]dmarc.URI{r.RUA, r.RUF} {
		for i := range list {
			uris = append(uris, list[i].Text())
		}
		uris = append(uris, ";")
	}
	return fmt.Sprint(r.Policies, r.ADKIM, r.ASPF, r.Options, r.PSD, r.Testing, uris, r.Err())
}

func ExamplePlan() {
	plan := dmarc.Plan{P: dmarc.None, NP: dmarc.Reject, RUA: []dmarc.Address{{Local: "dmarc", Host: "example.net"}}}
	fmt.Println(plan.Record())
	fmt.Println(plan.Agreements("example.com"))
	// Output:
	// v=DMARC1; p=none; np=reject; rua=mailto:dmarc@example.net
	// [example.com._report._dmarc.example.net]
}
