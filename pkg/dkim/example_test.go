package dkim_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

const exampleMessage = `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.com; s=s;
 h=from:subject; bh=Ba3gj8+xBPQLJTahTfzW6RbWQ/XPgESxkCi2B66PSQg=;
 b=yLXKndsen2gvdt5sSpuruYeACoIyLHWEdNB2xKMODKP8DaQY71D8W6QZTK4dC+EGzi5/78GCxBqb0tg36zAlCg==
From: Ann <ann@example.com>
Subject: hello

Hello
`

func ExampleVerify() {
	zone, err := lookup.ParseZone("zone", `s._domainkey.example.com. TXT "v=DKIM1; k=ed25519; p=iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{exampleMessage, exampleMessage + "-- \nSent through a list\n"} {
		m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, res := range dkim.Verify(context.Background(), zone, m, dkim.VerifyOptions{}) {
			fmt.Println(res.Status, res.Signature.Domain, "body:", res.BodyHash, "header:", res.Header)
			if errors.Is(res.Reason, dkim.ErrBodyHash) {
				fmt.Println(res.Reason)
			}
		}
	}
	// Output:
	// pass example.com body: pass header: pass
	// fail example.com body: fail header: pass
	// the body is not what was signed
}
