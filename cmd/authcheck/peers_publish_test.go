package main

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/publish"
)

// toPublish returns records that are hard to write down, below example.com.
func toPublish() []publish.Record {
	var all strings.Builder
	for c := range 256 {
		all.WriteByte(byte(c))
	}
	var records []publish.Record
	for i, text := range []string{
		"v=DKIM1; k=rsa; p=" + strings.Repeat("MIIB+/", 60) + "==",
		"", `"quoted" and \ \\ \065 \101 \"`, "  a;b # c // d  ", "${a} %{b} $ORIGIN @ ( )",
		strings.Repeat("x", 255), strings.Repeat("x", 254) + `"\"`, all.String() + all.String(),
	} {
		records = append(records, publish.Record{Name: fmt.Sprintf("r%d._domainkey.example.com", i), TTL: 60, Text: text})
	}
	return records
}

const emptyZone = "example.com. 60 IN SOA ns.example.com. hostmaster.example.com. 1 60 60 60 60\n" +
	"example.com. 60 IN NS ns.example.com.\nns.example.com. 60 IN A 127.0.0.1\n"

// wantPublished asks a server for records.
func wantPublished(t *testing.T, server string, records []publish.Record) {
	t.Helper()
	client, err := lookup.NewClient(lookup.Config{Servers: []string{server}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, r := range records {
		answer, err := client.Query(t.Context(), r.Name, lookup.TypeTXT)
		if err != nil || len(answer.Records) != 1 {
			t.Errorf("%s: %d records, %v", r.Name, len(answer.Records), err)
			continue
		}
		if got := answer.Records[0].Source.Text; got != r.Text {
			t.Errorf("%s: %q, want %q", r.Name, got, r.Text)
		}
	}
}

// TestPeersPublishBIND loads the form for master files into nsd, and asks it.
func TestPeersPublishBIND(t *testing.T) {
	records := toPublish()
	text, err := publish.Format(publish.BIND, records...)
	if err != nil {
		t.Fatal(err)
	}
	server, _ := startNSD(t, map[string]string{"example.com.": testFile(t, t.TempDir(), "zone", emptyZone+text)})
	wantPublished(t, server, records)
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(needs(t, "dig", "bind9-dnsutils"), "+short", "+tcp", "@"+host, "-p", port, "TXT", records[0].Name).Output()
	got := strings.ReplaceAll(strings.Trim(strings.TrimSpace(string(out)), `"`), `" "`, "")
	if want := records[0].Text; err != nil || strings.ReplaceAll(got, `\;`, ";") != want {
		t.Errorf("dig: %v, %q, want %q", err, got, want)
	}
}

// TestPeersPublishNSUpdate gives the commands to nsupdate, which puts the records into
// BIND.
func TestPeersPublishNSUpdate(t *testing.T) {
	update := needs(t, "nsupdate", "bind9-dnsutils")
	server := startNamed(t)
	records := toPublish()
	text, err := publish.Format(publish.NSUpdate, records...)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(update)
	cmd.Stdin = strings.NewReader("server " + strings.Replace(server, ":", " ", 1) + "\n" + text)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("nsupdate: %v\n%s", err, said)
	}
	wantPublished(t, server, records)
}

// startNamed serves example.com, empty and open to updates, with BIND.
func startNamed(t *testing.T) (address string) {
	t.Helper()
	program, dir, port := needs(t, "named", "bind9"), t.TempDir(), freePort(t)
	config := fmt.Sprintf(`options {
  directory "%[1]s";
  pid-file none;
  session-keyfile none;
  lock-file none;
  listen-on port %[2]d { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  notify no;
  dnssec-validation no;
};
controls { };
zone "example.com" { type primary; file "%[3]s"; allow-update { 127.0.0.1; }; };
`, dir, port, testFile(t, dir, "zone", emptyZone))
	address, _ = startServer(t, port, program, "-g", "-c", testFile(t, dir, "named.conf", config))
	return address
}
