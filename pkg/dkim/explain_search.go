package dkim

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// otherKey tries the keys of the other signatures of the message.
func (h *headerSearch) otherKey(all []Result) *Explanation {
	digest := h.s.Digest(h.s.Pick(h.m))
	for i := range all {
		other := &all[i]
		if other.Signature.KeyName == h.s.KeyName || h.spent() {
			continue
		}
		keys, _ := other.keys()
		for _, key := range keys {
			if key.Type == h.s.KeyType() && h.fits(key, digest) {
				return &Explanation{Cause: OtherKey, Text: fmt.Sprintf("the signature was made with the key at %s, not with that at %s to which s= and d= point",
					quoted(other.Signature.KeyName), quoted(h.s.KeyName))}
			}
		}
	}
	return nil
}

func (h *headerSearch) notThisKey() *Explanation {
	return &Explanation{Cause: NotThisKey, Text: fmt.Sprintf(
		"the signature was not made with the key that is published at %s; the message does not tell whether that key was changed, "+
			"s= or b= was damaged, or somebody else made the signature", quoted(h.s.KeyName))}
}

const subjectField = "subject"

// search returns the trials with which the signature fits, none where none do.
func (h *headerSearch) search() []*fieldTrial {
	var common, rare []*fieldTrial
	add := func(t *fieldTrial) {
		if h.held >= maxHeld {
			return
		}
		h.prepare(t)
		for _, raw := range t.raws {
			h.held += 2 * len(raw) // the text and its canonical form
		}
		if t.rare {
			rare = append(rare, t)
		} else {
			common = append(common, t)
		}
	}
	if h.counts[subjectField] > 0 {
		h.instances(subjectField, add) // what lists change most
	}
	for _, name := range h.names {
		if name != subjectField {
			h.instances(name, add)
		}
	}
	h.ownField(add)
	for _, t := range common {
		if h.try(t) {
			return []*fieldTrial{t}
		}
	}
	for together := range h.together {
		for _, t := range together {
			h.prepare(t)
		}
		if h.try(together...) {
			return together
		}
	}
	for _, t := range rare {
		if h.try(t) {
			return []*fieldTrial{t}
		}
	}
	return h.combined(common)
}

// combined tries two changes at once, and a third where one of them is of From: a
// list that takes the place of the author writes to other fields, too.
func (h *headerSearch) combined(common []*fieldTrial) []*fieldTrial {
	for i, a := range common {
		for _, b := range common[i+1:] {
			if a.name != b.name && h.try(a, b) {
				return []*fieldTrial{a, b}
			}
		}
	}
	for i, a := range common {
		for j, b := range common[i+1:] {
			if a.name == b.name || a.cause != FromChanged && b.cause != FromChanged {
				continue
			}
			for _, c := range common[i+j+2:] {
				if c.name != a.name && c.name != b.name && h.try(a, b, c) {
					return []*fieldTrial{a, b, c}
				}
			}
		}
	}
	return nil
}

// instances adds what the fields of one name may have been.
func (h *headerSearch) instances(name string, add func(*fieldTrial)) {
	fields, slots := h.fields[name], h.counts[name]
	raws := make([]string, len(fields))
	for i, f := range fields {
		raws[i] = f.Raw
	}
	signed := min(len(fields), slots, maxAlike)
	for i := range signed {
		add(&fieldTrial{cause: FieldAdded, name: name, raws: slices.Delete(slices.Clone(raws), i, i+1), changes: []Change{{Field: fields[i]}}})
	}
	if len(fields) > 1 {
		reversed := slices.Clone(raws)
		slices.Reverse(reversed)
		t := &fieldTrial{cause: FieldOrder, name: name, raws: reversed, rare: true}
		for i, f := range fields[:min(len(fields), slots)] {
			t.changes = append(t.changes, Change{f, reversed[i]})
		}
		add(t)
	}
	for i := range signed {
		if len(raws[i]) > maxValue || h.held >= maxHeld {
			continue
		}
		for w := range h.wordings(fields[i]) {
			changed := slices.Clone(raws)
			changed[i] = w.raw
			add(&fieldTrial{cause: w.cause, name: name, raws: changed, changes: []Change{{fields[i], w.raw}}, rare: w.rare})
		}
	}
	if slots > len(fields) {
		for _, raw := range guessed(name) {
			add(&fieldTrial{cause: FieldRemoved, name: name, raws: append(slices.Clone(raws), raw), changes: []Change{{nil, raw}}})
		}
	}
	for _, copies := range h.copies(name) {
		add(h.copied(name, copies))
	}
}

