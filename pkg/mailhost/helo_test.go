package mailhost_test

import (
	"errors"
	"testing"

	"github.com/authcheck/authcheck/pkg/mailhost"
)

func TestParseHELO(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in, host, literal string
		err               error
		fault             string // what err is about
	}{
		{in: "mail.example.com", host: "mail.example.com"},
		{in: "MAIL.Example.COM", host: "mail.example.com"},
		{in: "1and1.example", host: "1and1.example"},
		{in: "xn--bcher-kva.example", host: "xn--bcher-kva.example"},
		{in: "[192.0.2.1]", literal: "192.0.2.1"},
		{in: "[IPv6:2001:db8::1]", literal: "2001:db8::1"},
		{in: "[ipv6:2001:DB8::1]", literal: "2001:db8::1"},
		{in: "[IPv6:::ffff:192.0.2.1]", literal: "::ffff:192.0.2.1"},
		{in: "", err: mailhost.ErrNoHELO},
		{in: "192.0.2.1", err: mailhost.ErrBareAddress, fault: "192.0.2.1"},
		{in: "2001:db8::1", err: mailhost.ErrBareAddress, fault: "2001:db8::1"},
		{in: "mail", err: mailhost.ErrNotFQDN, fault: "mail"},
		{in: "localhost", err: mailhost.ErrNotFQDN, fault: "localhost"},
		{in: "localhost.localdomain", err: mailhost.ErrNotFQDN, fault: "localhost.localdomain"},
		{in: "mail.LAN", err: mailhost.ErrNotFQDN, fault: "mail.LAN"},
		{in: "mail.internal.", err: mailhost.ErrNotFQDN, fault: "mail.internal."},
		{in: "mail.example.com.", host: "mail.example.com", err: mailhost.ErrHELOSyntax, fault: "."},
		{in: "mail_1.example.com", host: "mail_1.example.com", err: mailhost.ErrHELOSyntax, fault: "mail_1"},
		{in: "mail.-x.example.com", host: "mail.-x.example.com", err: mailhost.ErrHELOSyntax, fault: "-x"},
		{in: "mail..example.com", err: mailhost.ErrHELOSyntax, fault: "mail..example.com"},
		{in: ".", err: mailhost.ErrHELOSyntax, fault: "."},
		{in: "[192.0.2.1", err: mailhost.ErrHELOSyntax, fault: "[192.0.2.1"},
		{in: "[192.0.2]", err: mailhost.ErrHELOSyntax, fault: "[192.0.2]"},
		{in: "[2001:db8::1]", err: mailhost.ErrHELOSyntax, fault: "[2001:db8::1]"},
		{in: "[IPv6:192.0.2.1]", err: mailhost.ErrHELOSyntax, fault: "[IPv6:192.0.2.1]"},
		{in: "[IPv6:fe80::1%eth0]", err: mailhost.ErrHELOSyntax, fault: "[IPv6:fe80::1%eth0]"},
		{in: "[", err: mailhost.ErrHELOSyntax, fault: "["},
	} {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			h := mailhost.ParseHELO(tt.in)
			host, literal, fault := "", "", ""
			if h.Host != nil {
				host = h.Host.Name
			}
			if h.Literal.IsValid() {
				literal = h.Literal.String()
			}
			if h.Err != nil {
				fault = h.Fault.Text()
			}
			if host != tt.host || literal != tt.literal || !errors.Is(h.Err, tt.err) || fault != tt.fault {
				t.Errorf("host %q, literal %q, error %v at %q", host, literal, h.Err, fault)
			}
		})
	}
}

func FuzzParseHELO(f *testing.F) {
	for _, seed := range []string{"", "mail.example.com", "[192.0.2.1]", "[IPv6:::1]", "a..b", `a\.b.`, "-.x", "é.example"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h := mailhost.ParseHELO(text)
		if h.Fault.Start < 0 || h.Fault.End > len(text) || h.Fault.Start > h.Fault.End {
			t.Errorf("fault from %d to %d of %d octets", h.Fault.Start, h.Fault.End, len(text))
		}
		if h.Err == nil && (h.Host == nil) == !h.Literal.IsValid() {
			t.Errorf("neither a host nor a literal, or both, and no error")
		}
	})
}
