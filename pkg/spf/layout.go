package spf

import (
	"fmt"
	"strings"
)

// maxRecordOctets is how long a name and the record at it may be together
// (RFC 7208, Section 3.4).
const maxRecordOctets = 450

// layout is how a draft is written.
type layout struct {
	records  []FlatRecord
	lookups  int
	overflow bool // the record of the domain is too long whatever is moved out
}

// run is neighbouring pieces with one qualifier. Their order does not matter: each
// of them gives the same verdict.
type run struct {
	qualifier byte
	networks  []string // terms without qualifier, merged
	terms     []string // as they stand
}

// runs takes a draft apart. Networks are merged where some were copied.
func (d *draft) runs() []run {
	var out []run
	for i := 0; i < len(d.pieces); {
		j, copied := i, false
		for ; j < len(d.pieces) && d.pieces[j].qualifier == d.pieces[i].qualifier; j++ {
			copied = copied || d.pieces[j].copied
		}
		r := run{qualifier: d.pieces[i].qualifier}
		var sets []Set
		for _, p := range d.pieces[i:j] {
			switch {
			case p.branch == nil && copied:
				sets = append(sets, p.networks)
			default:
				r.terms = append(r.terms, qualified(p.qualifier, p.text))
			}
		}
		for _, p := range Union(sets...).Prefixes() {
			r.networks = append(r.networks, networkText(p))
		}
		out = append(out, r)
		i = j
	}
	return out
}

// tail returns the terms at the end.
func (d *draft) tail() []string {
	var terms []string
	switch {
	case d.all != 0:
		terms = append(terms, qualified(d.all, "all"))
	case d.redirect != nil:
		terms = append(terms, "redirect="+d.redirect.Term.Domain.text())
	}
	return append(terms, d.modifiers...)
}

// layout writes the draft. Networks that do not fit into the record of the domain
// go into records of their own, each of which costs a lookup.
func (fl *flattener) layout(d draft) layout {
	if !d.changed {
		return layout{records: []FlatRecord{{fl.domain, fl.facts.Root.Record.String()}}, lookups: fl.facts.Worst.Lookups}
	}
	runs, tail := d.runs(), d.tail()
	octets := 0
	for _, r := range runs {
		octets += lengths(r.networks)
	}
	for more := max(octets/maxRecordOctets-1, 0); ; more++ { // the least that can be
		l := fl.fill(runs, tail, more)
		if need := len(l.records) - 1; need <= more || more > MaxLookups {
			l.overflow = l.overflow || need > more
			l.lookups = d.lookups() + need
			return l
		}
	}
}

// fill writes the draft so that the record of the domain has room for includes of
// as many more.
func (fl *flattener) fill(runs []run, tail []string, more int) layout {
	f := fl.facts
	own := len(version)
	for _, r := range runs {
		own += lengths(r.terms)
	}
	own += lengths(tail) + more*len(" ?include:_spf00."+fl.domain)
	room := maxRecordOctets - len(fl.domain) - own
	l := layout{records: []FlatRecord{{Name: fl.domain}}, overflow: room < 0}
	for i := range f.Texts { // what else stands at the name takes its share
		if f.Texts[i] != f.Root.Record.Source {
			room -= len(f.Texts[i].Text)
		}
	}
	var text strings.Builder
	text.WriteString(version)
	number := 0
	for _, r := range runs {
		rest := r.networks
		for len(rest) > 0 && 2+len(rest[0]) <= room {
			term := " " + qualified(r.qualifier, rest[0])
			text.WriteString(term)
			room, rest = room-len(term), rest[1:]
		}
		for _, t := range r.terms {
			text.WriteString(" " + t)
		}
		for len(rest) > 0 {
			var name string
			for name = ""; name == "" || f.known(name); {
				number++
				name = fmt.Sprintf("_spf%d.%s", number, fl.domain)
			}
			var part string
			part, rest = chunk(name, rest)
			l.records = append(l.records, FlatRecord{name, part})
			text.WriteString(" " + qualified(r.qualifier, "include:"+name))
		}
	}
	for _, t := range tail {
		text.WriteString(" " + t)
	}
	l.records[0].Text = text.String()
	return l
}

// lengths counts the octets of terms with the spaces before them.
func lengths(terms []string) int {
	n := 0
	for _, t := range terms {
		n += 1 + len(t)
	}
	return n
}

// known reports whether the record refers to the name.
func (f *Facts) known(name string) bool {
	for _, n := range f.Nodes {
		if n.Domain == name {
			return true
		}
	}
	return false
}

// chunk writes the record that holds as many of the networks as fit.
func chunk(name string, networks []string) (text string, rest []string) {
	const end = " -all"
	var b strings.Builder
	b.WriteString(version)
	for i, term := range networks {
		if len(name)+b.Len()+1+len(term)+len(end) > maxRecordOctets && i > 0 {
			return b.String() + end, networks[i:]
		}
		b.WriteString(" " + term)
	}
	return b.String() + end, nil
}
