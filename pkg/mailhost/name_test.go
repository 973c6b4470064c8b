package mailhost_test

import (
	"net/netip"
	"testing"

	"github.com/authcheck/authcheck/pkg/mailhost"
)

func TestGeneric(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, addr, want string }{
		{"mail.example.com", "192.0.2.1", ""},
		{"mx1.example.com", "192.0.2.1", ""},
		{"mx-2-1.example.com", "192.0.2.1", ""},
		{"192-0-2-1.example.com", "192.0.2.1", "the address in it"},
		{"1.2.0.192.static.example.com", "192.0.2.1", "the address in it"},
		{"host-2-1.net-192.example.com", "192.0.2.1", "the address in it"},
		{"h192000002001.example.com", "192.0.2.1", "the address in it"},
		{"c0000201.example.com", "192.0.2.1", "the address in it"},
		{"host010200c0.example.com", "192.0.2.1", "the address in it"},
		{"a.pool12.example.com", "192.0.2.1", `"pool" in it`},
		{"pppoe-7.example.com", "192.0.2.1", `"pppoe" in it`},
		{"mail.pool.example", "192.0.2.1", ""}, // the provider's own name
		{"liverpool.example.com", "192.0.2.1", ""},
		{"20010db8000000000211aabbccddeeff.example.com", "2001:db8::211:aabb:ccdd:eeff", "the address in it"},
		{"0211-aabb-ccdd-eeff.example.com", "2001:db8::211:aabb:ccdd:eeff", "the address in it"},
		{"f.f.e.e.d.d.c.c.b.b.a.a.1.1.2.0.example.com", "2001:db8::211:aabb:ccdd:eeff", "the address in it"},
		{"mail.example.com", "2001:db8::1", ""},
		{"192-0-2-1.example.com", "::ffff:192.0.2.1", "the address in it"},
		{"", "192.0.2.1", ""},
	} {
		if got := mailhost.Generic(tt.name, netip.MustParseAddr(tt.addr)); got != tt.want {
			t.Errorf("%s of %s: %q, want %q", tt.name, tt.addr, got, tt.want)
		}
	}
}
