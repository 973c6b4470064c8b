package score_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/score"
)

// small is a domain with little to judge besides its DMARC record and its DKIM key.
const small = `;! AUTHORITATIVE .
t.test. A 192.0.2.1
t.test. AAAA 2001:db8::1
t.test. MX 0 mx.t.test.
mx.t.test. A 192.0.2.2
mx.t.test. AAAA 2001:db8::2
t.test. TXT "v=spf1 mx -all"
s._domainkey.t.test. TXT "v=DKIM1; k=ed25519; p=WCBGB7S/C4J/x8Ud+h20HDehCew83maMOgRAccL2gvM="
_dmarc.t.test. TXT "v=DMARC1; p=reject; rua=mailto:a@t.test"
`

// little is what is known of that domain.
func little() check.ScoreRequest {
	var q check.ScoreRequest
	q.Domain.Target = check.Target{Domain: "t.test", Selectors: []string{"s"}}
	return q
}

// Two findings in one row, of which one has a corrected record and the other an advice:
// what is for copying is the record and nothing else.
func TestRecordStandsAlone(t *testing.T) {
	t.Parallel()
	s := scored(t, edited(t, small, edit{"rua=mailto:a@t.test", "rua=a@t.test"}), little()).Score
	const fix, place = "v=DMARC1; p=reject; rua=mailto:a@t.test", "TXT _dmarc.t.test"
	if len(s.Cures) != 1 || s.Cures[0].Fix != fix || s.Cures[0].Place != place {
		t.Errorf("cures: %+v", s.Cures)
	}
	for _, loss := range s.Lost {
		if loss.Fix != fix || loss.Place != place {
			t.Errorf("%s: publish %q as %q", loss.Row, loss.Fix, loss.Place)
		}
	}
}

// Each text that a cure offers is published: the domain gets the score that was
// promised, and the cures that follow are those that it then needs.
func TestPromises(t *testing.T) {
	t.Parallel()
	const key = `"v=DKIM1; k=ed25519; p=WCBGB7S/C4J/x8Ud+h20HDehCew83maMOgRAccL2gvM="`
	for _, tt := range []struct {
		name   string
		change edit
		want   []report.Points // of the cures
	}{
		{"version in small letters", edit{"v=DMARC1", "v=dmarc1"}, []report.Points{100}},
		{"comma for a semicolon", edit{"reject; rua", "reject, rua"}, []report.Points{100}},
		{"key with two faults, of which one hides the other", edit{key, `"v=DKIM1; h=sha1; k=rsa, p=` + strongRSA + `"`}, []report.Points{84, 100}}, // dkim-key is worth 1.6
		{"no policy", edit{"p=reject; ", "p=none; "}, []report.Points{100}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []report.Points
			for _, cure := range scored(t, edited(t, small, tt.change), little()).Score.Cures {
				got = append(got, cure.Score)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// strongRSA is a key of 2048 bits, in two strings.
const strongRSA = `MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0h4BsZhm/OqeRb6fTvN6INw9GHGzM0iqeyVmqW2s/XsFoT3WKMcSahJgtAmTdbWa8Ad92VM+U7wFw3lLMlGksmBViqk4MkE8DFxXrfR2VQ" ` +
	`"EA0g3UNUOfWEtVlVUmFsIkdNWLHcmxzGfC0KowJLtbFRKAupRTQg43H0c0nKbbBiEBSs8A92gcIG0hfvvXhstaI6tQ9/pu3qQBNmTJUCBwHS1ddj8uyrqUvpRJEnOQ8HrHzxXwTjWjzgGNRM7Tvwt121wy7yKgo9DreByauh4E4iBL1F8wsRunZ48I70c1Lg4hW8jXqkQWdtJVDMfaIxcouK4B+hw8PP6ZZc2+px3+EQIDAQAB`

// A domain that is said to be parked and authorizes its mail host loses the points of
// the row, 1.0: of the 52 tenths that the profile leaves the row has 5, which is 9.6 of
// 100, rounded up. It gets them back with a record that lists nobody.
func TestParkedAuthorizes(t *testing.T) {
	t.Parallel()
	q := little()
	q.Profile = score.Parked
	listed := scored(t, small, q).Score
	nobody := scored(t, edited(t, small, edit{"v=spf1 mx -all", "v=spf1 -all"}), q).Score
	if !slices.Contains(lostRows(listed), "spf-ending") || slices.Contains(lostRows(nobody), "spf-ending") || nobody.Value-listed.Value != 10 {
		t.Errorf("lost %v, %s points; with nobody in the record %v, %s", lostRows(listed), listed.Value, lostRows(nobody), nobody.Value)
	}
	if cure := listed.Cures[0]; cure.Fix != "v=spf1 -all" || cure.Score != nobody.Value {
		t.Errorf("cure: %+v", cure)
	}
}
