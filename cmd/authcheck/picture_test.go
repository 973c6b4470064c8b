package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestPicture checks that the picture at the top of README.md is what its command
// prints. UPDATE_SCRIPTS=1 draws it anew.
func TestPicture(t *testing.T) {
	t.Chdir("../..")
	t.Setenv("COLUMNS", "80")
	const name, session = "examples/score.svg", "authcheck score shop.example.net --ip 203.0.113.25 --helo mail.example.net"
	args := append(strings.Fields(session)[1:], "--color", "always", "--zone", "examples/zones/example.net.zone",
		"--zone", "examples/zones/providers.zone", "--zone", "examples/zones/reverse.zone")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, nil, &stdout, &stderr); code != exitFound {
		t.Fatalf("exit code %d, want %d; %s", code, exitFound, stderr.String())
	}
	want := picture("$ " + session + "\n\n" + stdout.String())
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the command prints", name)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if head, _, _ := strings.Cut(string(readme), "\n## "); !strings.Contains(head, "]("+name+")") {
		t.Error("README.md does not open with the picture")
	}
}

// The colours of the picture by the parameters of SGR sequences (ECMA-48, Section 8.3.117).
var inks = map[string]string{"1": "#ffffff", "2": "#8b949e", "31;1": "#ff7b72", "32;1": "#7ee787", "33;1": "#e3b341", "36;1": "#79c0ff"}

var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// picture draws the text of a terminal as SVG.
func picture(text string) string {
	const lineHeight, advance, margin = 18, 8.43, 16 // of a font of 14 pixels
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	columns := 0
	for _, line := range lines {
		columns = max(columns, len([]rune(sgr.ReplaceAllString(line, ""))))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`+"\n",
		int(float64(columns)*advance)+2*margin, len(lines)*lineHeight+2*margin)
	b.WriteString(`<rect width="100%" height="100%" rx="8" fill="#0d1117"/>` + "\n")
	for i, line := range lines {
		if line == "" {
			continue
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="#c9d1d9" xml:space="preserve">%s</text>`+"\n", margin, margin+(i+1)*lineHeight-4, inked(line))
	}
	return b.String() + "</svg>\n"
}

// inked makes spans of the colours of a line.
func inked(line string) string {
	var b strings.Builder
	ink := ""
	for line != "" {
		at := sgr.FindStringSubmatchIndex(line)
		if at == nil {
			at = []int{len(line), len(line), 0, 0}
		}
		if at[0] > 0 {
			if ink != "" {
				fmt.Fprintf(&b, `<tspan fill="%s">`, ink)
			}
			xml.EscapeText(&b, []byte(line[:at[0]]))
			if ink != "" {
				b.WriteString("</tspan>")
			}
		}
		ink = inks[line[at[2]:at[3]]]
		line = line[at[1]:]
	}
	return b.String()
}
