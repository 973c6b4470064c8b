package publish

import (
	"fmt"
	"strings"
)

// writeNSUpdate writes commands for nsupdate or knsupdate, which find the zone and
// its server themselves.
func writeNSUpdate(records []Record) string {
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "update add %s. %d TXT %s\n", r.Name, r.TTL, strings.Join(r.presentation(), " "))
	}
	return b.String() + "send\n"
}
