package render

import (
	"time"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/report"
)

// wireKey is a selector with the key that is published there.
type wireKey struct {
	Domain   octets  `json:"domain,omitempty"`
	Selector octets  `json:"selector,omitempty"`
	Alias    octets  `json:"alias,omitempty"`
	Record   *octets `json:"record,omitempty"`
	KeyType  string  `json:"key_type,omitempty"`
	KeyBits  int     `json:"key_bits,omitempty"`
	Testing  bool    `json:"testing,omitempty"`
	Result   string  `json:"result,omitempty"`
	Reason   octets  `json:"reason,omitempty"`
	// Of a folder of private keys.
	Private *wirePrivate `json:"private_key,omitempty"`
}

// wirePrivate is a private key, of which nothing secret is told.
type wirePrivate struct {
	File     octets     `json:"file"`
	KeyType  string     `json:"key_type"`
	KeyBits  int        `json:"key_bits"`
	Modified time.Time  `json:"modified"`
	Days     int        `json:"age_days"`
	State    dkim.State `json:"state,omitempty"`
}

// wireKeysOf returns nil where nobody looked for keys.
func wireKeysOf(r report.Results) []wireKey {
	if r.Keys != nil {
		return wireStoredOf(r.Keys)
	}
	if r.DKIM == nil {
		return nil
	}
	w := make([]wireKey, len(r.DKIM.Selectors))
	for i := range r.DKIM.Selectors {
		w[i] = wireKeyOf(r.DKIM.Domain, &r.DKIM.Selectors[i])
	}
	return w
}

func wireKeyOf(domain string, s *dkim.Selector) wireKey {
	w := wireKey{Domain: octetsOf(domain), Selector: octetsOf(s.Name), Alias: octetsOf(s.Alias()), Result: s.Result()}
	if s.Err != nil {
		w.Reason = octetsOf(s.Err.Error())
	}
	if s.Record != nil {
		w.describe(s.Record)
	}
	return w
}

func wireStoredOf(folder *report.KeyFolder) []wireKey {
	w := make([]wireKey, len(folder.Keys))
	for i, key := range folder.Keys {
		if key.Selector != nil {
			w[i] = wireKeyOf(key.Private.Domain, key.Selector)
		}
		public := key.Private.Public
		w[i].Private = &wirePrivate{pathOctets(key.Private.File), public.Type, public.Bits, key.Private.Modified.UTC().Truncate(time.Second), key.Days, key.State}
	}
	return w
}

func (w *wireKey) describe(r *dkim.Record) {
	text := octetsOf(r.String())
	w.Record, w.KeyType, w.KeyBits, w.Testing = &text, r.Key.Type, r.Key.Bits, r.Testing()
}
