package dkim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"math/big"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/message"
)

// Bounds of the search for a header. Headers as people write them stay far below.
const (
	maxHeaderWork = 2 << 20  // octets hashed: a thousand headers and more in two thousandths of a second
	verifyWork    = 16 << 10 // octets hashed in the time of a verification: with Ed25519 there is one for each header
	maxNames      = 100      // names in h= of a header that is looked at
	maxAlike      = 10       // fields of one name that are looked at, from the bottom
	maxValue      = 4 << 10  // octets of a field that may have been something else
	maxCopies     = 64 << 10 // octets of z= that is looked at
	maxHeld       = 4 << 20  // octets of fields as they may have been that are held in memory, about
)

// headerSearch looks for the header that was signed.
type headerSearch struct {
	ctx     context.Context
	m       *message.Message
	s       *Signature
	keys    []Key
	more    bool                        // there are keys beyond those
	digests [][]byte                    // that were signed, as the keys of type RSA tell
	names   []string                    // different ones of h=, in lower case, in its order
	counts  map[string]int              // how often h= has them
	slots   []slot                      // in the order of h=
	fields  map[string][]*message.Field // by name in lower case, lowest first
	own     []byte                      // the field of the signature in canonical form
	size    int                         // octets of all of them
	work    int                         // octets hashed so far, about
	held    int                         // octets of fields held so far
}

// slot is an entry of h=.
type slot struct {
	name  string
	index int    // in the fields of the name
	form  []byte // in canonical form; nil where there is no field
}

// fieldTrial is what the fields of one name may have been.
type fieldTrial struct {
	cause   Cause
	name    string   // in lower case; "" for the field of the signature
	raws    []string // all fields of the name, lowest first
	changes []Change
	rare    bool // not tried together with other changes

	forms [][]byte // of raws
}

func newHeaderSearch(ctx context.Context, m *message.Message, r *Result) *headerSearch {
	h := &headerSearch{ctx: ctx, m: m, s: r.Signature, counts: map[string]int{}, fields: map[string][]*message.Field{}}
	h.keys, h.more = r.keys()
	for _, span := range h.s.Names {
		name := strings.ToLower(span.Text())
		if h.counts[name] == 0 {
			h.names = append(h.names, name)
		}
		h.slots = append(h.slots, slot{name: name, index: h.counts[name]})
		h.counts[name]++
	}
	for i := range slices.Backward(m.Fields) {
		f := &m.Fields[i]
		name := strings.ToLower(f.Name)
		if f != h.s.Field && len(h.fields[name]) < h.counts[name]+maxAlike {
			h.fields[name] = append(h.fields[name], f)
		}
	}
	for i := range h.slots {
		slot := &h.slots[i]
		if fields := h.fields[slot.name]; slot.index < len(fields) {
			slot.form = appendHeader(nil, h.s.Header, fields[slot.index].Raw)
			h.size += len(slot.form)
		}
	}
	h.own = h.unsigned(h.s.Field.Raw)
	h.size += len(h.own)
	return h
}

// keys are those of the reply with which the signature may be verified; more reports
// whether there are others that are not tried.
func (r *Result) keys() (keys []Key, more bool) {
	if r.Reply == nil {
		return nil, false
	}
	for i := range r.Reply.Answer.Records {
		record := parse(r.Reply.Answer.Records[i].Source)
		switch {
		case record.Is(ErrNotKey) || r.Signature.refuse(record) != nil:
		case len(keys) == maxKeys:
			return keys, true
		default:
			keys = append(keys, record.Key)
		}
	}
	return keys, false
}

