package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestManPages makes what packages hold beside the binary, as a release does, and
// does it again: the same date gives the same files.
func TestManPages(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("man.go"); err != nil { // so that go test runs again when it changes
		t.Fatal(err)
	}
	tool := filepath.Join(t.TempDir(), "authcheck.exe")
	command(t, exec.Command("go", "build", "-tags", "docs", "-o", tool, "."))
	var made [2]map[string]string
	for i := range made {
		dir := t.TempDir()
		man := exec.Command(tool, "man", dir)
		man.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1767225599") // 2025-12-31T23:59:59Z
		command(t, man)
		made[i] = tree(t, dir)
	}
	if diff := cmp.Diff(made[0], made[1]); diff != "" {
		t.Errorf("first (-), second (+):\n%s", diff)
	}
	for file, want := range map[string]string{
		"man/authcheck.1.gz":           `.TH "AUTHCHECK" "1" "Dec 2025" "authcheck" "authcheck manual"`,
		"man/authcheck-lint-zone.1.gz": "authcheck lint zone FILE...",
		"man/authcheck-check.1.gz":     `\fB--profile\fP=`,
		"completions/authcheck.bash":   "__authcheck_",
		"completions/authcheck.fish":   "complete -c authcheck",
		"completions/_authcheck":       "#compdef authcheck",
	} {
		if !strings.Contains(made[0][file], want) {
			t.Errorf("%s does not hold %s", file, want)
		}
	}
	for file, text := range made[0] {
		if strings.HasPrefix(file, "man/authcheck-lint-") && strings.Contains(text, "resolver") {
			t.Errorf("%s shows flags that the command refuses", file)
		}
	}
	if _, found := made[0]["man/authcheck-man.1.gz"]; found {
		t.Error("the command that makes the pages has one")
	}
}

// TestManStaysOutside checks that the library for man pages is not in the tool.
func TestManStaysOutside(t *testing.T) {
	t.Parallel()
	if deps := command(t, exec.Command("go", "list", "-deps", ".")); strings.Contains(deps, "cobra/doc") {
		t.Error("the tool links github.com/spf13/cobra/doc")
	}
}

// command runs a command that must succeed and returns its standard output.
func command(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, stderr.String())
	}
	return string(out)
}

// tree returns the files below a folder by their path, unzipped.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err == nil && strings.HasSuffix(path, ".gz") {
			text, err = unzip(text)
		}
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.ToSlash(name)] = string(text)
	}
	return files
}

func unzip(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
