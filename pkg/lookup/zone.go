package lookup

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Zone answers from master files and never touches the network. A name at or
// below an origin whose SOA record is loaded gets an authoritative answer: data,
// a CNAME chain, a wildcard (RFC 4592), "no data" or "no such name". Of any other
// name only what stands in the files is known; the rest is ErrOffline, and so is
// what a delegation hands to other servers. Directives (see directiveMark) add
// failures and other outcomes.
type Zone struct {
	outcomes map[Question]*zoneOutcome
	nodes    map[string]*node
	complete bool     // AUTHORITATIVE .
	entries  int      // records and directives read
	limit    int      // of these
	foreign  []string // names with records of types that only some servers have
}

// zoneOutcome is what the data say to one question.
type zoneOutcome struct {
	answer   Answer // a Chain of one name means: look there
	err      error  // the reason of a failure
	directed bool   // a directive said so: records of the type do not count
}

// node is a name in the tree.
type node struct {
	exists   bool         // it has records, or stands above a name that has
	apex     bool         // its SOA grants authority over what is below
	cut      bool         // NS records: without SOA, it and what is below are elsewhere
	dname    bool         // DNAME record: what is below is elsewhere
	wildcard bool         // "*" exists just below
	alias    *zoneOutcome // CNAME record
	rest     *zoneOutcome // directive for the types that have no outcome of their own
}

// The outcomes that authority and its absence give.
var (
	noData  = &zoneOutcome{}
	noName  = &zoneOutcome{answer: Answer{NXDomain: true}}
	offline = &zoneOutcome{err: ErrOffline}
)

// ParseZone reads one master file (RFC 1035, Section 5.1). The file name is for
// messages and findings. The error is a *ParseError.
func ParseZone(file, text string) (*Zone, error) {
	z := newZone()
	if err := z.readFile(file, text, nil); err != nil {
		return nil, err
	}
	z.finish()
	return z, nil
}

// ReadZone reads master files that form one view of the DNS. The error is a
// *ParseError, or that of the file system.
func ReadZone(paths ...string) (*Zone, error) {
	z := newZone()
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		text, err := readBounded(f)
		f.Close()
		if err != nil {
			return nil, err
		}
		if err := z.readFile(path, text, nil); err != nil {
			return nil, err
		}
	}
	z.finish()
	return z, nil
}

// readBounded reads up to one octet more than a master file may have.
func readBounded(in io.Reader) (string, error) {
	var b strings.Builder
	if _, err := io.Copy(&b, io.LimitReader(in, maxFile+1)); err != nil {
		return "", err
	}
	return b.String(), nil
}

// Query answers from the files. The error is an *Error. Nothing blocks, so ctx
// is not looked at.
func (z *Zone) Query(_ context.Context, name string, typ Type) (Answer, error) {
	c := chase{asked: Question{name, typ}, name: name}
	for {
		out := z.own(c.name, typ)
		if out == nil {
			out = z.implied(c.name, typ)
		}
		if done, answer, err := c.take(out); done {
			return answer, err
		}
	}
}

// Instant is true: nothing blocks.
func (z *Zone) Instant() bool { return true }

// Fail makes a question fail with the reason, one of the package's sentinels or
// an *Error. It is for tests; call it before the first Query.
func (z *Zone) Fail(name string, typ Type, err error) {
	z.direct(Question{name, typ}, &zoneOutcome{err: err, directed: true})
}

func newZone() *Zone {
	return &Zone{outcomes: make(map[Question]*zoneOutcome), nodes: make(map[string]*node), limit: maxRecords}
}

// node returns the node of a name, made if need be.
func (z *Zone) node(name string) *node {
	n := z.nodes[name]
	if n == nil {
		n = new(node)
		z.nodes[name] = n
	}
	return n
}

// addName makes the name exist, and with it every name above (RFC 4592, Section
// 2.2.2: empty non-terminals exist).
func (z *Zone) addName(name string) {
	for more := true; more; {
		n := z.node(name)
		if n.exists {
			return
		}
		n.exists = true
		parent, ok := parentName(name)
		if name == "*" || strings.HasPrefix(name, "*.") {
			z.node(parent).wildcard = true
		}
		name, more = parent, ok
	}
}

