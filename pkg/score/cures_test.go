package score_test

import (
	"testing"

	"github.com/authcheck/authcheck/pkg/check"
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
