package arc_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// fired returns the IDs of the rules that fire on a chain, without repetition.
func fired(c *arc.Chain) []string {
	var ids []string
	for _, f := range lint.Run(arc.Rules(), c) {
		ids = append(ids, f.RuleID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// exampleDir is where the command line tests have their messages.
const exampleDir = "../../cmd/authcheck/testdata/mail"

var update = flag.Bool("update", false, "rewrite the example messages")

// examples are the messages that the documentation of the rules shows.
var examples = []struct {
	name string
	make func(t testing.TB, m *mail)
	want []string
}{
	{"arc-none", func(testing.TB, *mail) {}, []string{"arc-none"}},
	{"arc-pass", twoSets, []string{"arc-historic", "arc-pass"}},
	{"arc-body-changed", func(t testing.TB, m *mail) {
		twoSets(t, m)
		m.body += "Sent through forwarder.example.com\r\n"
	}, []string{"arc-ams-fail-latest", "arc-fail", "arc-historic"}},
	{"arc-results-changed", func(t testing.TB, m *mail) {
		twoSets(t, m)
		m.sets[1][0] = strings.Replace(m.sets[1][0], "dmarc=fail", "dmarc=pass", 1)
	}, []string{"arc-fail", "arc-historic", "arc-seal-fail"}},
	{"arc-gap", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.seal(t, forwarder, set{instance: 3})
	}, []string{"arc-fail", "arc-historic", "arc-instance-gap"}},
	{"arc-incomplete", func(t testing.TB, m *mail) {
		twoSets(t, m)
		m.sets[0][1] = ""
	}, []string{"arc-fail", "arc-historic", "arc-set-incomplete"}},
	{"arc-duplicate", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.seal(t, forwarder, set{instance: 1})
	}, []string{"arc-duplicate-header", "arc-fail", "arc-historic"}},
	{"arc-cv", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.seal(t, forwarder, set{cv: "none"})
	}, []string{"arc-cv-wrong", "arc-fail", "arc-historic"}},
	{"arc-seal-names", func(t testing.TB, m *mail) { m.seal(t, list, set{seal: " h=from;"}) }, []string{"arc-fail", "arc-historic", "arc-seal-has-h-tag"}},
	{"arc-names-results", func(t testing.TB, m *mail) {
		m.header = append([]string{"Authentication-Results: mx.list.example.com; none"}, m.header...)
		m.seal(t, list, set{names: "From:Authentication-Results"})
	}, []string{"arc-ams-signs-volatile", "arc-historic", "arc-pass"}},
	{"arc-from-unsigned", func(t testing.TB, m *mail) { m.seal(t, list, set{names: "To:Subject"}) }, []string{"arc-ams-from-not-signed", "arc-historic", "arc-pass"}},
	{"arc-form-unsaid", func(t testing.TB, m *mail) { m.seal(t, list, set{message: " t=1772452800;"}) }, []string{"arc-ams-c-tag-missing", "arc-historic", "arc-pass"}},
	{"arc-sha1", func(t testing.TB, m *mail) { m.seal(t, list, set{algorithm: "rsa-sha1"}) }, []string{"arc-fail", "arc-historic", "arc-sha1"}},
}

// twoSets is a list that changes the subject, and a forwarder that changes nothing.
func twoSets(t testing.TB, m *mail) {
	m.header[2] = "Subject: [talk] Lunch"
	m.seal(t, list, set{results: "dkim=pass header.d=example.com;\r\n dmarc=pass header.from=example.com"})
	m.seal(t, forwarder, set{results: "arc=pass; dmarc=fail header.from=example.com"})
}

// TestExampleMessages checks that the messages are those that the handlers wrote,
// and what fires on them.
func TestExampleMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range examples {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMail()
			tt.make(t, m)
			path := filepath.Join(exampleDir, tt.name+".eml")
			if *update {
				if err := os.WriteFile(path, []byte(m.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(m.String(), string(text)); diff != "" {
				t.Errorf("rewrite it with -update: %s", diff)
			}
			c := arc.Verify(t.Context(), zone(t, list, forwarder), read(t, string(text)), arc.Options{})
			if diff := cmp.Diff(tt.want, fired(c)); diff != "" {
				t.Errorf("%v: %s", c.Reason, diff)
			}
		})
	}
}

