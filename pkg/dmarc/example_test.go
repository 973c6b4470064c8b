package dmarc_test

import (
	"context"
	"fmt"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

const exampleZone = `;! AUTHORITATIVE .
_dmarc.example.com. TXT "v=DMARC1; p=reject; sp=quarantine; rua=mailto:dmarc@example.com"
mail.example.com.   A   192.0.2.1
example.com.        MX  10 mail.example.com.
`

func ExampleEvaluate() {
	zone, err := lookup.ParseZone("example.zone", exampleZone)
	if err != nil {
		fmt.Println(err)
		return
	}
	results := dmarc.Results{
		SPF:  []dmarc.Identifier{{Result: "pass", Domain: "bounces.example.net"}},
		DKIM: []dmarc.Identifier{{Result: "pass", Domain: "example.com"}},
	}
	facts := dmarc.Inspect(context.Background(), lookup.NewCache(zone, 0), "mail.example.com", dmarc.Options{Identifiers: results.Domains()})
	for i, step := range facts.Path.Steps {
		fmt.Printf("_dmarc.%s: %s\n", step.Domain, facts.Next(i))
	}
	result := dmarc.Evaluate(facts, results)
	fmt.Println(result.Status, result.Policy, facts.OrgDomain, result.SPFAligned, result.DKIMAligned)
	// Output:
	// _dmarc.mail.example.com: go on
	// _dmarc.example.com: go on: a name above comes first
	// _dmarc.com: stop: the top is reached
	// pass quarantine example.com false true
}

func ExampleParse() {
	record := lint.NewSource("text", "v=DMARC1; p:reject; rua=mailto:dmarc@example.com")
	fmt.Println(dmarc.Parse(record).P)
	for _, finding := range lint.Run(dmarc.RecordRules(), dmarc.InspectText(record)) {
		if finding.Severity == lint.Error {
			fmt.Printf("%s: %s\n", finding.RuleID, finding.Fix.Record())
		}
	}
	// Output:
	// none
	// dmarc-syntax: v=DMARC1; p=reject; rua=mailto:dmarc@example.com
}
