package render

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// Bounds of the tree. No evaluation gets deeper than the limit of lookups.
const (
	maxRows  = 60
	maxDepth = spf.MaxLookups
)

// row is a line of the tree: a domain, or a term that asks the DNS.
type row struct{ label, lookups, note string }

// tree returns the include tree in three columns.
func (t *textRenderer) tree(f *spf.Facts) block {
	g := grower{grown: map[*spf.Node]bool{}}
	g.rows = []row{{label: cmp.Or(displayName(f.Domain), "record"), lookups: strconv.Itoa(f.Root.Lookups)}}
	g.grow(f.Root, "", 1)

	const margin, gap, numbers, notes = 2, 2, 4, 16
	labels := 0
	for _, r := range g.rows {
		labels = max(labels, utf8.RuneCountInString(r.label))
	}
	labels = min(labels, t.width-margin-numbers-gap-notes)
	b := make(block, 0, len(g.rows)+1)
	for _, r := range g.rows {
		label := cut(r.label, labels)
		label += strings.Repeat(" ", labels-utf8.RuneCountInString(label))
		note := cut(r.note, t.width-margin-labels-numbers-gap)
		b = append(b, "  "+label+t.paint.dim.Sprint(fmt.Sprintf("%*s", numbers, r.lookups))+"  "+note)
	}
	hidden := 1 - len(g.rows)
	for _, n := range f.Nodes {
		hidden += len(n.Branches)
	}
	if hidden > 0 {
		b = append(b, fmt.Sprintf("  … %s (-f json)", plural(hidden, "more term")))
	}
	return b
}

// grower makes the rows of a tree. A domain that occurs again is not repeated.
type grower struct {
	rows  []row
	grown map[*spf.Node]bool
	spent int // lookups so far, in the order of the rows
}

// grow adds the terms of a node and all below them.
func (g *grower) grow(n *spf.Node, prefix string, depth int) {
	g.grown[n] = true
	for i, b := range n.Branches {
		if len(g.rows) == maxRows {
			return
		}
		joint, stem := "├─ ", "│  "
		if i == len(n.Branches)-1 {
			joint, stem = "└─ ", "   "
		}
		g.spend(b)
		g.rows = append(g.rows, row{prefix + joint + asciiOnly(b.Term.Text()), lookups(b), g.note(b)})
		if b.Node != nil && !g.grown[b.Node] && depth < maxDepth {
			g.grow(b.Node, prefix+stem, depth+1)
		}
	}
}

// spend counts the lookups of a term, with those below it if they are not shown
// again.
func (g *grower) spend(b *spf.Branch) {
	switch {
	case !b.Reached:
	case b.Node != nil && !g.grown[b.Node]:
		g.spent += b.Lookups - b.Node.Lookups
	default:
		g.spent += b.Lookups
	}
}

// lookups returns what a term costs; nothing for what is not counted.
func lookups(b *spf.Branch) string {
	if !b.Reached {
		return "-"
	}
	return strconv.Itoa(b.Lookups)
}

// note says what is special about a term.
func (g *grower) note(b *spf.Branch) string {
	var notes []string
	add := func(err error) {
		// That a lint of text asks nothing is said with the counts.
		if err != nil && !errors.Is(err, spf.ErrNotAsked) {
			notes = append(notes, shortReason(err))
		}
	}
	add(b.Skipped)
	if b.Node != nil {
		add(b.Node.Err)
	} else {
		add(b.Err())
	}
	switch void4, void6 := b.Void(lookup.TypeA), b.Void(lookup.TypeAAAA); {
	case b.Node != nil && b.Node.Err != nil: // says it
	case void4 && void6:
		notes = append(notes, "void")
	case void4:
		notes = append(notes, "void for IPv4")
	case void6:
		notes = append(notes, "void for IPv6")
	}
	switch {
	case b.Term.Kind == spf.Exp:
		notes = append(notes, "not counted")
	case !b.Reached:
		notes = append(notes, "not reached")
	case g.spent > spf.MaxLookups:
		notes = append(notes, "beyond the limit")
	}
	if b.Node != nil && g.grown[b.Node] && len(b.Node.Branches) > 0 {
		notes = append(notes, "shown above")
	}
	return list(notes...)
}
