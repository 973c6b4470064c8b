package message

import (
	"fmt"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
)

// maxSkew is how far the clocks of two servers may differ.
const maxSkew = 5 * time.Minute

var timeReversed = rule{
	Doc: lint.Doc{
		ID: "received-chain-time-reversed", Severity: lint.Notice,
		Title: "Received field older than the one before it",
		Why: "Each server adds its field on top, so times grow from the bottom to the top. Where one is more than 5 minutes behind the one below it, a clock or a time zone is wrong, " +
			"or somebody wrote the fields below to feign another way. Told of the topmost such field.",
		Ref: "RFC 5321, Section 4.4",
		Bad: example("Received: from mail.example.com by mx.example.net with ESMTPS; Sat, 21 Nov 2026 16:10:00 +0000\n" +
			"Received: from pc.example.com by mail.example.com with ESMTPSA; Sat, 21 Nov 2026 17:00:05 +0000\n" + exampleFrom),
		Good: example("Received: from mail.example.com by mx.example.net with ESMTPS; Sat, 21 Nov 2026 18:00:10 +0100\n" +
			"Received: from pc.example.com by mail.example.com with ESMTPSA; Sat, 21 Nov 2026 17:00:05 +0000\n" + exampleFrom),
	},
	Check: func(m *Message, report lint.ReportFunc) {
		var above *Field // with a date
		var later time.Time
		for i := range m.Fields {
			f := &m.Fields[i]
			if !f.Is("Received") {
				continue
			}
			at, ok := ReceivedDate(f)
			if !ok {
				continue
			}
			if above != nil && at.Sub(later) > maxSkew {
				report(lint.Finding{Span: m.value(above), Message: fmt.Sprintf("the message was received at %s, and at %s by the server before",
					later.UTC().Format(time.RFC3339), at.UTC().Format(time.RFC3339))})
				return
			}
			above, later = f, at
		}
	},
}
