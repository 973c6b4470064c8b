package spf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// allRules judge what happens to clients that no other term matches.
func allRules() []rule {
	return []rule{allMissing, allPass, allNeutral, allSoftFail, allNotLast, redirectIgnored, redirectOnly}
}

// decisive calls visit with the record that decides when nothing matches and its
// first "all", nil where there is none.
func (f *Facts) decisive(visit func(n *Node, all *Term)) {
	if n := f.final(); n != nil && n.Record != nil {
		visit(n, n.Record.First(All))
	}
}

// blame reports a finding about the deciding record. Where that is somebody
// else's, it stands at the redirect that leads there, and nothing is corrected.
func (f *Facts) blame(n *Node, found lint.Finding, report lint.ReportFunc) {
	if !f.own(n) {
		found.Message += ", says the record of " + n.Domain
		found.Span, found.Fix = f.Root.Record.Redirect().Span, nil
	}
	report(found)
}

var allMissing = rule{
	Doc: lint.Doc{
		ID: "spf-all-missing", Severity: lint.Warning,
		Title: "Record without all and without redirect",
		Why:   "A client that no term matches gets neutral, as with ?all: the record names senders but says nothing about everybody else.",
		Ref:   "RFC 7208, Section 4.7",
		Bad:   bad("v=spf1 ip4:192.0.2.1"),
		Good:  good("v=spf1 ip4:192.0.2.1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.decisive(func(n *Node, all *Term) {
			if all != nil || hasBrokenAll(n.Record) {
				return
			}
			text := strings.TrimRight(n.Record.Source.Text, " ")
			found := lint.Finding{Span: n.Record.Source.Span(len(text), len(n.Record.Source.Text)), Message: "nothing is said about clients that no term matches",
				Hint: "End the record with ~all while you test, with -all once every sender is listed."}
			switch {
			case !n.Record.namesSenders():
				found.Hint = listFirst
			case !n.Record.Version.Empty():
				found.Fix = lint.Replace(found.Span, " ~all")
			}
			f.blame(n, found, report)
		})
	},
}

// listFirst is what to do with a record that lists nobody: under ~all alone no host
// may send, so that is nothing to publish.
const listFirst = "List the hosts that send, and end the record with ~all behind them. A domain that sends nothing publishes v=spf1 -all."

// namesSenders reports whether a mechanism before or behind all passes somebody.
func (r *Record) namesSenders() bool {
	return slices.ContainsFunc(r.Terms, func(t Term) bool { return t.Qualifier == '+' && t.Kind != All && !t.Kind.Modifier() })
}

// hasBrokenAll reports whether a mistaken term was meant to be, or to end in, an
// all or a redirect, so that its absence is no finding of its own.
func hasBrokenAll(r *Record) bool {
	for i := range r.Terms {
		t := &r.Terms[i]
		text := strings.ToLower(t.Text())
		if (t.Err != nil || t.suspicion() != nil) &&
			(strings.Contains(text, "all") || strings.Contains(text, "redirect") || similarKind(t) == All) {
			return true
		}
	}
	return false
}

var allPass = rule{
	Doc: lint.Doc{
		ID: "spf-all-pass", Severity: lint.Error,
		Title: "Record authorizes every host",
		Why:   "With +all, or all without a qualifier, any machine on the Internet passes SPF as this domain, and DMARC with it.",
		Ref:   "RFC 7208, Section 5.1",
		Bad:   bad("v=spf1 +all"),
		Good:  good("v=spf1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.decisive(func(n *Node, all *Term) {
			if all != nil && all.Qualifier == '+' {
				found := lint.Finding{Span: all.Span, Fix: lint.Replace(all.Span, "~all"),
					Message: fmt.Sprintf("%q passes mail from any host", all.Text()),
					Hint:    "Write ~all, list every sender, then write -all."}
				if !n.Record.namesSenders() {
					found.Fix, found.Hint = nil, listFirst
				}
				f.blame(n, found, report)
			}
		})
	},
}

var allNeutral = rule{
	Doc: lint.Doc{
		ID: "spf-all-neutral", Severity: lint.Warning,
		Title: "Record says nothing about unlisted hosts",
		Why:   "?all is for tests: receivers treat neutral like no record at all.",
		Ref:   "RFC 7208, Section 8.2",
		Bad:   bad("v=spf1 ip4:192.0.2.1 ?all"),
		Good:  good("v=spf1 ip4:192.0.2.1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.decisive(func(n *Node, all *Term) {
			if all != nil && all.Qualifier == '?' {
				found := lint.Finding{Span: all.Span, Fix: lint.Replace(all.Span, "~all"),
					Message: fmt.Sprintf("%q leaves unlisted hosts neutral, as if there were no record", all.Text())}
				if !n.Record.namesSenders() {
					found.Fix, found.Hint = nil, listFirst
				}
				f.blame(n, found, report)
			}
		})
	},
}

