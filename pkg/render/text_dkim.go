package render

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/report"
)

// maxKeys is how many keys of a domain are shown.
const maxKeys = 40

// dkim returns a line for each selector, and the record where all evidence is wanted.
func (t *textRenderer) dkim(r *report.Report) []block {
	f := r.Results.DKIM
	var b block
	for i := range f.Selectors {
		if i == maxKeys {
			b = append(b, fmt.Sprintf("  … %d more (-f json)", len(f.Selectors)-i))
			break
		}
		s := &f.Selectors[i]
		name := cut(Printable(s.Name), t.width/2)
		if s.Err == dkim.ErrSelector {
			name = `"` + name + `"`
		}
		if name != "" {
			name += "  "
		}
		b = append(b, t.labelled("  "+name, keyLine(s))...)
		if t.verbosity == Verbose && s.Record != nil {
			b = append(b, cutLines(hang("    ", "    ", asciiOnly(s.Record.String()), t.width))...)
		}
	}
	if len(b) == 0 {
		b = block{"  (no selector was named, and no well-known one has a key)"}
		if failed := f.Unanswered(); failed > 0 {
			b = block{fmt.Sprintf("  (no selector was named, and %d of %d well-known ones got no answer)", failed, len(f.Tried))}
		}
	}
	return []block{b}
}

func cutLines(b block) block {
	if len(b) > maxRecordLines {
		b = append(b[:maxRecordLines], "    … (-f json)")
	}
	return b
}

// keyLine says in a few words what stands at a selector.
func keyLine(s *dkim.Selector) string {
	line := s.Result()
	if s.Err == nil {
		line = keyWords(s.Record)
	} else if line != "missing" && line != "revoked" {
		line += ": " + shortReason(s.Err)
	}
	if alias := s.Alias(); alias != "" {
		line += ", alias of " + Printable(alias)
	}
	return line
}

// keyWords names the key of a record.
func keyWords(r *dkim.Record) string {
	words := r.Key.Type
	if r.Key.Type == dkim.RSA {
		words += fmt.Sprintf(", %d bits", r.Key.Bits)
	}
	if r.Testing() {
		words += ", test mode"
	}
	return words
}
