package spf

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// fields is what Parse reads out of one term.
type fields struct {
	Qualifier        string
	Kind             Kind
	Name             string
	Domain, Network  string
	Length4, Length6 int
}

func fieldsOf(t *Term) fields {
	f := fields{Kind: t.Kind, Name: t.Name.Text(), Domain: t.Domain.text(), Length4: t.Length4, Length6: t.Length6}
	if t.Qualifier != 0 {
		f.Qualifier = string(t.Qualifier)
	}
	if t.Network.IsValid() {
		f.Network = t.Network.String()
	}
	return f
}

// validTerms obey the grammar of RFC 7208, Section 12.
var validTerms = []struct {
	name, in string
	want     fields
}{
	{"all", "all", fields{"+", All, "all", "", "", 32, 128}},
	{"all fails", "-all", fields{"-", All, "all", "", "", 32, 128}},
	{"all in upper case", "?ALL", fields{"?", All, "ALL", "", "", 32, 128}},
	{"include", "include:_spf.example.net", fields{"+", Include, "include", "_spf.example.net", "", 32, 128}},
	{"include in mixed case", "~InClUdE:Example.NET", fields{"~", Include, "InClUdE", "Example.NET", "", 32, 128}},
	{"a", "a", fields{"+", A, "a", "", "", 32, 128}},
	{"a with lengths", "a/24//64", fields{"+", A, "a", "", "", 24, 64}},
	{"a with IPv4 length", "A/0", fields{"+", A, "A", "", "", 0, 128}},
	{"a with IPv6 length", "a//128", fields{"+", A, "a", "", "", 32, 128}},
	{"a with name and lengths", "+a:example.net/8//0", fields{"+", A, "a", "example.net", "", 8, 0}},
	{"a with colon and slash in the name", "a:foo:bar/baz.example.com", fields{"+", A, "a", "foo:bar/baz.example.com", "", 32, 128}},
	{"a with slash and digits in the name", "a:foo/24.example.com/32", fields{"+", A, "a", "foo/24.example.com", "", 32, 128}},
	{"a with final dot", "a:example.com./24", fields{"+", A, "a", "example.com.", "", 24, 128}},
	{"a with hyphen in the top label", "a:example.xn--zckzah", fields{"+", A, "a", "example.xn--zckzah", "", 32, 128}},
	{"a with digit and hyphen for a top label", "a:example.1-2", fields{"+", A, "a", "example.1-2", "", 32, 128}},
	{"a with one letter among digits", "a:1.2.3.4x", fields{"+", A, "a", "1.2.3.4x", "", 32, 128}},
	{"a with an empty first label", "a:.com", fields{"+", A, "a", ".com", "", 32, 128}},
	{"a with an empty inner label", "a:a..com", fields{"+", A, "a", "a..com", "", 32, 128}},
	{"mx", "-mx", fields{"-", MX, "mx", "", "", 32, 128}},
	{"mx with lengths", "mx:example.net//48", fields{"+", MX, "mx", "example.net", "", 32, 48}},
	{"ptr", "?ptr", fields{"?", PTR, "ptr", "", "", 32, 128}},
	{"ptr with name", "ptr:example.net", fields{"+", PTR, "ptr", "example.net", "", 32, 128}},
	{"ip4", "ip4:192.0.2.1", fields{"+", IP4, "ip4", "", "192.0.2.1/32", 32, 128}},
	{"ip4 keeps its host bits", "-IP4:192.0.2.1/24", fields{"-", IP4, "IP4", "", "192.0.2.1/24", 32, 128}},
	{"ip4 of length 0", "ip4:0.0.0.0/0", fields{"+", IP4, "ip4", "", "0.0.0.0/0", 32, 128}},
	{"ip4, largest parts", "ip4:255.249.199.99/32", fields{"+", IP4, "ip4", "", "255.249.199.99/32", 32, 128}},
	{"ip6", "ip6:2001:db8::cd30", fields{"+", IP6, "ip6", "", "2001:db8::cd30/128", 32, 128}},
	{"ip6 with length", "ip6:2001:DB8::/32", fields{"+", IP6, "ip6", "", "2001:db8::/32", 32, 128}},
	{"ip6 of length 0", "ip6:::/0", fields{"+", IP6, "ip6", "", "::/0", 32, 128}},
	{"ip6 with dotted end", "ip6:64:ff9b::192.0.2.1/96", fields{"+", IP6, "ip6", "", "64:ff9b::c000:201/96", 32, 128}},
	{"exists", "exists:%{ir}.%{l1r+-}._spf.%{d}", fields{"+", Exists, "exists", "%{ir}.%{l1r+-}._spf.%{d}", "", 32, 128}},
	{"exists with slash", "exists:a/24.example.com", fields{"+", Exists, "exists", "a/24.example.com", "", 32, 128}},
	{"name ends in %%", "exists:a%%", fields{"+", Exists, "exists", "a%%", "", 32, 128}},
	{"name ends in %_", "exists:%_", fields{"+", Exists, "exists", "%_", "", 32, 128}},
	{"name ends in %-", "a:%-/24", fields{"+", A, "a", "%-", "", 24, 128}},
	{"redirect", "redirect=_spf.example.com", fields{"", Redirect, "redirect", "_spf.example.com", "", 32, 128}},
	{"redirect in upper case", "REDIRECT=%{d}", fields{"", Redirect, "REDIRECT", "%{d}", "", 32, 128}},
	{"exp", "exp=why.%{d2}.example", fields{"", Exp, "exp", "why.%{d2}.example", "", 32, 128}},
	{"exp in mixed case", "Exp=why.example.com.", fields{"", Exp, "Exp", "why.example.com.", "", 32, 128}},
	{"unknown modifier", "default=deny", fields{"", Unknown, "default", "deny", "", 32, 128}},
	{"unknown modifier, empty", "foo=", fields{"", Unknown, "foo", "", "", 32, 128}},
	{"unknown modifier, all that a name may hold", "moo.cow-far_out9=man:dog/cat", fields{"", Unknown, "moo.cow-far_out9", "man:dog/cat", "", 32, 128}},
	{"unknown modifier with macros", "x=%{l}%%%{r}", fields{"", Unknown, "x", "%{l}%%%{r}", "", 32, 128}},
	{"include written as a modifier", "include=example.net", fields{"", Unknown, "include", "example.net", "", 32, 128}},
	{"ip4 written as a modifier", "ip4=192.0.2.1", fields{"", Unknown, "ip4", "192.0.2.1", "", 32, 128}},
	{"version once more", "v=spf1", fields{"", Unknown, "v", "spf1", "", 32, 128}},
}

