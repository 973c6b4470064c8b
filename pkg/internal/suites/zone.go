package suites

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Record is a record as the suites write it.
type Record struct {
	Type    string
	Strings []string
	Pref    int
	Data    string
}

// Zone returns the names and faults of a case as a master file in which every
// other name does not exist.
func Zone(zone map[string][]Record, faults map[string]map[string]string) string {
	var b strings.Builder
	b.WriteString(";! AUTHORITATIVE .\n")
	for _, name := range slices.Sorted(maps.Keys(zone)) {
		for _, r := range zone[name] {
			switch r.Type {
			case "TXT":
				fmt.Fprintf(&b, "%s. 300 TXT %s\n", name, strings.Trim(fmt.Sprintf("%q", r.Strings), "[]"))
			case "MX":
				fmt.Fprintf(&b, "%s. 300 MX %d %s.\n", name, r.Pref, r.Data)
			case "A", "AAAA":
				fmt.Fprintf(&b, "%s. 300 %s %s\n", name, r.Type, r.Data)
			default:
				fmt.Fprintf(&b, "%s. 300 %s %s.\n", name, r.Type, r.Data)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		for _, typ := range slices.Sorted(maps.Keys(faults[name])) {
			fmt.Fprintf(&b, ";! %s %s. %s\n", faults[name][typ], name, typ)
		}
	}
	return b.String()
}
