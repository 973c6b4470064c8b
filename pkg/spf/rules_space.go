package spf

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// covered calls visit for the terms of the domain's own record that can never
// match, where the record is small enough to be read term by term.
func (f *Facts) covered(visit func(c Cover)) {
	if f.Root.Record == nil || len(f.Root.Record.Terms) > maxCompared || !f.Evaluable() {
		return
	}
	for _, c := range f.Networks().Covered {
		visit(c)
	}
}

// Evaluable reports whether the sets of addresses mean something: the DNS was asked, or
// the record has no term that needs it.
func (f *Facts) Evaluable() bool {
	return f.Root.Record != nil && (f.Root.TXT != nil || len(f.Root.Branches) == 0)
}

// largeSpace is how many IPv4 addresses a record may authorize without remark. The
// largest mail services have some hundreds of thousands each: more than a million
// is more than two of them together.
const largeSpace = 1 << 20

var spaceLarge = rule{
	Doc: lint.Doc{
		ID: "spf-authorized-space-large", Severity: lint.Notice,
		Title: "Very many addresses may send",
		Why: "More than 1,048,576 IPv4 addresses pass, more than two of the largest mail services together have. Each of them can send mail " +
			"that passes SPF for the domain, and with it DMARC.",
		Ref:  "RFC 9989, Section 7.1",
		Bad:  lint.Example{Zone: "@ TXT \"v=spf1 include:_spf.example.net -all\"\n_spf.example.net. TXT \"v=spf1 ip4:192.0.0.0/11 -all\""},
		Good: includeGood,
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if !f.Evaluable() {
			return
		}
		n := f.Networks()
		total := n.Of(Pass).IPv4()
		if total <= largeSpace || total == 1<<32 { // everybody is another rule's matter
			return
		}
		report(lint.Finding{Span: f.Root.Record.Source.Whole(),
			Message: fmt.Sprintf("%d IPv4 addresses pass, most of them by %s", total, n.largestIPv4()),
			Hint:    "Take out the services that the domain does not use."})
	},
}

// largestIPv4 names up to three terms that pass the most IPv4 addresses.
func (n *Networks) largestIPv4() string {
	var parts []string
	for _, c := range n.Largest() {
		if c.Set.IPv4() > 0 && len(parts) < 3 {
			parts = append(parts, fmt.Sprintf("%s (%d)", c.Text(), c.Set.IPv4()))
		}
	}
	return strings.Join(parts, ", ")
}

// everybodyByParts reports a record that passes all addresses of a family though none
// of its terms does, and no record that it includes.
func (f *Facts) everybodyByParts(report lint.ReportFunc) {
	if !f.Evaluable() {
		return
	}
	n := f.Networks()
	four, six := everyone().Minus(n.Of(Pass)).families()
	message := ""
	switch {
	case four.Empty():
		message = "all IPv4 addresses pass"
		if parts := n.largestIPv4(); parts != "" {
			message += ", the largest parts by " + parts
		}
	case six.Empty():
		message = "all IPv6 addresses pass"
	}
	if message != "" && len(lint.Run([]rule{allPass, includeAllPass}, f)) == 0 {
		report(lint.Finding{Span: f.Root.Record.Source.Whole(), Message: message, Hint: "List the networks that really send."})
	}
}
