package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/report"
)

// Format is a form of output, by the name that the command line uses.
type Format string

// The formats.
const (
	Text   Format = "text"   // for people
	JSON   Format = "json"   // one object, described by Schema
	NDJSON Format = "ndjson" // one report a line
)

// Formats returns all formats.
func Formats() []Format { return []Format{Text, JSON, NDJSON} }

// ParseFormat returns the format of that name. The error lists the names.
func ParseFormat(name string) (Format, error) {
	if f := Format(name); slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", fmt.Errorf("format %q: not one of %s", name, strings.Trim(fmt.Sprint(Formats()), "[]"))
}

// Verbosity says how much of a report the text shows. The zero value is Normal.
type Verbosity int

// The verbosities.
const (
	Quiet   Verbosity = iota - 1 // one line a target
	Normal                       // errors, warnings and what stayed unknown
	Verbose                      // everything
)

// Options says how to write. The zero value is plain text of normal size, 100
// columns wide.
type Options struct {
	Color     bool      // text: colour the words that matter
	Width     int       // text: columns of the terminal; 0: 100, less than 40: 40
	Verbosity Verbosity // text
	Version   string    // json: of the tool
}

// Renderer writes reports. Errors are those of the writer.
type Renderer interface {
	// Write writes the report of one target.
	Write(r *report.Report) error
	// Close writes what comes after the last report. It does not close the writer.
	Close(total report.Summary) error
}

// New returns a renderer that writes to w. A format that ParseFormat does not
// return is written as text.
func New(w io.Writer, format Format, o Options) Renderer {
	switch format {
	case JSON:
		return &jsonRenderer{w: w, version: o.Version}
	case NDJSON:
		return &ndjsonRenderer{w: w}
	}
	return &textRenderer{
		w:         w,
		width:     max(cmp.Or(o.Width, defaultWidth), minWidth),
		verbosity: o.Verbosity,
		paint:     newPalette(o),
	}
}
