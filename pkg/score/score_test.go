package score_test

import (
	"context"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/score"
)

// edit is a change of a zone's text; an empty old text adds the new one.
type edit struct{ old, new string }

// zones returns the example zones as one text, edited.
func zones(t *testing.T, domain string, edits ...edit) string {
	t.Helper()
	var b strings.Builder
	for _, file := range []string{domain, "providers", "reverse"} {
		text, err := os.ReadFile("../../examples/zones/" + file + ".zone")
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return edited(t, b.String(), edits...)
}

func edited(t *testing.T, text string, edits ...edit) string {
	t.Helper()
	for _, e := range edits {
		if e.old == "" {
			text += e.new + "\n"
			continue
		}
		if !strings.Contains(text, e.old) {
			t.Fatalf("no %q in the text", e.old)
		}
		text = strings.Replace(text, e.old, e.new, 1)
	}
	return text
}

// scored returns the report on a request over zone text.
func scored(t *testing.T, text string, q check.ScoreRequest) *report.Report {
	t.Helper()
	zone, err := lookup.ParseZone("test.zone", text)
	if err != nil {
		t.Fatal(err)
	}
	q.Domain.Zone = zone
	return check.Score(context.Background(), lookup.NewCache(zone, 0), q, check.Options{})
}

// good is all that is known of the well-run example domain.
func good() check.ScoreRequest {
	var q check.ScoreRequest
	q.Domain.Target = check.Target{Domain: "example.com", Selectors: []string{"s2026a", "s2026b"},
		Senders: []netip.Addr{netip.MustParseAddr("192.0.2.25")}, HELO: "mail.example.com"}
	return q
}

// lostRows returns the rows that a score lost, but the caps.
func lostRows(s *report.Score) []string {
	rows := []string{}
	for _, loss := range s.Lost {
		if !strings.HasPrefix(loss.Row, "cap-") {
			rows = append(rows, loss.Row)
		}
	}
	return rows
}

// Each column of the table, and each profile's, is worth ten points.
func TestColumns(t *testing.T) {
	t.Parallel()
	for _, profile := range score.Profiles() {
		for _, column := range []score.Column{score.Domain, score.Message} {
			sum := report.Points(0)
			for _, w := range score.Weighted(profile, column) {
				sum += w.Points
			}
			if sum != report.MaxPoints {
				t.Errorf("%s, column %d: %s points", profile, column, sum)
			}
		}
	}
	var domain, message report.Points
	seen := map[string]bool{}
	for _, row := range score.Rows() {
		domain, message = domain+row.Domain, message+row.Message
		if seen[row.ID] || row.Title == "" || len(row.Rules) == 0 || (row.Cap > 0) == (row.Domain+row.Message > 0) {
			t.Errorf("row %s is not whole", row.ID)
		}
		seen[row.ID] = true
		for _, other := range append(slices.Clone(row.Lifted), row.Base) {
			if other != "" && !seen[other] {
				t.Errorf("row %s rests on %s, which does not come before", row.ID, other)
			}
		}
	}
	if domain != report.MaxPoints || message != report.MaxPoints {
		t.Errorf("the columns sum to %s and %s", domain, message)
	}
}

// Every rule that the table names exists, but those about messages: their rows go by
// the verdicts, too.
func TestRulesExist(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, doc := range check.Docs() {
		ids = append(ids, doc.ID)
	}
	aboutMail := []string{"msg-", "dkim-sig-", "dkim-unsigned", "dmarc-result-", "dmarc-from-", "dmarc-spf-not-aligned", "dmarc-dkim-not-aligned"}
	for _, row := range score.Rows() {
		for _, rule := range row.Rules {
			prefix, pattern := strings.CutSuffix(rule, "*")
			known := slices.ContainsFunc(ids, func(id string) bool { return id == rule || pattern && strings.HasPrefix(id, prefix) })
			if !known && !slices.ContainsFunc(aboutMail, func(start string) bool { return strings.HasPrefix(rule, start) }) {
				t.Errorf("row %s: no rule %s", row.ID, rule)
			}
		}
	}
}

const weakKey = `"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC4kNHassyd+II25KpW14WtdB8GRL` +
	`WAOwRQGF1lf9WyOWRCKg0D55sLIp9AGhp+JkYmUf/scJVqdLiRPrGyZNY7zi7t5lKO" "ugkp3jJehiSAb4FycQ8FIwtLgHeoJU6oYvGTZTJtDS9bYNl2zEXR6hEP1mrXajW0WhBb3LkHeoK7ywIDAQAB"`

// without says how to take a virtue, and nothing else, from the well-run domain.
var without = map[string][]edit{
	"spf-record":        {{" -all\" )", " authorize:all -all\" )"}},
	"spf-ending":        {{" -all\" )", " ?all\" )"}},
	"spf-limits":        {{" -all\" )", " a:mx1.example.com a:mx2.example.com a:mx1.example.com a:mx2.example.com a:mx1.example.com a:mx2.example.com a:mx1.example.com -all\" )"}},
	"spf-sender":        {{" ip4:192.0.2.25", ""}},
	"dkim-key":          {{"k=ed25519;", "k=ed25519; h=sha1;"}},
	"dkim-strength":     {{"s2026a._domainkey\tIN TXT\t( \"v=DKIM1; k=rsa; p=\"", "s2026a._domainkey IN TXT \"v=DKIM1; k=rsa; p=\" " + weakKey + "\nold IN TXT ( \"\""}},
	"dkim-in-force":     {{"k=ed25519;", "k=ed25519; t=y;"}},
	"dmarc-record":      {{"v=DMARC1; p=reject; rua=mailto:dmarc@example.com", "v=DMARC1; p=reject; rua=mailto:dmarc@example.com; p=reject"}},
	"dmarc-policy":      {{"p=reject; rua", "p=none; rua"}},
	"dmarc-reports":     {{"p=reject; rua=mailto:dmarc@example.com", "p=reject"}},
	"dmarc-names-below": {{"p=reject; rua", "p=reject; sp=none; rua"}},
	"mx":                {{"\tIN MX\t20 mx2", "\tIN MX\t20 mx2\n\tIN MX\t0 ."}},
	"mx-hosts":          {{"\tIN MX\t20 mx2", "\tIN MX\t20 mx3"}, {"mx2\tIN A", "mx3 IN CNAME mx2\nmx2\tIN A"}},
	"ptr":               {{"25.24-31 IN PTR\tmail.example.com.", "25.24-31 IN PTR\tmx1.example.com."}},
	"ptr-own":           {{"25.24-31 IN PTR\tmail.example.com.", "25.24-31 IN PTR\t192-0-2-25.dynamic.example.com."}, {"mail\tIN A", "192-0-2-25.dynamic IN A 192.0.2.25\nmail\tIN A"}},
	"helo":              {{"mail\tIN A\t192.0.2.25", "mail\tIN A\t192.0.2.26"}, {"25.24-31 IN PTR\tmail.example.com.", "25.24-31 IN PTR\tout.example.com."}, {"mx1\tIN A", "out IN A 192.0.2.25\nmx1\tIN A"}},
	"dns":               {{" -all\" )", " a:old.example.com -all\" )"}, {"www\tIN", "old IN CNAME gone\nwww\tIN"}},
	"ipv6":              {{"\tIN AAAA\t2001:db8:10::22", ""}},
}

// capped holds the rows whose loss is a fault that caps the score, too.
var capped = map[string]report.Points{"spf-record": 40, "spf-limits": 40}

// TestRows takes each virtue from the well-run domain: exactly its row is lost.
func TestRows(t *testing.T) {
	t.Parallel()
	if s := scored(t, zones(t, "example.com"), good()).Score; s.Value != report.MaxPoints || s.Confidence() != 1 || len(s.Lost) > 0 {
		t.Fatalf("with all virtues: %+v", s)
	}
	for _, w := range score.Weighted(score.Mail, score.Domain) {
		t.Run(w.Row.ID, func(t *testing.T) {
			t.Parallel()
			edits, known := without[w.Row.ID]
			if !known {
				t.Fatal("nothing says how to take this virtue away")
			}
			s := scored(t, zones(t, "example.com", edits...), good()).Score
			if diff := cmp.Diff([]string{w.Row.ID}, lostRows(s)); diff != "" {
				t.Errorf("lost (-want +got):\n%s", diff)
			}
			want := report.MaxPoints - w.Row.Domain
			if limit, ok := capped[w.Row.ID]; ok {
				want = limit
			}
			if s.Value != want {
				t.Errorf("%s points, want %s", s.Value, want)
			}
		})
	}
}

func TestCaps(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		edits []edit
		caps  []string
		value report.Points
	}{
		{"every host", []edit{{" -all\" )", " +all\" )"}}, []string{"cap-all-pass"}, 20},
		{"permerror", without["spf-record"], []string{"cap-permerror"}, 40},
		{"no DMARC", []edit{{"_dmarc\tIN", "other\tIN"}}, []string{"cap-no-dmarc"}, 50},
		{"several", []edit{{" -all\" )", " +all\" )"}, {"_dmarc\tIN", "other\tIN"}}, []string{"cap-all-pass", "cap-no-dmarc"}, 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := scored(t, zones(t, "example.com", tt.edits...), good()).Score
			var caps []string
			for _, c := range s.Caps {
				caps = append(caps, c.Row)
			}
			if diff := cmp.Diff(tt.caps, caps); diff != "" {
				t.Error(diff)
			}
			sum := report.Points(0)
			for _, loss := range s.Lost {
				sum += loss.Lost
			}
			if s.Value != tt.value || sum != report.MaxPoints-s.Value {
				t.Errorf("%s points, want %s; the losses sum to %s", s.Value, tt.value, sum)
			}
			if last := s.Cures[len(s.Cures)-1].Score; last != report.MaxPoints {
				t.Errorf("all cures lead to %s", last)
			}
		})
	}
}

