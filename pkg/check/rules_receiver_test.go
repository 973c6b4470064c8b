package check

import (
	"slices"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
)

// TestHELOImpersonates states when a client is told to give the receiver's own name.
func TestHELOImpersonates(t *testing.T) {
	t.Parallel()
	const by = "\r\n by MX.example.net (Postfix) with ESMTPS id 1; Sat, 21 Nov 2026 23:00:00 +0000\r\n"
	zone := signedZone + "mx.example.net. TXT \"v=spf1 ip4:192.0.2.2 -all\"\nexample.net. TXT \"v=spf1 ip4:192.0.2.2 ~all\"\nnet. TXT \"v=spf1 -all\"\nx.example.net. TXT \"v=spf1 -all\"\n"
	for _, tt := range []struct {
		name, fields, client, helo string
		want                       bool
	}{
		{"the receiver's name", "Received: from mx.example.net (unknown [192.0.2.9])" + by, "192.0.2.9", "mx.example.net", true},
		{"in another case", "Received: from MX.Example.Net ([192.0.2.9])" + by, "192.0.2.9", "MX.Example.Net", true},
		{"behind a hop within", "Received: from localhost (localhost [127.0.0.1])" + by + "Received: from mx.example.net (unknown [192.0.2.9])" + by, "192.0.2.9", "mx.example.net", true},
		{"its reverse name is one of the receiver's", "Received: from mx.example.net (out.example.net [192.0.2.9])" + by, "192.0.2.9", "mx.example.net", false},
		{"one of its hosts", "Received: from mx.example.net (unknown [192.0.2.2])" + by, "192.0.2.2", "mx.example.net", false},
		{"a record in doubt", "Received: from example.net (unknown [192.0.2.9])" + by, "192.0.2.9", "example.net", false},
		{"no record", "Received: from mx2.example.net (unknown [192.0.2.9])" + by, "192.0.2.9", "mx2.example.net", false},
		{"another host of the receiver's", "Received: from x.example.net (unknown [192.0.2.9])" + by, "192.0.2.9", "x.example.net", false},
		{"the sender's name", "Received: from mail.example.com (unknown [192.0.2.9])" + by, "192.0.2.9", "mail.example.com", false},
		{"another delivery", "Received: from mx.example.net (unknown [192.0.2.7])" + by, "192.0.2.9", "mx.example.net", false},
		{"a password", "Received: from mx.example.net (unknown [192.0.2.9])\r\n by mx.example.net with esmtpsa; Sat, 21 Nov 2026 23:00:00 +0000\r\n", "192.0.2.9", "mx.example.net", false},
		{"within", "Received: from mx.example.net (unknown [10.0.0.9])" + by, "10.0.0.9", "mx.example.net", false},
		{"no trace", "", "192.0.2.9", "mx.example.net", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := envelope(tt.client, "ann@example.com")
			e.HELO = tt.helo
			found := verifySigned(t, tt.fields, zone, MessageRequest{Envelope: e}).Findings
			if got := slices.ContainsFunc(found, func(f lint.Finding) bool { return f.RuleID == heloImpersonates.ID }); got != tt.want {
				t.Errorf("%v", got)
			}
		})
	}
}
