package dmarc

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// TestBelow wants policies for the names below a record judged only where they are in
// force: in the record of an Organizational Domain (RFC 9989, Section 4.7).
func TestBelow(t *testing.T) {
	t.Parallel()
	const (
		start = ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"
		own   = "_dmarc.mail TXT \"v=DMARC1; p=reject; sp=none\"\n"
		above = "_dmarc TXT \"v=DMARC1; p=reject\"\n"
	)
	about := []string{"dmarc-sp-weaker", "dmarc-np-weaker", "dmarc-np-missing"}
	for _, tt := range []struct {
		name, zone string
		o          Options
		want       []string
	}{
		{"the top of what has records", start + own, Options{}, []string{"dmarc-sp-weaker", "dmarc-np-missing"}},
		{"below the organization", start + own + above, Options{}, nil},
		{"below the organization, np", start + "_dmarc.mail TXT \"v=DMARC1; p=reject; np=none\"\n" + above, Options{}, nil},
		{"organization not known", start + own + ";! TIMEOUT _dmarc.example.com. TXT\n", Options{}, nil},
		{"organization by psd=n", start + "_dmarc.mail TXT \"v=DMARC1; p=reject; sp=none; psd=n\"\n" + above, Options{}, []string{"dmarc-sp-weaker", "dmarc-np-missing"}},
		{"inherited", start + "_dmarc TXT \"v=DMARC1; p=reject; np=none\"\n", Options{}, []string{"dmarc-np-weaker"}},
		{"below the organization of the list", start + own, Options{Standard: RFC7489}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, found := range lint.Run(RecordRules(), inspect(t, tt.zone, "mail.example.com", tt.o)) {
				if slices.Contains(about, found.RuleID) {
					got = append(got, found.RuleID)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAuthorizedNames states when it is told for which name a destination agrees.
func TestAuthorizedNames(t *testing.T) {
	t.Parallel()
	const (
		start = ";! AUTHORITATIVE .\n$ORIGIN example.com.\nmail A 192.0.2.1\n"
		above = "_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:a@example.com,mailto:b@example.net\"\n"
		named = "the record of example.com serves mail.example.com, and example.net is asked for its consent at example.com._report._dmarc.example.net"
	)
	for _, tt := range []struct{ name, zone, want string }{
		{"inherited", start + above, named},
		{"inherited, and they agree", start + above + "example.com._report._dmarc.example.net. TXT \"v=DMARC1\"\n", named},
		{"inherited, and they agree for everybody", start + above + "*._report._dmarc.example.net. TXT \"v=DMARC1\"\n", ""},
		{"own record", start + "_dmarc.mail TXT \"v=DMARC1; p=reject; rua=mailto:b@example.net\"\n", ""},
		{"an address of one's own", start + "_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:a@mail.example.com\"\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, found := range lint.Run([]rule{authorizedNames}, inspect(t, tt.zone, "mail.example.com", Options{})) {
				got += found.Message
			}
			if got != tt.want {
				t.Errorf("%q", got)
			}
		})
	}
}
