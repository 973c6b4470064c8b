package score_test

import (
	"context"
	"fmt"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// A domain with an SPF record and nothing else about its mail.
func Example() {
	zone, err := lookup.ParseZone("example.zone", `;! AUTHORITATIVE .
example.com. TXT "v=spf1 mx -all"
example.com. MX 10 mail.example.com.
mail.example.com. A 192.0.2.1
mail.example.com. AAAA 2001:db8::1`)
	if err != nil {
		fmt.Println(err)
		return
	}
	q := check.ScoreRequest{}
	q.Domain.Domain = "example.com"
	s := check.Score(context.Background(), zone, q, check.Options{}).Score
	fmt.Printf("%s of 10, %s, confidence %.2f\n", s.Value, s.Band, s.Confidence())
	for _, cure := range s.Cures {
		fmt.Println(cure.Effort, cure.Rule, cure.Score)
	}
	// Output:
	// 4.8 of 10, not good enough, confidence 0.82
	// edit a record dmarc-missing 6.8
	// edit a record dmarc-missing 7.8
	// change a server or a key dkim-domainkey-nxdomain 10.0
}
