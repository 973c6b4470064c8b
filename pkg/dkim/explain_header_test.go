package dkim

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"

	msgauth "github.com/emersion/go-msgauth/dkim"
	"github.com/google/go-cmp/cmp"
)

// headerCase is a message of which the header was changed.
type headerCase struct {
	name   string
	signer signer
	in     string
	change func(text string) string
	want   Cause
	fields []string // that are named: name, then as signed; "" where a field was added
	text   string   // part of the sentence
}

var headerCases = []headerCase{
	{"list tag", plainSigner, sampleText, replace("Subject: ", "Subject: [list] "), SubjectTag, []string{"Subject: The meeting tomorrow at noon"}, "words were added to the Subject field in lines "},
	{"spam tag", plainSigner, sampleText, replace("Subject: ", "Subject: [SPAM] "), SubjectTag, []string{"Subject: The meeting tomorrow at noon"}, ""},
	{"stars", plainSigner, sampleText, replace("Subject: ", "Subject: ***SPAM*** "), SubjectTag, []string{"Subject: The meeting tomorrow at noon"}, ""},
	{"stars without a space", plainSigner, sampleText, replace("Subject: ", "Subject: *****"), SubjectTag, []string{"Subject: The meeting tomorrow at noon"}, ""},
	{"reply", plainSigner, sampleText, replace("Subject: ", "Subject: Re: "), SubjectTag, []string{"Subject: The meeting tomorrow at noon"}, ""},
	{"tag behind Re:", plainSigner, strings.Replace(sampleText, "Subject: ", "Subject: Re: ", 1), replace("Subject: Re: ", "Subject: Re: [list] "), SubjectTag, []string{"Subject: Re: The meeting tomorrow at noon"}, ""},
	{"tag at the end", plainSigner, sampleText, replace("at noon\r\n", "at noon [EXT]\r\n"), SubjectTag, []string{"Subject: The meeting tomorrow at noon"}, ""},
	{"tag under simple", simpleSigner, strings.Replace(sampleText, "\r\n tomorrow", " tomorrow", 1), replace("Subject: The", "Subject: [list]\r\n The"), SubjectTag, []string{"Subject: The meeting tomorrow at noon"}, ""},
	{"unfolded", simpleSigner, sampleText, replace("meeting\r\n tomorrow", "meeting tomorrow"), Refolded, []string{"Subject: The meeting tomorrow at noon"}, ""},
	{"folded", simpleSigner, strings.Replace(sampleText, "\r\n tomorrow", " tomorrow", 1), replace("meeting tomorrow", "meeting\r\n tomorrow"), Refolded, []string{"Subject: The meeting tomorrow at noon"}, "the white space or case of the Subject field in lines "},
	{"tab for a space", simpleSigner, sampleText, replace("\r\n tomorrow", "\r\n\ttomorrow"), Refolded, []string{"Subject: The meeting tomorrow at noon"}, ""},
	{"space behind the colon", simpleSigner, strings.Replace(sampleText, "To: ", "To:", 1), replace("To:list", "To: list"), Refolded, []string{"To:list@example.net"}, ""},
	{"no space behind the colon", simpleSigner, sampleText, replace("To: ", "To:"), Refolded, []string{"To: list@example.net"}, ""},
	{"name in capitals", simpleSigner, sampleText, replace("\nSubject:", "\nSUBJECT:"), Refolded, nil, ""},
	{"all refolded", simpleSigner, strings.Replace(strings.Replace(sampleText, "To: list", "To: L <list@example.net>, list", 1), "\r\n tomorrow", " tomorrow", 1), func(text string) string {
		return strings.NewReplacer("meeting tomorrow", "meeting\r\n tomorrow", "net>, list", "net>,\r\n list", "Author <", "Author\r\n <").Replace(text)
	}, Refolded, []string{"From: Anna Author <anna@example.org>", "To: L <list@example.net>, list@example.net", "Subject: The meeting tomorrow at noon"}, ""},
	{"From added at the top", plainSigner, sampleText, func(text string) string { return "From: eve@example.com\r\n" + text }, FieldAdded, []string{""}, "the From field in line 1 was added"},
	{"To added at the end", plainSigner, sampleText, replace("text/plain\r\n", "text/plain\r\nTo: eve@example.com\r\n"), FieldAdded, []string{""}, "was added"},
	{"fields in another order", signer{msgauth.CanonicalizationRelaxed, msgauth.CanonicalizationRelaxed, 0, "From:Comments:Comments"}, "Comments: one\r\nComments: two\r\n" + sampleText,
		func(text string) string {
			return strings.NewReplacer("Comments: one", "Comments: two", "Comments: two", "Comments: one").Replace(text)
		}, FieldOrder, []string{"Comments: two", "Comments: one"}, "the Comments field in line "},
	{"MIME-Version gone", plainSigner, sampleText, replace("MIME-Version: 1.0\r\n", ""), FieldRemoved, []string{"MIME-Version: 1.0"}, "the MIME-Version field is gone, which was \"1.0\""},
	{"relabelled", plainSigner, mixed2, replace("Content-Transfer-Encoding: 8bit", "Content-Transfer-Encoding: 7bit"), TransferEncoding, []string{"Content-Transfer-Encoding: 8bit"}, ""},
	{"kept elsewhere", plainSigner, sampleText, replace("To: list@example.net", "X-Original-To: list@example.net\r\nTo: eve@example.com"), FieldChanged, []string{"To: list@example.net"}, "was changed, which was \"list@example.net\""},
	{"author moved", plainSigner, sampleText, replace("From: Anna Author <anna@example.org>", "Reply-To: anna@example.org\r\nFrom: Anna Author via List <list@example.net>"), FromChanged, []string{"From: Anna Author <anna@example.org>"}, ""},
	{"author and subject", plainSigner, sampleText, func(text string) string {
		return strings.NewReplacer("From: Anna Author <anna@example.org>", "Reply-To: anna@example.org\r\nFrom: Anna Author via List <list@example.net>", "Subject: ", "Subject: [list] ").Replace(text)
	}, MultipleWays, []string{"From: Anna Author <anna@example.org>", "Subject: The meeting tomorrow at noon"}, ""},
	{"words decoded", plainSigner, strings.Replace(sampleText, "The meeting", "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", 1), replace("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Gr\u00fc\u00dfe"), EncodedWords, []string{"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= tomorrow at noon"}, ""},
	{"words encoded", plainSigner, strings.Replace(sampleText, "The meeting\r\n tomorrow at noon", "Gr\u00fc\u00dfe", 1), replace("Gr\u00fc\u00dfe", "=?UTF-8?B?R3LDvMOfZQ==?="), EncodedWords, []string{"Subject: Gr\u00fc\u00dfe"}, ""},
	{"quotes added", plainSigner, sampleText, replace("Anna Author", `"Anna Author"`), NameForm, []string{"From: Anna Author <anna@example.org>"}, ""},
	{"quotes lost", plainSigner, strings.Replace(sampleText, "Anna Author", `"Anna Author"`, 1), replace(`"Anna Author"`, "Anna Author"), NameForm, []string{`From: "Anna Author" <anna@example.org>`}, ""},
	{"brackets added", plainSigner, sampleText, replace("list@example.net", "<list@example.net>"), NameForm, []string{"To: list@example.net"}, ""},
	{"quotes of a parameter", plainSigner, strings.Replace(sampleText, "text/plain", "text/plain; charset=utf-8", 1), replace("charset=utf-8", `charset="utf-8"`), NameForm, []string{"Content-Type: text/plain; charset=utf-8"}, ""},
	{"CR in a word", plainSigner, sampleText, replace("at noon", "at n\roon"), LineEndings, []string{"Subject: The meeting tomorrow at noon"}, "the Subject field in lines 10-11 has a CR that is no line end"},
	{"CRs at the end of a field", plainSigner, sampleText, replace("at noon\r\n", "at noon\r\r\r\n"), LineEndings, nil, "has a CR that is no line end"},
	{"LF lost in a fold", simpleSigner, sampleText, replace("meeting\r\n tomorrow", "meeting\r tomorrow"), LineEndings, nil, "has a CR that is no line end"},
	{"CR in a list of parameters", plainSigner, strings.Replace(sampleText, "text/plain", "text/plain; charset=\"utf-8\"", 1), replace("charset", "\rcharset"), LineEndings, nil, "the Content-Type field in line "},
	{"Ed25519", signer{msgauth.CanonicalizationRelaxed, msgauth.CanonicalizationRelaxed, 2, "From:Subject"}, sampleText, replace("Subject: ", "Subject: [list] "), SubjectTag, []string{"Subject: The meeting tomorrow at noon"}, ""},
	{"From changed", plainSigner, sampleText, replace("anna@", "eve@"), "", nil, ""},
	{"a word of the subject changed", plainSigner, sampleText, replace("meeting", "breeding"), "", nil, ""},
	{"To changed", plainSigner, sampleText, replace("list@", "all@"), "", nil, ""},
	{"Date changed", plainSigner, sampleText, replace("10:00", "11:00"), "", nil, ""},
	{"bh= changed", plainSigner, sampleText, func(text string) string {
		at := strings.Index(text, "bh=") + 3
		return text[:at] + "AAAA" + text[at+4:]
	}, "", nil, ""},
}

