package main

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestPreCommitHook runs the entry of the hook on zone files as pre-commit does:
// behind its words the files that have changed.
func TestPreCommitHook(t *testing.T) {
	t.Parallel()
	var hooks []struct{ ID, Entry, Language, Files string }
	readYAML(t, "../../.pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 1 || hooks[0].Language != "golang" {
		t.Fatalf("hooks are %+v, not one in Go", hooks)
	}
	var team struct {
		Repos []struct {
			Hooks []struct {
				ID   string
				Args []string
			}
		}
	}
	readYAML(t, "../../examples/ci/pre-commit-config.yaml", &team)
	chosen := team.Repos[0].Hooks[0]
	if chosen.ID != hooks[0].ID {
		t.Errorf("the example names the hook %q, which is %q", chosen.ID, hooks[0].ID)
	}
	files := regexp.MustCompile(hooks[0].Files)
	for name, want := range map[string]bool{"zones/example.com.zone": true, "example.com.db": true, "zone.go": false, "zones/README": false} {
		if got := files.MatchString(name); got != want {
			t.Errorf("the hook takes %s: %t, want %t", name, got, want)
		}
	}
	words := append(strings.Fields(hooks[0].Entry), chosen.Args...)
	for file, want := range map[string]int{"example.com.zone": exitOK, "example.net.zone": exitFound} {
		cmd := exec.Command(words[0], append(words[1:], zonePath(t, file))...)
		if got, out := exitStatus(t, cmd); got != want {
			t.Errorf("%s: exit status %d, want %d\n%s", file, got, want, out)
		}
	}
}

// TestGitLabJob runs the script of the job as GitLab's runner does, and reads the
// test report that the job leaves.
func TestGitLabJob(t *testing.T) {
	t.Parallel()
	bash := unixBash(t)
	var jobs map[string]struct {
		Script    []string
		Artifacts struct{ Reports struct{ JUnit string } }
	}
	readYAML(t, "../../examples/ci/gitlab-ci.yml", &jobs)
	job := jobs["authcheck"]
	for file, want := range map[string]int{"example.com.zone": exitOK, "example.net.zone": exitFound} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(bash, "-eo", "pipefail", "-c", strings.Join(job.Script, "\n"))
			cmd.Dir = folderWith(t, file)
			if got, out := exitStatus(t, cmd); got != want {
				t.Errorf("exit status %d, want %d\n%s", got, want, out)
			}
			text, err := os.ReadFile(filepath.Join(cmd.Dir, job.Artifacts.Reports.JUnit))
			if err != nil {
				t.Fatal(err)
			}
			var suites struct {
				XMLName  xml.Name
				Failures []struct{} `xml:"testsuite>testcase>failure"`
			}
			if err := xml.Unmarshal(text, &suites); err != nil {
				t.Fatal(err)
			}
			if failed := len(suites.Failures) > 0; suites.XMLName.Local != "testsuites" || failed != (want == exitFound) {
				t.Errorf("<%s> with %d failures, at exit status %d", suites.XMLName.Local, len(suites.Failures), want)
			}
		})
	}
}

// readYAML reads a file of the project.
func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// folderWith returns a repository with one of the example zones in its folder zones.
func folderWith(t *testing.T, zone string) string {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range []string{".git", "zones"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(zonePath(t, zone))
	if err != nil {
		t.Fatal(err)
	}
	testFile(t, filepath.Join(dir, "zones"), zone, string(text))
	return dir
}

// exitStatus runs a command and returns its exit status and all that it printed.
func exitStatus(t *testing.T, cmd *exec.Cmd) (int, string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}
