package dmarc

import (
	"context"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// published answers every TXT question with one text.
type published string

func (text published) Query(_ context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	if typ != lookup.TypeTXT {
		return lookup.Answer{}, nil
	}
	return lookup.Answer{Records: []lookup.Record{{Name: name, Type: typ, Source: lint.NewSource("TXT "+name, string(text))}}}, nil
}

// FuzzRecord reads any text as a record: nothing is lost, what is in force is a
// value of the standard, and rules speak only of octets that are there.
func FuzzRecord(f *testing.F) {
	for _, tt := range uriRows {
		f.Add("v=DMARC1; p=reject; rua=" + tt.in)
	}
	for _, doc := range lint.Docs(RecordRules()) {
		_, text, _ := strings.Cut(doc.Bad.Zone, `"`)
		f.Add(strings.TrimSuffix(text, `"`))
	}
	for _, text := range []string{"", ";", "v", "v=", "v=DMARC1", "V = DMARC1 ;;", `"v=DMARC1\; p=none"`, "v=DMARC1; p=none sp=none", "v=DMARC1; fo=0:1:d:s; fo"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		source := lint.NewSource("text", text)
		r := Parse(source)
		if r.String() != text || hasVersion(text) != !r.Version.Empty() {
			t.Fatalf("%q: version %q", text, r.Version.Text())
		}
		if r.P == "" && (r.SP != "" || r.NP != "") || !strings.ContainsRune("uyn", rune(r.PSD)) || r.ADKIM != Relaxed && r.ADKIM != Strict {
			t.Fatalf("%q: %+v", text, r.Policies)
		}
		for _, facts := range []*Facts{InspectText(source), Inspect(t.Context(), published(text), "a.example.com", Options{}), Inspect(t.Context(), published(text), "example.com", Options{Standard: RFC7489})} {
			for _, found := range lint.Run(RecordRules(), facts) {
				spans := []lint.Span{found.Span}
				if found.Fix != nil {
					spans = append(spans, found.Fix.Span)
					Parse(lint.NewSource("", found.Fix.Record()))
				}
				for _, s := range spans {
					if s.Source == nil || s.Start < 0 || s.Start > s.End || s.End > len(s.Source.Text) {
						t.Fatalf("%s: %d-%d of %+v", found.RuleID, s.Start, s.End, s.Source)
					}
				}
				if found.Message == "" || found.Hint == "" && found.Fix == nil {
					t.Fatalf("%s says nothing to do", found.RuleID)
				}
			}
		}
	})
}

// failing answers nothing.
type failing struct{}

func (failing) Query(_ context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	return lookup.Answer{}, &lookup.Error{Question: lookup.Question{Name: name, Type: typ}, Reason: lookup.ErrTimeout}
}
