package check

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/authcheck/authcheck/pkg/internal/nearest"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// configParser walks the nodes of a configuration and keeps the first error. It
// reads nodes, not Go values, so that every error has its line and column.
type configParser struct {
	file, text string
	lines      []string // of text
	config     Config
	err        *ConfigError
}

// fail remembers the first error.
func (p *configParser) fail(n *yaml.Node, format string, args ...any) {
	if n.Kind == yaml.AliasNode {
		format, args = "aliases are not read: write the value of %q out", []any{n.Value}
	}
	if p.err == nil {
		p.err = &ConfigError{File: p.file, Line: n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...), Text: p.line(n.Line)}
	}
}

// line returns a line of the file if it is short and printable enough to show.
func (p *configParser) line(number int) string {
	if number < 1 || number > len(p.lines) {
		return ""
	}
	line := strings.ReplaceAll(strings.TrimRight(p.lines[number-1], "\r"), "\t", " ")
	if len(line) > 200 || strings.ContainsFunc(line, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return ""
	}
	return line
}

// yamlLine matches the place in an error of the YAML library.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax turns an error of the YAML library into ours.
func (p *configParser) syntax(err error) *ConfigError {
	message := err.Error()
	e := &ConfigError{File: p.file, Message: message}
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		e.Message = "not YAML: " + message[len(m[0]):]
		if e.Line, _ = strconv.Atoi(m[1]); e.Line > 0 {
			e.Column, e.Text = 1, p.line(e.Line)
		}
	}
	return e
}

// mapping calls the function of each key and refuses keys without one.
func (p *configParser) mapping(n *yaml.Node, keys map[string]func(*yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.fail(n, "a mapping of keys to values is wanted here")
		return
	}
	var seen []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, known := keys[key.Value]
		switch {
		case slices.Contains(seen, key.Value):
			p.fail(key, "key %q stands twice", key.Value)
		case known:
			read(value)
		default:
			names := make([]string, 0, len(keys))
			for name := range keys {
				names = append(names, name)
			}
			slices.Sort(names)
			p.fail(key, "unknown key %q%s", key.Value, suggestion(key.Value, names))
		}
		seen = append(seen, key.Value)
		if p.err != nil {
			return
		}
	}
}

// suggestion returns " (did you mean …?)", or the whole list where it is short
// and nothing in it comes near.
func suggestion(word string, known []string) string {
	if near := nearest.Word(word, known, max(1, min(len(word)/3, 4))); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	if len(known) <= 8 {
		return fmt.Sprintf(" (known are %s)", strings.Join(known, ", "))
	}
	return ""
}

// scalar reads a text, a number or a word such as true.
func (p *configParser) scalar(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		p.fail(n, "a text is wanted here")
	}
	return n.Value
}

// string reads a text. What YAML takes for something else stands in quotation marks,
// as the schema demands.
func (p *configParser) string(n *yaml.Node) string {
	text := p.scalar(n)
	if tag := n.ShortTag(); tag == "!!int" || tag == "!!float" || tag == "!!bool" {
		p.fail(n, "%q is a number or a truth value for YAML; put the text between quotation marks", text)
	}
	return text
}

// strings reads a text or a list of texts.
func (p *configParser) strings(n *yaml.Node) (list []string) {
	p.each(n, func(n *yaml.Node) { list = append(list, p.string(n)) })
	return list
}

func (p *configParser) duration(n *yaml.Node) time.Duration {
	d, err := time.ParseDuration(p.scalar(n))
	if err != nil || d <= 0 {
		p.fail(n, "%q is not a duration such as 5s", n.Value)
	}
	return d
}

func (p *configParser) integer(n *yaml.Node, least, most int) *int {
	i, err := strconv.Atoi(p.scalar(n))
	if err != nil || n.ShortTag() != "!!int" || i < least || i > most {
		p.fail(n, "%q is not a number from %d to %d", n.Value, least, most)
	}
	return &i
}

// oneOf reads one of several words.
func (p *configParser) oneOf(n *yaml.Node, words ...string) string {
	if word := p.string(n); !slices.Contains(words, word) {
		p.fail(n, "%q is not one of %s", word, strings.Join(words, ", "))
	}
	return n.Value
}

func (p *configParser) number(n *yaml.Node) float64 {
	f, err := strconv.ParseFloat(p.scalar(n), 64)
	if tag := n.ShortTag(); err != nil || tag != "!!int" && tag != "!!float" || !(f > 0 && f < 1e6) {
		p.fail(n, "%q is not a number above 0", n.Value)
	}
	return f
}

// selectors reads the names of DKIM keys. Years and the like may stand bare.
func (p *configParser) selectors(n *yaml.Node) (list []string) {
	p.each(n, func(n *yaml.Node) {
		selector := p.scalar(n)
		if n.ShortTag() != "!!int" {
			selector = p.string(n)
		}
		if name, err := lookup.FromUser(selector + "._domainkey.example"); err != nil || strings.HasPrefix(name, "_domainkey") {
			p.fail(n, "%q cannot be a selector", selector)
		}
		list = append(list, selector)
	})
	return list
}

// rule reads the ID of a rule.
func (p *configParser) rule(n *yaml.Node) string {
	doc, err := Rule(p.string(n))
	if err != nil {
		p.fail(n, "%v", err)
	}
	return doc.ID
}

// severities reads a mapping of rules to severities or off.
func (p *configParser) severities(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p.fail(n, "a mapping of rules to severities is wanted here")
		return
	}
	p.config.Severity, p.config.Off = map[string]lint.Severity{}, map[string]bool{}
	for i := 0; i+1 < len(n.Content) && p.err == nil; i += 2 {
		id, value := p.rule(n.Content[i]), n.Content[i+1]
		if p.err == nil && (p.config.Off[id] || p.config.Severity[id] != 0) {
			p.fail(n.Content[i], "key %q stands twice", id)
		}
		// YAML 1.1 readers turn a bare off into false; both words are taken.
		if value.Value == "off" || value.Value == "false" {
			p.config.Off[id] = true
		} else if s, ok := lint.ParseSeverity(value.Value); ok {
			p.config.Severity[id] = s
		} else {
			p.fail(value, "%q is not a severity (known are error, warning, notice, off)", value.Value)
		}
	}
}

// ignores reads a list of findings that shall not count.
func (p *configParser) ignores(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		p.fail(n, "a list of findings is wanted here, each with rule and reason")
		return
	}
	for _, item := range n.Content {
		var ignore Ignore
		p.mapping(item, map[string]func(*yaml.Node){
			"rule": func(n *yaml.Node) {
				ignore.Rule = p.rule(n)
				ignore.Place = p.place(n)
			},
			"subject": func(n *yaml.Node) { ignore.Subject = p.string(n) },
			"reason":  func(n *yaml.Node) { ignore.Reason = p.string(n) },
			"until":   func(n *yaml.Node) { ignore.Until = p.day(n) },
		})
		if ignore.Rule == "" {
			p.fail(item, "an ignore needs a rule")
		}
		if strings.TrimSpace(ignore.Reason) == "" {
			p.fail(item, "an ignore needs a reason")
		}
		p.config.Ignore = append(p.config.Ignore, ignore)
	}
}
