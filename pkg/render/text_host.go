package render

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/authcheck/authcheck/pkg/mailhost"
)

// hostWords names the parts that were looked at, for the headline.
func hostWords(f *mailhost.Facts) string {
	words := ""
	for _, part := range [...]struct {
		looked bool
		word   string
	}{
		{f.Judges(mailhost.Addresses), "A"},
		{f.Judges(mailhost.Exchanges), "MX"},
		{f.Judges(mailhost.Reverses) || f.Domain == "" && f.HELO == nil, "PTR"},
		{f.HELO != nil, "HELO"},
	} {
		if part.looked {
			words += "  " + part.word
		}
	}
	return words
}

// host returns a table for each part.
func (t *textRenderer) host(f *mailhost.Facts) []block {
	var blocks []block
	add := func(rows [][]string) {
		if len(rows) > 0 {
			blocks = append(blocks, t.columns(rows))
		}
	}
	if f.Judges(mailhost.Addresses) {
		add(addressRows(f.Self))
	}
	add(namedRows(f.Hosts))
	if f.Judges(mailhost.Exchanges | mailhost.Reverses) {
		add(t.exchangeRows(f))
	}
	if f.HELO != nil {
		add(t.heloRows(f))
	}
	if f.HELO == nil || !f.HELO.Client.IsValid() {
		add(t.senderRows(f))
	}
	return blocks
}

// Bounds of a table: rows shown, and columns up to which a cell pushes the next ones
// aside.
const (
	maxTableRows = 40
	maxCell      = 42
)

// columns puts the cells of a table below each other. A row that does not fit goes on
// in the next line.
func (t *textRenderer) columns(rows [][]string) block {
	const gap = "  "
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], min(utf8.RuneCountInString(cell), maxCell))
		}
	}
	var b block
	for n, row := range rows {
		if n == maxTableRows {
			return append(b, "  … (-f json)")
		}
		line := ""
		for i, cell := range row {
			line += fmt.Sprintf("%s%-*s", gap, widths[i], cell)
		}
		line = strings.TrimRight(line, " ")
		if utf8.RuneCountInString(line) > t.width {
			b = append(b, hang("  ", "      ", strings.Join(strings.Fields(line), gap), t.width)...)
			continue
		}
		b = append(b, line)
	}
	return b
}

func addressRows(h *mailhost.Host) [][]string {
	var rows [][]string
	for _, addr := range h.Addresses() {
		rows = append(rows, []string{addr.String()})
	}
	if h.Err() != nil {
		rows = append(rows, []string{"(" + shortReason(h.Err()) + ")"})
	}
	switch {
	case !h.Asked():
		return [][]string{{"(not asked)"}}
	case rows == nil:
		return [][]string{{"(no address)"}}
	}
	return rows
}

// namedRows returns name and address of hosts: the name stands in the first row.
func namedRows(hosts []*mailhost.Host) [][]string {
	var rows [][]string
	for _, h := range hosts {
		name := displayName(h.Name)
		for _, cell := range addressRows(h) {
			rows = append(rows, []string{name, cell[0]})
			name = ""
		}
	}
	return rows
}

// exchangeRows returns preference, host, address and name of every mail host.
func (t *textRenderer) exchangeRows(f *mailhost.Facts) [][]string {
	switch {
	case f.MX.Err != nil:
		return [][]string{{"(" + shortReason(f.MX.Err) + ")"}}
	case f.Implicit():
		return t.hostRows(f, "-", f.Self)
	case len(f.Exchanges) == 0 && f.Self.Err() != nil: // it might be the mail host itself
		return [][]string{{"(" + shortReason(f.Self.Err()) + ")"}}
	case len(f.Exchanges) == 0:
		return [][]string{{"(no mail host)"}}
	}
	var rows [][]string
	for _, x := range f.Exchanges {
		preference := strconv.Itoa(int(x.Record.Preference))
		if x.Null() {
			rows = append(rows, []string{preference, ".", "(no mail)"})
			continue
		}
		rows = append(rows, t.hostRows(f, preference, x.Host)...)
	}
	return rows
}

// hostRows returns the rows of one mail host: its name stands in the first.
func (t *textRenderer) hostRows(f *mailhost.Facts, preference string, h *mailhost.Host) [][]string {
	cells := addressRows(h)
	var rows [][]string
	for i, addr := range h.Addresses() {
		row := append([]string{"", ""}, cells[i]...)
		if v := f.Reverse(addr); v != nil {
			row = append(row, reverseWords(v))
		}
		rows = append(rows, row)
	}
	for _, cell := range cells[len(rows):] {
		rows = append(rows, []string{"", "", cell[0]})
	}
	rows[0][0], rows[0][1] = preference, displayName(h.Name)
	return rows
}

// reverseWords returns the name of an address and whether it leads back.
func reverseWords(v *mailhost.Reverse) string {
	switch v.Status() {
	case mailhost.Pass:
		return displayName(v.Shown())
	case mailhost.Fail:
		return displayName(v.Shown()) + " (not confirmed)"
	case mailhost.PermError:
		return "(no name)"
	}
	return "(name unknown)"
}

// senderRows returns iprev of the addresses that were given.
func (t *textRenderer) senderRows(f *mailhost.Facts) [][]string {
	var rows [][]string
	for _, addr := range f.Options.Senders {
		if v := f.Reverse(addr); v != nil {
			rows = append(rows, []string{v.Addr.String(), string(v.Status()), reverseWords(v)})
		}
	}
	return rows
}

// heloRows puts the name with its addresses above the client's name with its address,
// so that one sees what the two have in common.
func (t *textRenderer) heloRows(f *mailhost.Facts) [][]string {
	h := f.HELO
	if h.Host == nil {
		return nil
	}
	var rows [][]string
	for _, cell := range addressRows(h.Host) {
		rows = append(rows, []string{"", "", cell[0]})
	}
	rows[0][0], rows[0][1] = "HELO", displayName(h.Host.Name)
	if v := f.Reverse(h.Client); v != nil {
		rows = append(rows, []string{"client", reverseWords(v), v.Addr.String()})
	}
	return rows
}
