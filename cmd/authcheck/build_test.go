package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestWrittenSchema holds the JSON of the commands that write records to the schema.
func TestWrittenSchema(t *testing.T) {
	t.Parallel()
	zone := filepath.Join(t.TempDir(), "example.zone")
	text := ";! AUTHORITATIVE .\n$ORIGIN example.com.\n@ TXT \"v=spf1 a:h.example.com include:_spf.example.net exists:%{i}.example.com ~all\"\nh A 192.0.2.1\n" +
		"_spf.example.net. TXT \"v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 -all\"\n;! TIMEOUT slow.example.net. TXT\n"
	if err := os.WriteFile(zone, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"spf", "example.com", "--zone", zone},
		{"spf", "flatten", "example.com", "--max-lookups", "2", "--zone", zone},
		{"spf", "flatten", "example.com", "--max-lookups", "1", "--source", "v=spf1 mx a:h.example.com exists:%{i}.a.example exists:%{i}.b.example -all", "--check", "--zone", zone},
		{"spf", "flatten", "example.org", "--zone", zone},
		{"spf", "diff", "example.com", "v=spf1 include:slow.example.net -all", "--zone", zone},
		{"spf", "diff", "example.com", "v=spf1 ?ip6:2001:db8::/33 redirect=%{i}.example.com", "--zone", zone},
		{"spf", "build", "example.com", "--include", "_spf.example.net"},
		{"spf", "build"},
		{"dmarc", "build", "example.com", "--policy", "reject", "--np", "reject", "--rua", "dmarc@example.net"},
		{"build", "parked", "example.com"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), append(args, "-f", "json", "--no-config"), nil, &stdout, &stderr); code == exitUsage {
			t.Errorf("%v: %s", args, stderr.String())
			continue
		}
		validate(t, reportSchema(t), stdout.Bytes())
	}
}
