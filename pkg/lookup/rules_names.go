package lookup

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// labelRule makes a rule about the labels of the names that were asked about.
// Each name is judged once.
func labelRule(doc lint.Doc, judge func(label string) (message string)) rule {
	doc.Good = lint.Example{Zone: `@ TXT "v=spf1 -all"`}
	return rule{Doc: doc, Check: func(replies []Reply, report lint.ReportFunc) {
		seen := map[string]bool{}
		for _, reply := range replies {
			if seen[reply.Name] {
				continue
			}
			seen[reply.Name] = true
			for label := range strings.SplitSeq(reply.Name, ".") {
				if message := judge(label); message != "" {
					report(lint.Finding{Span: place(reply.Question), Message: message, Hint: "Check the spelling."})
				}
			}
		}
	}}
}

const aLabelPrefix = "xn--" // RFC 5890

var doubleHyphen = labelRule(lint.Doc{
	ID: "dns-double-dash", Severity: lint.Notice,
	Title: "Label with two hyphens in third and fourth place",
	Why:   "Such labels are reserved for internationalized names; the DNS takes them, some registries and programs do not.",
	Ref:   "operational",
	Bad:   lint.Example{Zone: `r1--x TXT "v=spf1 -all"`, Args: []string{"spf", "r1--x.example.com"}},
}, func(label string) string {
	if len(label) < 4 || label[2:4] != "--" || strings.HasPrefix(label, aLabelPrefix) {
		return ""
	}
	return fmt.Sprintf("the label %q has hyphens in third and fourth place", label)
})

var aLabelInvalid = labelRule(lint.Doc{
	ID: "dns-idn-invalid", Severity: lint.Warning,
	Title: "Label that looks internationalized but is not",
	Why:   "A label that starts with xn-- must be the encoding of a name outside ASCII. This one decodes to nothing, or to a name that is encoded otherwise; browsers and mail programs refuse it.",
	Ref:   "operational",
	Bad:   lint.Example{Zone: `xn--a TXT "v=spf1 -all"`, Args: []string{"spf", "xn--a.example.com"}},
}, func(label string) string {
	if !strings.HasPrefix(label, aLabelPrefix) {
		return ""
	}
	profile := lookupProfile()
	unicode, err := profile.ToUnicode(label)
	if err == nil {
		if back, err := profile.ToASCII(unicode); err == nil && back == label {
			return ""
		}
	}
	return fmt.Sprintf("the label %q is not a valid encoding", label)
})
