package publish

import (
	"fmt"
	"strings"
)

// writeLines writes the values as a panel with one field for them takes them: no
// quotation marks, no escapes.
func writeLines(records []Record) (string, error) {
	var b strings.Builder
	for _, r := range records {
		if strings.ContainsFunc(r.Text, func(c rune) bool { return c < ' ' || c > '~' }) {
			return "", fmt.Errorf("TXT %q: %w", r.Name, ErrOctets)
		}
		fmt.Fprintln(&b, r.Text)
	}
	return b.String(), nil
}
