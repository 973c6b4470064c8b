package publish

import "strings"

// A change batch of Amazon Route 53, for
//
//	aws route53 change-resource-record-sets --hosted-zone-id ZONE --change-batch file://FILE
type (
	route53Batch struct {
		Changes []route53Change
	}
	route53Change struct {
		Action            string
		ResourceRecordSet route53Set
	}
	route53Set struct {
		Name            string
		Type            string
		TTL             int
		ResourceRecords []route53Value
	}
	route53Value struct {
		Value string
	}
)

// writeRoute53 writes a change batch. CREATE fails where the name has TXT records;
// UPSERT would put this one in the place of all of them.
func writeRoute53(records []Record) (string, error) {
	batch := route53Batch{Changes: make([]route53Change, len(records))}
	for i, r := range records {
		value := route53Value{`"` + strings.Join(r.octal(), `" "`) + `"`}
		batch.Changes[i] = route53Change{"CREATE", route53Set{r.Name + ".", "TXT", r.TTL, []route53Value{value}}}
	}
	return indented(batch)
}

// octal returns the character-strings as Route 53 reads them: its escapes are octal
// numbers.
func (r Record) octal() []string {
	parts := r.strings()
	for i, part := range parts {
		parts[i] = escape(part, `\%03o`)
	}
	return parts
}
