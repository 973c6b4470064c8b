package spf

import (
	"context"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// abnf is the grammar of RFC 7208, Section 12, written a second time: one
// expression for each kind of term, case ignored. ip6 leaves the address to
// package net; redirect and exp go before the unknown modifiers.
var abnf = func() (g struct {
	mechanism, known, unknown, ip6 *regexp.Regexp
}) {
	const (
		qualifier = `[-+?~]?`
		expand    = `(?:%\{[slodiphv](?:0*[1-9][0-9]*)?r?[-.+,/_=]*\}|%[%_-])`
		explain   = `(?:%\{[slodiphvcrt](?:0*[1-9][0-9]*)?r?[-.+,/_=]*\}|%[%_-])`
		literal   = `[!-$&-~]`
		topLabel  = `(?:[a-z0-9]*[a-z][a-z0-9]*|[a-z0-9]+-[a-z0-9-]*[a-z0-9])`
		domain    = `(?:` + expand + `|` + literal + `)*(?:\.` + topLabel + `\.?|` + expand + `)`
		length4   = `/(?:[0-9]|[12][0-9]|3[0-2])`
		length6   = `/(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])`
		lengths   = `(?:` + length4 + `)?(?:/` + length6 + `)?`
		octet     = `(?:[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])`
		ip4       = `ip4:` + octet + `\.` + octet + `\.` + octet + `\.` + octet + `(?:` + length4 + `)?`
	)
	whole := func(expr string) *regexp.Regexp { return regexp.MustCompile(`^(?i:` + expr + `)$`) }
	g.mechanism = whole(qualifier + `(?:all|include:` + domain + `|(?:a|mx)(?::` + domain + `)?` + lengths + `|ptr(?::` + domain + `)?|exists:` + domain + `|` + ip4 + `)`)
	g.ip6 = whole(qualifier + `ip6:([0-9a-f:.]+)(?:` + length6 + `)?`)
	g.known = whole(`(redirect|exp)=(` + domain + `)?`)
	g.unknown = whole(`[a-z][a-z0-9._-]*=(?:` + explain + `|` + literal + `)*`)
	return g
}()

// grammatical reports whether the text behind the version is a list of terms.
func grammatical(text string) bool {
	seen := map[string]bool{}
	for term := range strings.SplitSeq(text, " ") {
		ip6, known := abnf.ip6.FindStringSubmatch(term), abnf.known.FindStringSubmatch(term)
		switch {
		case strings.ContainsFunc(term, func(r rune) bool { return r < '!' || r > '~' }):
			return false
		case term == "" || abnf.mechanism.MatchString(term):
		case ip6 != nil && strings.Contains(ip6[1], ":") && net.ParseIP(ip6[1]) != nil:
		case known != nil:
			name := strings.ToLower(known[1])
			if known[2] == "" || seen[name] {
				return false
			}
			seen[name] = true
		case strings.HasPrefix(strings.ToLower(term), "redirect=") || strings.HasPrefix(strings.ToLower(term), "exp="):
			return false
		case !abnf.unknown.MatchString(term):
			return false
		}
	}
	return true
}

// published answers with one TXT record at example.com; nothing else exists.
type published string

func (text published) Query(_ context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	if name != "example.com" || typ != lookup.TypeTXT {
		return lookup.Answer{NXDomain: name != "example.com"}, nil
	}
	return lookup.Answer{Records: []lookup.Record{{Name: name, Type: typ, Source: lint.NewSource("TXT example.com", string(text))}}}, nil
}

// FuzzRecord reads any text as a record: nothing is lost, the verdict on the
// grammar is that of a second implementation, and rules speak only of octets
// that are there.
func FuzzRecord(f *testing.F) {
	for _, tt := range validTerms {
		f.Add("v=spf1 " + tt.in)
	}
	for _, tt := range brokenRecords {
		text, _, _ := unmark(tt.in)
		f.Add(text)
	}
	for _, text := range []string{
		"", "v=spf1", " v=spf1 -all", `"v=spf1 -all"`, "v=spf1; mx", "spf2.0/pra -all", "v=spf1 a  mx  ", "v=DMARC1; p=none",
		"\xff\xff\xff\xff v=spf1 -all", "\u0130\u212a v=spf1 mx -all", "v=spf1 include:192.0.2.1/ example.com -all",
		"v=spf1 redirect=a.example exp=b.example ra=x rp=101 rr=all:q -all", "v=spf1 ip4:192.0.2.0/25 ip4:192.0.2.128/25 ip4:192.0.2.5/24 ?all",
		"v=spf1 ip4:10.0.0.1 -ip4:10.0.0.0/8 include:https://a.example/ exists:a.example a a a a a a a a a a a",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		source := lint.NewSource("TXT example.com", text)
		r := Parse(source)
		checkLossless(t, r)
		if want := grammatical(text[r.Version.End:]); (r.Err() == nil) != want {
			t.Fatalf("%q: valid is %v, error %v", text, want, r.Err())
		}
		again := Parse(lint.NewSource("TXT example.com", r.String()))
		if len(again.Terms) != len(r.Terms) {
			t.Fatalf("%d terms, then %d", len(r.Terms), len(again.Terms))
		}
		for i := range r.Terms {
			one, two := &r.Terms[i], &again.Terms[i]
			if diff := cmp.Diff(fieldsOf(one), fieldsOf(two)); diff != "" || one.syntaxReason() != two.syntaxReason() {
				t.Fatalf("%q: %s", one.Text(), diff)
			}
		}
		for _, facts := range []*Facts{InspectText("example.com", source), InspectText("", source), Inspect(t.Context(), published(text), "example.com", Options{})} {
			checkFindings(t, lint.Run(Rules(), facts))
			if flat := Flatten(facts, FlattenOptions{Max: 1}); flat.Err == nil && flat.Lookups > 1 {
				t.Fatalf("%q: %d lookups", text, flat.Lookups)
			}
		}
	})
}

