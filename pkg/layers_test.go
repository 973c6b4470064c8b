package pkg

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/authcheck/authcheck/"

// layers says for each package what it may import beside the standard library:
// packages of this module, by their path in it, and other modules. Only tests use
// pkg/internal/suites, so no list has it.
var layers = map[string][]string{
	"pkg/internal/nearest":    {},
	"pkg/internal/suites":     {},
	"pkg/internal/taglist":    {"pkg/lint"},
	"pkg/lint":                {},
	"pkg/lookup":              {"pkg/lint", "github.com/miekg/dns", "github.com/hashicorp/golang-lru/v2", "golang.org/x/net/idna", "golang.org/x/time/rate"},
	"pkg/message":             {"pkg/lint", "pkg/lookup"},
	"pkg/authres":             {"pkg/lint", "github.com/emersion/go-msgauth/authres"},
	"pkg/dkim":                {"pkg/lint", "pkg/lookup", "pkg/message", "pkg/internal/taglist", "github.com/emersion/go-msgauth/dkim"},
	"pkg/arc":                 {"pkg/lint", "pkg/lookup", "pkg/internal/taglist", "pkg/message", "pkg/dkim", "pkg/authres"},
	"pkg/dmarc":               {"pkg/lint", "pkg/lookup", "pkg/internal/nearest", "pkg/internal/taglist", "golang.org/x/net/publicsuffix"},
	"pkg/spf":                 {"pkg/lint", "pkg/lookup", "pkg/internal/nearest"},
	"pkg/mailhost":            {"pkg/lint", "pkg/lookup"},
	"pkg/publish":             {},
	"pkg/report":              {"pkg/arc", "pkg/lint", "pkg/message", "pkg/dkim", "pkg/mailhost", "pkg/dmarc", "pkg/spf"},
	"pkg/score":               {"pkg/lint", "pkg/message", "pkg/dkim", "pkg/mailhost", "pkg/dmarc", "pkg/lookup", "pkg/spf", "pkg/report"},
	"pkg/check":               {"pkg/arc", "pkg/authres", "pkg/lint", "pkg/dkim", "pkg/message", "pkg/mailhost", "pkg/dmarc", "pkg/lookup", "pkg/spf", "pkg/report", "pkg/score", "pkg/internal/nearest", "go.yaml.in/yaml/v3"},
	"pkg/render":              {"pkg/arc", "pkg/lint", "pkg/dkim", "pkg/mailhost", "pkg/dmarc", "pkg/lookup", "pkg/spf", "pkg/report", "github.com/fatih/color"},
	"cmd/authcheck":           {"pkg/arc", "pkg/lint", "pkg/message", "pkg/dkim", "pkg/mailhost", "pkg/dmarc", "pkg/lookup", "pkg/spf", "pkg/report", "pkg/score", "pkg/check", "pkg/publish", "pkg/render", "github.com/spf13/cobra"},
	"examples/library-spf":    {"pkg/lint", "pkg/lookup", "pkg/spf"},
	"examples/library-verify": {"pkg/dkim", "pkg/lookup", "pkg/message"},
}

// TestLayers compares what packages import outside of tests with the table.
func TestLayers(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=Dir,ImportPath,GoFiles,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for list := json.NewDecoder(bytes.NewReader(out)); list.More(); {
		var p struct {
			Dir, ImportPath  string
			GoFiles, Imports []string
		}
		if err := list.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, listed := layers[name]
		if !listed && len(p.GoFiles) > 0 {
			t.Errorf("%s has no line in the table", name)
		}
		for _, path := range p.Imports {
			path, ours := strings.CutPrefix(path, module)
			if outside := strings.Contains(path, "."); (ours || outside) && !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s", name, path)
			}
		}
		for _, file := range p.GoFiles { // so that go test runs again when one changes
			if _, err := os.Stat(filepath.Join(p.Dir, file)); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestHomes holds every other module to one package of ours.
func TestHomes(t *testing.T) {
	homes := map[string]string{}
	for name, allowed := range layers {
		for _, path := range allowed {
			if other, taken := homes[path]; taken && strings.Contains(path, ".") {
				t.Errorf("%s and %s both import %s", name, other, path)
			}
			homes[path] = name
		}
	}
}
