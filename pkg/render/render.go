package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// Format is a form of output, by the name that the command line uses.
type Format string

// The formats.
const (
	Text     Format = "text"     // for people
	JSON     Format = "json"     // one object, described by Schema
	NDJSON   Format = "ndjson"   // one report a line
	SARIF    Format = "sarif"    // SARIF 2.1.0, for code scanning
	JUnit    Format = "junit"    // JUnit XML, for test reports of CI systems
	GitHub   Format = "github"   // workflow commands that annotate files
	Markdown Format = "markdown" // for the summary of a CI job
)

// Formats returns all formats.
func Formats() []Format {
	return []Format{Text, JSON, NDJSON, SARIF, JUnit, GitHub, Markdown}
}

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
	Color     bool          // text: colour the words that matter
	Width     int           // text: columns of the terminal; 0: 100, less than 40: 40
	Verbosity Verbosity     // text
	Version   string        // json, sarif: of the tool
	FailOn    lint.Severity // junit: the mildest finding that is a failure; github: notices are shown if they are one; 0: none is
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
	case SARIF:
		return newSARIF(w, o.Version)
	case JUnit:
		return &junitRenderer{w: w, failOn: o.FailOn}
	case GitHub:
		return newGitHub(w, o)
	case Markdown:
		return &markdownRenderer{w: w}
	}
	return &textRenderer{
		w:         w,
		width:     max(cmp.Or(o.Width, defaultWidth), minWidth),
		verbosity: o.Verbosity,
		paint:     newPalette(o),
	}
}
