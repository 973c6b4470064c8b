package check_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// TestRealKeys takes every record of the collection through parser, rules and text:
// what is printed is printable, and what is recommended is a key record with the same
// key.
func TestRealKeys(t *testing.T) {
	t.Parallel()
	eachReal(t, "dkim.jsonl", 200, func(r realRecord) { checkKeyText(t, strings.Join(r.Strings, "")) })
}

// checkKeyText judges a record and looks at all that is said about it.
func checkKeyText(t *testing.T, text string) {
	t.Helper()
	r := check.DKIMText(lint.NewSource("text", text), check.Options{})
	checkPrintable(t, r, text)
	before := dkim.Parse(lint.NewSource("", text)).Key
	for _, c := range r.Corrected {
		after := dkim.Parse(lint.NewSource("", c.Record))
		if after.Err() != nil || before.Type != "" && !after.Key.Equal(before) {
			t.Errorf("%q is corrected to %q: %v", text, c.Record, after.Err())
		}
		if again := check.DKIMText(lint.NewSource("text", c.Record), check.Options{}); again.Summary().Errors > 0 {
			t.Errorf("%q is corrected to %q, which has errors", text, c.Record)
		}
	}
}

func FuzzKeyCorrections(f *testing.F) {
	for _, text := range []string{`"v=DKIM1\; k=rsa; p=AAAA"`, "v=dkim1; v=DKIM1; t=y; h=sha1", "k=ed25519; p=xjq9vqzuLh8ud5CFUoN4BvvJnSMAOz0jh3tAZgqGyaA=;;; x", "p"} {
		f.Add(text)
	}
	f.Fuzz(checkKeyText)
}

func TestDKIMOpenQuestions(t *testing.T) {
	t.Parallel()
	const settle = "authcheck dkim example.com @9.9.9.9"
	key := ` TXT "v=DKIM1; k=ed25519; p=xjq9vqzuLh8ud5CFUoN4BvvJnSMAOz0jh3tAZgqGyaA="`
	open := func(question, reason, rule string) []report.Question {
		return []report.Question{{Question: question, Reason: reason, Settle: "authcheck dkim example.com --selector SELECTOR", Rule: rule}}
	}
	for _, tt := range []struct {
		name, zone         string
		selectors          []string
		unknown, unchecked []report.Question
	}{
		{name: "named", zone: "s1._domainkey" + key, selectors: []string{"s1"}},
		{name: "nothing can exist", zone: "@ A 192.0.2.1"},
		{name: "nothing found", zone: "own._domainkey" + key,
			unchecked: open("DKIM keys of example.com", "no selector was named, and of 20 well-known ones none has a key, but the name _domainkey exists", "dkim-domainkey-nodata-unproven")},
		{name: "some failed", zone: ";! TIMEOUT s1._domainkey.example.com. TXT\n;! SERVFAIL k1._domainkey.example.com. TXT",
			unchecked: open("DKIM keys of example.com", "no selector was named; of 20 well-known ones 2 got no answer, the others have no key", "dkim-no-selector-known")},
		{name: "one found, one failed", zone: "google._domainkey" + key + "\n;! TIMEOUT s1._domainkey.example.com. TXT",
			unchecked: open("other DKIM keys of example.com", "no selector was named, and only well-known ones were tried; 1 of them got no answer", "dkim-no-selector-known")},
		{name: "named one fails", zone: ";! SERVFAIL s1._domainkey.example.com. TXT\ns2._domainkey" + key, selectors: []string{"s1", "s2"},
			unknown: []report.Question{{Question: "TXT s1._domainkey.example.com", Reason: "servfail", Settle: settle, Rule: "dns-servfail"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("test.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+tt.zone+"\n")
			if err != nil {
				t.Fatal(err)
			}
			r := check.DKIM(t.Context(), zone, check.DKIMRequest{Domain: "example.com", Selectors: tt.selectors}, check.Options{Settle: settle})
			if diff := cmp.Diff(tt.unknown, r.Unknown); diff != "" {
				t.Errorf("unknown (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.unchecked, r.Unchecked); diff != "" {
				t.Errorf("not checked (-want +got)\n%s", diff)
			}
		})
	}
}
