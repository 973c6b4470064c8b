package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// TestLintZoneAgreesWithCheck compares the rules that fire when a zone file is judged
// with those that fire when its domains are checked. Of a name below a domain that
// has keys and is told to publish a policy, lint zone does not ask for its own.
func TestLintZoneAgreesWithCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file     string
		commands [][]string
		others   []string // what check says besides: settled by a domain above, or about names of another file
		more     []string // what lint zone says besides: only files tell which names there are
	}{
		{"example.com.zone", [][]string{
			{"check", "example.com", "--selector", "s2026a", "--selector", "s2026b"}, {"check", "news.example.com"}, {"check", "parked.example.com"},
			{"spf", "mail.example.com"},
		}, []string{"dkim-domainkey-nxdomain", "spf-all-fail-without-dkim", "aaaa-missing"}, nil},
		{"example.net.zone", [][]string{
			{"check", "example.net", "--selector", "s1", "--selector", "mail"}, {"check", "shop.example.net"}, {"check", "parked.example.net"},
		}, []string{"dkim-domainkey-nxdomain"}, []string{"autoconfig-missing", "spf-host-without-record", "spf-subdomain-unprotected"}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			var paths, zones []string
			for _, file := range []string{tt.file, "providers.zone", "reverse.zone"} {
				paths, zones = append(paths, zonePath(t, file)), append(zones, "--zone", zonePath(t, file))
			}
			want := map[string]bool{}
			for _, command := range tt.commands {
				maps.Copy(want, firedRules(t, append(command, zones...)))
			}
			for _, rule := range tt.others {
				if !want[rule] {
					t.Errorf("check does not report %s", rule)
				}
				delete(want, rule)
			}
			for _, rule := range tt.more {
				if want[rule] {
					t.Errorf("check reports %s, too", rule)
				}
				want[rule] = true
			}
			if diff := cmp.Diff(want, firedRules(t, append([]string{"lint", "zone"}, paths...))); diff != "" {
				t.Errorf("check (-), lint zone (+):\n%s", diff)
			}
		})
	}
}

// firedRules returns the rules in the first report that a command gives.
func firedRules(t *testing.T, args []string) map[string]bool {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), append(args, "-f", "json", "--no-config"), nil, &stdout, &stderr); code == exitUsage {
		t.Fatal(stderr.String())
	}
	validate(t, reportSchema(t), stdout.Bytes())
	var out struct {
		Reports []struct {
			Findings []struct{ Rule string }
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	rules := map[string]bool{}
	for _, f := range out.Reports[0].Findings {
		rules[f.Rule] = true
	}
	return rules
}
