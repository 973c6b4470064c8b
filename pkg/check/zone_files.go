package check

import (
	"slices"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// uncheckedFile lists what a file leaves open.
func uncheckedFile(f *lookup.File) []report.Question {
	var open []report.Question
	for _, path := range f.Includes {
		open = append(open, report.Question{Question: "records of " + path, Reason: "$INCLUDE is not followed",
			Settle: report.Command("authcheck", "lint", "zone", f.Name, path)})
	}
	if len(f.Relative) > 0 {
		open = append(open, report.Question{Question: "names of " + f.Name, Reason: "no $ORIGIN says which domain they belong to",
			Settle: report.Command("authcheck", "lint", "zone", f.Name, "--origin", "DOMAIN")})
	}
	return open
}

// longTexts returns the TXT records that have a string over the limit, as answers:
// records that are no mail records are asked for by nobody.
func longTexts(files []*lookup.File) []lookup.Reply {
	var replies []lookup.Reply
	for _, f := range files {
		for _, rec := range f.Records {
			if rec.Type == lookup.TypeTXT && slices.ContainsFunc(rec.Strings, func(s string) bool { return len(s) > lookup.MaxString }) {
				replies = append(replies, lookup.Reply{Question: lookup.Question{Name: rec.Name, Type: rec.Type}, Answer: lookup.Answer{Records: []lookup.Record{rec}}})
			}
		}
	}
	return replies
}

// texts returns the TXT records of all files whose names are known.
func texts(files []*lookup.File) []lookup.Record {
	var records []lookup.Record
	for _, f := range files {
		for _, rec := range f.Records {
			if rec.Type == lookup.TypeTXT && !f.Relative[rec.Name] {
				records = append(records, rec)
			}
		}
	}
	return records
}
