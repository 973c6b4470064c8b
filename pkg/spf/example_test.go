package spf_test

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

const exampleZone = `;! AUTHORITATIVE .
$ORIGIN example.com.
@     TXT "v=spf1 mx include:_spf.example.net a:old.example.com -all"
@     MX  10 mail
mail  A   192.0.2.1
_spf.example.net. TXT "v=spf1 ip4:198.51.100.0/24 ?all"
`

func ExampleCheck() {
	zone, err := lookup.ParseZone("example.zone", exampleZone)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, ip := range []string{"198.51.100.7", "203.0.113.9"} {
		result := spf.Check(context.Background(), zone, spf.Query{
			IP: netip.MustParseAddr(ip), Sender: "joe@example.com", Helo: "mail.example.com",
		})
		last := result.Path[len(result.Path)-1]
		fmt.Printf("%s: %s by %q of %s, %d lookups\n", ip, result.Status, last.Term.Text(), last.Domain, result.Lookups)
	}
	// Output:
	// 198.51.100.7: pass by "ip4:198.51.100.0/24" of _spf.example.net, 2 lookups
	// 203.0.113.9: fail by "-all" of example.com, 3 lookups
}

func ExampleInspect() {
	zone, err := lookup.ParseZone("example.zone", exampleZone)
	if err != nil {
		fmt.Println(err)
		return
	}
	facts := spf.Inspect(context.Background(), lookup.NewCache(zone, 0), "example.com", spf.Options{})
	fmt.Printf("%d lookups, %d void for IPv4 clients\n", facts.Worst.Lookups, facts.Worst.Void4)
	for _, finding := range lint.Run(spf.Rules(), facts) {
		if finding.Severity >= lint.Warning {
			fmt.Printf("%s %s: %s\n", finding.Severity, finding.RuleID, finding.Message)
		}
	}
	// Output:
	// 3 lookups, 1 void for IPv4 clients
	// warning spf-void-lookup: old.example.com does not exist
}

func ExampleFacts_Networks() {
	zone, err := lookup.ParseZone("example.zone", exampleZone)
	if err != nil {
		fmt.Println(err)
		return
	}
	networks := spf.Inspect(context.Background(), zone, "example.com", spf.Options{}).Networks()
	fmt.Println(networks.Of(spf.Pass).Prefixes())
	fmt.Println(networks.Of(spf.Fail).IPv4(), "IPv4 addresses fail")
	// Output:
	// [192.0.2.1/32 198.51.100.0/24]
	// 4294967039 IPv4 addresses fail
}

func ExampleFlatten() {
	zone, err := lookup.ParseZone("example.zone", exampleZone)
	if err != nil {
		fmt.Println(err)
		return
	}
	facts := spf.Inspect(context.Background(), zone, "example.com", spf.Options{})
	flat := spf.Flatten(facts, spf.FlattenOptions{Max: 2})
	for _, r := range flat.Records {
		fmt.Printf("%s: %s\n", r.Name, r.Text)
	}
	fmt.Println(flat.Lookups, "lookups, same meaning:", flat.Proof.Empty())
	// Output:
	// example.com: v=spf1 mx include:_spf.example.net -all
	// 2 lookups, same meaning: true
}
