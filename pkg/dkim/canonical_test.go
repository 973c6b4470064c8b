package dkim

import (
	"bytes"
	"crypto/sha256"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/message"
)

// canonicalBody writes a body in pieces of a size.
func canonicalBody(c Canonicalization, body string, size int) string {
	var b bytes.Buffer
	w := newCanonicalizer(c, &b)
	for len(body) > size {
		w.Write([]byte(body[:size]))
		body = body[size:]
	}
	w.Write([]byte(body))
	w.Close()
	return b.String()
}

var bodyRows = []struct{ name, in, simple, relaxed string }{
	{"empty", "", "\r\n", ""},
	{"one line end", "\r\n", "\r\n", ""},
	{"RFC 6376, Section 3.4.5", " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
	{"no end", "a", "a\r\n", "a\r\n"},
	{"white space at the end", "a \t", "a \t\r\n", "a\r\n"},
	{"lines of white space", "a\r\n \r\n\t\r\n", "a\r\n \r\n\t\r\n", "a\r\n"},
	{"white space alone", " \r\n\t", " \r\n\t\r\n", ""},
	{"empty lines inside", "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n"},
	{"tab", "a\tb \tc\t d\r\n", "a\tb \tc\t d\r\n", "a b c d\r\n"},
	{"bare CR", "a \r b\r\r\n\r", "a \r b\r\r\n\r\r\n", "a \r b\r\r\n\r\r\n"},
	{"bare LF", "a  \n \nb\n", "a  \n \nb\n\r\n", "a \n \nb\n\r\n"},
	{"other white space", "a\v\f\u00a0 \r\n", "a\v\f\u00a0 \r\n", "a\v\f\u00a0\r\n"},
	{"CR at the end", "\r\n\r", "\r\n\r\r\n", "\r\n\r\r\n"},
}

func TestCanonicalBody(t *testing.T) {
	t.Parallel()
	for _, tt := range bodyRows {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for size := 1; size <= len(tt.in)+1; size++ {
				if got := canonicalBody(Simple, tt.in, size); got != tt.simple {
					t.Errorf("simple, by %d: %q, want %q", size, got, tt.simple)
				}
				if got := canonicalBody(Relaxed, tt.in, size); got != tt.relaxed {
					t.Errorf("relaxed, by %d: %q, want %q", size, got, tt.relaxed)
				}
			}
		})
	}
}

var (
	emptyLines = regexp.MustCompile(`(\r\n)*$`)
	lineSpace  = regexp.MustCompile(`[ \t]+(\r\n|$)`)
	spaces     = regexp.MustCompile(`[ \t]+`)
)

// slowBody says what RFC 6376, Sections 3.4.3 and 3.4.4 say, step by step.
func slowBody(c Canonicalization, body string) string {
	if c == Relaxed {
		body = lineSpace.ReplaceAllString(body, "$1")
		body = spaces.ReplaceAllString(body, " ")
		if body = emptyLines.ReplaceAllString(body, ""); body == "" {
			return ""
		}
		return body + "\r\n"
	}
	return emptyLines.ReplaceAllString(body, "") + "\r\n"
}

// FuzzCanonicalBody compares what is written in pieces with the definition.
func FuzzCanonicalBody(f *testing.F) {
	for i, tt := range bodyRows {
		f.Add(tt.in, i)
	}
	f.Add(strings.Repeat(" \r\n", 40)+"x", 7)
	f.Fuzz(func(t *testing.T, body string, size int) {
		size = 1 + max(size, -size, 0)%64
		for _, c := range []Canonicalization{Simple, Relaxed} {
			if got, want := canonicalBody(c, body, size), slowBody(c, body); got != want {
				t.Fatalf("%s of %q by %d: %q, want %q", c, body, size, got, want)
			}
		}
	})
}

