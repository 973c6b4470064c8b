package check_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// TestHELOOfThirdParty wants one finding about a HELO name that differs from the
// reverse name, and none where something is not known.
func TestHELOOfThirdParty(t *testing.T) {
	t.Parallel()
	const (
		reverse = "1.2.0.192.in-addr.arpa. PTR "
		host    = reverse + "host.example.net.\nhost.example.net. A 192.0.2.1\n"
		helo    = "mail.example.org. A 192.0.2.1\nmail.example.org. AAAA 2001:db8::1\nmail.example.org. TXT \"v=spf1 a -all\"\n"
	)
	for _, tt := range []struct{ name, zone, helo, want string }{
		{"third party", helo + host, "mail.example.org", "helo-not-aligned"},
		{"of the domain", "mail A 192.0.2.1\n" + host, "mail.example.com", "helo-ptr-mismatch helo-spf-missing"},
		{"of the reverse name's domain", "mx.example.net. A 192.0.2.1\n" + host, "mx.example.net", "helo-ptr-mismatch helo-spf-missing"},
		{"the reverse name", host, "host.example.net", "helo-spf-missing"},
		{"one of two reverse names", helo + host + reverse + "x.example.org.\n", "mail.example.org", "helo-ptr-mismatch"},
		{"other client", "mail.example.org. A 192.0.2.9\n" + host, "mail.example.org", "helo-not-client-ip helo-spf-missing"},
		{"no reverse name", helo, "mail.example.org", "ptr-missing"},
		{"reverse name without answer", helo + ";! TIMEOUT " + reverse, "mail.example.org", ""},
		{"one of two names without answer", helo + host + reverse + "x.example.edu.\n;! TIMEOUT x.example.edu. A", "mail.example.org", "helo-ptr-mismatch"},
		{"more names than are looked at", helo + host + "$GENERATE 1-11 " + reverse + "m$.example.net.", "mail.example.org", "helo-ptr-mismatch ptr-too-many"},
		{"organization without answer", helo + host + ";! TIMEOUT _dmarc.example.com. TXT", "mail.example.org", "helo-ptr-mismatch"},
		{"literal", host, "[192.0.2.1]", "helo-literal"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+tt.zone+"\n")
			if err != nil {
				t.Fatal(err)
			}
			q := check.DomainRequest{Target: check.Target{Domain: "example.com", Senders: []netip.Addr{netip.MustParseAddr("192.0.2.1")}, HELO: tt.helo}}
			var got []string
			for _, doc := range check.Domain(t.Context(), lookup.NewCache(zone, 0), q, check.Options{}).Rules {
				if strings.HasPrefix(doc.ID, "helo-") || strings.HasPrefix(doc.ID, "ptr-") && doc.ID != "ptr-multiple" {
					got = append(got, doc.ID)
				}
			}
			if found := strings.Join(got, " "); found != tt.want {
				t.Errorf("found %q, want %q", found, tt.want)
			}
		})
	}
}
