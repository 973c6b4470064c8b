package check

import (
	"strconv"
	"strings"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/authres"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// writeHeader writes the fields that a receiver with these verdicts would add.
func (q MessageRequest) writeHeader(r report.Results) {
	m := r.Message
	id := q.AuthservID
	if id == "" {
		id = receiverOf(m.Message)
	}
	results := append([]authres.Result{resultSPF(&m.SPF)}, resultsDKIM(m.Signatures)...)
	results = append(results, resultDMARC(r))
	if m.ARC.Status != arc.None {
		results = append(results, resultARC(m))
	}
	m.AuthenticationResults = authres.Format(id, results)
	if m.SPF.Query.IP.IsValid() {
		m.ReceivedSPF = authres.FormatReceivedSPF(receivedSPF(id, &m.SPF))
	}
}

// receiverOf returns the host that says it took the message last, or else this one.
func receiverOf(m *message.Message) string {
	for _, field := range m.Named("Received") {
		name, err := lookup.FromUser(word(field.Value(), "by"))
		if err == nil && strings.Contains(name, ".") && !strings.ContainsAny(name, `\:[]`) {
			return name
		}
	}
	return "localhost"
}

// nullSender reports whether a verdict on MAIL FROM rests on the HELO name.
func nullSender(r *spf.Result) bool { return r.NullSender && r.Query.Helo != "" }

// resultSPF returns the verdict on the envelope. The local part of the sender is left
// out (RFC 8601, Section 2.7.2).
func resultSPF(r *spf.Result) authres.Result {
	out := authres.Result{Method: "spf", Result: string(r.Status), Reason: reasonText(r.Reason)}
	property := authres.Property{Type: "smtp", Name: "mailfrom", Value: r.Query.Domain}
	if nullSender(r) {
		property = authres.Property{Type: "smtp", Name: "helo", Value: r.Query.Helo}
	}
	out.Properties = append(out.Properties, property)
	return out
}

// resultsDKIM returns the verdict on each signature, or none.
func resultsDKIM(signatures []dkim.Result) []authres.Result {
	if len(signatures) == 0 {
		return []authres.Result{{Method: "dkim", Result: string(dkim.None), Reason: "the message is not signed"}}
	}
	out := make([]authres.Result, len(signatures))
	values := shortest(signatures)
	for i := range signatures {
		r := &signatures[i]
		out[i] = authres.Result{Method: "dkim", Result: string(r.Status), Reason: reasonText(r.Reason), Properties: []authres.Property{
			{Type: "header", Name: "d", Value: r.Signature.Domain},
			{Type: "header", Name: "s", Value: r.Signature.Selector},
			{Type: "header", Name: "a", Value: r.Signature.Algorithm},
			{Type: "header", Name: "b", Value: values[i]},
		}}
	}
	return out
}

// shortest returns the first octets of each b=, 8 or as many as it takes to tell it
// from the others (RFC 6008, Section 4).
func shortest(signatures []dkim.Result) []string {
	const least, most = 8, 64 // octets; two signatures do not agree in more
	values, count := make([]string, len(signatures)), map[string]int{}
	for i := range signatures {
		value := signatureText(&signatures[i])
		values[i] = value[:min(len(value), most)]
		for n := least; n < len(values[i]); n++ {
			count[values[i][:n]]++
		}
	}
	for i, value := range values {
		n := min(least, len(value))
		for n < len(value) && count[value[:n]] > 1 {
			n++
		}
		values[i] = value[:n]
	}
	return values
}

// resultDMARC returns the verdict on the Author Domain, with the policy that the domain
// asks for (RFC 9989, Section 9.1).
func resultDMARC(r report.Results) authres.Result {
	v := r.DMARCResult
	out := authres.Result{Method: "dmarc", Result: string(v.Status), Reason: reasonText(v.Reason)}
	out.Properties = []authres.Property{{Type: "header", Name: "from", Value: r.DMARC.Domain}}
	if v.Policy != "" {
		out.Properties = append(out.Properties, authres.Property{Type: "policy", Name: "dmarc", Value: string(r.DMARC.Requested(v.Policy))})
	}
	return out
}

// resultARC returns the verdict on the chain (RFC 8617, Section 6).
func resultARC(m *report.Message) authres.Result {
	out := authres.Result{Method: "arc", Result: string(m.ARC.Status), Reason: reasonText(m.ARC.Reason)}
	if m.Envelope.Client.IsValid() {
		out.Properties = append(out.Properties, authres.Property{Type: "smtp", Name: "remote-ip", Value: m.Envelope.Client.String()})
	}
	if m.ARC.Status == arc.Pass {
		out.Properties = append(out.Properties, authres.Property{Type: "header", Name: "oldest-pass", Value: strconv.Itoa(m.ARC.OldestPass)})
	}
	return out
}

// receivedSPF returns the verdict on the envelope as RFC 7208, Section 9.1, has it.
func receivedSPF(receiver string, r *spf.Result) authres.ReceivedSPF {
	q := r.Query
	out := authres.ReceivedSPF{Result: string(r.Status), Receiver: receiver, ClientIP: q.IP, EnvelopeFrom: q.Sender, HELO: q.Helo, Identity: "mailfrom"}
	if nullSender(r) { // postmaster at the HELO name was never given
		out.EnvelopeFrom, out.Identity = "", "helo"
	}
	switch {
	case r.Reason != nil:
		out.Comment = r.Reason.Error()
	case len(r.Path) > 0:
		out.Mechanism = r.Path[0].Term.Text()
		out.Comment = q.Domain + ": " + out.Mechanism + " matches"
	default:
		out.Mechanism, out.Comment = "default", q.Domain+": no term matches"
	}
	if r.Status == spf.TempError || r.Status == spf.PermError {
		out.Problem = r.Reason.Error()
	}
	return out
}

// reasonText returns what there is to say of a verdict beside itself.
func reasonText(reason error) string {
	if reason == nil {
		return ""
	}
	return reason.Error()
}
