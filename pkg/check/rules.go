package check

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/spf"
)

//go:generate go run ../../cmd/authcheck rules --format markdown --output RULES.md

// Docs returns the documentation of every rule, sorted by ID.
func Docs() []lint.Doc { return slices.Clone(allDocs()) }

// allDocs is Docs, put together once. Nobody changes it.
var allDocs = sync.OnceValue(func() []lint.Doc {
	docs := slices.Concat(
		lint.Docs(lookup.FailureRules()), lint.Docs(lookup.AnswerRules()), lint.Docs(lookup.FileRules()),
		lint.Docs(spf.Rules()), lint.Docs(spf.ResultRules()), lint.Docs(spf.FlattenRules()), lint.Docs(spf.DiffRules()),
		lint.Docs(dkim.KeyRules()), lint.Docs(dkim.FileRules()), lint.Docs(dkim.SignatureRules()), lint.Docs(dkim.AdviceRules()), lint.Docs(dmarc.RecordRules()), lint.Docs(dmarc.ResultRules()), lint.Docs(arc.Rules()),
		lint.Docs(mailhost.Rules()), lint.Docs(message.Rules()), lint.Docs(messageRules()), lint.Docs(crossRules()), lint.Docs(bulkRules()), lint.Docs(openRules()), lint.Docs(configRules()))
	slices.SortFunc(docs, func(a, b lint.Doc) int { return cmp.Compare(a.ID, b.ID) })
	return docs
})

// docPlaces returns the places of rules in allDocs, by their IDs.
var docPlaces = sync.OnceValue(func() map[string]int {
	places := map[string]int{}
	for at, doc := range allDocs() {
		places[doc.ID] = at
	}
	return places
})

// unansweredRules returns the IDs of rules that report a question without answer.
var unansweredRules = sync.OnceValue(func() map[string]bool {
	ids := map[string]bool{}
	for _, doc := range allDocs() {
		ids[doc.ID] = doc.Unanswered
	}
	return ids
})

// Retired returns IDs that named rules once, with the rule that took over. They
// are reserved for ever.
func Retired() map[string]string {
	return map[string]string{
		"dkim-sig-i-strict":              "dkim-flag-strict",
		"dns-name-trailing-text":         "dns-owner-name-doubled",
		"msg-8bit-body":                  "dkim-sig-8bit-risk",
		"mx-null-without-address":        "mx-null",
		"ptr-dns-failure":                "dns-servfail",
		"ptr-v6-missing":                 "ptr-missing",
		"spf-all-multiple":               "spf-all-not-last",
		"spf-duplicate-identical-record": "spf-multiple-records",
		"spf-include-self":               "spf-include-loop",
		"spf-obsolete-modifier":          "spf-unknown-modifier",
		"spf-path-dependent-limit":       "spf-too-many-lookups",
		"spf-record-over-512":            "spf-record-over-450",
		"spf-type99-differs":             "spf-type99-record",
		"spf-unicode-dash":               "txt-non-ascii",
		"txt-leading-whitespace":         "spf-leading-space",
	}
}

// Rule returns the documentation of a rule. The error names the rule that was
// probably meant.
func Rule(id string) (lint.Doc, error) {
	docs := Docs()
	ids := make([]string, len(docs))
	for i, doc := range docs {
		if ids[i] = doc.ID; doc.ID == id {
			return doc, nil
		}
	}
	if now, ok := Retired()[id]; ok {
		return lint.Doc{}, fmt.Errorf("rule %q is now %q", id, now)
	}
	return lint.Doc{}, fmt.Errorf("there is no rule %q%s", id, suggestion(id, ids))
}
