package message

// Kind names a defect in a word.
type Kind string

// The kinds of defects.
const (
	Empty             Kind = "empty"                   // no octet at all; nothing else is named
	NoHeaders         Kind = "no-headers"              // no field before the first empty line
	NoSeparator       Kind = "no-separator"            // no empty line ends the header
	MboxLine          Kind = "mbox-line"               // the first line is the "From " line of an mbox file; it is skipped
	ByteOrderMark     Kind = "byte-order-mark"         // the first octets are those of UTF-8; they are skipped
	BadHeaderLine     Kind = "bad-header-line"         // neither a field nor the continuation of one; it is skipped
	NUL               Kind = "nul"                     // octets of value 0
	BareCR            Kind = "bare-cr"                 // CR without LF
	BareLF            Kind = "bare-lf"                 // LF without CR: see Message.LineEnds for "throughout"
	LongLine          Kind = "long-line"               // more than MaxLine octets
	EightBitHeader    Kind = "8bit-header"             // octets above 127 in the header
	EightBit          Kind = "8bit"                    // octets above 127 in the body
	NoFrom            Kind = "no-from"                 // no From field
	MultipleFrom      Kind = "multiple-from"           // more than one From field
	EmptyFrom         Kind = "empty-from"              // nothing but white space and comments in a From field
	FromNoDomain      Kind = "from-no-domain"          // no address with the name of a domain in a From field
	MultipleAddresses Kind = "multiple-from-addresses" // more than one address in a From field
)

// Defect is a way in which a message is not as it should be.
type Defect struct {
	Kind  Kind
	Lines []int // of the file, from 1: the first lines that have it; none where it is no matter of lines
}

// maxLines is how many lines a defect names.
const maxLines = 5

// order is the order in which defects are named.
var order = [...]Kind{Empty, NoHeaders, NoSeparator, MboxLine, ByteOrderMark, BadHeaderLine, NUL, BareCR, BareLF, LongLine,
	EightBitHeader, EightBit, NoFrom, MultipleFrom, EmptyFrom, FromNoDomain, MultipleAddresses}

// defects collects what is found.
type defects map[Kind]*Defect

// add notes a defect of a line; line 0 is the message as a whole.
func (d defects) add(kind Kind, line int) {
	found := d[kind]
	if found == nil {
		found = &Defect{Kind: kind}
		d[kind] = found
	}
	if n := len(found.Lines); line > 0 && n < maxLines && (n == 0 || found.Lines[n-1] != line) {
		found.Lines = append(found.Lines, line)
	}
}

// full reports whether more lines of that kind would not be named.
func (d defects) full(kind Kind) bool { return d[kind] != nil && len(d[kind].Lines) == maxLines }

func (d defects) list() []Defect {
	var list []Defect
	for _, kind := range order {
		if found := d[kind]; found != nil {
			list = append(list, *found)
		}
	}
	return list
}

// Has reports whether the message has a defect of that kind.
func (m *Message) Has(kind Kind) bool {
	for _, d := range m.Defects {
		if d.Kind == kind {
			return true
		}
	}
	return false
}