var headerRows = []struct{ name, in, simple, relaxed string }{
	{"RFC 6376, Section 3.4.5: A", "A: X\r\n", "A: X\r\n", "a:X\r\n"},
	{"RFC 6376, Section 3.4.5: B", "B : Y\t\r\n\tZ  \r\n", "B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n"},
	{"LF", "A: X\n Y\n", "A: X\r\n Y\r\n", "a:X Y\r\n"},
	{"no end", "A:X", "A:X\r\n", "a:X\r\n"},
	{"empty", "A: \r\n \r\n", "A: \r\n \r\n", "a:\r\n"},
	{"colons", "a: b: c :d\r\n", "a: b: c :d\r\n", "a:b: c :d\r\n"},
	{"bare CR", "a: b\rc\r\n", "a: b\rc\r\n", "a:b\rc\r\n"},
	{"8 bits", "A: \u00c4\u00a0\r\n", "A: \u00c4\u00a0\r\n", "a:\u00c4\u00a0\r\n"},
}

func TestCanonicalHeader(t *testing.T) {
	t.Parallel()
	for _, tt := range headerRows {
		if got := string(appendHeader(nil, Simple, tt.in)); got != tt.simple {
			t.Errorf("%s: simple %q, want %q", tt.name, got, tt.simple)
		}
		if got := string(appendHeader(nil, Relaxed, tt.in)); got != tt.relaxed {
			t.Errorf("%s: relaxed %q, want %q", tt.name, got, tt.relaxed)
		}
	}
}

// slowHeader says what RFC 6376, Section 3.4.2 says, step by step.
func slowHeader(raw string) string {
	name, value, _ := strings.Cut(raw, ":")
	name = strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}, name)
	value = strings.ReplaceAll(value, "\r\n", "")
	value = spaces.ReplaceAllString(value, " ")
	return strings.TrimRight(name, " \t") + ":" + strings.Trim(value, " ") + "\r\n"
}

// FuzzCanonicalHeader compares the relaxed form of a field with the definition.
func FuzzCanonicalHeader(f *testing.F) {
	for _, tt := range headerRows {
		f.Add("A", tt.in)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		in := name + ": " + value + "\r\n\r\n"
		m, err := message.Read(strings.NewReader(in), int64(len(in)), message.Origin{})
		if err != nil {
			return
		}
		for i := range m.Fields {
			raw := m.Fields[i].Raw
			transported := strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
			if !strings.HasSuffix(transported, "\r\n") {
				transported += "\r\n"
			}
			if got, want := string(appendHeader(nil, Relaxed, raw)), slowHeader(transported); got != want {
				t.Fatalf("relaxed %q: %q, want %q", raw, got, want)
			}
			if got := string(appendHeader(nil, Simple, raw)); got != transported {
				t.Fatalf("simple %q: %q, want %q", raw, got, transported)
			}
		}
	})
}

func TestBodyHashes(t *testing.T) {
	t.Parallel()
	text := "From: a@b.example\r\n\r\n a  b \r\nc\r\n\r\n\r\n"
	simple, relaxed := " a  b \r\nc\r\n", " a b\r\nc\r\n"
	m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	sum := func(s string) []byte {
		h := sha256.Sum256([]byte(s))
		return h[:]
	}
	signatures := []*Signature{
		{Body: Relaxed, Length: -1}, {Body: Simple, Length: 4}, {Body: Simple, Length: -1}, {Body: Simple, Length: 0},
		{Body: Relaxed, Length: int64(len(relaxed))}, {Body: Simple, Length: 4}, {Body: Relaxed, Length: int64(len(relaxed)) + 1},
	}
	want := []BodyHash{
		{sum(relaxed), int64(len(relaxed))}, {sum(simple[:4]), int64(len(simple))}, {sum(simple), int64(len(simple))}, {sum(""), int64(len(simple))},
		{sum(relaxed), int64(len(relaxed))}, {sum(simple[:4]), int64(len(simple))}, {nil, int64(len(relaxed))},
	}
	got, err := BodyHashes(t.Context(), m, signatures)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
