package spf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// termRules judge what valid terms mean.
func termRules() []rule {
	return []rule{
		equalsSign, unknownModifier, reportingModifier, ptrUsed, ptrMacro, existsConstant, localPartMacro, qualifiedTerm,
		expWithoutFail, urlTarget,
	}
}

var equalsSign = rule{
	Doc: lint.Doc{
		ID: "spf-mechanism-with-equals", Severity: lint.Error,
		Title: "Mechanism written with an equals sign",
		Why:   "A name with \"=\" is a modifier, and receivers ignore modifiers they do not know: the senders named there are silently not authorized.",
		Ref:   "RFC 7208, Section 4.6.1",
		Bad:   bad("v=spf1 ip4=192.0.2.1 -all"),
		Good:  good("v=spf1 ip4:192.0.2.1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.terms(func(n *Node, t *Term) {
			if k := kindOf(t.Name.Text()); t.Kind == Unknown && k != Invalid {
				report(lint.Finding{Span: t.Span, Fix: fixTerms(t.Span, strings.Replace(t.Text(), "=", ":", 1)),
					Message: fmt.Sprintf("%q is ignored: the mechanism %s takes %q", t.Text(), k, ":")})
			}
		})
	},
}

// obsolete holds modifiers of drafts that never became part of the standard.
var obsolete = map[string]string{
	"default": "an early draft's way to write all", "accredit": "an early draft's pointer to vouchers",
	"match_subdomains": "an early draft's wildcard",
}

var unknownModifier = rule{
	Doc: lint.Doc{
		ID: "spf-unknown-modifier", Severity: lint.Notice,
		Title: "Modifier that receivers ignore",
		Why:   "Unknown modifiers are legal and have no effect.",
		Ref:   "RFC 7208, Section 6",
		Bad:   bad("v=spf1 default=softfail -all"),
		Good:  good("v=spf1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.terms(func(n *Node, t *Term) {
			name := strings.ToLower(t.Name.Text())
			if t.Kind != Unknown || kindOf(name) != Invalid || name == "v" || isReporting(name) {
				return
			}
			message := fmt.Sprintf("receivers ignore %q", t.Text())
			if history, ok := obsolete[name]; ok {
				message += ": " + history
			}
			report(lint.Finding{Span: t.Span, Message: message, Fix: removal(t.Span)})
		})
	},
}

func isReporting(name string) bool { return name == "ra" || name == "rp" || name == "rr" }

var reportingModifier = rule{
	Doc: lint.Doc{
		ID: "spf-rfc6652-modifier", Severity: lint.Notice,
		Title: "Failure-report modifier without effect",
		Why: "ra= takes the local-part of the report address, rp= a percentage, rr= a list of all, e, f, s and n. rp and rr count only " +
			"beside ra, and none of them in an included record. The SPF result does not change.",
		Ref:  "RFC 6652, Section 3",
		Bad:  bad("v=spf1 rp=200 -all"),
		Good: good("v=spf1 ra=postmaster rp=50 rr=e:f -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(n *Node) {
			decides := f.decides(n)
			hasRA := slices.ContainsFunc(n.Record.Terms, func(t Term) bool { return strings.EqualFold(t.Name.Text(), "ra") })
			for i := range n.Record.Terms {
				t := &n.Record.Terms[i]
				name, value := strings.ToLower(t.Name.Text()), t.Domain.text()
				if t.Err != nil || t.Kind != Unknown || !isReporting(name) {
					continue
				}
				if fault := reportingFault(name, value, hasRA); fault != "" {
					report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q: %s", t.Text(), fault)})
				} else if !decides {
					report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q has no effect in an included record", t.Text())})
				}
			}
		})
	},
}

// reportingFault says what is wrong with a modifier of RFC 6652, Section 3.
func reportingFault(name, value string, hasRA bool) string {
	switch {
	case name == "ra" && (value == "" || strings.Contains(value, "@")):
		return "it takes a local-part alone, the domain is the record's own"
	case name == "rp" && prefixLength(value, 100) < 0:
		return "it takes a percentage from 0 to 100"
	case name == "rr":
		for token := range strings.SplitSeq(strings.ToLower(value), ":") {
			if !strings.Contains(" all e f s n ", " "+token+" ") {
				return fmt.Sprintf("it takes all, e, f, s and n, not %q", token)
			}
		}
	}
	if name != "ra" && !hasRA {
		return "it is ignored without ra="
	}
	return ""
}

var ptrUsed = rule{
	Doc: lint.Doc{
		ID: "spf-ptr-used", Severity: lint.Warning,
		Title: "ptr mechanism",
		Why:   "The standard says not to publish ptr: it is slow, fails with the client's reverse DNS, and some receivers skip it.",
		Ref:   "RFC 7208, Section 5.5",
		Bad:   bad("v=spf1 ptr -all"),
		Good:  good("v=spf1 ip4:192.0.2.0/24 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.terms(func(n *Node, t *Term) {
			if t.Kind == PTR {
				report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q should not be published", t.Text()),
					Hint: "List the networks with ip4 and ip6, or the hosts with a."})
			}
		})
	},
}

