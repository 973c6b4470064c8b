package score_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/score"
)

// outcomes returns the checklist as one line a requirement.
func outcomes(s *report.Score) map[string]report.Outcome {
	list := map[string]report.Outcome{}
	for _, r := range s.Requirements {
		list[r.ID] = r.Outcome
	}
	return list
}

type checklist = map[string]report.Outcome

// tinyKey is of 768 bits.
const tinyKey = "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAM/RjuOaNQMBDZuaZ0LK8Bdbjic+kbGkTRS0WRpZuNWAD3GAE+9knJ9U+jF88eyenCYo9qfKsPQGkm+UIFJKs4c39zxPV6L6j5CWyj9nUzISkif0LuLHxmEjIgT+uJm/FQIDAQAB"

// TestDomainRequirements compares the checklists of providers with what was worked out
// by hand.
func TestDomainRequirements(t *testing.T) {
	t.Parallel()
	const pass, fail, unknown, untestable = report.Met, report.Failed, report.Undecided, report.NotTestable
	for _, tt := range []struct {
		name    string
		profile score.Profile
		edits   []edit
		want    checklist
	}{
		{"good", score.Google, nil, checklist{"G1": pass, "G2": pass, "G3": untestable, "G4": untestable, "G5": unknown, "G6": pass,
			"G7": untestable, "G8": pass, "G9": unknown, "G10": unknown, "G11": pass}},
		{"policy none is enough", score.Google, without["dmarc-policy"], checklist{"G1": pass, "G2": pass, "G3": untestable, "G4": untestable, "G5": unknown, "G6": pass,
			"G7": untestable, "G8": pass, "G9": unknown, "G10": unknown, "G11": pass}},
		{"no reverse name, no DMARC", score.Google, []edit{{"25.24-31 IN PTR\tmail.example.com.", ""}, {"_dmarc\tIN", "other\tIN"}}, checklist{"G1": pass, "G2": fail, "G3": untestable,
			"G4": untestable, "G5": unknown, "G6": pass, "G7": untestable, "G8": fail, "G9": unknown, "G10": unknown, "G11": pass}},
		{"key of 1024 bits", score.Google, without["dkim-strength"], checklist{"G1": pass, "G2": pass, "G3": untestable, "G4": untestable, "G5": unknown, "G6": pass,
			"G7": untestable, "G8": pass, "G9": unknown, "G10": unknown, "G11": pass}},
		{"key of 768 bits", score.Google, []edit{{"s2026a._domainkey\tIN TXT\t( \"v=DKIM1; k=rsa; p=\"", "s2026a._domainkey IN TXT \"v=DKIM1; k=rsa; p=" + tinyKey + "\"\nold IN TXT ( \"\""}}, checklist{"G1": unknown, "G2": pass, "G3": untestable, "G4": untestable,
			"G5": unknown, "G6": pass, "G7": untestable, "G8": pass, "G9": unknown, "G10": unknown, "G11": fail}},
		{"good", score.Yahoo, nil, checklist{"Y1": pass, "Y1b": unknown, "Y2": unknown, "Y3": unknown, "Y4": untestable}},
		{"broken SPF", score.Yahoo, without["spf-record"], checklist{"Y1": pass, "Y1b": unknown, "Y2": fail, "Y3": unknown, "Y4": untestable}},
		{"good", score.Microsoft, nil, checklist{"M1": unknown, "M3": pass}},
		{"one of two keys is broken", score.Microsoft, without["dkim-key"], checklist{"M1": unknown, "M3": pass}},
		{"no usable key", score.Microsoft, append([]edit{{"k=rsa;", "k=rsa; h=sha1;"}}, without["dkim-key"]...), checklist{"M1": fail, "M3": pass}},
		{"DMARC record with a fault that receivers pass over", score.Yahoo, []edit{{"p=reject; rua", "p=reject; psd=maybe; rua"}}, checklist{"Y1": pass, "Y1b": unknown, "Y2": unknown, "Y3": unknown, "Y4": untestable}},
		{"DMARC record of no use", score.Yahoo, []edit{{"p=reject; rua=mailto:dmarc@example.com", "p=never"}}, checklist{"Y1": pass, "Y1b": unknown, "Y2": fail, "Y3": unknown, "Y4": untestable}},
		{"null MX", score.Microsoft, []edit{{"\tIN MX\t10 mx1\n\tIN MX\t20 mx2", "\tIN MX\t0 ."}}, checklist{"M1": unknown, "M3": fail}},
		{"mail has nowhere to go", score.Microsoft, without["mx"], checklist{"M1": unknown, "M3": fail}},
	} {
		t.Run(string(tt.profile)+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			q := good()
			q.Profile = tt.profile
			s := scored(t, zones(t, "example.com", tt.edits...), q).Score
			if diff := cmp.Diff(tt.want, outcomes(s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestMessageRequirements does the same with messages.
func TestMessageRequirements(t *testing.T) {
	t.Parallel()
	const pass, fail, untestable = report.Met, report.Failed, report.NotTestable
	google := func(changes checklist) checklist {
		list := checklist{"G1": pass, "G2": pass, "G3": untestable, "G4": untestable, "G5": pass, "G6": pass,
			"G7": untestable, "G8": pass, "G9": pass, "G10": pass, "G11": pass}
		for id, outcome := range changes {
			list[id] = outcome
		}
		return list
	}
	for _, tt := range []struct {
		name    string
		profile score.Profile
		s       sending
		want    checklist
	}{
		{"good", score.Google, sending{}, google(nil)},
		{"only SPF", score.Google, withoutMail["dkim-pass"], google(checklist{"G1": fail, "G10": fail})},
		{"only DKIM", score.Google, withoutMail["spf-pass"], google(checklist{"G1": fail})},
		{"unaligned service", score.Google, withoutMail["dmarc-pass"], google(checklist{"G9": fail})},
		{"key of 1024 bits", score.Google, sending{key: dkim.KeyOptions{Domain: "example.com", Selector: "w", Type: dkim.RSA, Bits: 1024, Weak: true}}, google(nil)},
		{"unsubscribe without https", score.Google, sending{before: []edit{{"https://example.com/leave", "http://example.com/leave"}}}, google(checklist{"G10": fail})},
		{"unsubscribe by mail alone", score.Google, sending{before: []edit{{", <https://example.com/leave/Zm9v>", ""}}}, google(checklist{"G10": fail})},
		{"unsubscribe by one click of another kind", score.Google, sending{before: []edit{{"=One-Click", "=One-Click, x=y"}}}, google(checklist{"G10": fail})},
		{"unsubscribe field not signed", score.Google, sending{sign: dkim.SignOptions{Fields: []string{"From", "Subject", "Date", "To", "Message-ID", "MIME-Version", "Content-Type", "List-Unsubscribe"}}},
			google(checklist{"G10": fail})},
		{"no Date", score.Google, sending{before: []edit{{"Date: Sat, 21 Nov 2026 17:00:00 +0000\n", ""}}}, google(checklist{"G5": fail})},
		{"good", score.Yahoo, sending{}, checklist{"Y1": pass, "Y1b": pass, "Y2": pass, "Y3": pass, "Y4": untestable}},
		{"two Subject fields", score.Yahoo, sending{before: []edit{{"To: bob", "Subject: More\nTo: bob"}}}, checklist{"Y1": pass, "Y1b": fail, "Y2": pass, "Y3": pass, "Y4": untestable}},
		{"unaligned service", score.Yahoo, withoutMail["dmarc-pass"], checklist{"Y1": pass, "Y1b": pass, "Y2": fail, "Y3": pass, "Y4": untestable}},
		{"good", score.Microsoft, sending{}, checklist{"M1": pass, "M3": pass}},
		{"only DKIM", score.Microsoft, withoutMail["spf-pass"], checklist{"M1": fail, "M3": pass}},
	} {
		t.Run(string(tt.profile)+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			tt.s.profile = tt.profile
			if diff := cmp.Diff(tt.want, outcomes(tt.s.sent(t).Score)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Nobody else may write as somebody at Gmail.
func TestGmail(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]report.Outcome{"gmail.com": report.Failed, "googlemail.com": report.Failed, "mail.example": report.Met} {
		q := check.ScoreRequest{Profile: score.Google}
		q.Domain.Domain = domain
		if got := outcomes(scored(t, ";! AUTHORITATIVE .\n"+domain+". TXT \"v=spf1 -all\"\n", q).Score)["G6"]; got != want {
			t.Errorf("%s: %s, want %s", domain, got, want)
		}
	}
}

// A domain that sends no mail is not judged by what is wrong with messages.
func TestTableWithoutMessages(t *testing.T) {
	t.Parallel()
	for _, profile := range score.Profiles() {
		forged := slices.ContainsFunc(score.Table(profile), func(w report.Weight) bool { return w.Row == "cap-forged" })
		if forged != (profile != score.Parked && profile != score.NoSend) {
			t.Errorf("%s: cap-forged in the table: %v", profile, forged)
		}
	}
}
