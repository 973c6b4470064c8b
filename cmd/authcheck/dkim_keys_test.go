package main

import (
	"bytes"
	"testing"
)

// TestKeysJSON checks the list of a folder of keys against the schema of reports: a
// key that is published, one that is not, and one whose file does not say where.
func TestKeysJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keygen := []string{"dkim", "keygen", "--type", "ed25519", "--selector", "s1", "--out", dir, "--domain"}
	zone := testFile(t, t.TempDir(), "zone", ";! AUTHORITATIVE .\n"+runOK(t, append(keygen, "example.com")...))
	runOK(t, append(keygen, "example.net")...)
	testFile(t, dir, "private.key", "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"dkim", "keys", dir, "--zone", zone, "-f", "json"}, nil, &stdout, &stderr); code != exitFound {
		t.Errorf("exit code %d\n%s", code, stderr.String())
	}
	validate(t, reportSchema(t), stdout.Bytes())
	for _, want := range []string{`"state": "published"`, `"state": "missing"`, `"not_checked": 1`} {
		if !bytes.Contains(stdout.Bytes(), []byte(want)) {
			t.Errorf("no %s in\n%s", want, stdout.String())
		}
	}
}
