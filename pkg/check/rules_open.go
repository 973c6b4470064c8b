package check

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// openRules explain what nobody could ask about the keys of a domain. They report a
// question that was not checked: its subject, the reason and, as the hint, the
// command that would settle it.
func openRules() []lint.Rule[*dkim.Facts] { return []lint.Rule[*dkim.Facts]{noSelector, keysUnproven} }

const exampleKey = `TXT "v=DKIM1; k=ed25519; p=GcE2Pn2tsIGV9uFE3PyXH70QMuF4zmN5J4qOvyukSZ4="`

var noSelector = lint.Rule[*dkim.Facts]{
	Doc: lint.Doc{
		ID: "dkim-no-selector-known", Severity: lint.Notice, Unanswered: true,
		Title: "Nobody named a selector",
		Why: "The DNS does not tell which selectors a domain has; a signed message has its own in s=. Where none is named only well-known ones are " +
			"tried, and nothing follows from a key that is not found: it is not checked, never missing.",
		Ref:  "RFC 6376, Section 3.6.2.1",
		Bad:  lint.Example{Zone: "google._domainkey " + exampleKey, Args: []string{"dkim", "example.com"}},
		Good: lint.Example{Zone: "s2026a._domainkey " + exampleKey, Args: []string{"dkim", "example.com", "--selector", "s2026a"}},
	},
	Check: func(f *dkim.Facts, found lint.ReportFunc) {
		switch {
		case f.Named || f.NoKeys() || unproven(f):
		case len(f.Selectors) > 0:
			reason := "no selector was named, and only well-known ones were tried"
			if failed := f.Unanswered(); failed > 0 {
				reason += fmt.Sprintf("; %d of them got no answer", failed)
			}
			found(openKeys(f, "other DKIM keys of ", reason))
		default:
			found(openKeys(f, "DKIM keys of ", triedInVain(f)))
		}
	},
}

var keysUnproven = lint.Rule[*dkim.Facts]{
	Doc: lint.Doc{
		ID: "dkim-domainkey-nodata-unproven", Severity: lint.Notice, Unanswered: true,
		Title: "Something exists below _domainkey, but no key was found",
		Why: "The DNS does not say that _domainkey does not exist, so keys may stand below it, under selectors that were not tried. It proves none: " +
			"a wildcard, or a server that never says that a name does not exist, answers in the same way.",
		Ref:  "RFC 8020, Section 2",
		Bad:  lint.Example{Zone: "s2026a._domainkey " + exampleKey, Args: []string{"dkim", "example.com"}},
		Good: lint.Example{Zone: "s2026a._domainkey " + exampleKey, Args: []string{"dkim", "example.com", "--selector", "s2026a"}},
	},
	Check: func(f *dkim.Facts, found lint.ReportFunc) {
		if unproven(f) {
			found(openKeys(f, "DKIM keys of ", triedInVain(f)+", but the name _domainkey exists"))
		}
	},
}

// unproven reports whether keys may exist for no other reason than that _domainkey
// does.
func unproven(f *dkim.Facts) bool {
	d := f.Domainkey
	return !f.Named && len(f.Selectors) == 0 && d != nil && d.Err == nil && (!d.Answer.NXDomain || len(d.Answer.Chain) > 0)
}

// openKeys says that keys are not checked, and how they would be.
func openKeys(f *dkim.Facts, what, reason string) lint.Finding {
	return lint.Finding{Span: lint.NewSource(what+f.Domain, "").Whole(), Message: reason,
		Hint: report.Command("authcheck", "dkim", f.Domain, "--selector", "SELECTOR")}
}

// triedInVain says how the selectors came out that nobody named.
func triedInVain(f *dkim.Facts) string {
	switch failed, tried := f.Unanswered(), len(f.Tried); failed {
	case 0:
		return fmt.Sprintf("no selector was named, and of %d well-known ones none has a key", tried)
	case tried:
		return fmt.Sprintf("no selector was named, and none of %d well-known ones got an answer", tried)
	default:
		return fmt.Sprintf("no selector was named; of %d well-known ones %d got no answer, the others have no key", tried, failed)
	}
}
