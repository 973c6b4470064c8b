package publish

import "strings"

// A batch of changes for POST /zones/ZONE/dns_records/batch of Cloudflare's API.
type (
	cloudflareBatch struct {
		Posts []cloudflareRecord `json:"posts"`
	}
	cloudflareRecord struct {
		Type    string `json:"type"`
		Name    string `json:"name"`
		Content string `json:"content"`
		TTL     int    `json:"ttl"`
	}
)

// writeCloudflare writes a batch that creates the records. The content is what a
// master file has.
func writeCloudflare(records []Record) (string, error) {
	batch := cloudflareBatch{Posts: make([]cloudflareRecord, len(records))}
	for i, r := range records {
		batch.Posts[i] = cloudflareRecord{"TXT", r.Name, strings.Join(r.presentation(), " "), r.TTL}
	}
	return indented(batch)
}
