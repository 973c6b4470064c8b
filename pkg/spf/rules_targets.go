package spf

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// targetRules judge what the names in a, mx, exists and exp lead to.
func targetRules() []rule {
	return []rule{noAddress, noMX, hostNoAddress, mxOverTen, voidTerm, voidFamily, existsVoids, expNoTXT, expMultiple, expBad}
}

// branchRule makes a rule that judges each term of the domain's own records that
// asks the DNS and that some client reaches. judge returns "" where nothing is
// wrong.
func branchRule(doc lint.Doc, judge func(b *Branch) (message, hint string)) rule {
	return rule{Doc: doc, Check: func(f *Facts, report lint.ReportFunc) {
		f.branches(func(n *Node, b *Branch) {
			if b.Term.suspicion() != nil || isURL(b.Term.Domain.text()) {
				return // the mistake in the name is a finding of its own
			}
			if b.Term.Kind.Looks() && !b.Reached {
				return
			}
			if message, hint := judge(b); message != "" {
				report(lint.Finding{Span: b.Term.Span, Message: message, Hint: hint})
			}
		})
	}}
}

// dropTerm is the advice about a term that does nothing. Which of the two is
// right only the owner knows, so nothing is corrected.
const dropTerm = "Remove the term, or correct the name."

// gone reports whether the name asked about does not exist. An alias that leads
// nowhere does exist and is a finding of its own.
func gone(reply *lookup.Reply) bool {
	return reply != nil && reply.Err == nil && reply.Answer.NXDomain && len(reply.Answer.Chain) == 0
}

// void reports whether there was nothing to find, for whatever reason.
func void(reply *lookup.Reply) bool {
	return reply != nil && reply.Err == nil && reply.Answer.Void()
}

// empty reports whether a name exists but has no record of the type asked for.
func empty(reply *lookup.Reply) bool {
	return reply != nil && reply.Err == nil && !reply.Answer.NXDomain && reply.Answer.Void()
}

var noAddress = branchRule(lint.Doc{
	ID: "spf-a-no-address", Severity: lint.Warning,
	Title: "a term whose name has no address",
	Why:   "The term never matches, and its lookup is void; a third void lookup is permerror.",
	Ref:   "RFC 7208, Section 5.3",
	Bad:   lint.Example{Zone: "@ TXT \"v=spf1 a:mail.example.com -all\"\nmail TXT \"moved\""},
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 a:mail.example.com -all\"\nmail A 192.0.2.1\nmail AAAA 2001:db8::1"},
}, func(b *Branch) (string, string) {
	if b.Term.Kind != A || !empty(b.A) || !empty(b.AAAA) {
		return "", ""
	}
	return fmt.Sprintf("%s has neither an A nor an AAAA record", b.Target), dropTerm
})

var noMX = branchRule(lint.Doc{
	ID: "spf-mx-no-mx", Severity: lint.Warning,
	Title: "mx term whose domain has no MX record",
	Why:   "Unlike mail delivery, SPF does not fall back on the domain's own address: the term never matches, and its lookup is void.",
	Ref:   "RFC 7208, Section 5.4",
	Bad:   lint.Example{Zone: "@ TXT \"v=spf1 mx -all\"\n@ A 192.0.2.1"},
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 mx -all\"\n@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1"},
}, func(b *Branch) (string, string) {
	if b.Term.Kind != MX || !empty(b.MX) {
		return "", ""
	}
	return fmt.Sprintf("%s has no MX record", b.Target), "Remove the term, or use a if the host of that name sends the mail."
})

var hostNoAddress = branchRule(lint.Doc{
	ID: "spf-mx-host-no-address", Severity: lint.Notice,
	Title: "MX host without an address",
	Why:   "The mx term finds nothing to compare at that host.",
	Ref:   "RFC 7208, Section 5.4",
	Bad:   lint.Example{Zone: "@ TXT \"v=spf1 mx -all\"\n@ MX 10 mail\n@ MX 20 old\nmail A 192.0.2.1"},
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 mx -all\"\n@ MX 10 mail\nmail A 192.0.2.1"},
}, func(b *Branch) (string, string) {
	for i := range b.Hosts {
		h := &b.Hosts[i]
		if void(h.A) && void(h.AAAA) {
			return fmt.Sprintf("the MX host %s of %s has no address", h.Name, b.Target), "Correct the MX record, or give the host its addresses."
		}
	}
	return "", ""
})

