package check

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
)

//go:embed config.schema.json
var configSchema []byte

// ConfigSchema returns the JSON Schema (draft 2020-12) of the configuration.
func ConfigSchema() []byte { return bytes.Clone(configSchema) }

// sampleConfig is a configuration with everything that there is, as comments.
const sampleConfig = `# What authcheck shall know; see "authcheck schema config". Flags win over this file.

# What "authcheck check" looks at where the command names no domain.
%s
    # selectors: [s2026a, s2026b]      # of the DKIM keys; a signed message has its own in s=
    # ip: [192.0.2.25, "2001:db8::25"] # addresses that send the domain's mail
    # helo: mail.example.com           # name that they give
    # hosts: [mail, imap]              # hosts that must have an address
    # expect: [192.0.2.25]             # addresses that are the domain's own
    # profile: mail                    # or parked, smarthost, no-send
    # min_key_bits: 2048               # of RSA keys
    # require_rua: dmarc@example.com   # address that DMARC reports must go to
    # expect_pass: [192.0.2.25]        # addresses that SPF must let pass
    # expect_fail: [198.51.100.1]      # addresses that it must not

# Findings from this severity on make a run fail: error, warning, notice or never.
# fail_on: error

# Severities of single rules; "authcheck rules" lists them, off silences one.
# severity:
#   spf-all-softfail: warning
#   aaaa-missing: off

# Findings that are known and shall not count, each with its reason. After the last
# day in until the finding counts again, and so does the ignore itself.
# ignore:
#   - rule: spf-ptr-used
#     subject: TXT example.com
#     reason: the old relay needs it until it is replaced
#     until: 2027-01-31

# Forwarders whose ARC seals "authcheck verify" trusts.
# trusted_sealers: [lists.example.org]

# How to ask the DNS.
# resolver: [192.0.2.53, tls://dns.example@192.0.2.54]
# timeout: 5s    # one query
# deadline: 1m   # one target
# retries: 2
# rate: 50       # queries per second in total
`

// SampleConfig returns a configuration to begin with: it lists the domains, host names
// in A-labels, and explains everything else in comments.
func SampleConfig(domains []string) string {
	if len(domains) == 0 {
		return fmt.Sprintf(sampleConfig, "# targets:\n#   - domain: example.com")
	}
	var b strings.Builder
	b.WriteString("targets:")
	for _, domain := range domains {
		fmt.Fprintf(&b, "\n  - domain: %q", domain) // no and 1e3 are no text without the marks
	}
	return fmt.Sprintf(sampleConfig, b.String())
}
