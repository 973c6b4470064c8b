package lookup_test

import (
	"context"
	"fmt"

	"github.com/authcheck/authcheck/pkg/lookup"
)

func ExampleParseZone() {
	zone, err := lookup.ParseZone("example.zone", `
$ORIGIN example.com.
@    SOA   ns hostmaster 1 7200 900 1209600 300
www  CNAME host
host A     192.0.2.1
;! TIMEOUT slow.example.net. TXT
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range []lookup.Question{
		{Name: "www.example.com", Type: lookup.TypeA},
		{Name: "none.example.com", Type: lookup.TypeA},
		{Name: "slow.example.net", Type: lookup.TypeTXT},
	} {
		answer, err := zone.Query(context.Background(), q.Name, q.Type)
		switch {
		case err != nil:
			fmt.Println(err)
		case answer.NXDomain:
			fmt.Println("no such name:", q.Name)
		default:
			fmt.Println(answer.Owner(q.Name), answer.Records[0].Addr)
		}
	}
	// Output:
	// host.example.com 192.0.2.1
	// no such name: none.example.com
	// TXT slow.example.net: timeout
}
