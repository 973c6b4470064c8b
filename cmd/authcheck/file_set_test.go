package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFileSet wants all of a set of files, or a folder as it was before.
func TestFileSet(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	for _, tt := range []struct {
		name          string
		before, after map[string]string
		replace       bool
		ready         error
		interrupted   bool
		want          error // nil: any error will do where nothing changes
	}{
		{name: "new", after: map[string]string{"a": "1", "b": "2"}},
		{name: "replaced", before: map[string]string{"a": "0", "b": "0"}, replace: true, after: map[string]string{"a": "1", "b": "2"}},
		{name: "one replaced", before: map[string]string{"b": "0"}, replace: true, after: map[string]string{"a": "1", "b": "2"}},
		{name: "the first is there", before: map[string]string{"a": "0"}},
		{name: "the second is there", before: map[string]string{"b": "0"}},
		{name: "not ready", ready: failed, want: failed},
		{name: "not ready to replace", before: map[string]string{"a": "0"}, replace: true, ready: failed, want: failed},
		{name: "signal", interrupted: true, want: signalError{syscall.SIGINT}},
		{name: "signal while replacing", before: map[string]string{"a": "0"}, replace: true, interrupted: true, want: signalError{syscall.SIGINT}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range tt.before {
				testFile(t, dir, name, text)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			s := fileSet{replace: tt.replace, files: []newFile{{filepath.Join(dir, "a"), "1", 0o600}, {filepath.Join(dir, "b"), "2", 0o644}}}
			err := s.write(ctx, func() error {
				if tt.interrupted {
					cancel(signalError{syscall.SIGINT})
				}
				return tt.ready
			})
			if (err == nil) != (tt.after != nil) || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			want := tt.after
			if want == nil {
				want = tt.before
			}
			if diff := cmp.Diff(want, contents(t, dir)); diff != "" && len(want) > 0 || len(contents(t, dir)) != len(want) {
				t.Error(diff)
			}
		})
	}
}

// TestFileSetFolder wants missing folders made for the files, and gone after an error.
func TestFileSetFolder(t *testing.T) {
	t.Parallel()
	for name, ready := range map[string]error{"made": nil, "not ready": errors.New("failed")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := fileSet{files: []newFile{{filepath.Join(dir, "x", "y", "a"), "1", 0o600}, {filepath.Join(dir, "x", "y", "b"), "2", 0o600}}}
			if err := s.write(t.Context(), func() error { return ready }); !errors.Is(err, ready) {
				t.Errorf("%v, want %v", err, ready)
			}
			_, err := os.Stat(filepath.Join(dir, "x"))
			if made := err == nil; made != (ready == nil) {
				t.Errorf("folder: %v", err)
			}
			if ready != nil {
				return
			}
			if diff := cmp.Diff(map[string]string{"a": "1", "b": "2"}, contents(t, filepath.Join(dir, "x", "y"))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// contents returns all files of a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Name()] = string(text)
	}
	return found
}

// TestFileSetUndo breaks the set where its second file gets its name: what the first
// has replaced comes back.
func TestFileSetUndo(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]bool{"replace": true, "new": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			want := map[string]string{}
			if replace {
				want["a"] = "0"
				testFile(t, dir, "a", "0")
			}
			second := filepath.Join(dir, "b")
			s := fileSet{replace: replace, files: []newFile{{filepath.Join(dir, "a"), "1", 0o600}, {second, "2", 0o600}}}
			err := s.write(t.Context(), func() error { return os.Mkdir(second, 0o700) })
			if err == nil || !strings.Contains(err.Error(), second) {
				t.Error(err)
			}
			if err := os.Remove(second); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestKeygenUnwritable wants one error, and no value of a key that nobody has.
func TestKeygenUnwritable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if os.Geteuid() == 0 {
		dir = "/proc/self" // not even root may write there
	} else if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no folder here that the user may not write to: ", err)
	}
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"dkim", "keygen", "--domain", "example.com", "--type", "ed25519", "--out", dir}, nil, &stdout, &stderr)
	if code != exitUnknown || stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), "authcheck: write "+dir) || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("exit code %d\n%s%s", code, stdout.String(), stderr.String())
	}
}

// TestKeygenFull fills the disk, by a limit on the size of files, and writes to what
// takes nothing.
func TestKeygenFull(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux is sure to have ulimit and /dev/full")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	gone, closed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	defer closed.Close()
	for _, tt := range []struct {
		name, command string
		stdout        *os.File
	}{
		{"no room for files", `ulimit -f 0; exec "$0" dkim keygen --domain example.com --type both --out "$1"`, nil},
		{"no room for the value", `exec "$0" dkim keygen --domain example.com --type both --out "$1"`, full},
		{"nobody reads", `exec "$0" dkim keygen --domain example.com --type both --out "$1"`, closed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			link := filepath.Join(t.TempDir(), "authcheck") // TestMain runs the tool under this name
			if err := os.Symlink(program, link); err != nil {
				t.Fatal(err)
			}
			var stderr bytes.Buffer
			cmd := exec.Command("sh", "-c", tt.command, link, dir)
			cmd.Stderr = &stderr
			if tt.stdout != nil {
				cmd.Stdout = tt.stdout
			}
			if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitUnknown {
				t.Error(err)
			}
			if said := stderr.String(); !strings.HasPrefix(said, "authcheck: write ") || strings.Count(said, "\n") != 1 {
				t.Errorf("%s", said)
			}
			if left := contents(t, dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
