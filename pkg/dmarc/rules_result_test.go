package dmarc

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

// outcomes are what rules find about a message, as severity and rule; rules about
// questions without an answer have the severity unknown.
func outcomes(t *testing.T, f *ResultFacts) (lines, messages []string) {
	t.Helper()
	for _, found := range lint.Run(ResultRules(), f) {
		line := found.Severity.String() + " " + found.RuleID
		if found.RuleID == resultTempError.ID {
			line = "unknown " + found.RuleID
		} else if found.Hint == "" && found.Severity > lint.Notice {
			t.Errorf("%s: nothing says what to do", line)
		}
		lines, messages = append(lines, line), append(messages, found.Message)
	}
	slices.Sort(lines)
	return lines, messages
}

// TestResultRules states which rules fire on a message, and how harshly.
func TestResultRules(t *testing.T) {
	t.Parallel()
	const zone = `;! AUTHORITATIVE .
;! SERVFAIL _dmarc.example.info. TXT
;! SERVFAIL _dmarc.com. TXT
_dmarc.example.com. TXT "v=DMARC1; p=reject; aspf=s; psd=n"
_dmarc.example.net. TXT "v=DMARC1; p=yes"
_dmarc.example.biz. TXT "v=DMARC1; p=none"
`
	const failed, asks = "error dmarc-result-fail", "notice dmarc-disposition"
	for _, tt := range []struct {
		name, author string
		spf          []Identifier
		dkim         []Identifier
		open         []string
		want         []string
	}{
		{"passes", "example.com", []Identifier{{"pass", "example.com"}}, []Identifier{{"pass", "mail.example.com"}}, nil,
			[]string{"notice dmarc-result-pass"}},
		{"passes beside strangers", "example.com", []Identifier{{"pass", "bounce.example.org"}},
			[]Identifier{{"pass", "example.org"}, {"pass", "example.com"}, {"pass", "EXAMPLE.org"}}, nil,
			[]string{"notice dmarc-dkim-not-aligned", "notice dmarc-pass-by-dkim-only", "notice dmarc-result-pass", "notice dmarc-spf-not-aligned"}},
		{"strangers alone", "example.com", []Identifier{{"pass", "example.org"}}, []Identifier{{"pass", "example.org"}}, nil,
			[]string{failed, asks, "warning dmarc-dkim-not-aligned", "warning dmarc-spf-not-aligned"}},
		{"a stranger, SPF not checked", "example.com", nil, []Identifier{{"pass", "example.org"}}, []string{"SPF"},
			[]string{asks, "notice dmarc-dkim-not-aligned", "warning dmarc-result-fail"}},
		{"strict", "example.com", []Identifier{{"pass", "mail.example.com"}}, nil, nil, []string{failed, asks, "warning dmarc-spf-not-aligned"}},
		{"what fails is no stranger", "example.com", []Identifier{{"softfail", "example.org"}}, []Identifier{{"fail", "example.org"}}, nil,
			[]string{failed, asks, "notice spf-dmarc-unalignable"}},
		{"nothing at all", "example.com", []Identifier{{"none", ""}}, nil, nil, []string{failed, asks}},
		{"no record", "example.org", []Identifier{{"pass", "example.com"}}, []Identifier{{"pass", "example.com"}}, nil, []string{"warning dmarc-result-none"}},
		{"record not known", "example.info", []Identifier{{"pass", "example.com"}}, nil, nil, []string{"unknown dmarc-result-temperror"}},
		{"aligned and not known", "example.com", []Identifier{{"pass", "example.org"}}, []Identifier{{"temperror", "example.com"}}, nil,
			[]string{"notice dmarc-spf-not-aligned", "unknown dmarc-result-temperror"}},
		{"SPF alone", "example.biz", []Identifier{{"pass", "a.example.biz"}}, []Identifier{{"fail", "example.biz"}}, nil,
			[]string{"notice dmarc-pass-by-spf-only", "notice dmarc-result-pass"}},
		{"SPF alone, a key is not known", "example.biz", []Identifier{{"pass", "a.example.biz"}}, []Identifier{{"temperror", "example.biz"}}, nil,
			[]string{"notice dmarc-result-pass"}},
		{"SPF alone, a signature may have been in time", "example.biz", []Identifier{{"pass", "a.example.biz"}}, []Identifier{{"fail", "example.biz"}}, []string{"when"},
			[]string{"notice dmarc-result-pass"}},
		{"DKIM alone", "example.biz", []Identifier{{"none", "a.example.biz"}}, []Identifier{{"pass", "example.biz"}}, nil,
			[]string{"notice dmarc-pass-by-dkim-only", "notice dmarc-result-pass"}},
		{"DKIM alone, SPF is not known", "example.biz", []Identifier{{"temperror", "a.example.biz"}}, []Identifier{{"pass", "example.biz"}}, nil,
			[]string{"notice dmarc-result-pass"}},
		{"DKIM alone, SPF not checked", "example.biz", nil, []Identifier{{"pass", "example.biz"}}, []string{"SPF"},
			[]string{"notice dmarc-result-pass"}},
		{"strict alignment could be had", "example.com", []Identifier{{"fail", "mail.example.com"}}, []Identifier{{"pass", "example.com"}}, nil,
			[]string{"notice dmarc-pass-by-dkim-only", "notice dmarc-result-pass"}},
		{"unusable record", "example.net", []Identifier{{"pass", "example.com"}}, nil, nil, []string{"error dmarc-result-permerror"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			results := Results{SPF: tt.spf, DKIM: tt.dkim}
			facts := inspect(t, zone, tt.author, Options{Identifiers: results.Domains()})
			got, _ := outcomes(t, &ResultFacts{Facts: facts, Result: Evaluate(facts, results), Open: tt.open})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestResultMessages states what is said of a message.
func TestResultMessages(t *testing.T) {
	t.Parallel()
	const zone = `;! AUTHORITATIVE .
;! SERVFAIL ghost.example.com. A
_dmarc.example.com. TXT "v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s"
_dmarc.example.org. TXT "v=DMARC1; p=quarantine; t=y; pct=20"
`
	for _, tt := range []struct {
		name, author string
		standard     Standard
		results      Results
		want         []string
	}{
		{"passes", "example.com", "", Results{[]Identifier{{"pass", "a.example.com"}}, []Identifier{{"pass", "mail.example.org"}}}, []string{
			"a signature of mail.example.org (Organizational Domain example.org) verifies, which is not aligned with example.com",
			"no valid signature is aligned with example.com",
			"the message of example.com passes: SPF is pass for a.example.com (Organizational Domain example.com), aligned; " +
				"DKIM is pass for mail.example.org (Organizational Domain example.org), not aligned"}},
		{"would pass", "example.com", "", Results{[]Identifier{{"none", ""}}, []Identifier{{"fail", "example.com"}, {"fail", "a.example.com"}}}, []string{
			"the message of example.com fails: SPF is none for no domain; DKIM is fail for example.com, which would be aligned; " +
				"DKIM is fail for a.example.com (Organizational Domain example.com)",
			"the record at example.com asks for the disposition reject"}},
		{"existence not known", "ghost.example.com", "", Results{SPF: []Identifier{{"fail", "x"}}}, []string{
			"SPF is about x, which no pass would align with ghost.example.com",
			"the message of ghost.example.com fails: SPF is fail for x; DKIM is none",
			"the record at example.com asks for the disposition quarantine or none: it is not known whether ghost.example.com exists"}},
		{"test mode", "example.org", "", Results{SPF: []Identifier{{"fail", "x"}}}, []string{
			"SPF is about x, which no pass would align with example.org",
			"the message of example.org fails: SPF is fail for x; DKIM is none",
			"the record at example.org asks for the disposition none: the policy is quarantine, and t=y takes it down a step"}},
		{"older receivers", "example.org", RFC7489, Results{SPF: []Identifier{{"fail", "x"}}}, []string{
			"SPF is about x, which no pass would align with example.org",
			"the message of example.org fails: SPF is fail for x; DKIM is none",
			"the record at example.org asks for the disposition quarantine, for 20% of the messages"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			// An identifier that did not pass needs no walk; here its organization is known.
			facts := inspect(t, zone, tt.author, Options{Standard: tt.standard, Identifiers: []string{"a.example.com", "mail.example.org"}})
			_, got := outcomes(t, &ResultFacts{Facts: facts, Result: Evaluate(facts, tt.results)})
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLegacyDiffers compares the outcomes by the two standards: "" where they agree. By
// the Public Suffix List example.com and example.co.uk are organizations.
func TestLegacyDiffers(t *testing.T) {
	t.Parallel()
	const zone = `;! AUTHORITATIVE .
;! SERVFAIL _dmarc.example.info. TXT
_dmarc.example.com. TXT "v=DMARC1; p=reject; sp=quarantine; np=none"
_dmarc.unit.example.com. TXT "v=DMARC1; p=none; psd=n"
_dmarc.sales.example.net. TXT "v=DMARC1; p=reject"
_dmarc.co.uk. TXT "v=DMARC1; p=reject; psd=y"
_dmarc.shop.example.info. TXT "v=DMARC1; p=reject"
`
	pass := func(domains ...string) (list []Identifier) {
		for _, d := range domains {
			list = append(list, Identifier{"pass", d})
		}
		return list
	}
	for _, tt := range []struct {
		name, author string
		dkim         []Identifier
		want         string
	}{
		{"the same", "example.com", pass("a.example.com"), ""},
		{"both inherit", "www.example.com", pass("a.example.com"), ""},
		{"an organization of its own", "unit.example.com", pass("example.com"), "by RFC 9989 it is fail with the policy none, by RFC 7489 pass"},
		{"that inherits within", "a.unit.example.com", pass("b.unit.example.com"), ""},
		{"whose policy is another", "a.unit.example.com", nil, "by RFC 9989 it is fail with the policy none, by RFC 7489 fail with the policy quarantine, with the record of example.com"},
		{"and another one of the organization", "example.com", pass("a.unit.example.com"), "by RFC 9989 it is fail with the policy reject, by RFC 7489 pass"},
		{"a record half-way", "shop.sales.example.net", pass("shop.sales.example.net"), "by RFC 9989 it is pass, by RFC 7489 none"},
		{"a public suffix with a record", "example.co.uk", nil, "by RFC 9989 it is fail with the policy reject, by RFC 7489 none"},
		{"a name that does not exist", "ghost.example.com", nil, "by RFC 9989 it is fail with the policy none, by RFC 7489 fail with the policy quarantine"},
		{"theirs is not known", "www.example.info", pass("www.example.info"), ""},
		{"nobody has a record", "example.org", pass("example.org"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			results := Results{DKIM: tt.dkim}
			facts := inspect(t, zone, tt.author, Options{Identifiers: results.Domains()})
			got := ""
			for _, found := range lint.Run(ResultRules(), &ResultFacts{Facts: facts, Result: Evaluate(facts, results)}) {
				if found.RuleID == legacyDiffers.ID {
					got = found.Message
					// np= alone makes the difference for names that do not exist (Appendix C.5.1).
					if np := tt.author == "ghost.example.com"; np != (found.Severity == lint.Notice) || np != strings.Contains(found.Hint, "np=") {
						t.Errorf("%s: %s", found.Severity, found.Hint)
					}
				}
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestLegacyAdvice wants the laxer of two policies named where np= alone makes the
// difference: older receivers take sp, and else p, for names that do not exist (RFC 7489,
// Section 6.3).
func TestLegacyAdvice(t *testing.T) {
	t.Parallel()
	const np, sp = "Make np= as strict as sp=, or leave it out.", "Make sp= as strict as np= when all mail from names below the domain passes."
	for record, want := range map[string]string{
		"p=reject; sp=reject; np=none":      np,
		"p=reject; np=none":                 np,
		"p=none; sp=quarantine; np=none":    np,
		"p=none; sp=none; np=reject":        sp,
		"p=reject; sp=none; np=quarantine":  sp,
		"p=none; sp=reject; np=reject":      "",
		"p=reject; sp=quarantine":           "",
		"p=quarantine; np=quarantine; sp=x": "", // no policy is valid, and none is in force
	} {
		facts := inspect(t, ";! AUTHORITATIVE .\n_dmarc.example.com. TXT \"v=DMARC1; "+record+"\"\n", "ghost.example.com", Options{})
		got := ""
		for _, found := range lint.Run([]resultRule{legacyDiffers}, &ResultFacts{Facts: facts, Result: Evaluate(facts, Results{})}) {
			got += found.Hint
		}
		if got != want {
			t.Errorf("%s: %q, want %q", record, got, want)
		}
	}
}

// TestResultOfMany checks that a message with many signatures has short findings.
func TestResultOfMany(t *testing.T) {
	t.Parallel()
	facts := inspect(t, ";! AUTHORITATIVE .\n_dmarc.example.com. TXT \"v=DMARC1; p=none; psd=n\"\n", "example.com", Options{})
	var results Results
	for i := range 1000 {
		results.DKIM = append(results.DKIM, Identifier{"fail", fmt.Sprintf("s%d.example.org", i)})
	}
	results.DKIM = append(results.DKIM, Identifier{"fail", strings.Repeat("x", 60_000)})
	_, got := outcomes(t, &ResultFacts{Facts: facts, Result: Evaluate(facts, results)})
	for _, message := range got {
		if len(message) > 1000 {
			t.Errorf("%d octets: %.200s", len(message), message)
		}
	}
}

// TestResultWithoutAuthor judges a message whose From names no domain.
func TestResultWithoutAuthor(t *testing.T) {
	t.Parallel()
	facts := &Facts{Standard: RFC9989, Err: ErrNoRecord}
	results := Results{DKIM: []Identifier{{"pass", "example.com"}}}
	got, _ := outcomes(t, &ResultFacts{Facts: facts, Result: Evaluate(facts, results)})
	if diff := cmp.Diff([]string{"warning dmarc-result-none"}, got); diff != "" {
		t.Error(diff)
	}
}
