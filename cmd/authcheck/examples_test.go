package main

import (
	"bytes"
	"testing"
)

// TestExampleZones checks what the README promises of the two example domains:
// their exit status, and output that keeps to the schema.
func TestExampleZones(t *testing.T) {
	t.Parallel()
	schema := reportSchema(t)
	for _, tt := range []struct {
		domain string
		want   int
	}{
		{"example.com", exitOK},
		{"news.example.com", exitOK},
		{"parked.example.com", exitOK},
		{"example.net", exitFound},
		{"shop.example.net", exitFound},
		{"parked.example.net", exitOK}, // a warning
	} {
		t.Run(tt.domain, func(t *testing.T) {
			t.Parallel()
			args := []string{"spf", tt.domain, "-f", "json", "--no-config"}
			for _, file := range exampleZones {
				args = append(args, "--zone", zonePath(t, file))
			}
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), args, nil, &stdout, &stderr); code != tt.want {
				t.Errorf("exit status %d, want %d; %s", code, tt.want, stderr.String())
			}
			validate(t, schema, stdout.Bytes())
		})
	}
}
