package check

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/report"
)

// MaxBaseline is the largest baseline that is read, in octets.
const MaxBaseline = 64 << 20

// baselineSchema changes when the form of a baseline does.
const baselineSchema = 1

// Baseline holds the findings that are known: they are shown, but do not count. The
// zero value knows none. It is for use by one goroutine.
type Baseline struct {
	// Stored returns how the path of a file that was judged is stored; nil: as it is.
	Stored func(path string) string

	file    string
	known   map[known]int // how often each may be found
	met     map[known]int
	targets map[string]bool // that were looked at, with an answer to every question
	written map[known]int
}

// known is what makes two findings the same one. Where it stands in a file does not:
// lines move.
type known struct {
	Target  string `json:"target"`
	Rule    string `json:"rule"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// baselineFile is a baseline as it is stored.
type baselineFile struct {
	Baseline int             `json:"authcheck_baseline"`
	Findings []baselineEntry `json:"findings"`
}

type baselineEntry struct {
	known
	Count int `json:"count"`
}

// NewBaseline returns a baseline without findings.
func NewBaseline() *Baseline {
	return &Baseline{known: map[known]int{}, met: map[known]int{}, targets: map[string]bool{}, written: map[known]int{}}
}

// ParseBaseline reads what WriteTo wrote. The error says in one line what is wrong
// with the file.
func ParseBaseline(file string, data []byte) (*Baseline, error) {
	if len(data) > MaxBaseline {
		return nil, fmt.Errorf("%s: more than %d octets", file, MaxBaseline)
	}
	refuse := func(format string, args ...any) (*Baseline, error) {
		return nil, fmt.Errorf("%s is no baseline: %s", file, fmt.Sprintf(format, args...))
	}
	var form struct {
		Baseline *int `json:"authcheck_baseline"`
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch err := json.Unmarshal(data, &form); {
	case err != nil:
		return refuse("%s", faultOf(err))
	case form.Baseline == nil:
		return refuse("authcheck_baseline is missing")
	case *form.Baseline != baselineSchema:
		return nil, fmt.Errorf("%s is a baseline of form %d, this version reads form %d; write it anew with --write-baseline", file, *form.Baseline, baselineSchema)
	}
	var stored baselineFile
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&stored); err != nil {
		return refuse("%s", faultOf(err))
	}
	if stored.Findings == nil {
		return refuse("findings are missing")
	}
	b := NewBaseline()
	b.file = file
	for _, e := range stored.Findings {
		if e.Rule == "" || e.Count < 1 || e.Count > maxCount {
			return refuse("a finding without rule, or without a count from 1 to %d", maxCount)
		}
		if b.known[e.known] > 0 {
			return refuse("%s %s stands twice", e.Rule, e.Subject)
		}
		b.known[e.known] = e.Count
	}
	return b, nil
}

// maxCount is how often one finding can be known: no file has as many.
const maxCount = 1 << 30

// faultOf says what is wrong with JSON in the words of its reader.
func faultOf(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("octet %d is not what JSON has there: %v", syntax.Offset, syntax)
	case errors.As(err, &kind):
		return fmt.Sprintf("%s at octet %d is not what stands there", kind.Value, kind.Offset)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// Apply marks the findings of a report that are known, and remembers all that count
// for WriteTo. What is beyond the number known is new. What is said of the
// configuration always counts: it is about what hides findings. With a nil Baseline all
// findings count.
func (b *Baseline) Apply(r *report.Report) {
	if b == nil || r.Kind == report.Config {
		return
	}
	target := b.target(r)
	b.targets[target] = len(r.Unknown) == 0
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Suppressed != "" {
			continue
		}
		k := identify(target, f)
		b.written[k]++
		if b.met[k] < b.known[k] {
			b.met[k]++
			f.Suppressed = "known from " + b.file
		}
	}
	r.Corrected = slices.DeleteFunc(r.Corrected, func(c lint.Correction) bool { return !wanted(c, r.Findings) })
}

// wanted reports whether a correction mends a finding that counts.
func wanted(c lint.Correction, findings []lint.Finding) bool {
	return slices.ContainsFunc(findings, func(f lint.Finding) bool {
		return f.Span.Source == c.Source && f.Suppressed == "" && f.Severity >= lint.Warning && f.Fix != nil
	})
}

// target returns how the target of a report is stored.
func (b *Baseline) target(r *report.Report) string {
	if r.Kind == report.Zone && b.Stored != nil {
		return stored(b.Stored(r.Target))
	}
	return stored(r.Target)
}

// stored returns a text as a baseline has it. Octets that are no characters cannot be
// stored and are not told apart.
func stored(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// identify returns what tells a finding from others.
func identify(target string, f *lint.Finding) known {
	return known{Target: target, Rule: f.RuleID, Subject: stored(f.Subject()), Text: stored(f.Span.Text())}
}

// Gone returns what is known of the targets that were looked at and was not found any
// more, one line each. Of a target with unknown answers nothing is said.
func (b *Baseline) Gone() []string {
	if b == nil {
		return nil
	}
	var gone []string
	for _, k := range sortedKeys(b.known) {
		if n := b.known[k] - b.met[k]; n > 0 && b.targets[k.Target] {
			gone = append(gone, strings.TrimSpace(k.Rule+" "+k.Subject))
		}
	}
	return gone
}

// WriteTo writes the findings that were seen as a baseline.
func (b *Baseline) WriteTo(w io.Writer) (int64, error) {
	stored := baselineFile{Baseline: baselineSchema, Findings: []baselineEntry{}}
	for _, k := range sortedKeys(b.written) {
		stored.Findings = append(stored.Findings, baselineEntry{k, b.written[k]})
	}
	data, err := json.MarshalIndent(stored, "", "  ")
	if err != nil {
		return 0, err
	}
	n, err := w.Write(append(data, '\n'))
	return int64(n), err
}

func sortedKeys(counts map[known]int) []known {
	keys := make([]known, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b known) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Text, b.Text))
	})
	return keys
}
