package dmarc

import (
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
)

// TestWeakerThanParent states when a subdomain's own record is told to ask for less
// than the organization's.
func TestWeakerThanParent(t *testing.T) {
	t.Parallel()
	const start = ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"
	none := func(above string) string {
		return start + "_dmarc.mail TXT \"v=DMARC1; p=none\"\n_dmarc TXT \"v=DMARC1; " + above + "\"\n"
	}
	for _, tt := range []struct {
		name, zone string
		want       int
	}{
		{"less than p", none("p=quarantine"), 1},
		{"less than sp", none("p=none; sp=reject"), 1},
		{"as much as sp", none("p=reject; sp=none"), 0},
		{"an organization of its own", start + "_dmarc.mail TXT \"v=DMARC1; p=none; psd=n\"\n_dmarc TXT \"v=DMARC1; p=reject\"\n", 0},
		{"a policy that is not valid, of which another rule speaks", start + "_dmarc.mail TXT \"v=DMARC1; p=no; rua=mailto:a@example.com\"\n_dmarc TXT \"v=DMARC1; p=reject\"\n", 0},
		{"none above", start + "_dmarc.mail TXT \"v=DMARC1; p=none\"\n", 0},
		{"several above", none("p=reject") + "_dmarc TXT \"v=DMARC1; p=none\"\n", 0},
		{"no answer above", start + "_dmarc.mail TXT \"v=DMARC1; p=none\"\n;! TIMEOUT _dmarc.example.com. TXT\n", 0},
		{"the record of the organization", start + "_dmarc TXT \"v=DMARC1; p=none; sp=reject\"\n", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := lint.Run([]rule{weakerThanParent}, inspect(t, tt.zone, "mail.example.com", Options{})); len(got) != tt.want {
				t.Errorf("%+v", got)
			}
		})
	}
}
