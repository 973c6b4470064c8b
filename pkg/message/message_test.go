package message

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

func read(t testing.TB, text string) *Message {
	t.Helper()
	m, err := Read(strings.NewReader(text), int64(len(text)), Origin{File: "in.eml"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRead(t *testing.T) {
	t.Parallel()
	type field struct {
		Name, Value string
		Offset      int64
		Line        int
	}
	type result struct {
		Fields   []field
		Body     string
		BodyLine int
		LineEnds LineEnds
		Defects  []Defect
	}
	for _, tt := range []struct {
		name, in string
		want     result
	}{
		{"plain", "From: a@b.example\r\nTo:x\r\n\r\nhi\r\n", result{
			Fields: []field{{"From", " a@b.example", 0, 1}, {"To", "x", 19, 2}}, Body: "hi\r\n", BodyLine: 4}},
		{"folding, space before the colon", "Subject : a\r\n\tb\r\nFrom: a@b.example\r\n\r\n", result{
			Fields: []field{{"Subject", " a\r\n\tb", 0, 1}, {"From", " a@b.example", 17, 3}}, BodyLine: 5}},
		{"LF", "From: a@b.example\n\nhi\n", result{
			Fields: []field{{"From", " a@b.example", 0, 1}}, Body: "hi\n", BodyLine: 3, LineEnds: LF,
			Defects: []Defect{{BareLF, []int{1, 2, 3}}}}},
		{"mixed", "From: a@b.example\r\n\r\na\nb\r\nc\rd\r\n", result{
			Fields: []field{{"From", " a@b.example", 0, 1}}, Body: "a\nb\r\nc\rd\r\n", BodyLine: 3, LineEnds: Mixed,
			Defects: []Defect{{BareCR, []int{5}}, {BareLF, []int{3}}}}},
		{"mbox line", "From a@b.example Tue Jul 14 09:00:00 2026\nFrom: a@b.example\r\n\r\n", result{
			Fields: []field{{"From", " a@b.example", 42, 2}}, BodyLine: 4, Defects: []Defect{{MboxLine, []int{1}}}}},
		{"byte order mark", "\xef\xbb\xbfFrom: a@b.example\r\n\r\n", result{
			Fields: []field{{"From", " a@b.example", 3, 1}}, BodyLine: 3, Defects: []Defect{{ByteOrderMark, []int{1}}}}},
		{"junk", " lead\r\nno colon\r\n more\r\nFrom: a@b.example\r\nbad name: x\r\n: y\r\n\r\n", result{
			Fields: []field{{"From", " a@b.example", 24, 4}}, BodyLine: 8,
			Defects: []Defect{{BadHeaderLine, []int{1, 2, 3, 5, 6}}}}},
		{"no body", "From: a@b.example", result{
			Fields: []field{{"From", " a@b.example", 0, 1}}, BodyLine: 2, Defects: []Defect{{NoSeparator, nil}}}},
		{"NUL and 8 bits", "From: a@b.example\r\nSubject: \xe9\r\n\r\na\x00\x00\r\n\xfc\r\nb\x00", result{
			Fields: []field{{"From", " a@b.example", 0, 1}, {"Subject", " \xe9", 19, 2}}, Body: "a\x00\x00\r\n\xfc\r\nb\x00", BodyLine: 4,
			Defects: []Defect{{NUL, []int{4, 6}}, {EightBitHeader, []int{2}}, {EightBit, []int{5}}}}},
		{"NUL in the first name", "X-A\x00B: y\r\nFrom: a@b.example\r\n\r\nhi\r\n", result{
			Fields: []field{{"From", " a@b.example", 10, 2}}, Body: "hi\r\n", BodyLine: 4,
			Defects: []Defect{{BadHeaderLine, []int{1}}, {NUL, []int{1}}}}},
		{"long lines", "From: a@b.example\r\n\r\n" + strings.Repeat("x", 998) + "\r\n" + strings.Repeat("x", 999) + "\r\n", result{
			Fields: []field{{"From", " a@b.example", 0, 1}}, Body: strings.Repeat("x", 998) + "\r\n" + strings.Repeat("x", 999) + "\r\n", BodyLine: 3,
			Defects: []Defect{{LongLine, []int{4}}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := read(t, tt.in)
			body, err := io.ReadAll(m.Body())
			if err != nil {
				t.Fatal(err)
			}
			got := result{Body: string(body), BodyLine: m.BodyLine, LineEnds: m.LineEnds, Defects: m.Defects}
			for i := range m.Fields {
				f := &m.Fields[i]
				got.Fields = append(got.Fields, field{f.Name, f.Value(), f.Offset, f.Line})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		want     error
		text     string
	}{
		{"PDF", "%PDF-1.7\n%\xe2\xe3", ErrNotMail, "not a mail message but a PDF document: save the mail itself as .eml"},
		{"Outlook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", ErrNotMail, "not a mail message but an Outlook .msg file: save the mail itself as .eml"},
		{"UTF-16", "\xff\xfeF\x00r\x00o\x00m\x00:\x00", ErrNotMail, "not a mail message but binary data: save the mail itself as .eml"},
		{"tar archive", "a.eml" + strings.Repeat("\x00", 600) + "From: a\n", ErrNotMail, "not a mail message but binary data: save the mail itself as .eml"},
		{"program", "\x7fELF\x02\x01\x00\n\nFrom: a@b.example\n", ErrNotMail, "not a mail message but binary data: save the mail itself as .eml"},
		{"one long line", strings.Repeat("x", MaxHeader+1), ErrHeader, "the header is too large: no empty line in the first 4194304 octets"},
		{"many fields", strings.Repeat("a: b\n", MaxFields+1), ErrHeader, "the header is too large: more than 20000 fields"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(strings.NewReader(tt.in), int64(len(tt.in)), Origin{})
			if !errors.Is(err, tt.want) || err.Error() != tt.text {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := Read(strings.NewReader("From: a"), 8, Origin{}); !errors.Is(err, ErrTruncated) {
		t.Errorf("a file that was cut: %v", err)
	}
}

// TestHeaderAcrossBlocks puts the end of the header at every place around the end
// of a block.
func TestHeaderAcrossBlocks(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		for n := BlockSize - 8; n < BlockSize+4; n++ {
			head := "From: a@b.example\r\nX: "
			in := head + strings.Repeat("x", n-len(head)) + end + "body\r\n"
			m := read(t, in)
			if body, err := io.ReadAll(m.Body()); len(m.Fields) != 2 || string(body) != "body\r\n" || err != nil {
				t.Fatalf("%q at %d: %q, %v", end, n, body, err)
			}
		}
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	m := read(t, "To: x\r\nFrom: Ann\r\n <a@b.example>\r\n\r\n")
	a := m.Authors[0]
	if a.Span.Text() != "a@b.example" || a.Span.Position() != (lint.Position{Line: 3, Column: 3}) || a.Span.Source.File != "in.eml" {
		t.Errorf("%q at %v", a.Span.Text(), a.Span.Position())
	}
	if at := a.Span.Source.Span(1, 4); at.Text() != "Ann" || at.Position() != (lint.Position{Line: 2, Column: 7}) {
		t.Errorf("%q at %v", at.Text(), at.Position())
	}
}

func TestTransported(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"CRLF", "A: b\r\n\r\na\nb\r\n", "a\nb\r\n"},
		{"LF", "A: b\n\n\na\r\nb\rc\n\n", "\r\na\r\nb\rc\r\n\r\n"},
		{"no end", "A: b\n\na", "a"},
		{"none", "A: b\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := read(t, tt.in)
			for _, size := range []int{1, 2, 3, 100} {
				var got []byte
				r, block := in.Transported(), make([]byte, size)
				for {
					n, err := r.Read(block)
					got = append(got, block[:n]...)
					if err == io.EOF {
						break
					}
					if err != nil || n == 0 {
						t.Fatalf("%d octets, %v", n, err)
					}
				}
				if string(got) != tt.want {
					t.Errorf("by %d: %q, want %q", size, got, tt.want)
				}
			}
		})
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.eml")
	large := "From: a@b.example\r\n\r\n" + strings.Repeat("0123456789abcde\n", spoolMemory/16)
	if err := os.WriteFile(path, []byte(large), 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{"small": "From: a@b.example\r\n\r\nhi", "large": large, "empty": ""} {
		spooled, err := Spool(strings.NewReader(in), "-")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(spooled.Body())
		if _, want, _ := strings.Cut(in, "\r\n\r\n"); string(body) != want || err != nil || spooled.Size != int64(len(in)) {
			t.Errorf("%s: %d octets, %v", name, len(body), err)
		}
		if err := spooled.Close(); err != nil {
			t.Error(err)
		}
	}
	if body, err := io.ReadAll(opened.Body()); len(body) != len(large)-21 || err != nil {
		t.Errorf("%d octets, %v", len(body), err)
	}
	if err := opened.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Open(filepath.Dir(path)); err == nil || !strings.HasSuffix(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Open(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
	failing := io.MultiReader(bytes.NewReader([]byte("From: ")), brokenReader{})
	if _, err := Spool(failing, "-"); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a broken pipe: %v", err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// FuzzRead reads any text: nothing is lost or made up, and the lines are right.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"", "\r\n", "From: a@b.example\r\n\r\nhi\r\n", "From x 00:00\nFrom: a\n b\n\n", "a: b\rc\r\n\r", "\xef\xbb\xbfa:\n\x00", " x\n:\n", "A:b\r\n\r\nx\ny\r\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Read(strings.NewReader(text), int64(len(text)), Origin{File: "f"})
		if err != nil {
			return
		}
		at := int64(0)
		for i := range m.Fields {
			x := &m.Fields[i]
			if x.Offset < at || text[x.Offset:x.Offset+int64(len(x.Raw))] != x.Raw {
				t.Fatalf("%q at %d", x.Raw, x.Offset)
			}
			if line := 1 + strings.Count(text[:x.Offset], "\n"); line != x.Line {
				t.Fatalf("%q: line %d, not %d", x.Raw, line, x.Line)
			}
			at = x.Offset + int64(len(x.Raw))
		}
		if m.BodyOffset < at || !m.Has(NoHeaders) && !m.Has(Empty) && m.LineEnds != LF && strings.Contains(text, "\r\n") && m.Has(BareLF) != (m.LineEnds == Mixed) {
			t.Fatalf("body at %d, line ends %d", m.BodyOffset, m.LineEnds)
		}
		body, err := io.ReadAll(m.Transported())
		if err != nil {
			t.Fatal(err)
		}
		want := text[m.BodyOffset:]
		if m.bareLF {
			want = strings.ReplaceAll(strings.ReplaceAll(want, "\r\n", "\n"), "\n", "\r\n")
		}
		if string(body) != want {
			t.Fatalf("%q, want %q", body, want)
		}
		for _, a := range m.Authors {
			if a.Span.End > len(a.Span.Source.Text) || !strings.Contains(a.Span.Text(), "@") {
				t.Fatalf("author %q", a.Span.Text())
			}
		}
		if strings.Contains(text[m.BodyOffset:], "\x00") && !m.Has(NUL) {
			t.Fatal("NUL was not seen")
		}
	})
}
