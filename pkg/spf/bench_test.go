package spf_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	blitiri "blitiri.com.ar/go/spf"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/spf"
)

// tenIncludes is a record with ten includes of ten networks each; the client
// 10.9.0.10 matches the last network of the last one.
func tenIncludes() (record string, included map[string]string) {
	record = "v=spf1"
	included = map[string]string{}
	for i := range 10 {
		name := fmt.Sprintf("_spf%d.example.net", i)
		record += " include:" + name
		text := "v=spf1"
		for j := range 10 {
			text += fmt.Sprintf(" ip4:10.%d.0.%d", i, j+1)
		}
		included[name] = text + " -all"
	}
	return record + " -all", included
}

func BenchmarkCheckTenIncludes(b *testing.B) {
	record, included := tenIncludes()
	var text strings.Builder
	fmt.Fprintf(&text, "@ TXT \"%s\"\n", record)
	for name, value := range included {
		fmt.Fprintf(&text, "%s. TXT \"%s\"\n", name, value)
	}
	z := zone(b, text.String())
	query := spf.Query{IP: netip.MustParseAddr("10.9.0.10"), Sender: "joe@example.com", Helo: "mail.example.com"}
	b.ReportAllocs()
	for b.Loop() {
		if got := spf.Check(b.Context(), z, query); got.Status != spf.Pass {
			b.Fatal(got.Status, got.Reason)
		}
	}
}

// memory answers blitiri.com.ar/go/spf out of a map, without any detour.
type memory map[string][]string

func (m memory) LookupTXT(_ context.Context, name string) ([]string, error) {
	if texts, ok := m[name]; ok {
		return texts, nil
	}
	return nil, &net.DNSError{Name: name, IsNotFound: true}
}

func (m memory) LookupMX(context.Context, string) ([]*net.MX, error)        { return nil, nil }
func (m memory) LookupIPAddr(context.Context, string) ([]net.IPAddr, error) { return nil, nil }
func (m memory) LookupAddr(context.Context, string) ([]string, error)       { return nil, nil }

func BenchmarkCheckTenIncludesBlitiri(b *testing.B) {
	record, included := tenIncludes()
	m := memory{"example.com": {record}}
	for name, value := range included {
		m[name] = []string{value}
	}
	ip := net.ParseIP("10.9.0.10")
	b.ReportAllocs()
	for b.Loop() {
		got, err := blitiri.CheckHostWithSender(ip, "mail.example.com", "joe@example.com", blitiri.WithResolver(m))
		if got != blitiri.Pass {
			b.Fatal(got, err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	source := lint.NewSource("TXT example.com", "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 a:mail.example.com/28//64 mx "+
		"include:_spf.example.net exists:%{ir}.%{v}._spf.%{d2} ~all exp=why.%{d}")
	b.SetBytes(int64(len(source.Text)))
	b.ReportAllocs()
	for b.Loop() {
		if r := spf.Parse(source); len(r.Terms) != 8 {
			b.Fatal(len(r.Terms))
		}
	}
}

func BenchmarkInspect(b *testing.B) {
	record, included := tenIncludes()
	var text strings.Builder
	fmt.Fprintf(&text, "@ TXT \"%s\"\n", record)
	for name, value := range included {
		fmt.Fprintf(&text, "%s. TXT \"%s\"\n", name, value)
	}
	z := zone(b, text.String())
	b.ReportAllocs()
	for b.Loop() {
		if facts := spf.Inspect(b.Context(), z, "example.com", spf.Options{}); facts.Worst.Lookups != 10 {
			b.Fatal(facts.Worst.Lookups)
		}
	}
}

func BenchmarkNetworks(b *testing.B) {
	record, included := tenIncludes()
	var text strings.Builder
	fmt.Fprintf(&text, "@ TXT \"%s\"\n", record)
	for name, value := range included {
		fmt.Fprintf(&text, "%s. TXT \"%s\"\n", name, value)
	}
	facts := spf.Inspect(b.Context(), zone(b, text.String()), "example.com", spf.Options{})
	b.ReportAllocs()
	for b.Loop() {
		if n := facts.Meant(); n.Of(spf.Pass).IPv4() != 100 {
			b.Fatal(n.Of(spf.Pass).IPv4())
		}
	}
}

// BenchmarkFlatten makes one record of eleven includes with a hundred networks.
func BenchmarkFlatten(b *testing.B) {
	var text strings.Builder
	text.WriteString("@ TXT \"v=spf1")
	for i := range 11 {
		fmt.Fprintf(&text, " include:_spf%d.example.net", i)
	}
	text.WriteString(" -all\"\n")
	for i := range 11 {
		fmt.Fprintf(&text, "_spf%d.example.net. TXT \"v=spf1", i)
		for j := range 10 {
			fmt.Fprintf(&text, " ip4:198.%d.%d.0/24", 20+i, 7*j)
		}
		text.WriteString(" -all\"\n")
	}
	facts := spf.Inspect(b.Context(), zone(b, text.String()), "example.com", spf.Options{})
	for _, most := range []int{10, 6} {
		b.Run(fmt.Sprint(most), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if flat := spf.Flatten(facts, spf.FlattenOptions{Max: most}); flat.Err != nil || flat.Lookups > most {
					b.Fatal(flat.Err, flat.Lookups)
				}
			}
		})
	}
}
