package publish

import (
	"fmt"
	"strings"
)

// writeBIND writes lines of a master file. Strings stand on lines of their own, in
// parentheses, where there are several.
func writeBIND(records []Record) string {
	var b strings.Builder
	for _, r := range records {
		parts := r.presentation()
		fmt.Fprintf(&b, "%s. %d IN TXT ", r.Name, r.TTL)
		if len(parts) == 1 {
			fmt.Fprintln(&b, parts[0])
			continue
		}
		fmt.Fprintf(&b, "( %s )\n", strings.Join(parts, "\n\t"))
	}
	return b.String()
}
