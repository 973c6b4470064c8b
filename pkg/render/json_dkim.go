package render

import (
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
	Result   string  `json:"result"`
	Reason   octets  `json:"reason,omitempty"`
}

// wireKeysOf returns nil where nobody looked for keys.
func wireKeysOf(r report.Results) []wireKey {
	if r.DKIM == nil {
		return nil
	}
	w := make([]wireKey, len(r.DKIM.Selectors))
	for i := range r.DKIM.Selectors {
		s := &r.DKIM.Selectors[i]
		w[i] = wireKey{Domain: octets(r.DKIM.Domain), Selector: octets(s.Name), Alias: octets(s.Alias()), Result: s.Result()}
		if s.Err != nil {
			w[i].Reason = octets(s.Err.Error())
		}
		if s.Record != nil {
			w[i].describe(s.Record)
		}
	}
	return w
}

func (w *wireKey) describe(r *dkim.Record) {
	text := octets(r.String())
	w.Record, w.KeyType, w.KeyBits, w.Testing = &text, r.Key.Type, r.Key.Bits, r.Testing()
}