// checkFindings demands that findings and their corrections lie in their texts.
func checkFindings(t *testing.T, findings []lint.Finding) {
	t.Helper()
	for _, found := range findings {
		spans := []lint.Span{found.Span}
		if found.Fix != nil {
			spans = append(spans, found.Fix.Span)
		}
		for _, s := range spans {
			if s.Source == nil || s.Start < 0 || s.Start > s.End || s.End > len(s.Source.Text) {
				t.Fatalf("%s: %d-%d of %+v", found.RuleID, s.Start, s.End, s.Source)
			}
		}
		if found.Fix == nil {
			continue
		}
		checkLossless(t, Parse(lint.NewSource("", found.Fix.Record())))
	}
	lint.Correct(findings)
}

// FuzzMacro expands any text for any sender and HELO name. Of each octet of the
// text no more can come than the longest value, escaped.
func FuzzMacro(f *testing.F) {
	for _, tt := range macroRows {
		f.Add(tt.in, "strong-bad@email.example.com", "mx.example.org", tt.ip != "")
	}
	f.Add("%{l}.%{L128r.-+,/_=}%{h}", "\u00fc@b..\u00fccher", "[192.0.2.1]", false)
	f.Fuzz(func(t *testing.T, text, sender, helo string, six bool) {
		e := newEvaluation(t.Context(), published(text), Query{IP: netip.AddrFrom4([4]byte{192, 0, 2, 3}), Sender: sender, Helo: helo})
		if six {
			e.q.IP = netip.MustParseAddr("2001:db8::cb01")
		}
		// 63 octets are an IPv6 address in nibbles; names and senders stand in for the rest.
		most := 3 * max(63, len(e.local)+1+len(e.senderDomain), len(helo), len("example.com"))
		m, bad := parseMacros(lint.NewSource("", text).Whole(), explainLetters)
		checkMacros(t, m)
		if bad != nil {
			if bad.Span.Empty() || bad.Span.End > len(text) || bad.Span.Text()[0] != '%' {
				t.Fatalf("%q: %d-%d", text, bad.Span.Start, bad.Span.End)
			}
			return
		}
		if out := e.expand(m, "example.com"); len(out) > most*(len(text)+1) {
			t.Fatalf("%d octets of %d", len(out), len(text))
		}
		r := Parse(lint.NewSource("", "v=spf1 exists:"+text))
		if r.Err() != nil {
			return
		}
		if name, ok := e.target(&r.Terms[0], "example.com"); ok {
			if canonical, err := lookup.Canonical(name); err != nil || canonical != name {
				t.Fatalf("%q is not canonical: %q, %v", name, canonical, err)
			}
		}
	})
}
