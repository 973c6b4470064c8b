package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// refuseOverwriting makes an error of a file that is to be written although the run
// reads it, or writes something else to it. Only a baseline may replace itself. The
// arguments are what the run is about to read, files or folders of messages.
func (a *app) refuseOverwriting(arguments ...string) error {
	inputs := slices.Concat(a.flags.zones, a.flags.overlays, arguments, []string{a.configFile})
	outputs := []struct{ flag, path string }{{"--output", a.flags.output}, {"--record", a.flags.record}, {"--write-baseline", a.flags.writeBaseline}}
	for i, out := range outputs {
		read := inputs
		if out.flag != "--write-baseline" {
			read = append(slices.Clip(inputs), a.flags.baseline)
		}
		for _, in := range read {
			if leadsTo(in, out.path) {
				return fmt.Errorf("%s %s would overwrite what this run reads", out.flag, out.path)
			}
		}
		for _, other := range outputs[:i] {
			if sameFile(other.path, out.path) {
				return fmt.Errorf("%s and %s name the same file", other.flag, out.flag)
			}
		}
	}
	return nil
}

// leadsTo reports whether a path leads to a regular file: it is the file, or a folder
// with messages of which it is one, or would be.
func leadsTo(in, out string) bool {
	folder, err := os.Stat(in)
	if err != nil || !folder.IsDir() || out == "" {
		return sameFile(in, out)
	}
	wanted, err := os.Stat(out)
	if err != nil {
		return wouldHold(in, out)
	}
	found := false
	walkMessages(in, func(path string, err error) error { // what cannot be read is told by the reading
		if err != nil {
			return nil
		}
		if info, err := os.Stat(path); err == nil && os.SameFile(info, wanted) {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

// wouldHold reports whether a file that does not exist yet would be a message in a
// folder or below.
func wouldHold(folder, path string) bool {
	place, errPlace := resolved(folder)
	parent, err := resolved(filepath.Dir(path))
	if errPlace != nil || err != nil {
		return false
	}
	below, err := filepath.Rel(place, parent)
	return err == nil && filepath.IsLocal(below) && isMessageFile(filepath.Join(parent, filepath.Base(path)))
}

// sameFile reports whether two paths lead to one regular file, or will.
func sameFile(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA != nil || errB != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	return infoA.Mode().IsRegular() && os.SameFile(infoA, infoB)
}