// bad is all that is known of the badly-run example domain.
func bad() check.ScoreRequest {
	var q check.ScoreRequest
	q.Domain.Target = check.Target{Domain: "example.net", Selectors: []string{"s1", "mail"}}
	return q
}

const strongKey = `"v=DKIM1; k=ed25519; p=GcE2Pn2tsIGV9uFE3PyXH70QMuF4zmN5J4qOvyukSZ4="`

// TestCures does to the badly-run domain what the cures ask for, one after the other,
// and gets the score that each promises.
func TestCures(t *testing.T) {
	t.Parallel()
	// What each cure changes, by the rows that it wins back.
	edits := map[string][]edit{
		"dmarc-record dmarc-reports dmarc-names-below": {{"mail\tIN A\t203.0.113.25", "mail IN A 203.0.113.25\n_dmarc IN TXT \"v=DMARC1; p=none; rua=mailto:dmarc@example.net\""}},
		"dmarc-policy":  {{`"v=DMARC1; p=none; rua=`, `"v=DMARC1; p=quarantine; rua=`}},
		"spf-record":    {{"203.0.113.0/240", "203.0.113.0/24"}, {" include:spf.hostalot.example", ""}},
		"spf-ending":    {{"?all\" )", "~all\" )"}},
		"spf-limits":    {{"a mx ptr", "mx"}, {" a:fax.example.net", ""}, {" include:_spf.crm.example a:legacy.example.net", ""}},
		"dkim-key":      {{"s1._domainkey\tIN TXT\t( \"v=DKIM1; k=rsa; p=MIIB", "s1._domainkey IN TXT " + strongKey + "\nold IN TXT ( \"MIIB"}},
		"dkim-strength": {{"mail._domainkey\tIN TXT\t( \"v=DKIM1; k=rsa; p=\"", "mail._domainkey IN TXT " + strongKey + "\nolder IN TXT ( \"\""}},
		"dkim-in-force": {{"k=rsa; t=y;", "k=rsa;"}},
		"ipv6":          {{"mail IN A 203.0.113.25", "mail IN A 203.0.113.25\nmail IN AAAA 2001:db8::25\n@ IN AAAA 2001:db8::10\n"}},
	}
	text := zones(t, "example.net")
	first := scored(t, text, bad()).Score
	if first.Value > 30 {
		t.Errorf("%s points before", first.Value)
	}
	for _, cure := range first.Cures {
		rows := strings.Join(cure.Rows, " ")
		change, known := edits[rows]
		if !known {
			t.Fatalf("nothing says how to do the cure of %q", rows)
		}
		delete(edits, rows)
		text = edited(t, text, change...)
		if s := scored(t, text, bad()).Score; s.Value != cure.Score {
			t.Errorf("with the cure of %s %s points, promised were %s; lost: %v", rows, s.Value, cure.Score, lostRows(s))
		}
	}
	if len(edits) > 0 {
		t.Errorf("cures that nobody asked for: %v", edits)
	}
}

// TestRowsNameRules demands of every rule that the table names, and of every pattern,
// that there are such rules.
func TestRowsNameRules(t *testing.T) {
	t.Parallel()
	docs := check.Docs()
	for _, row := range score.Rows() {
		for _, name := range row.Rules {
			prefix, pattern := strings.CutSuffix(name, "*")
			if !slices.ContainsFunc(docs, func(d lint.Doc) bool { return d.ID == name || pattern && strings.HasPrefix(d.ID, prefix) }) {
				t.Errorf("%s: there is no rule %s", row.ID, name)
			}
		}
	}
}
