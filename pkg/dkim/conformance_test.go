package dkim_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// suite is one of the folders below dkim.
type suite struct {
	Dir      string // set by readSuite
	Zonefile string
	Cases    []struct {
		ID, File   string
		Optional   bool
		Signatures []struct {
			D, S, A, Verdict, Reason string
			Accept, Alt              []string
		}
	}
}

func readSuite(t testing.TB, name string) (suite, *lookup.Zone) {
	s := suite{Dir: filepath.Join(suites.Dir(t), "dkim", name)}
	suites.ReadJSON(t, filepath.Join(s.Dir, "cases.json"), &s)
	text, err := os.ReadFile(filepath.Join(s.Dir, s.Zonefile))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := lookup.ParseZone(s.Zonefile, string(text))
	if err != nil {
		t.Fatal(err)
	}
	return s, zone
}

// suiteTime is within all the times that the suites hold.
var suiteTime = time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)

// verdict returns the word of the suites for ours.
func verdict(status dkim.Status) string {
	switch status {
	case dkim.Pass:
		return "pass"
	case dkim.TempError:
		return "tempfail"
	}
	return "permfail"
}

// classes are the words of the suites for reasons.
var classes = map[string][]error{
	"ok":              {nil},
	"sig-syntax":      {dkim.ErrSignatureSyntax, dkim.ErrSignatureDuplicate, dkim.ErrExpirationOrder},
	"sig-version":     {dkim.ErrSignatureVersion},
	"sig-missing-tag": {dkim.ErrMissingTag},
	"sig-algorithm":   {dkim.ErrAlgorithm},
	"sig-canon":       {dkim.ErrCanonicalization},
	"sig-query":       {dkim.ErrQueryMethod},
	"sig-domain":      {dkim.ErrIdentity},
	"sig-no-from":     {dkim.ErrFromUnsigned},
	"sig-expired":     {dkim.ErrExpired},
	"sha1":            {dkim.ErrSHA1},
	"dns-temp":        {lookup.ErrTimeout, lookup.ErrServFail},
	"key-missing":     {dkim.ErrNoRecord},
	"key-syntax":      {dkim.ErrVersion, dkim.ErrBase64, dkim.ErrNoKey, dkim.ErrEd25519Size, dkim.ErrKeyForm},
	"key-type":        {dkim.ErrKeyType, dkim.ErrKeyMismatch},
	"key-hash":        {dkim.ErrSHA1Only, dkim.ErrHashUnknown},
	"key-service":     {dkim.ErrService},
	"key-revoked":     {dkim.ErrRevoked},
	"key-flag-s":      {dkim.ErrStrict},
	"key-short":       {dkim.ErrRSATooShort},
	"body-length":     {dkim.ErrLength},
	"body-hash":       {dkim.ErrBodyHash},
	"signature":       {dkim.ErrSignature},
}

// TestVerifySuites runs the conformance suites. Every case passes, the optional
// ones too.
func TestVerifySuites(t *testing.T) {
	for name, required := range map[string]int{"rfc": 11, "synthetic": 111, "maildkim": 29} {
		t.Run(name, func(t *testing.T) {
			suite, zone := readSuite(t, name)
			passed, total := 0, 0
			for _, c := range suite.Cases {
				ok := t.Run(c.ID, func(t *testing.T) {
					m, err := message.Open(filepath.Join(suite.Dir, c.File))
					if err != nil {
						t.Fatal(err)
					}
					defer m.Close()
					results := dkim.Verify(t.Context(), zone, m, dkim.VerifyOptions{At: suiteTime})
					if len(results) != len(c.Signatures) {
						t.Fatalf("%d signatures, want %d", len(results), len(c.Signatures))
					}
					for i, want := range c.Signatures {
						got := results[i]
						if v := verdict(got.Status); v != want.Verdict && !slices.Contains(want.Alt, v) {
							t.Errorf("signature %d: %s (%v), want %s (%s)", i+1, got.Status, got.Reason, want.Verdict, want.Reason)
						}
						if !slices.Contains(want.Accept, string(got.Status)) {
							t.Errorf("signature %d: result %s, want one of %v", i+1, got.Status, want.Accept)
						}
						if !slices.ContainsFunc(classes[want.Reason], func(err error) bool { return errors.Is(got.Reason, err) }) {
							t.Errorf("signature %d: reason %v, want %s", i+1, got.Reason, want.Reason)
						}
						s := got.Signature
						if want.Reason != "sig-missing-tag" && (s.Domain != want.D || s.Selector != want.S || s.Algorithm != strings.ToLower(want.A)) {
							t.Errorf("signature %d: d=%s s=%s a=%s, want %s, %s, %s", i+1, s.Domain, s.Selector, s.Algorithm, want.D, want.S, want.A)
						}
					}
				})
				if !c.Optional {
					total += len(c.Signatures)
				}
				if ok && !c.Optional {
					passed += len(c.Signatures)
				}
			}
			t.Logf("dkim/%s: %d/%d", name, passed, total)
			if total < required {
				t.Errorf("the suite has %d required signatures, %d were found", required, total)
			}
		})
	}
}
