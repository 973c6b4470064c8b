package check_test

import (
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/score"
)

// TestBulkDemands states what the score of a provider's profile finds: demands that fail,
// and neither what is advice nor what could not be judged.
func TestBulkDemands(t *testing.T) {
	t.Parallel()
	const (
		sender = "@ TXT \"v=spf1 ip4:192.0.2.1 -all\"\nmail A 192.0.2.1\n"
		key    = "s1._domainkey TXT \"v=DKIM1; k=ed25519; p=GcE2Pn2tsIGV9uFE3PyXH70QMuF4zmN5J4qOvyukSZ4=\"\n"
		policy = "_dmarc TXT \"v=DMARC1; p=none\"\n"
		mx     = "@ MX 10 mail\n"
	)
	for _, tt := range []struct {
		name, zone string
		profile    score.Profile
		want       string
	}{
		{"nothing is wrong", sender + key + policy + mx, score.Google, ""},
		{"no policy", sender + key + mx, score.Google, "Google demands what is not met: G8 (The domain has a DMARC record; p=none is enough)"},
		{"no policy and no key", sender + mx, score.Google, "Google demands what is not met: G1 (SPF and DKIM are set up for the domain); G8 (The domain has a DMARC record; p=none is enough)"},
		{"no policy, of another provider", sender + key + mx, score.Yahoo, "Yahoo demands what is not met: Y2 (SPF and DKIM are set up, there is a DMARC record, and mail passes DMARC)"},
		{"no provider", sender + mx, score.Mail, ""},
		{"no MX is against advice alone", sender + key + policy, score.Microsoft, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			q := check.ScoreRequest{Domain: check.DomainRequest{Target: check.Target{Domain: "example.com", Selectors: []string{"s1"}}}, Profile: tt.profile}
			for _, f := range check.Score(t.Context(), zone, q, check.Options{}).Findings {
				if strings.HasPrefix(f.RuleID, "bulk-") {
					got += f.Message
				}
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
