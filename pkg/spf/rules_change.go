package spf

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// FlattenRules returns the rules about flattened records.
func FlattenRules() []lint.Rule[*Flattening] {
	return []lint.Rule[*Flattening]{flattenImpossible, flattenStale}
}

// DiffRules returns the rules about changes of a record.
func DiffRules() []lint.Rule[*Difference] { return []lint.Rule[*Difference]{authorizationLost} }

var flattenImpossible = lint.Rule[*Flattening]{
	Doc: lint.Doc{
		ID: "spf-flatten-impossible", Severity: lint.Error,
		Title: "Record that cannot be flattened",
		Why: "Only includes whose networks are the same for every message can be replaced by them, and the networks have to fit into records of " +
			"450 octets, each of which costs a lookup. A record that ends in permerror has no meaning to keep.",
		Ref: "RFC 7208, Section 4.6.4",
		Bad: lint.Example{Zone: `@ TXT "v=spf1 include:%{i}.a.example.net include:%{i}.b.example.net -all"`,
			Args: []string{"spf", "flatten", "example.com", "--max-lookups", "1"}},
		Good: lint.Example{Zone: "@ TXT \"v=spf1 include:a.example.net include:%{i}.b.example.net -all\"\na.example.net. TXT \"v=spf1 ip4:192.0.2.0/24 -all\"",
			Args: []string{"spf", "flatten", "example.com", "--max-lookups", "1"}},
	},
	Check: func(fl *Flattening, report lint.ReportFunc) {
		var unanswered *lookup.Error
		if fl.Err == nil || fl.Err == ErrNotKnown || errors.As(fl.Err, &unanswered) {
			return
		}
		f := fl.Source
		span := missing(f.Domain)
		if f.Root.Record != nil {
			span = f.Root.Record.Source.Whole()
		}
		hint := "Run authcheck spf on the record, and mend it first."
		if fl.Err == ErrNoWay {
			hint = "Take out services that are not used, or send through them from a subdomain with a record of its own."
		}
		report(lint.Finding{Span: span, Hint: hint, Message: fmt.Sprintf("no way from %d lookups to %d: %v", f.Worst.Lookups, fl.Max, fl.Err)})
	},
}

var flattenStale = lint.Rule[*Flattening]{
	Doc: lint.Doc{
		ID: "spf-flatten-stale", Severity: lint.Error,
		Title: "Flattened record no longer says what its source says",
		Why:   "The networks in the record were copied. The services that own them have changed theirs since, so that mail fails that should pass, or the other way round.",
		Ref:   "operational",
		Bad: lint.Example{Zone: "@ TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n_spf.example.net. TXT \"v=spf1 ip4:198.51.100.0/24 -all\"",
			Args: []string{"spf", "flatten", "example.com", "--source", "v=spf1 include:_spf.example.net -all", "--check"}},
		Good: lint.Example{Zone: "@ TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n_spf.example.net. TXT \"v=spf1 ip4:198.51.100.0/24 -all\"",
			Args: []string{"spf", "flatten", "example.com", "--source", "v=spf1 include:_spf.example.net -all", "--check"}},
	},
	Check: func(fl *Flattening, report lint.ReportFunc) {
		d := fl.Published
		if d == nil || d.Empty() || !d.Unknown().Empty() {
			return
		}
		to := d.To
		span := missing(to.Domain)
		if to.Root.Record != nil {
			span = to.Root.Record.Source.Whole()
		}
		report(lint.Finding{Span: span, Message: "the published record " + d.words(), Hint: "Publish the records that authcheck spf flatten writes now."})
	},
}

var authorizationLost = lint.Rule[*Difference]{
	Doc: lint.Doc{
		ID: "spf-authorization-lost", Severity: lint.Error,
		Title: "Addresses that passed no longer pass",
		Why:   "Mail that the domain's servers send from these addresses fails SPF once the new record is published, all of it or the messages that a macro let pass. It is a notice where nobody asked with --fail-on-loss.",
		Ref:   "RFC 7208, Section 2.6.3",
		Bad: lint.Example{Zone: `@ TXT "v=spf1 ip4:192.0.2.0/24 -all"`,
			Args: []string{"spf", "diff", "example.com", "v=spf1 ip4:192.0.2.0/25 -all", "--fail-on-loss"}},
		Good: lint.Example{Zone: `@ TXT "v=spf1 ip4:192.0.2.0/24 -all"`,
			Args: []string{"spf", "diff", "example.com", "v=spf1 ip4:192.0.2.0/23 -all", "--fail-on-loss"}},
	},
	Check: func(d *Difference, report lint.ReportFunc) {
		lost, doubtful := d.Lost(), d.doubtful
		large := d.Old.Err != nil || d.New.Err != nil
		if d.From.failed() || d.To.failed() { // what has no answer is not lost
			lost, doubtful = lost.Minus(d.New.may(TempError)), doubtful.Minus(d.New.may(TempError))
		} else {
			large = large || !d.Unknown().Empty()
		}
		if lost.Empty() && doubtful.Empty() && !(large && d.Keep) {
			return
		}
		severity := lint.Notice
		if d.Keep {
			severity = lint.Error
		}
		span := missing(d.To.Domain)
		if d.To.Root.Record != nil {
			span = d.To.Root.Record.Source.Whole()
		}
		if large {
			report(lint.Finding{Severity: severity, Span: span, Message: "whether all that passed still passes is not known: a record is too large", Hint: "Merge its networks."})
			return
		}
		if !lost.Empty() {
			report(lint.Finding{Severity: severity, Span: span, Message: "no longer pass: " + some(lost), Hint: "Keep these networks as long as they send mail."})
		}
		if !doubtful.Empty() {
			report(lint.Finding{Severity: severity, Span: span, Message: "no longer surely pass for all messages that passed: " + some(doubtful),
				Hint: "Keep the terms that depend on the message as long as mail passes by them."})
		}
	},
}

// failed reports whether a question about the record has no answer.
func (f *Facts) failed() bool {
	return slices.ContainsFunc(f.Asked, func(reply lookup.Reply) bool { return reply.Err != nil })
}

// words says what a new record passes otherwise.
func (d *Difference) words() string {
	gained, lost := d.New.Of(Pass).Minus(d.Old.Of(Pass)), d.Lost()
	var parts []string
	if !lost.Empty() {
		parts = append(parts, "does not pass "+some(lost))
	}
	if !gained.Empty() {
		parts = append(parts, "passes "+some(gained)+" beyond its source")
	}
	if len(parts) == 0 {
		return "gives other results than its source"
	}
	return strings.Join(parts, ", and ")
}

// some names the first networks of a set.
func some(s Set) string {
	var parts []string
	for _, p := range s.Prefixes() {
		parts = append(parts, p.String())
	}
	return abridge(parts)
}
