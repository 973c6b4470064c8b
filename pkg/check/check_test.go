package check_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

func TestSPFOpenQuestions(t *testing.T) {
	t.Parallel()
	const settle = "authcheck spf example.com @9.9.9.9"
	for _, tt := range []struct {
		name, zone         string
		client             string
		unknown, unchecked []report.Question
	}{
		{
			name:      "no client",
			zone:      `@ TXT "v=spf1 -all"`,
			unchecked: []report.Question{{Question: "verdict for a client of example.com", Reason: "no client address was given", Settle: "authcheck spf example.com --ip ADDRESS"}},
		},
		{
			name:   "client",
			zone:   `@ TXT "v=spf1 ptr exists:%{i}.example.com -all"`,
			client: "192.0.2.1",
		},
		{
			name:    "name of the client fails",
			zone:    "@ TXT \"v=spf1 ptr -all\"\n;! TIMEOUT 1.2.0.192.in-addr.arpa. PTR",
			client:  "192.0.2.1",
			unknown: []report.Question{{Question: "PTR 1.2.0.192.in-addr.arpa", Reason: "timeout", Settle: settle, Rule: "dns-timeout"}},
		},
		{
			name: "macro",
			zone: `@ TXT "v=spf1 exists:%{i}.example.com -all"`,
			unchecked: []report.Question{
				{Question: "verdict for a client of example.com", Reason: "no client address was given", Settle: "authcheck spf example.com --ip ADDRESS"},
				{Question: "exists:%{i}.example.com in example.com", Reason: "the name depends on the message",
					Settle: "authcheck spf example.com --ip ADDRESS --sender ADDRESS --helo NAME"},
			},
		},
		{
			name:    "record times out",
			zone:    ";! TIMEOUT example.com. TXT",
			unknown: []report.Question{{Question: "TXT example.com", Reason: "timeout", Settle: settle, Rule: "dns-timeout"}},
		},
		{
			name:   "verdict of a record that times out",
			zone:   ";! TIMEOUT example.com. TXT",
			client: "192.0.2.1",
			unknown: []report.Question{
				{Question: "TXT example.com", Reason: "timeout", Settle: settle, Rule: "dns-timeout"},
				{Question: "verdict on 192.0.2.1 for example.com", Settle: settle, Rule: "spf-result-temperror",
					Reason: "no verdict on 192.0.2.1 for example.com (MAIL FROM): example.com: TXT example.com: timeout"},
			},
		},
		{
			name:    "include fails",
			zone:    "@ TXT \"v=spf1 include:a.example -all\"\n;! SERVFAIL a.example. TXT",
			unknown: []report.Question{{Question: "TXT a.example", Reason: "servfail", Settle: settle, Rule: "dns-servfail"}},
			unchecked: []report.Question{
				{Question: "verdict for a client of example.com", Reason: "no client address was given", Settle: "authcheck spf example.com --ip ADDRESS"}},
		},
		{
			name: "whether the domain takes mail",
			zone: "@ TXT \"v=spf1 -all\"\n;! SERVFAIL example.com. MX",
			unchecked: []report.Question{
				{Question: "verdict for a client of example.com", Reason: "no client address was given", Settle: "authcheck spf example.com --ip ADDRESS"},
				{Question: "MX example.com", Reason: "whether the domain takes mail: servfail"},
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+tt.zone+"\n")
			if err != nil {
				t.Fatal(err)
			}
			q := check.SPFRequest{Domain: "example.com", Zone: zone}
			if tt.client != "" {
				q.IP = netip.MustParseAddr(tt.client)
			}
			r := check.SPF(t.Context(), zone, q, check.Options{Settle: settle})
			if diff := cmp.Diff(tt.unknown, r.Unknown); diff != "" {
				t.Errorf("unknown (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.unchecked, r.Unchecked); diff != "" {
				t.Errorf("not checked (-want +got)\n%s", diff)
			}
		})
	}
}

func TestConfigJudges(t *testing.T) {
	t.Parallel()
	config, err := check.ParseConfig("c.yaml", []byte(`
severity: {spf-all-softfail: error, spf-lookup-count: off}
ignore: [{rule: spf-ptr-used, subject: TEXT, reason: known}, {rule: spf-extra-spaces, subject: TXT other.example, reason: known}]
`))
	if err != nil {
		t.Fatal(err)
	}
	r := check.SPFText(lint.NewSource("text", "v=spf1  ptr ~all"), check.Options{Config: config})
	got := map[string]string{}
	for _, f := range r.Findings {
		got[f.RuleID] = f.Severity.String() + " " + f.Suppressed
	}
	want := map[string]string{"spf-all-softfail": "error ", "spf-ptr-used": "warning known", "spf-extra-spaces": "notice "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got)\n%s", diff)
	}
	if s := r.Summary(); s.Errors != 1 || s.Warnings != 0 || s.Suppressed != 1 {
		t.Errorf("summary %+v", s)
	}
}

func TestCorrected(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"one fault", "v=spf1 ipv4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"},
		{"several faults", "v=spf1 include: a.example ipv4:192.0.2.1 ?all", "v=spf1 include:a.example ip4:192.0.2.1 ~all"},
		{"one fault without correction", "v=spf1 ipv4:192.0.2.1 nonsense -all", ""},
		{"nothing to correct", "v=spf1 ip4:192.0.2.1 -all", ""},
		{"notices are left", "v=spf1 ipv4:192.0.2.1  ~all", "v=spf1 ip4:192.0.2.1  ~all"},
		{"all glued to a name", "v=spf1 include:a.example-all", "v=spf1 include:a.example -all"},
		{"two records in one", "v=spf1 ip4:192.0.2.1 ~allv=spf1 ip4:192.0.2.2 -all", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ~all"},
		{"verification text glued on", "v=spf1 ip4:192.0.2.1 -allMS=ms123", "v=spf1 ip4:192.0.2.1 -all"},
		{"quoted", `"v=spf1 ip4:192.0.2.1 -all"`, "v=spf1 ip4:192.0.2.1 -all"},
		{"line of a zone file", `example.com IN TXT "v=spf1 ip4:192.0.2.1 -all"`, "v=spf1 ip4:192.0.2.1 -all"},
		{"line of a zone file with a longer name", "mail-one.sub.division.example.com. 3600 IN TXT v=spf1 ip4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"},
		{"without version", "ip4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"},
		{"open beside a sender", "v=spf1 mx +all", "v=spf1 mx ~all"},
		{"open, nobody listed", "v=spf1 +all", ""},
		{"open, somebody shut out", "v=spf1 -ip4:192.0.2.1 all", ""},
		{"neutral, nobody listed", "v=spf1 ?all", ""},
		{"without all, nobody listed", "v=spf1", ""},
		{"redirect beside all", "v=spf1 redirect=_spf.a.example -all", ""},
		{"redirect beside softfail", "v=spf1 redirect=_spf.a.example ~all", ""},
		{"redirect behind a sender", "v=spf1 mx redirect=_spf.a.example -all", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := check.SPFText(lint.NewSource("text", tt.in), check.Options{})
			got := ""
			for _, c := range r.Corrected {
				got += c.Record
			}
			if got != tt.want {
				t.Errorf("corrected to %q, want %q", got, tt.want)
			}
		})
	}
}
