package check

import (
	"fmt"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// ConfigFacts is what a run tells about the configuration that it obeyed.
type ConfigFacts struct {
	Ignore []Ignore
	Unused []bool // of each Ignore; nil where not everything was looked at
	At     time.Time
}

// configRules returns the rules about the configuration itself.
func configRules() []lint.Rule[*ConfigFacts] {
	return []lint.Rule[*ConfigFacts]{ignoreExpired, ignoreUnused}
}

// Report judges the configuration after a run, nil where there is nothing to say.
// complete says that all configured targets were looked at, so that an ignore
// without a finding has none.
func (c *Config) Report(file string, complete Completeness, o Options) *report.Report {
	facts := &ConfigFacts{Ignore: c.Ignore, At: o.At}
	if complete == Everything {
		for i := range c.used {
			facts.Unused = append(facts.Unused, !c.used[i].Load())
		}
	}
	r := &report.Report{Target: file, Kind: report.Config}
	o.finish(r, lint.Run(configRules(), facts))
	if len(r.Findings) == 0 {
		return nil
	}
	return r
}

// Completeness says how much of what is configured a run has looked at.
type Completeness int

// The two of them.
const (
	Something  Completeness = iota // what the command named
	Everything                     // every configured target
)

var ignoreExpired = lint.Rule[*ConfigFacts]{
	Doc: lint.Doc{
		ID: "suppress-expired", Severity: lint.Error,
		Title: "Ignore that has ended",
		Why:   "The date was set so that the finding is looked at again. From the day after it the finding counts.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: `@ TXT "v=spf1 ptr -all"`, Args: []string{"spf", "example.com", "--config", "testdata/ignores.yaml", "--at", "2026-12-01T00:00:00Z"}},
		Good:  lint.Example{Zone: `@ TXT "v=spf1 ptr -all"`, Args: []string{"spf", "example.com", "--config", "testdata/ignores.yaml", "--at", "2026-11-30T23:59:59Z"}},
	},
	Check: func(f *ConfigFacts, found lint.ReportFunc) {
		for i := range f.Ignore {
			if ignore := &f.Ignore[i]; ignore.expired(f.At) {
				found(lint.Finding{Span: ignore.Place, Hint: "Mend what it hides, or set another date.",
					Message: fmt.Sprintf("the ignore of %s ended on %s", ignore.Rule, ignore.Until.AddDate(0, 0, -1).Format(time.DateOnly))})
			}
		}
	},
}

var ignoreUnused = lint.Rule[*ConfigFacts]{
	Doc: lint.Doc{
		ID: "suppress-unused", Severity: lint.Notice,
		Title: "Ignore without a finding",
		Why:   "Nothing was found that it hides. What is left over hides the next fault of its kind.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: `@ TXT "v=spf1 -all"`, Args: []string{"check", "--config", "testdata/ignores.yaml", "--at", "2026-11-30T00:00:00Z"}},
		Good:  lint.Example{Zone: `@ TXT "v=spf1 ptr -all"`, Args: []string{"check", "--config", "testdata/ignores.yaml", "--at", "2026-11-30T00:00:00Z"}},
	},
	Check: func(f *ConfigFacts, found lint.ReportFunc) {
		for i, unused := range f.Unused {
			if unused {
				found(lint.Finding{Span: f.Ignore[i].Place, Hint: "Remove it.", Message: "nothing matches the ignore of " + f.Ignore[i].Rule})
			}
		}
	},
}
