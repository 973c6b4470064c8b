package render

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/arc"
)

// chain returns the verdict on a chain of forwarders, if there is one.
func (t *textRenderer) chain(c *arc.Chain) block {
	if c.Status == arc.None {
		return nil
	}
	var sealers []string
	for i := range c.Sets {
		if s := c.Sets[i].Seal; s != nil {
			sealers = append(sealers, s.Domain)
		}
	}
	words, colour := "", t.paint.good
	if len(c.Sets) > 0 {
		words = plural(len(c.Sets), "set") + ", sealed by " + cmp.Or(list(sealers...), "nobody")
	}
	if c.Reason != nil {
		words, colour = strings.TrimPrefix(words+": "+c.Reason.Error(), ": "), t.paint.weak
	}
	b := t.verdictLine("  ARC    ", colour, string(c.Status), words)
	if t.verbosity == Verbose {
		for i := range c.Sets {
			b = append(b, t.labelled("         ", setWords(&c.Sets[i]))...)
		}
	}
	return b
}

// setWords says what is known of a set, and what its handler claims to have found.
func setWords(s *arc.Set) string {
	words := fmt.Sprintf("i=%d", s.Instance)
	if s.Seal != nil {
		words += fmt.Sprintf(" by %s, selector %s, cv=%s", cmp.Or(s.Seal.Domain, "nobody"), cmp.Or(s.Seal.Selector, "none"), cmp.Or(s.Validation(), "missing"))
	}
	if s.MessageResult != nil {
		words += fmt.Sprintf(": message %s, seal %s", s.MessageResult.Status, s.SealResult.Status)
	}
	if s.Results == nil {
		return words
	}
	var claims []string
	for i := range s.Results.Claims[:min(len(s.Results.Claims), maxClaims)] {
		if c := &s.Results.Claims[i]; c.Err == nil {
			claims = append(claims, c.Method.Text+"="+c.Result.Text)
		}
	}
	if len(claims) > 0 {
		words += fmt.Sprintf("; %s said %s", cmp.Or(s.Results.ID.Text, "nobody"), list(claims...))
	}
	return words
}

// maxClaims is how many claims of a set are shown.
const maxClaims = 8
