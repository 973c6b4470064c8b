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
	exists := err == nil
	if !exists { // a new message in a folder that is read
		whole, err := filepath.Abs(out)
		if err != nil || !isMessageFile(whole) {
			return false
		}
		if wanted, err = os.Stat(filepath.Dir(whole)); err != nil {
			return false
		}
	}
	found := false
	_ = filepath.WalkDir(in, func(path string, entry fs.DirEntry, err error) error { // what cannot be read is told by the reading
		if err != nil || exists && !(entry.Type().IsRegular() && isMessageFile(path)) || !exists && !entry.IsDir() {
			return nil
		}
		if info, err := entry.Info(); err == nil && os.SameFile(info, wanted) {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
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