// mixed2 is mixed with an encoding in its header.
var mixed2 = strings.Replace(mixed, "MIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n", 1)

func TestExplainHeader(t *testing.T) {
	t.Parallel()
	for _, tt := range headerCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			signed := tt.signer.sign(t, tt.in)
			if res, got := explainText(t, signed); res.Status != Pass || got != nil {
				t.Fatalf("before the change %s (%v), explained %v", res.Status, res.Reason, got)
			}
			text := tt.change(signed)
			res, got := explainText(t, text)
			if res.Header != Differs {
				t.Fatalf("header %s", res.Header)
			}
			if tt.want == "" {
				if len(got) > 0 {
					t.Errorf("explained %+v", got)
				}
				return
			}
			if len(got) != 1 {
				t.Fatalf("explained %+v", got)
			}
			e := got[0]
			if e.Cause != tt.want || !strings.Contains(e.Text, tt.text) {
				t.Errorf("%s %q, want %s %q", e.Cause, e.Text, tt.want, tt.text)
			}
			for i, want := range tt.fields {
				if i < len(e.Changes) && strings.Join(strings.Fields(e.Changes[i].Original), " ") == strings.Join(strings.Fields(want), " ") {
					continue
				}
				t.Errorf("change %d of %+v, want %q", i+1, e.Changes, want)
			}
			confirm(t, text, res, got)
		})
	}
}

