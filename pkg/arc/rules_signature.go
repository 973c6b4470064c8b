package arc

import (
	"errors"
	"fmt"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
)

var latestFails = rule{
	Doc: lint.Doc{
		ID: "arc-ams-fail-latest", Severity: lint.Warning, Reason: ErrMessageSignature,
		Title: "The newest ARC-Message-Signature does not verify",
		Why: "The message is not as the last handler of the chain signed it, or the field cannot be verified at all, so the chain fails. Older ones may " +
			"fail: they only show since when the message is unchanged.",
		Ref:  "RFC 8617, Section 5.2",
		Bad:  verified("arc-body-changed"),
		Good: verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		if len(c.Sets) == 0 {
			return
		}
		res := c.Sets[len(c.Sets)-1].MessageResult
		if res == nil {
			return
		}
		switch healthOf(res) {
		case broken:
			report(brokenField(res))
		case unfit:
			found := lint.Finding{Span: place(res), Message: fmt.Sprintf("%v (signed by %s)", res.Reason, res.Signature.Domain),
				Hint: "Whoever changes a message that has an ARC chain must add a set of its own afterwards."}
			switch {
			case errors.Is(res.Reason, dkim.ErrSignature):
				found.Hint = "A signed header field was changed, added or removed behind this handler, or its key is another one now."
			case errors.Is(res.Reason, dkim.ErrExpired):
				found.Hint = "Judge the message at the time it was delivered (--at)."
			}
			report(found)
		}
	},
}

// brokenField says why a field is no signature.
func brokenField(res *dkim.Result) lint.Finding {
	fault := res.Signature.Faults[0]
	return lint.Finding{Span: fault.Span, Message: fmt.Sprintf("the field cannot be verified: %v", fault.Reason),
		Hint: "The software of the handler that wrote the field must be corrected."}
}

// place returns the whole field of a signature.
func place(res *dkim.Result) lint.Span { return res.Signature.List.Source.Whole() }

var sealFails = rule{
	Doc: lint.Doc{
		ID: "arc-seal-fail", Severity: lint.Warning, Reason: ErrSeal,
		Title: "An ARC-Seal does not verify",
		Why: "A seal covers the ARC fields of its set and of all before. Where one of them was changed or the seal cannot be verified, the chain fails. " +
			"Seals on top of one that does not fit cannot fit either; only the oldest is told.",
		Ref:  "RFC 8617, Sections 5.1.1 and 5.2",
		Bad:  verified("arc-results-changed"),
		Good: verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		told := false
		for i := range c.Sets {
			res := c.Sets[i].SealResult
			if res == nil {
				return
			}
			switch healthOf(res) {
			case broken:
				if res.Signature.Faults[0].Reason != ErrSealNames {
					report(brokenField(res))
				}
			case unfit:
				if !told {
					report(lint.Finding{Span: place(res),
						Message: fmt.Sprintf("the seal of %s does not fit the ARC fields up to i=%d", res.Signature.Domain, c.Sets[i].Instance),
						Hint:    "One of these fields was changed, or the key is another one now. Whoever passes mail on must leave them as they are."})
				}
				told = true
			}
		}
	},
}

var sealNames = rule{
	Doc: lint.Doc{
		ID: "arc-seal-has-h-tag", Severity: lint.Warning, Reason: ErrSealNames,
		Title: "An ARC-Seal has h=",
		Why:   "A seal is always over the ARC fields, so it must not name any: with h= in a seal the chain fails.",
		Ref:   "RFC 8617, Section 4.1.3",
		Bad:   verified("arc-seal-names"),
		Good:  verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		for i := range c.Sets {
			s := c.Sets[i].Seal
			if s == nil {
				continue
			}
			if h := s.List.Get("h"); h != nil {
				report(lint.Finding{Span: h.Span, Message: fmt.Sprintf("%s has h=, which fails the chain", s.List.Source.Subject),
					Hint: fmt.Sprintf("The software of the handler that seals as %s must leave it out.", s.Domain)})
			}
		}
	},
}

var sha1 = rule{
	Doc: lint.Doc{
		ID: "arc-sha1", Severity: lint.Warning,
		Title: "An ARC field is signed with rsa-sha1",
		Why:   "SHA-1 is broken and nobody may sign with it or accept it. In a seal or in the newest ARC-Message-Signature it makes the chain fail.",
		Ref:   "RFC 8301, Section 3.1",
		Bad:   verified("arc-sha1"),
		Good:  verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		for i := range c.Sets {
			for _, s := range []*dkim.Signature{c.Sets[i].Message, c.Sets[i].Seal} {
				if s == nil || s.Algorithm != sha1Algorithm {
					continue
				}
				report(lint.Finding{Span: s.List.Get("a").Span, Message: fmt.Sprintf("%s has a=rsa-sha1", s.List.Source.Subject),
					Hint: fmt.Sprintf("The handler that seals as %s must use rsa-sha256.", s.Domain)})
			}
		}
	},
}

var keyInvalid = rule{
	Doc: lint.Doc{
		ID: "arc-key-invalid", Severity: lint.Warning,
		Title: "The key of an ARC field is of no use",
		Why: "Without the key of every seal and of the newest ARC-Message-Signature the chain fails. The key is the one of today: a handler may have " +
			"withdrawn it since it sealed the message. The name in parentheses is the rule about the key itself.",
		Ref: "RFC 8617, Sections 4.1.2 and 5.2.1",
		Bad: lint.Example{
			Zone: "s1._domainkey.list TXT \"v=DKIM1; k=ed25519; p=\"\n" + forwarderKey,
			Args: verified("arc-pass").Args,
		},
		Good: verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		told := map[string]bool{} // by the name of the key
		check := func(res *dkim.Result) {
			if res == nil || healthOf(res) != keyless || told[res.Signature.KeyName] {
				return
			}
			told[res.Signature.KeyName] = true
			report(lint.Finding{Span: place(res), Message: fmt.Sprintf("the key %s: %v%s", res.Signature.KeyName, res.Reason, keyRule(res.Reason)),
				Hint: fmt.Sprintf("Tell %s, unless the message is so old that the key may be gone for good.", res.Signature.Domain)})
		}
		if len(c.Sets) > 0 {
			check(c.Sets[len(c.Sets)-1].MessageResult)
		}
		for i := range c.Sets {
			check(c.Sets[i].SealResult)
		}
	},
}

// keyRule names the rule about keys that explains a reason.
func keyRule(reason error) string {
	for _, doc := range lint.Docs(dkim.KeyRules()) {
		if doc.Reason != nil && errors.Is(reason, doc.Reason) {
			return " (" + doc.ID + ")"
		}
	}
	return ""
}
