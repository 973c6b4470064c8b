package render

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// flattening says what a flattened record is, what was done to get there and that
// it means the same.
func (t *textRenderer) flattening(f *spf.Flattening) []block {
	var blocks []block
	if f.Err != nil {
		return append(blocks, t.labelled("  not flattened: ", shortReason(f.Err)))
	}
	cost := fmt.Sprintf("%s in the worst case, %d allowed: nothing to do", lookupsOf(f.Source.Worst.Lookups), f.Max)
	if len(f.Changes) > 0 {
		cost = fmt.Sprintf("%s in the worst case become %d", lookupsOf(f.Source.Worst.Lookups), f.Lookups)
	}
	b := t.labelled("  ", cost)
	for _, c := range f.Changes {
		how := cmp.Or(plural(c.Networks, "network"), "nothing") + " in its place"
		if c.Opened {
			how = "its terms in its place"
		}
		b = append(b, t.labelled("  ", fmt.Sprintf("%s: %s, saves %s, TTL %s", cut(c.Term.Text(), t.width), how, plural(c.Saved, "lookup"), period(c.TTL)))...)
	}
	blocks = append(blocks, b)
	if f.Published != nil && f.Published.Empty() {
		return append(blocks, block{"  the published record means the same"})
	}
	if len(f.Changes) == 0 && f.Published == nil {
		return blocks
	}
	return append(blocks, t.publish(f), t.proof(f))
}

// provided says what the comparison of records takes for granted, "" where that is
// nothing.
func provided(d *spf.Difference) string {
	if len(d.Old.Conditions)+len(d.New.Conditions) == 0 {
		return ""
	}
	return ", provided that names with macros cause no error"
}

// publish returns the records as a master file has them.
func (t *textRenderer) publish(f *spf.Flattening) block {
	b := block{t.paint.good.Sprint("publish") + ":"}
	for _, r := range f.Records {
		b = append(b, "  "+masterLine(report.BuiltRecord{Name: r.Name, Type: "TXT", Text: r.Text}))
	}
	return b
}

// proof says that nothing changes for anybody, and for how long.
func (t *textRenderer) proof(f *spf.Flattening) block {
	b := t.labelled("  ", "Checked: every address gets the result that it would get now without a limit of lookups"+provided(f.Proof)+"; "+sizes(f.Proof.New.Of(spf.Pass))+" pass.")
	var copied []string
	for _, c := range f.Changes {
		if !c.Opened || c.Term.Kind == spf.Include {
			copied = append(copied, asciiOnly(c.Term.Text()))
		}
	}
	if len(copied) == 0 {
		return b
	}
	b = append(b, t.labelled("  ", "It goes stale when somebody changes what stands behind "+strings.Join(copied, ", ")+
		". Look again after "+period(f.Again())+":")...)
	source := f.Source.Root.Record.String()
	if f.Source.Domain != f.Domain { // as a text it would be about another name
		source = f.Source.Domain
	}
	return append(b, "  "+Printable(report.Command("authcheck", "spf", "flatten", f.Domain, "--source", source, "--check")))
}

// period returns a duration in the largest unit that it is whole in.
func period(d time.Duration) string {
	switch {
	case d >= 24*time.Hour && d%(24*time.Hour) == 0:
		return plural(int(d/(24*time.Hour)), "day")
	case d >= time.Hour && d%time.Hour == 0:
		return plural(int(d/time.Hour), "hour")
	case d >= time.Minute && d%time.Minute == 0:
		return plural(int(d/time.Minute), "minute")
	}
	return cmp.Or(plural(int(d/time.Second), "second"), "0 seconds")
}

// lookupsOf counts lookups.
func lookupsOf(n int) string { return cmp.Or(plural(n, "lookup"), "no lookup") }

// maxDiffLines is how many networks of a change are listed.
const maxDiffLines = 20

// difference says what a new record changes.
func (t *textRenderer) difference(d *spf.Difference) []block {
	var blocks []block
	b := block{}
	for _, side := range [...]struct {
		mark  string
		facts *spf.Facts
	}{{"- ", d.From}, {"+ ", d.To}} {
		text := "(" + shortReason(cmp.Or(side.facts.Root.Err, spf.ErrNoRecord)) + ")"
		if r := side.facts.Root.Record; r != nil {
			text = asciiOnly(r.String())
		}
		lines := hang("  "+side.mark, "    ", text, t.width)
		b = append(b, lines[:min(len(lines), maxRecordLines)]...)
	}
	blocks = append(blocks, append(b, fmt.Sprintf("  lookups in the worst case: %d, then %d", d.From.Worst.Lookups, d.To.Worst.Lookups)))
	if err := cmp.Or(d.Old.Err, d.New.Err); err != nil {
		return append(blocks, t.labelled("  not compared: ", shortReason(err)))
	}
	if d.Empty() {
		return append(blocks, t.labelled("  ", "the same result for every client"+provided(d)))
	}
	for _, c := range d.Changes {
		blocks = append(blocks, t.change(c))
	}
	var terms block
	for _, c := range d.Gone {
		terms = append(terms, "  - "+asciiOnly(c.Term.Text())+", for other addresses or not at all")
	}
	for _, c := range d.Added {
		terms = append(terms, "  + "+asciiOnly(c.Term.Text())+", for other addresses or new")
	}
	if len(terms) > 0 {
		blocks = append(blocks, append(block{"  what depends on the message:"}, terms...))
	}
	if !d.Otherwise.Empty() {
		blocks = append(blocks, block{"  depends on the message in another way: " + sizes(d.Otherwise)})
	}
	if unknown := d.Unknown(); !unknown.Empty() {
		blocks = append(blocks, block{"  not compared, as no result is known: " + sizes(unknown)})
	}
	return blocks
}

// change lists what one result gains and loses.
func (t *textRenderer) change(c spf.Change) block {
	b := block{"  " + verdictWord(c.Status)}
	for _, side := range [...]struct {
		mark string
		set  spf.Set
	}{{"-", c.Lost}, {"+", c.Gained}} {
		if side.set.Empty() {
			continue
		}
		b = append(b, "    "+side.mark+" "+sizes(side.set))
		if isRest(side.set) {
			continue
		}
		list := side.set.Prefixes()
		for _, p := range list[:min(len(list), maxDiffLines)] {
			b = append(b, "      "+p.String())
		}
		if more := len(list) - maxDiffLines; more > 0 {
			b = append(b, "      "+plural(more, "more network")+" (-f json)")
		}
	}
	return b
}

// verdictWord names the addresses of a change.
func verdictWord(s spf.Status) string {
	switch s {
	case "":
		return "depends on the message"
	case spf.TempError:
		return "unknown"
	}
	return string(s)
}
