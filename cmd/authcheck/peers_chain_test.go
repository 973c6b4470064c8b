package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// chainDisputes are in the syntax of tags, which RFC 8617, Section 4.1.3 takes from
// RFC 6376.
var chainDisputes = []dispute{
	{"as_format_tags_dup", "pass", "3.2: a list with a tag twice is invalid; it takes one of them"},
	{"as_format_inv_tag_key", "pass", "3.2: the name of a tag begins with a letter; it takes any"},
	{"as_format_tags_sc", "pass", "3.2: a tag stands before each semicolon; it skips what is empty"},
	{"as_format_tags_key_case", "pass", "3.2: the case of a tag matters, and s= is missing; it takes S= for s="},
}

// TestPeersChains compares the states of the chains of the ARC suite with those of
// mailauth. dkimpy is a referee in package arc.
func TestPeersChains(t *testing.T) {
	node, dir := mailauth(t), filepath.Join(suitesDir(t), "arc", "valimail-validation")
	var suite struct {
		Cases []struct{ ID, File, DNS string }
	}
	readCases(t, dir, &suite)
	corpora := map[string]*corpus{} // by their DNS data
	for _, s := range suite.Cases {
		zone := filepath.Join(dir, strings.TrimSuffix(s.DNS, ".json")+".zone")
		c, known := corpora[zone]
		if !known {
			c = &corpus{job: job{Keys: keysOf(t, namesOf(t, filepath.Join(dir, s.DNS)), zone), ARC: true}}
			corpora[zone] = c
		}
		file := filepath.Join(dir, s.File)
		var got struct{ ARC struct{ Result string } }
		verified(t, &got, file, "--zone", zone)
		c.ids, c.Files, c.ours = append(c.ids, s.ID), append(c.Files, file), append(c.ours, []string{got.ARC.Result})
	}
	open, same, total := openDisputes(t, chainDisputes), 0, 0
	for _, c := range corpora {
		n, of := c.compare(t, ask(t, c.job, node, "verify.js"), open)
		same, total = same+n, total+of
	}
	for id, d := range open {
		t.Errorf("%s: the same, but listed: %s", id, d.why)
	}
	t.Logf("mailauth: %d of %d states of chains are the same", same, total)
}
