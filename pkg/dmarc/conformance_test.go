package dmarc_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

type recordCase struct {
	ID, Record string
	Optional   bool
	Lint       []string
	Want       struct {
		Valid, Usable                      bool
		P, SP, NP, ADKIM, ASPF, FO, PSD, T string
		RUA, RUF                           []string
	}
}

// lintIDs are the rules for each class of the suite.
var lintIDs = map[string][]string{
	"historic-tag": {"dmarc-removed-tag-rf", "dmarc-removed-tag-ri", "dmarc-pct-not-100"}, "obsolete-size": {"dmarc-uri-size-limit"},
	"invalid-rua": {"dmarc-uri-no-scheme"}, "duplicate-tag": {"dmarc-duplicate-tag"}, "syntax": {"dmarc-syntax"},
}

func TestRecords(t *testing.T) {
	var suite struct{ Cases []recordCase }
	suites.ReadJSON(t, filepath.Join(suites.Dir(t), "dmarc/records.json"), &suite)
	for _, c := range suite.Cases {
		t.Run(c.ID, func(t *testing.T) {
			r := dmarc.Parse(lint.NewSource("", c.Record))
			got := c.Want
			got.Valid = !r.Version.Empty()
			if got.Valid {
				got.Usable = r.Err() == nil
				got.P, got.SP, got.NP = string(r.P), string(r.SP), string(r.NP)
				got.ADKIM, got.ASPF, got.FO, got.PSD = string(r.ADKIM), string(r.ASPF), r.Options, string(r.PSD)
				got.T = map[bool]string{true: "y", false: "n"}[r.Testing]
				got.RUA, got.RUF = valid(r.RUA), valid(r.RUF)
			}
			if diff := cmp.Diff(c.Want, got); diff != "" {
				t.Error(diff)
			}
			var fired []string
			for _, f := range lint.Run(dmarc.RecordRules(), dmarc.InspectText(lint.NewSource("text", c.Record))) {
				fired = append(fired, f.RuleID)
			}
			for _, class := range c.Lint {
				for _, id := range lintIDs[class] {
					if !slices.Contains(fired, id) {
						t.Errorf("%s is not among %v", id, fired)
					}
				}
			}
		})
	}
	if len(suite.Cases) < 30 {
		t.Errorf("the suite has 30 cases, %d were found", len(suite.Cases))
	}
}

func valid(uris []dmarc.URI) []string {
	var texts []string
	for i := range uris {
		if uris[i].Err == nil {
			texts = append(texts, uris[i].Text())
		}
	}
	return texts
}

type evaluation struct {
	ID       string
	Standard dmarc.Standard
	From     string
	SPF      dmarc.Identifier
	DKIM     []dmarc.Identifier
	Zone     map[string][]suites.Record
	Faults   map[string]map[string]string
	Optional bool
	Want     struct {
		Result, Policy, Disposition string
		RecordDomain                string  `json:"record_domain"`
		OrgDomain                   *string `json:"org_domain"`
		SPFAligned                  bool    `json:"spf_aligned"`
		DKIMAligned                 bool    `json:"dkim_aligned"`
		Queries                     []string
	}
}

func TestEvaluate(t *testing.T) {
	var suite struct{ Cases []evaluation }
	suites.ReadJSON(t, filepath.Join(suites.Dir(t), "dmarc/evaluate.json"), &suite)
	for _, c := range suite.Cases {
		t.Run(c.ID, func(t *testing.T) {
			zone, err := lookup.ParseZone(c.ID, suites.Zone(c.Zone, c.Faults))
			if err != nil {
				t.Fatal(err)
			}
			results := dmarc.Results{SPF: []dmarc.Identifier{c.SPF}, DKIM: c.DKIM}
			facts := dmarc.Inspect(t.Context(), zone, c.From, dmarc.Options{Standard: c.Standard, Identifiers: results.Domains()})
			got := dmarc.Evaluate(facts, results)
			want, out := c.Want, c.Want
			out.Result, out.Policy, out.RecordDomain = string(got.Status), string(got.Policy), facts.RecordDomain
			if want.Disposition != "" {
				out.Disposition = string(got.Disposition)
			}
			if want.OrgDomain != nil {
				out.OrgDomain = &facts.OrgDomain
			}
			out.SPFAligned, out.DKIMAligned = got.SPFAligned, got.DKIMAligned
			if want.Queries != nil && c.Standard == dmarc.RFC9989 {
				out.Queries = nil
				for _, s := range facts.Decisive() {
					out.Queries = append(out.Queries, "_dmarc."+s.Domain)
				}
			}
			if c.Optional && got.Status == dmarc.StatusPermError {
				return // the standard leaves it open
			}
			if diff := cmp.Diff(want, out); diff != "" {
				t.Errorf("%s (%v)", diff, got.Reason)
			}
		})
	}
	if len(suite.Cases) < 56 {
		t.Errorf("the suite has 56 cases, %d were found", len(suite.Cases))
	}
}

func TestPublicSuffix(t *testing.T) {
	var suite struct {
		Cases []struct {
			ID, Domain  string
			Registrable *string
		}
	}
	suites.ReadJSON(t, filepath.Join(suites.Dir(t), "dmarc/psl.json"), &suite)
	for _, c := range suite.Cases {
		t.Run(c.ID, func(t *testing.T) {
			name, err := lookup.FromUser(strings.ToLower(c.Domain))
			got := ""
			if err == nil {
				if got = (*dmarc.Suffixes)(nil).Organizational(name); got == name {
					if suffix, _ := (*dmarc.Suffixes)(nil).Suffix(name); suffix == name {
						got = ""
					}
				}
			}
			want := ""
			if c.Registrable != nil {
				want, _ = lookup.FromUser(*c.Registrable)
			}
			if got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
	if len(suite.Cases) < 39 {
		t.Errorf("the suite has 39 cases, %d were found", len(suite.Cases))
	}
}