func TestParseTerm(t *testing.T) {
	t.Parallel()
	for _, tt := range validTerms {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := Parse(lint.NewSource("", "v=spf1 "+tt.in))
			if len(r.Terms) != 1 || r.Err() != nil {
				t.Fatalf("%d terms, error %v", len(r.Terms), r.Err())
			}
			if diff := cmp.Diff(tt.want, fieldsOf(&r.Terms[0])); diff != "" {
				t.Error(diff)
			}
			if got := r.Terms[0].Text(); got != tt.in {
				t.Errorf("text %q", got)
			}
		})
	}
}

func TestParseRecord(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, version string
		terms             []string
	}{
		{"nothing", "", "", nil},
		{"version alone", "v=spf1", "v=spf1", nil},
		{"version and spaces", "v=spf1   ", "v=spf1", nil},
		{"upper case", "V=SPF1 -ALL", "V=SPF1", []string{"-ALL"}},
		{"several spaces, also at the end", "v=spf1  a   -all  ", "v=spf1", []string{"a", "-all"}},
		{"no version", "a -all", "", []string{"a", "-all"}},
		{"leading space", " v=spf1 -all", "", []string{"v=spf1", "-all"}},
		{"other version", "v=spf10 -all", "", []string{"v=spf10", "-all"}},
		{"tab behind the version", "v=spf1\t-all", "", []string{"v=spf1\t-all"}},
		{"no space behind the version", "v=spf1mx -all", "", []string{"v=spf1mx", "-all"}},
		{"octets of all kinds", "v=spf1 \x00\xff a\n", "v=spf1", []string{"\x00\xff", "a\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := Parse(lint.NewSource("", tt.in))
			var terms []string
			for i := range r.Terms {
				terms = append(terms, r.Terms[i].Text())
			}
			if r.Version.Text() != tt.version {
				t.Errorf("version %q, want %q", r.Version.Text(), tt.version)
			}
			if diff := cmp.Diff(tt.terms, terms); diff != "" {
				t.Error(diff)
			}
			checkLossless(t, r)
		})
	}
}

