package check

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// Config is what .authcheck.yaml says. The zero value says nothing.
type Config struct {
	Selectors []string      // of DKIM keys, where the command names none
	Resolvers []string      // URLs, in order of preference
	Timeout   time.Duration // per query; 0: default
	Deadline  time.Duration // per target; 0: default
	Retries   *int          // per query; nil: default
	Rate      float64       // queries per second; 0: no limit
	FailOn    string        // as --fail-on takes it; empty: default
	Sealers   []string      // forwarders whose ARC seals are trusted
	Targets   []Target      // what check looks at where nobody names a domain
	Severity  map[string]lint.Severity
	Off       map[string]bool // rules that shall not speak at all
	Ignore    []Ignore

	byName map[string]int // index of each of Targets
	used   []atomic.Bool  // of each Ignore: it matched a finding
}

// Ignore keeps a known finding from counting. It stays visible as suppressed.
type Ignore struct {
	Rule    string
	Subject string // such as "TXT example.com"; empty: every subject
	Reason  string
	Until   time.Time // end of the last day on which it holds, in UTC; zero: for ever
	Place   lint.Span // in the configuration
}

// MaxConfig is the largest configuration that is read, in octets.
const MaxConfig = 1 << 20

// ConfigError is a place in the configuration that cannot be used.
type ConfigError struct {
	File         string
	Line, Column int // from 1; 0 where the place is not known
	Message      string
	Text         string // the line at fault, for the caret
}

// Error returns the place and the message, and below them the line with a caret.
func (e *ConfigError) Error() string {
	place := e.File
	if e.Line > 0 {
		place += fmt.Sprintf(":%d:%d", e.Line, e.Column)
	}
	text := place + ": " + e.Message
	if e.Text != "" {
		text += fmt.Sprintf("\n  %s\n  %s^", e.Text, strings.Repeat(" ", max(e.Column-1, 0)))
	}
	return text
}

// ParseConfig reads a configuration. The error is a *ConfigError.
func ParseConfig(file string, text []byte) (Config, error) {
	p := configParser{file: file, text: string(text), lines: strings.Split(string(text), "\n")}
	if len(text) > MaxConfig {
		return Config{}, &ConfigError{File: file, Message: fmt.Sprintf("more than %d octets", MaxConfig)}
	}
	var document yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(p.text))
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return Config{}, nil
		}
		return Config{}, p.syntax(err)
	}
	var second yaml.Node
	switch err := decoder.Decode(&second); {
	case err == nil:
		p.fail(&second, "a second document; one is read")
	case !errors.Is(err, io.EOF):
		return Config{}, p.syntax(err)
	}
	if len(document.Content) == 0 {
		return Config{}, nil
	}
	root := document.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return Config{}, nil
	}
	p.mapping(root, map[string]func(*yaml.Node){
		"selectors":       func(n *yaml.Node) { p.config.Selectors = p.selectors(n) },
		"resolver":        func(n *yaml.Node) { p.config.Resolvers = p.resolvers(n) },
		"timeout":         func(n *yaml.Node) { p.config.Timeout = p.duration(n) },
		"deadline":        func(n *yaml.Node) { p.config.Deadline = p.duration(n) },
		"retries":         func(n *yaml.Node) { p.config.Retries = p.integer(n, 0, 100) },
		"rate":            func(n *yaml.Node) { p.config.Rate = p.number(n) },
		"fail_on":         func(n *yaml.Node) { p.config.FailOn = p.oneOf(n, "error", "warning", "notice", "never") },
		"trusted_sealers": func(n *yaml.Node) { p.config.Sealers = p.sealers(n) },
		"targets":         p.targets,
		"severity":        p.severities,
		"ignore":          p.ignores,
	})
	if p.err != nil {
		return Config{}, p.err
	}
	p.config.used = make([]atomic.Bool, len(p.config.Ignore))
	return p.config, nil
}

// judge applies the configuration to a finding as of a moment. It reports false
// where the rule is switched off.
func (c *Config) judge(f *lint.Finding, at time.Time) bool {
	if c.Off[f.RuleID] {
		return false
	}
	if s, ok := c.Severity[f.RuleID]; ok {
		f.Severity = s
	}
	for i := range c.Ignore {
		ignore := &c.Ignore[i]
		if ignore.Rule == f.RuleID && (ignore.Subject == "" || strings.EqualFold(ignore.Subject, f.Subject())) {
			c.used[i].Store(true)
			if !ignore.expired(at) {
				f.Suppressed = ignore.Reason
			}
		}
	}
	return true
}

// expired reports whether the ignore has ceased to hold.
func (i *Ignore) expired(at time.Time) bool { return !i.Until.IsZero() && !at.Before(i.Until) }

// Target returns what is known of a domain, the zero value where that is nothing.
func (c *Config) Target(domain string) Target {
	name, _ := lookup.FromUser(domain)
	if i, ok := c.byName[name]; ok {
		return c.Targets[i]
	}
	return Target{}
}
