package authres

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

// What fields hold, places left out.
type (
	fieldRow struct {
		Instance, ID, Version, None string
		Claims                      []claimRow
		Comments                    []string
		Unread                      string
		Err                         error
	}
	claimRow struct {
		Method, Version, Result, Reason string
		Properties                      []pairRow
		Comments                        []string
		Err                             error
	}
	pairRow struct {
		Type, Name, Value string
		Err               error
	}
)

func (f *Field) row() fieldRow {
	row := fieldRow{Instance: f.Instance.Text, ID: f.ID.Text, Version: f.Version.Text, None: f.None.Text(),
		Comments: texts(f.Comments), Unread: f.Unread.Text(), Err: f.Err}
	for _, c := range f.Claims {
		row.Claims = append(row.Claims, claimRow{Method: c.Method.Text, Version: c.Version.Text, Result: c.Result.Text,
			Reason: c.Reason.Text, Properties: pairRows(c.Properties), Comments: texts(c.Comments), Err: c.Err})
	}
	return row
}

func pairRows(pairs []Pair) []pairRow {
	var rows []pairRow
	for _, p := range pairs {
		rows = append(rows, pairRow{p.Type.Text, p.Name.Text, p.Value.Text, p.Err})
	}
	return rows
}

func texts(words []Word) []string {
	var list []string
	for _, w := range words {
		list = append(list, w.Text)
	}
	return list
}

// sameError compares sentinels.
var sameError = cmp.Comparer(func(a, b error) bool { return a == b })

// spf is a result that most rows below do not care for.
var spf = claimRow{Method: "spf", Result: "pass"}

