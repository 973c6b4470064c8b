package lookup

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/miekg/dns"
)

const (
	// ednsSize is the largest UDP response that is asked for, in octets: one
	// that crosses any network in one piece (RFC 9715).
	ednsSize = 1232
	// headerSize is the length of a message without any section, in octets
	// (RFC 1035, Section 4.1.1).
	headerSize = 12
	// maxChain is the number of CNAME records followed for one question. The
	// standards set no limit; resolvers stop between 8 and 20.
	maxChain = 16
)

// newQuery returns the message that asks q, with EDNS, recursion desired and AD
// set so that the resolver says whether it validated (RFC 6840, Section 5.7).
func newQuery(q Question) *dns.Msg {
	m := &dns.Msg{
		MsgHdr: dns.MsgHdr{
			Id:                uint16(rand.Uint32()), // the generator is seeded by the system and unpredictable
			RecursionDesired:  true,
			AuthenticatedData: true,
		},
		Question: []dns.Question{{Name: q.Name + ".", Qtype: uint16(q.Type), Qclass: dns.ClassINET}},
	}
	return m.SetEdns0(ednsSize, false)
}

// response is a message that answers a query, as it came from a server.
type response struct {
	msg  *dns.Msg
	size int // octets
}

// readResponse reads octets as the response to a query. The error is
// ErrMalformed and says what is wrong with them.
func readResponse(octets []byte, query *dns.Msg) (response, *Error) {
	m := new(dns.Msg)
	err := m.Unpack(octets)
	if len(octets) < headerSize {
		return response{}, malformed("%d octets", len(octets))
	}
	if what := mismatch(query, m); what != "" {
		return response{}, malformed("%s", what)
	}
	// A truncated message may end in the middle of a record: nobody reads it.
	if err != nil && !m.Truncated {
		return response{}, malformed("%v", err)
	}
	return response{m, len(octets)}, nil
}

func malformed(format string, args ...any) *Error {
	return &Error{Reason: ErrMalformed, Detail: fmt.Sprintf(format, args...)}
}

// mismatch says why the message is no response to the query, "" if it is one
// (RFC 5452, Section 9.1).
func mismatch(query, m *dns.Msg) string {
	failed := m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError
	switch {
	case m.Id != query.Id:
		return "answer with another id"
	case !m.Response:
		return "a query instead of an answer"
	case m.Opcode != query.Opcode:
		return "answer with another opcode"
	case len(m.Question) == 0 && failed:
		return "" // servers that cannot answer often send the header alone
	case len(m.Question) != 1 || !sameQuestion(m.Question[0], query.Question[0]):
		return "answer to another question"
	}
	return ""
}

func sameQuestion(a, b dns.Question) bool {
	x, ok := canonicalHost(a.Name)
	y, _ := canonicalHost(b.Name)
	return ok && x == y && a.Qtype == b.Qtype && a.Qclass == b.Qclass
}

// judge returns why the response leaves the question open, nil if it answers it
// with data or with the absence of data.
func judge(m *dns.Msg) *Error {
	switch m.Rcode {
	case dns.RcodeSuccess:
		if isReferral(m) {
			return &Error{Reason: ErrReferral, Detail: "the server does not resolve for others"}
		}
		return nil
	case dns.RcodeNameError:
		return nil
	case dns.RcodeServerFailure:
		return &Error{Reason: ErrServFail, Detail: extendedError(m)}
	case dns.RcodeRefused:
		return &Error{Reason: ErrRefused, Detail: extendedError(m)}
	}
	return &Error{Reason: ErrRCode, Detail: rcodeName(m.Rcode)}
}

// isReferral reports whether the response only names servers that may know
// more (RFC 2308, Section 2.2.1, where such a response is not "no data").
func isReferral(m *dns.Msg) bool {
	return len(m.Answer) == 0 && !m.Authoritative && !m.RecursionAvailable &&
		hasType(m.Ns, dns.TypeNS) && !hasType(m.Ns, dns.TypeSOA)
}

func hasType(section []dns.RR, typ uint16) bool {
	return slices.ContainsFunc(section, func(rr dns.RR) bool { return rr.Header().Rrtype == typ })
}

// extendedError returns what the server says about its failure, quoted, or ""
// (RFC 8914, Section 2).
func extendedError(m *dns.Msg) string {
	opt := m.IsEdns0()
	if opt == nil {
		return ""
	}
	for _, option := range opt.Option {
		ede, ok := option.(*dns.EDNS0_EDE)
		if !ok {
			continue
		}
		text := dns.ExtendedErrorCodeToString[ede.InfoCode]
		if text == "" {
			text = fmt.Sprintf("extended error %d", ede.InfoCode)
		}
		if ede.ExtraText != "" {
			text += fmt.Sprintf(": %+q", ede.ExtraText)
		}
		return text
	}
	return ""
}

func rcodeName(rcode int) string {
	if name, ok := dns.RcodeToString[rcode]; ok {
		return name
	}
	return fmt.Sprintf("RCODE%d", rcode)
}

// add puts what a response says into the answer to q, whose chain led to the
// name that was asked last. more means that the chain goes on at a name of which
// the response knows nothing. The error is ErrCNAMELoop.
func (a *Answer) add(q Question, r response) (more bool, failed *Error) {
	a.AD = r.msg.AuthenticatedData && (a.Size == 0 || a.AD)
	a.Size = r.size
	found := make(map[string][]Record)
	alias := make(map[string]string)
	for _, rr := range r.msg.Answer {
		rec, ok := fromRR(rr)
		switch {
		case !ok:
		case rec.Type == q.Type:
			found[rec.Name] = append(found[rec.Name], rec)
		case rec.Type == TypeCNAME:
			// Two aliases of one name are a fault; take the same one every time.
			if target, ok := alias[rec.Name]; !ok || rec.Host < target {
				alias[rec.Name] = rec.Host
			}
		}
	}
	links := len(a.Chain)
	for owner := a.Owner(q.Name); len(found[owner]) == 0; {
		target, ok := alias[owner]
		if !ok {
			a.NXDomain = r.msg.Rcode == dns.RcodeNameError
			// RFC 2308, Section 2.2: an SOA is what makes it "no data".
			return len(a.Chain) > links && !a.NXDomain && !hasType(r.msg.Ns, dns.TypeSOA), nil
		}
		if len(a.Chain) == maxChain || target == q.Name || slices.Contains(a.Chain, target) {
			return false, &Error{Reason: ErrCNAMELoop, Detail: "at " + target}
		}
		a.Chain = append(a.Chain, target)
		owner = target
	}
	a.Records = settle(found[a.Owner(q.Name)], q)
	return false, nil
}
