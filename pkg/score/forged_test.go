package score_test

import (
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/report"
)

// A message that no signature proves scores badly even where nobody said who handed it
// over, and is called not proved; signing it, or an envelope with which SPF passes, helps.
func TestUnproved(t *testing.T) {
	t.Parallel()
	unsigned := []edit{{"DKIM-Signature:", "X-Signature:"}}
	for _, tt := range []struct {
		name     string
		s        sending
		envelope bool
		value    report.Points
		warned   bool
	}{
		{"unsigned", sending{after: unsigned}, false, 50, true},
		{"signed by another", sending{key: withoutMail["dmarc-pass"].key}, false, 50, true},
		{"signed by another, SPF aligned", sending{key: withoutMail["dmarc-pass"].key}, true, 100, false},
		{"signed", sending{}, false, 100, false},
		{"forged", withoutMail["dmarc-pass"], true, 30, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, q := tt.s.request(t)
			if !tt.envelope {
				q.Mail.Envelope = report.Envelope{}
				q.Domain.Senders, q.Domain.HELO = nil, ""
			}
			s := scored(t, zone, q).Score
			if s.Value != tt.value || (s.Warning != "") != tt.warned {
				t.Errorf("%s, %q; want %s, warned: %t; lost %v", s.Value, s.Warning, tt.value, tt.warned, lostRows(s))
			}
			if n := len(s.Cures); n > 0 && s.Cures[n-1].Score != report.MaxPoints {
				t.Errorf("all cures lead to %s", s.Cures[n-1].Score)
			}
		})
	}
}

// Where neither SPF nor DKIM knows the client, the cure says so before it tells how to
// authorize it, and is no record for copying.
func TestForgerIsNotAuthorized(t *testing.T) {
	t.Parallel()
	s := sending{after: []edit{{"DKIM-Signature:", "X-Signature:"}}, sender: "anna@example.com", zone: []edit{{" ip4:192.0.2.25", ""}}}.sent(t).Score
	told := false
	for _, cure := range s.Cures {
		if cure.Rule == "spf-result-fail" {
			told = true
			if !strings.HasPrefix(cure.Fix, "The message is forged, unless this host is yours") || cure.Place != "" || cure.Change != nil {
				t.Errorf("cure: %+v", cure)
			}
		}
	}
	if !told {
		t.Errorf("no cure is about SPF; lost %v", lostRows(s))
	}
}