var fields = []struct {
	name, in string
	want     fieldRow
}{
	// RFC 8601, Appendix B.
	{"B.2 nothing was checked", " example.org 1; none", fieldRow{ID: "example.org", Version: "1", None: "none"}},
	{"B.3 one result", " example.com;\r\n          spf=pass smtp.mailfrom=example.net", fieldRow{ID: "example.com", Claims: []claimRow{
		{Method: "spf", Result: "pass", Properties: []pairRow{{Type: "smtp", Name: "mailfrom", Value: "example.net"}}},
	}}},
	{"B.4 two results", " example.com;\r\n          auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n          spf=pass smtp.mailfrom=example.net", fieldRow{ID: "example.com", Claims: []claimRow{
		{Method: "auth", Result: "pass", Comments: []string{"cram-md5"}, Properties: []pairRow{{Type: "smtp", Name: "auth", Value: "sender@example.net"}}},
		{Method: "spf", Result: "pass", Properties: []pairRow{{Type: "smtp", Name: "mailfrom", Value: "example.net"}}},
	}}},
	{"B.4 an address", " example.com; iprev=pass\r\n          policy.iprev=192.0.2.200", fieldRow{ID: "example.com", Claims: []claimRow{
		{Method: "iprev", Result: "pass", Properties: []pairRow{{Type: "policy", Name: "iprev", Value: "192.0.2.200"}}},
	}}},
	{"B.6 reasons", " example.com;\r\n      dkim=pass reason=\"good signature\"\r\n        header.i=@mail-router.example.net;\r\n      dkim=fail reason=\"bad signature\"\r\n        header.i=@newyork.example.com", fieldRow{ID: "example.com", Claims: []claimRow{
		{Method: "dkim", Result: "pass", Reason: "good signature", Properties: []pairRow{{Type: "header", Name: "i", Value: "@mail-router.example.net"}}},
		{Method: "dkim", Result: "fail", Reason: "bad signature", Properties: []pairRow{{Type: "header", Name: "i", Value: "@newyork.example.com"}}},
	}}},
	{"B.7 comments everywhere", " foo.example.net (foobar) 1 (baz);\r\n    dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n      policy (A dot can go here) . (like that) expired\r\n      (this surprised me) = (as I wasn't expecting it) 1362471462", fieldRow{
		ID: "foo.example.net", Version: "1", Comments: []string{"foobar", "baz"}, Claims: []claimRow{{
			Method: "dkim", Version: "1", Result: "fail",
			Properties: []pairRow{{Type: "policy", Name: "expired", Value: "1362471462"}},
			Comments:   []string{"Because I like it", "One yay", "wait for it", "A dot can go here", "like that", "this surprised me", "as I wasn't expecting it"},
		}},
	}},

	// Comments and quotes.
	{"comment in a comment", "a; spf=pass (ip (really) ok) smtp.mailfrom=example.com", fieldRow{ID: "a", Claims: []claimRow{
		{Method: "spf", Result: "pass", Comments: []string{"ip (really) ok"}, Properties: []pairRow{{Type: "smtp", Name: "mailfrom", Value: "example.com"}}},
	}}},
	{"semicolons that part nothing", `a; dkim=fail (b; c=d) reason="e; spf=pass" header.i="f;g"@example.com`, fieldRow{ID: "a", Claims: []claimRow{
		{Method: "dkim", Result: "fail", Reason: "e; spf=pass", Comments: []string{"b; c=d"}, Properties: []pairRow{{Type: "header", Name: "i", Value: `"f;g"@example.com`}}},
	}}},
	{"quoted pairs and folding", "\"a \\\"b\\\"\"; dkim=fail (c\\)\r\n d) reason=\"e\\\\\r\n\tf\"", fieldRow{ID: `a "b"`, Claims: []claimRow{
		{Method: "dkim", Result: "fail", Reason: "e\\\tf", Comments: []string{"c) d"}},
	}}},
	{"no white space", `a;spf=pass(b)smtp.mailfrom=c(d);dkim=none`, fieldRow{ID: "a", Claims: []claimRow{
		{Method: "spf", Result: "pass", Comments: []string{"b", "d"}, Properties: []pairRow{{Type: "smtp", Name: "mailfrom", Value: "c"}}},
		{Method: "dkim", Result: "none"},
	}}},
	{"empty quotes", `""; spf=none reason="" smtp.mailfrom=""`, fieldRow{Claims: []claimRow{
		{Method: "spf", Result: "none", Properties: []pairRow{{Type: "smtp", Name: "mailfrom"}}},
	}}},
	{"values without the quotes they need", "a; dkim=pass header.b=ab/c+d= smtp.mailfrom=SRS0=x=y@[192.0.2.1] policy.iprev=2001:db8::1", fieldRow{ID: "a", Claims: []claimRow{
		{Method: "dkim", Result: "pass", Properties: []pairRow{{Type: "header", Name: "b", Value: "ab/c+d="}, {Type: "smtp", Name: "mailfrom", Value: "SRS0=x=y@[192.0.2.1]"}, {Type: "policy", Name: "iprev", Value: "2001:db8::1"}}},
	}}},

	// What nobody knows is kept.
	{"unknown words", "a; X-Foo=Maybe vnd.Bar=1; SPF=PASS", fieldRow{ID: "a", Claims: []claimRow{
		{Method: "X-Foo", Result: "Maybe", Properties: []pairRow{{Type: "vnd", Name: "Bar", Value: "1"}}},
		{Method: "SPF", Result: "PASS"},
	}}},
	{"version of a method", "a; spf/2=pass; spf/1=pass; spf/=pass", fieldRow{ID: "a", Claims: []claimRow{
		{Method: "spf", Version: "2", Result: "pass", Err: ErrVersion}, {Method: "spf", Version: "1", Result: "pass"}, {Method: "spf", Result: "pass", Err: ErrVersion},
	}}},
	{"nothing beside results", "a; none; spf=pass; none", fieldRow{ID: "a", None: "none", Claims: []claimRow{spf, {Method: "none", Err: ErrMethod}}}},
	{"a method named none", "a; none=pass", fieldRow{ID: "a", Claims: []claimRow{{Method: "none", Result: "pass"}}}},

	// What is broken is kept and breaks nothing else.
	{"version of the field", "a 2; spf=pass", fieldRow{ID: "a", Version: "2", Unread: "2; spf=pass", Err: ErrVersion}},
	{"more than a version", "a 1 b; spf=pass ", fieldRow{ID: "a", Version: "1", Unread: "1 b; spf=pass", Err: ErrVersion}},
	{"no semicolon after the name", "a from=b; spf=pass", fieldRow{ID: "a", Version: "from=b", Unread: "from=b; spf=pass", Err: ErrVersion}},
	{"nobody checked", "; spf=pass", fieldRow{Claims: []claimRow{spf}, Err: ErrServiceID}},
	{"a result first", "(x) spf (y) =pass; spf=pass", fieldRow{Comments: []string{"x"}, Claims: []claimRow{{Method: "spf", Result: "pass", Comments: []string{"y"}}, spf}, Err: ErrServiceID}},
	{"empty", "", fieldRow{Err: ErrServiceID}},
	{"no result", "a", fieldRow{ID: "a", Err: ErrNoResults}},
	{"a semicolon alone", "a ; ", fieldRow{ID: "a", Err: ErrNoResults}},
	{"a semicolon at the end", "a; spf=pass;\r\n ", fieldRow{ID: "a", Claims: []claimRow{spf}}},
	{"nothing between semicolons", "a;; spf=pass; (x);", fieldRow{ID: "a", Claims: []claimRow{{Err: ErrEmpty}, spf, {Comments: []string{"x"}, Err: ErrEmpty}}}},
	{"no method", "a; =pass; spf", fieldRow{ID: "a", Claims: []claimRow{{Result: "pass", Err: ErrMethod}, {Method: "spf", Err: ErrMethod}}}},
	{"no outcome", "a; spf=; spf= (x); spf=pass", fieldRow{ID: "a", Claims: []claimRow{{Method: "spf", Err: ErrResult}, {Method: "spf", Comments: []string{"x"}, Err: ErrResult}, spf}}},
	{"broken properties", "a; dmarc=pass action=none x header. =y header.from=b reason=100 reason=c .d=e header.d= ; spf=pass", fieldRow{ID: "a", Claims: []claimRow{
		{Method: "dmarc", Result: "pass", Reason: "100", Properties: []pairRow{
			{Name: "action", Value: "none", Err: ErrProperty},
			{Name: "x", Err: ErrProperty},
			{Type: "header", Value: "y", Err: ErrProperty},
			{Type: "header", Name: "from", Value: "b"},
			{Name: "reason", Value: "c", Err: ErrProperty},
			{Name: "d", Value: "e", Err: ErrProperty},
			{Type: "header", Name: "d", Err: ErrValue},
		}},
		spf,
	}}},
	{"comment without end", "a; spf=pass; dkim=pass (b; c=d", fieldRow{ID: "a", Claims: []claimRow{spf, {Method: "dkim", Result: "pass", Comments: []string{"b; c=d"}, Err: ErrUnclosed}}}},
	{"quote without end", `a; dkim=pass reason="b; spf=pass\`, fieldRow{ID: "a", Claims: []claimRow{{Method: "dkim", Result: "pass", Reason: `b; spf=pass\`, Err: ErrUnclosed}}}},
	{"comment without end at the start", "a (b; spf=pass", fieldRow{ID: "a", Comments: []string{"b; spf=pass"}, Err: ErrUnclosed}},
	{"parenthesis without start", "a; spf=pass b) c=d", fieldRow{ID: "a", Claims: []claimRow{{Method: "spf", Result: "pass", Properties: []pairRow{{Name: "b)", Err: ErrProperty}, {Name: "c", Value: "d", Err: ErrProperty}}}}}},
	{"other octets", "a\x00\xff; s\x00pf=pass", fieldRow{ID: "a\x00\xff", Claims: []claimRow{{Method: "s\x00pf", Result: "pass"}}}},
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range fields {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, Parse(lint.NewSource("", tt.in)).row(), sameError); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var arcFields = []struct {
	name, in string
	want     fieldRow
}{
	{"as RFC 8617, Section 4.1.1", " i=1; lists.example.org;\r\n    spf=pass", fieldRow{Instance: "1", ID: "lists.example.org", Claims: []claimRow{spf}}},
	{"RFC 8617, Appendix B", " i=3; clochette.example.org; spf=fail\r\n    smtp.from=jqd@d1.example; dkim=fail (512-bit key)\r\n    header.i=@d1.example; dmarc=fail; arc=pass (as.2.gmail.example=pass,\r\n    ams.2.gmail.example=pass, as.1.lists.example.org=pass,\r\n    ams.1.lists.example.org=fail (message has been altered))", fieldRow{Instance: "3", ID: "clochette.example.org", Claims: []claimRow{
		{Method: "spf", Result: "fail", Properties: []pairRow{{Type: "smtp", Name: "from", Value: "jqd@d1.example"}}},
		{Method: "dkim", Result: "fail", Comments: []string{"512-bit key"}, Properties: []pairRow{{Type: "header", Name: "i", Value: "@d1.example"}}},
		{Method: "dmarc", Result: "fail"},
		{Method: "arc", Result: "pass", Comments: []string{"as.2.gmail.example=pass,    ams.2.gmail.example=pass, as.1.lists.example.org=pass,    ams.1.lists.example.org=fail (message has been altered)"}},
	}}},
	{"comments", "(a) I (b) = (c) 02 (d) ; e; none", fieldRow{Instance: "02", ID: "e", None: "none", Comments: []string{"a", "b", "c", "d"}}},
	{"no instance", "(a) b; spf=pass", fieldRow{ID: "b", Comments: []string{"a"}, Claims: []claimRow{spf}, Err: ErrInstance}},
	{"no number", "i=; b; spf=pass", fieldRow{ID: "b", Claims: []claimRow{spf}, Err: ErrInstance}},
	{"no semicolon", "i=1 b; spf=pass", fieldRow{Instance: "1", ID: "b", Claims: []claimRow{spf}, Err: ErrInstance}},
	{"another tag", "j=1; b; spf=pass", fieldRow{Claims: []claimRow{{Method: "j", Result: "1"}, {Method: "b", Err: ErrMethod}, spf}, Err: ErrInstance}},
}

func TestParseARC(t *testing.T) {
	t.Parallel()
	for _, tt := range arcFields {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, ParseARC(lint.NewSource("", tt.in)).row(), sameError); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestParseSpans looks at places.
func TestParseSpans(t *testing.T) {
	t.Parallel()
	text := " a 1;\r\n dkim = \"fail\" (why) reason=\"x\" header . i = \"b c\"@d ; spf=pass junk header.x= "
	f := Parse(lint.NewSource("", text))
	dkim, last := f.Claims[0], f.Claims[1]
	for _, tt := range []struct {
		got  lint.Span
		want string
	}{
		{f.ID.Span, "a"},
		{f.Version.Span, "1"},
		{dkim.Span, "dkim = \"fail\" (why) reason=\"x\" header . i = \"b c\"@d"},
		{dkim.Method.Span, "dkim"},
		{dkim.Result.Span, "\"fail\""},
		{dkim.Comments[0].Span, "(why)"},
		{dkim.Reason.Span, "\"x\""},
		{dkim.Properties[0].Span, "header . i = \"b c\"@d"},
		{dkim.Properties[0].Value.Span, "\"b c\"@d"},
		{last.Span, "spf=pass junk header.x="},
		{last.Properties[0].Span, "junk"},
		{last.Properties[1].Span, "header.x="},
	} {
		if got := tt.got.Text(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	c := Parse(lint.NewSource("", "a; dkim=pass d=0 header.D=1 header.d=2 smtp.d=3")).Claims[0]
	if got := c.Value("Header", "d") + c.Value("smtp", "d") + c.Value("", "d") + c.Value("body", "d"); got != "13" {
		t.Errorf("%q", got)
	}
}

// TestLimits reads fields that are as large as they may be, and larger.
func TestLimits(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("; spf=pass", MaxResults)
	nested := "a; spf=pass " + strings.Repeat("(", 20000) + strings.Repeat(")", 20000)
	long := "a; spf=pass smtp.mailfrom="
	for _, tt := range []struct {
		name, in string
		claims   int
		unread   int // octets
		err      error
	}{
		{"results", "a" + many + " ; ", MaxResults, 0, nil},
		{"too many results", "a" + many + "; dkim=pass", MaxResults, len("dkim=pass"), ErrTooMany},
		{"nesting", nested, 1, 0, nil},
		{"length", long + strings.Repeat("b", MaxLength-len(long)), 1, 0, nil},
		{"too long", long + strings.Repeat("b", MaxLength-len(long)+1), 0, MaxLength + 1, ErrTooLong},
	} {
		f := Parse(lint.NewSource("", tt.in))
		if len(f.Claims) != tt.claims || f.Unread.Len() != tt.unread || f.Err != tt.err {
			t.Errorf("%s: %d claims, %d octets unread, %v", tt.name, len(f.Claims), f.Unread.Len(), f.Err)
		}
	}
	pairs := ParseReceivedSPF(lint.NewSource("", "pass "+strings.Repeat("a=b;", MaxResults)+" c=d"))
	if len(pairs.Pairs) != MaxResults || pairs.Unread.Text() != "c=d" || pairs.Err != ErrTooMany {
		t.Errorf("%d pairs, %q unread, %v", len(pairs.Pairs), pairs.Unread.Text(), pairs.Err)
	}
	if f := ParseReceivedSPF(lint.NewSource("", strings.Repeat(" ", MaxLength+1))); f.Err != ErrTooLong || f.Unread.Len() != MaxLength+1 {
		t.Errorf("%d octets unread, %v", f.Unread.Len(), f.Err)
	}
}
