package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestLongLine wants a line that is too long named by its place.
func TestLongLine(t *testing.T) {
	t.Parallel()
	path := testFile(t, t.TempDir(), "list.txt", "a.example\n"+strings.Repeat("x", 70_000)+"\nb.example\n")
	for _, args := range [][]string{{"check", "-i", path, "--no-config"}, {"check", "-i", "-", "--no-config"}} {
		var stdout, stderr bytes.Buffer
		stdin := strings.NewReader("a.example\n" + strings.Repeat("x", 70_000))
		if code := run(t.Context(), args, stdin, &stdout, &stderr); code != exitUsage {
			t.Errorf("%v: exit %d", args, code)
		}
		want := fmt.Sprintf("authcheck: %s:2: the line has more than 65536 octets, and is no domain\n", args[2])
		if stderr.String() != want || stdout.Len() > 0 {
			t.Errorf("%v: %q, want %q", args, stderr.String(), want)
		}
	}
}
