package message

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

type author struct{ Address, Domain string }

var fromRows = []struct {
	name, in string
	want     []author
}{
	{"plain", "a@b.example", []author{{"a@b.example", "b.example"}}},
	{"angle brackets", "Ann <a@B.Example>", []author{{"a@B.Example", "b.example"}}},
	{"no brackets around it", "Ann Author a@b.example", []author{{"a@b.example", "b.example"}}},
	{"address as display name", `"x@y.example" <a@b.example>`, []author{{"a@b.example", "b.example"}}},
	{"the same without quotes", `x@y.example <a@b.example>`, []author{{"a@b.example", "b.example"}}},
	{"address behind it", `<a@b.example> c@d.example`, []author{{"a@b.example", "b.example"}, {"c@d.example", "d.example"}}},
	{"two in brackets", `<a@b.example> <c@d.example>`, []author{{"a@b.example", "b.example"}, {"c@d.example", "d.example"}}},
	{"list", "a@b.example,, Carl <c@d.example> ,", []author{{"a@b.example", "b.example"}, {"c@d.example", "d.example"}}},
	{"comma in quotes", `"Author, Ann" <a@b.example>`, []author{{"a@b.example", "b.example"}}},
	{"comma in a comment", `a@b.example (x, (y) \) c@d.example)`, []author{{"a@b.example", "b.example"}}},
	{"comments everywhere", `(1) a (2) @ (3) b (4) . example (5)`, []author{{"a (2) @ (3) b (4) . example", "b.example"}}},
	{"group", "Team: a@b.example, <c@d.example>;", []author{{"a@b.example", "b.example"}, {"c@d.example", "d.example"}}},
	{"empty group", "undisclosed: ;", nil},
	{"behind a group", "Team:; a@b.example", []author{{"a@b.example", "b.example"}}},
	{"route", "<@x.example,@y.example:a@b.example>", []author{{"a@b.example", "b.example"}}},
	{"quoted local part", `"a b@c"@b.example`, []author{{`"a b@c"@b.example`, "b.example"}}},
	{"two at signs", "a@b.example@d.example", []author{{"a@b.example@d.example", "d.example"}}},
	{"two words with at signs", "a@b.example c@d.example", []author{{"c@d.example", "d.example"}}},
	{"words behind", "a@b.example or so", []author{{"a@b.example", "b.example"}}},
	{"no at sign", "Ann", nil},
	{"no domain", "a@", []author{{"a@", ""}}},
	{"no local part", "@b.example", []author{{"@b.example", "b.example"}}},
	{"literal", "a@[192.0.2.1]", []author{{"a@[192.0.2.1]", ""}}},
	{"final dot", "a@b.example.", []author{{"a@b.example.", "b.example"}}},
	{"no name", "a@b..example", []author{{"a@b..example", ""}}},
	{"port", "a@b.example:25", []author{{"a@b.example", "b.example"}}},
	{"mailto", "mailto:a@b.example", []author{{"a@b.example", "b.example"}}},
	{"U-label", "a@b\u00fccher.example", []author{{"a@b\u00fccher.example", "xn--bcher-kva.example"}}},
	{"not UTF-8", "a@b\xfccher.example", []author{{"a@b\xfccher.example", ""}}},
	{"bracket not closed", "Ann <a@b.example, c@d.example", []author{{"a@b.example", "b.example"}, {"c@d.example", "d.example"}}},
	{"quote not closed", `"Ann <a@b.example>`, []author{{"a@b.example", "b.example"}}},
	{"comment not closed", `Ann (x <a@b.example>`, []author{{"a@b.example", "b.example"}}},
	{"folded", "Ann\r\n <a@b.example>", []author{{"a@b.example", "b.example"}}},
	{"name too long", "a@" + strings.Repeat("\u00fc", 5000), []author{{"a@" + strings.Repeat("\u00fc", 5000), ""}}},
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, tt := range fromRows {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			list, _ := readAddresses(lint.NewSource("", tt.in))
			var got []author
			for _, a := range list {
				got = append(got, author{a.Span.Text(), a.Domain})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if list, _ := readAddresses(lint.NewSource("", strings.Repeat("<a@b.example,", 3*MaxAddresses))); len(list) != MaxAddresses {
		t.Errorf("%d addresses", len(list))
	}
}

// TestDisplayNames reads what stands before the angle brackets of addresses.
func TestDisplayNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"a@b.example":              {""},
		"<a@b.example>":            {""},
		" Ann\r\n B <a@b.example>": {" Ann\r\n B "},
		`"x@y.example, <z>" (c) <a@b.example>, Bob <c@d.example>, e@f.example`: {`"x@y.example, <z>" (c) `, " Bob ", ""},
		"Team: Ann <@x.example:a@b.example>;, c@d.example":                     {" Ann ", ""},
		"Ann <a@b.example, c@d.example":                                        {"Ann ", ""},
		"Nobody <>, c@d.example":                                               {""},
	} {
		list, _ := readAddresses(lint.NewSource("", in))
		var got []string
		for _, a := range list {
			name := ""
			if !a.Name.Empty() {
				name = a.Name.Text()
			}
			got = append(got, name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
	}
}

func TestFromDefects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		domains  []string
		want     []Defect
	}{
		{"none", "To: x\r\n\r\n", []string{}, []Defect{{NoFrom, nil}}},
		{"two fields", "From: a@b.example\r\nX: y\r\nfrom: c@B.EXAMPLE\r\n\r\n", []string{"b.example"}, []Defect{{MultipleFrom, []int{3}}}},
		{"two addresses", "From: a@b.example, a@d.example\r\n\r\n", []string{"b.example", "d.example"}, []Defect{{MultipleAddresses, []int{1}}}},
		{"comment alone", "From: (nobody)\r\n\r\n", []string{}, []Defect{{EmptyFrom, []int{1}}}},
		{"literal alone", "From: <a@[192.0.2.1]>\r\n\r\n", []string{}, []Defect{{FromNoDomain, []int{1}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := read(t, tt.in)
			if diff := cmp.Diff(tt.want, m.Defects); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.domains, m.FromDomains()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzAddresses reads any text as a From field: addresses stand in it, in order,
// and a domain is one that can be asked for.
func FuzzAddresses(f *testing.F) {
	for _, tt := range fromRows {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, empty := readAddresses(lint.NewSource("", text))
		at := 0
		for _, a := range list {
			if a.Span.Start < at || a.Span.End > len(text) || a.Span.Empty() {
				t.Fatalf("%q at %d to %d", text, a.Span.Start, a.Span.End)
			}
			at = a.Span.End
			if a.Domain != strings.ToLower(a.Domain) || strings.ContainsAny(a.Domain, " \\@<>\x00") {
				t.Fatalf("%q: domain %q", text, a.Domain)
			}
		}
		if empty && len(list) > 0 {
			t.Fatalf("%q: empty, with addresses", text)
		}
	})
}
