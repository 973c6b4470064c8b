package dkim

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/message"
)

// bounded explains a message and checks how much was done for it.
func bounded(t testing.TB, text string) (*message.Message, *Result, []Explanation) {
	t.Helper()
	m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{})
	if err != nil {
		return nil, nil, nil
	}
	results := Verify(t.Context(), keyZone(t), m, VerifyOptions{})
	if len(results) == 0 {
		return nil, nil, nil
	}
	r := &results[0]
	if r.Status != Fail {
		return m, r, Explain(t.Context(), m, r, results)
	}
	b := newBodySearch(t.Context(), m, r)
	b.find()
	// A pass ends at the first block beyond what is allowed, of which each line
	// may have been hashed.
	if most := b.allowed + message.BlockSize*sumWork; b.work > most {
		t.Errorf("%d octets of a body of %d were worth %d, more than %d", len(text), b.size, b.work, most)
	}
	h := newHeaderSearch(t.Context(), m, r)
	h.explain(results)
	if most := maxHeaderWork + h.size + maxKeys*verifyWork; h.work > most {
		t.Errorf("%d octets were hashed of a header, more than %d", h.work, most)
	}
	if most := maxHeld + 2*h.size; h.held > most {
		t.Errorf("%d octets of fields were held, more than %d", h.held, most)
	}
	return m, r, Explain(t.Context(), m, r, results)
}

// TestExplainOctets changes single octets anywhere. What is claimed is confirmed by
// the other engine; a damaged b= or key alone has no original to verify.
func TestExplainOctets(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	claims := map[Cause]int{}
	for _, s := range []signer{plainSigner, simpleSigner, withoutMIME} {
		for _, in := range []string{sampleText, mixed, mixed2} {
			signed := s.sign(t, in)
			for range 60 {
				text := []byte(signed)
				at := random.IntN(len(text))
				text[at] ^= byte(1 + random.IntN(255))
				_, res, got := bounded(t, string(text))
				if len(got) == 0 {
					continue
				}
				for _, e := range got {
					claims[e.Cause]++
					if e.Cause == NotThisKey && signatureValue(string(text)) == signatureValue(signed) {
						t.Errorf("octet %d: %s", at, e.Text)
					}
				}
				confirm(t, string(text), *res, got)
			}
		}
	}
	t.Log(claims)
}

// signatureValue is what stands between b= and the end of the field.
func signatureValue(text string) string {
	_, value, _ := strings.Cut(text, "\n b=")
	value, _, _ = strings.Cut(value, "\nFrom:")
	return value
}

func FuzzExplain(f *testing.F) {
	for _, s := range []signer{plainSigner, simpleSigner, withoutMIME} {
		for _, in := range []string{sampleText, mixed, mixed2} {
			signed := s.sign(f, in)
			f.Add(signed)
			f.Add(signed + "--\r\nfooter\r\n")
			f.Add(replace("Subject: ", "Subject: [list] ")(signed))
		}
	}
	for _, tt := range bodyCases {
		f.Add(tt.change(tt.signer.sign(f, tt.in)))
	}
	for _, tt := range headerCases {
		f.Add(tt.change(tt.signer.sign(f, tt.in)))
	}
	f.Add(tagged(f, sampleText, "one", copiedFields, -1))
	f.Fuzz(func(t *testing.T, text string) {
		m, _, got := bounded(t, text)
		for _, e := range got {
			if e.Text == "" || strings.ContainsFunc(e.Text, func(c rune) bool { return c < ' ' }) {
				t.Errorf("%s: %q", e.Cause, e.Text)
			}
			if last := m.BodyLine + strings.Count(text[m.BodyOffset:], "\n"); e.Lines[0] > e.Lines[1] || e.Lines[0] < 0 || e.Lines[1] > last {
				t.Errorf("%s: lines %v of %d", e.Cause, e.Lines, last)
			}
		}
	})
}

