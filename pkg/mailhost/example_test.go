package mailhost_test

import (
	"context"
	"fmt"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

const exampleZone = `;! AUTHORITATIVE .
$ORIGIN example.com.
@     MX  10 mail
@     MX  20 backup
mail  A   192.0.2.1
1.2.0.192.in-addr.arpa. PTR mail
`

func ExampleInspect() {
	zone, err := lookup.ParseZone("example.zone", exampleZone)
	if err != nil {
		fmt.Println(err)
		return
	}
	facts := mailhost.Inspect(context.Background(), lookup.NewCache(zone, 0), "example.com", mailhost.Options{})
	for _, v := range facts.Reverses {
		fmt.Printf("%s is %s: iprev %s\n", v.Addr, v.Shown(), v.Status())
	}
	for _, finding := range lint.Run(mailhost.Rules(), facts) {
		if finding.Severity >= lint.Warning {
			fmt.Printf("%s %s: %s\n", finding.Severity, finding.RuleID, finding.Message)
		}
	}
	// Output:
	// 192.0.2.1 is mail.example.com: iprev pass
	// error a-missing: example.com has neither an A nor an AAAA record
	// warning mx-target-nxdomain: backup.example.com does not exist
}