// addRecord adds a record to the data. Its Source is set.
func (z *Zone) addRecord(rec Record, authority bool) {
	z.addName(rec.Name)
	n := z.nodes[rec.Name]
	n.apex = n.apex || authority
	n.cut = n.cut || rec.Type == TypeNS
	n.dname = n.dname || rec.Type == Type(dns.TypeDNAME)
	q := Question{rec.Name, rec.Type}
	out := z.outcomes[q]
	if out == nil {
		out = new(zoneOutcome)
		z.outcomes[q] = out
	}
	if !out.directed {
		out.answer.Records = append(out.answer.Records, rec)
	}
}

// direct sets the outcome of a question; that of type 0 is for all types without
// one of their own. A name exists if it has an answer.
func (z *Zone) direct(q Question, out *zoneOutcome) {
	if out.err == nil && !out.answer.NXDomain {
		z.addName(q.Name)
	}
	if q.Type == 0 {
		z.node(q.Name).rest = out
		return
	}
	z.outcomes[q] = out
}

// finish makes the zone ready for questions.
func (z *Zone) finish() {
	// ALIAS and the like stand for addresses that their server looks up.
	for _, name := range z.foreign {
		for _, q := range [...]Question{{name, TypeA}, {name, TypeAAAA}} {
			if z.outcomes[q] == nil {
				z.outcomes[q] = offline
			}
		}
	}
	for q, out := range z.outcomes {
		records := out.answer.Records
		if len(records) > 1 {
			slices.SortStableFunc(records, compareRecords)
			records = slices.CompactFunc(records, func(a, b Record) bool { return compareData(a, b) == 0 })
			out.answer.Records = records
		}
		if q.Type == TypeCNAME && len(records) > 0 {
			z.nodes[q.Name].alias = &zoneOutcome{answer: Answer{Chain: []string{records[0].Host}}}
		}
	}
}

// own returns what the files say to a question, nil if nothing.
func (z *Zone) own(name string, typ Type) *zoneOutcome {
	if out := z.outcomes[Question{name, typ}]; out != nil {
		return out
	}
	n := z.nodes[name]
	switch {
	case n == nil:
		return nil
	case n.rest != nil:
		return n.rest
	}
	return n.alias
}

// implied returns what authority says to a question to which the files say
// nothing.
func (z *Zone) implied(name string, typ Type) *zoneOutcome {
	if !z.Covers(name) {
		return offline
	}
	if z.exists(name) {
		return noData
	}
	if out := z.synthesize(name, typ); out != nil {
		return out
	}
	return noName
}

func (z *Zone) exists(name string) bool {
	n := z.nodes[name]
	return n != nil && n.exists
}

// Covers reports whether the data say everything about a name: the nearest zone cut
// at or above it is one whose SOA is loaded.
func (z *Zone) Covers(name string) bool {
	if z.complete {
		return true
	}
	for at, more := name, true; more; at, more = parentName(at) {
		switch n := z.nodes[at]; {
		case n == nil:
		case n.apex:
			return true
		case n.cut, n.dname && at != name:
			return false
		}
	}
	return false
}

// synthesize returns what the wildcard below the closest encloser says of a name
// that does not exist, nil if there is none (RFC 4592, Section 3.3.1).
func (z *Zone) synthesize(name string, typ Type) *zoneOutcome {
	encloser, ok := parentName(name)
	for ok && !z.exists(encloser) {
		encloser, ok = parentName(encloser)
	}
	if !ok || !z.nodes[encloser].wildcard {
		return nil
	}
	source := "*"
	if encloser != "" {
		source = "*." + encloser
	}
	out := z.own(source, typ)
	switch {
	case out == nil:
		return noData
	case len(out.answer.Records) == 0:
		return out
	}
	// RFC 4592, Section 3.3.3: the records stand at the name asked for.
	records := slices.Clone(out.answer.Records)
	for i := range records {
		records[i].Name = name
	}
	return &zoneOutcome{answer: Answer{Records: records}}
}

// parentName returns the name without its first label; the root has no parent.
func parentName(name string) (parent string, ok bool) {
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++ // the octet that the backslash quotes, or the first of three digits
		case '.':
			return name[i+1:], true
		}
	}
	return "", name != ""
}
