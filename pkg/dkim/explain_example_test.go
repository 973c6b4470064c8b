package dkim_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// The message of RFC 8463, Appendix A, as a mailing list might have sent it on.
func ExampleExplain() {
	text := `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: [dinner] Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
____
The dinner list
`
	zone, err := lookup.ParseZone("keys.zone", `$ORIGIN football.example.com.
brisbane._domainkey 60 TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{File: "dinner.eml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	results := dkim.Verify(ctx, zone, m, dkim.VerifyOptions{})
	for _, e := range dkim.Explain(ctx, m, &results[0], results) {
		fmt.Printf("%s: %s\n", e.Cause, e.Text)
	}
	// Output:
	// footer: a footer of 2 lines was added at the end (lines 19-20); without it the body is what was signed
	// subject-tag: words were added to the Subject field in line 10, which was "Is dinner ready?"; with that undone the header is what was signed
}
