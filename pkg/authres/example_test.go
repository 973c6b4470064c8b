package authres_test

import (
	"fmt"
	"net/netip"
	"strings"

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

func ExampleFormat() {
	field := authres.Format("mx.example.org", []authres.Result{
		{Method: "spf", Result: "pass", Properties: []authres.Property{{Type: "smtp", Name: "mailfrom", Value: "example.com"}}},
		{Method: "dkim", Result: "fail", Reason: "body hash did not verify"},
	})
	fmt.Print(strings.ReplaceAll(field, "\r\n", "\n"))
	// Output:
	// Authentication-Results: mx.example.org;
	//  spf=pass smtp.mailfrom=example.com;
	//  dkim=fail reason="body hash did not verify"
}

func ExampleFormatReceivedSPF() {
	field := authres.FormatReceivedSPF(authres.ReceivedSPF{
		Result:       "pass",
		Comment:      "192.0.2.1 may send for example.com",
		Receiver:     "mx.example.org",
		ClientIP:     netip.MustParseAddr("192.0.2.1"),
		EnvelopeFrom: "bounce@example.com",
		Identity:     "mailfrom",
	})
	fmt.Print(strings.ReplaceAll(field, "\r\n", "\n"))
	// Output:
	// Received-SPF: pass (192.0.2.1 may send for example.com)
	//  receiver=mx.example.org; client-ip=192.0.2.1;
	//  envelope-from="bounce@example.com"; identity=mailfrom
}
