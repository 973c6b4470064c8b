package score_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/score"
)

// TestFaults makes one fault in the well-run domain: what it costs was worked out by hand.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		edits []edit
		want  string // rows, caps among them
	}{
		{"network of all addresses", []edit{{"ip4:192.0.2.25", "ip4:192.0.2.25/0"}}, "spf-ending cap-all-pass"},
		{"included record of all addresses", []edit{{" -all\" )", " include:all.example -all\" )"}, {"", "all.example. TXT \"v=spf1 +all\""}}, "spf-ending cap-all-pass"},
		{"record without an end", []edit{{" -all\" )", "\" )"}}, "spf-ending"},
		{"mx of eleven names", []edit{{" -all\" )", " mx:many.example -all\" )"}, {"", manyHosts}}, "spf-limits cap-permerror"},
		{"address without MX record", []edit{{"\tIN MX\t10 mx1\n\tIN MX\t20 mx2\n", ""}, {"v=spf1 mx", "v=spf1"}}, "mx"},
		{"names that do not exist", []edit{{"p=reject; rua", "p=reject; np=none; rua"}}, "dmarc-names-below"},
		{"reject in test mode is quarantine", []edit{{"p=reject; rua", "p=reject; t=y; rua"}}, ""},
		{"quarantine in test mode is none", []edit{{"p=reject; rua", "p=quarantine; t=y; rua"}}, "dmarc-policy"},
		{"reports to nobody", []edit{{"rua=mailto:dmarc@example.com", "rua="}}, "dmarc-record dmarc-reports"},
		{"key of 768 bits", []edit{{"s2026a._domainkey\tIN TXT\t( \"v=DKIM1; k=rsa; p=\"", "s2026a._domainkey IN TXT \"v=DKIM1; k=rsa; p=" + tinyKey + "\"\nold IN TXT ( \"\""}}, "dkim-key dkim-strength"},
		{"no reverse name", []edit{{"25.24-31 IN PTR\tmail.example.com.", ""}}, "ptr ptr-own"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := scored(t, zones(t, "example.com", tt.edits...), good()).Score
			got := lostRows(s)
			for _, c := range s.Caps {
				got = append(got, c.Row)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("lost (-want +got):\n%s", diff)
			}
		})
	}
}

// manyHosts are eleven mail hosts (RFC 7208, Section 4.6.4 allows ten).
var manyHosts = func() string {
	var b strings.Builder
	for _, host := range strings.Split("abcdefghijk", "") {
		b.WriteString("many.example. MX 10 " + host + ".many.example.\n" + host + ".many.example. A 192.0.2.77\n")
	}
	return b.String()
}()

// TestGreetings judges what the sending host says.
func TestGreetings(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"[192.0.2.25]": "helo", "192-0-2-25.dynamic.example.com": "helo", "mail": "helo", "mail.example.com": ""} {
		q := good()
		q.Domain.HELO = name
		s := scored(t, zones(t, "example.com", edit{"", "192-0-2-25.dynamic.example.com. A 192.0.2.25\n192-0-2-25.dynamic.example.com. AAAA 2001:db8:10:25::25"}), q).Score
		if got := strings.Join(lostRows(s), " "); got != want {
			t.Errorf("%s: lost %q, want %q", name, got, want)
		}
	}
}

// A record that ends in permerror says of no host whether it may send.
func TestBrokenRecordSaysNothing(t *testing.T) {
	t.Parallel()
	s := scored(t, zones(t, "example.com", without["spf-record"]...), good()).Score
	if want := report.MaxPoints - 4; s.Applicable != want || s.Judged != want { // spf-sender is worth 0.4
		t.Errorf("%s points judged of %s, want %s", s.Judged, s.Applicable, want)
	}
}

// TestLetters makes one fault in the letter.
func TestLetters(t *testing.T) {
	t.Parallel()
	const end = "Here they are."
	tests := map[string]struct {
		s    sending
		want string
	}{
		"bare CR":                   {sending{after: []edit{{end, "Here\rthey are."}}}, "form"},
		"NUL":                       {sending{before: []edit{{end, "Here\x00they are."}}}, "form"},
		"line that is no field":     {sending{after: []edit{{"To: bob", "No field\r\nTo: bob"}}}, "form"},
		"no end of the header":      {sending{after: []edit{{"One-Click\r\n\r\nHere they are.\r\n", "One-Click\r\n"}}}, "form"},
		"part of the body":          {sending{after: []edit{{" v=1;", " v=1; l=0;"}}}, "dkim-sig-coverage"},
		"two addresses for one":     {sending{before: []edit{{"<https://example.com/leave/Zm9v>", "<https://example.com/leave/Zm9v>, <https://example.com/other>"}}}, "unsubscribe"},
		"two fields to unsubscribe": {sending{before: []edit{{"List-Unsubscribe-Post:", "List-Unsubscribe: <https://example.com/other>\nList-Unsubscribe-Post:"}}}, "unsubscribe"},
		"two fields of one click":   {sending{before: []edit{{"List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", strings.Repeat("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", 2)}}}, "unsubscribe"},
	}
	// RFC 5322, Section 3.6: these may stand once.
	for _, field := range []string{"Sender: a@example.com", "Reply-To: a@example.com", "Cc: a@example.com", "Bcc: a@example.com", "In-Reply-To: <1@example.com>", "References: <1@example.com>"} {
		tests["two: "+field] = struct {
			s    sending
			want string
		}{sending{before: []edit{{"To: bob", field + "\n" + field + "\nTo: bob"}}}, "fields"}
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.s.profile = score.Google
			if rows := lostRows(tt.s.sent(t).Score); !slices.Contains(rows, tt.want) {
				t.Errorf("lost %v, %s not", rows, tt.want)
			}
		})
	}
}

// TestRequirementDates compares the dates and the certainty of the wordings with those
// that were written down when they were read.
func TestRequirementDates(t *testing.T) {
	t.Parallel()
	want := map[score.Profile]string{
		score.Google: "G1 quoted 2024-02, G2 quoted 2024-02, G3 quoted 2023-12, G4 quoted 2024-02, G5 quoted 2024-02, G6 quoted 2024-02, " +
			"G7 secondary 2024-02, G8 quoted 2024-02, G9 quoted 2024-02, G10 secondary 2024-06, G11 secondary 2024-02",
		score.Yahoo:     "Y1 secondary 2024-02, Y1b secondary 2024-02, Y2 secondary 2024-02, Y3 secondary 2024-06, Y4 secondary 2024-02",
		score.Microsoft: "M1 quoted 2025-05, M3 secondary 2025-05",
	}
	for profile, list := range want {
		q := good()
		q.Profile = profile
		var got []string
		for _, r := range scored(t, zones(t, "example.com"), q).Score.Requirements {
			got = append(got, r.ID+" "+r.Certainty+" "+r.Dated)
		}
		if diff := cmp.Diff(list, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", profile, diff)
		}
	}
}
