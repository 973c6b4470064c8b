package render

import "github.com/authcheck/authcheck/pkg/report"

// wireBuilt is what a command wrote for publishing.
type wireBuilt struct {
	Records []wireBuiltRecord `json:"records"`
	Notes   []octets          `json:"notes"`
	Next    octets            `json:"next,omitempty"`
}

type wireBuiltRecord struct {
	Name  octets     `json:"name,omitempty"`
	Type  string     `json:"type"`
	Text  octets     `json:"text"`
	Parts []wirePart `json:"parts"`
}

type wirePart struct {
	Text octets `json:"text"`
	Why  octets `json:"why"`
}

func wireBuiltOf(built *report.Built) *wireBuilt {
	if built == nil {
		return nil
	}
	w := &wireBuilt{Records: make([]wireBuiltRecord, len(built.Records)), Notes: make([]octets, len(built.Notes)), Next: octetsOf(built.Next)}
	for i, r := range built.Records {
		w.Records[i] = wireBuiltRecord{Name: octetsOf(r.Name), Type: r.Type, Text: octetsOf(r.Text), Parts: make([]wirePart, len(r.Parts))}
		for j, p := range r.Parts {
			w.Records[i].Parts[j] = wirePart{octetsOf(p.Text), octetsOf(p.Why)}
		}
	}
	for i, note := range built.Notes {
		w.Notes[i] = octetsOf(note)
	}
	return w
}
