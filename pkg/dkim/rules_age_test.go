package dkim

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

func TestDateIn(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ in, want string }{
		{"20240315", "2024-03-16"},
		{"s20240315", "2024-03-16"},
		{"key-20240229", "2024-03-01"},
		{"202412", "2025-01-01"},
		{"mail_202401", "2024-02-01"},
		{"2024-03", "2024-04-01"},
		{"S2024-03-31", "2024-04-01"},
		{"2024a", "2025-01-01"},
		{"s2024b", "2025-01-01"},
		{"made 2024-12-31", "2025-01-01"},
		{"2026z", "2027-01-01"},
		{"20000101", "2000-01-02"},
		{in: "2024"}, {in: "s2024"}, {in: "dkim1024"}, {in: "rsa2048a"}, {in: "2027a"}, {in: "19991231"},
		{in: "20230229"}, {in: "20241301"}, {in: "20240100"}, {in: "20240132"}, {in: "202400"}, {in: "2024-3"}, {in: "2024-0315"}, {in: "202403-15"},
		{in: "20240315x"}, {in: "2024-03a"}, {in: "2024ab"}, {in: "2024A"}, {in: "1-20240315"}, {in: "k1x20240315"}, {in: "20240315.mail"}, {in: "202403151"},
		{in: "selector1"}, {in: "*"}, {in: ""},
	} {
		got := ""
		if end, ok := dateIn(tt.in, at); ok {
			got = end.Format(time.DateOnly)
		}
		if got != tt.want {
			t.Errorf("%q is over on %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestKeyOld states whose age is judged, and from when on a key is old.
func TestKeyOld(t *testing.T) {
	t.Parallel()
	const key, at = "; k=ed25519; p=" + exampleEd25519, "2026-11-21T12:00:00Z"
	for _, tt := range []struct{ name, selector, zone, at, want string }{
		{"a year and a day", "s20251120", `TXT "v=DKIM1` + key + `"`, at, "the selector s20251120 names a date more than twelve months ago"},
		{"not yet a year", "s20251121", `TXT "v=DKIM1` + key + `"`, at, ""},
		{"a month that began a year ago", "s202511", `TXT "v=DKIM1` + key + `"`, at, ""},
		{"a year that was not over a year ago", "2025a", `TXT "v=DKIM1` + key + `"`, at, ""},
		{"the year before", "2024a", `TXT "v=DKIM1` + key + `"`, at, "the selector 2024a names a date more than twelve months ago"},
		{"another moment", "2024a", `TXT "v=DKIM1` + key + `"`, "2025-12-31T23:59:59Z", ""},
		{"notes", "s1", `TXT "v=DKIM1; n=made 2023-04-01` + key + `"`, at, "n=made 2023-04-01 names a date more than twelve months ago"},
		{"notes newer than the selector", "s2019a", `TXT "v=DKIM1; n=2026-10-01` + key + `"`, at, ""},
		{"selector newer than the notes", "s2026a", `TXT "v=DKIM1; n=2019-10-01` + key + `"`, at, ""},
		{"of somebody else", "s2019a", "CNAME k.example.net.\nk.example.net. TXT \"v=DKIM1" + key + `"`, at, ""},
		{"that of a provider", "20230601", `TXT "v=DKIM1` + key + `"`, at, ""},
		{"revoked", "s2019a", `TXT "v=DKIM1; p="`, at, ""},
		{"no answer", "s2019a", "A 192.0.2.1\n;! TIMEOUT s2019a._domainkey.example.com. TXT", at, ""},
		{"no moment", "s2019a", `TXT "v=DKIM1` + key + `"`, "0001-01-01T00:00:00Z", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+tt.selector+"._domainkey "+tt.zone+"\n")
			if err != nil {
				t.Fatal(err)
			}
			moment, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			f := Inspect(t.Context(), zone, "example.com", Options{Selectors: []string{tt.selector}, At: moment})
			got := ""
			for _, found := range lint.Run(ageRules(), f) {
				got += found.Message
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