// TestExplainLarge bounds the work for bodies that are made to ask for much.
func TestExplainLarge(t *testing.T) {
	t.Parallel()
	signed := plainSigner.sign(t, mixed)
	for name, added := range map[string]string{
		"short lines":   strings.Repeat("a\r\n", 1<<20),
		"one line":      strings.Repeat("a", 2<<20),
		"empty lines":   strings.Repeat("\r\n", 1<<20) + "a",
		"white space":   strings.Repeat(" ", 2<<20) + "a",
		"delimiters":    strings.Repeat("--=_x\r\n", 1<<16),
		"multiparts":    strings.Repeat("--=_x\r\nContent-Type: multipart/mixed; boundary=\"=_x\"\r\n\r\n", 1<<12),
		"quoted Froms":  strings.Repeat(">From \r\n", 1<<17),
		"bare CRs":      strings.Repeat("\r", 1<<20),
		"encoded lines": strings.Repeat("=\r\n", 1<<19),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bounded(t, strings.Replace(signed, "Gr\u00fc", added+"\r\nGr\u00fc", 1))
			bounded(t, signed+added)
		})
	}
}

// TestExplainHeaderBounds bounds the work for headers that are made to ask for much.
func TestExplainHeaderBounds(t *testing.T) {
	t.Parallel()
	many := signer{plainSigner.header, plainSigner.body, 2, strings.Repeat("Subject:", 99) + "From"}
	for name, in := range map[string]string{
		"subjects":   strings.Repeat("Subject: a b c d e f g h i j k l m n o p q r s t\r\n", 200) + sampleText,
		"long field": "Subject: " + strings.Repeat("a ", 100_000) + "\r\n" + sampleText,
		"long list":  "Subject: " + strings.Repeat("a ", 1500) + "\r\n" + sampleText,
		"long words": "Subject: " + strings.Repeat(strings.Repeat("a", 100)+" ", 39) + "\r\n" + sampleText,
	} {
		for _, s := range []signer{many, {simpleSigner.header, simpleSigner.body, 0, many.fields}} {
			signed := s.sign(t, in)
			_, _, got := bounded(t, replace("anna@", "eve@")(signed))
			if len(got) > 0 {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
}

// TestExplainCanceled stops with the context.
func TestExplainCanceled(t *testing.T) {
	t.Parallel()
	text := plainSigner.sign(t, sampleText) + "footer\r\n"
	m := readNamed(t, text)
	results := Verify(t.Context(), keyZone(t), m, VerifyOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := Explain(ctx, m, &results[0], results); got != nil {
		t.Errorf("explained %+v", got)
	}
}

// BenchmarkExplainHeader finds nothing.
func BenchmarkExplainHeader(b *testing.B) {
	for i, selector := range selectors {
		s := plainSigner
		s.key = i
		m := readNamed(b, replace("anna@", "eve@")(s.sign(b, sampleText)))
		results := Verify(b.Context(), keyZone(b), m, VerifyOptions{})
		b.Run(selector, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := Explain(b.Context(), m, &results[0], results); got != nil {
					b.Fatal(got)
				}
			}
		})
	}
}

// BenchmarkExplain finds a footer behind 5 MB, and nothing in 5 MB.
func BenchmarkExplain(b *testing.B) {
	lines := strings.Repeat("a line of a large body with some words, seventy-six octets in all or so\r\n", 5<<20/73)
	text := plainSigner.sign(b, sampleText+lines)
	for name, changed := range map[string]string{
		"footer": text + "____\r\nlist\r\n", "nothing": strings.Replace(text, "Dear", "Near", 1),
		"small": strings.Replace(plainSigner.sign(b, sampleText+lines[:10_000]), "Dear", "Near", 1),
	} {
		b.Run(name, func(b *testing.B) {
			in := bytes.NewReader([]byte(changed))
			m, err := message.Read(in, in.Size(), message.Origin{})
			if err != nil {
				b.Fatal(err)
			}
			results := Verify(b.Context(), keyZone(b), m, VerifyOptions{})
			b.SetBytes(in.Size())
			b.ReportAllocs()
			for b.Loop() {
				if got := Explain(b.Context(), m, &results[0], results); (len(got) > 0) != (name == "footer") {
					b.Fatal(got)
				}
			}
		})
	}
}
