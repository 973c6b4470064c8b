package lookup

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

// TestView reads files with faults. What is wanted: the records that are left, then
// the faults with their places and the text they point at.
func TestView(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"no fault", "a. TXT x\n", []string{"TXT a"}},
		{"repeated records stay", "a. TXT x\na. TXT x", []string{"TXT a", "TXT a"}},
		{"data", "a. A 192.0.2.300 ; no\nb. TXT x\n", []string{"TXT b", `1:6 "192.0.2.300"`}},
		{"end of the entry", "a. MX 10\r\nb. TXT x\n", []string{"TXT b", `1:9 ""`}},
		{"owner, and what follows it", "a. TXT x\nb..c A 192.0.2.1\n  A 192.0.2.2\nd. A 192.0.2.3", []string{"TXT a", "A d", `2:1 "b..c"`}},
		{"quote", "a. TXT \"x\nb. TXT y", []string{"TXT b", `1:8 "\"x"`}},
		{"inside parentheses", "a. TXT ( \"x\" \\\n \"y\"\n )\nb. TXT z", []string{"TXT b", `1:14 "\\"`}},
		{"parenthesis never closed", "a. TXT ( x\nb. TXT y\n", []string{`1:8 "("`}},
		{"parenthesis never opened", "a. TXT x )\nb. TXT y\n", []string{"TXT b", `1:10 ")"`}},
		{"origin", "$ORIGIN a..b.\nc TXT x", []string{`1:9 "a..b."`}},
		{"control entry", "$TTL x\na. TXT x", []string{"TXT a", `1:6 "x"`}},
		{"directive", ";! SERVFIAL a. TXT\na. TXT x", []string{"TXT a", `1:4 "SERVFIAL"`}},
		{"byte order mark", "\ufeffa. A x", []string{`1:6 "x"`}},
		{"twenty", strings.Repeat("a. A x\n", 30), slices.Repeat([]string{`6 "x"`}, 20)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := &File{Name: "f", Text: tt.in}
			View(f)
			var got []string
			for _, rec := range f.Records {
				got = append(got, Question{rec.Name, rec.Type}.String())
			}
			for i, fault := range f.Faults {
				place := fmt.Sprintf("%d:%d %q", fault.Line, fault.Column, fault.Span.Text())
				if tt.name == "twenty" {
					place = strings.TrimPrefix(place, fmt.Sprintf("%d:", i+1))
				}
				got = append(got, place)
				if p := fault.Span.Position(); p.Line != fault.Line || p.Column != fault.Column {
					t.Errorf("the span starts at %v, the fault is at %d:%d", p, fault.Line, fault.Column)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestViewAuthority checks that only a file that was read in full says what does
// not exist.
func TestViewAuthority(t *testing.T) {
	t.Parallel()
	const zone = "$ORIGIN e.\n@ SOA n h 1 2 3 4 5\n@ TXT x\n"
	for in, want := range map[string]string{
		zone:                     "-",
		zone + "a A x\n":         "no offline data",
		zone + "$INCLUDE x.zone": "no offline data",
	} {
		f := &File{Name: "f", Text: in}
		z := View(f)
		if got := ask(t, z, "TXT e"); got != "x" {
			t.Errorf("%q: TXT e is %q", in, got)
		}
		if got := ask(t, z, "MX e"); got != want {
			t.Errorf("%q: MX e is %q, want %q", in, got, want)
		}
	}
}

func TestCutText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a. TXT v=DMARC1; p=reject ": "v=DMARC1|v=DMARC1; p=reject",
		"a. TXT v=DMARC1 ; comment":  "",
		`a. TXT "v=DMARC1"; comment`: "",
		`a. TXT "v=DMARC1; p=none"`:  "",
		"a. TXT v=DKIM1;p=AA==;":     "v=DKIM1|v=DKIM1;p=AA==;",
		"a. TXT ( x\n v=a;b\n )":     "xv=a|x v=a;b",
		"a. A 192.0.2.1;x":           "",
	} {
		f := &File{Name: "f", Text: in}
		View(f)
		got := ""
		for _, cut := range f.Cut {
			got += cut.Source.Text + "|" + cut.Meant
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// FuzzView reads any text as a file under judgement: faults have places inside it,
// and what has none gives the same data as any other reading.
func FuzzView(f *testing.F) {
	for _, seed := range []string{
		"$ORIGIN e.\n@ SOA n h 1 2 3 4 5\n@ MX 10\n b..c A 1\n@ TXT (\"x\n)\n$INCLUDE x\n",
		"a. TXT v=DMARC1; p=none\na. TXT ( x\n\"\\\n) ;! NXDOMAIN a\n",
		"a. A 1\n\\ TXT \"\n) A (\n$TTL\n$ORIGIN\n;!\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "$") > 4 || len(text) > 1<<16 {
			return // many times $GENERATE is only slow
		}
		file := &File{Name: "f", Text: text}
		view := View(file)
		if len(file.Faults) > maxFaults {
			t.Fatalf("%d faults", len(file.Faults))
		}
		for _, fault := range file.Faults {
			checkPlace(t, text, fault.Line, fault.Column)
			_ = fault.Span.Text()
		}
		for _, r := range FileRules() {
			r.Check(file, func(finding lint.Finding) { _ = finding.Span.Text() })
		}
		plain, err := ParseZone("f", text)
		if len(file.Faults)+len(file.Includes) > 0 {
			return
		}
		if err != nil {
			t.Fatalf("no fault, but %v", err)
		}
		if len(plain.outcomes) != len(view.outcomes) || len(plain.nodes) != len(view.nodes) {
			t.Fatalf("%d questions and %d names, without judgement %d and %d", len(view.outcomes), len(view.nodes), len(plain.outcomes), len(plain.nodes))
		}
	})
}