var mxOverTen = branchRule(lint.Doc{
	ID: "spf-mx-over-10", Severity: lint.Error, Reason: ErrMXLimit,
	Title: "mx term with more than ten MX names",
	Why:   "Receivers ask for the addresses of ten hosts at most and give permerror when the term is reached.",
	Ref:   "RFC 7208, Section 4.6.4",
	Bad:   lint.Example{Zone: "@ TXT \"v=spf1 mx -all\"\n" + elevenMX},
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 mx -all\"\n@ MX 10 m1\nm1 A 192.0.2.1"},
}, func(b *Branch) (string, string) {
	if b.MX == nil || len(b.MX.Answer.Records) <= maxHosts {
		return "", ""
	}
	return fmt.Sprintf("%s has %d MX records, %d are allowed here", b.Target, len(b.MX.Answer.Records), maxHosts),
		"List the sending networks with ip4 and ip6 instead."
})

const elevenMX = "@ MX 10 m1\n@ MX 10 m2\n@ MX 10 m3\n@ MX 10 m4\n@ MX 10 m5\n@ MX 10 m6\n@ MX 10 m7\n@ MX 10 m8\n@ MX 10 m9\n@ MX 10 m10\n@ MX 10 m11"

var voidTerm = branchRule(lint.Doc{
	ID: "spf-void-lookup", Severity: lint.Warning,
	Title: "Term whose name does not exist",
	Why:   "The term never matches, whoever asks; each such lookup is void, and a third one is permerror. Somebody else may register the name.",
	Ref:   "RFC 7208, Section 4.6.4",
	Bad:   lint.Example{Zone: `@ TXT "v=spf1 a:gone.example.com -all"`},
	Good:  good("v=spf1 -all"),
}, func(b *Branch) (string, string) {
	name := ""
	switch {
	case b.Term.Kind == A && gone(b.A), b.Term.Kind == MX && gone(b.MX):
		name = b.Target
	case b.Term.Kind == Exists && b.Term.Domain.Literal() && (gone(b.A) || empty(b.A)):
		return fmt.Sprintf("%s has no A record, so the term never matches", b.Target), dropTerm
	}
	if name == "" {
		return "", ""
	}
	return fmt.Sprintf("%s does not exist", name), dropTerm
})

var voidFamily = rule{
	Doc: lint.Doc{
		ID: "spf-void-family-dependent", Severity: lint.Notice,
		Title: "Lookup that is void for one address family",
		Why: "An a term asks for A records when the client has an IPv4 address and for AAAA when it has an IPv6 one. A host with " +
			"addresses of one family only costs clients of the other a void lookup, of which two are allowed.",
		Ref:  "RFC 7208, Section 4.6.4",
		Bad:  lint.Example{Zone: "@ TXT \"v=spf1 a:mail.example.com -all\"\nmail A 192.0.2.1"},
		Good: lint.Example{Zone: "@ TXT \"v=spf1 a:mail.example.com -all\"\nmail A 192.0.2.1\nmail AAAA 2001:db8::1"},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Worst.Void4 > MaxVoids || f.Worst.Void6 > MaxVoids {
			return
		}
		f.branches(func(n *Node, b *Branch) {
			void4, void6 := b.Void(lookup.TypeA), b.Void(lookup.TypeAAAA)
			if b.Term.Kind != A || void4 == void6 || !b.Reached || b.Err() != nil {
				return
			}
			family := "IPv6"
			if void4 {
				family = "IPv4"
			}
			report(lint.Finding{Span: b.Term.Span, Message: fmt.Sprintf("%s has no address for %s clients: a void lookup for them", b.Target, family)})
		})
	},
}

