package dkim

import (
	"encoding/base64"
	"io"
	"iter"
	"mime/quotedprintable"
	"slices"
)

// find returns the first trial that has the hash of the signature, nil where none has.
func (b *bodySearch) find() *found {
	for t := range b.trials() {
		if !b.affordable() {
			return nil
		}
		if t.form == "" {
			t.form = b.s.Body
		}
		if f := b.try(t); f != nil {
			return f
		}
	}
	return nil
}

// trials are what is tried, the commonest first: of a large body the last are left out.
func (b *bodySearch) trials() iter.Seq[trial] {
	return func(yield func(trial) bool) {
		if b.s.Length < 0 && !yield(trial{cause: Footer}) {
			return
		}
		o, err := b.outline()
		if err != nil {
			return
		}
		rest := slices.Concat(b.forms(), o.lineTrials(), o.partsAdded(), o.wraps(), o.recodings(), o.insertions())
		for _, t := range rest {
			if !yield(t) {
				return
			}
		}
		o.ranges(yield)
	}
}

// forms are the trials of the canonicalization and the length.
func (b *bodySearch) forms() []trial {
	var list []trial
	if b.s.Length >= 0 {
		list = append(list, trial{cause: OtherLength, whole: anywhere})
	}
	if b.s.Body == Relaxed {
		return append(list, trial{cause: OtherForm, form: Simple})
	}
	return append(list, trial{cause: TrailingSpace, lines: stateless(withoutSpace)}, trial{cause: OtherForm, form: Relaxed})
}

// lineTrials change line by line. All but the last need lines of a kind.
func (o *outline) lineTrials() []trial {
	var list []trial
	for _, t := range []trial{
		{cause: FromQuoting, lines: stateless(withoutPrefix(">", ">", "From "))},
		{cause: FromQuoting, lines: stateless(withPrefix(">", ">", "From "))},
		{cause: DotStuffing, lines: stateless(withoutPrefix(".", "", "."))},
		{cause: DotStuffing, lines: stateless(withPrefix(".", "", "."))},
		{cause: LongLines, lines: joined("")},
		{cause: LongLines, lines: joined("!")},
		{cause: LineEndings, lines: stateless(withCRLF)},
		{cause: LineEndings, lines: stateless(withoutCR)},
	} {
		if o.seen[t.cause] {
			list = append(list, t)
		}
	}
	return append(list, trial{cause: LineEndings, lines: stateless(withLF)})
}

// cut leaves out what stands between two marks at line starts.
func cut(from, to mark) edit {
	return edit{from: from.at, to: to.at, lines: [2]int{from.line, to.line - 1}}
}

// partsAdded leaves out each part, the last first.
func (o *outline) partsAdded() []trial {
	var list []trial
	for _, p := range slices.Backward(o.parts[1:]) {
		list = append(list, trial{cause: PartAdded, edits: []edit{cut(p.start, p.end)}})
	}
	return list
}

// maxRecoded is the number of parts for which other encodings and insertions are
// tried: texts come first.
const maxRecoded = 8

// leaves are the first parts that hold no others.
func (o *outline) leaves() []*part {
	var leaves []*part
	for _, p := range o.parts {
		if !p.multi && len(leaves) < maxRecoded {
			leaves = append(leaves, p)
		}
	}
	return leaves
}

// wraps take each part for the whole body.
func (o *outline) wraps() []trial {
	var list []trial
	whole := o.parts[0]
	for _, p := range o.parts[1:min(len(o.parts), maxRecoded)] {
		list = append(list, trial{cause: Wrapped, whole: atEnd, edits: []edit{cut(whole.start, p.body), cut(p.end, whole.end)}})
	}
	return list
}

// insertions leave out lines at the top and at the end of each part.
func (o *outline) insertions() []trial {
	var list []trial
	for _, p := range o.leaves() {
		for _, at := range p.top {
			list = append(list, trial{cause: Banner, edits: []edit{cut(p.body, at)}})
		}
		for _, at := range slices.Backward(p.bottom) {
			if p.boundary == "" {
				break // one pass has tried every end
			}
			list = append(list, trial{cause: PartFooter, edits: []edit{cut(at, p.end)}})
			if len(p.blank) > 0 && at.at < p.blank[0].at {
				list = append(list, trial{cause: PartFooter, edits: []edit{cut(at, p.blank[0])}})
			}
		}
	}
	return list
}

