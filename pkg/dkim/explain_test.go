package dkim

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"

	msgauth "github.com/emersion/go-msgauth/dkim"
	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// signingKeys are made once: RSA keys take a while.
var signingKeys = sync.OnceValue(func() [3]crypto.Signer {
	var keys [3]crypto.Signer
	for i := range 2 {
		key, err := rsa.GenerateKey(rand.Reader, 1024)
		if err != nil {
			panic(err)
		}
		keys[i] = key
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	keys[2] = key
	return keys
})

// selectors are those of the keys.
var selectors = [3]string{"one", "two", "ed"}

// keyText is the record of a key.
func keyText(key crypto.Signer) string {
	if public, ok := key.Public().(ed25519.PublicKey); ok {
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	}
	public := key.Public().(*rsa.PublicKey)
	return "v=DKIM1; p=" + Key{Type: RSA, Modulus: public.N, Exponent: big.NewInt(int64(public.E))}.Value()
}

// signer says how a message is signed.
type signer struct {
	header, body msgauth.Canonicalization
	key          int
	fields       string // names, by colons
}

// plainSigner is used where nothing else is asked for.
var plainSigner = signer{msgauth.CanonicalizationRelaxed, msgauth.CanonicalizationRelaxed, 0, "From:From:To:Subject:Date:MIME-Version:Content-Type:Content-Transfer-Encoding"}

// simpleSigner leaves every octet of header and body in the hash.
var simpleSigner = signer{msgauth.CanonicalizationSimple, msgauth.CanonicalizationSimple, 0, "From:To:Subject:Date"}

func (s signer) sign(t testing.TB, text string) string {
	var out bytes.Buffer
	err := msgauth.Sign(&out, strings.NewReader(text), &msgauth.SignOptions{
		Domain: "example.org", Selector: selectors[s.key], Signer: signingKeys()[s.key], Hash: crypto.SHA256,
		HeaderCanonicalization: s.header, BodyCanonicalization: s.body, HeaderKeys: strings.Split(s.fields, ":"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// keyZone answers for the keys.
func keyZone(t testing.TB) *lookup.Zone {
	var text strings.Builder
	text.WriteString("$ORIGIN example.org.\n@ 60 SOA ns.example.org. a.example.org. 1 1 1 1 1\n")
	for i, key := range signingKeys() {
		fmt.Fprintf(&text, "%s._domainkey 60 TXT", selectors[i])
		for value := keyText(key); value != ""; {
			n := min(len(value), 250)
			fmt.Fprintf(&text, " %q", value[:n])
			value = value[n:]
		}
		text.WriteString("\n")
	}
	zone, err := lookup.ParseZone("keys", text.String())
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func readNamed(t testing.TB, text string) *message.Message {
	m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{File: "m.eml"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// explainText verifies a message and explains its first signature.
func explainText(t testing.TB, text string) (Result, []Explanation) {
	m := readNamed(t, text)
	results := Verify(t.Context(), keyZone(t), m, VerifyOptions{})
	if len(results) == 0 {
		t.Fatal("no signature")
	}
	return results[0], Explain(t.Context(), m, &results[0], results)
}

const sampleHeader = "From: Anna Author <anna@example.org>\r\nTo: list@example.net\r\nSubject: The meeting\r\n tomorrow at noon\r\n" +
	"Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n"

const sampleText = sampleHeader + "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n" +
	"Dear all,\r\n\r\nwe meet at  noon.\r\nPlease be there.\r\n\r\nAnna\r\n"

// mixed is a message of two parts.
const mixed = sampleHeader + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_x\"\r\n\r\n" +
	"preamble\r\n--=_x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\nfrom here\r\n\r\n" +
	"--=_x\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\nBBBB\r\n--=_x--\r\n"

// withoutMIME signs no field that tells of the form of the body.
var withoutMIME = signer{msgauth.CanonicalizationRelaxed, msgauth.CanonicalizationRelaxed, 0, "From:From:To:Subject:Date"}

// umlauts is a message of one part in an encoding.
func umlauts(encoding, body string) string {
	return sampleHeader + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + body
}

func encoded(oldName, old, newName, new string) func(string) string {
	return func(text string) string {
		return strings.NewReplacer("Encoding: "+oldName, "Encoding: "+newName, old, new).Replace(text)
	}
}

type bodyCase struct {
	name   string
	signer signer
	in     string                   // that is signed
	change func(text string) string // what happens to it
	want   Cause
	lines  [2]int // that are named, counted in the body; zero where the case has none
	text   string // part of the sentence
}

func replace(old, new string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, new, 1) }
}

func after(added string) func(string) string {
	return func(text string) string { return text + added }
}

var bodyCases = []bodyCase{
	{"footer", plainSigner, sampleText, after("\r\n____\r\nlist mailing list\r\nhttps://example.net/list\r\n"), Footer, [2]int{8, 10}, "a footer of 3 lines was added at the end (lines "},
	{"footer, simple", simpleSigner, sampleText, after("--\r\nlist\r\n"), Footer, [2]int{7, 8}, "a footer of 2 lines"},
	{"footer of one line", plainSigner, sampleText, after("sent by list"), Footer, [2]int{7, 7}, "a footer of 1 line was added at the end (line "},
	{"blank lines", simpleSigner, sampleText, after("  \r\n\t\r\n"), BlankLines, [2]int{7, 8}, "2 lines of white space"},
	{"empty body", plainSigner, sampleHeader + "\r\n", after("This\r\nis new\r\n"), EmptyBody, [2]int{1, 2}, "the whole body"},
	{"empty body, simple", simpleSigner, sampleHeader + "\r\n", after("This\r\nis new\r\n"), EmptyBody, [2]int{1, 2}, "the whole body"},
	{"trailing space", simpleSigner, sampleText, replace("there.\r\n", "there.  \r\n"), TrailingSpace, [2]int{4, 4}, "white space was added"},
	{"bare LF", plainSigner, sampleText, replace("all,\r\n\r\nwe", "all,\n\nwe"), LineEndings, [2]int{1, 2}, ""},
	{"doubled CR", simpleSigner, sampleText, replace("there.\r\n", "there.\r\r\n"), LineEndings, [2]int{4, 4}, ""},
	{"bare CR", plainSigner, sampleText, replace("there.\r\n", "there.\r"), LineEndings, [2]int{4, 4}, ""},
	{"space under simple", simpleSigner, strings.Replace(sampleText, "at  noon", "at noon", 1), replace("at noon.", "at \t noon."), OtherForm, [2]int{}, "in relaxed canonical form, where c= says simple"},
	{"banner", plainSigner, sampleText, replace("Dear all", "[External]\r\nBeware.\r\n\r\nDear all"), Banner, [2]int{1, 3}, "3 lines were added at the top"},
	{"banner and footer", plainSigner, sampleText, func(text string) string {
		return replace("Dear all", "[External]\r\nDear all")(text) + "footer\r\n"
	}, Banner, [2]int{1, 1}, "(a footer was added, too: line "},
	{"lines in the middle", plainSigner, sampleText, replace("Please be", "Buy this.\r\nBuy that.\r\nPlease be"), LinesAdded, [2]int{4, 5}, ""},
	{"footer of a part", plainSigner, mixed, replace("here\r\n", "here\r\n___\r\nlist\r\n"), PartFooter, [2]int{8, 9}, "at the end of a part"},
	{"footer right before the next part", plainSigner, mixed, replace("\r\n\r\n--=_x\r\nContent-Type: app", "\r\n\r\n___\r\nlist\r\n--=_x\r\nContent-Type: app"), PartFooter, [2]int{9, 10}, ""},
	{"banner in a part", plainSigner, mixed, replace("Gr\u00fc", "Beware!\r\nGr\u00fc"), Banner, [2]int{6, 6}, ""},
	{"part at the end", plainSigner, mixed, replace("--=_x--", "--=_x\r\nContent-Type: text/plain\r\n\r\nlist footer\r\n--=_x--"), PartAdded, [2]int{15, 18}, "a part of 4 lines was added"},
	{"part in front", plainSigner, mixed, replace("--=_x\r\n", "--=_x\r\n\r\nBeware\r\n--=_x\r\n"), PartAdded, [2]int{2, 4}, ""},
	{"dots", plainSigner, sampleText + ".hidden\r\n..\r\n", func(text string) string {
		return strings.NewReplacer("\r\n.hidden", "\r\n..hidden", "\r\n..\r\n", "\r\n...\r\n").Replace(text)
	}, DotStuffing, [2]int{7, 8}, ""},
	{"dots lost", plainSigner, sampleText + "..hidden\r\n", replace("..hidden", ".hidden"), DotStuffing, [2]int{7, 7}, ""},
	{"mbox", plainSigner, sampleText + "From here on\r\nall is well\r\n", replace("\r\nFrom here", "\r\n>From here"), FromQuoting, [2]int{7, 7}, ""},
	{"mbox undone", plainSigner, sampleText + ">From here on\r\nall is well\r\n", replace("\r\n>From here", "\r\nFrom here"), FromQuoting, [2]int{7, 7}, ""},
	{"long line", plainSigner, sampleText + strings.Repeat("a", 1500) + "\r\n", replace(strings.Repeat("a", 998), strings.Repeat("a", 998)+"\r\n "), LongLines, [2]int{7, 8}, ""},
	{"long line, marked", plainSigner, sampleText + strings.Repeat("a", 1500) + "\r\n", replace(strings.Repeat("a", 990), strings.Repeat("a", 990)+"!\r\n "), LongLines, [2]int{7, 8}, ""},
	{"wrapped by a list", withoutMIME, sampleText, func(text string) string {
		header, body, _ := strings.Cut(text, "\r\n\r\n")
		header = strings.Replace(header, "text/plain", "multipart/mixed;\r\n boundary=\"=_y\"", 1)
		return header + "\r\n\r\n--=_y\r\nContent-Type: text/plain\r\n\r\n" + body + "--=_y\r\n\r\nlist footer\r\n--=_y--\r\n"
	}, Wrapped, [2]int{1, 13}, "; lines "},
	{"encoded", withoutMIME, umlauts("8bit", "Gr\u00fc\u00dfe\r\n"), encoded("8bit", "Gr\u00fc\u00dfe\r\n", "quoted-printable", "Gr=C3=BC=C3=9Fe\r\n"), TransferEncoding, [2]int{1, 1}, ""},
	{"encoded in base64", withoutMIME, umlauts("8bit", "Gr\u00fc\u00dfe\r\n"), encoded("8bit", "Gr\u00fc\u00dfe\r\n", "base64", "R3LDvMOfZQ0K\r\n"), TransferEncoding, [2]int{1, 1}, ""},
	{"decoded from base64", withoutMIME, umlauts("base64", "R3LDvMOfZQ0K\r\n"), encoded("base64", "R3LDvMOfZQ0K\r\n", "8bit", "Gr\u00fc\u00dfe\r\n"), TransferEncoding, [2]int{1, 1}, ""},
	{"decoded from quoted-printable", withoutMIME, umlauts("quoted-printable", "Gr=C3=BC=C3=9Fe\r\n"), encoded("quoted-printable", "Gr=C3=BC=C3=9Fe\r\n", "8bit", "Gr\u00fc\u00dfe\r\n"), TransferEncoding, [2]int{1, 1}, ""},
	{"from one encoding to another", withoutMIME, umlauts("quoted-printable", "Gr=C3=BC=C3=9Fe\r\n"), encoded("quoted-printable", "Gr=C3=BC=C3=9Fe\r\n", "base64", "R3LDvMOfZQ0K\r\n"), TransferEncoding, [2]int{1, 1}, ""},
	{"encoded with a footer", withoutMIME, umlauts("8bit", "Gr\u00fc\u00dfe\r\n"), encoded("8bit", "Gr\u00fc\u00dfe\r\n", "base64", "R3LDvMOfZQ0KLS0NCmxpc3QNCg==\r\n"), TransferEncoding, [2]int{1, 1}, "(a footer was added, too)"},
	{"part encoded", plainSigner, mixed, func(text string) string {
		return strings.NewReplacer("Encoding: 8bit", "Encoding: quoted-printable", "Gr\u00fc\u00dfe", "Gr=C3=BC=C3=9Fe").Replace(text)
	}, TransferEncoding, [2]int{4, 8}, "the content was encoded anew"},
	{"part decoded", plainSigner, strings.NewReplacer("Encoding: 8bit", "Encoding: quoted-printable", "Gr\u00fc\u00dfe", "Gr=C3=BC=C3=9Fe").Replace(mixed), func(text string) string {
		return strings.NewReplacer("Encoding: quoted-printable", "Encoding: 8bit", "Gr=C3=BC=C3=9Fe", "Gr\u00fc\u00dfe").Replace(text)
	}, TransferEncoding, [2]int{4, 8}, ""},
	{"base64 in other lines", plainSigner, strings.Replace(mixed, "AAAA\r\nBBBB", "AAAABBBB", 1), replace("AAAABBBB", "AAAA\r\nBBBB"), TransferEncoding, [2]int{11, 14}, ""},
}

func TestExplainBody(t *testing.T) {
	t.Parallel()
	for _, tt := range bodyCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			signed := tt.signer.sign(t, tt.in)
			if res, got := explainText(t, signed); res.Status != Pass || got != nil {
				t.Fatalf("before the change %s (%v), explained %v", res.Status, res.Reason, got)
			}
			text := tt.change(signed)
			res, got := explainText(t, text)
			if res.BodyHash != Differs || len(got) != 1 {
				t.Fatalf("body hash %s, explained %+v", res.BodyHash, got)
			}
			e, want := got[0], tt.lines
			if want[0] > 0 {
				header, _, _ := strings.Cut(text, "\r\n\r\n")
				above := strings.Count(header, "\n") + 2
				want = [2]int{above + want[0], above + want[1]}
			}
			if e.Cause != tt.want || e.Lines != want || !strings.Contains(e.Text, tt.text) {
				t.Errorf("%s %v %q, want %s %v %q", e.Cause, e.Lines, e.Text, tt.want, want, tt.text)
			}
			confirm(t, text, res, got)
			if tt.want == LineEndings {
				return
			}
			if _, saved := explainText(t, strings.ReplaceAll(text, "\r\n", "\n")); !cmp.Equal(saved, got, cmp.AllowUnexported(message.Field{})) {
				t.Errorf("in a file with LF %+v, want %+v", saved, got)
			}
		})
	}
}

// TestExplainBareLF names the lines of line ends that stand alone behind a body, which
// no canonical form leaves out.
func TestExplainBareLF(t *testing.T) {
	t.Parallel()
	text := plainSigner.sign(t, sampleText)
	above := strings.Count(text, "\n")
	_, got := explainText(t, text+"\n\r\n\n")
	if len(got) != 1 || got[0].Cause != BlankLines || got[0].Lines != [2]int{above + 1, above + 3} {
		t.Errorf("%+v, want lines %d to %d", got, above+1, above+3)
	}
}
