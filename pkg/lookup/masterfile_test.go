package lookup

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMasterFile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in, want string
	}{
		{"origin is the root", "a TXT x\n", "TXT a = x"},
		{"relative origin", "$ORIGIN example.\n$ORIGIN sub\n@ TXT x\nb A 192.0.2.1\n", "TXT sub.example = x\nA b.sub.example = 192.0.2.1"},
		{"blank owner", "a. TXT x\n\t\t A 192.0.2.1\n \n  ; comment\n MX 5 a.\n", "A a = 192.0.2.1\nMX a = 5 a."},
		{"blank owner after control entry", "a. TXT x\n$TTL 5\n A 192.0.2.1", "A a = 192.0.2.1"},
		{"owner in parentheses", "( a. ) TXT x", "TXT a = x"},
		{"names fold case", "A.Example. txt x\n", "TXT a.example = x"},
		{"escaped names", `a\.b.c\032d. TXT x`, `TXT a\.b.c\032d = x`},
		{"escaped final dot is relative", "$ORIGIN e.\n" + `a\. TXT x`, `TXT a\..e = x`},
		{"no final line feed", "a. TXT x", "TXT a = x"},
		{"CRLF", "a. TXT x\r\n (\r\n) A 192.0.2.1\r\n\r\n;! NODATA b A\r\n", "TXT a = x\nA a = 192.0.2.1\nA b = -"},
		{"byte order mark", "\ufeffa. TXT x", "TXT a = x"},
		{"unquoted strings", `a. TXT v=spf1 -all \"q\" \; x"y"z`, `TXT a = v=spf1-all"q";xyz`},
		{"comment ends unquoted text", "a. TXT v=DMARC1; p=reject", "TXT a = v=DMARC1"},
		{"quoted marks", `a. TXT "a ; ( ) \\ \" \065"`, `TXT a = a ; ( ) \ " A`},
		{"octets", "a. TXT \"\\000\\255\x00\xff\"", "TXT a = \x00\xff\x00\xff"},
		{"strings over lines", "a. TXT ( \"one\" ; first\n \"two\"\n)", "TXT a = onetwo"},
		{"long string is kept", `a. TXT "` + strings.Repeat("x", 300) + `"`, "TXT a = " + strings.Repeat("x", 300)},
		{"empty string", `a. TXT ""`, "TXT a = "},
		{"sorted, once", "a. TXT b\na. TXT a\na. 5 TXT b", "TXT a = a|b"},
		{"class and TTL in either order", "a. IN 5 TXT x\nb. 5 IN TXT x\nc. CLASS1 TXT x", "TXT a = x\nTXT b = x\nTXT c = x"},
		{"owner that looks like a type", "TXT TXT TXT", "TXT txt = TXT"},
		{"type by number", "a. TYPE16 x\nb. type1 192.0.2.1\nc. TYPE1 \\# 4 c0000202", "TXT a = x\nA b = 192.0.2.1\nA c = 192.0.2.2"},
		{"generic text", `a. TXT \# 4 03 616263`, "TXT a = abc"},
		{"unknown type", `a. TYPE65280 \# 2 abcd`, `TYPE65280 a = \# 2 abcd`},
		{"addresses", "a. AAAA 2001:DB8::1\nb. AAAA ::ffff:192.0.2.1", "AAAA a = 2001:db8::1\nAAAA b = ::ffff:192.0.2.1"},
		{"hosts", "$ORIGIN e.\na MX 10 m\na MX 0 .\na NS n\na PTR P.\na CNAME @", "MX a.e = 0 .|10 m.e.\nNS a.e = n.e.\nPTR a.e = p.\nCNAME a.e = e."},
		{"quoted value of a parameter", `a. HTTPS 1 . alpn="h3,h2" ipv4hint="192.0.2.1"` + "\nb. CAA 0 issue\"ca.example\"",
			`TYPE65 a = 1 . alpn="h3,h2" ipv4hint="192.0.2.1"` + "\nCAA b = 0 issue \"ca.example\""},
		{"other types", "$ORIGIN e.\n@ SOA ns h (1 2\n 3 4 5)\n@ CAA 0 issue \"ca.example; x=y\"", "SOA e = ns.e. h.e. 1 2 3 4 5\nCAA e = 0 issue \"ca.example; x=y\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for want := range strings.SplitSeq(tt.want, "\n") {
				question, outcome, _ := strings.Cut(want, " = ")
				if got := ask(t, parsed(t, tt.in), question); got != outcome {
					t.Errorf("%s: got %q, want %q", question, got, outcome)
				}
			}
		})
	}
}

