package nearest

import "testing"

func TestWord(t *testing.T) {
	t.Parallel()
	known := []string{"include", "exists", "ip4", "ip6", "all"}
	for _, tt := range []struct {
		name, in string
		limit    int
		want     string
	}{
		{"the same", "include", 0, "include"},
		{"letter missing", "includ", 1, "include"},
		{"letter added", "alll", 1, "all"},
		{"neighbours swapped", "inlcude", 1, "include"},
		{"two faults", "exsit", 2, "exists"},
		{"first of equals", "ip5", 1, "ip4"},
		{"too far", "banana", 2, ""},
		{"too long", string(make([]byte, 100)), 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Word(tt.in, known, tt.limit); got != tt.want {
				t.Errorf("Word(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
			}
		})
	}
}
