package message

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	utc := func(year int, month time.Month, day, hour, minute, second int) time.Time {
		return time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	}
	for _, tt := range []struct {
		in   string
		want time.Time // zero: no date
	}{
		{" Fri, 21 Nov 1997 09:55:06 -0600\r\n", utc(1997, 11, 21, 15, 55, 6)},
		{"21 Nov 1997 09:55:06 -0600", utc(1997, 11, 21, 15, 55, 6)},
		{"Thu, 13 Feb 1969 23:32 -0330 (Newfoundland Time)", utc(1969, 2, 14, 3, 2, 0)},
		{"21 Nov 97 09:55:06 GMT", utc(1997, 11, 21, 9, 55, 6)},
		{"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", utc(1997, 11, 21, 15, 55, 6)},
		{"Thu,\r\n 13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (a (nested) one)", utc(1969, 2, 14, 3, 2, 0)},
		{"(before) Fri (after) , 21 Nov 1997 09:55:06 -0600", utc(1997, 11, 21, 15, 55, 6)},
		{"1 Jan 49 00:00 UT", utc(2049, 1, 1, 0, 0, 0)},
		{"1 Jan 50 00:00 UT", utc(1950, 1, 1, 0, 0, 0)},
		{"1 Jan 102 00:00 UT", utc(2002, 1, 1, 0, 0, 0)},
		{"1 jan 2026 10:00:00 EST", utc(2026, 1, 1, 15, 0, 0)},
		{"1 Jul 2026 10:00:00 pdt", utc(2026, 7, 1, 17, 0, 0)},
		{"1 Jan 2026 10:00:00 Z", utc(2026, 1, 1, 10, 0, 0)},
		{"1 Jan 2026 10:00:00 A", utc(2026, 1, 1, 10, 0, 0)},
		{"1 Jan 2026 10:00:00 CEST", utc(2026, 1, 1, 10, 0, 0)},
		{"1 Jan 2026 10:00:00 -0000", utc(2026, 1, 1, 10, 0, 0)},
		{"31 Dec 2016 23:59:60 +0000", utc(2017, 1, 1, 0, 0, 0)},
		{"Mon, 21 Nov 1997 09:55:06 -0600", utc(1997, 11, 21, 15, 55, 6)}, // a Friday
		{in: ""},
		{in: "2026-11-21 17:00"},
		{in: "2026-11-21T17:00:00Z"},
		{in: "Saturday, 21 Nov 2026 17:00:00 +0000"},
		{in: "Sat, 21 Nov 2026 17:00:00"},
		{in: "Sat Nov 21 17:00:00 2026"},
		{in: "Sat, 31 Nov 2026 17:00:00 +0000"},
		{in: "Sat, 21 Nov 2026 25:00:00 +0000"},
		{in: "Sat, 21 Nov 2026 17:00:00 GMT+0200"},
		{in: "Sat, 21 Nov 2026 17:00:00 J"},
		{in: "Sat, 21 Nov 2026 17:00:00 +0000 (open"},
		{in: "21 Nov 1 17:00:00 +0000"},
		{in: "21 Nov 1800 17:00:00 +0000"},
		{in: "21 Nov -026 17:00:00 +0000"},
		{in: "{{date}}"},
	} {
		got, ok := ParseDate(tt.in)
		if ok == tt.want.IsZero() || ok && !got.Equal(tt.want) {
			t.Errorf("%q: %v, %v, want %v", tt.in, got, ok, tt.want)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1 Jan 102 00:00 UT", "31 Dec 2016 23:59:60 J", `"(" \( (\)) "`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, ok := ParseDate(text)
		if !ok {
			return
		}
		// What was read can be written and read again.
		const layout = "Mon, 2 Jan 2006 15:04:05 -0700"
		if again, ok := ParseDate(at.UTC().Format(layout)); at.Year() < 9999 && at.Year() > 1900 && (!ok || !again.Equal(at)) {
			t.Errorf("%q is %v, then %v", text, at, again)
		}
	})
}

// fired is a finding in short.
type fired struct {
	Rule         string
	Severity     lint.Severity
	Line, Column int
}

func run(t testing.TB, text string) []fired {
	t.Helper()
	m := read(t, text)
	list := []fired{}
	for _, f := range lint.Run(Rules(), m) {
		p := f.Span.Position()
		list = append(list, fired{f.RuleID, f.Severity, p.Line, p.Column})
		if f.Severity > lint.Notice && f.Hint == "" {
			t.Errorf("%s has no hint", f.RuleID)
		}
	}
	return list
}

// TestRules looks at places and severities: that a rule fires at all is shown by its
// examples.
func TestRules(t *testing.T) {
	t.Parallel()
	const rest = "Date: Sat, 21 Nov 2026 17:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n"
	const all = "From: a@example.com\r\n" + rest
	for _, tt := range []struct {
		name, in string
		want     []fired
	}{
		{"good", all + "\r\nHello\r\n", nil},
		{"empty", "", []fired{{"msg-empty", lint.Error, 1, 1}}},
		{"no header", "\r\nHello\r\n", []fired{{"msg-no-headers", lint.Error, 1, 1}}},
		{"lines end in CR", "From: a@example.com\r\rHello\r", []fired{{"msg-from-missing", lint.Error, 1, 1}, {"msg-bare-cr", lint.Warning, 1, 1}}},
		{"no body", all, []fired{{"msg-no-separator", lint.Notice, 1, 1}}},
		{"no empty line", all + "Hello\r\nworld\r\n", []fired{{"msg-no-separator", lint.Warning, 4, 1}}},
		{"junk", "junk\r\n" + all + "\r\nHello\r\n", []fired{{"msg-bad-header-line", lint.Warning, 1, 1}}},
		{"LF throughout", strings.ReplaceAll(all+"\r\nHello\r\n", "\r", ""), []fired{{"msg-bare-lf", lint.Notice, 1, 1}}},
		{"LF somewhere", all + "\r\nHello\nworld\r\n", []fired{{"msg-bare-lf", lint.Warning, 5, 1}}},
		{"8 bits in the header, nobody knows", all + "Subject:\r\n caf\u00e9\r\n\r\n", []fired{{"msg-8bit-header", lint.Notice, 5, 5}}},
		{"8 bits in the header, ESMTP", "Received: from a by b with ESMTPS id 1;\r\n Sat, 21 Nov 2026 17:00:00 +0000\r\n" + all + "Subject: caf\u00e9\r\n\r\n",
			[]fired{{"msg-8bit-header", lint.Warning, 6, 13}}},
		{"8 bits in the header, SMTPUTF8", "Received: from a by b with UTF8SMTPS id 1;\r\n Sat, 21 Nov 2026 17:00:00 +0000\r\n" + all + "Subject: caf\u00e9\r\n\r\n",
			[]fired{{"msg-8bit-header", lint.Notice, 6, 13}}},
		{"8 bits that are no UTF-8", all + "Subject: caf\xe9\r\n\r\n", []fired{{"msg-8bit-header", lint.Warning, 4, 13}}},
		{"two From fields", "From: b@example.net\r\n" + all + "\r\n", []fired{{"dmarc-from-multiple-headers", lint.Error, 2, 7}}},
		{"two domains", "From: a@example.com, b@example.net\r\n" + rest + "\r\n", []fired{{"dmarc-from-multiple-addresses", lint.Error, 1, 7}}},
		{"two authors, one domain", "From: a@example.com, b@EXAMPLE.com\r\n" + rest + "\r\n", []fired{{"dmarc-from-multiple-addresses", lint.Notice, 1, 1}}},
		{"group", "From: Friends:;\r\n" + rest + "\r\n", []fired{{"dmarc-from-group-or-invalid", lint.Error, 1, 7}}},
		{"address of a host", "From: a@[192.0.2.1]\r\n" + rest + "\r\n", []fired{{"dmarc-from-group-or-invalid", lint.Error, 1, 7}}},
		{"empty From", "From: (nobody)\r\n" + rest + "\r\n", []fired{{"msg-from-missing", lint.Error, 1, 1}}},
		{"bad date", "From: a@example.com\r\nDate:\r\n now\r\nMessage-ID: <1@a.example>\r\n\r\n", []fired{{"msg-date-invalid", lint.Warning, 3, 2}}},
		{"late", "Received: by b; Sat, 28 Nov 2026 17:00:00 +0000\r\nReceived: by a; Sat, 21 Nov 2026 14:59:59 +0000\r\n" + all + "\r\n",
			[]fired{{"msg-date-skew", lint.Notice, 4, 7}}},
		{"backwards", "Received: by c; Sat, 21 Nov 2026 17:20:00 +0000\r\nReceived: by b\r\n ; Sat, 21 Nov 2026 18:04:59 +0100\r\nReceived: by x\r\nReceived: by a; Sat, 21 Nov 2026 17:10:00 +0000\r\n" + all + "\r\n",
			[]fired{{"received-chain-time-reversed", lint.Notice, 2, 11}}},
		{"clocks that differ", "Received: by b; Sat, 21 Nov 2026 17:05:00 +0000\r\nReceived: by a; Sat, 21 Nov 2026 17:10:00 +0000\r\n" + all + "\r\n", nil},
		{"queued for two days", "Received: by a; Mon, 23 Nov 2026 17:00:00 +0000\r\n" + all + "\r\n", nil},
		{"two Message-IDs, one bad", all + "Message-ID: 2\r\nMESSAGE-ID: 3\r\n\r\n", []fired{{"msg-single-header-repeated", lint.Error, 4, 13}}},
		{"repeated fields that may be", "Received: by a\r\nReceived: by b\r\nComments: a\r\nComments: b\r\n" + all + "\r\n", nil},
		{"MIME-Version with comments", all + "MIME-Version: 1.(produced by MetaSend Vx.x)0\r\nContent-Type: text/plain\r\n\r\n", nil},
		{"MIME-Version 2", all + "MIME-Version: 2.0\r\n\r\n", []fired{{"msg-mime-version-invalid", lint.Warning, 4, 15}}},
		{"answer", all + "References: <2@a.example>\r\nSubject: RE: x\r\n\r\n", nil},
		{"passed on", all + "Subject: Fwd: x\r\n\r\n", nil},
		{"answer to nothing", all + "Subject:\r\n RE: x\r\n\r\n", []fired{{"msg-reply-prefix-without-thread", lint.Notice, 5, 2}}},
		{"a word that begins so", all + "Subject: Regards\r\n\r\n", nil},
		{"U-labels in one of two authors", "From: a@xn--caf-dma.example, B <b@Caf\u00e9.example>\r\n" + rest + "\r\n",
			[]fired{{"dmarc-from-multiple-addresses", lint.Notice, 1, 1}, {"dmarc-from-idn", lint.Notice, 1, 33}, {"msg-8bit-header", lint.Notice, 1, 38}}},
		{"one of many", all + "Precedence: Bulk (sic)\r\n\r\n", []fired{{"msg-list-unsubscribe-missing", lint.Warning, 4, 13}}},
		{"first of many", all + "Precedence: first-class\r\n\r\n", nil},
		{"an answer by a program", all + "Precedence: bulk\r\nAuto-Submitted: auto-replied; x=y\r\n\r\n", nil},
		{"not by a program", all + "List-Id: <a.example>\r\nAuto-Submitted: No\r\n\r\n", []fired{{"msg-list-unsubscribe-missing", lint.Warning, 4, 10}}},
		{"a list to write to", all + "List-Id: <a.example>\r\nList-Post: <mailto:a@example.com>\r\n\r\n", []fired{{"msg-list-unsubscribe-missing", lint.Notice, 4, 10}}},
		{"a list of announcements", all + "List-Post: NO (none)\r\nList-Id: <a.example>\r\n\r\n", []fired{{"msg-list-unsubscribe-missing", lint.Warning, 5, 10}}},
		{"a campaign or an invoice", all + "Feedback-ID: 1:2:3\r\n\r\n", []fired{{"msg-list-unsubscribe-missing", lint.Notice, 4, 14}}},
		{"by mail alone", all + "List-Unsubscribe: <mailto:a@example.com>\r\n\r\n", []fired{{"msg-list-unsubscribe-no-https", lint.Warning, 4, 19}}},
		{"by mail alone, on a list", all + "List-Unsubscribe: <mailto:a@example.com>\r\nList-Post: <x:>\r\n\r\n", []fired{{"msg-list-unsubscribe-no-https", lint.Notice, 4, 19}}},
		{"by mail alone, with one click", all + "List-Unsubscribe: <mailto:a@example.com>\r\nList-Post: <x:>\r\nList-Unsubscribe-Post: x\r\n\r\n",
			[]fired{{"msg-list-unsubscribe-no-https", lint.Error, 4, 19}}},
		{"two fields to leave", all + "List-Unsubscribe: <https://a.example/>\r\nList-Unsubscribe: <mailto:a@example.com>\r\n\r\n", []fired{{"msg-list-unsubscribe-no-https", lint.Warning, 5, 19}}},
		{"a page to leave", all + "List-Unsubscribe: <https://a.example/>\r\n\r\n", []fired{{"msg-list-unsubscribe-post-missing", lint.Warning, 4, 19}}},
		{"a page to leave a list", all + "List-Unsubscribe: <https://a.example/>\r\nList-Post: <x:>\r\n\r\n", []fired{{"msg-list-unsubscribe-post-missing", lint.Notice, 4, 19}}},
		{"two of one click", all + "List-Unsubscribe: <https://a.example/>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nLIST-UNSUBSCRIBE-POST: x\r\n\r\n",
			[]fired{{"msg-list-unsubscribe-post-invalid", lint.Error, 6, 24}}},
		{"an unknown Content field", all + "Content-Length: 5\r\n\r\nHello", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := run(t, tt.in)
			if tt.want == nil {
				tt.want = []fired{}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUnsubscribing reads the fields as RFC 8058, Section 3.1, and RFC 2369, Section 2,
// have them.
func TestUnsubscribing(t *testing.T) {
	t.Parallel()
	const one = "List-Unsubscribe=One-Click"
	for _, tt := range []struct {
		uri, post string // empty: there is no such field
		want      Unsubscribing
	}{
		{"", one, NoUnsubscribe},
		{"<https://a.example/?u=(1)>", one, OneClick},
		{"<mailto:a@example.com>,\r\n\t<https://a.example/>", one, OneClick},
		{"(one, <https://b.example/>) <HTTPS://a.example/> (two) , (three)<mailto:a@example.com>", one, OneClick},
		{"< https://a.example/>", one, OneClick},
		{"<https://a.example/>", "\r\n list-unsubscribe=one-click\t", OneClick}, // RFC 5234, Section 2.3
		{"<https://a.example/>, <https://b.example/>", one, NoSecureURI},
		{"<http://a.example/>", one, NoSecureURI},
		{"<mailto:a@example.com>", one, NoSecureURI},
		{"https://a.example/", one, NoSecureURI},
		{"<https://>", one, NoSecureURI},
		{"<https://a.example/", one, NoSecureURI},
		{"(open <https://a.example/>", one, NoSecureURI},
		{"<mailto:a@example.com> <https://a.example/>", one, NoSecureURI}, // what follows no comma is ignored
		{"a, <https://a.example/>", one, NoSecureURI},
		{" ", one, NoSecureURI},
		{"<https://a.example/>", "", NoPost},
		{"<https://a.example/>", " ", BadPost},
		{"<https://a.example/>", "One-Click", BadPost},
		{"<https://a.example/>", one + "&a=b", BadPost},
		{"<https://a.example/>", "List-Unsubscribe= One-Click", BadPost},
	} {
		text := "From: a@example.com\r\n"
		if tt.uri != "" {
			text += "List-Unsubscribe: " + tt.uri + "\r\n"
		}
		if tt.post != "" {
			text += "List-Unsubscribe-Post: " + tt.post + "\r\n"
		}
		if got := read(t, text+"\r\n").Unsubscribing(); got != tt.want {
			t.Errorf("%q, %q: %d, want %d", tt.uri, tt.post, got, tt.want)
		}
	}
}

func TestMessageID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"<1234@local.machine.example>":    true,
		" (a) <1@[192.0.2.1]> (b)\r\n":    true,
		`<"a@b c"@example.com>`:           true,
		"<a..b$@example.com>":             true,
		"\r\n <1@example.com>":            true,
		"<caf\u00e9@example.com>":         true,
		"":                                false,
		"<>":                              false,
		"<1@>":                            false,
		"<@example.com>":                  false,
		"<1>":                             false,
		"1@example.com":                   false,
		"<1 @example.com>":                false,
		"<1@example.com":                  false,
		"<1@example.com> <2@example.com>": false,
		"<a@b@example.com>":               false,
		`<"a"b@example.com>`:              false,
	} {
		if got := IsMessageID(in); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

// TestDefectsAreTold demands a rule for each kind of defect. Octets above 127 in a body
// do harm to signatures alone, whose rules tell them.
func TestDefectsAreTold(t *testing.T) {
	t.Parallel()
	for _, kind := range order {
		m := &Message{Defects: []Defect{{Kind: kind, Lines: []int{1}}}, Fields: []Field{{Name: "From", Raw: "From: a", Line: 1, colon: 4}, {Name: "From", Raw: "From: b", Line: 2, colon: 4}}}
		found := lint.Run(Rules(), m)
		told := slices.ContainsFunc(found, func(f lint.Finding) bool {
			return f.RuleID != "msg-date-missing" && f.RuleID != "msg-message-id-missing"
		})
		if !told && kind != EightBit {
			t.Errorf("%s is told by no rule", kind)
		}
	}
}

// TestHostileHeader keeps the findings of a header with many faults few.
func TestHostileHeader(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("From: a@example.com, b@example.net\r\n", 5000) + strings.Repeat("Date: x\r\n", 5000) + strings.Repeat("Received: x\r\n", 5000) + "\r\n"
	if got := run(t, text); len(got) > 10 {
		t.Errorf("%d findings", len(got))
	}
}

// FuzzRules demands of every finding that it has a place within its text.
func FuzzRules(f *testing.F) {
	for _, doc := range lint.Docs(Rules()) {
		f.Add(doc.Bad.Message)
		f.Add(doc.Good.Message)
	}
	f.Add("Received: from a by b with utf8smtp\r\nFrom: \xe9@b.example, c@d.example;\r\nFrom: x:;\r\nMIME-VERSION: (1)\r\n\xff: x\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Read(strings.NewReader(text), int64(len(text)), Origin{File: "in.eml"})
		if err != nil {
			return
		}
		for _, found := range lint.Run(Rules(), m) {
			s := found.Span
			if s.Source == nil || s.Start < 0 || s.Start > s.End || s.End > len(s.Source.Text) || s.Position().Line < 1 || found.Message == "" {
				t.Errorf("%s: %+v", found.RuleID, found)
			}
		}
	})
}
