package render

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/report"
)

// built shows records to publish, what each piece of them says, and what else
// there is to know.
func (t *textRenderer) built(built *report.Built) []block {
	lines := block{t.paint.good.Sprint("publish") + ":"}
	var blocks []block
	for _, r := range built.Records {
		lines = append(lines, "  "+masterLine(r))
		name := "  " + r.Type
		if r.Name != "" {
			name += " " + Printable(r.Name)
		}
		if len(r.Parts) == 1 {
			blocks = append(blocks, hang("  ", "    ", strings.TrimSpace(name)+": "+Printable(r.Parts[0].Why), min(t.width, maxProse)))
			continue
		}
		blocks = append(blocks, append(block{name + ":"}, t.parts(r.Parts)...))
	}
	blocks = append([]block{lines}, blocks...)
	for _, note := range built.Notes {
		blocks = append(blocks, t.labelled("  ", note))
	}
	if built.Next != "" {
		blocks[len(blocks)-1] = append(blocks[len(blocks)-1], "  "+Printable(built.Next))
	}
	return blocks
}

// maxPart is the widest part of a record that has its explanation beside it.
const maxPart = 32

// parts says what each part of a record does.
func (t *textRenderer) parts(parts []report.Part) block {
	width := 0
	for _, p := range parts {
		if n := len(asciiOnly(p.Text)); n <= maxPart {
			width = max(width, n)
		}
	}
	var b block
	for _, p := range parts {
		text := asciiOnly(p.Text)
		if len(text) > maxPart {
			b = append(b, "    "+text)
			text = ""
		}
		b = append(b, t.labelled(fmt.Sprintf("    %-*s  ", width, text), p.Why)...)
	}
	return b
}

// masterLine returns a record as a master file has it, a TXT record in strings of
// 255 octets (RFC 1035, Section 3.3).
func masterLine(r report.BuiltRecord) string {
	var b strings.Builder
	name := "@"
	if r.Name != "" {
		name = Printable(r.Name) + "."
	}
	b.WriteString(name + " " + r.Type)
	if r.Type != "TXT" {
		return b.String() + " " + asciiOnly(r.Text)
	}
	for rest := r.Text; rest != ""; {
		part := rest[:min(len(rest), 255)]
		rest = rest[len(part):]
		b.WriteString(` "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(asciiOnly(part)) + `"`)
	}
	return b.String()
}
