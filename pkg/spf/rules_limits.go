package spf

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// limitRules judge what the evaluation of the record costs.
func limitRules() []rule {
	return []rule{tooManyLookups, nearLimit, lookupCount, tooManyVoids, partial}
}

// anchor returns the place in the domain's own records through which a term of
// the tree is reached.
func (f *Facts) anchor(p Place) lint.Span {
	if f.own(p.Node) {
		return p.Branch.Term.Span
	}
	span := f.Root.Record.Source.Whole()
	found := false
	f.branches(func(n *Node, b *Branch) {
		if !found && b.Node != nil && (b.Node == p.Node || b.Node.includes(p.Node, nil)) {
			span, found = b.Term.Span, true
		}
	})
	return span
}

// describe names terms with the domains of their records, the first few of them.
func describe(places []Place) string {
	const most = 4
	var parts []string
	for i, p := range places {
		if i == most {
			parts = append(parts, fmt.Sprintf("%d more", len(places)-most))
			break
		}
		part := p.Branch.Term.Text()
		if p.Node.Domain != "" {
			part += " (in " + p.Node.Domain + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// atLeast is what a count is introduced with.
func (f *Facts) atLeast() string {
	if f.Partial() || f.Worst.Lookups >= MaxCount {
		return "at least "
	}
	return ""
}

var chain11 = func() string {
	zone := "@ TXT \"v=spf1"
	for c := 'a'; c <= 'k'; c++ {
		zone += fmt.Sprintf(" include:%c.example.net", c)
	}
	zone += " -all\""
	for c := 'a'; c <= 'k'; c++ {
		zone += fmt.Sprintf("\n%c.example.net. TXT \"v=spf1 ip4:192.0.2.1 -all\"", c)
	}
	return zone
}()

var tooManyLookups = rule{
	Doc: lint.Doc{
		ID: "spf-too-many-lookups", Severity: lint.Error, Reason: ErrLookupLimit,
		Title: "More than ten DNS lookups",
		Why: "Receivers stop at the eleventh term that asks the DNS and give permerror; senders that an earlier term matches still pass, " +
			"all others fail. include, a, mx, ptr, exists and redirect count each time they are reached, and %{p} once more; " +
			"all, ip4, ip6, exp and the lookup of the record itself do not count.",
		Ref:  "RFC 7208, Section 4.6.4",
		Bad:  lint.Example{Zone: chain11},
		Good: includeGood,
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Worst.Lookups <= MaxLookups || len(f.Loops) > 0 {
			return
		}
		report(lint.Finding{Span: f.anchor(f.Worst.Beyond[0]),
			Message: fmt.Sprintf("the record needs %s%d lookups, %d are allowed; beyond the limit: %s",
				f.atLeast(), f.Worst.Lookups, MaxLookups, describe(f.Worst.Beyond)),
			Hint: "Remove providers that no longer send, replace a and mx by ip4 and ip6, and move services to subdomains of their own."})
	},
}

// nearly is the number of lookups from which one more include breaks the record.
const nearly = 9

var nearLimit = rule{
	Doc: lint.Doc{
		ID: "spf-lookups-near-limit", Severity: lint.Warning,
		Title: "Nine or ten DNS lookups",
		Why:   "Ten are allowed. A provider that adds one more include to its own record breaks this one.",
		Ref:   "RFC 7208, Section 4.6.4",
		Bad:   lint.Example{Zone: strings.Replace(chain11, " include:k.example.net", "", 1)},
		Good:  includeGood,
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if n := f.Worst.Lookups; n >= nearly && n <= MaxLookups && len(f.Loops) == 0 {
			report(lint.Finding{Span: f.Root.Record.Source.Whole(), Message: fmt.Sprintf("the record needs %s%d of %d lookups", f.atLeast(), n, MaxLookups),
				Hint: "Remove providers that no longer send, or replace a and mx by ip4 and ip6."})
		}
	},
}

var lookupCount = rule{
	Doc: lint.Doc{
		ID: "spf-lookup-count", Severity: lint.Notice,
		Title: "DNS lookups of the record",
		Why:   "How many of the ten lookups the record needs in the worst case, and which terms need them.",
		Ref:   "RFC 7208, Section 4.6.4",
		Bad:   lint.Example{Zone: `@ TXT "v=spf1 include:_spf.example.net -all"` + provider},
		Good:  good("v=spf1 ip4:192.0.2.1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Worst.Lookups == 0 {
			return
		}
		var parts []string
		for _, b := range f.Root.Branches {
			if b.Reached {
				parts = append(parts, fmt.Sprintf("%s %d", b.Term.Text(), b.Lookups))
			}
		}
		report(lint.Finding{Span: f.Root.Record.Source.Whole(),
			Message: fmt.Sprintf("%s%d of %d lookups: %s", f.atLeast(), f.Worst.Lookups, MaxLookups, strings.Join(parts, ", "))})
	},
}

var tooManyVoids = rule{
	Doc: lint.Doc{
		ID: "spf-too-many-void-lookups", Severity: lint.Error, Reason: ErrVoidLimit,
		Title: "More than two void lookups",
		Why: "A lookup is void when the name does not exist or has no record of the type. After two of them receivers give permerror. " +
			"An a term is void for IPv6 clients when its host has no AAAA record, and for IPv4 clients when it has no A record, so the " +
			"families are counted apart.",
		Ref:  "RFC 7208, Section 4.6.4",
		Bad:  bad("v=spf1 a:x.example.com a:y.example.com a:z.example.com -all"),
		Good: good("v=spf1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		w := &f.Worst
		if w.Void4 <= MaxVoids && w.Void6 <= MaxVoids || len(f.Loops) > 0 {
			return
		}
		report(lint.Finding{Span: f.anchor(w.Voids[MaxVoids]),
			Message: fmt.Sprintf("%d void lookups for IPv4 clients, %d for IPv6 clients, %d are allowed: %s", w.Void4, w.Void6, MaxVoids, describe(w.Voids)),
			Hint:    "Remove the terms whose names no longer exist; for hosts with one address family write ip4 or ip6 instead of a."})
	},
}

var partial = rule{
	Doc: lint.Doc{
		ID: "spf-macro-tool-skip", Severity: lint.Notice,
		Title: "Term that only a message can resolve",
		Why:   "Its name depends on the client or the sender. Without them the counts are lower bounds for this term's branch.",
		Ref:   "RFC 7208, Section 7.2",
		Bad:   bad("v=spf1 exists:%{i}._spf.example.com -all"),
		Good:  good("v=spf1 ip4:192.0.2.1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.branches(func(n *Node, b *Branch) {
			if b.Skipped == ErrNeedsClient && b.Term.Kind != PTR && !f.Judged() {
				report(lint.Finding{Span: b.Term.Span, Message: fmt.Sprintf("%q was not looked up: its name depends on the message", b.Term.Text()),
					Hint: "Try a message with --ip, --sender and --helo."})
			}
		})
	},
}
