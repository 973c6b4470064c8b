package dkim

import (
	"slices"

	"github.com/authcheck/authcheck/pkg/lint"
)

// rule is a rule over what Inspect gathered.
type rule = lint.Rule[*Facts]

// KeyRules returns every rule about key records, the only list of them. The slice
// is new at each call; the rules are constants in spirit.
func KeyRules() []lint.Rule[*Facts] {
	return slices.Concat(discoveryRules(), tagRules(), useRules(), valueRules(), sizeRules(), ageRules(), setRules())
}

// missing is the place of findings about a TXT record that is not there.
func missing(name string) lint.Span { return lint.NewSource("TXT "+name, "").Whole() }

// records calls visit for every text that was meant to be a key record, but for one whose
// strings are swapped: what else seems wrong there is not once they are in order.
func (f *Facts) records(visit func(s *Selector, r *Record)) {
	for i := range f.Selectors {
		if f.Selectors[i].ordered != "" {
			continue
		}
		for _, r := range f.Selectors[i].Records {
			visit(&f.Selectors[i], r)
		}
	}
}

// keys calls visit for every record whose key was read, with the place of the key.
func (f *Facts) keys(visit func(r *Record, at lint.Span)) {
	f.records(func(_ *Selector, r *Record) {
		if p := r.List.Get("p"); r.Key.Type != "" {
			visit(r, p.Value)
		}
	})
}

// faultRule makes a rule of the sentinel in doc.Reason. describe says what is wrong;
// it need not say where.
func faultRule(doc lint.Doc, describe func(r *Record, at lint.Span) lint.Finding) rule {
	doc.Severity = lint.Error
	if doc.Good.Zone == "" {
		doc.Good = good()
	}
	return rule{Doc: doc, Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(_ *Selector, r *Record) {
			for _, fault := range r.Faults {
				if fault.Reason != doc.Reason {
					continue
				}
				if found := describe(r, fault.Span); found.Message != "" {
					if found.Span.Source == nil {
						found.Span = fault.Span
					}
					report(found)
				}
			}
		})
	}}
}

// tagRule makes a rule of a tag in records. judge finds nothing where it returns no
// message.
func tagRule(doc lint.Doc, tag string, judge func(r *Record, value lint.Span) lint.Finding) rule {
	if doc.Good.Zone == "" {
		doc.Good = good()
	}
	return rule{Doc: doc, Check: func(f *Facts, report lint.ReportFunc) {
		f.records(func(_ *Selector, r *Record) {
			t := r.List.Get(tag)
			if t == nil || len(swallowed(t)) > 0 {
				return
			}
			if found := judge(r, t.Value); found.Message != "" {
				if found.Span.Source == nil {
					found.Span = t.Span
				}
				report(found)
			}
		})
	}}
}

// removal returns the fix that takes a tag out, with the semicolon that ends it and
// the spaces behind that.
func removal(tag lint.Span) *lint.Fix {
	text := tag.Source.Text
	for tag.End < len(text) && (text[tag.End] == ';' || text[tag.End] == ' ') {
		tag.End++
	}
	return lint.Replace(tag, "")
}