// tagged signs with tags that go-msgauth does not write, by the slow way to the
// canonical forms: relaxed/relaxed and h= of From, To and Subject.
func tagged(t testing.TB, text, selector, tags string, length int) string {
	header, body, _ := strings.Cut(text, "\r\n\r\n")
	canonical := slowBody(Relaxed, body)
	if length >= 0 {
		canonical = canonical[:length]
	}
	sum := sha256.Sum256([]byte(canonical))
	field := fmt.Sprintf("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=%s; h=From:To:Subject;%s\r\n bh=%s; b=",
		selector, tags, base64.StdEncoding.EncodeToString(sum[:]))
	m := readNamed(t, header+"\r\n\r\n")
	var signed strings.Builder
	for _, name := range []string{"From", "To", "Subject"} {
		signed.WriteString(slowHeader(m.Named(name)[0].Raw))
	}
	signed.WriteString(strings.TrimSuffix(slowHeader(field+"\r\n"), "\r\n"))
	sum = sha256.Sum256([]byte(signed.String()))
	value, err := rsa.SignPKCS1v15(rand.Reader, signingKeys()[0].(*rsa.PrivateKey), crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return field + base64.StdEncoding.EncodeToString(value) + "\r\n" + header + "\r\n\r\n" + body
}

const copiedFields = " z=From:=20Anna=20Author=20<anna@example.org>|To:=20list@example.net|\r\n Subject:=20The=20meeting=20tomorrow=20at=20noon;"

func TestExplainTags(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []Cause
		changes    int
		sentence   string
	}{
		{"copies, one field", replace("The meeting", "Another meeting")(tagged(t, sampleText, "one", copiedFields, -1)), []Cause{FieldChanged}, 1, "The meeting tomorrow at noon"},
		{"copies, two fields", replace("Anna Author", "Eve Author")(replace("The meeting", "Another meeting")(tagged(t, sampleText, "one", copiedFields, -1))), []Cause{FieldChanged}, 2, "Anna Author <anna@example.org>"},
		{"copies, and a change beside them", replace("z=From:=20Anna", "z=From:=20Eve")(tagged(t, sampleText, "one", copiedFields, -1)), nil, 0, ""},
		{"key of another selector", tagged(t, sampleText, "two", "", -1) + "", []Cause{NotThisKey}, 0, "was not made with the key that is published at \"two._domainkey.example.org\""},
		{"l= of another length", tagged(t, sampleText, "one", " l=33;", 31), []Cause{OtherLength}, 0, "its first 31 octets"},
		{"l= of the raw body", tagged(t, sampleText, "one", " l=30;", -1), []Cause{OtherLength}, 0, "another length than l= says"},
		{"l= and a banner", replace("Dear all", "Beware\r\nDear all")(tagged(t, sampleText, "one", " l=21;", 21)), []Cause{Banner}, 0, ""},
		{"l= and a change", replace("Dear all", "Dear nobody")(tagged(t, sampleText, "one", " l=21;", 21)), nil, 0, ""},
		{"footer and tag", replace("Subject: ", "Subject: [list] ")(tagged(t, sampleText, "one", "", -1)) + "--\r\nlist\r\n", []Cause{Footer, SubjectTag}, 1, "the body is what was signed"},
		{"footer and a change", replace("Subject: ", "Subject: Not ")(replace("list@", "all@")(tagged(t, sampleText, "one", "", -1))) + "--\r\nlist\r\n", []Cause{Footer}, 0, "what bh= says, which no signature confirms"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res, got := explainText(t, tt.text)
			var causes []Cause
			changes, sentences := 0, ""
			for _, e := range got {
				causes = append(causes, e.Cause)
				changes += len(e.Changes)
				sentences += e.Text + "\n"
			}
			if fmt.Sprint(causes) != fmt.Sprint(tt.want) || changes != tt.changes || !strings.Contains(sentences, tt.sentence) {
				t.Errorf("%v (%v): %v, %d changes, %q, want %v, %d, %q", res.Status, res.Reason, causes, changes, sentences, tt.want, tt.changes, tt.sentence)
			}
			confirm(t, tt.text, res, got)
		})
	}
}