func TestMasterFileTTL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]uint32{
		"q. TXT x":                                3600,
		"a. 60 TXT x\nq. TXT x":                   60,
		"$TTL 1h30m\nq. TXT x":                    5400,
		"$TTL 5\na. 60 TXT x\nq. TXT x":           5,
		"q. 1W2d3H4m5S IN TXT x":                  604800 + 2*86400 + 3*3600 + 4*60 + 5,
		"q. IN 2147483647 TXT x":                  2147483647,
		"$TTL 0\nq. TXT x":                        0,
		"q. 60 CAA 0 issue \"ca\"\nq. TXT x":      60,
		"q. 9 TYPE65280 \\# 1 aa\nq. 8 TXT \"x\"": 8,
	} {
		answer, err := parsed(t, in).Query(context.Background(), "q", TypeTXT)
		if err != nil || answer.Records[0].TTL != want {
			t.Errorf("%q: %+v, %v, want TTL %d", in, answer, err, want)
		}
	}
}

func TestMasterFileErrors(t *testing.T) {
	t.Parallel()
	const name = "expected a domain name of at most 255 octets, its labels 1 to 63"
	const escape = `found a backslash, expected an escape: \ and a character, or \000 to \255`
	long := strings.Repeat("x", 64)
	for _, tt := range []struct{ in, want string }{
		{"a. TXT x\n b. TXT", `2:2: found "b.", expected a record type`},
		{"  TXT x", `1:3: found "TXT", expected an owner name at the start of the line: there is none before`},
		{"a.", `1:3: found the end of the entry, expected a record type`},
		{"a. 5 IN", `1:8: found the end of the entry, expected a record type`},
		{"a. 5 5 TXT x", `1:6: found "5", expected a record type`},
		{"a. IN IN TXT x", `1:7: found "IN", expected a record type`},
		{"a. CH TXT x", `1:4: found "CH", expected class IN`},
		{"a. CLASS3 TXT x", `1:4: found "CLASS3", expected class IN`},
		{"a. 2147483648 TXT x", `1:4: found "2147483648", expected a record type`},
		{"a. TXTT x", `1:4: found "TXTT", expected a record type`},
		{"a. ANY x", `1:4: found "ANY", expected a record type`},
		{"a. \"TXT\" x", `1:4: found "\"TXT\"", expected a record type`},
		{"a. TYPE65536 x", `1:4: found "TYPE65536", expected a record type`},
		{"a. TXT ; x", `1:7: found the end of the entry, expected data of type TXT`},
		{"a. MX 5 ; x", `1:8: found the end of the entry, expected the name of a mail host`},
		{"a. MX 65536 b.", `1:7: found "65536", expected a preference from 0 to 65535`},
		{"a. MX +5 b.", `1:7: found "+5", expected a preference from 0 to 65535`},
		{"a. MX 5 b. c.", `1:12: found "c.", expected the end of the entry`},
		{"a. A 10.0.0", `1:6: found "10.0.0", expected an IPv4 address`},
		{"a. A 010.0.0.1", `1:6: found "010.0.0.1", expected an IPv4 address`},
		{"a. A ::1", `1:6: found "::1", expected an IPv4 address`},
		{"a. A 10.0.0.1 x", `1:15: found "x", expected the end of the entry`},
		{"a. AAAA fe80::1%0", `1:9: found "fe80::1%0", expected an IPv6 address`},
		{"a. AAAA 10.0.0.1", `1:9: found "10.0.0.1", expected an IPv6 address`},
		{"a. NS \"b.\"", `1:7: found "\"b.\"", ` + name},
		{"a. NS b..c.", `1:7: found "b..c.", ` + name},
		{"a..b TXT x", `1:1: found "a..b", ` + name},
		{long + " TXT x", `1:1: found "` + long[:60] + `"..., ` + name},
		{strings.Repeat("a.", 128) + " TXT x", `1:1: found "` + strings.Repeat("a.", 30) + `"..., ` + name},
		{"$ORIGIN " + strings.Repeat("a.", 127) + "\nb TXT x", `2:1: found "b", ` + name},
		{"a. CAA (0\n issue)", `1:9: found "0 issue", expected data of type CAA`},
		{"a. SRV 1 2 3 h. x", `1:8: found "1 2 3 h. x", expected data of type SRV`},
		{"a. TYPE65280 x", `1:14: found "x", expected data of type TYPE65280`},
		{`a. TXT \# 4 00`, `1:8: found "\\# 4 00", expected data of type TXT`},
		{"a. TXT \"x\n\"", `1:8: found the end of the line, expected '"' for the quote here`},
		{"a. TXT \"x\r\n\"", `1:8: found the end of the line, expected '"' for the quote here`},
		{"a. TXT (x (y)\n\n", `1:8: found the end of the file, expected ")" for the "(" here`},
		{"a. TXT x )", `1:10: found ")", expected "(" before it`},
		{`a. TXT a\25`, `1:9: ` + escape},
		{`a. TXT "a\256"`, `1:10: ` + escape},
		{"a. TXT a\\\n", `1:9: ` + escape},
		{"$INCLUDE x", `1:1: found "$INCLUDE", expected the records themselves: other files are not read from within a file`},
		{"$NO x", `1:1: found "$NO", expected $ORIGIN, $TTL, $GENERATE or a record`},
		{"$TTL", `1:5: found the end of the entry, expected a TTL up to 2147483647 seconds`},
		{"$TTL 1h30", `1:6: found "1h30", expected a TTL up to 2147483647 seconds`},
		{"$TTL 1x", `1:6: found "1x", expected a TTL up to 2147483647 seconds`},
		{"$TTL 4000w", `1:6: found "4000w", expected a TTL up to 2147483647 seconds`},
		{"$TTL 1 2", `1:8: found "2", expected the end of the entry`},
		{"$ORIGIN", `1:8: found the end of the entry, expected a domain name`},
		{"$ORIGIN a..", `1:9: found "a..", ` + name},
		{";!", `1:3: found the end of the entry, expected a directive`},
		{"\n;! SERVFAILED a *", `2:4: found "SERVFAILED", expected a directive such as SERVFAIL, NXDOMAIN or NODATA`},
		{";! SERVFAIL", `1:12: found the end of the entry, expected a domain name`},
		{";! SERVFAIL a.", `1:15: found the end of the entry, expected a record type`},
		{";! SERVFAIL a. TXTT", `1:16: found "TXTT", expected a record type`},
		{";! SERVFAIL a..b TXT", `1:13: found "a..b", ` + name},
		{";! SERVFAIL a. TXT ; x", `1:20: found ";", expected the end of the line`},
		{";! NXDOMAIN a. b.", `1:16: found "b.", expected a record type`},
		{";! ALIAS a. TXT", `1:16: found the end of the entry, expected the target of the alias`},
		{";! ALIAS a. * b.", `1:13: found "*", expected a record type`},
		{";! ALIAS a. TXT b..", `1:17: found "b..", ` + name},
		{";! AUTHORITATIVE example.", `1:18: found "example.", expected "."`},
		{"a. TXT (\n;! NXDOMAIN a.\n)", `2:1: found ;!, expected the end of the parentheses before a directive`},
		{"\ufeffa. TXTT", `1:4: found "TXTT", expected a record type`},
	} {
		_, err := ParseZone("f", tt.in)
		var parse *ParseError
		if !errors.As(err, &parse) || parse.Error() != "f:"+tt.want {
			t.Errorf("%q:\n got %v\nwant f:%s", tt.in, err, tt.want)
		}
	}
}

