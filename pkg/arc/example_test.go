package arc_test

import (
	"context"
	"fmt"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

func ExampleVerify() {
	m, err := message.Open("../../cmd/authcheck/testdata/mail/arc-pass.eml")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	keys, err := lookup.ParseZone("keys.zone", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n$TTL 3600\n"+arc.Rules()[0].Good.Zone)
	if err != nil {
		fmt.Println(err)
		return
	}
	c := arc.Verify(context.Background(), keys, m, arc.Options{})
	fmt.Println(c.Status)
	for _, s := range c.Sets {
		fmt.Println(s.Instance, s.Seal.Domain, s.SealResult.Status)
		for _, claim := range s.Results.Claims {
			fmt.Println(" ", claim.Method.Text, claim.Result.Text)
		}
	}
	// Output:
	// pass
	// 1 list.example.com pass
	//   dkim pass
	//   dmarc pass
	// 2 forwarder.example.com pass
	//   arc pass
	//   dmarc fail
}
