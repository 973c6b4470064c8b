package arc_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// FuzzVerify reads any message: it has a chain where it has a field of ARC, the sets
// are in order, a chain without faults is whole, and findings stand inside their
// texts.
func FuzzVerify(f *testing.F) {
	for _, tt := range chains {
		m := newMail()
		tt.make(f, m)
		if len(m.sets) < 5 { // long seeds make the fuzzer slow
			f.Add(m.String())
		}
	}
	for _, text := range []string{"", "ARC-Seal:", "ARC-Seal: i=1", "arc-seal : i=1;;cv=none\n\n", "ARC-Authentication-Results: i=1;\n"} {
		f.Add(text)
	}
	keys, err := lookup.ParseZone("", ";! AUTHORITATIVE .\n")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{File: "fuzz.eml"})
		if err != nil {
			return
		}
		c := arc.Verify(t.Context(), keys, m, arc.Options{})
		some := slices.ContainsFunc(m.Fields, func(f message.Field) bool {
			return f.Is("ARC-Seal") || f.Is("ARC-Message-Signature") || f.Is("ARC-Authentication-Results")
		})
		if some != (c.Status == arc.Fail) || c.Status == arc.Pass {
			t.Fatalf("%s: %v", c.Status, c.Reason) // no key can be found
		}
		for i, s := range c.Sets {
			if s.Instance < 1 || s.Instance > arc.MaxSets || i > 0 && s.Instance <= c.Sets[i-1].Instance {
				t.Fatalf("set %d has i=%d", i, s.Instance)
			}
			whole := s.Instance == i+1 && s.Results != nil && s.Message != nil && s.Seal != nil
			if judged := s.SealResult != nil && s.MessageResult != nil; judged != (len(c.Faults) == 0) || judged && !whole {
				t.Fatalf("i=%d: %+v", s.Instance, s)
			}
		}
		for _, found := range lint.Run(arc.Rules(), c) {
			if s := found.Span; s.Source == nil || s.Start < 0 || s.End < s.Start || s.End > len(s.Source.Text) {
				t.Fatalf("%s: %d to %d", found.RuleID, s.Start, s.End)
			}
		}
	})
}
