// Package suites finds the conformance data for tests. It is no part of the tool.
package suites

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Dir returns the folder that AUTHCHECK_SUITES names, a relative value resolved
// against the module's root. Without the variable the test is skipped, or fails
// where AUTHCHECK_SUITES_REQUIRED=1 says that the data must be there.
func Dir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("AUTHCHECK_SUITES")
	switch {
	case dir == "" && os.Getenv("AUTHCHECK_SUITES_REQUIRED") == "1":
		t.Fatal("AUTHCHECK_SUITES is not set, and AUTHCHECK_SUITES_REQUIRED=1 wants it")
	case dir == "":
		t.Skip("AUTHCHECK_SUITES is not set: no conformance data")
	case filepath.IsAbs(dir):
		return dir
	}
	return filepath.Join(root(t), dir)
}

// root returns the folder of go.mod above the package under test.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		break
	}
	t.Fatal("no go.mod above the package")
	return ""
}

// ReadJSON decodes a file of the suites.
func ReadJSON(t testing.TB, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}
