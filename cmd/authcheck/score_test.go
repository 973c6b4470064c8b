package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/authcheck/authcheck/pkg/render"
)

// TestScoreFormats writes a score in every format; JSON is what the schema says.
func TestScoreFormats(t *testing.T) {
	t.Parallel()
	letter := filepath.Join(t.TempDir(), "letter.eml")
	if err := os.WriteFile(letter, []byte("From: a@example.net\r\nSubject: hi\r\n\r\nHello.\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	zones := []string{"--no-config", "--fail-on", "never"}
	for _, name := range []string{"example.net", "example.com", "providers", "reverse"} {
		zones = append(zones, "--zone", "../../examples/zones/"+name+".zone")
	}
	for _, args := range [][]string{
		{"score", "example.net", "--selector", "s1", "--profile", "google"},
		{"score", "example.com", "--profile", "smarthost"},
		{"score", "parked.example.com"},
		{"score", "--eml", letter, "--ip", "203.0.113.25", "--sender", "a@example.net", "--helo", "mail.example.net", "--profile", "yahoo"},
	} {
		for _, format := range render.Formats() {
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), slices.Concat(args, zones, []string{"-f", string(format)}), nil, &stdout, &stderr); code != exitOK {
				t.Errorf("%v -f %s: exit code %d: %s", args, format, code, stderr.String())
			}
			if stdout.Len() == 0 && format != render.GitHub { // which has a line a finding
				t.Errorf("%v -f %s: no output", args, format)
			}
			if format == render.JSON {
				validate(t, reportSchema(t), stdout.Bytes())
			}
		}
	}
}

func TestMinScore(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want int // tenths; -1: refused
	}{
		{"0", 0}, {"8", 80}, {"8.5", 85}, {"8.51", 86}, {"10", 100}, {"0.1", 1}, {"0.3", 3}, {"2.3", 23},
		{"10.1", -1}, {"-1", -1}, {"NaN", -1}, {"", -1}, {"good", -1},
	} {
		var o scoreFlags
		got := -1
		if err := (pointsFlag{&o.least}).Set(tt.text); err == nil {
			got = int(*o.least)
		}
		if got != tt.want {
			t.Errorf("--min-score %q: %d tenths, want %d", tt.text, got, tt.want)
		}
	}
}