var ptrMacro = rule{
	Doc: lint.Doc{
		ID: "spf-ptr-macro-used", Severity: lint.Warning,
		Title: "%{p} macro",
		Why:   "The standard says not to publish %{p}: it costs a lookup of its own and depends on the client's reverse DNS.",
		Ref:   "RFC 7208, Section 7.3",
		Bad:   bad("v=spf1 exists:%{p}._spf.example.com -all"),
		Good:  good("v=spf1 exists:%{i}._spf.example.com -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.terms(func(n *Node, t *Term) {
			if t.Kind != Unknown && t.Domain.Uses("p") {
				report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q uses the macro p", t.Text()), Hint: "Use %{i}, the client's address, instead."})
			}
		})
	},
}

var existsConstant = rule{
	Doc: lint.Doc{
		ID: "spf-exists-no-macro", Severity: lint.Notice,
		Title: "exists without a macro",
		Why:   "Without a macro the term matches every client or none.",
		Ref:   "RFC 7208, Section 5.7",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 exists:on.example.com -all\"\non A 127.0.0.2"},
		Good:  bad("v=spf1 exists:%{i}._spf.example.com -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.terms(func(n *Node, t *Term) {
			if t.Kind == Exists && t.Domain.Literal() {
				report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q is the same for every client", t.Text()),
					Hint: "Write a name with a macro, such as %{i}, or remove the term."})
			}
		})
	},
}

var localPartMacro = rule{
	Doc: lint.Doc{
		ID: "spf-macro-local-part", Severity: lint.Notice,
		Title: "Macro with the sender's address or the HELO name",
		Why:   "Receivers ask the DNS anew for every sender, cannot keep the result, and tell the name server who writes to whom.",
		Ref:   "RFC 7208, Section 7.3",
		Bad:   bad("v=spf1 exists:%{l}._spf.example.com -all"),
		Good:  bad("v=spf1 exists:%{i}._spf.example.com -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.terms(func(n *Node, t *Term) {
			if t.Kind.Looks() && t.Domain.Uses("sloh") {
				report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q asks a name of its own for every sender", t.Text())})
			}
		})
	},
}

var qualifiedTerm = rule{
	Doc: lint.Doc{
		ID: "spf-neutral-or-fail-ip", Severity: lint.Notice,
		Title: "Qualifier other than + on a sender",
		Why:   "A client that the term matches gets that result at once, whatever follows.",
		Ref:   "RFC 7208, Section 4.6.2",
		Bad:   bad("v=spf1 -ip4:192.0.2.1 ip4:192.0.2.0/24 -all"),
		Good:  good("v=spf1 ip4:192.0.2.0/24 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.terms(func(n *Node, t *Term) {
			if t.Kind != All && !t.Kind.Modifier() && t.Qualifier != '+' {
				report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("clients that %q matches get %s", t.Text(), statusOf(t.Qualifier))})
			}
		})
	},
}

var expWithoutFail = rule{
	Doc: lint.Doc{
		ID: "spf-exp-without-fail", Severity: lint.Notice,
		Title: "Explanation that is never used",
		Why:   "The explanation is shown for fail only, and no term of this record gives fail.",
		Ref:   "RFC 7208, Section 6.2",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 ip4:192.0.2.1 ~all exp=why.example.com\"\nwhy TXT \"no\""},
		Good:  lint.Example{Zone: "@ TXT \"v=spf1 ip4:192.0.2.1 -all exp=why.example.com\"\nwhy TXT \"no\""},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(n *Node) {
			exp := n.Record.First(Exp)
			for i := range n.Record.Terms {
				if t := &n.Record.Terms[i]; t.Err == nil && t.Qualifier == '-' {
					return
				}
			}
			if exp != nil {
				report(lint.Finding{Span: exp.Span, Fix: removal(exp.Span), Message: "no term of the record gives fail, so the explanation is never used"})
			}
		})
	},
}

var urlTarget = rule{
	Doc: lint.Doc{
		ID: "spf-url-in-term", Severity: lint.Error,
		Title: "URL or mail address where a name belongs",
		Why:   "The text obeys the grammar, but no such name exists: include and redirect end in permerror, a, mx and exists never match.",
		Ref:   "RFC 7208, Section 7.1",
		Bad:   bad("v=spf1 include:https://_spf.example.net -all"),
		Good:  lint.Example{Zone: "@ TXT \"v=spf1 include:_spf.example.net -all\"\n_spf.example.net. TXT \"v=spf1 ip4:192.0.2.1 -all\""},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.terms(func(n *Node, t *Term) {
			text := t.Domain.text()
			if !t.Kind.Looks() || !isURL(text) {
				return
			}
			_, host, found := strings.Cut(text, "//")
			if !found {
				host = text
			}
			host = host[strings.LastIndexByte(host, '@')+1:]
			host, _, _ = strings.Cut(host, "/")
			terms := t.Span.Source.Text[t.Span.Start:t.Domain.Span.Start] + host
			report(lint.Finding{Span: t.Domain.Span, Fix: fixTerms(t.Span, terms), Message: fmt.Sprintf("%q is not a domain name", text)})
		})
	},
}

// isURL reports whether a domain-spec is a URL or a mail address.
func isURL(text string) bool {
	return strings.Contains(text, "//") || strings.Contains(text, "@") && !strings.Contains(text, "%{")
}
