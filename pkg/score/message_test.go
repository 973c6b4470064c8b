package score_test

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/score"
)

// letter is a message with all virtues, once it is signed.
const letter = `From: Anna <anna@example.com>
To: bob@example.org
Subject: Minutes
Date: Sat, 21 Nov 2026 17:00:00 +0000
Message-ID: <1@mail.example.com>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii
List-Unsubscribe: <mailto:leave@example.com>, <https://example.com/leave/Zm9v>
List-Unsubscribe-Post: List-Unsubscribe=One-Click

Here they are.
`

// sending is a message on its way: what is changed of each part, and how it is signed.
type sending struct {
	zone          []edit
	before, after []edit // of the letter, before and after it is signed
	key           dkim.KeyOptions
	sign          dkim.SignOptions
	sender        string // of MAIL FROM
	profile       score.Profile
}

// sent returns the report on a message.
func (s sending) sent(t *testing.T) *report.Report {
	t.Helper()
	zone, q := s.request(t)
	return scored(t, zone, q)
}

// request returns what is asked about a message, and the zones that answer.
func (s sending) request(t *testing.T) (string, check.ScoreRequest) {
	t.Helper()
	if s.key.Domain == "" {
		s.key = dkim.KeyOptions{Domain: "example.com", Selector: "s2026c", Type: dkim.Ed25519}
	}
	pair, err := dkim.Generate(s.key)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := dkim.ParseSigner(pair.Private)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(edited(t, letter, s.before...), "\n", "\r\n")
	s.sign.Domain, s.sign.Selector = pair.Domain, pair.Selector
	field, err := dkim.Sign([]byte(text), signer, s.sign)
	if err != nil {
		t.Fatal(err)
	}
	text = edited(t, field+text, s.after...)
	m, err := message.Read(bytes.NewReader([]byte(text)), int64(len(text)), message.Origin{File: "letter.eml"})
	if err != nil {
		t.Fatal(err)
	}
	q := good()
	q.Profile, q.Message = s.profile, m
	sender := s.sender
	if sender == "" {
		sender = "b@bounce.example.com"
	}
	q.Mail = check.MessageRequest{At: time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC),
		Envelope: report.Envelope{Client: netip.MustParseAddr("192.0.2.25"), HELO: "mail.example.com", Sender: &sender}}
	records := pair.Name() + ". TXT"
	for chunk := range slices.Chunk([]byte(pair.Record), 200) {
		records += ` "` + string(chunk) + `"`
	}
	records += "\nbounce.example.com. TXT \"v=spf1 ip4:192.0.2.25 -all\"\nbounce.newsletter.example. TXT \"v=spf1 ip4:192.0.2.25 -all\""
	return edited(t, zones(t, "example.com", edit{"", records}), s.zone...), q
}

// withoutMail says how to take a virtue, and nothing else, from the message.
var withoutMail = map[string]sending{
	"spf-pass":          {zone: []edit{{"bounce.example.com. TXT \"v=spf1 ip4:192.0.2.25", "bounce.example.com. TXT \"v=spf1"}}},
	"dkim-pass":         {after: []edit{{"Here they are", "Here they were"}}},
	"dkim-sig-strength": {key: dkim.KeyOptions{Domain: "mail.example.com", Selector: "w", Type: dkim.RSA, Bits: 1024, Weak: true}},
	"dkim-sig-coverage": {sign: dkim.SignOptions{Fields: []string{"From", "Date", "To", "Message-ID", "MIME-Version", "Content-Type", "List-Unsubscribe", "List-Unsubscribe-Post"}}},
	"dmarc-pass":        {key: dkim.KeyOptions{Domain: "newsletter.example", Selector: "n", Type: dkim.Ed25519}, sender: "b@bounce.newsletter.example"},
	"from":              {sign: dkim.SignOptions{Oversign: []string{}}, after: []edit{{"DKIM-Signature:", "From: boss@example.com\r\nDKIM-Signature:"}}},
	"fields":            {before: []edit{{"Message-ID: <1@mail.example.com>\n", ""}}},
	"form":              {before: []edit{{"Here they are.", strings.Repeat("long ", 200)}}},
	"unsubscribe":       {before: []edit{{"List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", ""}}},
}