// ranges leave out lines within each part.
func (o *outline) ranges(yield func(trial) bool) {
	for _, p := range o.leaves() {
		marks := slices.Concat(p.top, p.bottom)
		slices.SortFunc(marks, func(a, b mark) int { return a.line - b.line })
		marks = slices.Compact(marks)
		for i, from := range marks {
			for _, to := range marks[i+1:] {
				if !yield(trial{cause: LinesAdded, edits: []edit{cut(from, to)}}) {
					return
				}
			}
		}
	}
}

// The encodings of content (RFC 2045, Section 6.1).
const (
	asBase64          = "base64"
	asQuotedPrintable = "quoted-printable"
)

// plainNames are the names of content that is not encoded.
var plainNames = []string{"8bit", "7bit"}

// recodings undo that the content of parts was encoded, decoded, or both.
func (o *outline) recodings() []trial {
	var list []trial
	leaves := o.leaves()
	for _, p := range leaves {
		for _, name := range slices.Concat(plainNames, []string{asQuotedPrintable, asBase64}) {
			if p.boundary == "" && name == plainNames[1] || p.isPlain() && slices.Contains(plainNames, name) {
				continue // the content would be the same as of a trial before
			}
			if p.opaque && (name != asBase64 || p.encoding != asBase64) {
				continue // but its lines may be of another length
			}
			for _, ending := range []int64{0, int64(len("\r\n"))} {
				t := trial{cause: TransferEncoding, whole: atEnd, edits: p.recoded(name, ending)}
				if p.boundary == "" && name != asBase64 && ending == 0 {
					t.whole = declared // a list that adds a footer may encode the whole
				}
				list = append(list, t)
			}
		}
	}
	for _, name := range plainNames {
		var edits []edit
		for _, p := range leaves {
			if p.boundary != "" && p.encoding == asQuotedPrintable {
				edits = append(edits, p.recoded(name, 0)...)
			}
		}
		if len(edits) > 0 {
			list = append(list, trial{cause: TransferEncoding, whole: atEnd, edits: edits})
		}
	}
	return list
}

// recoded is the part in another encoding. ending is how many octets at the end of
// the part, which may belong to the line that divides, stay as they are.
func (p *part) recoded(name string, ending int64) []edit {
	var edits []edit
	if p.value[1] > 0 {
		edits = append(edits, edit{from: p.value[0], to: p.value[1], lines: [2]int{p.valueAt, p.valueAt}, text: name})
	}
	e := cut(p.body, p.end)
	e.to = max(e.to-ending, e.from)
	if name == asBase64 && ending == 0 {
		e.text = "\r\n"
	}
	e.recode = func(out io.Writer, in io.Reader) error {
		w := encoder(name, out)
		if _, err := io.Copy(w, decoder(p.encoding, in)); err != nil {
			return err
		}
		return w.Close()
	}
	return append(edits, e)
}

func (p *part) isPlain() bool { return p.encoding != asBase64 && p.encoding != asQuotedPrintable }

func decoder(name string, in io.Reader) io.Reader {
	switch name {
	case asBase64:
		return base64.NewDecoder(base64.StdEncoding, in)
	case asQuotedPrintable:
		return quotedprintable.NewReader(in)
	}
	return in
}

func encoder(name string, out io.Writer) io.WriteCloser {
	switch name {
	case asBase64:
		return base64.NewEncoder(base64.StdEncoding, &wrapped76{out: out})
	case asQuotedPrintable:
		return quotedprintable.NewWriter(out)
	}
	return asIs{out}
}

// asIs passes octets on.
type asIs struct{ io.Writer }

func (asIs) Close() error { return nil }

// wrapped76 breaks its text into lines of 76 octets, the most that there may be
// (RFC 2045, Section 6.8).
type wrapped76 struct {
	out io.Writer
	n   int // octets of the line so far
}

func (w *wrapped76) Write(p []byte) (int, error) {
	size := len(p)
	for len(p) > 0 {
		if w.n == 76 {
			if _, err := io.WriteString(w.out, "\r\n"); err != nil {
				return 0, err
			}
			w.n = 0
		}
		n := min(76-w.n, len(p))
		if _, err := w.out.Write(p[:n]); err != nil {
			return 0, err
		}
		w.n += n
		p = p[n:]
	}
	return size, nil
}
