package dkim

import (
	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/message"
)

// Domains returns the domains that signatures of a message claim, as they are
// written, before anything is verified: what depends on them can be asked at once.
func Domains(m *message.Message) []string {
	var domains []string
	for i, f := range m.Named(signatureField) {
		if i == DefaultMaxSignatures {
			break
		}
		if d := taglist.Parse(m.Source(f, signatureField)).Get("d"); d != nil {
			domains = append(domains, d.Value.Text())
		}
	}
	return domains
}