// checkLossless demands that version, terms and the spaces between them make up
// the text, and that every span of the record lies in it.
func checkLossless(t *testing.T, r *Record) {
	t.Helper()
	text := r.Source.Text
	at := r.Version.End
	inside := func(what string, s lint.Span) {
		t.Helper()
		if s.Source != r.Source || s.Start < 0 || s.Start > s.End || s.End > len(text) {
			t.Fatalf("%s %d-%d is not in %q", what, s.Start, s.End, text)
		}
	}
	inside("version", r.Version)
	for i := range r.Terms {
		term := &r.Terms[i]
		inside("term", term.Span)
		if term.Span.Empty() || strings.Trim(text[at:term.Span.Start], " ") != "" || strings.Contains(term.Text(), " ") {
			t.Fatalf("term %d of %q is %q, behind %q", i, text, term.Text(), text[at:term.Span.Start])
		}
		at = term.Span.End
		if term.Name.Source != nil {
			inside("name", term.Name)
		}
		if term.HasDomain() {
			inside("domain", term.Domain.Span)
		}
		if term.Err != nil {
			inside("error", term.Err.Span)
		}
		checkMacros(t, term.Domain)
	}
	if strings.Trim(text[at:], " ") != "" {
		t.Fatalf("%q ends in %q, which is no term", text, text[at:])
	}
	if r.String() != text {
		t.Fatalf("%q is not %q", r.String(), text)
	}
}

// checkMacros demands that macros lie in their string, one behind the other.
func checkMacros(t *testing.T, m MacroString) {
	t.Helper()
	at := m.Span.Start
	for _, macro := range m.Macros {
		if macro.Start < at || macro.End < macro.Start+2 || macro.End > m.Span.End || m.Span.Source.Text[macro.Start] != '%' {
			t.Fatalf("macro %d-%d of %q", macro.Start, macro.End, m.text())
		}
		at = macro.End
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		texts []string
		want  string
		err   error
	}{
		{"no TXT record", nil, "", ErrNoRecord},
		{"one", []string{"v=spf1 -all"}, "v=spf1 -all", nil},
		{"version alone, upper case", []string{"V=SPF1"}, "V=SPF1", nil},
		{"among others", []string{"x=1", "\xe2\x82\xac", "v=spf1 mx", "spf2.0/pra -all", "v=spf10 -all"}, "v=spf1 mx", nil},
		{"near misses", []string{" v=spf1", "v=spf1;", "v=spf1mx", "\"v=spf1\"", "v=spf1\t", "v=spf", ""}, "", ErrNoRecord},
		{"two", []string{"v=spf1 mx", "v=spf1 a"}, "", ErrMultipleRecords},
		{"two that are the same", []string{"v=spf1", "v=spf1"}, "", ErrMultipleRecords},
		{"broken ones count", []string{"v=spf1 moo", "v=spf1 -all"}, "", ErrMultipleRecords},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var answer lookup.Answer
			for _, text := range tt.texts {
				answer.Records = append(answer.Records, lookup.Record{Source: lint.NewSource("TXT example.com", text)})
			}
			r, err := Select(answer)
			got := ""
			if r != nil {
				got = r.String()
			}
			if got != tt.want || err != tt.err || (r == nil) != (err != nil) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestRecordAccess(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in                string
		all, redirect, firstErr string
	}{
		{"redirect alone", "v=spf1 a redirect=b.example", "", "redirect=b.example", ""},
		{"all in front", "v=spf1 -all redirect=b.example", "-all", "", ""},
		{"all behind", "v=spf1 redirect=b.example -all", "-all", "", ""},
		{"a broken all is none", "v=spf1 redirect=b.example -all.", "", "redirect=b.example", "-all."},
		{"first error", "v=spf1 ip4:1.2.3.4 -all moo zoo:", "-all", "", "moo"},
	}
	text := func(t *Term) string {
		if t == nil {
			return ""
		}
		return t.Text()
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := Parse(lint.NewSource("", tt.in))
			firstErr := ""
			if err := r.Err(); err != nil {
				firstErr = err.Span.Text()
			}
			got := []string{text(r.First(All)), text(r.Redirect()), firstErr}
			if diff := cmp.Diff([]string{tt.all, tt.redirect, tt.firstErr}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
