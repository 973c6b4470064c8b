package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// messageWords returns the verdicts on a message in a few words.
func (t *textRenderer) messageWords(r *report.Report) string {
	m := r.Results.Message
	best := dkim.None
	for _, s := range m.Signatures {
		if best == dkim.None || s.Status == dkim.Pass {
			best = s.Status
		}
	}
	return "  SPF " + t.paint.status(m.SPF.Status).Sprint(string(m.SPF.Status)) +
		"  DKIM " + t.dkimStatus(best) + "  DMARC" + t.dmarcStatus(r.Results.DMARCResult.Status)[1:]
}

// header returns the fields that a receiver would add, ready to be copied.
func header(r *report.Report) block {
	if r.Results.Message == nil {
		return nil
	}
	var b block
	for _, field := range []string{r.Results.Message.ReceivedSPF, r.Results.Message.AuthenticationResults} {
		for line := range strings.Lines(field) {
			b = append(b, Printable(strings.TrimRight(line, "\r\n")))
		}
	}
	return b
}

func (t *textRenderer) dkimStatus(status dkim.Status) string {
	colour := t.paint.weak
	switch status {
	case dkim.Pass:
		colour = t.paint.good
	case dkim.Fail, dkim.PermError, dkim.Policy:
		colour = t.paint.bad
	}
	return colour.Sprint(string(status))
}

// message returns what the message says of itself, and each verdict with its reason.
func (t *textRenderer) message(r *report.Report) []block {
	m := r.Results.Message
	var about block
	for _, name := range []string{"From", "Subject", "Date"} {
		for _, field := range m.Named(name) {
			value := strings.Join(strings.Fields(field.Value()), " ")
			about = append(about, hang("  ", "    ", name+": "+bounded(Printable(value)), min(t.width, maxProse))...)
			break
		}
	}
	blocks := []block{}
	if len(about) > 0 {
		blocks = append(blocks, about)
	}
	verdicts := t.messageSPF(r)
	skipped := 0
	for i := range m.Signatures {
		if m.Signatures[i].Reason == dkim.ErrTooMany {
			skipped++
			continue
		}
		verdicts = append(verdicts, t.signature(&m.Signatures[i])...)
	}
	if skipped > 0 {
		verdicts = append(verdicts, t.verdictLine("  DKIM   ", t.paint.weak, string(dkim.Neutral), plural(skipped, "more signature")+", not looked at")...)
	}
	if len(m.Signatures) == 0 {
		verdicts = append(verdicts, "  DKIM   "+t.dkimStatus(dkim.None)+"  (the message is not signed)")
	}
	verdicts = append(verdicts, t.messageDMARC(r)...)
	return append(blocks, append(verdicts, t.chain(m.ARC)...))
}

// messageSPF returns the verdicts on the envelope.
func (t *textRenderer) messageSPF(r *report.Report) block {
	m := r.Results.Message
	if !m.SPF.Query.IP.IsValid() {
		return t.labelled("  SPF    ", string(m.SPF.Status)+"  ("+m.SPF.Reason.Error()+")")
	}
	b := t.envelopeVerdict("  SPF    ", &m.SPF, m.Envelope)
	if r.Results.HELO != nil && t.verbosity == Verbose {
		b = append(b, t.envelopeVerdict("  HELO   ", r.Results.HELO, m.Envelope)...)
	}
	return b
}

// envelopeVerdict returns a verdict of SPF and what gave it.
func (t *textRenderer) envelopeVerdict(label string, v *spf.Result, e report.Envelope) block {
	words := []string{fmt.Sprintf("%s from %s", identity(v.Query), v.Query.IP)}
	switch {
	case v.Reason != nil:
		words = append(words, v.Reason.Error())
	case len(v.Path) > 0:
		words = append(words, fmt.Sprintf("%q matches", v.Path[0].Term.Text()))
	default:
		words = append(words, "no term matches")
	}
	if len(e.Guessed) > 0 {
		words = append(words, guessedWords(e.Guessed))
	}
	return t.verdictLine(label, t.paint.status(v.Status), string(v.Status), list(words...))
}

// guessedWords says which parts of an envelope nobody gave, and where they are from.
func guessedWords(parts []report.EnvelopePart) string {
	var names, fields []string
	for _, part := range parts {
		field := "Received"
		switch part {
		case report.EnvelopeSender:
			names, field = append(names, "sender"), "Return-Path"
		case report.EnvelopeHELO:
			names = append(names, "HELO")
		default:
			names = append(names, string(part))
		}
		if !slices.Contains(fields, field) {
			fields = append(fields, field)
		}
	}
	return strings.Join(names, ", ") + " guessed from " + strings.Join(fields, " and ")
}

// verdictLine returns a verdict in its colour and what there is to say about it.
func (t *textRenderer) verdictLine(label string, colour *colour, status, words string) block {
	b := hang(label, strings.Repeat(" ", len(label)), status+"  "+bounded(Printable(words)), min(t.width, maxProse))
	b[0] = label + colour.Sprint(status) + strings.TrimPrefix(b[0], label+status)
	return b
}

// signature returns the verdict on a signature with its reason.
func (t *textRenderer) signature(s *dkim.Result) block {
	words := []string{fmt.Sprintf("%s, selector %s", cmp.Or(s.Signature.Domain, "no domain"), cmp.Or(s.Signature.Selector, "none")), cmp.Or(s.Signature.Algorithm, "no algorithm")}
	if s.Record != nil && s.Record.Key.Bits > 0 && s.Record.Key.Type == dkim.RSA {
		words = append(words, fmt.Sprintf("%d bits", s.Record.Key.Bits))
	}
	if n := s.Unsigned(); n > 0 {
		words = append(words, plural(int(n), "octet")+" of the body not signed")
	}
	text := list(words...)
	if s.Reason != nil {
		text += ": " + s.Reason.Error()
	}
	colour := t.paint.weak
	switch s.Status {
	case dkim.Pass:
		colour = t.paint.good
	case dkim.Fail, dkim.PermError, dkim.Policy:
		colour = t.paint.bad
	}
	b := t.verdictLine("  DKIM   ", colour, string(s.Status), text)
	for _, e := range s.Explanations {
		b = append(b, t.labelled("         why: ", e.Text)...)
	}
	return b
}

// messageDMARC returns the verdict with the alignment of each identifier.
func (t *textRenderer) messageDMARC(r *report.Report) block {
	v, f := r.Results.DMARCResult, r.Results.DMARC
	var words []string
	if f.Domain != "" {
		words = append(words, f.Domain)
	}
	switch {
	case v.Reason != nil:
		words = append(words, shortReason(v.Reason))
	case v.Status == dmarc.StatusPass || v.Status == dmarc.StatusFail:
		words = append(words, "SPF "+identifiers(v.Results.SPF)+alignment[v.SPFAligned], "DKIM "+identifiers(v.Results.DKIM)+alignment[v.DKIMAligned])
	}
	if v.Policy != "" {
		words = append(words, "policy "+string(v.Policy))
	}
	if v.Status == dmarc.StatusFail && v.Disposition != "" {
		words = append(words, "requested: "+string(v.Disposition))
	}
	colour := t.paint.weak
	switch v.Status {
	case dmarc.StatusPass:
		colour = t.paint.good
	case dmarc.StatusFail, dmarc.StatusPermError:
		colour = t.paint.bad
	}
	return t.verdictLine("  DMARC  ", colour, string(v.Status), strings.Join(words, "; "))
}