var allSoftFail = rule{
	Doc: lint.Doc{
		ID: "spf-all-softfail", Severity: lint.Notice,
		Title: "Unlisted hosts get softfail",
		Why:   "Many providers recommend ~all, and with an enforcing DMARC policy it protects as well as -all.",
		Ref:   "RFC 7208, Section 8.5",
		Bad:   bad("v=spf1 ip4:192.0.2.1 ~all"),
		Good:  good("v=spf1 ip4:192.0.2.1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.decisive(func(n *Node, all *Term) {
			if all != nil && all.Qualifier == '~' {
				f.blame(n, lint.Finding{Span: all.Span, Message: "unlisted hosts are marked, not refused"}, report)
			}
		})
	},
}

var allNotLast = rule{
	Doc: lint.Doc{
		ID: "spf-all-not-last", Severity: lint.Warning,
		Title: "Mechanism behind all",
		Why:   "all matches every client, so what follows is never reached. A syntax error there still makes the record permerror.",
		Ref:   "RFC 7208, Section 5.1",
		Bad:   bad("v=spf1 -all ip4:192.0.2.1"),
		Good:  good("v=spf1 ip4:192.0.2.1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(n *Node) {
			all := n.Record.First(All)
			if all == nil {
				return
			}
			if slices.ContainsFunc(n.Record.Terms, func(t Term) bool { _, again := t.secondRecord(); return again }) {
				return // two records in one are a finding of their own
			}
			var behind []string
			last, asks := all, false
			for i := range n.Record.Terms {
				t := &n.Record.Terms[i]
				if t.Err == nil && !t.Kind.Modifier() && t.Span.Start > all.Span.Start {
					behind, last, asks = append(behind, t.Text()), t, asks || t.Kind.Looks()
				}
			}
			if len(behind) == 0 {
				return
			}
			found := lint.Finding{Span: all.Span, Hint: "Move all to the end.",
				Message: fmt.Sprintf("%q is not the last mechanism: %s never reached (%s)", all.Text(), count(len(behind), "term is", "terms are"), abridge(behind))}
			// Terms that ask the DNS may bring faults of their own once they are reached.
			if last.Kind != All && !asks {
				from := removal(all.Span).Span
				moved := n.Record.Source.Span(from.Start, last.Span.End)
				found.Fix = lint.Replace(moved, n.Record.Source.Text[from.End:last.Span.End]+" "+all.Text())
			} else if last.Kind == All && len(behind) == 1 {
				found.Fix = removal(last.Span)
			}
			report(found)
		})
	},
}

// abridge joins the first few of a list.
func abridge(list []string) string {
	const most = 4
	if len(list) > most {
		return strings.Join(list[:most], " ") + " …"
	}
	return strings.Join(list, " ")
}

var redirectIgnored = rule{
	Doc: lint.Doc{
		ID: "spf-redirect-ignored", Severity: lint.Warning,
		Title: "redirect beside all",
		Why:   "redirect is used only when no mechanism matches; all always matches, wherever it stands, so the redirect is ignored.",
		Ref:   "RFC 7208, Section 6.1",
		Bad:   bad("v=spf1 ip4:192.0.2.1 redirect=_spf.example.net -all"),
		Good:  lint.Example{Zone: "@ TXT \"v=spf1 ip4:192.0.2.1 redirect=_spf.example.net\"\n_spf.example.net. TXT \"v=spf1 -all\""},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(n *Node) {
			t := n.Record.First(Redirect)
			if all := n.Record.First(All); all != nil && t != nil {
				// No fix: only its owner knows which of both was meant.
				report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("%q is ignored because of %q", t.Text(), all.Text()),
					Hint: fmt.Sprintf("Remove %q if the record of %s shall decide about all others, or remove %q.", all.Text(), t.Domain.text(), t.Text())})
			}
		})
	},
}

var redirectOnly = rule{
	Doc: lint.Doc{
		ID: "spf-redirect-only-record", Severity: lint.Notice,
		Title: "Record leaves everything to another domain",
		Why:   "Good for many domains with one policy: whoever runs the target decides for this domain too.",
		Ref:   "RFC 7208, Section 6.1",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 redirect=_spf.example.net\"\n_spf.example.net. TXT \"v=spf1 -all\""},
		Good:  good("v=spf1 -all"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(n *Node) {
			if t := n.Record.Redirect(); t != nil && len(n.Record.Terms) == 1 {
				report(lint.Finding{Span: t.Span, Message: fmt.Sprintf("the record of %s decides", t.Domain.text())})
			}
		})
	},
}
