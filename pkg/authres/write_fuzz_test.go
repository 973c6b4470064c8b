package authres

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzFormat writes any octets: the field is one field, and has what was given where
// that could be written as it was.
func FuzzFormat(f *testing.F) {
	for _, tt := range written {
		r := Result{}
		if len(tt.results) > 0 {
			r = tt.results[0]
		}
		p := Property{}
		if len(r.Properties) > 0 {
			p = r.Properties[0]
		}
		f.Add(tt.id, r.Method, r.Result, r.Reason, p.Name, p.Value)
	}
	f.Fuzz(func(t *testing.T, id, method, result, reason, name, value string) {
		properties := []Property{{"smtp", name, value}, {name, method, value}, {method, "d", reason}}
		results := []Result{{method, result, reason, properties}, {result, method, value, nil}}
		field := Parse(fieldValue(t, "Authentication-Results", Format(id, results)))
		if field.Err != nil || len(field.Claims) != len(results) || len(field.Comments) > 0 || !field.None.Empty() {
			t.Fatalf("%d results, %v", len(field.Claims), field.Err)
		}
		compare(t, id, field.ID)
		for i, r := range results {
			c := field.Claims[i]
			if c.Err != nil || len(c.Comments) > 0 {
				t.Fatalf("%q: %v", c.Span.Text(), c.Err)
			}
			compareName(t, r.Method, c.Method)
			compareName(t, r.Result, c.Result)
			compare(t, r.Reason, c.Reason)
			for _, p := range r.Properties {
				if p.Value == "" {
					continue
				}
				if c.Properties[0].Err != nil {
					t.Fatalf("%q: %v", c.Properties[0].Span.Text(), c.Properties[0].Err)
				}
				compareName(t, p.Type, c.Properties[0].Type)
				compareName(t, p.Name, c.Properties[0].Name)
				compare(t, p.Value, c.Properties[0].Value)
				c.Properties = c.Properties[1:]
			}
			if len(c.Properties) > 0 {
				t.Fatalf("%q is too much", c.Properties[0].Span.Text())
			}
		}
	})
}

// compare compares texts that can be written as they are.
func compare(t *testing.T, want string, got Word) {
	t.Helper()
	simple := len(want) <= 400 && !strings.ContainsFunc(want, func(c rune) bool { return c < ' ' || c > '~' })
	if simple && got.Text != want || (want == "") != (got.Text == "") {
		t.Fatalf("%q, want %q", got.Text, want)
	}
}

// compareName compares names that obey their grammar.
func compareName(t *testing.T, want string, got Word) {
	t.Helper()
	simple := want != "" && len(want) <= 64 && strings.Trim(want, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
	if simple && got.Text != want || got.Text == "" {
		t.Fatalf("%q, want %q", got.Text, want)
	}
}

// FuzzFormatReceivedSPF writes any octets, too.
func FuzzFormatReceivedSPF(f *testing.F) {
	for _, tt := range writtenSPF {
		f.Add(tt.in.Result, tt.in.Comment, tt.in.EnvelopeFrom, tt.in.HELO, tt.in.ClientIP.Zone())
	}
	f.Fuzz(func(t *testing.T, result, comment, from, helo, zone string) {
		in := ReceivedSPF{Result: result, Comment: comment, Receiver: helo, EnvelopeFrom: from, HELO: helo,
			ClientIP: netip.IPv6Unspecified().WithZone(zone), Identity: from, Mechanism: comment, Problem: zone}
		field := ParseReceivedSPF(fieldValue(t, "Received-SPF", FormatReceivedSPF(in)))
		if field.Err != nil {
			t.Fatal(field.Err)
		}
		compareName(t, result, field.Result)
		if (len(field.Comments) == 1) != (comment != "") || len(field.Comments) > 1 {
			t.Fatalf("%d comments", len(field.Comments))
		}
		if comment != "" {
			compare(t, comment, field.Comments[0])
		}
		var want, got []string
		for _, pair := range [][2]string{{"receiver", helo}, {"client-ip", "::"}, {"envelope-from", from}, {"helo", helo},
			{"identity", from}, {"mechanism", comment}, {"problem", zone}} {
			if pair[1] != "" {
				want = append(want, pair[0])
			}
		}
		for _, p := range field.Pairs {
			got = append(got, p.Name.Text)
			if p.Err != nil {
				t.Fatalf("%q: %v", p.Span.Text(), p.Err)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		compare(t, from, Word{Text: field.Value("envelope-from")})
		compare(t, helo, Word{Text: field.Value("helo")})
		compare(t, zone, Word{Text: field.Value("problem")})
	})
}
