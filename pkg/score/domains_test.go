package score_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/score"
)

// TestUnknown takes the answers to one type of question away: what is left is judged.
func TestUnknown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		silence string
		value   report.Points
		judged  report.Points
		open    []string
	}{
		{"SPF", ";! TIMEOUT example.com. TXT", 100, 76, []string{"spf-record", "spf-ending", "spf-limits", "spf-sender", "dns"}},
		{"DMARC", ";! SERVFAIL _dmarc.example.com. TXT", 100, 68, []string{"dmarc-record", "dmarc-policy", "dmarc-reports", "dmarc-names-below", "dns"}},
		{"MX", ";! SERVFAIL example.com. MX", 100, 69, []string{"spf-record", "spf-limits", "spf-sender", "dmarc-reports", "mx", "mx-hosts", "dns"}},
		{"DKIM key", ";! TIMEOUT s2026a._domainkey.example.com. TXT", 100, 76, []string{"dkim-key", "dkim-strength", "dkim-in-force", "dns"}},
		{"PTR", ";! TIMEOUT 25.2.0.192.in-addr.arpa. PTR", 100, 88, []string{"ptr", "ptr-own", "dns"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := good()
			zone, err := lookup.ParseZone("test.zone", zones(t, "example.com"))
			if err != nil {
				t.Fatal(err)
			}
			silent, err := lookup.ParseZone("silent.zone", tt.silence)
			if err != nil {
				t.Fatal(err)
			}
			r := check.Score(context.Background(), lookup.NewCache(lookup.NewOverlay(silent, zone), 0), q, check.Options{})
			var open []string
			for _, row := range r.Score.Open {
				open = append(open, row.Row)
			}
			if diff := cmp.Diff(tt.open, open); diff != "" {
				t.Errorf("not judged (-want +got):\n%s", diff)
			}
			if r.Score.Value != tt.value || r.Score.Judged != tt.judged || len(r.Unknown) == 0 {
				t.Errorf("%s points of %s judged, want %s of %s; unknown: %v", r.Score.Value, r.Score.Judged, tt.value, tt.judged, r.Unknown)
			}
		})
	}
}

// TestExpectedSender charges for a host of which the owner says that it sends, and that
// the record does not let pass.
func TestExpectedSender(t *testing.T) {
	t.Parallel()
	zone, err := lookup.ParseZone("test.zone", zones(t, "example.com"))
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]report.Points{"192.0.2.25": 100, "203.0.113.77": 96} { // the row is worth 0.4
		q := good()
		q.Domain.Passing = []netip.Addr{netip.MustParseAddr(address)}
		r := check.Score(context.Background(), zone, q, check.Options{})
		if r.Score.Value != want || want < 100 && (len(r.Score.Lost) != 1 || r.Score.Lost[0].Row != "spf-sender") {
			t.Errorf("%s: %s, want %s; lost %+v", address, r.Score.Value, want, r.Score.Lost)
		}
	}
}

