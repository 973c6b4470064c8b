package dkim

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/authcheck/authcheck/pkg/lint"
)

// ageRules judge how long a key has been in use.
func ageRules() []rule { return []rule{keyOld} }

// shared is the selector under which a large provider has given every domain a key
// since 2023: its name says nothing about the key.
const shared = "20230601"

var keyOld = rule{
	Doc: lint.Doc{
		ID: "dkim-key-old", Severity: lint.Notice,
		Title: "Key in use for more than a year",
		Why: "The longer a key is in use, the more people may have got hold of it. The selector or n= names a date more than twelve months ago. " +
			"Keys that somebody else publishes are not judged.",
		Ref:  "operational",
		Bad:  dated("s20240315"),
		Good: dated("s20260315"),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.At.IsZero() {
			return
		}
		for i := range f.Selectors {
			s := &f.Selectors[i]
			if s.Err != nil || s.Alias() != "" || s.Name == shared {
				continue
			}
			named, _ := dateIn(s.Name, f.At)
			noted, ok := dateIn(s.Record.value("n", ""), f.At)
			found := lint.Finding{Span: s.Record.List.Source.Whole(), Message: fmt.Sprintf("the selector %s names a date more than twelve months ago", s.Name),
				Hint: "Make a new key under a new selector, sign with it, and later revoke this one."}
			if ok && !noted.Before(named) {
				named, found.Span = noted, s.Record.List.Get("n").Span
				found.Message = fmt.Sprintf("n=%s names a date more than twelve months ago", s.Record.value("n", ""))
			}
			if !named.IsZero() && !named.After(f.At.UTC().AddDate(-1, 0, 0)) {
				report(found)
			}
		}
	},
}

// dated is the example of a domain with a key at this selector, late in 2026.
func dated(selector string) lint.Example {
	return lint.Example{Zone: selector + `._domainkey TXT "v=DKIM1; k=ed25519; p=` + exampleEd25519 + `"`,
		Args: []string{"dkim", "example.com", "--selector", selector, "--at", "2026-11-21T12:00:00Z"}}
}

// date matches a text that is a date, with nothing but letters and separators before
// it: a day, a month, or a year with the letter of a key made in it.
var date = regexp.MustCompile(`^[A-Za-z _.:-]*(\d{4})(?:(\d{2})(\d{2})?|-(\d{2})(?:-(\d{2}))?|[a-z])$`)

// dateIn returns the moment at which the day, month or year that a text names is
// over. ok is false where it names none that at can know of.
func dateIn(text string, at time.Time) (end time.Time, ok bool) {
	m := date.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, false
	}
	year, _ := strconv.Atoi(m[1]) // four digits
	month, monthGiven := number(m[2] + m[4])
	day, dayGiven := number(m[3] + m[5])
	begin := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	// A month or a day that does not exist has become another one.
	if year < 2000 || year > at.UTC().Year() || begin.Year() != year || int(begin.Month()) != month || begin.Day() != day {
		return time.Time{}, false
	}
	switch {
	case dayGiven:
		return begin.AddDate(0, 0, 1), true
	case monthGiven:
		return begin.AddDate(0, 1, 0), true
	}
	return begin.AddDate(1, 0, 0), true
}

// number returns the number that digits stand for; 1 where there are none.
func number(digits string) (n int, given bool) {
	if digits == "" {
		return 1, false
	}
	n, _ = strconv.Atoi(digits) // two digits
	return n, true
}
