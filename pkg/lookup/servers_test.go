package lookup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseServer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, want string // want is the canonical form, or what the error says
	}{
		{"1.1.1.1", "udp://1.1.1.1"},
		{"1.1.1.1:53", "udp://1.1.1.1"},
		{"1.1.1.1:5353", "udp://1.1.1.1:5353"},
		{"::1", "udp://[::1]"},
		{"[::1]", "udp://[::1]"},
		{"[::1]:5353", "udp://[::1]:5353"},
		{"fe80::1%eth0", "udp://[fe80::1%eth0]"},
		{"UDP://192.0.2.1", "udp://192.0.2.1"},
		{"tcp://[2001:db8::1]:53", "tcp://[2001:db8::1]"},
		{"tls://192.0.2.1", "tls://192.0.2.1"},
		{"tls://DNS.example@192.0.2.1:8853", "tls://dns.example@192.0.2.1:8853"},
		{"tls://dns.example@[::1]:853", "tls://dns.example@[::1]"},
		{"tls://dns.example", "tls://dns.example"},
		{"tls://dns.example:8853", "tls://dns.example:8853"},
		{"tls://bücher.example", "tls://xn--bcher-kva.example"},
		{"https://dns.example/dns-query", "https://dns.example/dns-query"},
		{"https://dns.example@192.0.2.1/q/1", "https://dns.example@192.0.2.1/q/1"},
		{"https://192.0.2.1:8443/", "https://192.0.2.1:8443/dns-query"},
		{"https://[::1]", "https://[::1]/dns-query"},

		{"", "no IP address"},
		{"dns.example", "no IP address"},
		{"udp://dns.example", "no IP address"},
		{"1.1.1", "no IP address"},
		{"tls://1.1.1.256", "no IP address"},
		{"tls://dns.example@other.example", "no IP address"},
		{"tls://dns.example@", "no IP address"},
		{"tls://@192.0.2.1", "only a server with a certificate has a name before the @"},
		{"udp://dns.example@192.0.2.1", "only a server with a certificate has a name before the @"},
		{"tls://a b@192.0.2.1", "only a server with a certificate has a name before the @"},
		{"1.1.1.1:0", "no port number"},
		{"1.1.1.1:65536", "no port number"},
		{"1.1.1.1:dns", "no port number"},
		{"[::1", "no address and port"},
		{"1.1.1.1:1:1", "no address and port"},
		{"quic://192.0.2.1", "unknown scheme"},
		{"https://dns.example/dns-query{?dns}", "no plain path"},
	}
	for _, tt := range tests {
		s, err := parseServer(tt.in)
		if err != nil {
			if text := err.Error(); !strings.Contains(text, ": "+tt.want+" (accepted: 1.1.1.1, ") {
				t.Errorf("%q: got error %q, want %q", tt.in, text, tt.want)
			}
			continue
		}
		if s.String() != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, s, tt.want)
		}
		if again, err := parseServer(s.String()); again != s || err != nil {
			t.Errorf("%q: the canonical form reads as %v, %v", tt.in, again, err)
		}
	}
}

func TestSystemServers(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, want string }{
		{"two", "# comment\nsearch example.com\nnameserver 192.0.2.1\nnameserver 2001:db8::1\n", "udp://192.0.2.1 udp://[2001:db8::1]"},
		{"useless line", "nameserver\nnameserver dns.example\nnameserver fe80::1%eth0", "udp://[fe80::1%eth0]"},
		{"none", "options edns0\n", "udp://127.0.0.1"},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), "resolv.conf")
		if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
			t.Fatal(err)
		}
		servers, err := systemServers(path)
		var urls []string
		for _, s := range servers {
			urls = append(urls, s.String())
		}
		if got := strings.Join(urls, " "); got != tt.want || err != nil {
			t.Errorf("%s: got %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
	_, err := systemServers(filepath.Join(t.TempDir(), "none"))
	if err == nil || !strings.Contains(err.Error(), "give one with --resolver") {
		t.Errorf("no file: got error %v", err)
	}
}

func TestClientServers(t *testing.T) {
	t.Parallel()
	c := client(t, Config{Servers: []string{"192.0.2.1:53", "tls://DNS.example@192.0.2.1"}})
	if got := strings.Join(c.Servers(), " "); got != "udp://192.0.2.1 tls://dns.example@192.0.2.1" {
		t.Errorf("got %s", got)
	}
	if _, err := NewClient(Config{Servers: []string{"192.0.2.1", "gopher://x"}}); err == nil || !strings.Contains(err.Error(), `"gopher://x"`) {
		t.Errorf("got error %v", err)
	}
}
