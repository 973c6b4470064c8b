package dkim

import (
	"slices"
	"strings"
	"sync"

	"github.com/authcheck/authcheck/pkg/message"
)

// AdviceFacts is what rules judge that look at the signatures and at the message they
// are over. Advise makes it.
type AdviceFacts struct {
	*SignatureFacts
	Message *message.Message
	present []int   // fields of the message, by the place of their name among those that are watched
	named   [][]int // entries of h= of each result, by the same places
}

// usage says why the name of a field is watched.
type usage uint8

const (
	once     usage = 1 << iota // may occur once (RFC 5322, Section 3.6)
	core                       // should be signed (RFC 6376, Sections 5.4 and 5.4.1)
	guarded                    // people go by it, so another one does the most harm
	trace                      // servers on the way add such fields, or change them
	repeated                   // may occur many times, so that others may be added
	legal                      // left to the signer although it is such a field (RFC 6376, Sections 4.2 and 5.4.1)
	newer                      // of DKIM2
)

// watched is a name of fields that rules ask for.
type watched struct {
	name string
	use  usage
}

// watchedFields returns the names that are watched. What is core is what Sign signs, but
// for the fields of those who send a message again and for the one that relays change.
var watchedFields = sync.OnceValue(func() []watched {
	fields := []watched{
		{"From", once | guarded}, {"Reply-To", guarded}, {"To", guarded}, {"Subject", guarded}, {"Date", guarded}, {"Content-Type", guarded},
		{"Return-Path", trace}, {"Received", trace}, {"Authentication-Results", trace | legal}, {signatureField, trace | legal},
		{"ARC-Authentication-Results", trace}, {"ARC-Message-Signature", trace}, {"ARC-Seal", trace},
		{"Comments", repeated}, {"Keywords", repeated}, {"Bcc", repeated}, {"DKIM2-Signature", newer}, {"Message-Instance", newer},
	}
	add := func(name string, u usage) {
		if at := slices.IndexFunc(fields, func(w watched) bool { return w.name == name }); at >= 0 {
			fields[at].use |= u
		} else {
			fields = append(fields, watched{name, u})
		}
	}
	for _, name := range message.Singles() {
		add(name, once)
	}
	for _, name := range SignedFields() {
		if !strings.HasPrefix(name, "Resent-") && name != "Content-Transfer-Encoding" && name != "From" {
			add(name, core)
		}
	}
	return fields
})

// longestWatched is the number of octets of the longest name that is watched.
const longestWatched = len("ARC-Authentication-Results")

// watchedPlaces returns the places of the names that are watched, by these in small
// letters.
var watchedPlaces = sync.OnceValue(func() map[string]int {
	places := map[string]int{}
	for at, w := range watchedFields() {
		places[strings.ToLower(w.name)] = at
	}
	return places
})

// placeOf returns the place of a name among those that are watched; ok is false where
// it is none. It makes no copy of the name: every field of every message comes here.
func placeOf(name string) (at int, ok bool) {
	var small [longestWatched]byte
	if len(name) > len(small) {
		return 0, false
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		small[i] = c
	}
	at, ok = watchedPlaces()[string(small[:len(name)])]
	return at, ok
}

// Advise prepares facts for AdviceRules.
func Advise(m *message.Message, f *SignatureFacts) *AdviceFacts {
	n := len(watchedFields())
	a := &AdviceFacts{SignatureFacts: f, Message: m, present: make([]int, n), named: make([][]int, len(f.Results))}
	for i := range m.Fields {
		if at, ok := placeOf(m.Fields[i].Name); ok {
			a.present[at]++
		}
	}
	counts := make([]int, n*len(f.Results))
	for i := range f.Results {
		a.named[i] = counts[i*n : (i+1)*n]
		for _, name := range f.Results[i].Signature.Names {
			if at, ok := placeOf(name.Text()); ok {
				a.named[i][at]++
			}
		}
	}
	return a
}

// fields calls visit for the place of every name that is watched for a use.
func fields(wanted usage, visit func(at int, name string)) {
	for at, w := range watchedFields() {
		if w.use&wanted != 0 {
			visit(at, w.name)
		}
	}
}

// passing returns the index of the first signature that passes, -1 where none does.
func (f *SignatureFacts) passing() int {
	return slices.IndexFunc(f.Results, func(r Result) bool { return r.Status == Pass })
}

// first returns the topmost field of a name, which the message has.
func (f *AdviceFacts) first(name string) *message.Field { return f.Message.Named(name)[0] }
