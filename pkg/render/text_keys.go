package render

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/report"
)

// maxStored is how many private keys of a folder are shown.
const maxStored = 1000

// keys returns a line for each private key of a folder, in columns.
func (t *textRenderer) keys(folder *report.KeyFolder) block {
	shown := folder.Keys[:min(len(folder.Keys), maxStored)]
	rows, widths := make([][]string, len(shown)), make([]int, 4)
	for i := range shown {
		rows[i] = t.keyColumns(&shown[i])
		for j := range widths {
			widths[j] = max(widths[j], utf8.RuneCountInString(rows[i][j]))
		}
	}
	var b block
	for i, row := range rows {
		line := ""
		for j, width := range widths {
			line += "  " + row[j] + strings.Repeat(" ", width-utf8.RuneCountInString(row[j]))
		}
		b = append(b, line+"  "+row[4])
		if t.verbosity == Verbose {
			b = append(b, "    "+Printable(shown[i].Private.File))
		}
	}
	if left := len(folder.Keys) - len(shown); left > 0 {
		b = append(b, fmt.Sprintf("  … %d more (-f json)", left))
	}
	return b
}

// keyColumns returns domain, selector, key, age and state of a private key. One whose
// file does not tell the domain has its name instead.
func (t *textRenderer) keyColumns(key *report.StoredKey) []string {
	domain, selector, state := key.Private.Domain, key.Private.Selector, string(key.State)
	switch {
	case key.Selector == nil:
		domain, state = filepath.Base(key.Private.File), "not checked"
	case key.State == dkim.KeyMissing:
		state = "no TXT"
	}
	kind := key.Private.Public.Type
	if kind == dkim.RSA {
		kind += fmt.Sprintf(" %d", key.Private.Public.Bits)
	}
	return []string{cut(displayName(domain), t.width/3), cut(Printable(selector), t.width/5), kind, age(key.Days), state}
}

// age tells a number of days in words that people use.
func age(days int) string {
	switch {
	case days < 1:
		return "today"
	case days < 60:
		return plural(days, "day")
	case days < 730:
		return plural(days/30, "month")
	}
	return plural(days/365, "year")
}
