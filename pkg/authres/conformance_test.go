package authres

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/internal/suites"
	"github.com/authcheck/authcheck/pkg/lint"
)

// resultsField finds the two kinds of field in a header, folded or not.
var resultsField = regexp.MustCompile(`(?im)^((?:ARC-)?Authentication-Results):(.*(?:\r?\n[ \t].*)*)`)

// TestARCSuite reads the fields of the public ARC suite. Its broken ones all lack an
// instance as RFC 8617, Section 4.1.1, wants it, and say so in their names.
func TestARCSuite(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(suites.Dir(t), "arc", "valimail-validation", "msgs", "*.eml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no messages", err)
	}
	want := map[string]error{"aar_i_missing.eml": ErrInstance, "aar_i_no_semi.eml": ErrInstance, "aar_i_not_prefixed.eml": ErrInstance,
		"aar_struct_i_empty.eml": ErrInstance, "aar_struct_i_na.eml": ErrInstance}
	got, count := map[string]error{}, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		header, _, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n\n")
		for _, match := range resultsField.FindAllStringSubmatch(header, -1) {
			parse := Parse
			if len(match[1]) > len("Authentication-Results") {
				parse = ParseARC
			}
			f := parse(lint.NewSource(match[1], match[2]))
			count++
			if f.Err != nil {
				got[filepath.Base(file)] = f.Err
			}
			for _, c := range f.Claims {
				if c.Err != nil {
					t.Errorf("%s: %q: %v", file, c.Span.Text(), c.Err)
				}
			}
		}
	}
	if diff := cmp.Diff(want, got, sameError); diff != "" {
		t.Error(diff)
	}
	t.Logf("%d fields of %d messages read", count, len(files))
}
