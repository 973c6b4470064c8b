package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// action is what action.yml says of its inputs and of the steps with a script.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct{ Steps []actionStep }
}

type actionStep struct {
	Name, Run string
	Env       map[string]string
}

// runner stands in for GitHub's: it runs steps of the action with the files that
// scripts write to.
type runner struct {
	action    action
	workspace string
	temp      string // of the job: the tool, GITHUB_OUTPUT and GITHUB_STEP_SUMMARY
}

// newRunner returns a runner for a repository with an example zone.
func newRunner(t *testing.T, zone string) *runner {
	t.Helper()
	r := &runner{workspace: folderWith(t, zone), temp: t.TempDir()}
	readYAML(t, "../../action.yml", &r.action)
	return r
}

var expression = regexp.MustCompile(`\$\{\{.*?\}\}`)

// step runs a step with these inputs and returns its exit status and the log.
func (r *runner) step(t *testing.T, name string, inputs map[string]string) (int, string) {
	t.Helper()
	bash := unixBash(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range r.action.Runs.Steps {
		if step.Name != name {
			continue
		}
		if found := expression.FindString(step.Run); found != "" {
			t.Fatalf("%s: %s stands inside a script", name, found)
		}
		cmd := exec.Command(bash, "--noprofile", "--norc", "-eo", "pipefail", testFile(t, t.TempDir(), "script", step.Run))
		cmd.Dir = r.workspace
		cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+root, "RUNNER_TEMP="+r.temp,
			"GITHUB_OUTPUT="+filepath.Join(r.temp, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(r.temp, "summary"))
		for variable, text := range step.Env {
			cmd.Env = append(cmd.Env, variable+"="+r.value(t, text, inputs))
		}
		return exitStatus(t, cmd)
	}
	t.Fatalf("action.yml has no step %q", name)
	return 0, ""
}

// value puts an input in the place of the expression that names it.
func (r *runner) value(t *testing.T, text string, inputs map[string]string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(found string) string {
		name, ok := strings.CutPrefix(strings.Trim(found, "${} "), "inputs.")
		input, known := r.action.Inputs[name]
		if !ok || !known {
			t.Fatalf("%s is no input", found)
		}
		if given, ok := inputs[name]; ok {
			return given
		}
		return input.Default
	})
}

// read returns a file that a step wrote, or nothing.
func (r *runner) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(r.temp, name))
	return string(text)
}

// useTool makes the tool under test the one that the action has installed.
func (r *runner) useTool(t *testing.T) {
	t.Helper()
	tool, err := exec.LookPath("authcheck")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(r.temp, "authcheck"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(tool, filepath.Join(r.temp, "authcheck", "authcheck")); err != nil {
		t.Fatal(err)
	}
}

// unixBash returns the path of bash as runners for Linux and macOS have it.
func unixBash(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("paths for bash are written otherwise on Windows")
	}
	return needs(t, "bash", "bash")
}

// TestAction runs the action's script on zone files: what it leaves, and its exit
// status.
func TestAction(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, zone  string
		inputs      map[string]string
		want        int
		output, log string // the outputs; a part of the log
	}{
		{"clean", "example.com.zone", map[string]string{"args": "zones/*.zone"}, exitOK, "status=0\nsarif-file=./authcheck.sarif\n", ""},
		{"faults", "example.net.zone", map[string]string{"args": "zones/*.zone", "sarif-file": "of the net.sarif"}, exitFound,
			"status=1\nsarif-file=./of the net.sarif\n", "::error file=zones/example.net.zone,line="},
		{"text", "example.net.zone", map[string]string{"args": "zones/example.net.zone", "format": "text", "fail-on": "never"}, exitOK,
			"status=0\nsarif-file=./authcheck.sarif\n", "--> zones/example.net.zone:"},
		{"no such file", "example.com.zone", map[string]string{"args": "zones/other.zone"}, exitUsage, "status=2\n", "zones/other.zone"},
		{"no such configuration", "example.com.zone", map[string]string{"args": "zones/*.zone", "config": "team file.yaml"}, exitUsage, "status=2\n", "open team file.yaml"},
		{"no such baseline", "example.com.zone", map[string]string{"args": "zones/*.zone", "baseline": "no baseline"}, exitUsage, "status=2\n", "baseline"},
		{"no such format", "example.com.zone", map[string]string{"args": "zones/*.zone", "format": "gitub"}, exitUsage,
			"status=0\nsarif-file=./authcheck.sarif\n", `"gitub"`},
		{"commands in the arguments", "example.com.zone", map[string]string{"args": "zones/*.zone ;touch\tharm $(touch harm) `touch harm`"}, exitUsage, "status=2\n", ""},
		{"a line break in a name", "example.com.zone", map[string]string{"args": "zones/*.zone", "sarif-file": "a\nstatus=9"}, exitOK, "status=0\nsarif-file=./astatus=9\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t, tt.zone)
			r.useTool(t)
			tt.inputs["command"] = "lint zone"
			status, log := r.step(t, "Run authcheck", tt.inputs)
			if status != tt.want || !strings.Contains(log, tt.log) {
				t.Errorf("exit status %d, want %d; want in the log %q, which is\n%s", status, tt.want, tt.log, log)
			}
			if diff := cmp.Diff(tt.output, r.read("output")); diff != "" {
				t.Errorf("outputs, want (-), got (+):\n%s", diff)
			}
			if wrong := tt.want == exitUsage && tt.inputs["format"] == ""; wrong != (r.read("summary") == "") {
				t.Errorf("the summary is %q", r.read("summary"))
			}
			if _, err := os.Stat(filepath.Join(r.workspace, "harm")); err == nil {
				t.Error("an argument was run as a command")
			}
		})
	}
}

