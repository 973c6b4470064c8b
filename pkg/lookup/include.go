package lookup

import (
	"fmt"
	"path/filepath"
	"strings"
)

// judgement is a file under judgement with those that it may include.
type judgement struct {
	*File
	given  *given
	nested bool // the file is included itself, and includes no other
}

// given are the files of a view. No other is ever read.
type given struct {
	byPath map[string]*File // cleaned paths
	named  map[*File]bool   // by $INCLUDE, as it seems
	read   map[*File]bool
	octets int // of included files, each time they are
}

func givenFiles(files []*File) *given {
	g := &given{byPath: map[string]*File{}, named: map[*File]bool{}, read: map[*File]bool{}}
	for _, f := range files {
		g.byPath[filepath.Clean(f.Name)] = f
	}
	for _, f := range files {
		for line := range strings.Lines(f.Text) {
			word := strings.Fields(line[:min(len(line), maxPath)])
			if len(word) > 1 && strings.EqualFold(word[0], "$INCLUDE") {
				if part := g.find(f, strings.Trim(word[1], `"`)); part != nil && part != f {
					g.named[part] = true
				}
			}
		}
	}
	return g
}

// maxPath is more octets than a line with the path of a file has.
const maxPath = 8192

// find returns the file that a path leads to from the folder of another one, or from
// the working directory; nil: it is not given.
func (g *given) find(from *File, path string) *File {
	if f := g.byPath[filepath.Join(filepath.Dir(from.Name), path)]; f != nil && !filepath.IsAbs(path) {
		return f
	}
	return g.byPath[filepath.Clean(path)]
}

// include reads a file that is given in the place of "$INCLUDE path [origin]" (RFC
// 1035, Section 5.1), and notes one that is not.
func (r *reader) include() error {
	if len(r.tokens) == 1 {
		return r.missing("the path of a file")
	}
	if len(r.tokens) > 3 {
		return r.unexpected(r.tokens[3], "the end of the entry")
	}
	path := r.tokens[1]
	f := r.judged.given.find(r.judged.File, path.text)
	// What was read already had another origin, or is including this file.
	if f == nil || r.judged.nested || r.judged.given.read[f] && !r.judged.given.named[f] {
		r.judged.Includes = append(r.judged.Includes, path.text)
		return nil
	}
	inner := &reader{scanner: newScanner(f.Name, f.Text), zone: r.zone, origin: r.origin, rooted: r.rooted, owner: r.owner, named: r.named,
		ttl: r.ttl, fixedTTL: r.fixedTTL, judged: &judgement{File: f, given: r.judged.given, nested: true}}
	if len(r.tokens) == 3 {
		origin, err := r.name(r.tokens[2])
		if err != nil {
			return err
		}
		inner.origin, inner.rooted = origin, true
	}
	// Each time counts for something, or an empty file could be read for ever.
	if r.judged.given.octets += len(f.Text) + len("$INCLUDE"); r.judged.given.octets > maxFile {
		return r.tooMany(path, fmt.Sprintf("more than %d octets of included files", maxFile))
	}
	r.judged.given.read[f] = true
	r.judged.included = append(r.judged.included, f)
	if err := inner.readAll(); isLimit(err) {
		return err
	}
	r.ttl, r.fixedTTL = inner.ttl, inner.fixedTTL // as BIND does; only the names are put back
	return nil
}
