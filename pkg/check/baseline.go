package check

import (
	"bytes"
	"cmp"
	"encoding/json"
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

// ParseBaseline reads what WriteTo wrote. The error says what is wrong with the file.
func ParseBaseline(file string, data []byte) (*Baseline, error) {
	if len(data) > MaxBaseline {
		return nil, fmt.Errorf("%s: more than %d octets", file, MaxBaseline)
	}
	var stored baselineFile
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&stored); err != nil {
		return nil, fmt.Errorf("%s is no baseline: %w", file, err)
	}
	switch {
	case stored.Baseline == 0:
		return nil, fmt.Errorf("%s is no baseline: authcheck_baseline is missing", file)
	case stored.Baseline != baselineSchema:
		return nil, fmt.Errorf("%s is a baseline of form %d, this version reads form %d; write it anew with --write-baseline", file, stored.Baseline, baselineSchema)
	}
	b := NewBaseline()
	b.file = file
	for _, e := range stored.Findings {
		if e.Rule == "" || e.Count < 1 {
			return nil, fmt.Errorf("%s is no baseline: a finding without rule or count", file)
		}
		b.known[e.known] += e.Count
	}
	return b, nil
}

// Apply marks the findings of a report that are known, and remembers all that count
// for WriteTo. What is beyond the number known is new.
func (b *Baseline) Apply(r *report.Report) {
	b.targets[r.Target] = len(r.Unknown) == 0
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Suppressed != "" {
			continue
		}
		k := identify(r, f)
		b.written[k]++
		if b.met[k] < b.known[k] {
			b.met[k]++
			f.Suppressed = "known from " + b.file
		}
	}
}

// identify returns what tells a finding from others. Octets that are no characters
// cannot be stored and are not told apart.
func identify(r *report.Report, f *lint.Finding) known {
	valid := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
	return known{Target: valid(strings.ReplaceAll(r.Target, "\\", "/")), Rule: f.RuleID, Subject: valid(f.Subject()), Text: valid(f.Span.Text())}
}

// Gone returns what is known of the targets that were looked at and was not found any
// more, one line each. Of a target with unknown answers nothing is said.
func (b *Baseline) Gone() []string {
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
