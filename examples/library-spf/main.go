// Command library-spf shows the packages at work without the command line: it
// judges the SPF record of a domain from a zone file.
//
//	go run ./examples/library-spf example.com examples/zones/example.com.zone examples/zones/providers.zone
package main

import (
	"context"
	"fmt"
	"log"
	"net/netip"
	"os"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

func main() {
	if len(os.Args) < 3 {
		log.Fatal("usage: library-spf DOMAIN ZONEFILE...")
	}
	domain := os.Args[1]
	zone, err := lookup.ReadZone(os.Args[2:]...)
	if err != nil {
		log.Fatal(err)
	}
	resolver := lookup.NewCache(zone, 0)

	facts := spf.Inspect(context.Background(), resolver, domain, spf.Options{})
	fmt.Printf("%s needs %d of %d lookups\n", domain, facts.Worst.Lookups, spf.MaxLookups)
	for _, finding := range lint.Run(spf.Rules(), facts) {
		fmt.Printf("%s: %s (%s)\n", finding.Severity, finding.Message, finding.RuleID)
	}

	result := spf.Check(context.Background(), resolver, spf.Query{IP: netip.MustParseAddr("192.0.2.25"), Domain: domain})
	fmt.Printf("192.0.2.25: %s\n", result.Status)
}
