package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/authres"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
)

var arMissing = mailRule{
	Doc: lint.Doc{
		ID: "ar-missing", Severity: lint.Notice,
		Title: "No results of the receiver that was named",
		Why:   "The receiver that --authserv-id names left no Authentication-Results field: the message did not pass it, or it does not write any.",
		Ref:   "RFC 8601, Section 4",
		Bad:   claiming("Authentication-Results: mx.example.org; dkim=permerror header.d=example.com\n", "--authserv-id", "mx.example.net"),
		Good:  claiming("Authentication-Results: mx.example.net; dkim=permerror header.d=example.com\n", "--authserv-id", "mx.example.net"),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		for _, field := range f.Claims {
			if f.believed(field) {
				return
			}
		}
		if f.ID != "" {
			source := lint.NewFileSource("Authentication-Results", f.Message.Origin.File, "", []lint.Anchor{{Line: max(f.Message.Origin.Line, 1), Column: 1}})
			report(lint.Finding{Span: source.Whole(), Message: "no field of " + f.ID})
		}
	},
}

// sealed is an example of a message that two forwarders sealed. Their keys are in the
// zone.
func sealed(zone string) lint.Example {
	return lint.Example{Args: []string{"verify", "testdata/mail/arc-pass.eml"}, Zone: `s1._domainkey.list TXT "v=DKIM1; k=ed25519; p=rVg8VSvS3QFjKdm/Vc/LrAP+L01TC6wqMDqVE7unW8U="` + "\n" +
		`s1._domainkey.forwarder TXT "v=DKIM1; k=ed25519; p=wgzKqVVTnz1ktmYmn2Ikupr83K037kMfXAMSwHF6xaQ="` + "\n" + zone}
}

var arcOverride = mailRule{
	Doc: lint.Doc{
		ID: "dmarc-arc-override-possible", Severity: lint.Notice,
		Title: "Fails here, but passed before it was forwarded",
		Why: "The message fails DMARC, and its chain of forwarders is intact and says that it passed at the first of them. A receiver that trusts all " +
			"sealers may deliver it all the same; the verdict stays what it is.",
		Ref:  "RFC 8617, Section 7.2.1",
		Bad:  sealed(`_dmarc TXT "v=DMARC1; p=reject"`),
		Good: sealed(""),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		chain := f.Message.ARC
		if f.DMARCResult.Status != dmarc.StatusFail || chain.Status != arc.Pass {
			return
		}
		for i := range chain.Sets {
			claims := chain.Sets[i].Results
			if c := passedAs(claims, f.DMARC.Domain); c != nil {
				report(lint.Finding{Span: c.Span, Message: fmt.Sprintf("%s says that the message of %s passed there", claims.ID.Text, f.DMARC.Domain)})
				return
			}
		}
	},
}

var arcTrusted = mailRule{
	Doc: lint.Doc{
		ID: "arc-trusted-sealer", Severity: lint.Notice,
		Title: "Whether the sealers of the chain are trusted",
		Why: "An intact chain shows who vouches for the message, not that they tell the truth. Only where every sealer is trusted may a receiver " +
			"rely on what they found. The list is that of --trusted-sealer, or trusted_sealers of the configuration.",
		Ref:  "RFC 8617, Section 7.2.1",
		Bad:  trusting("list.example.com"),
		Good: sealed(""),
	},
	Check: func(f *mailFacts, report lint.ReportFunc) {
		if len(f.Sealers) == 0 || f.Message.ARC.Status != arc.Pass {
			return
		}
		trusted := true
		for i := range f.Message.ARC.Sets {
			seal := f.Message.ARC.Sets[i].Seal
			if !slices.ContainsFunc(f.Sealers, func(name string) bool { return sameName(name, seal.Domain) }) {
				trusted = false
				report(lint.Finding{Span: seal.List.Get("d").Value, Message: seal.Domain + ", which sealed the chain, is not among the trusted sealers"})
			}
		}
		if trusted {
			report(lint.Finding{Span: f.Message.ARC.Source.Whole(), Message: "everybody who sealed the chain is trusted"})
		}
	},
}

// trusting is the example with sealers that are trusted.
func trusting(names ...string) lint.Example {
	e := sealed("")
	for _, name := range names {
		e.Args = append(e.Args, "--trusted-sealer", name)
	}
	return e
}

// passedAs returns the claim that DMARC passed for a domain, nil where there is none.
func passedAs(field *authres.Field, domain string) *authres.Claim {
	for i := range field.Claims {
		c := &field.Claims[i]
		if strings.EqualFold(c.Method.Text, "dmarc") && strings.EqualFold(c.Result.Text, "pass") && sameName(c.Value("header", "from"), domain) {
			return c
		}
	}
	return nil
}
