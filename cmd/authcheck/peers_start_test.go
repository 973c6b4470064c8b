package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// exampleZones are the files of examples/zones.
var exampleZones = []string{"example.com.zone", "example.net.zone", "providers.zone", "reverse.zone"}

// zonePath returns the path of an example zone, as absolute as servers need it.
func zonePath(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "examples", "zones", file))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// zoneFiles returns the files of the zones in the example files, by the name of the
// zone: a server wants each in a file of its own. The zones com and net hold nothing,
// as the NXDOMAIN directives of the example files say.
func zoneFiles(t *testing.T) map[string]string {
	t.Helper()
	const empty = "@ 3600 SOA ns hostmaster 1 7200 3600 1209600 3600\n@ 3600 NS ns\n"
	dir := t.TempDir()
	files := map[string]string{"com.": testFile(t, dir, "com.zone", empty), "net.": testFile(t, dir, "net.zone", empty)}
	for _, file := range exampleZones {
		text, err := os.ReadFile(zonePath(t, file))
		if err != nil {
			t.Fatal(err)
		}
		start, zones, _ := strings.Cut(string(text), "$ORIGIN ")
		for zone := range strings.SplitSeq(zones, "\n$ORIGIN ") {
			name, _, _ := strings.Cut(zone, "\n")
			files[name] = testFile(t, dir, name+"zone", start+"$ORIGIN "+zone)
		}
	}
	return files
}

// startNSD serves zones, given as a file a zone, with Debian's nsd, the reference for
// master files, and returns its address and how to stop it.
func startNSD(t *testing.T, zones map[string]string) (address string, stop func()) {
	t.Helper()
	program := needs(t, "nsd", "nsd")
	dir, port := t.TempDir(), freePort(t)
	config := fmt.Sprintf(`server:
  ip-address: 127.0.0.1@%d
  server-count: 1
  username: ""
  zonesdir: "%s"
  database: ""
  pidfile: ""
  xfrdir: "%[2]s"
  xfrdfile: "%[2]s/xfrd.state"
  zonelistfile: "%[2]s/zone.list"
remote-control:
  control-enable: no
`, port, dir)
	for zone, file := range zones {
		config += fmt.Sprintf("zone:\n  name: %s\n  zonefile: \"%s\"\n", zone, file)
	}
	return startServer(t, port, program, "-d", "-c", testFile(t, dir, "nsd.conf", config))
}

// unbound is a running recursive resolver.
type unbound struct {
	udp        string // address
	tls, https int    // ports
	stop       func()
}

// resolverName is what the certificate of unbound is for, beside 127.0.0.1.
const resolverName = "resolver.example"

// startUnbound resolves zones, and nothing else, by asking the given server. The
// returned file holds the certificate to trust.
func startUnbound(t *testing.T, authority string, zones map[string]string) (u unbound, certificate string) {
	t.Helper()
	program := needs(t, "unbound", "unbound")
	dir, port := t.TempDir(), freePort(t)
	certificate, key := writeCertificate(t, dir)
	u.tls, u.https = freePort(t), freePort(t)
	host, authorityPort, err := net.SplitHostPort(authority)
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`server:
  directory: "%s"
  username: ""
  chroot: ""
  pidfile: ""
  do-daemonize: no
  use-syslog: no
  interface: 127.0.0.1@%d
  interface: 127.0.0.1@%d
  interface: 127.0.0.1@%d
  outgoing-interface: 127.0.0.1
  do-not-query-localhost: no
  module-config: "iterator"
  tls-port: %[3]d
  https-port: %[4]d
  tls-service-key: "%[5]s"
  tls-service-pem: "%[6]s"
remote-control:
  control-enable: no
`, dir, port, u.tls, u.https, key, certificate)
	for zone := range zones {
		// Without nodefault unbound itself says that nobody has the example addresses.
		config += fmt.Sprintf("server:\n  local-zone: %s nodefault\nstub-zone:\n  name: %[1]s\n  stub-addr: %s@%s\n", zone, host, authorityPort)
	}
	u.udp, u.stop = startServer(t, port, program, "-c", testFile(t, dir, "unbound.conf", config))
	return u, certificate
}

// needs returns the path of a program that a Debian package holds. Without it the
// test is skipped, or fails where AUTHCHECK_PEERS_REQUIRED=1 says that it must be
// there.
func needs(t *testing.T, program, debian string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin"} { // not everybody's PATH has them
		if err != nil {
			path, err = exec.LookPath(filepath.Join(dir, program))
		}
	}
	switch {
	case err == nil:
		return path
	case os.Getenv("AUTHCHECK_PEERS_REQUIRED") == "1":
		t.Fatalf("%s is not installed (Debian package %s), and AUTHCHECK_PEERS_REQUIRED=1 wants it", program, debian)
	}
	t.Skipf("%s is not installed (Debian package %s)", program, debian)
	return ""
}

// startServer runs a server in the foreground until the test ends or stop is
// called, and returns when it answers questions for example.com. stop returns
// when the server is gone.
func startServer(t *testing.T, port int, program string, args ...string) (address string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var log bytes.Buffer // complete when the server has ended
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // that it was stopped is no news, and why it ended by itself is in the log
	}()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)

	address = fmt.Sprintf("127.0.0.1:%d", port)
	client, err := lookup.NewClient(lookup.Config{Servers: []string{address}, Timeout: 200 * time.Millisecond, Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	retry, limit := time.NewTicker(10*time.Millisecond), time.After(20*time.Second)
	defer retry.Stop()
	for {
		if _, err = client.Query(ctx, "example.com", lookup.TypeSOA); err == nil {
			return address, stop
		}
		select {
		case <-retry.C:
		case <-ended:
			t.Fatalf("%s has ended:\n%s", program, &log)
		case <-limit:
			stop()
			t.Fatalf("%s does not answer: %v\n%s", program, err, &log)
		}
	}
}

// freePort returns a port of 127.0.0.1 that nobody uses for UDP or TCP. It lies
// below those that systems hand out, so that no client gets it in the meantime.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 10000 + mathrand.IntN(20000)
		address := fmt.Sprintf("127.0.0.1:%d", port)
		tcp, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		defer tcp.Close()
		udp, err := net.ListenPacket("udp", address)
		if err != nil {
			continue
		}
		defer udp.Close()
		return port
	}
	t.Fatal("no free port on 127.0.0.1")
	return 0
}

// writeCertificate makes a certificate for resolverName and 127.0.0.1 that is its
// own authority, and returns the files of it and of its key.
func writeCertificate(t *testing.T, dir string) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		DNSNames:     []string{resolverName},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return testFile(t, dir, "certificate.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}))),
		testFile(t, dir, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})))
}

// testFile writes a file of a test and returns its path.
func testFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