var existsVoids = rule{
	Doc: lint.Doc{
		ID: "spf-exists-voids", Severity: lint.Warning,
		Title: "Several exists terms that unlisted senders run into",
		Why:   "For a sender that is not listed each exists lookup is void. With more than two, receivers give permerror where the record means fail.",
		Ref:   "RFC 7208, Section 4.6.4",
		Bad:   bad("v=spf1 exists:%{i}.a.example.com exists:%{i}.b.example.com exists:%{i}.c.example.com -all"),
		Good:  good("v=spf1 exists:%{i}.a.example.com -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(n *Node) {
			found := 0
			for _, b := range n.Branches {
				if b.Term.Kind != Exists || b.Term.Domain.Literal() || !b.Reached {
					continue
				}
				if found++; found == MaxVoids+1 {
					report(lint.Finding{Span: b.Term.Span, Message: "a third exists term: senders that none of them lists get permerror",
						Hint: "Put all lists under one name, and keep one exists term."})
				}
			}
		})
	},
}

// expRule makes a rule about the explanation that a record of the domain names.
func expRule(doc lint.Doc, judge func(name string, answer lookup.Answer) string) rule {
	return rule{Doc: doc, Check: func(f *Facts, report lint.ReportFunc) {
		f.branches(func(n *Node, b *Branch) {
			if b.Term.Kind != Exp || b.TXT == nil || b.TXT.Err != nil || !f.decides(n) {
				return
			}
			if message := judge(b.Target, b.TXT.Answer); message != "" {
				report(lint.Finding{Span: b.Term.Span, Message: message, Hint: "Publish one TXT record there, or remove exp."})
			}
		})
	}}
}

var expNoTXT = expRule(lint.Doc{
	ID: "spf-exp-no-txt", Severity: lint.Warning,
	Title: "Explanation does not exist",
	Why:   "The result stays fail; the sender learns no reason.",
	Ref:   "RFC 7208, Section 6.2",
	Bad:   bad("v=spf1 -all exp=why.example.com"),
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 -all exp=why.example.com\"\nwhy TXT \"not from here\""},
}, func(name string, answer lookup.Answer) string {
	if !answer.Void() {
		return ""
	}
	return fmt.Sprintf("%s has no TXT record", name)
})

var expMultiple = expRule(lint.Doc{
	ID: "spf-exp-multi-txt", Severity: lint.Warning,
	Title: "Explanation in more than one TXT record",
	Why:   "Receivers then use none of them.",
	Ref:   "RFC 7208, Section 6.2",
	Bad:   lint.Example{Zone: "@ TXT \"v=spf1 -all exp=why.example.com\"\nwhy TXT \"not from here\"\nwhy TXT \"nor there\""},
	Good:  lint.Example{Zone: "@ TXT \"v=spf1 -all exp=why.example.com\"\nwhy TXT \"not from here\""},
}, func(name string, answer lookup.Answer) string {
	if len(answer.Records) < 2 {
		return ""
	}
	return fmt.Sprintf("%s has %d TXT records", name, len(answer.Records))
})

var expBad = rule{
	Doc: lint.Doc{
		ID: "spf-exp-bad", Severity: lint.Warning,
		Title: "Explanation that cannot be shown",
		Why:   "The text must be ASCII and its macros valid; otherwise receivers drop it.",
		Ref:   "RFC 7208, Section 6.2",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 -all exp=why.example.com\"\nwhy TXT \"100% not from here\""},
		Good:  lint.Example{Zone: "@ TXT \"v=spf1 -all exp=why.example.com\"\nwhy TXT \"100%% not from here\""},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.branches(func(n *Node, b *Branch) {
			if b.Term.Kind != Exp || b.TXT == nil || b.TXT.Err != nil || !f.decides(n) || len(b.TXT.Answer.Records) != 1 {
				return
			}
			if _, err := parseExplanation(b.TXT.Answer.Records[0].Source); err != nil {
				report(lint.Finding{Span: err.Span, Message: fmt.Sprintf("the explanation of %s is dropped: %v", n.Domain, err)})
			}
		})
	},
}