// explain returns what was done to the header, nil where nothing was confirmed.
func (h *headerSearch) explain(all []Result) *Explanation {
	if len(h.slots) > maxNames || len(h.keys) == 0 {
		return nil
	}
	if e := h.otherKey(all); e != nil {
		return e
	}
	if h.s.KeyType() == RSA {
		padded := false
		for _, key := range h.keys {
			digest, ok := recovered(key, h.s.Value)
			if digest != nil {
				h.digests = append(h.digests, digest)
			}
			padded = padded || ok
		}
		switch {
		case len(h.digests) > 0:
		case padded || h.more: // the key signed something else than a SHA-256 sum, or another one did
			return nil
		default:
			return h.notThisKey()
		}
	}
	if made := h.search(); len(made) > 0 {
		return h.explained(made)
	}
	return nil
}

// digestInfo stands before a SHA-256 sum that is signed with RSA.
var digestInfo = []byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}

// recovered returns the sum that was signed, nil where the signature holds none:
// with RSA the public key turns a signature into the padded sum, and to compare sums
// is much less work than to verify. padded reports whether the signature looks like
// one of the key at all: others become random octets.
func recovered(key Key, signature []byte) (sum []byte, padded bool) {
	size := (key.Modulus.BitLen() + 7) / 8
	number := new(big.Int).SetBytes(signature)
	if len(signature) != size || number.Cmp(key.Modulus) >= 0 {
		return nil, false
	}
	octets := number.Exp(number, key.Exponent, key.Modulus).FillBytes(make([]byte, size))
	start := size - sha256.Size
	info := start - len(digestInfo)
	switch filled := bytes.TrimLeft(octets[2:], "\xff"); {
	case octets[0] != 0 || octets[1] != 1 || len(filled) == 0 || filled[0] != 0:
		return nil, octets[size-1] == pssEnd
	case len(filled) != size-info+1 || !bytes.Equal(octets[info:start], digestInfo):
		return nil, true
	}
	return octets[start:], true
}

// pssEnd is the last octet of a sum that is padded in the other way of RSA, which
// DKIM does not use.
const pssEnd = 0xbc

// prepare brings what a trial puts in place to its canonical form.
func (h *headerSearch) prepare(t *fieldTrial) {
	for _, raw := range t.raws {
		if t.name == "" {
			t.forms = append(t.forms, h.unsigned(raw))
		} else {
			t.forms = append(t.forms, appendHeader(nil, h.s.Header, raw))
		}
	}
}

// unsigned is the field of the signature as it is hashed, were it written so.
func (h *headerSearch) unsigned(raw string) []byte {
	_, value, _ := strings.Cut(raw, ":")
	s := ParseSignature(&message.Field{Name: signatureField, Raw: raw}, lint.NewSource(signatureField, strings.TrimSuffix(value, "\r\n")), h.s.Kind)
	return bytes.TrimSuffix(appendHeader(nil, h.s.Header, s.unsigned()), []byte("\r\n"))
}

// fits verifies the signature.
func (h *headerSearch) fits(key Key, digest []byte) bool {
	h.work += verifyWork
	return h.s.compare(key, digest) == Equal
}

// spent reports whether no more may be tried.
func (h *headerSearch) spent() bool {
	return h.work >= maxHeaderWork || h.ctx.Err() != nil
}

// try reports whether the signature fits the header with those fields in place.
func (h *headerSearch) try(trials ...*fieldTrial) bool {
	if h.spent() {
		return false
	}
	h.work += h.size
	sum := sha256.New()
	own := h.own
	for i := range h.slots {
		form := h.slots[i].form
		for _, t := range trials {
			if t.name != h.slots[i].name {
				continue
			}
			form = nil
			if h.slots[i].index < len(t.forms) {
				form = t.forms[h.slots[i].index]
			}
		}
		sum.Write(form)
	}
	for _, t := range trials {
		if t.name == "" {
			own = t.forms[0]
		}
	}
	sum.Write(own)
	digest := sum.Sum(nil)
	if h.digests != nil && !slices.ContainsFunc(h.digests, func(signed []byte) bool { return bytes.Equal(signed, digest) }) {
		return false
	}
	return slices.ContainsFunc(h.keys, func(key Key) bool { return h.fits(key, digest) })
}
