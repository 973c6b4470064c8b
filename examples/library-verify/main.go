// Command library-verify verifies the signatures of a saved message with the packages
// of authcheck and says what happened to it on the way.
//
//	go run ./examples/library-verify examples/mail/list.eml examples/zones/example.com.zone
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "library-verify:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("a message and its zone files are wanted as arguments")
	}
	zone, err := lookup.ReadZone(args[1:]...)
	if err != nil {
		return err
	}
	m, err := message.Open(args[0])
	if err != nil {
		return err
	}
	defer m.Close()
	ctx := context.Background()
	results := dkim.Verify(ctx, lookup.NewCache(zone, 0), m, dkim.VerifyOptions{})
	for i := range results {
		r := &results[i]
		fmt.Printf("%s, selector %s: %s\n", r.Signature.Domain, r.Signature.Selector, r.Status)
		for _, e := range dkim.Explain(ctx, m, r, results) {
			fmt.Println("  " + e.Text)
		}
	}
	return nil
}
