package check

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/score"
)

type scoreRule = lint.Rule[*report.Report]

// bulkRules returns the rules about what providers demand of bulk senders, of which each
// judges the scores of its profile.
func bulkRules() []scoreRule {
	return []scoreRule{
		demands(score.Google, "Google", "bulk-google"), demands(score.Yahoo, "Yahoo", "bulk-yahoo"), demands(score.Microsoft, "Microsoft", "bulk-microsoft"),
	}
}

// demands makes the rule about the demands of a provider. Advice is none.
func demands(profile score.Profile, provider, id string) scoreRule {
	const sound = `@ MX 10 mail
@ TXT "v=spf1 ip4:192.0.2.1 -all"
mail A 192.0.2.1
s1._domainkey ` + exampleKey
	args := []string{"score", "example.com", "--selector", "s1", "--profile", string(profile)}
	return scoreRule{
		Doc: lint.Doc{
			ID: id, Severity: lint.Error,
			Title: "What " + provider + " demands of bulk senders is not met",
			Why: provider + " refuses or delays mail of those who send much of it and do not meet the list, or puts it into the spam folder. " +
				"The finding is one of the score with --profile " + string(profile) + ", which shows each demand; what is advice, and what was not judged, does not count.",
			Ref:  "operational",
			Bad:  lint.Example{Zone: sound, Args: args},
			Good: lint.Example{Zone: sound + "\n" + `_dmarc TXT "v=DMARC1; p=none"`, Args: args},
		},
		Check: func(r *report.Report, found lint.ReportFunc) {
			if r.Score.Profile != string(profile) {
				return
			}
			var failed []string
			for _, q := range r.Score.Requirements {
				if q.Outcome == report.Failed && !q.Advice {
					failed = append(failed, fmt.Sprintf("%s (%s)", q.ID, q.Text))
				}
			}
			if len(failed) > 0 {
				found(lint.Finding{Span: lint.NewSource(r.Target, "").Whole(), Message: provider + " demands what is not met: " + strings.Join(failed, "; "),
					Hint: "Work through the cures of the score, which come in the order of their cost."})
			}
		},
	}
}
