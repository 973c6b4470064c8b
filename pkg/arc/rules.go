package arc

import (
	"errors"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
)

// rule is a rule over a verified chain.
type rule = lint.Rule[*Chain]

// Rules returns every rule about chains, the only list of them.
func Rules() []lint.Rule[*Chain] {
	return []rule{
		historic, chainNone, chainPass, chainFail, instanceGap, setIncomplete, duplicateHeader, cvWrong, latestFails, sealFails, sealNames, sha1, keyInvalid,
		signsVolatile, fromUnsigned, formUnsaid,
	}
}

var historic = rule{
	Doc: lint.Doc{
		ID: "arc-historic", Severity: lint.Notice,
		Title: "ARC is about to be retired",
		Why:   "ARC was an experiment, and a draft makes it Historic. Chains are still verified, but nothing new should depend on them.",
		Ref:   "operational",
		Bad:   verified("arc-pass"),
		Good:  verified("arc-none"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		if c.Status != None {
			report(lint.Finding{Span: c.Source.Whole(), Message: "the message has ARC fields"})
		}
	},
}

var chainNone = rule{
	Doc: lint.Doc{
		ID: "arc-none", Severity: lint.Notice,
		Title: "No ARC chain",
		Why:   "Nobody who passed the message on said by ARC what it found. That is so with all mail that comes straight from its author.",
		Ref:   "RFC 8617, Sections 4.4 and 5.2",
		Bad:   verified("arc-none"),
		Good:  verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		if c.Status == None {
			report(lint.Finding{Span: c.Source.Whole(), Message: "the message has no ARC set"})
		}
	},
}

var chainPass = rule{
	Doc: lint.Doc{
		ID: "arc-pass", Severity: lint.Notice,
		Title: "The ARC chain holds",
		Why: "Every handler that is named wrote its set, and nobody changed one. That does not make true what they claim: it helps only receivers " +
			"who trust the sealers, and the DMARC result stays what it is.",
		Ref:  "RFC 8617, Sections 4.4 and 5.2",
		Bad:  verified("arc-pass"),
		Good: verified("arc-body-changed"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		if c.Status != Pass {
			return
		}
		message := fmt.Sprintf("the chain passes, sealed by %s; the message is as i=%d signed it", c.sealers(), max(c.OldestPass, 1))
		report(lint.Finding{Span: c.Source.Whole(), Message: message})
	},
}

// namedSealers is how many sealers a finding names.
const namedSealers = 5

// sealers names those who sealed the chain, the newest first.
func (c *Chain) sealers() string {
	var names []string
	for i := len(c.Sets) - 1; i >= 0; i-- {
		if len(names) == namedSealers {
			return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), i+1)
		}
		names = append(names, fmt.Sprintf("%s (i=%d)", c.Sets[i].Seal.Domain, c.Sets[i].Instance))
	}
	return strings.Join(names, ", ")
}

var chainFail = rule{
	Doc: lint.Doc{
		ID: "arc-fail", Severity: lint.Warning,
		Title: "The ARC chain fails",
		Why: "Receivers treat the message as one without a chain, and nothing mends it on the way. Another finding says what broke it. A chain of which a key " +
			"could not be asked for fails as well, but that is told as a question without answer.",
		Ref:  "RFC 8617, Sections 5.2 and 5.2.1",
		Bad:  verified("arc-body-changed"),
		Good: verified("arc-pass"),
	},
	Check: func(c *Chain, report lint.ReportFunc) {
		if c.Status != Fail || c.unsure() {
			return
		}
		at := ""
		if c.Instance != 0 {
			at = fmt.Sprintf(" at i=%d", c.Instance)
		}
		report(lint.Finding{Span: c.Source.Whole(), Message: fmt.Sprintf("the chain fails%s: %v", at, c.Reason),
			Hint: "Judge the message as if it had no ARC fields."})
	},
}

// faults calls visit for every fault with one of the reasons.
func (c *Chain) faults(visit func(f Fault), reasons ...error) {
	for _, f := range c.Faults {
		for _, reason := range reasons {
			if errors.Is(f.Reason, reason) {
				visit(f)
			}
		}
	}
}

// set returns the set with an instance that the chain has.
func (c *Chain) set(instance int) *Set {
	for i := range c.Sets {
		if c.Sets[i].Instance == instance {
			return &c.Sets[i]
		}
	}
	return nil
}

// health is what keeps a signature from passing, as far as findings tell it apart.
type health int

const (
	sound    health = iota
	unknown         // the key or the body could not be read
	outdated        // rsa-sha1
	keyless         // the key is of no use
	broken          // the field is no signature that can be verified
	unfit           // the message is not what was signed
)

// healthOf returns what is the matter with a signature.
func healthOf(res *dkim.Result) health {
	switch {
	case res.Status == dkim.Pass:
		return sound
	case res.Status == dkim.TempError:
		return unknown
	case res.Signature.Algorithm == sha1Algorithm:
		return outdated
	case res.Signature.Err() != nil:
		return broken
	case res.Header == dkim.Unknown || errors.Is(res.Reason, dkim.ErrMinBits):
		return keyless
	}
	return unfit
}

// sha1Algorithm is what nobody may sign with any more (RFC 8301, Section 3.1).
const sha1Algorithm = "rsa-sha1"

// verified is the example of a message of testdata, with the keys of its sealers.
func verified(name string) lint.Example {
	return lint.Example{Zone: listKey + "\n" + forwarderKey, Args: []string{"verify", "testdata/mail/" + name + ".eml"}}
}

// The keys of those who sealed the examples.
const (
	listKey      = `s1._domainkey.list TXT "v=DKIM1; k=ed25519; p=rVg8VSvS3QFjKdm/Vc/LrAP+L01TC6wqMDqVE7unW8U="`
	forwarderKey = `s1._domainkey.forwarder TXT "v=DKIM1; k=ed25519; p=wgzKqVVTnz1ktmYmn2Ikupr83K037kMfXAMSwHF6xaQ="`
)