// TestMasterFilePositions marks where each octet of a text stands: the file with
// the octets of the text in it, everything else blank.
func TestMasterFilePositions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typ      Type
		in, want string
	}{
		{TypeTXT, `q. TXT ab "c d" e`, `       ab  c d  e`},
		{TypeTXT, `q. TXT "a\065b\"c" "\\"`, `        a\   b\ c   \ `},
		{TypeTXT, "q. TXT ( a ; (\n\t\"\" \"bc\"\n\"d\\\te\" )", "         a    \n\t    bc \n d\\ e"},
		{TypeTXT, "\ufeffq. TXT \"\xc3\xa4b\"", "        \xc3\xa4b"},
		{TypeSPF, `q. SPF v=spf1`, `       v=spf1`},
		{TypeMX, "q. MX (10\n  mail.q. )", "       10\n  mail.q."},
		{TypeA, "q. A 192.0.2.1 ; x", "     192.0.2.1"},
	} {
		answer, err := parsed(t, tt.in).Query(context.Background(), "q", tt.typ)
		if err != nil {
			t.Fatal(err)
		}
		source := answer.Records[0].Source
		lines := strings.Split(strings.TrimPrefix(tt.in, "\ufeff"), "\n")
		got := make([][]byte, len(lines))
		for i, line := range lines {
			got[i] = []byte(strings.Repeat(" ", len(line)))
		}
		for i := range len(source.Text) {
			if source.Text[i] == ' ' && tt.typ == TypeMX {
				continue // the blank between two items
			}
			p := source.Position(i)
			got[p.Line-1][p.Column-1] = lines[p.Line-1][p.Column-1]
		}
		for i, line := range strings.Split(tt.want, "\n") {
			want := strings.TrimRight(strings.ReplaceAll(line, "\t", " "), " ")
			if have := strings.TrimRight(string(got[i]), " "); have != want {
				t.Errorf("%q line %d:\n got %q\nwant %q", tt.in, i+1, have, want)
			}
		}
	}
}

