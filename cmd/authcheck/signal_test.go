package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestInterrupted ends a run in the middle of a question, as Ctrl-C does: at once,
// with the signal's exit code and without output.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		signal syscall.Signal
		want   int
	}{
		{"SIGINT", syscall.SIGINT, 130},
		{"SIGTERM", syscall.SIGTERM, 143},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			ctx, cancel := context.WithCancelCause(t.Context())
			go func() { // the first question is the moment
				if _, _, err := server.ReadFrom(make([]byte, 512)); err == nil {
					cancel(signalError{tt.signal})
				}
			}()
			dir := t.TempDir()
			out, record := filepath.Join(dir, "out.json"), filepath.Join(dir, "run.zone")
			var stdout, stderr bytes.Buffer
			start := time.Now()
			code := run(ctx, []string{"spf", "example.com", "-s", server.LocalAddr().String(), "--timeout", "1m", "--no-config",
				"-f", "json", "-o", out, "--record", record}, nil, &stdout, &stderr)
			if code != tt.want || stdout.Len() > 0 {
				t.Errorf("exit code %d, want %d; output %q", code, tt.want, stdout.String())
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
			left, err := os.ReadDir(dir)
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
		})
	}
}
