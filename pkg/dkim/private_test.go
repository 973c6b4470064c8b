package dkim

import (
	"strings"
	"testing"
)

func TestKeyName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, selector, domain string }{
		{"s1._domainkey.example.com.pem", "s1", "example.com"},
		{"S1._DomainKey.Example.com", "s1", "example.com"},
		{"a.b._domainkey.mail.example.com.private", "a.b", "mail.example.com"},
		{"s1._domainkey.example.pem.key", "s1", "example.pem"},
		{"s1._domainkey.example.pem", "", ""},
		{"s1._domainkey.pem", "", ""},
		{"s1.private", "", ""},
		{"._domainkey.example.com.pem", "", ""},
		{"s_1._domainkey.example.com.pem", "", ""},
		{"s1._domainkey.ex ample.com.pem", "", ""},
		{"s1._domainkey." + strings.Repeat("a", 64) + ".example.pem", "", ""},
		{"", "", ""},
	} {
		if selector, domain := KeyName(tt.in); selector != tt.selector || domain != tt.domain {
			t.Errorf("%q: %q, %q", tt.in, selector, domain)
		}
	}
}

// FuzzKeyName wants both names, fit for a record, or none.
func FuzzKeyName(f *testing.F) {
	for _, name := range []string{"s1._domainkey.example.com.pem", "a.b._DOMAINKEY.example.com.key", "x._domainkey._domainkey.a.b", "._domainkey..pem", "../s._domainkey.a.b\x00"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		selector, domain := KeyName(name)
		if selector == "" && domain == "" {
			return
		}
		if made, err := (KeyOptions{Selector: selector, Domain: domain}).Name(); err != nil || made != selector+"._domainkey."+domain {
			t.Errorf("%q: %q, %v", name, made, err)
		}
	})
}
