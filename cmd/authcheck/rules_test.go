package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/spf"
)

// TestRuleExamples runs the examples of every rule through the command line: the
// bad one yields the rule, the good one does not, and nothing is harsher than its
// documentation says.
func TestRuleExamples(t *testing.T) {
	t.Parallel()
	// The rule about permissions wants a key that others may read, whatever the umask.
	if err := os.Chmod("testdata/rfc8463.key", 0o644); err != nil {
		t.Fatal(err)
	}
	severities := map[string]lint.Severity{}
	for _, doc := range check.Docs() {
		severities[doc.ID] = doc.Severity
	}
	for _, doc := range check.Docs() {
		t.Run(doc.ID, func(t *testing.T) {
			t.Parallel()
			if fired := runExample(t, doc.Bad, severities); !slices.Contains(fired, doc.ID) {
				t.Errorf("the bad example yields %v", fired)
			}
			if fired := runExample(t, doc.Good, severities); slices.Contains(fired, doc.ID) {
				t.Errorf("the good example yields the rule")
			}
		})
	}
}

// runExample returns the IDs of the rules that fire on an example.
func runExample(t *testing.T, e lint.Example, severities map[string]lint.Severity) []string {
	t.Helper()
	zone := filepath.Join(t.TempDir(), "example.zone")
	text := ";! AUTHORITATIVE .\n$ORIGIN example.com.\n$TTL 3600\n" + e.Zone + "\n"
	if err := os.WriteFile(zone, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args, given := e.Args, []string{"--zone", zone}
	switch {
	case e.Message != "":
		path := filepath.Join(t.TempDir(), "example.eml")
		if err := os.WriteFile(path, []byte(e.Message), 0o600); err != nil {
			t.Fatal(err)
		}
		if len(args) == 0 {
			args = []string{"verify"}
		}
		given = append(given, path)
	case len(args) == 0:
		args = []string{"spf", "example.com"}
	}
	if slices.Equal(args, []string{"lint", "zone"}) {
		given = []string{zone}
	}
	if !slices.Contains(args, "--config") {
		given = append(given, "--no-config")
	}
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), slices.Concat(args, given, []string{"-f", "json"}), nil, &stdout, &stderr)
	if code == exitUsage {
		t.Fatalf("%v: %s", args, stderr.String())
	}
	validate(t, reportSchema(t), stdout.Bytes())
	var out struct {
		Reports []struct {
			Findings []struct{ Rule, Severity string }
			Unknown  []struct{ Rule string }
			Open     []struct{ Rule string } `json:"not_checked"`
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	var fired []string
	for _, r := range out.Reports {
		for _, f := range r.Findings {
			fired = append(fired, f.Rule)
			if s, ok := lint.ParseSeverity(f.Severity); !ok || s > severities[f.Rule] {
				t.Errorf("%s has severity %s, its documentation says %s", f.Rule, f.Severity, severities[f.Rule])
			}
		}
		for _, q := range slices.Concat(r.Unknown, r.Open) {
			fired = append(fired, q.Rule)
		}
	}
	return fired
}

// reference is the form of a reference to a standard in force.
var reference = regexp.MustCompile(`^(operational|RFC (\d+), Sections? [0-9.]+( and [0-9.]+)?)$`)

// standards are the documents that rules may refer to.
var standards = []string{"1035", "2045", "2181", "2308", "2369", "5321", "5322", "6068", "6376", "6541", "6651", "6652", "7208", "7505", "8020", "8058", "8301", "8463", "8552", "8601", "8617", "9989", "9990"}

func TestRuleDocs(t *testing.T) {
	t.Parallel()
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	seen := map[string]bool{}
	for _, doc := range check.Docs() {
		if !id.MatchString(doc.ID) || seen[doc.ID] || check.Retired()[doc.ID] != "" {
			t.Errorf("%q is no fresh ID", doc.ID)
		}
		seen[doc.ID] = true
		if doc.Title == "" || doc.Why == "" || doc.Severity == 0 {
			t.Errorf("%s: a field is empty", doc.ID)
		}
		if strings.HasSuffix(doc.Title, ".") || !strings.HasSuffix(doc.Why, ".") {
			t.Errorf("%s: the title is no sentence, the reason is", doc.ID)
		}
		m := reference.FindStringSubmatch(doc.Ref)
		if m == nil || m[2] != "" && !slices.Contains(standards, m[2]) {
			t.Errorf("%s: reference %q", doc.ID, doc.Ref)
		}
		if shows := func(e lint.Example) bool { return e.Zone != "" || e.Message != "" || e.Args != nil }; !shows(doc.Bad) || !shows(doc.Good) {
			t.Errorf("%s: an example is missing", doc.ID)
		}
	}
}

// TestSentinels checks that each reason for which a verdict or an answer can be
// missing is explained by exactly one rule.
func TestSentinels(t *testing.T) {
	t.Parallel()
	claimed := map[error]int{}
	for _, doc := range check.Docs() {
		if doc.Reason != nil {
			claimed[doc.Reason]++
		}
	}
	for _, reason := range []error{
		spf.ErrUnknownMechanism, spf.ErrModifierColon, spf.ErrModifierQualifier, spf.ErrDoubleQualifier, spf.ErrBareAddress,
		spf.ErrAddress, spf.ErrIP4InIP6, spf.ErrIP6InIP4, spf.ErrPrefixLength, spf.ErrLengthNotAllowed, spf.ErrEmptyDomain,
		spf.ErrEmptyExp, spf.ErrTarget, spf.ErrTargetAddress, spf.ErrMacro, spf.ErrMacroExpOnly, spf.ErrMacroInAddress,
		spf.ErrRedirectTwice, spf.ErrExpTwice, spf.ErrSeparator, spf.ErrGlued, spf.ErrCharacter, spf.ErrQuote, spf.ErrTrailingText, spf.ErrSecondRecord,
		spf.ErrNotDomain, spf.ErrNoDomain, spf.ErrNoRecord, spf.ErrMultipleRecords, spf.ErrIncludeNone, spf.ErrRedirectNone,
		spf.ErrLookupLimit, spf.ErrVoidLimit, spf.ErrMXLimit,
		dmarc.ErrUnusable, dmarc.ErrTemporaryResult, dmarc.ErrNoRecord, dmarc.ErrMultipleRecords, dmarc.ErrUnauthorized, dmarc.ErrOtherHost,
		dmarc.ErrURIScheme, dmarc.ErrURIDoubled, dmarc.ErrURIAddress, dmarc.ErrURIEncoding, dmarc.ErrURISeparator,
		dkim.ErrNotKey, dkim.ErrTagSyntax, dkim.ErrDuplicateTag, dkim.ErrVersion, dkim.ErrNoKey, dkim.ErrRevoked, dkim.ErrKeyType,
		dkim.ErrBase64, dkim.ErrTruncated, dkim.ErrKeyForm, dkim.ErrEd25519Size, dkim.ErrRSATooShort, dkim.ErrRSATooLong, dkim.ErrExponent,
		dkim.ErrModulus, dkim.ErrSHA1Only, dkim.ErrHashUnknown, dkim.ErrService, dkim.ErrNoRecord, dkim.ErrMultipleRecords, dkim.ErrSelector,
		arc.ErrInstance, arc.ErrIncomplete, arc.ErrDuplicate, arc.ErrValidation, arc.ErrMessageSignature, arc.ErrSeal, arc.ErrSealNames,
		dkim.ErrSignatureSize, dkim.ErrSignatureSyntax, dkim.ErrSignatureDuplicate, dkim.ErrSignatureVersion, dkim.ErrMissingTag,
		dkim.ErrSigningDomain, dkim.ErrIdentity, dkim.ErrFromUnsigned, dkim.ErrExpirationOrder, dkim.ErrQueryMethod,
		dkim.ErrCanonicalization, dkim.ErrAlgorithm, dkim.ErrSHA1, dkim.ErrTooMany, dkim.ErrUnread, dkim.ErrKeyMismatch, dkim.ErrStrict,
		dkim.ErrLength, dkim.ErrBodyHash, dkim.ErrSignature, dkim.ErrExpired, dkim.ErrMinBits,
		mailhost.ErrNoHELO, mailhost.ErrNotFQDN, mailhost.ErrBareAddress, mailhost.ErrHELOSyntax,
		lookup.ErrTimeout, lookup.ErrServFail, lookup.ErrRefused, lookup.ErrTruncated, lookup.ErrCNAMELoop, lookup.ErrNetwork,
	} {
		if claimed[reason] != 1 {
			t.Errorf("%q is explained by %d rules", reason, claimed[reason])
		}
		delete(claimed, reason)
	}
	for reason := range claimed {
		t.Errorf("%q is explained by a rule but not listed here", reason)
	}
}

// TestRulesPage checks that the page of all rules is current.
func TestRulesPage(t *testing.T) {
	t.Parallel()
	var want bytes.Buffer
	if err := render.RuleMarkdown(&want, check.Docs()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../pkg/check/RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("pkg/check/RULES.md is not what `authcheck rules -f markdown` prints; run go generate ./...")
	}
}
