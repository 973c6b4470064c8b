package check_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

const fullConfig = `# what the team agreed on
resolver:
  - tls://dns.example@192.0.2.53
  - 192.0.2.54
timeout: 3s
deadline: 2m
retries: 0
rate: 50.5
severity:
  spf-all-softfail: warning
  spf-lookup-count: off
ignore:
  - rule: spf-ptr-used
    subject: TXT example.com
    reason: old relay
    until: 2027-01-31
fail_on: warning
trusted_sealers: lists.example.org
targets:
  - example.com
  - domain: bücher.example
    selectors: [s1, s2]
    ip: [192.0.2.25, "2001:db8::25"]
    helo: mail.example.com
    hosts: imap
    expect: 192.0.2.10
    profile: smarthost
    min_key_bits: 2048
    require_rua: dmarc@example.com
    expect_pass: 192.0.2.25
    expect_fail: ["2001:db8::1"]
`

func TestParseConfig(t *testing.T) {
	t.Parallel()
	zero := 0
	want := check.Config{
		Resolvers: []string{"tls://dns.example@192.0.2.53", "192.0.2.54"},
		Timeout:   3 * time.Second, Deadline: 2 * time.Minute, Retries: &zero, Rate: 50.5,
		Severity: map[string]lint.Severity{"spf-all-softfail": lint.Warning},
		Off:      map[string]bool{"spf-lookup-count": true},
		Ignore:   []check.Ignore{{Rule: "spf-ptr-used", Subject: "TXT example.com", Reason: "old relay", Until: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)}},
		FailOn:   "warning",
		Sealers:  []string{"lists.example.org"},
		Targets: []check.Target{{Domain: "example.com"}, {
			Domain: "bücher.example", Selectors: []string{"s1", "s2"}, Senders: []netip.Addr{netip.MustParseAddr("192.0.2.25"), netip.MustParseAddr("2001:db8::25")},
			HELO: "mail.example.com", Hosts: []string{"imap"}, Expect: []netip.Addr{netip.MustParseAddr("192.0.2.10")},
			Profile: mailhost.Smarthost, MinBits: 2048, Required: []dmarc.Address{{Local: "dmarc", Host: "example.com"}},
			Passing: []netip.Addr{netip.MustParseAddr("192.0.2.25")}, Failing: []netip.Addr{netip.MustParseAddr("2001:db8::1")},
		}},
	}
	got, err := check.ParseConfig("c.yaml", []byte(fullConfig))
	if err != nil {
		t.Fatal(err)
	}
	comparer := cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
	if diff := cmp.Diff(want, got, comparer, cmpopts.IgnoreUnexported(check.Config{}), cmpopts.IgnoreFields(check.Ignore{}, "Place")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if p := got.Ignore[0].Place; p.Text() != "spf-ptr-used" || p.Position() != (lint.Position{Line: 13, Column: 11}) {
		t.Errorf("the ignore stands at %q, %v", p.Text(), p.Position())
	}
	if got := got.Target("xn--bcher-kva.example").HELO; got != "mail.example.com" {
		t.Errorf("the target is not found by its A-labels: %q", got)
	}
}

func TestParseConfigErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in     string
		line, column int
		message      string
	}{
		{"scalar", "5s", 1, 1, "a mapping of keys to values is wanted here"},
		{"unknown key", "timeout: 1s\ntimeouts: 2s", 2, 1, `unknown key "timeouts" (did you mean "timeout"?)`},
		{"unknown key like no other", "zzz: 1", 1, 1, `unknown key "zzz"`},
		{"no duration", "timeout: 5", 1, 10, `"5" is not a duration such as 5s`},
		{"negative duration", "timeout: -5s", 1, 10, `"-5s" is not a duration such as 5s`},
		{"list for a text", "timeout: [1s]", 1, 10, "a text is wanted here"},
		{"negative retries", "retries: -1", 1, 10, `"-1" is not a number from 0 to 100`},
		{"too many retries", "retries: 1000", 1, 10, `"1000" is not a number from 0 to 100`},
		{"second document", "timeout: 1s\n---\nretries: 3", 2, 1, "a second document; one is read"},
		{"rate not a number", "rate: .nan", 1, 7, `".nan" is not a number above 0`},
		{"alias", "timeout: &a 1s\ndeadline: *a", 2, 11, "aliases are not read: write the value of \"a\" out"},
		{"alias of a mapping", "targets:\n- &a {domain: example.com}\n- *a", 3, 3, "aliases are not read: write the value of \"a\" out"},
		{"null", "resolver:", 1, 10, "a text is wanted here"},
		{"severity of nothing", "severity: {spf-all-pass: 7}", 1, 26, `"7" is not a severity (known are error, warning, notice, off)`},
		{"retired rule", "severity: {spf-all-multiple: off}", 1, 12, `rule "spf-all-multiple" is now "spf-all-not-last"`},
		{"targets that are no list", "targets: example.com", 1, 10, "a list of domains is wanted here"},
		{"target without domain", "targets: [{selectors: s1}]", 1, 11, "a target needs a domain"},
		{"target that is a URL", "targets: [https://example.com]", 1, 11, `"https://example.com" is not a domain`},
		{"target that is an address", "targets: [me@example.com]", 1, 11, `"me@example.com" is not a domain`},
		{"target twice", "targets:\n  - example.com\n  - domain: EXAMPLE.com.", 3, 5, "EXAMPLE.com. is listed twice"},
		{"unknown key of a target", "targets: [{domain: a.example, selector: s1}]", 1, 31, `unknown key "selector" (did you mean "selectors"?)`},
		{"no address", "targets: [{domain: a.example, ip: 192.0.2}]", 1, 35, `"192.0.2" is not an IP address`},
		{"no profile", "targets: [{domain: a.example, profile: park}]", 1, 40, `"park" is not one of mail, parked, smarthost, no-send`},
		{"few bits", "targets: [{domain: a.example, min_key_bits: 512}]", 1, 45, `"512" is not a number from 1024 to 8192`},
		{"no mail address", "targets: [{domain: a.example, require_rua: example.com}]", 1, 44, `"example.com" is not a mail address`},
		{"no date", "ignore: [{rule: spf-all-pass, reason: x, until: soon}]", 1, 49, `"soon" is not a date such as 2027-01-31`},
		{"number for a text", "targets: [{domain: a.example, helo: 12}]", 1, 37, `"12" is a number or a truth value for YAML; put the text between quotation marks`},
		{"truth value for a text", "ignore: [{rule: spf-all-pass, reason: true}]", 1, 39, `"true" is a number or a truth value for YAML; put the text between quotation marks`},
		{"fraction for a selector", "selectors: [1.5]", 1, 13, `"1.5" is a number or a truth value for YAML; put the text between quotation marks`},
		{"text for a number", `retries: "3"`, 1, 10, `"3" is not a number from 0 to 100`},
		{"text for a rate", `rate: "3"`, 1, 7, `"3" is not a number above 0`},
		{"selector that cannot be asked", "selectors: [s1, a..b]", 1, 17, `"a..b" cannot be a selector`},
		{"host that cannot be asked", "targets: [{domain: a.example, hosts: [a..b]}]", 1, 39, `"a..b" is not the name of a host`},
		{"no resolver", "resolver: gopher://192.0.2.1", 1, 11, `resolver "gopher://192.0.2.1": unknown scheme (accepted: 1.1.1.1, [::1]:5353, udp://IP, tcp://IP, tls://NAME@IP or https://NAME@IP/dns-query)`},
		{"severity twice", "severity: {spf-all-pass: error, spf-all-pass: off}", 1, 33, `key "spf-all-pass" stands twice`},
		{"broken second document", "timeout: 1s\n---\nretries: [3", 2, 1, "not YAML: did not find expected ',' or ']'"},
		{"fail_on", "fail_on: fatal", 1, 10, `"fatal" is not one of error, warning, notice, never`},
		{"ignore without rule", "ignore: [{reason: x}]", 1, 10, "an ignore needs a rule"},
		{"ignore that is no list", "ignore: spf-all-pass", 1, 9, "a list of findings is wanted here, each with rule and reason"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := check.ParseConfig("c.yaml", []byte(tt.in))
			var got *check.ConfigError
			if !errors.As(err, &got) {
				t.Fatalf("error %v", err)
			}
			if got.Line != tt.line || got.Column != tt.column || got.Message != tt.message {
				t.Errorf("%d:%d: %s\nwant %d:%d: %s", got.Line, got.Column, got.Message, tt.line, tt.column, tt.message)
			}
		})
	}
}

// FuzzParseConfig feeds anything: an error has a place inside the text and shows
// nothing but printable characters of it.
func FuzzParseConfig(f *testing.F) {
	f.Add(fullConfig)
	f.Add("a: &a [*a]")
	f.Add("? {a: b} : c")
	f.Add("timeout: !!binary aGk=")
	f.Add("- - - -\n\x00")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := check.ParseConfig("c.yaml", []byte(text))
		var got *check.ConfigError
		if err == nil {
			return
		}
		if !errors.As(err, &got) || got.Message == "" {
			t.Fatalf("error %v", err)
		}
		// YAML 1.1 takes these for line ends, too.
		breaks := strings.NewReplacer("\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
		if lines := strings.Count(breaks.Replace(text), "\n") + 1; got.Line < 0 || got.Line > lines+1 {
			t.Errorf("line %d of %d", got.Line, lines)
		}
	})
}

// TestConfigSchema holds configurations that are read against the schema, and some
// that are refused.
func TestConfigSchema(t *testing.T) {
	t.Parallel()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(check.ConfigSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(text string) error {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(value) // dates become text
		if err != nil {
			t.Fatal(err)
		}
		if value, err = jsonschema.UnmarshalJSON(bytes.NewReader(asJSON)); err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	uncommented := regexp.MustCompile(`(?m)^( *)# ?( *(?:- )?[a-z_-]+:.*)$`).ReplaceAllString(check.SampleConfig(nil), "$1$2")
	for _, text := range []string{fullConfig, check.SampleConfig(nil), check.SampleConfig([]string{"example.com"}), uncommented, "severity: {spf-all-pass: off}", "selectors: 20230601",
		"selectors: [2026, \"1.5\"]", "targets: [{domain: a.b, require_rua: 'mailto:d@a.b'}]", ""} {
		if _, err := check.ParseConfig("c.yaml", []byte(text)); err != nil {
			t.Errorf("%v", err)
		}
		if err := valid(text); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
	for _, text := range []string{
		"timeouts: 1s", "timeout: 5", "retries: -1", "rate: 0", "targets: example.com", "targets: [{selectors: s1}]", "targets: [a@b]",
		"targets: [{domain: a, profile: park}]", "targets: [{domain: a, min_key_bits: 512}]", "severity: {spf-all-pass: 7}",
		"selectors: [1.5]", "selectors: true", "targets: [{domain: a.b, helo: 12}]", "targets: [7]", `retries: "3"`, `rate: "3"`, "targets: [{domain: a.b, hosts: [1]}]",
		"ignore: [{rule: spf-all-pass}]", "ignore: [{rule: spf-all-pass, reason: ' '}]", "fail_on: fatal", "- x",
	} {
		if _, err := check.ParseConfig("c.yaml", []byte(text)); err == nil {
			t.Errorf("%q is read", text)
		}
		if valid(text) == nil {
			t.Errorf("%q is valid", text)
		}
	}
}
