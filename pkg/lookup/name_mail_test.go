package lookup_test

import (
	"errors"
	"testing"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// TestMailDomain reads domains of RFC 5321, Section 4.1.2: sub-domains between dots.
func TestMailDomain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"example.com", "example.com"},
		{"Example.COM.", "example.com"},
		{"bücher.example", "xn--bcher-kva.example"},
		{"3com.example", "3com.example"},
		{"example", "example"},
		{"*.example.com", ""},
		{"exa mple.com", ""},
		{"_dmarc.example.com", ""},
		{"-a.example.com", ""},
		{"a..example.com", ""},
		{"192.0.2.1", ""},
		{".", ""},
		{"", ""},
	} {
		got, err := lookup.MailDomain(tt.in)
		if got != tt.want || (err != nil) != (tt.want == "") || err != nil && !errors.Is(err, lookup.ErrName) {
			t.Errorf("%q: %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}
