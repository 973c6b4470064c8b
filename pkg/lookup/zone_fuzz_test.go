package lookup

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// FuzzZone reads any text as a master file. Faults and records have places
// inside it, octets of text stand where their Source says, and what is written
// is read back the same.
func FuzzZone(f *testing.F) {
	for _, seed := range []string{
		"$ORIGIN example.\n$TTL 1h\n@ SOA ns h (1 2\n3 4 5)\n NS ns\n* TXT \"a\\065\" b ; c\r\n",
		"\ufeffa. 5 IN MX 10 b.\na. AAAA ::1\na. A 1.2.3.4\n",
		";! RECORDING x\n;! SERVFAIL a. *\n;! NXDOMAIN b.\n;! NODATA c. MX\n;! ALIAS d. A a.\n;! AUTHORITATIVE .\n",
		"$GENERATE 1-3 a${0,3,n} TXT $$ \\$ $\n$GENERATE 0-9/3 $ MX \"1 a\"",
		"a TXT (\"\" \"x\\\"\" y\\;\n\"z\")\nb TYPE16 \\# 2 0161\nc CAA 0 issue \"\\\"\"\n",
		"a CNAME b\nb CNAME a\n*.c CNAME a\nd.e DNAME f\n\\000.g TXT \"\\255\x00\xff\"",
		"a TXT \"x\nb TXT (",
		"0 nXT(\xde)00000",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "$") > 4 || len(text) > 1<<16 {
			return // many times $GENERATE is only slow
		}
		z, err := ParseZone("f", text)
		if parse, ok := errors.AsType[*ParseError](err); ok {
			checkPlace(t, text, parse.Line, parse.Column)
			return
		}
		if err != nil {
			t.Fatalf("not a *ParseError: %v", err)
		}
		var written strings.Builder
		for q, out := range z.outcomes {
			for _, r := range out.answer.Records {
				if !strings.Contains(strings.ToUpper(text), "$GENERATE") {
					checkSource(t, text, r)
				}
				// The library writes data of rare types that it cannot read again.
				if _, asked := typeNames[r.Type]; asked {
					fmt.Fprintf(&written, "%s. %d IN %s %s\n", r.Name, r.TTL, r.Type, masterData(r))
				}
			}
			z.Query(context.Background(), "x."+q.Name, q.Type)
		}
		again, err := ParseZone("again", written.String())
		if err != nil {
			t.Fatalf("%v\n%s", err, written.String())
		}
		for q, out := range z.outcomes {
			if _, asked := typeNames[q.Type]; !asked {
				continue
			}
			for i, r := range out.answer.Records {
				if got := again.outcomes[q].answer.Records[i]; compareRecords(got, r) != 0 {
					t.Fatalf("%v\n%v\n%s", r, got, written.String())
				}
			}
		}
	})
}

// checkSource demands that every octet of a record's Source stand in the file:
// itself, or the backslash of an escape.
func checkSource(t *testing.T, text string, r Record) {
	t.Helper()
	textual := r.Type == TypeTXT || r.Type == TypeSPF
	for i := range len(r.Source.Text) + 1 {
		p := r.Source.Position(i)
		line := checkPlace(t, text, p.Line, p.Column)
		if i == len(r.Source.Text) || !textual && r.Source.Text[i] == ' ' {
			continue // after the end, or the blank between two items
		}
		if c := line[p.Column-1]; c != r.Source.Text[i] && c != '\\' {
			t.Fatalf("octet %d of %q stands at %d:%d, where there is %q", i, r.Source.Text, p.Line, p.Column, c)
		}
	}
}

// checkPlace demands that a place be in the text, and returns its line.
func checkPlace(t *testing.T, text string, line, column int) string {
	t.Helper()
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	if line < 1 || line > len(lines) || column < 1 || column > len(lines[line-1])+1 {
		t.Fatalf("%d:%d is not in %q", line, column, text)
	}
	return lines[line-1]
}

// hundredThousand is a zone with 100,000 names: what a large provider has.
func hundredThousand() string {
	var b strings.Builder
	b.WriteString("$ORIGIN example.com.\n$TTL 300\n@ SOA ns hostmaster 1 2 3 4 5\n")
	for i := range 25_000 {
		fmt.Fprintf(&b, "host%d IN A 192.0.2.%d\n", i, i%256)
		fmt.Fprintf(&b, "customer%d IN MX 10 mail%d.example.net.\n", i, i)
		fmt.Fprintf(&b, "sender%d IN TXT \"v=spf1 ip4:192.0.2.%d include:spf%d.example.net -all\"\n", i, i%256, i)
		fmt.Fprintf(&b, "alias%d IN CNAME host%d\n", i, i)
	}
	return b.String()
}

func BenchmarkLoadZone100k(b *testing.B) {
	text := hundredThousand()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseZone("f", text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkZoneQuery(b *testing.B) {
	z := parsed(b, hundredThousand()+"*.wild TXT x\n")
	for _, q := range []struct {
		name string
		Question
	}{
		{"hit", Question{"sender777.example.com", TypeTXT}},
		{"alias", Question{"alias777.example.com", TypeA}},
		{"nodata", Question{"sender777.example.com", TypeA}},
		{"nxdomain", Question{"nobody.example.com", TypeTXT}},
		{"wildcard", Question{"a.wild.example.com", TypeTXT}},
		{"offline", Question{"example.net", TypeTXT}},
	} {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				z.Query(context.Background(), q.Name, q.Type)
			}
		})
	}
}