// copied puts the copies of z= in place of the fields of a name, and notes which
// differ.
func (h *headerSearch) copied(name string, copies []string) *fieldTrial {
	t := &fieldTrial{cause: FieldChanged, name: name, raws: copies}
	fields := h.fields[name]
	for i := range min(max(len(copies), len(fields)), h.counts[name]) {
		var c Change
		if i < len(fields) {
			c.Field = fields[i]
		}
		if i < len(copies) {
			c.Original = copies[i]
		}
		if c.Field == nil || c.Original == "" || !h.same(c.Field.Raw, c.Original) {
			t.changes = append(t.changes, c)
		}
	}
	return t
}

// same reports whether two ways to write a field are one in canonical form.
func (h *headerSearch) same(a, b string) bool {
	return bytes.Equal(appendHeader(nil, h.s.Header, a), appendHeader(nil, h.s.Header, b))
}

// copies returns what z= says of the fields of a name, in either order where there
// are several (RFC 6376, Section 3.5).
func (h *headerSearch) copies(name string) [][]string {
	z := h.s.List.Get("z")
	if z == nil || len(z.Value.Text()) > maxCopies {
		return nil
	}
	var copies []string
	for entry := range strings.SplitSeq(z.Value.Text(), "|") {
		raw := decodeQuotedPrintable(entry)
		if n, _, ok := strings.Cut(raw, ":"); ok && strings.EqualFold(strings.TrimSpace(n), name) && len(copies) < maxAlike {
			copies = append(copies, raw+"\r\n")
		}
	}
	switch len(copies) {
	case 0:
		return nil
	case 1:
		return [][]string{copies}
	}
	reversed := slices.Clone(copies)
	slices.Reverse(reversed)
	return [][]string{copies, reversed}
}

// together yields trials of several fields: all copies of z=, and the same change of
// white space everywhere, as of a relay that writes every field anew.
func (h *headerSearch) together(yield func([]*fieldTrial) bool) {
	for order := range 2 {
		var trials []*fieldTrial
		for _, name := range h.names {
			if copies := h.copies(name); len(copies) > 0 {
				if t := h.copied(name, copies[min(order, len(copies)-1)]); len(t.changes) > 0 {
					trials = append(trials, t)
				}
			}
		}
		if !yield(trials) {
			return
		}
	}
	for _, space := range spacings {
		if h.s.Header != Simple || h.spent() || !yield(h.respacedAll(space)) {
			return
		}
	}
}

// respacedAll changes the white space of all signed fields.
func (h *headerSearch) respacedAll(space spacing) []*fieldTrial {
	var trials []*fieldTrial
	for _, name := range h.names {
		t := &fieldTrial{cause: Refolded, name: name}
		for _, f := range h.fields[name][:min(len(h.fields[name]), h.counts[name])] {
			raw := f.Raw
			if len(raw) <= maxValue {
				raw = respaced(f, space)
			}
			t.raws = append(t.raws, raw)
			if !h.same(raw, f.Raw) {
				t.changes = append(t.changes, Change{f, raw})
			}
		}
		if len(t.changes) > 0 {
			trials = append(trials, t)
		}
	}
	return trials
}

// ownField adds what the field of the signature itself may have been.
func (h *headerSearch) ownField(add func(*fieldTrial)) {
	if h.s.Header != Simple || len(h.s.Field.Raw) > maxValue {
		return
	}
	for _, space := range spacings {
		if raw := respaced(h.s.Field, space); !h.same(raw, h.s.Field.Raw) {
			add(&fieldTrial{cause: Refolded, raws: []string{raw}, changes: []Change{{h.s.Field, raw}}, rare: true})
		}
	}
}
