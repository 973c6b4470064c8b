package dkim_test

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/dkim"
)

func ExampleGenerate() {
	pair, err := dkim.Generate(dkim.KeyOptions{Domain: "example.com", Selector: "s1", Type: dkim.Ed25519})
	if err != nil {
		fmt.Println(err)
		return
	}
	record, _, _ := strings.Cut(pair.Record, "p=")
	fmt.Println(pair.Name(), record+"p=...")
	// Output:
	// s1._domainkey.example.com v=DKIM1; k=ed25519; p=...
}
