package authres_test

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/authres"
	"github.com/authcheck/authcheck/pkg/lint"
)

func ExampleParse() {
	field := authres.Parse(lint.NewSource("Authentication-Results 1", `mx.example.org;
 dkim=fail (body hash did not verify; see log) header.d=example.com;
 spf=pass smtp.mailfrom=bounce@example.com; dmarc`))
	fmt.Println("according to", field.ID.Text)
	for _, claim := range field.Claims {
		if claim.Err != nil {
			fmt.Printf("%s: %v\n", claim.Span.Text(), claim.Err)
			continue
		}
		fmt.Printf("%s=%s for %q\n", claim.Method.Text, claim.Result.Text, claim.Value("header", "d")+claim.Value("smtp", "mailfrom"))
	}
	// Output:
	// according to mx.example.org
	// dkim=fail for "example.com"
	// spf=pass for "bounce@example.com"
	// dmarc: not a method, an equals sign and a result
}
