package lookup

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Recorder passes questions on and remembers what came back, to write it down as
// a master file that replays the run. It belongs below the cache, where each
// question comes by once; of a repeated one the last outcome counts.
type Recorder struct {
	base    Resolver
	at      time.Time
	servers string

	mu      sync.Mutex
	replies map[Question]Reply
}

// NewRecorder returns a recorder of the answers of r. The time and the servers
// stand in the first line of the recording and mean nothing to its reader.
func NewRecorder(r Resolver, at time.Time, servers string) *Recorder {
	return &Recorder{base: r, at: at, servers: servers, replies: make(map[Question]Reply)}
}

// Query asks the resolver below and returns its answer untouched.
func (rec *Recorder) Query(ctx context.Context, name string, typ Type) (Answer, error) {
	answer, err := rec.base.Query(ctx, name, typ)
	reply := Reply{Question: Question{name, typ}, Err: err}
	switch {
	case err == nil:
		reply.Answer = answer
	case failureWord(err) == "":
		return answer, err
	}
	rec.mu.Lock()
	rec.replies[reply.Question] = reply
	rec.mu.Unlock()
	return answer, err
}

// WriteTo writes the recording. A Zone made of it gives the same answers, order
// of aliases and reasons of failure for every question that was asked, and
// ErrOffline for others: cancellations and ErrOffline itself are left out. Lost
// are Size and AD, and the TTL of aliases, which no Answer has. Where one run saw
// two things at one name and type, at the end of different aliases, the question
// for the name itself decides, else the first question in order of name and type.
func (rec *Recorder) WriteTo(w io.Writer) (int64, error) {
	facts := rec.facts()
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s RECORDING %s\n", directiveMark,
		strings.Join(strings.Fields(rec.at.UTC().Format(time.RFC3339)+" "+rec.servers), " "))
	for len(facts) > 0 {
		n := 1
		for n < len(facts) && facts[n].Name == facts[0].Name {
			n++
		}
		writeName(&b, facts[:n])
		facts = facts[n:]
	}
	return b.WriteTo(w)
}

// facts returns what was learnt about each name and type by itself, sorted: an
// alias is a Reply whose Chain is its target alone.
func (rec *Recorder) facts() []Reply {
	rec.mu.Lock()
	replies := slices.SortedFunc(maps.Values(rec.replies), compareReplies)
	rec.mu.Unlock()
	facts := make(map[Question]Reply)
	for _, r := range replies {
		facts[r.Question] = step(r, 0)
	}
	for _, r := range replies {
		for i := range r.Answer.Chain {
			link := step(r, i+1)
			if _, known := facts[link.Question]; !known {
				facts[link.Question] = link
			}
		}
	}
	return slices.SortedFunc(maps.Values(facts), compareReplies)
}

func compareReplies(a, b Reply) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
}

// step returns what the reply says about the name where its chain is after n
// aliases.
func step(r Reply, n int) Reply {
	chain := r.Answer.Chain
	if n > 0 {
		r.Name = chain[n-1]
	}
	if n < len(chain) {
		r.Answer = Answer{Chain: chain[n : n+1]}
		return r
	}
	r.Answer.Chain = nil
	return r
}

// writeName writes the facts about one name. The alias that any type meets is a
// CNAME record; a type that met another one has a directive.
func writeName(b *bytes.Buffer, facts []Reply) {
	owner := facts[0].Name + "."
	if !slices.ContainsFunc(facts, func(f Reply) bool { return !f.Answer.NXDomain }) {
		fmt.Fprintf(b, "%s NXDOMAIN %s\n", directiveMark, owner)
		return
	}
	alias, recorded := commonAlias(facts)
	if alias != "" && !recorded {
		fmt.Fprintf(b, "%s 0 IN CNAME %s\n", owner, alias)
	}
	for _, f := range facts {
		switch chain := f.Answer.Chain; {
		case f.Err != nil:
			fmt.Fprintf(b, "%s %s %s %s%s\n", directiveMark, failureWord(f.Err), owner, f.Type, failureDetail(f.Err))
		case len(chain) > 0 && chain[0]+"." == alias:
		case len(chain) > 0:
			fmt.Fprintf(b, "%s ALIAS %s %s %s.\n", directiveMark, owner, f.Type, chain[0])
		case f.Answer.NXDomain:
			fmt.Fprintf(b, "%s NXDOMAIN %s %s\n", directiveMark, owner, f.Type)
		case len(f.Answer.Records) == 0:
			fmt.Fprintf(b, "%s NODATA %s %s\n", directiveMark, owner, f.Type)
		}
		for _, r := range f.Answer.Records {
			fmt.Fprintf(b, "%s %d IN %s %s\n", owner, r.TTL, r.Type, masterData(r))
		}
	}
}

// commonAlias returns the target of the name's CNAME record, with its final dot;
// "" means that there is none. recorded says that the record itself is among the
// facts. If the question for it had another outcome, there is none.
func commonAlias(facts []Reply) (target string, recorded bool) {
	for _, f := range facts {
		switch {
		case f.Type == TypeCNAME && len(f.Answer.Records) > 0:
			return f.Answer.Records[0].Host + ".", true
		case f.Type == TypeCNAME:
			return "", true
		case target == "" && len(f.Answer.Chain) > 0:
			target = f.Answer.Chain[0] + "."
		}
	}
	return target, false
}

// masterData returns the data of a record as a master file has them.
func masterData(r Record) string {
	if r.Type != TypeTXT && r.Type != TypeSPF {
		return cmp.Or(r.text(), `\# 0`) // RFC 3597, Section 5
	}
	quoted := make([]string, len(r.Strings))
	for i, s := range r.Strings {
		quoted[i] = quoteString(s)
	}
	return cmp.Or(strings.Join(quoted, " "), `""`)
}

// quoteString writes a character-string in quotes (RFC 1035, Section 5.1).
func quoteString(s string) string {
	b := []byte{'"'}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c >= 0x7f:
			b = fmt.Appendf(b, `\%03d`, c)
		default:
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}

// failureDetail returns what a directive says of a failure beyond its word: the
// detail as one field, its blanks and what cannot be printed escaped.
func failureDetail(err error) string {
	failed, ok := errors.AsType[*Error](err)
	if !ok || failed.Detail == "" {
		return ""
	}
	b := []byte{' '}
	for i := range len(failed.Detail) {
		if c := failed.Detail[i]; c <= ' ' || c >= 0x7f || c == '\\' {
			b = fmt.Appendf(b, `\%03d`, c)
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

// failureWord returns the directive for a failure, "" for one that is not
// written down.
func failureWord(err error) string {
	for _, f := range failureWords {
		if errors.Is(err, f.reason) {
			return f.word
		}
	}
	return ""
}