// TestMessageRows takes each virtue from the message and the well-run domain: exactly
// its row is lost.
func TestMessageRows(t *testing.T) {
	t.Parallel()
	if s := (sending{profile: score.Google}).sent(t).Score; s.Value != report.MaxPoints || s.Confidence() != 1 {
		t.Fatalf("with all virtues: %s, confidence %v, lost %v, open %v", s.Value, s.Confidence(), lostRows(s), s.Open)
	}
	limits := map[string]report.Points{"spf-record": 40, "spf-limits": 40, "dmarc-pass": 30, "from": 30}
	for _, w := range score.Weighted(score.Google, score.Message) {
		t.Run(w.Row.ID, func(t *testing.T) {
			t.Parallel()
			s, known := withoutMail[w.Row.ID]
			if edits, of := without[w.Row.ID]; !known && of {
				s, known = sending{zone: edits}, true
			}
			if !known {
				t.Fatal("nothing says how to take this virtue away")
			}
			s.profile = score.Google
			got := s.sent(t).Score
			if diff := cmp.Diff([]string{w.Row.ID}, lostRows(got)); diff != "" {
				t.Errorf("lost (-want +got):\n%s", diff)
			}
			want := report.MaxPoints - w.Row.Message
			if limit, ok := limits[w.Row.ID]; ok {
				want = limit
			}
			if got.Value != want {
				t.Errorf("%s points, want %s", got.Value, want)
			}
		})
	}
}

// TestMessages scores messages that are not what most are.
func TestMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		s    sending
		want report.Points
		lost []string
		caps []string
	}{
		{"no DMARC record", sending{zone: []edit{{"_dmarc\tIN", "other\tIN"}}}, 50,
			[]string{"dmarc-record", "dmarc-policy", "dmarc-reports", "dmarc-names-below", "dmarc-pass"}, []string{"cap-no-dmarc"}},
		{"no DMARC record and nothing aligned", sending{zone: []edit{{"_dmarc\tIN", "other\tIN"}}, key: withoutMail["dmarc-pass"].key, sender: withoutMail["dmarc-pass"].sender}, 50,
			[]string{"dmarc-record", "dmarc-policy", "dmarc-reports", "dmarc-names-below", "dmarc-pass"}, []string{"cap-no-dmarc"}},
		{"forged", withoutMail["dmarc-pass"], 30, []string{"dmarc-pass"}, []string{"cap-forged"}},
		{"authors of two domains", sending{before: []edit{{"From: Anna <anna@example.com>", "From: Anna <anna@example.com>, Bob <bob@example.org>"}}}, 30,
			[]string{"from"}, []string{"cap-forged"}},
		{"two authors of one domain", sending{before: []edit{{"From: Anna <anna@example.com>", "From: Anna <anna@example.com>, Bob <bob@example.com>\nSender: anna@example.com"}}}, 100,
			[]string{}, nil},
		{"Date that is none", sending{before: []edit{{"Sat, 21 Nov 2026 17:00:00 +0000", "yesterday"}}}, 96, []string{"fields"}, nil},
		{"two Subject fields", sending{before: []edit{{"To: bob", "Subject: More\nTo: bob"}}}, 96, []string{"fields"}, nil},
		{"Message-ID without brackets", sending{before: []edit{{"<1@mail.example.com>", "1@mail.example.com"}}}, 96, []string{"fields"}, nil},
		{"key that is gone", sending{zone: []edit{{"s2026c._domainkey.example.com. TXT \"v=DKIM1; k=ed25519", "s2026c._domainkey.example.com. TXT \"v=DKIM1; k=other"}}}, 81,
			[]string{"dkim-key", "dkim-pass", "dkim-sig-strength"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := tt.s.sent(t).Score
			var caps []string
			for _, c := range s.Caps {
				caps = append(caps, c.Row)
			}
			if diff := cmp.Diff(tt.lost, lostRows(s)) + cmp.Diff(tt.caps, caps); diff != "" {
				t.Errorf("lost and caps (-want +got):\n%s", diff)
			}
			if s.Value != tt.want {
				t.Errorf("%s points, want %s", s.Value, tt.want)
			}
		})
	}
}

