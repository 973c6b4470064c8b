package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"authcheck": main})
}

// TestScripts plays the sessions of testdata/script. UPDATE_SCRIPTS=1 rewrites what
// they compare with. "exits N COMMAND..." demands an exit status.
func TestScripts(t *testing.T) {
	t.Parallel()
	zones, err := filepath.Abs("../../examples/zones")
	if err != nil {
		t.Fatal(err)
	}
	mail, err := filepath.Abs("testdata/mail")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "../../testdata/script",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			env.Setenv("ZONES", zones)
			env.Setenv("MAIL", mail)
			env.Setenv("COLUMNS", "80")
			return nil
		},
	})
}

// exits runs a command that ends with the status given first.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	status := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		failed, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		status = failed.ExitCode()
	}
	if want := args[0]; strconv.Itoa(status) != want {
		ts.Fatalf("exit status %d, want %s", status, want)
	}
}

// TestReadme checks that the session that README.md shows is what its command
// prints.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	command := fenced(t, string(text), "<!-- ci: run, exit 1 -->")
	want := fenced(t, string(text), "<!-- output -->")
	t.Chdir("../..")
	t.Setenv("COLUMNS", "80")
	var stdout, stderr bytes.Buffer
	args := strings.Fields(strings.TrimPrefix(command, "go run ./cmd/authcheck "))
	if code := run(t.Context(), args, nil, &stdout, &stderr); code != exitFound {
		t.Errorf("exit code %d, want %d; %s", code, exitFound, stderr.String())
	}
	if got := stdout.String(); got != want {
		t.Errorf("README.md shows\n%s\nthe command prints\n%s", want, got)
	}
}

// fenced returns the code block below a comment.
func fenced(t *testing.T, text, comment string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, comment+"\n```")
	_, rest, _ = strings.Cut(rest, "\n")
	block, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatalf("no code block below %s", comment)
	}
	return block
}
