package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// peerCommands are looks at the names of the example zones that have something to say.
var peerCommands = [][]string{
	{"spf", "example.com"}, {"spf", "news.example.com"}, {"spf", "parked.example.com"},
	{"spf", "example.net"}, {"spf", "shop.example.net"}, {"spf", "parked.example.net"},
	{"check", "example.com", "--selector", "s2026a", "--selector", "s2026b", "--ip", "192.0.2.25", "--helo", "mail.example.com"},
	{"check", "example.net", "--selector", "s2026a", "--selector", "s2026b", "--ip", "192.0.2.25", "--helo", "mail.example.com"},
	{"check", "example.net", "--selector", "s1", "--selector", "mail", "--ip", "203.0.113.25", "--helo", "mail.example.net"},
}

// TestPeers compares what the tool reports from zone files with what it reports
// when nsd serves them, and when unbound resolves them from there.
func TestPeers(t *testing.T) {
	served := zoneFiles(t)
	nsd, _ := startNSD(t, served)
	u, certificate := startUnbound(t, nsd, served)
	var zones []string
	for _, file := range exampleZones {
		zones = append(zones, "--zone", zonePath(t, file))
	}
	plain, trusting := tool{}, tool{certificate}
	sources := map[string]struct {
		server string
		asked  tool
	}{
		"nsd over UDP":       {nsd, plain},
		"nsd over TCP":       {"tcp://" + nsd, plain},
		"unbound over UDP":   {u.udp, plain},
		"unbound over TLS":   {fmt.Sprintf("tls://%s@127.0.0.1:%d", resolverName, u.tls), trusting},
		"unbound over HTTPS": {fmt.Sprintf("https://%s@127.0.0.1:%d/dns-query", resolverName, u.https), trusting},
		"an address in TLS":  {fmt.Sprintf("tls://127.0.0.1:%d", u.tls), trusting},
	}
	for _, command := range peerCommands {
		line := strings.Join(command, " ")
		want := plain.report(t, command, zones...)
		for name, source := range sources {
			t.Run(line+" from "+name, func(t *testing.T) {
				t.Parallel()
				if diff := cmp.Diff(want, source.asked.report(t, command, "--resolver", source.server)); diff != "" {
					t.Errorf("zone files (-), %s (+):\n%s", source.server, diff)
				}
			})
		}
		t.Run(line+" recorded", func(t *testing.T) {
			t.Parallel()
			recording := filepath.Join(t.TempDir(), "recording.zone")
			if diff := cmp.Diff(want, plain.report(t, command, "--resolver", nsd, "--record", recording)); diff != "" {
				t.Errorf("zone files (-), nsd (+):\n%s", diff)
			}
			if diff := cmp.Diff(want, plain.report(t, command, "--zone", recording)); diff != "" {
				t.Errorf("zone files (-), recording (+):\n%s", diff)
			}
		})
	}
}

// mended is what the administrator of example.net would publish in place of its faults.
const mended = `$TTL 3600
$ORIGIN example.net.
@	AAAA	2001:db8:30::10
	TXT	"v=spf1 mx include:_spf.mailhouse.example -all"
_dmarc	TXT	"v=DMARC1; p=reject; rua=mailto:dmarc@example.net"
s1._domainkey	TXT	"v=DKIM1; k=ed25519; p=GcE2Pn2tsIGV9uFE3PyXH70QMuF4zmN5J4qOvyukSZ4="
mail	AAAA	2001:db8:30::25
	TXT	"v=spf1 a -all"
25.113.0.203.in-addr.arpa.	PTR	mail.example.net.
5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.0.8.b.d.0.1.0.0.2.ip6.arpa.	PTR	mail.example.net.
`

// TestPeersOverlay asks "what if I published this?" of a domain that a server has.
func TestPeersOverlay(t *testing.T) {
	nsd, _ := startNSD(t, zoneFiles(t))
	command := []string{"check", "example.net", "--selector", "s1", "--ip", "203.0.113.25", "--helo", "mail.example.net", "--resolver", nsd}
	if exit, stdout := (tool{}).run(t, command); exit != exitFound {
		t.Errorf("before: exit %d, want %d:\n%s", exit, exitFound, stdout)
	}
	exit, stdout := tool{}.run(t, command, "--overlay", testFile(t, t.TempDir(), "mended.zone", mended))
	var out struct {
		Reports []struct {
			Findings []struct{ Severity, Rule, Subject string }
		}
	}
	if err := json.Unmarshal(stdout, &out); err != nil || len(out.Reports) != 1 {
		t.Fatalf("%d reports, %v: %s", len(out.Reports), err, stdout)
	}
	var got []string
	for _, f := range out.Reports[0].Findings {
		got = append(got, strings.Join([]string{f.Severity, f.Rule, f.Subject}, " "))
	}
	want := []string{
		"warning dkim-ed25519-only TXT s1._domainkey.example.net", // the other key, of RSA, is not named
		"notice spf-lookup-count TXT example.net",
	}
	if diff := cmp.Diff(want, got); diff != "" || exit != exitOK {
		t.Errorf("after: exit %d, findings (-want +got):\n%s", exit, diff)
	}
}

