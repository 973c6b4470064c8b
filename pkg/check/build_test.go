package check_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/spf"
)

// TestBuildParkedIsClean publishes what is built and checks the domain.
func TestBuildParkedIsClean(t *testing.T) {
	t.Parallel()
	built := check.BuildParked("example.com", []dmarc.Address{{Local: "dmarc", Host: "example.net"}})
	var b strings.Builder
	b.WriteString(";! AUTHORITATIVE .\n$TTL 3600\nexample.net. MX 10 mail.example.net.\nmail.example.net. A 192.0.2.1\nmail.example.net. AAAA 2001:db8::1\n" +
		"example.com. SOA ns.example.net. hostmaster.example.net. 1 7200 900 1209600 3600\n")
	for _, r := range built.Results.Built.Records {
		text := r.Text
		if r.Type == "TXT" {
			text = fmt.Sprintf("%q", text)
		}
		fmt.Fprintf(&b, "%s. %s %s\n", r.Name, r.Type, text)
	}
	z, err := lookup.ParseZone("parked", b.String())
	if err != nil {
		t.Fatal(err)
	}
	r := check.Domain(t.Context(), z, check.DomainRequest{Target: check.Target{Domain: "example.com", Profile: mailhost.Parked}}, check.Options{})
	for _, f := range r.Findings {
		if f.Severity >= lint.Warning || strings.Contains(f.RuleID, "parked") {
			t.Errorf("%s: %s", f.RuleID, f.Message)
		}
	}
}

// TestBuiltRecordsAreClean judges what is built by the commands that judge texts.
func TestBuiltRecordsAreClean(t *testing.T) {
	t.Parallel()
	policies := []dmarc.Policy{"", dmarc.None, dmarc.Quarantine, dmarc.Reject}
	built := 0
	for i := range 4 * 4 * 4 * 2 {
		plan := dmarc.Plan{P: policies[i%4], SP: policies[i/4%4], NP: policies[i/16%4], RUA: []dmarc.Address{{Local: "d", Host: "example.com"}}}
		if i >= 64 {
			plan.RUA = nil
		}
		if plan.P == "" {
			continue
		}
		r, err := check.BuildDMARC("example.com", plan)
		if err != nil {
			continue
		}
		built++
		text := r.Results.Built.Records[0].Text
		if s := check.DMARCText(lint.NewSource("text", text), check.Options{}).Summary(); s.Errors+s.Warnings > 0 {
			t.Errorf("%q: %+v", text, s)
		}
	}
	for _, plan := range []spf.Plan{{}, {MX: []string{""}}, {Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Includes: []string{"_spf.example.net"}, All: '~'}, {Redirect: "_spf.example.net"}} {
		r, err := check.BuildSPF("example.com", plan)
		if err != nil {
			t.Errorf("%+v: %v", plan, err)
			continue
		}
		built++
		text := r.Results.Built.Records[0].Text
		if s := check.SPFText(lint.NewSource("text", text), check.Options{}).Summary(); s.Errors+s.Warnings > 0 {
			t.Errorf("%q: %+v", text, s)
		}
	}
	if built < 20 {
		t.Errorf("only %d records were built", built)
	}
}