// TestMasterFileEnds marks the column behind each octet of a text.
func TestMasterFileEnds(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]int{
		`q. TXT "a\065b\"" "c" d\;`: {10, 14, 15, 17, 21, 24, 26},
		`q. TXT \097 b`:             {12, 14},
		`q. TXT "" "" x`:            {15},
	} {
		answer, err := parsed(t, in).Query(context.Background(), "q", TypeTXT)
		if err != nil {
			t.Fatal(err)
		}
		source := answer.Records[0].Source
		var got []int
		for i := range len(source.Text) {
			got = append(got, source.Span(i, i+1).EndPosition().Column)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	z := parsed(t, `$ORIGIN example.
$GENERATE 1-3 host$ 60 IN A 192.0.2.$
$GENERATE 0-10/5 n${10,4} TXT "no $$ \$ ${-0,3,x}" $
$GENERATE 1-2 m$ MX "10 host$" ; as in BIND's manual
$GENERATE 26-26 ${0,8,n}.ip6 PTR h${0,0,X}-${0,0,o}-${0,5,N}-${1,0,d}
`)
	askAll(t, z, `
		A host1.example = 192.0.2.1
		A host3.example = 192.0.2.3
		A host4.example = no offline data
		TXT n0010.example = no $ $ 0000
		TXT n0015.example = no $ $ 0055
		TXT n0020.example = no $ $ 00a10
		MX m2.example = 10 host2.example.
		PTR a.1.0.0.ip6.example = h1a-32-a.1.0-27.example.
	`)
	for in, want := range map[string]string{
		"$GENERATE":                          `1:10: found the end of the entry, expected a range such as 1-100 or 0-254/2`,
		"$GENERATE 1-2":                      `1:14: found the end of the entry, expected an owner name`,
		"$GENERATE 2-1 $ A 192.0.2.$":        `1:11: found "2-1", expected a range such as 1-100 or 0-254/2, 65536 numbers at most`,
		"$GENERATE 0-65536 $ A 192.0.2.1":    `1:11: found "0-65536", expected a range such as 1-100 or 0-254/2, 65536 numbers at most`,
		"$GENERATE 1-2/0 $ A 192.0.2.1":      `1:11: found "1-2/0", expected a range such as 1-100 or 0-254/2, 65536 numbers at most`,
		"$GENERATE 0-300 $ A 192.0.2.$":      `1:21: found "192.0.2.256", expected an IPv4 address`,
		"$GENERATE 1-2 ${ A 192.0.2.1":       `1:15: found "${", expected $, $$ or ${offset,width,base} and numbers not below 0`,
		"$GENERATE 1-2 ${0,300} A 192.0.2.1": `1:15: found "${0,300}", expected $, $$ or ${offset,width,base} and numbers not below 0`,
		"$GENERATE 1-2 ${0,1,q} A 192.0.2.1": `1:15: found "${0,1,q}", expected $, $$ or ${offset,width,base} and numbers not below 0`,
		"$GENERATE 1-2 ${-2} A 192.0.2.1":    `1:15: found "${-2}", expected $, $$ or ${offset,width,base} and numbers not below 0`,
		"$GENERATE 1-2 a$":                   `1:17: found the end of the entry, expected a record type`,
	} {
		if _, err := ParseZone("f", in); err == nil || err.Error() != "f:"+want {
			t.Errorf("%q:\n got %v\nwant f:%s", in, err, want)
		}
	}
}

// TestMasterFileLimits reads files that would exhaust the machine.
func TestMasterFileLimits(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("a.", 100)
	for _, tt := range []struct{ name, in, want string }{
		{"file", strings.Repeat("\n", maxFile+1), "1:1: found a file of 67108865 octets, expected 67108864 at most"},
		{"names", "$GENERATE 0-65535 " + deep + "$ A 192.0.2.1", "1:19: found more than 2000000 names, expected fewer"},
		{"generated octets", `$GENERATE 0-65535 a TXT "` + strings.Repeat("x", 60_000) + `"`, "1:25: found more than 67108864 generated octets, expected fewer"},
		{"generated strings", "$GENERATE 0-65535 a TXT" + strings.Repeat(` ""`, 60_000), "found more than 67108864 generated octets, expected fewer"},
		{"text", `a. TXT "` + strings.Repeat("x", 60_000) + `" ` + strings.Repeat(`y`, 5_534), "1:60011: found more than 65535 octets of data, expected a shorter record"},
		{"items", "a. TXT" + strings.Repeat(" x", maxTokens), "found more than 131072 items, expected the end of the entry"},
		{"other data", "a. CAA 0 issue " + strings.Repeat("x", 5*maxData), "1:8: found more than 262140 octets of text, expected shorter data"},
		{"parentheses", "a. TXT x" + strings.Repeat("(", 1<<20), `1:9: found the end of the file, expected ")" for the "(" here`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseZone("f", tt.in)
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	full := newZone()
	full.entries = maxRecords - 1
	const want = "f:2:1: found more than 2000000 records, expected fewer"
	if err := full.readFile("f", "a. TXT x\na. TXT x", nil); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	z := parsed(t, `a. TXT "`+strings.Repeat("x", 60_000)+`" `+strings.Repeat(`y`, 5_533))
	if got := ask(t, z, "TXT a"); len(got) != maxData-2 {
		t.Errorf("%d octets of text", len(got))
	}
}

// TestMasterDataRoundTrip writes records and reads them back.
func TestMasterDataRoundTrip(t *testing.T) {
	t.Parallel()
	var every strings.Builder
	for c := range 256 {
		every.WriteByte(byte(c))
	}
	z := parsed(t, `
q. AAAA ::ffff:192.0.2.1
q. A 192.0.2.1
q. MX 0 .
q. MX 5 a\.b.example.
q. NS \255.example.
q. SOA . . 1 2 3 4 5
q. CAA 0 issue "x;\"y"
q. TLSA 3 1 1 00ff
q. APL \# 0
q. TYPE65280 \# 0
q. TYPE65281 \# 3 00 01 02
q. SRV 1 2 3 h.example.
`)
	z.addRecord(Record{Name: "q", Type: TypeTXT, Strings: []string{every.String(), "", `\"`}}, false)
	for q, out := range z.outcomes {
		for _, want := range out.answer.Records {
			line := fmt.Sprintf("%s. %d IN %s %s\n", want.Name, want.TTL, want.Type, masterData(want))
			answer, err := parsed(t, line).Query(context.Background(), q.Name, q.Type)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			got := answer.Records[len(answer.Records)-1]
			got.Source, want.Source = nil, nil
			if diff := cmp.Diff(fmt.Sprintf("%#v", want), fmt.Sprintf("%#v", got)); diff != "" {
				t.Errorf("%s: %s", line, diff)
			}
		}
	}
}
