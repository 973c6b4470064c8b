package lookup

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// serverForms are the accepted resolver URLs, for error messages.
const serverForms = "1.1.1.1, [::1]:5353, udp://IP, tcp://IP, tls://NAME@IP or https://NAME@IP/dns-query"

// resolvConf is where systems other than Windows name their resolvers.
const resolvConf = "/etc/resolv.conf"

// dohPath is the path of DNS over HTTPS where a URL gives none.
const dohPath = "/dns-query"

var defaultPorts = map[string]uint16{
	"udp": 53, "tcp": 53,
	"tls":   853, // RFC 7858, Section 3.1
	"https": 443, // RFC 8484, Section 5
}

// server is a resolver URL, taken apart.
type server struct {
	scheme string
	name   string     // in the certificate; empty: the address is
	addr   netip.Addr // invalid: the system says where name is
	port   uint16
	path   string // https only, with its slash
}

// parseServers reads resolver URLs, or the system's list where there are none.
func parseServers(urls []string) ([]server, error) {
	if len(urls) == 0 {
		return systemServers(resolvConf)
	}
	servers := make([]server, len(urls))
	for i, text := range urls {
		s, err := parseServer(text)
		if err != nil {
			return nil, err
		}
		servers[i] = s
	}
	return servers, nil
}

// CheckServer returns what is wrong with a resolver URL; nil: it can be asked.
func CheckServer(url string) error {
	_, err := parseServer(url)
	return err
}

// parseServer reads a resolver URL. The error names it and says what is
// accepted.
func parseServer(text string) (server, error) {
	fail := func(why string) (server, error) {
		return server{}, fmt.Errorf("resolver %q: %s (accepted: %s)", text, why, serverForms)
	}
	scheme, rest, hasScheme := strings.Cut(text, "://")
	if !hasScheme {
		scheme, rest = "udp", text
	}
	s := server{scheme: strings.ToLower(scheme)}
	port, known := defaultPorts[s.scheme]
	if !known {
		return fail("unknown scheme")
	}
	s.port = port
	encrypted := s.scheme == "tls" || s.scheme == "https"
	if s.scheme == "https" {
		host, path, _ := strings.Cut(rest, "/")
		rest, s.path = host, "/"+path
		if path == "" {
			s.path = dohPath
		}
		if strings.ContainsFunc(path, func(r rune) bool { return !isPathRune(r) }) {
			return fail("no plain path")
		}
	}
	name, address, pinned := strings.Cut(rest, "@")
	if !pinned {
		name, address = "", rest
	} else if s.name = hostName(name); s.name == "" || !encrypted {
		return fail("only a server with a certificate has a name before the @")
	}
	host, err := s.splitPort(address)
	if err != nil {
		return fail(err.Error())
	}
	if s.addr, err = netip.ParseAddr(host); err == nil {
		return s, nil
	}
	if s.name = hostName(host); s.name == "" || pinned || !encrypted {
		return fail("no IP address")
	}
	return s, nil
}

// splitPort sets the port, where the address has one, and returns the rest.
func (s *server) splitPort(address string) (host string, err error) {
	if _, err := netip.ParseAddr(address); err == nil {
		return address, nil // IPv6 without brackets
	}
	if inner, ok := strings.CutPrefix(address, "["); ok {
		if inner, ok := strings.CutSuffix(inner, "]"); ok {
			return inner, nil
		}
	} else if !strings.Contains(address, ":") {
		return address, nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", errors.New("no address and port")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", errors.New("no port number")
	}
	s.port = uint16(n)
	return host, nil
}

// isPathRune leaves out what a URL would escape, and templates (RFC 6570).
func isPathRune(r rune) bool {
	return r > ' ' && r < 0x7f && !strings.ContainsRune("?#{}%\\\"<>^`|", r)
}

// hostName returns the canonical form of a host name, "" if it cannot be one.
// What ends in a number is an address with a slip.
func hostName(text string) string {
	name, err := FromUser(text)
	if err != nil || !isPlain(name) {
		return ""
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if strings.Trim(last, "0123456789") == "" {
		return ""
	}
	return name
}

// String returns the URL in its canonical form: scheme, name and address, and
// the port unless it is the usual one.
func (s server) String() string {
	var b strings.Builder
	b.WriteString(s.scheme + "://" + s.name)
	if s.addr.IsValid() {
		if s.name != "" {
			b.WriteByte('@')
		}
		if s.addr.Is4() {
			b.WriteString(s.addr.String())
		} else {
			b.WriteString("[" + s.addr.String() + "]")
		}
	}
	if s.port != defaultPorts[s.scheme] {
		fmt.Fprintf(&b, ":%d", s.port)
	}
	return b.String() + s.path
}

// certName returns the name or address that the server's certificate must hold.
func (s server) certName() string {
	if s.name != "" {
		return s.name
	}
	return s.addr.WithZone("").String()
}

// systemServers reads the servers of a resolv.conf file. Lines that are of no
// use are passed over, and a file without any means the local host, as in
// resolver(3); search domains do not matter, because all names are absolute.
func systemServers(path string) ([]server, error) {
	config, err := dns.ClientConfigFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("this system names no resolver, give one with --resolver: %w", err)
	}
	var servers []server
	for _, line := range config.Servers {
		if addr, err := netip.ParseAddr(line); err == nil {
			servers = append(servers, server{scheme: "udp", addr: addr, port: defaultPorts["udp"]})
		}
	}
	if len(servers) == 0 {
		servers = []server{{scheme: "udp", addr: netip.AddrFrom4([4]byte{127, 0, 0, 1}), port: defaultPorts["udp"]}}
	}
	return servers, nil
}
