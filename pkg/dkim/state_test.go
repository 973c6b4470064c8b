package dkim

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

func TestState(t *testing.T) {
	t.Parallel()
	const own, other = "v=DKIM1; k=ed25519; p=" + exampleEd25519, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
	for _, tt := range []struct {
		name, zone string
		want       State
	}{
		{"published", `s1._domainkey TXT "` + own + `"`, KeyPublished},
		{"published in test mode", `s1._domainkey TXT "` + own + `; t=y"`, KeyPublished},
		{"published behind an alias", "s1._domainkey CNAME s2\ns2 TXT \"" + own + `"`, KeyPublished},
		{"published, but not for mail", `s1._domainkey TXT "` + own + `; s=tlsrpt"`, KeyPublished},
		{"published beside another", `s1._domainkey TXT "` + own + "\"\ns1._domainkey TXT \"" + other + `"`, KeyPublished},
		{"beside a text", `s1._domainkey TXT "` + own + "\"\ns1._domainkey TXT \"v=spf1 -all\"", KeyPublished},
		{"another key", `s1._domainkey TXT "` + other + `"`, KeyDiffers},
		{"cut off", `s1._domainkey TXT "` + own[:40] + `"`, KeyDiffers},
		{"not a key", `s1._domainkey TXT "v=spf1 -all"`, KeyDiffers},
		{"revoked", `s1._domainkey TXT "v=DKIM1; p="`, KeyRevoked},
		{"missing", `s2._domainkey TXT "` + own + `"`, KeyMissing},
		{"no answer", ";! TIMEOUT s1._domainkey.example.com. TXT", KeyUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n$TTL 60\n"+tt.zone+"\n")
			if err != nil {
				t.Fatal(err)
			}
			f := Inspect(t.Context(), zone, "example.com", Options{Selectors: []string{"s1"}})
			key := Parse(lint.NewSource("", own)).Key
			if got := f.Selectors[0].State(key); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// TestKeysUnknown wants nothing said of all keys where one that was asked for got no answer:
// it may be of the other type, the second one, or that of the private key.
func TestKeysUnknown(t *testing.T) {
	t.Parallel()
	const ed, rsa = "v=DKIM1; k=ed25519; p=" + exampleEd25519, goodRecord
	private := []PrivateKey{{File: "key", Public: Key{Type: Ed25519, Bits: 256, Octets: make([]byte, 32)}, Mode: 0o600}}
	for _, tt := range []struct {
		name, key, directive string
		want                 []string
	}{
		{"Ed25519, no answer", ed, ";! SERVFAIL", nil},
		{"RSA, no answer", rsa, ";! TIMEOUT", nil},
		{"Ed25519, no key", ed, ";! NXDOMAIN", []string{"dkim-ed25519-only", "dkim-key-mismatch", "dkim-only-one-selector"}},
		{"RSA, no key", rsa, ";! NXDOMAIN", []string{"dkim-key-mismatch", "dkim-no-ed25519", "dkim-only-one-selector"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			key := tt.key[:50] + "\" \"" + tt.key[50:]
			zone, err := lookup.ParseZone("zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\ns1._domainkey TXT \""+key+"\"\n"+tt.directive+" s2._domainkey.example.com. TXT\n")
			if err != nil {
				t.Fatal(err)
			}
			f := Inspect(t.Context(), zone, "example.com", Options{Selectors: []string{"s1", "s2"}, Private: private})
			var got []string
			for _, found := range lint.Run([]lint.Rule[*Facts]{onlySelector, noEd25519, ed25519Only, keyMismatch}, f) {
				got = append(got, found.RuleID)
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSwappedStrings wants the order of the strings alone found fault with where another
// one makes a sound record, and that record as the correction.
func TestSwappedStrings(t *testing.T) {
	t.Parallel()
	head, tail := goodRecord[:200], goodRecord[200:]
	const swapped = "dkim-p-second-chunk-reordered"
	for _, tt := range []struct {
		name    string
		strings []string
		want    []string
	}{
		{"the end first", []string{tail, head}, []string{swapped}},
		{"three", []string{tail[100:], head, tail[:100]}, []string{swapped}},
		{"the tags in one, the key swapped", []string{goodRecord[:18], goodRecord[200:], goodRecord[18:200]}, []string{swapped}},
		{"in order", []string{head, tail}, nil},
		{"the end twice, no tag at all", []string{tail, tail}, []string{"dkim-not-a-key-record"}},
		{"the end is missing", []string{head[:100], head[100:]}, []string{"dkim-p-truncated"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := lookup.ParseZone("zone", ";! AUTHORITATIVE .\ns1._domainkey.example.com. TXT \""+strings.Join(tt.strings, "\" \"")+"\"\n")
			if err != nil {
				t.Fatal(err)
			}
			findings := lint.Run(KeyRules(), Inspect(t.Context(), zone, "example.com", Options{Selectors: []string{"s1"}}))
			var got []string
			for _, found := range findings {
				if found.Severity == lint.Error {
					got = append(got, found.RuleID)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Fatal(diff)
			}
			if len(got) > 0 && got[0] == swapped {
				if corrected := lint.Correct(findings); len(corrected) != 1 || corrected[0].Record != goodRecord {
					t.Errorf("%+v", corrected)
				}
			}
		})
	}
}

// TestMismatch compares each private key with what stands at its own selector.
func TestMismatch(t *testing.T) {
	t.Parallel()
	const own, other = "v=DKIM1; k=ed25519; p=" + exampleEd25519, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
	zone, err := lookup.ParseZone("zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n$TTL 60\ns1._domainkey TXT \""+own+"\"\ns2._domainkey TXT \""+other+"\"\n")
	if err != nil {
		t.Fatal(err)
	}
	key := Parse(lint.NewSource("", own)).Key
	for _, tt := range []struct {
		name, selector string
		public         Key
		want           int
	}{
		{"anywhere", "", key, 0},
		{"at its selector", "s1", key, 0},
		{"at another selector", "s2", key, 1},
		{"nothing at its selector", "s3", key, 0},
		{"nowhere", "", Key{Type: Ed25519, Bits: 256, Octets: make([]byte, 32)}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := Inspect(t.Context(), zone, "example.com", Options{Selectors: []string{"s1", "s2"},
				Private: []PrivateKey{{File: "key", Public: tt.public, Selector: tt.selector, Mode: 0o600}}})
			if found := lint.Run([]lint.Rule[*Facts]{keyMismatch}, f); len(found) != tt.want {
				t.Errorf("%v, want %d findings", found, tt.want)
			}
		})
	}
}