// TestActionAsksOnce checks that all formats of a check come from one round of
// questions, and that a question without answer is the exit status.
func TestActionAsksOnce(t *testing.T) {
	t.Parallel()
	r := newRunner(t, "example.com.zone")
	r.useTool(t)
	server, asked := refusing(t)
	status, log := r.step(t, "Run authcheck", map[string]string{"command": "check", "args": "example.com --selector s1 --retries 0 @" + server})
	if status != exitUnknown {
		t.Errorf("exit status %d, want %d\n%s", status, exitUnknown, log)
	}
	seen := map[string]bool{}
	for len(asked) > 0 {
		question := <-asked
		if seen[question] {
			t.Errorf("%q was asked again", question)
		}
		seen[question] = true
	}
	if len(seen) == 0 {
		t.Error("nothing was asked")
	}
	var report struct{ Version string }
	text, err := os.ReadFile(filepath.Join(r.workspace, "authcheck.sarif"))
	if err == nil {
		err = json.Unmarshal(text, &report)
	}
	if err != nil || report.Version != "2.1.0" {
		t.Errorf("the report has version %q: %v", report.Version, err)
	}
	if !strings.Contains(r.read("summary"), "example.com") {
		t.Errorf("the summary is %q", r.read("summary"))
	}
}

// refusing starts a server that refuses to answer and returns its address and the
// questions that it has got.
func refusing(t *testing.T) (address string, asked <-chan string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	questions := make(chan string, 1000)
	go func() {
		packet := make([]byte, 1500)
		for {
			n, client, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			questions <- string(packet[12:n]) // behind the header of RFC 1035, Section 4.1.1
			packet[2] |= 0x80                 // a response
			packet[3] = packet[3]&0xf0 | 5    // REFUSED
			conn.WriteTo(packet[:n], client)
		}
	}()
	return conn.LocalAddr().String(), questions
}

// TestActionInstalls builds the tool from the action's own source, and looks at
// what would be asked of Go for another version.
func TestActionInstalls(t *testing.T) {
	t.Parallel()
	r := newRunner(t, "example.com.zone")
	if status, log := r.step(t, "Install authcheck", nil); status != 0 {
		t.Fatalf("exit status %d\n%s", status, log)
	}
	if out := command(t, exec.Command(filepath.Join(r.temp, "authcheck", "authcheck"), "version")); !strings.HasPrefix(out, "authcheck ") {
		t.Errorf("the tool prints %q", out)
	}
	bin := t.TempDir()
	if err := os.Chmod(testFile(t, bin, "go", "#!/bin/sh\nprintf '[%s]' \"$GOBIN\" \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.action.Runs.Steps[1].Env["PATH"] = bin
	_, got := r.step(t, "Install authcheck", map[string]string{"version": "v1.2.3; rm -r $HOME"})
	want := fmt.Sprintf("[%s/authcheck][install][-trimpath][github.com/authcheck/authcheck/cmd/authcheck@v1.2.3; rm -r $HOME]", r.temp)
	if got != want {
		t.Errorf("go is called with\n%s\nwant\n%s", got, want)
	}
}
