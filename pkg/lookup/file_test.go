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
			mustView(t, f)
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
		z := mustView(t, f)
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
		"a. TXT v=DMARC1; p=reject ":            "v=DMARC1|; p=reject",
		"a. TXT v=DMARC1; p=reject ; tell Bob":  "v=DMARC1|; p=reject",
		"a. TXT v=DMARC1; p=reject ; pct=50":    "v=DMARC1|; p=reject ; pct=50",
		"a. TXT v=DMARC1; p=reject tell Bob":    "v=DMARC1|?",
		"a. TXT v=DMARC1 ; comment":             "",
		`a. TXT "v=DMARC1"; comment`:            "",
		`a. TXT "v=DMARC1"; p=reject`:           "v=DMARC1|; p=reject",
		`a. TXT "v=DMARC1;"; p=reject` + "\r\n": "v=DMARC1;| p=reject",
		`a. TXT "x"; p=reject`:                  "",
		`a. TXT "v=DMARC1; p=none"`:             "",
		"a. TXT v=DKIM1;p=AA==;":                "v=DKIM1|;p=AA==;",
		"a. TXT ( x\n v=a;b=c\n )":              "xv=a|",
		"a. TXT x;b":                            "x|?",
		"a. TXT x;;;b ;":                        "x|?",
		`a. TXT \# 4 03616263;p=x`:              "",
		"a. A 192.0.2.1;x":                      "",
	} {
		f := &File{Name: "f", Text: in}
		mustView(t, f)
		got := ""
		for _, cut := range f.Cut {
			got += cut.Source.Text + "|" + cut.Rest
			if !cut.Sure {
				got += "?"
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestFileRules judges files of one view: the file, the line and the rule of each
// finding.
func TestFileRules(t *testing.T) {
	t.Parallel()
	const origin = "$ORIGIN e.example.\n"
	const zone = origin + "@ SOA n h 1 2 3 4 5\n"
	for _, tt := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"two aliases", []string{"a. CNAME x.\na. CNAME y.\nb. CNAME x.\nb. CNAME x.\n"},
			[]string{"a 2 dns-cname-and-other-data", "a 4 zone-duplicate-record"}},
		{"alias in another file", []string{"a. CNAME x.\n", "a. A 192.0.2.1\n"}, []string{"b 1 dns-cname-and-other-data"}},
		{"two starts", []string{zone + "@ SOA n h 2 2 3 4 5\n@ SOA n h 1 2 3 4 5\nb SOA n h 2 2 3 4 5\n"}, []string{"a 3 zone-soa-multiple", "a 4 zone-duplicate-record"}},
		{"doubled MX target of the domain itself", []string{zone + "@ MX 10 mail.e.example\n"}, nil},
		{"and without authority", []string{origin + "@ MX 10 mail.e.example\n"}, []string{"a 2 zone-missing-trailing-dot"}},
		{"and of a name below", []string{zone + "b MX 10 mail.e.example\n"}, []string{"a 3 zone-missing-trailing-dot"}},
		{"completed name in another file", []string{zone + "b CNAME m.f.example\n", "m.f.example.e.example. A 192.0.2.1\n"}, nil},
		{"zone in another file", []string{zone, "$ORIGIN e.example.\n_dmarc.e.example TXT x\n"}, []string{"b 2 dns-owner-name-doubled"}},
		{"name as it was meant, in another file", []string{zone + "_dmarc.e.example TXT x\n", "_dmarc.e.example. TXT x\n"}, nil},
		{"zone of one label, other types", []string{"$ORIGIN de.\n@ SOA n h 1 2 3 4 5\nx.de.de. TXT x\n", zone + "b.e.example NS n\n"}, nil},
		{"TTLs", []string{"a. 600 A 192.0.2.1\n", "a. 700 A 192.0.2.2\na. 1200 AAAA 2001:db8::1\n"},
			[]string{"b 1 dns-rrset-ttl-mismatch", "b 2 dns-ttl-a-aaaa-mismatch"}},
		{"TTLs of signatures", []string{"a. 600 RRSIG A 8 1 600 20270101000000 20260101000000 1 e. AAAA\na. 700 RRSIG TXT 8 1 700 20270101000000 20260101000000 1 e. AAAA\n"}, nil},
		{"brief", []string{"a. 60 TXT x\na. 1 MX 10 b.\nb. 60 MX 10 b.\nb. 60 A 192.0.2.1\nc. 60 TXT \"V=spf1 -all\"\n_dmarc.d. 60 TXT x\n"},
			[]string{"a 3 dns-ttl-too-low", "a 5 dns-ttl-too-low", "a 6 dns-ttl-too-low"}},
		{"types of other servers", []string{zone + "@ ALIAS x.\nb URL \"https://x\"\nc SRV x y z w\nd HTTPS 1 . nokey=\n"},
			[]string{"a 3 zone-unknown-type", "a 4 zone-unknown-type", "a 5 zone-unknown-type", "a 6 zone-unknown-type"}},
		{"no types", []string{"a. alias x.\na. Alias x.\na. CH TXT x\na. ALIAS\na. TYPE99999 x\na. AXFR x\n"},
			[]string{"a 1 zone-syntax", "a 2 zone-syntax", "a 3 zone-syntax", "a 4 zone-syntax", "a 5 zone-syntax", "a 6 zone-syntax"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files := namedFiles(tt.files)
			mustView(t, files...)
			var got []string
			for _, f := range files {
				found := lint.Run(FileRules(), f)
				slices.SortStableFunc(found, func(a, b lint.Finding) int { return a.Span.Position().Line - b.Span.Position().Line })
				for _, finding := range found {
					got = append(got, fmt.Sprintf("%s %d %s", finding.Span.Source.File, finding.Span.Position().Line, finding.RuleID))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// namedFiles calls the texts a, b and so on.
func namedFiles(texts []string) []*File {
	files := make([]*File, len(texts))
	for i, text := range texts {
		files[i] = &File{Name: string(rune('a' + i)), Text: text}
	}
	return files
}

// TestForeign checks that a type of one server leaves the file its authority, and
// the addresses of the name open.
func TestForeign(t *testing.T) {
	t.Parallel()
	z := mustView(t, &File{Name: "f", Text: "$ORIGIN e.\n@ SOA n h 1 2 3 4 5\n@ ALIAS x.\nb.c SRV ?\n"})
	for question, want := range map[string]string{"A e": "no offline data", "AAAA e": "no offline data", "TXT e": "-", "TXT c.e": "-", "TXT d.e": "NXDOMAIN", "A b.c.e": "-"} {
		if got := ask(t, z, question); got != want {
			t.Errorf("%s: got %q, want %q", question, got, want)
		}
	}
}

// TestInclude reads files that include one another. Wanted are the records and the
// paths that are not followed, file by file, and whether the first has authority.
func TestInclude(t *testing.T) {
	t.Parallel()
	const zone = "$ORIGIN e.\n@ SOA n h 1 2 3 4 5\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		order []string
		want  string
		mx    string // answer to MX e
	}{
		{"in place, with its origin", map[string]string{"a": zone + "$ORIGIN x.e.\n$INCLUDE b\nc TXT x\n", "b": "@ TXT x\n$ORIGIN y.\nd TXT x\n"}, []string{"b", "a"},
			"a: SOA e, TXT c.x.e; b: TXT x.e, TXT d.y", "-"},
		{"origin of its own", map[string]string{"a": zone + "$INCLUDE b sub\n", "b": "@ TXT x\n"}, []string{"a", "b"}, "a: SOA e; b: TXT sub.e", "-"},
		{"folder of the file", map[string]string{"z/a": zone + "$include \"b\"\n", "z/b": "@ TXT x\n"}, []string{"./z/a", "z/b"}, "z/a: SOA e; z/b: TXT e", "-"},
		{"working directory", map[string]string{"z/a": zone + "$INCLUDE z/b\n", "z/b": "@ TXT x\n"}, []string{"z/a", "z/b"}, "z/a: SOA e; z/b: TXT e", "-"},
		{"twice", map[string]string{"a": zone + "$INCLUDE b\n$INCLUDE b f\n", "b": "@ TXT x\n"}, []string{"a", "b"}, "a: SOA e; b: TXT e, TXT f.e", "-"},
		{"not given", map[string]string{"a": zone + "$INCLUDE b\n"}, []string{"a"}, "a: SOA e, b", "no offline data"},
		{"fault inside", map[string]string{"a": zone + "$INCLUDE b\n", "b": "@ A x\n"}, []string{"a", "b"}, "a: SOA e; b: 1 faults", "no offline data"},
		{"in a circle", map[string]string{"a": zone + "$INCLUDE b\n", "b": "$INCLUDE a\n@ TXT x\n"}, []string{"a", "b"}, "a: SOA e; b: TXT e, a", "no offline data"},
		{"itself", map[string]string{"a": zone + "$INCLUDE a\n"}, []string{"a"}, "a: SOA e, a", "no offline data"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var files []*File
			for _, name := range tt.order {
				files = append(files, &File{Name: name, Text: tt.files[strings.TrimPrefix(name, "./")]})
			}
			z := mustView(t, files...)
			var got []string
			for _, f := range files {
				var parts []string
				for _, rec := range f.Records {
					parts = append(parts, Question{rec.Name, rec.Type}.String())
				}
				parts = append(parts, f.Includes...)
				if n := len(f.Faults); n > 0 {
					parts = append(parts, fmt.Sprintf("%d faults", n))
				}
				got = append(got, strings.TrimPrefix(f.Name, "./")+": "+strings.Join(parts, ", "))
			}
			slices.Sort(got)
			if joined := strings.Join(got, "; "); joined != tt.want {
				t.Errorf("got %s, want %s", joined, tt.want)
			}
			if mx := ask(t, z, "MX e"); mx != tt.mx {
				t.Errorf("MX e is %q, want %q", mx, tt.mx)
			}
		})
	}
}

// TestIncludeState checks what goes into an included file and what comes back, by the
// output of named-compilezone 9.18.
func TestIncludeState(t *testing.T) {
	t.Parallel()
	a := &File{Name: "a", Text: "$TTL 300\n$ORIGIN e.\np TXT parent\n$INCLUDE b sub\n TXT after\nq TXT q\n"}
	b := &File{Name: "b", Text: " TXT first\n$ORIGIN deep\nx TXT x\n$TTL 60\ny TXT y\n"}
	mustView(t, a, b)
	var got []string
	for _, rec := range slices.Concat(a.Records, b.Records) {
		got = append(got, fmt.Sprintf("%s %d %s", rec.Name, rec.TTL, rec.Source.Text))
	}
	want := []string{"p.e 300 parent", "p.e 60 after", "q.e 60 q", "p.e 300 first", "x.deep.sub.e 300 x", "y.deep.sub.e 60 y"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestOrigin checks what a file without $ORIGIN says, and what one says whose origin
// was given.
func TestOrigin(t *testing.T) {
	t.Parallel()
	const text = "@ SOA n h 1 2 3 4 5\na TXT x\nb.example. TXT x\n"
	f := &File{Name: "f", Text: text}
	z := mustView(t, f)
	if diff := cmp.Diff(map[string]bool{"": true, "a": true}, f.Relative); diff != "" {
		t.Error(diff)
	}
	if got := ask(t, z, "TXT c.example"); got != "no offline data" {
		t.Errorf("the root has authority: %q", got)
	}
	f = &File{Name: "f", Text: text, Origin: "e.example"}
	z = mustView(t, f)
	if got := ask(t, z, "TXT c.e.example"); got != "NXDOMAIN" || len(f.Relative) > 0 {
		t.Errorf("%q, %v", got, f.Relative)
	}
	f = &File{Name: "f", Text: "$ORIGIN .\na.example TXT x\n"}
	if mustView(t, f); len(f.Relative) > 0 {
		t.Errorf("%v", f.Relative)
	}
}

// TestViewLimits reads more than is judged.
func TestViewLimits(t *testing.T) {
	t.Parallel()
	const many = "$GENERATE 1-65535 a$. A 192.0.2.1\n"
	for name, texts := range map[string][]string{
		"records":  {strings.Repeat(many, 2), strings.Repeat(many, 2)},
		"includes": {strings.Repeat("$INCLUDE b\n", 1<<14), strings.Repeat("\n", 1<<13)},
	} {
		if _, err := View(namedFiles(texts)...); err == nil || !strings.Contains(err.Error(), "expected fewer") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzView reads any text as a file under judgement: faults have places inside it,
// and what has none gives the same data as any other reading.
func FuzzView(f *testing.F) {
	for _, seed := range []string{
		"$ORIGIN e.\n@ SOA n h 1 2 3 4 5\n@ MX 10\n b..c A 1\n@ TXT (\"x\n)\n$INCLUDE x\n",
		"a. TXT v=DMARC1; p=none\na. TXT x;;a=b ;\na. ALIAS b\na. TXT ( x\n\"\\\n) ;! NXDOMAIN a\n",
		"a. A 1\n\\ TXT \"\n) A (\n$TTL\n$ORIGIN\n;!\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "$") > 4 || len(text) > 1<<16 {
			return // many times $GENERATE is only slow
		}
		file := &File{Name: "f", Text: text}
		view := mustView(t, file)
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
		if len(file.Faults)+len(file.Includes)+len(file.Foreign) > 0 {
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

// mustView reads files that are not too large.
func mustView(t *testing.T, files ...*File) *Zone {
	t.Helper()
	z, err := View(files...)
	if err != nil {
		t.Fatal(err)
	}
	return z
}
