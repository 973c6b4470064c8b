package authres

import (
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
)

// TestRegistry asks for words of RFC 8601, Sections 2.3, 2.7 and 6.7.
func TestRegistry(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim                       string
		method, result, propertyHas bool
	}{
		{"dkim=pass header.d=a.example", true, true, true},
		{"DKIM=Policy HEADER.d=a.example", true, true, true},
		{"dkim=softfail policy.x=1", true, false, true},
		{"spf=softfail smtp.mailfrom=a.example", true, true, true},
		{"spf=hardfail body.x=1", true, true, true},
		{"spf=unknown dns.zone=a.example", true, false, true},
		{"sender-id=hardfail x.y=1", true, false, false},
		{"iprev=none policy.iprev=192.0.2.1", true, false, true},
		{"auth=none smtp.auth=a", true, true, true},
		{"dmarc=bestguesspass header.from=a.example", true, false, true},
		{"arc=temperror smtp.remote-ip=192.0.2.1", true, false, true},
		{"vbr=whatever header.md=a.example", true, true, true},
		{"x-ptr=pass tls.x=1", false, true, false},
		{"compauth=pass header.x=1", false, true, true},
	} {
		f := Parse(lint.NewSource("", "mx.example.net; "+tt.claim))
		c := &f.Claims[0]
		if c.KnowsMethod() != tt.method || c.KnowsResult() != tt.result || c.Properties[0].KnowsType() != tt.propertyHas {
			t.Errorf("%s: %v %v %v", tt.claim, c.KnowsMethod(), c.KnowsResult(), c.Properties[0].KnowsType())
		}
	}
}