// The record is what makes an aligned message pass: its cure is that of an edit, and
// wins the message's row back, too.
func TestRecordMakesMessagePass(t *testing.T) {
	t.Parallel()
	s := sending{zone: []edit{{"_dmarc\tIN", "other\tIN"}}}.sent(t).Score
	first := s.Cures[0]
	if diff := cmp.Diff([]string{"dmarc-record", "dmarc-reports", "dmarc-names-below", "dmarc-pass"}, first.Rows); diff != "" || first.Effort != report.EditRecord || first.Score != 94 {
		t.Errorf("%s %s -> %s", diff, first.Effort, first.Score)
	}
}

// TestMessageCures does what the first cure asks for: the message gets the score that it
// promises, with the rows that come back by themselves.
func TestMessageCures(t *testing.T) {
	t.Parallel()
	esp := withoutMail["dmarc-pass"]
	noSPF, broken := withoutMail["spf-pass"].zone, withoutMail["dkim-pass"].after
	for _, tt := range []struct {
		name        string
		ill, healed sending
		rows        string
	}{
		{"SPF alone could be aligned", sending{key: esp.key, zone: noSPF}, sending{key: esp.key}, "spf-pass dmarc-pass"},
		{"DKIM alone could be aligned", sending{sender: esp.sender, after: broken}, sending{sender: esp.sender}, "dkim-pass dmarc-pass"},
		{"both could be aligned", sending{zone: noSPF, after: broken}, sending{after: broken}, "spf-pass dmarc-pass"},
		{"strict alignment lets SPF prove nothing", sending{zone: append([]edit{{"p=reject;", "p=reject; aspf=s;"}}, noSPF...), after: broken},
			sending{zone: []edit{{"p=reject;", "p=reject; aspf=s;"}}, after: broken}, "spf-pass"},
		{"the author's own record is broken", sending{sender: "anna@example.com", zone: without["spf-record"]}, sending{sender: "anna@example.com"}, "spf-record spf-pass"},
		{"the author's own record asks too much", sending{sender: "anna@example.com", zone: []edit{{"v=spf1 mx", "v=spf1" + strings.Repeat(" a:mx1.example.com", 11) + " mx"}}}, sending{sender: "anna@example.com"}, "spf-limits spf-pass"},
		{"nobody can use the DMARC record", sending{zone: []edit{{"p=reject; rua=mailto:dmarc@example.com", "p=never"}}}, sending{zone: []edit{{"p=reject; rua=mailto:dmarc@example.com", "p=none"}}},
			"dmarc-record dmarc-pass"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before, after := tt.ill.sent(t).Score, tt.healed.sent(t).Score
			first := before.Cures[0]
			if got := strings.Join(first.Rows, " "); got != tt.rows || first.Score != after.Value {
				t.Errorf("the first cure wins %q back and promises %s, want %q and %s; lost: %v", got, first.Score, tt.rows, after.Value, lostRows(before))
			}
		})
	}
}

// A message whose author has no domain in the DNS is as little to be scored as that.
func TestAuthorWithoutDomain(t *testing.T) {
	t.Parallel()
	s := sending{before: []edit{{"anna@example.com", "anna@gone.example.com"}}}.sent(t).Score
	if want := "gone.example.com, the domain of From, does not exist"; s.Refused != want {
		t.Errorf("refused: %q, want %q", s.Refused, want)
	}
}

// A weak signature beside a strong one takes nothing from it.
func TestSecondSignature(t *testing.T) {
	t.Parallel()
	r := sending{after: []edit{{"DKIM-Signature:", "DKIM-Signature: v=1; a=rsa-sha1; d=mailhouse.example; s=old; h=From; bh=AAAA; b=AAAA\r\nDKIM-Signature:"}}}.sent(t)
	if !slices.ContainsFunc(r.Findings, func(f lint.Finding) bool { return f.RuleID == "dkim-sig-sha1" }) {
		t.Error("the signature with sha1 was not noticed")
	}
	if rows := lostRows(r.Score); len(rows) > 0 {
		t.Errorf("lost %v", rows)
	}
}
