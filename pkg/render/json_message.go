package render

import (
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/report"
)

// wireMessage is what a message is.
type wireMessage struct {
	Line        int           `json:"line,omitempty"`
	FromFields  int           `json:"from_fields"`
	FromDomains []string      `json:"from_domains"`
	Defects     []string      `json:"defects"`
	Envelope    *wireEnvelope `json:"envelope,omitempty"`
}

// wireEnvelope is what is known of the delivery.
type wireEnvelope struct {
	IP      string                `json:"ip,omitempty"`
	HELO    octets                `json:"helo,omitempty"`
	Sender  *octets               `json:"sender,omitempty"`
	Guessed []report.EnvelopePart `json:"guessed"`
}

// wireSignature is the verdict on a signature.
type wireSignature struct {
	Result           dkim.Status `json:"result"`
	Reason           octets      `json:"reason,omitempty"`
	Domain           octets      `json:"domain,omitempty"`
	Selector         octets      `json:"selector,omitempty"`
	Identity         octets      `json:"identity,omitempty"`
	Algorithm        octets      `json:"algorithm,omitempty"`
	KeyBits          int         `json:"key_bits,omitempty"`
	Testing          bool        `json:"testing"`
	Canonicalization string      `json:"canonicalization"`
	BodyHash         dkim.Check  `json:"body_hash"`
	Signature        dkim.Check  `json:"signature"`
	SignedHeaders    []octets    `json:"signed_headers"`
	Unsigned         int64       `json:"unsigned_octets,omitempty"`
	Explanation      octets      `json:"explanation,omitempty"`
	Causes           []wireCause `json:"causes,omitempty"`
}

// wireCause is what happened to a message after it was signed.
type wireCause struct {
	Cause   dkim.Cause `json:"cause"`
	Text    octets     `json:"text"`
	Line    int        `json:"line,omitempty"`
	EndLine int        `json:"end_line,omitempty"`
}

func wireMessageOf(m *report.Message) *wireMessage {
	if m == nil {
		return nil
	}
	w := &wireMessage{FromFields: len(m.Named("From")), FromDomains: m.FromDomains(), Defects: []string{}}
	if m.Origin.Line > 1 {
		w.Line = m.Origin.Line
	}
	for _, d := range m.Defects {
		w.Defects = append(w.Defects, string(d.Kind))
	}
	if e := m.Envelope; e.Client.IsValid() || e.Sender != nil || e.HELO != "" {
		w.Envelope = &wireEnvelope{HELO: octetsOf(e.HELO), Guessed: append([]report.EnvelopePart{}, e.Guessed...)}
		if e.Client.IsValid() {
			w.Envelope.IP = e.Client.String()
		}
		if e.Sender != nil {
			sender := octetsOf(*e.Sender)
			w.Envelope.Sender = &sender
		}
	}
	return w
}

// wireSignaturesOf returns the verdicts in the order of the message; an unsigned one
// has an empty list.
func wireSignaturesOf(m *report.Message) []wireSignature {
	if m == nil {
		return nil
	}
	signatures := make([]wireSignature, len(m.Signatures))
	for i := range m.Signatures {
		r := &m.Signatures[i]
		s := r.Signature
		w := wireSignature{
			Result: r.Status, Domain: octetsOf(s.Domain), Selector: octetsOf(s.Selector), Identity: octetsOf(s.Identity), Algorithm: octetsOf(s.Algorithm),
			Testing: r.Testing(), Canonicalization: string(s.Header) + "/" + string(s.Body), BodyHash: r.BodyHash, Signature: r.Header,
			SignedHeaders: make([]octets, 0, len(s.Names)), Unsigned: r.Unsigned(),
		}
		if r.Reason != nil {
			w.Reason = octetsOf(r.Reason.Error())
		}
		if r.Record != nil {
			w.KeyBits = r.Record.Key.Bits
		}
		var texts []string
		for _, e := range r.Explanations {
			texts = append(texts, e.Text)
			w.Causes = append(w.Causes, wireCause{e.Cause, octetsOf(e.Text), e.Lines[0], e.Lines[1]})
		}
		w.Explanation = octetsOf(strings.Join(texts, "; "))
		for _, name := range s.Names {
			w.SignedHeaders = append(w.SignedHeaders, octetsOf(name.Text()))
		}
		signatures[i] = w
	}
	return slices.Clip(signatures)
}

// wireARC is the chain of a message.
type wireARC struct {
	Result     arc.Status   `json:"result"`
	Reason     octets       `json:"reason,omitempty"`
	Instances  int          `json:"instances"`
	OldestPass *int         `json:"oldest_pass,omitempty"`
	Sets       []wireARCSet `json:"sets,omitempty"`
}

// wireARCSet is what one set of a chain says, and what became of its signatures.
type wireARCSet struct {
	Instance int         `json:"instance"`
	Domain   octets      `json:"domain,omitempty"`
	Selector octets      `json:"selector,omitempty"`
	CV       octets      `json:"cv,omitempty"`
	Message  dkim.Status `json:"message,omitempty"`
	Seal     dkim.Status `json:"seal,omitempty"`
	Claims   octets      `json:"authentication_results,omitempty"`
}

func wireARCOf(m *report.Message) *wireARC {
	if m == nil || m.ARC == nil {
		return nil
	}
	w := &wireARC{Result: m.ARC.Status, Instances: len(m.ARC.Sets)}
	if m.ARC.Reason != nil {
		w.Reason = octetsOf(m.ARC.Reason.Error())
	}
	if m.ARC.Status == arc.Pass {
		w.OldestPass = &m.ARC.OldestPass
	}
	for i := range m.ARC.Sets {
		s := &m.ARC.Sets[i]
		set := wireARCSet{Instance: s.Instance, CV: octetsOf(s.Validation())}
		if s.Seal != nil {
			set.Domain, set.Selector = octetsOf(s.Seal.Domain), octetsOf(s.Seal.Selector)
		}
		if s.MessageResult != nil {
			set.Message = s.MessageResult.Status
		}
		if s.SealResult != nil {
			set.Seal = s.SealResult.Status
		}
		if s.Results != nil {
			set.Claims = octetsOf(strings.Join(strings.Fields(s.Results.Source.Text), " "))
		}
		w.Sets = append(w.Sets, set)
	}
	return w
}