// TestExplainSigned names no field that h= leaves out: of two that were refolded
// one is signed.
func TestExplainSigned(t *testing.T) {
	t.Parallel()
	s := simpleSigner
	s.fields = "From:Comments:Subject"
	signed := s.sign(t, "Comments: one two\r\nComments: three four\r\n"+strings.Replace(sampleText, "\r\n tomorrow", " tomorrow", 1))
	text := strings.NewReplacer("one two", "one\r\n two", "three four", "three\r\n four", "meeting tomorrow", "meeting\r\n tomorrow").Replace(signed)
	res, got := explainText(t, text)
	if len(got) != 1 {
		t.Fatalf("explained %+v", got)
	}
	var originals []string
	for _, c := range got[0].Changes {
		originals = append(originals, c.Original)
	}
	if diff := cmp.Diff([]string{"Comments: three four\r\n", "Subject: The meeting tomorrow at noon\r\n"}, originals); diff != "" {
		t.Error(diff)
	}
	confirm(t, text, res, got)
}

// TestRecovered tells signatures of a key from others.
func TestRecovered(t *testing.T) {
	t.Parallel()
	private := signingKeys()[0].(*rsa.PrivateKey)
	key := func(i int) Key {
		public := &signingKeys()[i].(*rsa.PrivateKey).PublicKey
		return Key{Type: RSA, Modulus: public.N, Exponent: big.NewInt(int64(public.E))}
	}
	sum := sha256.Sum256([]byte("a"))
	sign := func(hash crypto.Hash, digest []byte) []byte {
		value, err := rsa.SignPKCS1v15(nil, private, hash, digest)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	right := sign(crypto.SHA256, sum[:])
	other := sign(crypto.SHA1, sum[:20])
	pss, err := rsa.SignPSS(rand.Reader, private, crypto.SHA256, sum[:], nil)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(right)
	damaged[len(damaged)-1] ^= 1
	tests := []struct {
		name   string
		key    int
		value  []byte
		sum    []byte
		padded bool
	}{
		{"right", 0, right, sum[:], true},
		{"another hash", 0, other, nil, true},
		{"another padding", 0, pss, nil, true},
		{"cut", 0, right[1:], nil, false},
		{"none", 0, nil, nil, false},
		{"zero", 0, make([]byte, len(right)), nil, false},
		{"too large", 0, bytes.Repeat([]byte{0xff}, len(right)), nil, false},
	}
	for _, tt := range tests {
		if got, padded := recovered(key(tt.key), tt.value); !bytes.Equal(got, tt.sum) || padded != tt.padded {
			t.Errorf("%s: %x, %t, want %x, %t", tt.name, got, padded, tt.sum, tt.padded)
		}
	}
	// Octets at random end in the mark of the other padding one time in 256.
	for name, sum := range map[string]func() ([]byte, bool){
		"damaged":     func() ([]byte, bool) { return recovered(key(0), damaged) },
		"another key": func() ([]byte, bool) { return recovered(key(1), right) },
	} {
		if got, _ := sum(); got != nil {
			t.Errorf("%s: %x", name, got)
		}
	}
}

// TestExplainOtherKey signs twice with one key, of which one signature names the
// selector of another.
func TestExplainOtherKey(t *testing.T) {
	t.Parallel()
	text := tagged(t, plainSigner.sign(t, sampleText), "two", "", -1)
	_, got := explainText(t, text)
	if len(got) != 1 || got[0].Cause != OtherKey || !strings.Contains(got[0].Text, `"one._domainkey.example.org"`) {
		t.Errorf("%+v", got)
	}
}
