package check_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

// TestCross states which of the rules over several protocols speaks, one at most of
// those about the same fault.
func TestCross(t *testing.T) {
	t.Parallel()
	const (
		spf    = "@ TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
		reject = "_dmarc TXT \"v=DMARC1; p=reject\"\n"
		key    = " TXT \"v=DKIM1; k=ed25519; p=xjq9vqzuLh8ud5CFUoN4BvvJnSMAOz0jh3tAZgqGyaA=\"\n"
		noMail = "@ TXT \"v=spf1 -all\"\n"
	)
	about := []string{"dmarc-no-auth-behind", "dmarc-spf-only", "spf-all-fail-without-dkim",
		"dmarc-parked-not-reject", "dmarc-parked-alignment-relaxed", "dmarc-alignment-strict", "dkim-wildcard-revocation-parked"}
	for _, tt := range []struct {
		name, zone string
		q          check.Target
		want       []string
	}{
		{"SPF alone", spf + reject, check.Target{}, []string{"dmarc-spf-only"}},
		{"quarantine", spf + `_dmarc TXT "v=DMARC1; p=quarantine"`, check.Target{}, []string{"dmarc-spf-only"}},
		{"by redirect", "@ TXT \"v=spf1 redirect=_spf.example.com\"\n_spf TXT \"v=spf1 a ~all\"\n" + reject, check.Target{}, []string{"dmarc-spf-only"}},
		{"a named selector without a key", spf + reject, check.Target{Selectors: []string{"s1"}}, []string{"dmarc-spf-only"}},
		{"policy none", spf + `_dmarc TXT "v=DMARC1; p=none"`, check.Target{}, []string{"spf-all-fail-without-dkim"}},
		{"no SPF", reject, check.Target{}, []string{"dmarc-no-auth-behind"}},
		{"no SPF, but a domain above that may sign", "mail A 192.0.2.1\n" + reject, check.Target{Domain: "mail.example.com"}, nil},
		{"no SPF, and no signature of the domain above counts", "mail A 192.0.2.1\n_dmarc TXT \"v=DMARC1; p=reject; adkim=s\"", check.Target{Domain: "mail.example.com"},
			[]string{"dmarc-alignment-strict"}},
		{"no SPF, and nothing of the domain above counts", "mail A 192.0.2.1\n_dmarc TXT \"v=DMARC1; p=reject; adkim=s; aspf=s\"", check.Target{Domain: "mail.example.com"},
			[]string{"dmarc-alignment-strict", "dmarc-alignment-strict", "dmarc-no-auth-behind"}},
		{"no SPF, organization unknown", "_dmarc.mail TXT \"v=DMARC1; p=reject\"\n;! TIMEOUT _dmarc.example.com. TXT", check.Target{Domain: "mail.example.com"}, nil},
		{"SPF unknown", ";! TIMEOUT example.com. TXT\n" + reject, check.Target{}, nil},
		{"nobody sends", noMail + reject, check.Target{}, nil},
		{"no-send", spf + reject, check.Target{Profile: mailhost.NoSend}, []string{"spf-all-fail-without-dkim"}},
		{"a key", spf + reject + "google._domainkey" + key, check.Target{}, nil},
		{"keys may exist", spf + reject + "own._domainkey" + key, check.Target{}, []string{"spf-all-fail-without-dkim"}},
		{"keys unknown", spf + reject + ";! SERVFAIL s1._domainkey.example.com. TXT", check.Target{}, []string{"spf-all-fail-without-dkim"}},
		{"below a domain whose keys it may use", "mail TXT \"v=spf1 a ~all\"\n" + reject, check.Target{Domain: "mail.example.com"}, nil},
		{"below such a domain, but strict", "mail TXT \"v=spf1 a ~all\"\n_dmarc TXT \"v=DMARC1; p=reject; adkim=s\"", check.Target{Domain: "mail.example.com"},
			[]string{"dmarc-alignment-strict", "dmarc-spf-only"}},
		{"parked", noMail + reject, check.Target{Profile: mailhost.Parked}, []string{"dkim-wildcard-revocation-parked", "dmarc-parked-alignment-relaxed"}},
		{"null MX", "@ MX 0 .\n" + noMail + reject, check.Target{}, []string{"dkim-wildcard-revocation-parked", "dmarc-parked-alignment-relaxed"}},
		{"parked, half strict", noMail + `_dmarc TXT "v=DMARC1; p=reject; adkim=s"`, check.Target{Profile: mailhost.Parked},
			[]string{"dkim-wildcard-revocation-parked", "dmarc-parked-alignment-relaxed"}},
		{"parked, strict", noMail + "_dmarc TXT \"v=DMARC1; p=reject; adkim=s; aspf=s\"\n*._domainkey TXT \"v=DKIM1; p=\"", check.Target{Profile: mailhost.Parked}, nil},
		{"parked, policy none", noMail + "_dmarc TXT \"v=DMARC1; p=none\"\n*._domainkey TXT \"v=DKIM1; p=\"", check.Target{Profile: mailhost.Parked},
			[]string{"dmarc-parked-not-reject"}},
		{"parked, policy of the domain above", "old TXT \"v=spf1 -all\"\n*._domainkey.old TXT \"v=DKIM1; p=\"\n" + reject, check.Target{Domain: "old.example.com", Profile: mailhost.Parked}, nil},
		{"parked, with a key", noMail + reject + "google._domainkey" + key, check.Target{Profile: mailhost.Parked}, []string{"dmarc-parked-alignment-relaxed"}},
		{"parked, a selector of two labels", noMail + reject + "b._domainkey TXT \"v=DKIM1; p=\"\n*._domainkey TXT \"v=DKIM1; p=\"",
			check.Target{Profile: mailhost.Parked, Selectors: []string{"a.b"}}, []string{"dmarc-parked-alignment-relaxed"}},
		{"parked, keys unknown", noMail + "_dmarc TXT \"v=DMARC1; p=reject; adkim=s; aspf=s\"\n;! TIMEOUT s1._domainkey.example.com. TXT",
			check.Target{Profile: mailhost.Parked, Selectors: []string{"s1"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+tt.zone+"\n")
			if err != nil {
				t.Fatal(err)
			}
			if tt.q.Domain == "" {
				tt.q.Domain = "example.com"
			}
			var got []string
			for _, f := range check.Domain(t.Context(), zone, check.DomainRequest{Target: tt.q}, check.Options{}).Findings {
				if slices.Contains(about, f.RuleID) {
					got = append(got, f.RuleID)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
