package check_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lint"
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
`

func TestParseConfig(t *testing.T) {
	t.Parallel()
	zero := 0
	want := check.Config{
		Resolvers: []string{"tls://dns.example@192.0.2.53", "192.0.2.54"},
		Timeout:   3 * time.Second, Deadline: 2 * time.Minute, Retries: &zero, Rate: 50.5,
		Severity: map[string]lint.Severity{"spf-all-softfail": lint.Warning},
		Off:      map[string]bool{"spf-lookup-count": true},
		Ignore:   []check.Ignore{{Rule: "spf-ptr-used", Subject: "TXT example.com", Reason: "old relay"}},
	}
	got, err := check.ParseConfig("c.yaml", []byte(fullConfig))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
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
		{"unknown key like no other", "zzz: 1", 1, 1, `unknown key "zzz" (known are deadline, ignore, rate, resolver, retries, selectors, severity, timeout)`},
		{"no duration", "timeout: 5", 1, 10, `"5" is not a duration such as 5s`},
		{"negative duration", "timeout: -5s", 1, 10, `"-5s" is not a duration such as 5s`},
		{"list for a text", "timeout: [1s]", 1, 10, "a text is wanted here"},
		{"negative retries", "retries: -1", 1, 10, `"-1" is not a number from 0 to 100`},
		{"too many retries", "retries: 1000", 1, 10, `"1000" is not a number from 0 to 100`},
		{"second document", "timeout: 1s\n---\nretries: 3", 2, 1, "a second document; one is read"},
		{"rate not a number", "rate: .nan", 1, 7, `".nan" is not a number above 0`},
		{"alias", "timeout: &a 1s\ndeadline: *a", 2, 11, "a text is wanted here"},
		{"null", "resolver:", 1, 10, "a text is wanted here"},
		{"severity of nothing", "severity: {spf-all-pass: 7}", 1, 26, `"7" is not a severity (known are error, warning, notice, off)`},
		{"retired rule", "severity: {spf-all-multiple: off}", 1, 12, `rule "spf-all-multiple" is now "spf-all-not-last"`},
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
