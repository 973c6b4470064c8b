package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestChainWithoutSets wants no empty part in the line about a chain too long to read.
func TestChainWithoutSets(t *testing.T) {
	t.Parallel()
	var mail strings.Builder
	for i := 51; i > 0; i-- {
		fmt.Fprintf(&mail, "ARC-Seal: i=%[1]d; cv=pass\r\nARC-Message-Signature: i=%[1]d\r\nARC-Authentication-Results: i=%[1]d; a.example; none\r\n", i)
	}
	mail.WriteString("From: a@example.com\r\n\r\nhello\r\n")
	var stdout, stderr bytes.Buffer
	zone := testFile(t, t.TempDir(), "zone", ";! AUTHORITATIVE .\n")
	run(t.Context(), []string{"verify", "-", "--zone", zone, "--no-config"}, strings.NewReader(mail.String()), &stdout, &stderr)
	if want := "\n  ARC    fail  more than 50 ARC sets\n"; !strings.Contains(stdout.String(), want) {
		t.Errorf("no %q in\n%s%s", want, stdout.String(), stderr.String())
	}
}
