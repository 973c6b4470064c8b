package authres

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

type spfRow struct {
	Result   string
	Comments []string
	Pairs    []pairRow
	Err      error
}

func (f *SPFField) row() spfRow {
	return spfRow{f.Result.Text, texts(f.Comments), pairRows(f.Pairs), f.Err}
}

var spfFields = []struct {
	name, in string
	want     spfRow
}{
	// RFC 7208, Section 9.1.
	{"pass", " pass (mybox.example.org: domain of\r\n myname@example.com designates 192.0.2.1 as permitted sender)\r\n    receiver=mybox.example.org; client-ip=192.0.2.1;\r\n    envelope-from=\"myname@example.com\"; helo=foo.example.com;", spfRow{
		"pass", []string{"mybox.example.org: domain of myname@example.com designates 192.0.2.1 as permitted sender"}, []pairRow{
			{Name: "receiver", Value: "mybox.example.org"},
			{Name: "client-ip", Value: "192.0.2.1"},
			{Name: "envelope-from", Value: "myname@example.com"},
			{Name: "helo", Value: "foo.example.com"},
		}, nil,
	}},
	{"fail", " fail (mybox.example.org: domain of\r\n                  myname@example.com does not designate\r\n                  192.0.2.1 as permitted sender)\r\n                  identity=mailfrom; client-ip=192.0.2.1;\r\n                  envelope-from=\"myname@example.com\";", spfRow{
		"fail", []string{"mybox.example.org: domain of                  myname@example.com does not designate                  192.0.2.1 as permitted sender"}, []pairRow{
			{Name: "identity", Value: "mailfrom"},
			{Name: "client-ip", Value: "192.0.2.1"},
			{Name: "envelope-from", Value: "myname@example.com"},
		}, nil,
	}},
	{"a mechanism without quotes", " pass (x) mechanism=ip4:192.0.2.1; envelope-from=\"myname@example.com\";\r\n    helo=foo.example.com;", spfRow{
		"pass", []string{"x"}, []pairRow{
			{Name: "mechanism", Value: "ip4:192.0.2.1"},
			{Name: "envelope-from", Value: "myname@example.com"},
			{Name: "helo", Value: "foo.example.com"},
		}, nil,
	}},

	// What receivers write beside the grammar.
	{"addresses without quotes", "SoftFail client-ip=2001:db8::1; envelope-from=<a=b@example.com>; x-key=1", spfRow{"SoftFail", nil, []pairRow{
		{Name: "client-ip", Value: "2001:db8::1"}, {Name: "envelope-from", Value: "<a=b@example.com>"}, {Name: "x-key", Value: "1"},
	}, nil}},
	{"no semicolons", "(a) none (b)\r\n\thelo (c) = (d) e (f) client-ip=192.0.2.1", spfRow{"none", []string{"a", "b", "c", "d", "f"}, []pairRow{
		{Name: "helo", Value: "e"}, {Name: "client-ip", Value: "192.0.2.1"},
	}, nil}},
	{"result alone", "none", spfRow{Result: "none"}},

	// What is broken.
	{"empty", " ", spfRow{Err: ErrResult}},
	{"no result", "(a) helo (b) =c; ;helo=d", spfRow{"", []string{"a", "b"}, []pairRow{{Name: "helo", Value: "c"}, {Name: "helo", Value: "d"}}, ErrResult}},
	{"broken pairs", "permerror problem=no quotes here; =a; helo=;", spfRow{"permerror", nil, []pairRow{
		{Name: "problem", Value: "no"}, {Name: "quotes", Err: ErrProperty}, {Name: "here", Err: ErrProperty}, {Value: "a", Err: ErrProperty}, {Name: "helo", Err: ErrValue},
	}, nil}},
	{"comment without end", "pass (a; helo=b", spfRow{"pass", []string{"a; helo=b"}, nil, ErrUnclosed}},
	{"quote without end", `pass helo="b; x=y`, spfRow{"pass", nil, []pairRow{{Name: "helo", Value: "b; x=y"}}, ErrUnclosed}},
}

func TestParseReceivedSPF(t *testing.T) {
	t.Parallel()
	for _, tt := range spfFields {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, ParseReceivedSPF(lint.NewSource("", tt.in)).row(), sameError); diff != "" {
				t.Error(diff)
			}
		})
	}
	f := ParseReceivedSPF(lint.NewSource("", "pass HELO=; helo=a; helo=b"))
	if got := f.Value("Helo") + f.Value("client-ip"); got != "a" {
		t.Errorf("%q", got)
	}
	if got := f.Pairs[0].Span.Text() + f.Pairs[1].Span.Text(); got != "HELO=helo=a" {
		t.Errorf("%q", got)
	}
}
