package render

import (
	"cmp"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

type wireResults struct {
	Keys  []wireKey  `json:"dkim_keys,omitzero"`
	DMARC *wireDMARC `json:"dmarc,omitempty"`
	SPF   *wireSPF   `json:"spf,omitempty"`
	HELO  *wireHELO  `json:"helo,omitempty"`

	Flattening *wireFlattening `json:"spf_flatten,omitempty"`
	Difference *wireDifference `json:"spf_diff,omitempty"`
	Built      *wireBuilt      `json:"built,omitempty"`
	wireHosts
	Zone       *wireZone       `json:"zone,omitempty"`
	Signatures []wireSignature `json:"dkim,omitzero"`
	ARC        *wireARC        `json:"arc,omitempty"`
	Message    *wireMessage    `json:"message,omitempty"`

	AuthenticationResults octets `json:"authentication_results,omitempty"`
	ReceivedSPF           octets `json:"received_spf,omitempty"`
}

// wireZone is a master file.
type wireZone struct {
	Records int      `json:"records"`
	Names   []octets `json:"names"`
}

// wireSPF is a record with the verdict that it gave, if a client was given.
type wireSPF struct {
	Domain octets  `json:"domain,omitempty"`
	Record *octets `json:"record,omitempty"`
	*wireVerdict
	*wireEvidence
}

type wireHELO struct {
	Name octets   `json:"name"`
	SPF  *wireSPF `json:"spf,omitempty"`
	*wireHELOHost
}

// wireVerdict is what depends on the client.
type wireVerdict struct {
	Result      spf.Status `json:"result"`
	Reason      octets     `json:"reason,omitempty"`
	Identity    string     `json:"identity"`
	IP          string     `json:"ip,omitempty"`
	Sender      octets     `json:"sender"`
	Matched     octets     `json:"matched,omitempty"`
	Path        []wireStep `json:"path"`
	Explanation octets     `json:"explanation,omitempty"`
	Lookups     int        `json:"lookups"`
}

type wireStep struct {
	Domain octets `json:"domain"`
	Term   octets `json:"term"`
}

// wireEvidence is what holds for every client.
type wireEvidence struct {
	WorstCaseLookups *int      `json:"worst_case_lookups,omitempty"`
	VoidLookups      *wireVoid `json:"void_lookups,omitempty"`
	Partial          bool      `json:"partial,omitempty"`
	Tree             *wireNode `json:"tree"`

	Networks *wireNetworks `json:"networks,omitempty"`
}

type wireVoid struct {
	IPv4 int `json:"ipv4"`
	IPv6 int `json:"ipv6"`
}

type wireNode struct {
	Domain  octets     `json:"domain,omitempty"`
	Seen    bool       `json:"seen,omitempty"`
	TooDeep bool       `json:"too_deep,omitempty"`
	Record  *octets    `json:"record,omitempty"`
	Error   octets     `json:"error,omitempty"`
	Lookups *int       `json:"lookups,omitempty"`
	Terms   []wireTerm `json:"terms,omitzero"`
}

type wireTerm struct {
	Term    octets    `json:"term"`
	Target  octets    `json:"target,omitempty"`
	Lookups int       `json:"lookups"`
	Reached bool      `json:"reached"`
	Void    []string  `json:"void,omitzero"`
	Skipped octets    `json:"skipped,omitempty"`
	Error   octets    `json:"error,omitempty"`
	Node    *wireNode `json:"node,omitempty"`
}

func wireResultsOf(r report.Results) wireResults {
	w := wireResults{
		Keys: wireKeysOf(r), DMARC: wireDMARCOf(r), Signatures: wireSignaturesOf(r.Message), Message: wireMessageOf(r.Message), ARC: wireARCOf(r.Message),
		Flattening: wireFlatteningOf(r.Flattening), Difference: wireDifferenceOf(r.Difference), Built: wireBuiltOf(r.Built),
	}
	if r.Host != nil {
		w.wireHosts, w.HELO = wireHostsOf(r.Host), wireHELOOf(r.Host)
	}
	if r.HELO != nil {
		if w.HELO == nil {
			w.HELO = &wireHELO{Name: octetsOf(r.HELO.Query.Helo)}
		}
		w.HELO.SPF = wireHELOVerdictOf(r.HELO)
	}
	if m := r.Message; m != nil {
		w.SPF = &wireSPF{Domain: octetsOf(m.SPF.Query.Domain), Record: recordText(m.SPF.Record), wireVerdict: wireVerdictOf(&m.SPF, "mfrom")}
		w.AuthenticationResults, w.ReceivedSPF = octetsOf(m.AuthenticationResults), octetsOf(m.ReceivedSPF)
	}
	if r.Zone != nil {
		w.Zone = &wireZone{Records: r.Zone.Records, Names: make([]octets, len(r.Zone.Names))}
		for i, name := range r.Zone.Names {
			w.Zone.Names[i] = octetsOf(name)
		}
	}
	facts := r.SPF
	if facts == nil {
		return w
	}
	w.SPF = &wireSPF{Domain: octetsOf(facts.Domain), Record: recordText(facts.Root.Record), wireEvidence: wireEvidenceOf(facts)}
	for i := range facts.Results {
		result := &facts.Results[i]
		if result.Query.Identity == spf.MailFrom {
			w.SPF.wireVerdict = wireVerdictOf(result, "mfrom")
			continue
		}
		if w.HELO == nil {
			w.HELO = &wireHELO{Name: octetsOf(cmp.Or(result.Query.Helo, result.Query.Domain))}
		}
		w.HELO.SPF = wireHELOVerdictOf(result)
	}
	return w
}

func wireHELOVerdictOf(result *spf.Result) *wireSPF {
	return &wireSPF{Domain: octetsOf(result.Query.Domain), Record: recordText(result.Record), wireVerdict: wireVerdictOf(result, "helo")}
}

func recordText(r *spf.Record) *octets {
	if r == nil {
		return nil
	}
	text := octetsOf(r.String())
	return &text
}

func wireVerdictOf(result *spf.Result, identity string) *wireVerdict {
	w := &wireVerdict{
		Result: result.Status, Identity: identity, Sender: octetsOf(result.Query.Sender), Explanation: octetsOf(result.Explanation),
		Path: make([]wireStep, len(result.Path)), Lookups: result.Lookups,
	}
	if result.Query.IP.IsValid() {
		w.IP = result.Query.IP.String()
	}
	for i, step := range result.Path {
		w.Path[i] = wireStep{octetsOf(step.Domain), octetsOf(step.Term.Text())}
	}
	if result.Reason != nil {
		w.Reason = octetsOf(result.Reason.Error())
	}
	if t := matched(result); t != nil {
		w.Matched = octetsOf(t.Text())
	}
	return w
}

// matched returns the mechanism that gave the verdict; nil where the path leads
// to a failure, or through a redirect to a record of which nothing matched.
func matched(result *spf.Result) *spf.Term {
	if len(result.Path) == 0 || result.Reason != nil {
		return nil
	}
	if t := result.Path[len(result.Path)-1].Term; !t.Kind.Modifier() {
		return t
	}
	return nil
}

func wireEvidenceOf(facts *spf.Facts) *wireEvidence {
	w := &wireEvidence{Partial: facts.Partial(), Tree: wireNodeOf(facts.Root, map[*spf.Node]bool{}, 1), Networks: wireNetworksOf(facts)}
	if facts.Root.Record != nil {
		w.WorstCaseLookups = &facts.Worst.Lookups
		w.VoidLookups = &wireVoid{IPv4: facts.Worst.Void4, IPv6: facts.Worst.Void6}
	}
	return w
}

// maxLevels is how deep the tree of the JSON goes. Evaluation ends at the tenth
// lookup, so what lies deeper decides nothing, and some readers of JSON give up
// after some hundred brackets.
const maxLevels = 40

// wireNodeOf writes a domain in full the first time and by its name afterwards.
func wireNodeOf(n *spf.Node, seen map[*spf.Node]bool, level int) *wireNode {
	switch {
	case seen[n]:
		return &wireNode{Domain: octetsOf(n.Domain), Seen: true}
	case level > maxLevels:
		return &wireNode{Domain: octetsOf(n.Domain), TooDeep: true}
	}
	seen[n] = true
	w := &wireNode{Domain: octetsOf(n.Domain), Record: recordText(n.Record), Lookups: &n.Lookups}
	if n.Err != nil {
		w.Error = octetsOf(n.Err.Error())
	}
	if n.Record != nil {
		w.Terms = make([]wireTerm, len(n.Branches))
	}
	for i, b := range n.Branches {
		w.Terms[i] = wireTermOf(b)
		if b.Node != nil {
			w.Terms[i].Node = wireNodeOf(b.Node, seen, level+1)
		}
	}
	return w
}

func wireTermOf(b *spf.Branch) wireTerm {
	w := wireTerm{Term: octetsOf(b.Term.Text()), Target: octetsOf(b.Target), Lookups: b.Lookups, Reached: b.Reached}
	if b.Skipped != nil {
		w.Skipped = octetsOf(b.Skipped.Error())
		return w
	}
	if err := b.Err(); err != nil {
		w.Error = octetsOf(err.Error())
		return w
	}
	w.Void = []string{}
	if b.Void(lookup.TypeA) {
		w.Void = append(w.Void, "ipv4")
	}
	if b.Void(lookup.TypeAAAA) {
		w.Void = append(w.Void, "ipv6")
	}
	return w
}
