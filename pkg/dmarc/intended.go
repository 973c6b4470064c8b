package dmarc

import (
	"regexp"
	"strings"
)

var (
	written    = regexp.MustCompile(`(?i)\b(p|sp|np)[ \t]*[=:][ \t]*(none|quarantine|reject)\b`)
	policyWord = regexp.MustCompile(`(?i)\b(none|quarantine|reject)\b`)
)

// Intended returns the policies that whoever wrote a text wanted, whether or not
// receivers see them in it: the strongest of each name. Where nothing is said of p,
// it is the strongest policy that the text speaks of.
func Intended(text string) Policies {
	found := map[string]Policy{}
	keep := func(name, word string) {
		if p := Policy(strings.ToLower(word)); found[name] == "" || found[name].Weaker(p) {
			found[name] = p
		}
	}
	for _, match := range written.FindAllStringSubmatch(text, -1) {
		keep(strings.ToLower(match[1]), match[2])
	}
	if found["p"] == "" {
		for _, word := range policyWord.FindAllString(text, -1) {
			keep("p", word)
		}
	}
	return Policies{P: found["p"], SP: found["sp"], NP: found["np"]}
}