// TestExamples runs the examples of the rules: the bad one yields the rule, the good
// one does not.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, doc := range lint.Docs(arc.Rules()) {
		t.Run(doc.ID, func(t *testing.T) {
			t.Parallel()
			if ids := runExample(t, doc.Bad); !slices.Contains(ids, doc.ID) {
				t.Errorf("the bad example yields %v", ids)
			}
			if ids := runExample(t, doc.Good); slices.Contains(ids, doc.ID) {
				t.Error("the good example yields the rule")
			}
		})
	}
}

func runExample(t *testing.T, e lint.Example) []string {
	t.Helper()
	keys, err := lookup.ParseZone("example.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n$TTL 3600\n"+e.Zone+"\n")
	if err != nil {
		t.Fatal(err)
	}
	m, err := message.Open(filepath.Join("../../cmd/authcheck", e.Args[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	return fired(arc.Verify(t.Context(), keys, m, arc.Options{}))
}

var findings = []struct {
	name string
	make func(t testing.TB, m *mail)
	want []string // message by message, with the text that it is about
}{
	{"pass", twoSets, []string{
		`arc-pass: the chain passes, sealed by forwarder.example.com (i=2), list.example.com (i=1); the message is as i=1 signed it`,
	}},
	{"pass of many", func(t testing.TB, m *mail) {
		for range 6 {
			m.seal(t, list, set{})
			m.header[2] += "!"
		}
		m.seal(t, forwarder, set{})
	}, []string{
		`arc-pass: the chain passes, sealed by forwarder.example.com (i=7), list.example.com (i=6), list.example.com (i=5), list.example.com (i=4), ` +
			`list.example.com (i=3) and 2 more; the message is as i=7 signed it`,
	}},
	{"one number that is none", func(t testing.TB, m *mail) {
		twoSets(t, m)
		m.sets[1][2] = strings.Replace(m.sets[1][2], "i=2", "i=02", 1)
	}, []string{
		`arc-fail: the chain fails: i= is not a number from 1 to 50`,
		`arc-instance-gap: i="02" is not a number from 1 to 50`,
	}},
	{"no number", func(t testing.TB, m *mail) {
		twoSets(t, m)
		m.sets[1][0] = strings.Replace(m.sets[1][0], "i=2; ", "", 1)
	}, []string{
		`arc-fail: the chain fails: i= is not a number from 1 to 50`,
		`arc-instance-gap: the field ARC-Authentication-Results has no i= where it must stand`,
	}},
	{"two fields missing", func(t testing.TB, m *mail) {
		twoSets(t, m)
		m.sets[0][0], m.sets[0][2] = "", ""
	}, []string{
		`arc-fail: the chain fails at i=1: an ARC set lacks a field`,
		`arc-set-incomplete: no ARC-Authentication-Results and no ARC-Seal has i=1`,
	}},
	{"no cv", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.sets[0][2] = strings.Replace(m.sets[0][2], " cv=none;", "", 1)
	}, []string{
		`arc-cv-wrong: no cv= in i=1, it must be "none"`,
		`arc-fail: the chain fails at i=1: cv= is not what it must be at this place`,
	}},
	{"broken before", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.seal(t, forwarder, set{cv: "fail"})
	}, []string{
		`arc-cv-wrong: cv=fail in i=2: the chain was broken before forwarder.example.com sealed it`,
		`arc-fail: the chain fails at i=2: the newest seal says that the chain was broken before`,
	}},
	{"a seal in the middle", func(t testing.TB, m *mail) {
		twoSets(t, m)
		m.seal(t, list, set{})
		m.sets[1][0] = strings.Replace(m.sets[1][0], "dmarc=fail", "dmarc=pass", 1)
	}, []string{
		`arc-fail: the chain fails at i=3: an ARC-Seal does not verify: the signature does not fit the header`,
		`arc-seal-fail: the seal of forwarder.example.com does not fit the ARC fields up to i=2`,
	}},
	{"names in the seal", func(t testing.TB, m *mail) { m.seal(t, list, set{seal: " h=From;"}) }, []string{
		`arc-fail: the chain fails at i=1: an ARC-Seal does not verify: h= must not stand in an ARC-Seal`,
		`arc-seal-has-h-tag: ARC-Seal i=1 has h=, which fails the chain`,
	}},
	{"fields of ARC in the signature", func(t testing.TB, m *mail) {
		m.seal(t, list, set{names: "From:arc-MESSAGE-signature:ARC-Seal:ARC-Authentication-Results:authentication-results"})
	}, []string{
		`arc-ams-fail-latest: the field cannot be verified: h= names the ARC-Seal field`,
		`arc-ams-signs-volatile: h= names Authentication-Results, ARC-Authentication-Results, ARC-Message-Signature`,
		`arc-fail: the chain fails at i=1: the newest ARC-Message-Signature does not verify: h= names the ARC-Seal field`,
	}},
	{"nothing in the signature", func(t testing.TB, m *mail) {
		m.seal(t, list, set{names: " "})
		m.seal(t, forwarder, set{})
	}, []string{
		`arc-ams-from-not-signed: h= does not name From`,
		`arc-pass: the chain passes, sealed by forwarder.example.com (i=2), list.example.com (i=1); the message is as i=1 signed it`,
	}},
	{"simple form, which needs no word", func(t testing.TB, m *mail) { m.seal(t, list, set{message: " t=1772452800;", form: keep}) }, []string{
		`arc-pass: the chain passes, sealed by list.example.com (i=1); the message is as i=1 signed it`,
	}},
	{"relaxed form, which needs one", func(t testing.TB, m *mail) {
		m.seal(t, list, set{message: " t=1772452800;"})
		m.seal(t, forwarder, set{})
	}, []string{
		`arc-ams-c-tag-missing: the field has no c=, and verifies in relaxed form alone`,
		`arc-pass: the chain passes, sealed by forwarder.example.com (i=2), list.example.com (i=1); the message is as i=1 signed it`,
	}},
	{"neither form", func(t testing.TB, m *mail) {
		m.seal(t, list, set{message: " t=1772452800;", form: strings.ToUpper})
	}, []string{
		`arc-ams-fail-latest: the signature does not fit the header (signed by list.example.com)`,
		`arc-fail: the chain fails at i=1: the newest ARC-Message-Signature does not verify: the signature does not fit the header`,
	}},
	{"one key for two fields", func(t testing.TB, m *mail) { m.seal(t, newHandler("gone.example.com"), set{}) }, []string{
		`arc-fail: the chain fails at i=1: the newest ARC-Message-Signature does not verify: no TXT record at the selector`,
		`arc-key-invalid: the key s1._domainkey.gone.example.com: no TXT record at the selector (dkim-record-missing)`,
	}},
}

// TestFindings compares what findings say, and wants a hint with each warning.
func TestFindings(t *testing.T) {
	t.Parallel()
	keys := zone(t, list, forwarder)
	for _, tt := range findings {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMail()
			tt.make(t, m)
			var got []string
			for _, f := range lint.Run(arc.Rules(), arc.Verify(t.Context(), keys, read(t, m.String()), arc.Options{})) {
				if f.RuleID != "arc-historic" { // found in all of them
					got = append(got, f.RuleID+": "+f.Message)
				}
				if f.Severity != lint.Notice && f.Hint == "" {
					t.Errorf("%s has no hint", f.RuleID)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPlaces wants findings to lead to the lines of the file.
func TestPlaces(t *testing.T) {
	t.Parallel()
	m, err := message.Open(filepath.Join(exampleDir, "arc-results-changed.eml"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	got := map[string]lint.Position{}
	for _, f := range lint.Run(arc.Rules(), arc.Verify(t.Context(), zone(t, list, forwarder), m, arc.Options{})) {
		got[f.RuleID+" "+f.Subject()] = f.Span.Position()
	}
	want := map[string]lint.Position{
		"arc-fail ARC chain":         {Line: 1, Column: 1},
		"arc-historic ARC chain":     {Line: 1, Column: 1},
		"arc-seal-fail ARC-Seal i=2": {Line: 1, Column: 10},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
