package dkim

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// TestAdvice states what is found in a text: rule, what to do, and the text after the fix.
func TestAdvice(t *testing.T) {
	t.Parallel()
	const key = "k=ed25519; p=" + exampleEd25519
	urlKey := strings.NewReplacer("+", "-", "/", "_").Replace(example1024)
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"URL alphabet", "v=DKIM1; p=" + urlKey,
			[]string{"dkim-p-base64-invalid|Write + for - and / for _.|v=DKIM1; p=" + example1024}},
		{"stray character", "v=DKIM1; p=" + example1024 + ".",
			[]string{"dkim-p-base64-invalid|Publish the key without it.|v=DKIM1; p=" + example1024}},
		{"key in another tag", "v=DKIM1; k=ed25519; public=" + exampleEd25519,
			[]string{"dkim-p-missing||v=DKIM1; " + key, "dkim-unknown-tag||v=DKIM1; " + key}},
		{"unknown tag beside the key", "v=DKIM1; public=" + exampleEd25519 + "; " + key,
			[]string{"dkim-unknown-tag||v=DKIM1; " + key}},
		{"key inside an unknown tag", "v=DKIM1; k=ed25519; x=1 p=" + exampleEd25519,
			[]string{"dkim-tag-syntax||v=DKIM1; k=ed25519; x=1; p=" + exampleEd25519, "dkim-unknown-tag||"}},
		{"colon", "v=DKIM1: " + key, []string{"dkim-tag-syntax||v=DKIM1; " + key}},
		{"colon alone", "v=DKIM1:" + key, []string{"dkim-tag-syntax||v=DKIM1; " + key}},
		{"commas", "v=DKIM1 , k=ed25519,p=" + exampleEd25519,
			[]string{"dkim-tag-syntax||v=DKIM1; k=ed25519,p=" + exampleEd25519, "dkim-tag-syntax||v=DKIM1 , k=ed25519; p=" + exampleEd25519}},
		{"flag that swallows the key", "v=DKIM1; t=s p=G", []string{"dkim-tag-syntax||v=DKIM1; t=s; p=G"}},
		{"hash that swallows the key", "v=DKIM1; h=sha1:sha256: p=G", []string{"dkim-tag-syntax||v=DKIM1; h=sha1:sha256; p=G"}},
		{"name in front", "s1._domainkey.example.com. TXT v=DKIM1; " + key,
			[]string{"dkim-tag-syntax|Remove what stands before \"v=DKIM1\".|v=DKIM1; " + key}},
		{"line of a zone file", `s1._domainkey IN TXT "v=DKIM1; ` + key + `"`,
			[]string{"dkim-tag-syntax|Remove what stands before \"v=DKIM1\".|v=DKIM1; " + key}},
		{"quotation marks", `"v=DKIM1; ` + key + `"`,
			[]string{"dkim-tag-syntax|Publish the text without quotation marks around it.|v=DKIM1; " + key}},
		{"damaged copy", "v=DKIM1; k=rsa; p=" + example2048Even,
			[]string{"dkim-rsa-modulus-weak|Compare the key with the one that the mail server or the provider shows, and publish that; if it is the same, make a new one of 2048 bits.|"}},
		{"revoked", "v=DKIM1; k=x; h=sha1; s=foo; p=", []string{"dkim-key-revoked||"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, found := range lint.Run(KeyRules(), InspectText(lint.NewSource("", tt.in))) {
				line := found.RuleID + "|" + found.Hint + "|"
				if found.Fix != nil {
					line += found.Fix.Record()
				}
				if !strings.HasPrefix(line, "dkim-rsa-under-2048|") {
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSeveral states what is found where several records stand at one name. The other
// texts beside the key follow from where the example is cut.
func TestSeveral(t *testing.T) {
	t.Parallel()
	const (
		mine  = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
		other = "v=DKIM1; k=ed25519; p=" + exampleEd25519
		cut   = 200
		parts = "If the texts are parts of one key, publish them as strings of one record; else delete what is no key."
	)
	private, err := ParsePrivateKey([]byte("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")) // RFC 8463, Appendix A.1
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		texts []string
		want  []string // rule, hint and the text after the fix
	}{
		{"one is that of the private key", []string{other, mine},
			[]string{"dkim-multiple-records|Keep one. A second key, of another type or for a rotation, gets a selector of its own.|"}},
		{"one of another key", []string{other},
			[]string{"dkim-key-mismatch|Publish the public half of the key that signs, or sign with the key that is published.|" + mine}},
		{"none is that of the private key", []string{other, other}, []string{
			"dkim-key-mismatch|Publish the public half of the key that signs, or sign with the key that is published.|",
			"dkim-key-mismatch|Publish the public half of the key that signs, or sign with the key that is published.|",
			"dkim-multiple-records|Keep one. A second key, of another type or for a rotation, gets a selector of its own.|"}},
		{"key in two records", []string{goodRecord[:cut], goodRecord[cut:]},
			[]string{"dkim-multiple-records|One text is the rest of the other: publish both as strings of one record.|" + goodRecord}},
		{"key in two records, the rest first", []string{goodRecord[cut:], goodRecord[:cut]},
			[]string{"dkim-multiple-records|One text is the rest of the other: publish both as strings of one record.|" + goodRecord}},
		{"key in three records", []string{goodRecord[:cut], goodRecord[cut:300], goodRecord[300:]}, []string{"dkim-multiple-records|" + parts + "|"}},
		{"cut key beside another text", []string{goodRecord[:cut], "some-verification=1"}, []string{"dkim-multiple-records|Delete what is no key.|"}},
		{"whole key beside base64", []string{mine, "QUJD"}, []string{"dkim-multiple-records|Delete what is no key.|"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := Selector{Reply: &lookup.Reply{Question: lookup.Question{Name: "s1._domainkey.example.com", Type: lookup.TypeTXT}}}
			for _, text := range tt.texts {
				s.Texts = append(s.Texts, lint.NewSource("", text))
			}
			s.read()
			f := &Facts{Named: true, Selectors: []Selector{s}, Private: []PrivateKey{{Public: private}}}
			var got []string
			for _, found := range lint.Run([]rule{multipleRecords, keyMismatch}, f) {
				line := found.RuleID + "|" + found.Hint + "|"
				if found.Fix != nil {
					line += found.Fix.Record()
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLongText wants the start of a long text in the message.
func TestLongText(t *testing.T) {
	t.Parallel()
	f := InspectText(lint.NewSource("", strings.Repeat("0123456789", 5)+"; p=AAAA"))
	const want = `"0123456789012345678901234567890123456789" and what follows is no tag`
	if found := lint.Run([]rule{tagSyntax}, f); len(found) != 1 || found[0].Message != want {
		t.Errorf("%+v, want %s", found, want)
	}
}

// TestSizes wants one rule at most to speak of a key that is too short.
func TestSizes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, key string
		demanded  int
		want      []string
	}{
		{"nothing demanded", example1024, 0, []string{"dkim-rsa-under-2048"}},
		{"as demanded, below what is recommended", example1024, 1024, []string{"dkim-rsa-under-2048"}},
		{"one bit less than demanded", example1024, 1025, []string{"dkim-rsa-below-policy"}},
		{"less than demanded and recommended", example1024, 2048, []string{"dkim-rsa-below-policy"}},
		{"less than anybody takes", example512, 2048, []string{"dkim-rsa-under-1024"}},
		{"as demanded", example2048, 2048, nil},
		{"recommended, but less than demanded", example2048, 3072, []string{"dkim-rsa-below-policy"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := InspectText(lint.NewSource("", "v=DKIM1; p="+tt.key))
			f.MinBits = tt.demanded
			var got []string
			for _, found := range lint.Run(sizeRules(), f) {
				got = append(got, found.RuleID)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	f := InspectText(lint.NewSource("", "v=DKIM1; k=ed25519; p="+exampleEd25519))
	if f.MinBits = 4096; len(lint.Run(sizeRules(), f)) > 0 {
		t.Error("the demand on RSA keys is made on an Ed25519 key")
	}
}

// TestCommasCorrected wants one record of all the fixes.
func TestCommasCorrected(t *testing.T) {
	t.Parallel()
	findings := lint.Run(KeyRules(), InspectText(lint.NewSource("", "v=DKIM1, k=ed25519, p="+exampleEd25519)))
	got := lint.Correct(findings)
	if len(got) != 1 || got[0].Record != "v=DKIM1; k=ed25519; p="+exampleEd25519 {
		t.Errorf("%+v", got)
	}
}

// TestHostile demands that long texts do not hang: quadratic work would.
func TestHostile(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"a;", "P=;", "p=;", "t= k= ", "x=1 k=;", `"a\\;`, "h=a,k=;", ";"} {
		text := "v=DKIM1; p=;" + strings.Repeat(part, 60000/len(part))
		start := time.Now()
		findings := lint.Run(KeyRules(), InspectText(lint.NewSource("", text)))
		if d := time.Since(start); d > time.Minute || len(findings) == 0 {
			t.Errorf("%q: %d findings in %s", part, len(findings), d)
		}
	}
}
