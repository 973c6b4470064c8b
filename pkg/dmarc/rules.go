package dmarc

import (
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

type rule = lint.Rule[*Facts]

// RecordRules returns every rule about records, the only list of them. The slice
// is new at each call.
func RecordRules() []lint.Rule[*Facts] {
	return slices.Concat(discoveryRules(), organizationRules(), textRules(), syntaxRules(), policyRules(), valueRules(), testingRules(),
		optionRules(), uriRules(), reportRules())
}

// command is what shows an example: the record of example.com.
var command = []string{"dmarc", "example.com"}

// example is a record at _dmarc.example.com.
func example(record string) lint.Example { return zone(`_dmarc TXT "` + record + `"`) }

func zone(text string) lint.Example { return lint.Example{Zone: text, Args: command} }

// recordRule makes a rule about the record that applies, where the domain's owner
// can change it.
func recordRule(doc lint.Doc, judge func(f *Facts, report lint.ReportFunc)) rule {
	return rule{Doc: doc, Check: func(f *Facts, report lint.ReportFunc) {
		if f.owned() {
			judge(f, report)
		}
	}}
}

// tagRule makes a rule about the first tag of a name.
func tagRule(name string, doc lint.Doc, judge func(r *Record, t *Tag, report lint.ReportFunc)) rule {
	return recordRule(doc, func(f *Facts, report lint.ReportFunc) {
		if t := f.Record.Tag(name); t != nil {
			judge(f.Record, t, report)
		}
	})
}

// removal returns the fix that takes a tag out, with the semicolon before it.
func removal(t *Tag) *lint.Fix {
	span, text := t.Span, t.Span.Source.Text
	before := strings.TrimRight(text[:span.Start], " \t")
	span.Start = len(strings.TrimRight(strings.TrimSuffix(before, ";"), " \t"))
	if t.Span.Empty() {
		span.End = len(text) - len(strings.TrimLeft(text[span.End:], " \t"))
	}
	return lint.Replace(span, "")
}

// insertion returns the fix that puts a tag right behind another.
func insertion(behind *Tag, tag string) *lint.Fix {
	return lint.Replace(behind.Span.Source.Span(behind.Span.End, behind.Span.End), "; "+tag)
}

// place is where findings about a record that is not there stand.
func place(domain string) lint.Span {
	return lint.NewSource("TXT _dmarc."+domain, "").Whole()
}

// own calls visit for the steps of the discovery that the domain's owner can do
// something about.
func (f *Facts) own(visit func(s *Step)) {
	steps := f.Decisive()
	for i := range steps {
		if s := &steps[i]; s.Reply != nil && within(s.Domain, f.Suffixes.Organizational(f.Domain)) {
			visit(s)
		}
	}
}

// ignored calls visit for the texts at those names that are no DMARC records, but
// for those that a wildcard puts at every name.
func (f *Facts) ignored(visit func(source *lint.Source)) {
	if f.Text != nil && f.Record == nil {
		visit(f.Text)
	}
	everywhere := map[string]bool{}
	if f.Wildcard != nil {
		for _, rr := range f.Wildcard.Answer.Records {
			everywhere[rr.Source.Text] = true
		}
	}
	f.own(func(s *Step) {
		for _, rr := range s.Reply.Answer.Records {
			if !hasVersion(rr.Source.Text) && !everywhere[rr.Source.Text] {
				visit(rr.Source)
			}
		}
	})
}
