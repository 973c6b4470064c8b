package dkim_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// unlike lists the messages on which the other engine differs, and why it does.
var unlike = map[string]string{
	"body-absent-no-separator": "it wants an empty line behind the header",
	"l-zero":                   "it refuses every l=, as RFC 6376, Section 8.2 allows",
	"l-prefix-appended-text":   "it refuses every l=, as RFC 6376, Section 8.2 allows",
	"x-before-t":               "it does not compare x= with t=",
	"key-version-not-first":    "it takes v= of a key anywhere",
	"key-t-s-subdomain":        "it reads t=s of a key and goes on",
	"key-with-unrelated-txt":   "it takes the first TXT record, whatever it is",
}

// txt answers for the other engine, which knows no context and takes a failure for
// a temporary one only where it is bare.
func txt(ctx context.Context, r lookup.Resolver) func(string) ([]string, error) {
	return func(name string) ([]string, error) {
		name, err := lookup.FromUser(name)
		if err != nil {
			return nil, err
		}
		answer, err := r.Query(ctx, name, lookup.TypeTXT)
		if err != nil {
			return nil, &net.DNSError{Err: err.Error(), Name: name, IsTemporary: true}
		}
		var texts []string
		for _, record := range answer.Records {
			texts = append(texts, record.Source.Text)
		}
		if len(texts) == 0 {
			return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
		}
		return texts, nil
	}
}

// oracle returns the verdicts of the other engine.
func oracle(t *testing.T, r lookup.Resolver, path string) []string {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	results, err := msgauth.VerifyWithOptions(f, &msgauth.VerifyOptions{LookupTXT: txt(t.Context(), r)})
	if err != nil {
		return []string{err.Error()}
	}
	var verdicts []string
	for _, v := range results {
		switch {
		case v.Err == nil:
			verdicts = append(verdicts, "pass")
		case msgauth.IsTempFail(v.Err):
			verdicts = append(verdicts, "tempfail")
		default:
			verdicts = append(verdicts, "permfail")
		}
	}
	return verdicts
}

// TestOracle verifies every message of the suites with go-msgauth, too.
func TestOracle(t *testing.T) {
	for _, name := range []string{"rfc", "synthetic", "maildkim"} {
		suite, zone := readSuite(t, name)
		for _, c := range suite.Cases {
			t.Run(name+"/"+c.ID, func(t *testing.T) {
				path := filepath.Join(suite.Dir, c.File)
				m, err := message.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				defer m.Close()
				var got []string
				for _, res := range dkim.Verify(t.Context(), zone, m, dkim.VerifyOptions{At: suiteTime}) {
					got = append(got, verdict(res.Status))
				}
				want := oracle(t, zone, path)
				same := len(got) == len(want)
				for i := range min(len(got), len(want)) {
					same = same && got[i] == want[i]
				}
				reason, listed := unlike[c.ID]
				switch {
				case !same && !listed:
					t.Errorf("%v, go-msgauth %v", got, want)
				case same && listed:
					t.Errorf("the same, but listed: %s", reason)
				}
			})
		}
	}
}