// TestPeersGone holds the tool to saying "unknown" where no server answers, or
// one that cannot show its name.
func TestPeersGone(t *testing.T) {
	served := zoneFiles(t)
	nsd, stopNSD := startNSD(t, served)
	u, certificate := startUnbound(t, nsd, served)
	authcheck := tool{certificate}
	encrypted := func(name string) []string {
		return []string{fmt.Sprintf("tls://%s@127.0.0.1:%d", name, u.tls), fmt.Sprintf("https://%s@127.0.0.1:%d/dns-query", name, u.https)}
	}
	for _, server := range encrypted("other.example") {
		authcheck.knowsNothing(t, server, "network error", "certificate is valid for "+resolverName+", not other.example")
	}
	stopNSD()
	authcheck.knowsNothing(t, nsd, "network error", "refused")
	authcheck.knowsNothing(t, "tcp://"+nsd, "network error", "refused")
	u.stop()
	for _, server := range append(encrypted(resolverName), u.udp) {
		authcheck.knowsNothing(t, server, "network error", "refused")
	}
}

// tool runs the program. With a certificate to trust it runs as a process of its own,
// for what a process trusts is settled when it starts; TestMain puts it into the PATH.
type tool struct{ certificate string }

// run runs a command for its report as JSON and returns exit code and output.
func (p tool) run(t *testing.T, command []string, args ...string) (exit int, stdout []byte) {
	t.Helper()
	args = slices.Concat(command, []string{"--format", "json", "--no-config", "--at", "2026-11-21T12:00:00Z"}, args)
	if p.certificate == "" {
		var out, log bytes.Buffer
		exit = run(t.Context(), args, nil, &out, &log)
		if log.Len() > 0 {
			t.Errorf("%s: %s", strings.Join(args, " "), &log)
		}
		return exit, out.Bytes()
	}
	cmd := exec.Command("authcheck", args...)
	cmd.Env = append(cmd.Environ(), "SSL_CERT_FILE="+p.certificate)
	stdout, err := cmd.Output()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout
}

// report returns the output of run without the places in files, which only zone
// files have, and with the exit code.
func (p tool) report(t *testing.T, command []string, args ...string) map[string]any {
	t.Helper()
	exit, stdout := p.run(t, command, args...)
	var out map[string]any
	if err := json.Unmarshal(stdout, &out); err != nil {
		t.Fatalf("%v: %s", err, stdout)
	}
	for _, report := range out["reports"].([]any) {
		for _, finding := range report.(map[string]any)["findings"].([]any) {
			for _, place := range []string{"file", "line", "column", "end_line", "end_column"} {
				delete(finding.(map[string]any), place)
			}
		}
	}
	out["exit"] = exit
	return out
}

// knowsNothing asks a server that does not answer. The record is then unknown,
// for the given reasons, and nothing is said about it.
func (p tool) knowsNothing(t *testing.T, server string, reasons ...string) {
	t.Helper()
	var out struct {
		Reports []struct {
			Findings []any
			Unknown  []struct{ Question, Reason string }
		}
	}
	exit, stdout := p.run(t, []string{"spf", "parked.example.net"}, "--resolver", server)
	if err := json.Unmarshal(stdout, &out); err != nil || len(out.Reports) != 1 {
		t.Fatalf("%s: %d reports, %v: %s", server, len(out.Reports), err, stdout)
	}
	report := out.Reports[0]
	if exit != exitUnknown || len(report.Findings) > 0 || len(report.Unknown) != 1 || report.Unknown[0].Question != "TXT parked.example.net" {
		t.Fatalf("%s: exit %d, want %d and TXT parked.example.net unknown:\n%s", server, exit, exitUnknown, stdout)
	}
	for _, reason := range reasons {
		if got := report.Unknown[0].Reason; !strings.Contains(got, reason) {
			t.Errorf("%s: reason %q, want %q in it", server, got, reason)
		}
	}
}
