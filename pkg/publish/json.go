package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// jsonRecord is a record whose value needs no further reading.
type jsonRecord struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	TTL   int    `json:"ttl"`
	Value string `json:"value"`
}

// writeJSON writes an array with an object for each record. JSON has characters, no
// octets: a value that is not UTF-8 is refused.
func writeJSON(records []Record) (string, error) {
	list := make([]jsonRecord, len(records))
	for i, r := range records {
		if !utf8.ValidString(r.Text) {
			return "", fmt.Errorf("TXT %q: %w", r.Name, ErrOctets)
		}
		list[i] = jsonRecord{r.Name, "TXT", r.TTL, r.Text}
	}
	return indented(list)
}

// indented returns a value as JSON, with <, > and & as they are.
func indented(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.String(), err
}
