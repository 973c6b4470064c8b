package check

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// routeQuestions notes what is asked about where mail goes.
type routeQuestions struct {
	sync.Mutex
	lookup.Resolver
	asked []string
}

func (q *routeQuestions) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	if typ != lookup.TypeTXT {
		q.Lock()
		q.asked = append(q.asked, typ.String()+" "+name)
		q.Unlock()
	}
	return q.Resolver.Query(ctx, name, typ)
}

// TestRoutes states what is asked and told of the domains to which answers and bounces go.
func TestRoutes(t *testing.T) {
	t.Parallel()
	const (
		empty  = "it has neither an MX record nor an address"
		bounce = "warning msg-return-path-unreceivable: no mail gets to "
		answer = "warning msg-from-unreceivable: no mail gets to "
	)
	null := ""
	for _, tt := range []struct {
		name, fields, zone string
		sender             *string // of MAIL FROM
		asked, want, open  []string
	}{
		{name: "an MX record", fields: "From: a@a.example", zone: "a.example. MX 10 mx.a.example.", asked: []string{"MX a.example"}},
		{name: "one domain", fields: "Return-Path: <b@A.example>\nFrom: a@a.example", zone: "a.example. MX 10 mx.a.example.", asked: []string{"MX a.example"}},
		{name: "two domains", fields: "Return-Path: <b@b.example>\nFrom: a@a.example", zone: "a.example. MX 10 mx.a.example.\nb.example. MX 10 mx.a.example.",
			asked: []string{"MX a.example", "MX b.example"}},
		{name: "an address alone", fields: "From: a@a.example", zone: "a.example. AAAA 2001:db8::1", asked: []string{"A a.example", "AAAA a.example", "MX a.example"}},
		{name: "nothing", fields: "Return-Path: <b@b.example>\nFrom: a@a.example", zone: "a.example. TXT a\nb.example. TXT b",
			asked: []string{"A a.example", "A b.example", "AAAA a.example", "AAAA b.example", "MX a.example", "MX b.example"},
			want:  []string{answer + "a.example: " + empty, bounce + "b.example: " + empty}},
		{name: "nothing, told once", fields: "Return-Path: <b@a.example>\nFrom: a@a.example", zone: "a.example. TXT a",
			asked: []string{"A a.example", "AAAA a.example", "MX a.example"}, want: []string{bounce + "a.example: " + empty}},
		{name: "no such name", fields: "From: a@a.example", asked: []string{"MX a.example"}, want: []string{answer + "a.example: it does not exist"}},
		{name: "null MX", fields: "From: a@a.example", zone: "a.example. MX 0 .\na.example. A 192.0.2.1", asked: []string{"MX a.example"},
			want: []string{answer + "a.example: a null MX says that it takes no mail"}},
		{name: "MAIL FROM goes first", fields: "Return-Path: <b@b.example>\nFrom: a@a.example", zone: "a.example. MX 10 mx.a.example.", sender: &null, asked: []string{"MX a.example"}},
		{name: "bounces of bounces", fields: "Return-Path: <>\nFrom: a@a.example", zone: "a.example. MX 10 mx.a.example.", asked: []string{"MX a.example"}},
		{name: "an address literal", fields: "Return-Path: <b@[192.0.2.1]>\nFrom: a@a.example", zone: "a.example. MX 10 mx.a.example.", asked: []string{"MX a.example"}},
		{name: "two authors", fields: "From: a@a.example, b@b.example"},
		{name: "no answer about MX", fields: "From: a@a.example", zone: ";! TIMEOUT a.example. MX", asked: []string{"MX a.example"}, open: []string{"MX a.example: whether a.example takes mail: timeout"}},
		{name: "no answer about addresses", fields: "From: a@a.example", zone: "a.example. TXT a\n;! SERVFAIL a.example. AAAA", asked: []string{"A a.example", "AAAA a.example", "MX a.example"},
			open: []string{"AAAA a.example: whether a.example takes mail: servfail"}},
		{name: "one address is enough", fields: "From: a@a.example", zone: "a.example. A 192.0.2.1\n;! SERVFAIL a.example. AAAA", asked: []string{"A a.example", "AAAA a.example", "MX a.example"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("zone", ";! AUTHORITATIVE .\n"+tt.zone+"\n")
			if err != nil {
				t.Fatal(err)
			}
			r := &routeQuestions{Resolver: zone}
			var q MessageRequest
			q.Envelope.Sender = tt.sender
			report := Message(t.Context(), r, readMessage(t, tt.fields+"\n\nHello\n"), q, Options{})
			slices.Sort(r.asked)
			var told, open []string
			for _, f := range report.Findings {
				if strings.HasSuffix(f.RuleID, "-unreceivable") {
					told = append(told, f.Severity.String()+" "+f.RuleID+": "+f.Message)
				}
			}
			for _, u := range report.Unchecked {
				if u.Question != "SPF" {
					open = append(open, u.Question+": "+u.Reason)
				}
			}
			slices.Sort(told)
			if diff := cmp.Diff(tt.asked, r.asked) + cmp.Diff(tt.want, told) + cmp.Diff(tt.open, open); diff != "" {
				t.Error(diff)
			}
			if len(report.Unknown) > 0 {
				t.Errorf("unknown: %v", report.Unknown)
			}
		})
	}
}

// TestRoutesOffline asks data that says nothing of where mail goes: that is no fault, and
// changes no status.
func TestRoutesOffline(t *testing.T) {
	t.Parallel()
	recording := strings.Replace(signedZone, ";! AUTHORITATIVE .\n", "", 1)
	report := verifySigned(t, "", recording, MessageRequest{})
	var open []string
	for _, u := range report.Unchecked {
		open = append(open, u.Question)
	}
	if diff := cmp.Diff([]string{"SPF", "MX example.com"}, open); diff != "" || len(report.Unknown) > 0 {
		t.Errorf("%s unknown: %v", diff, report.Unknown)
	}
}