// TestDomains scores domains that are not what most are.
func TestDomains(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, zone, profile string
		sender              string
		want                string // "8.5 as mail: row row" or the refusal
	}{
		{"does not exist", "", "", "", "refused: example.org does not exist"},
		{"nobody answers", ";! TIMEOUT example.org. *\n;! TIMEOUT _dmarc.example.org. *\n;! TIMEOUT _domainkey.example.org. *\n;! TIMEOUT _dmarc.org. *\n;! TIMEOUT s1._domainkey.example.org. *", "", "", "refused: nothing could be judged"},
		{"parked", "@ MX 0 .\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"", "", "", "10.0 as parked:"},
		{"parked with a mail host", "@ MX 10 mail\nmail A 192.0.2.1\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"", "parked", "", "8.9 as parked: mx"},
		{"parked with quarantine", "@ MX 0 .\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=quarantine\"", "", "", "8.1 as parked: dmarc-policy"},
		{"only receives, and a client was named", "@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\"", "no-send", "192.0.2.9", "10.0 as no-send:"},
		{"parked without a word", "@ MX 0 .", "", "", "1.5 as parked: spf-record spf-ending spf-limits dmarc-record dmarc-policy dmarc-names-below"},
		{"only receives", "@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\"", "no-send", "", "10.0 as no-send:"},
		{"only receives, as its records say", "@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\"", "", "", "10.0 as no-send:"},
		{"no senders but a key", "@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\"\ns1._domainkey TXT " + strongKey, "", "", "10.0 as mail:"},
		{"only sends, as its records say", "@ MX 0 .\n@ TXT \"v=spf1 redirect=_spf.example.org\"\n_spf TXT \"v=spf1 ip4:192.0.2.1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@in.example.org\"\nin MX 10 mail\nmail A 192.0.2.1\ns1._domainkey TXT " + strongKey, "", "", "9.4 as mail: mx"},
		{"parked, and said to have mail", "@ MX 0 .\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@in.example.org\"\nin MX 10 mail\nmail A 192.0.2.1\ns1._domainkey TXT " + strongKey, "mail", "", "9.4 as mail: mx"},
		{"keys that were given up", "@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n@ TXT \"v=spf1 mx -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\"\ndefault._domainkey TXT \"v=DKIM1; p=\"\n" +
			"x2026._domainkey TXT " + strongKey, "", "", "10.0 as mail:"},
		{"policy that is none", "@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n@ TXT \"v=spf1 mx -all\"\n_dmarc TXT \"v=DMARC1; p=never\"\ns1._domainkey TXT " + strongKey, "", "", "5.0 as mail: dmarc-record dmarc-policy dmarc-reports"},
		{"no policy", "@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n@ TXT \"v=spf1 mx -all\"\n_dmarc TXT \"v=DMARC1; aspf=s\"\ns1._domainkey TXT " + strongKey, "", "", "5.0 as mail: dmarc-record dmarc-policy dmarc-reports"},
		{"policy that is none, with reports", "@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n@ TXT \"v=spf1 mx -all\"\n_dmarc TXT \"v=DMARC1; p=never; rua=mailto:d@example.org\"\ns1._domainkey TXT " + strongKey, "", "", "7.6 as mail: dmarc-record dmarc-policy"},
		{"only sends", "@ MX 0 .\n@ TXT \"v=spf1 ip4:192.0.2.1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.com\"\ns1._domainkey TXT " + strongKey +
			"\n_report._dmarc.example.com. TXT v=DMARC1\nexample.org._report._dmarc.example.com. TXT \"v=DMARC1\"\nexample.com. MX 10 mail\n1.2.0.192.in-addr.arpa. PTR mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1", "", "192.0.2.1", "9.4 as mail: mx"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var q check.ScoreRequest
			q.Profile = score.Profile(tt.profile)
			q.Domain.Target = check.Target{Domain: "example.org"}
			if tt.sender != "" {
				q.Domain.Senders = []netip.Addr{netip.MustParseAddr(tt.sender)}
			}
			s := scored(t, ";! AUTHORITATIVE .\n$ORIGIN example.org.\n"+tt.zone+"\n", q).Score
			got := "refused: " + s.Refused
			if s.Refused == "" {
				got = s.Value.String() + " as " + s.Profile + ":"
				if rows := lostRows(s); len(rows) > 0 {
					got += " " + strings.Join(rows, " ")
				}
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A parked domain has one record to publish for DMARC, and that is the one that rejects.
func TestParkedCures(t *testing.T) {
	t.Parallel()
	var q check.ScoreRequest
	q.Domain.Domain = "example.org"
	s := scored(t, ";! AUTHORITATIVE .\n$ORIGIN example.org.\n@ MX 0 .\n", q).Score
	var got []string
	for _, c := range s.Cures {
		got = append(got, c.Place+" "+c.Fix+" -> "+c.Score.String())
	}
	// Of ten points SPF has 3.5 and DMARC 5.0: score --weights --profile parked.
	if diff := cmp.Diff([]string{"TXT _dmarc.example.org v=DMARC1; p=reject -> 6.5", "TXT example.org v=spf1 -all -> 10.0"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// mute is a resolver that does not answer one question, and notes all.
type mute struct {
	lookup.Resolver
	question string
	mu       sync.Mutex
	asked    []string
}

func (m *mute) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	question := fmt.Sprint(typ, " ", name)
	m.mu.Lock()
	m.asked = append(m.asked, question)
	m.mu.Unlock()
	if question == m.question {
		return lookup.Answer{}, &lookup.Error{Question: lookup.Question{Name: name, Type: typ}, Reason: lookup.ErrTimeout}
	}
	return m.Resolver.Query(ctx, name, typ)
}

// TestSilence takes the answer to each question away, one after the other: nothing is
// lost that was not lost before, and confidence sinks wherever points come back.
func TestSilence(t *testing.T) {
	t.Parallel()
	type asking struct {
		zone string
		q    check.ScoreRequest
	}
	cases := map[string]asking{"example.com": {zones(t, "example.com"), good()}, "example.net": {zones(t, "example.net"), bad()}}
	for name, s := range map[string]sending{"letter": {}, "letter of a service": withoutMail["dmarc-pass"], "broken letter": withoutMail["dkim-pass"], "letter from elsewhere": withoutMail["spf-pass"]} {
		zone, q := s.request(t)
		cases[name] = asking{zone, q}
	}
	for name, c := range cases {
		zone, err := lookup.ParseZone("test.zone", c.zone)
		if err != nil {
			t.Fatal(err)
		}
		ask := func(question string) (*report.Report, []string) {
			m := &mute{Resolver: zone, question: question}
			return check.Score(context.Background(), lookup.NewCache(m, 0), c.q, check.Options{}), m.asked
		}
		full, asked := ask("")
		for _, question := range asked {
			r, _ := ask(question)
			s := r.Score
			for _, row := range lostRows(s) {
				if !slices.Contains(lostRows(full.Score), row) {
					t.Errorf("%s: without an answer to %s the row %s is lost", name, question, row)
				}
			}
			if s.Refused == "" && s.Value < full.Score.Value || s.Value > full.Score.Value && s.Confidence() >= full.Score.Confidence() {
				t.Errorf("%s: without an answer to %s %s points, confidence %.2f; with all answers %s, %.2f",
					name, question, s.Value, s.Confidence(), full.Score.Value, full.Score.Confidence())
			}
			if s.Judged < full.Score.Judged && len(r.Unknown) == 0 && len(r.Unchecked) <= len(full.Unchecked) {
				t.Errorf("%s: nothing says that %s has no answer", name, question)
			}
		}
	}
}

// An address for reports makes no policy, and a policy no reports: each cure leads to
// the score that its record gets.
func TestPolicyWithoutReports(t *testing.T) {
	t.Parallel()
	value := func(record string) *report.Score {
		return scored(t, zones(t, "example.com", edit{"v=DMARC1; p=reject; rua=mailto:dmarc@example.com", record}), good()).Score
	}
	first := value("v=DMARC1; p=none")
	var got []string
	for _, c := range first.Cures {
		got = append(got, strings.Join(c.Rows, " ")+" "+c.Score.String())
	}
	quarantine, both := value("v=DMARC1; p=quarantine").Value, value("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com").Value
	if diff := cmp.Diff([]string{"dmarc-policy " + quarantine.String(), "dmarc-reports " + both.String()}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Where nothing answers there is no number, whether a domain is scored or a message: its
// form alone is worth less than half, and says nothing of who sent it. With half of the
// points judged there is one.
func TestTooLittleJudged(t *testing.T) {
	t.Parallel()
	_, message := sending{}.request(t)
	message.Mail.Envelope, message.Domain.Senders, message.Domain.HELO = report.Envelope{}, nil, ""
	const silent = ";! TIMEOUT example.com. TXT\n;! TIMEOUT _dmarc.example.com. TXT\n;! TIMEOUT example.com. MX\n"
	for name, q := range map[string]check.ScoreRequest{"domain": good(), "message": message} {
		s := scored(t, silent, q).Score
		if s.Refused == "" || s.Value != 0 || s.Band != "" {
			t.Errorf("%s: %s points, %q, refused: %q, confidence %.2f", name, s.Value, s.Band, s.Refused, s.Confidence())
		}
	}
	if s := scored(t, edited(t, small, edit{`s._domainkey.t.test. TXT "v=DKIM1; k=ed25519; p=WCBGB7S/C4J/x8Ud+h20HDehCew83maMOgRAccL2gvM="`, ""}), check.ScoreRequest{Domain: check.DomainRequest{Target: check.Target{Domain: "t.test"}}}).Score; s.Refused != "" {
		t.Errorf("refused: %q", s.Refused)
	}
}
