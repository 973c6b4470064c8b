package render

import "testing"

// TestPathOctets writes names of files of which no two may look the same.
func TestPathOctets(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"b\xff.eml":       `b\xff.eml`,
		`b\xff.eml`:       `b\x5cxff.eml`,
		`b\x5cxff.eml`:    `b\x5cx5cxff.eml`,
		`b\x` + "\xff":    `b\x\xff`,
		`C:\mail\xyz.eml`: `C:\mail\xyz.eml`,
		`a\xFF\\x0a`:      `a\xFF\\x5cx0a`,
	} {
		if got := pathOctets(name); string(got) != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
