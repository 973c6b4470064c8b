package render

import (
	"github.com/fatih/color"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/spf"
)

// colour wraps text in escape sequences, or leaves it as it is.
type colour struct{ *color.Color }

// Sprint colours text. No text, no escape sequences.
func (c *colour) Sprint(text string) string {
	if text == "" {
		return ""
	}
	return c.Color.Sprint(text)
}

// palette is the colours of one renderer.
type palette struct {
	bad, weak, note, good, dim, bold *colour
}

// newPalette returns colours that do as the options say, whatever the colour
// library finds out about the standard output.
func newPalette(o Options) palette {
	of := func(attributes ...color.Attribute) *colour {
		c := color.New(attributes...)
		if o.Color {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return &colour{c}
	}
	return palette{
		bad:  of(color.FgRed, color.Bold),
		weak: of(color.FgYellow, color.Bold),
		note: of(color.FgCyan, color.Bold),
		good: of(color.FgGreen, color.Bold),
		dim:  of(color.Faint),
		bold: of(color.Bold),
	}
}

func (p *palette) severity(s lint.Severity) *colour {
	switch s {
	case lint.Error:
		return p.bad
	case lint.Warning:
		return p.weak
	}
	return p.note
}

func (p *palette) status(s spf.Status) *colour {
	switch s {
	case spf.Pass:
		return p.good
	case spf.Fail, spf.PermError:
		return p.bad
	}
	return p.weak
}
