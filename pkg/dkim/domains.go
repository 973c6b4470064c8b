package dkim

import (
	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/message"
)

// Domains returns the domains that signatures of a message claim, as they are
// written, before anything is verified: what depends on them can be asked at once. limit
// is that of VerifyOptions.MaxSignatures.
func Domains(m *message.Message, limit int) []string {
	var domains []string
	fields := m.Named(signatureField)
	for _, f := range fields[:min(len(fields), maxSignatures(limit))] {
		if d := taglist.Parse(m.Source(f, signatureField)).Get("d"); d != nil {
			domains = append(domains, d.Value.Text())
		}
	}
	return domains
}

// maxSignatures returns how many signatures are looked at where limit are demanded.
func maxSignatures(limit int) int {
	if limit <= 0 {
		return DefaultMaxSignatures
	}
	return limit
}
