package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
)

// fileSet is files that appear together or not at all.
type fileSet struct {
	files   []newFile
	replace bool // files that are there
}

type newFile struct {
	path, text string
	mode       fs.FileMode
}

func (s *fileSet) paths() []string {
	paths := make([]string, len(s.files))
	for i, f := range s.files {
		paths[i] = f.path
	}
	return paths
}

// existing returns an error that names a file that would be replaced.
func (s *fileSet) existing() error {
	for _, f := range s.files {
		info, err := os.Lstat(f.path)
		switch {
		case err != nil: // the writing says what is wrong, if anything is
		case !s.replace:
			return fmt.Errorf("%s is there already; nothing was written (--force replaces it)", f.path)
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is no regular file; nothing was written", f.path)
		}
	}
	return nil
}

// write writes the files under temporary names, in folders that it makes where they
// are missing, calls ready, and then gives them their names. After an error, or a
// signal, nothing has changed.
func (s *fileSet) write(ctx context.Context, ready func() error) (err error) {
	if err := cmp.Or(context.Cause(ctx), s.existing()); err != nil {
		return err
	}
	// A reader of standard output that has gone away must not end the program
	// while there is something to clean up.
	signal.Ignore(syscall.SIGPIPE)
	var undo undoList
	defer func() { undo.end(err) }()
	temporary := make([]string, len(s.files))
	for i, f := range s.files {
		if err := makeFolder(filepath.Dir(f.path), &undo); err != nil {
			return err
		}
		if temporary[i], err = f.writeTemporary(); err != nil {
			return outputError{writeFailure(f.path, err)}
		}
		undo.always(func() { os.Remove(temporary[i]) })
	}
	if err := errors.Join(ready(), context.Cause(ctx)); err != nil {
		return err
	}
	for i, f := range s.files {
		if err := s.place(temporary[i], f.path, &undo); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// makeFolder makes a missing folder and those above it, for their owner alone, and
// notes how that is undone.
func makeFolder(path string, undo *undoList) error {
	above := filepath.Dir(path)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) || above == path {
		return nil // what is wrong with it, if anything is, the writing says
	}
	if err := makeFolder(above, undo); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return outputError{writeFailure(path, err)}
	} else if err == nil {
		undo.afterError(func() { os.Remove(path) })
	}
	return nil
}

// writeTemporary writes a file in the folder of its own, and leaves none after an
// error.
func (f newFile) writeTemporary() (path string, err error) {
	file, err := os.CreateTemp(filepath.Dir(f.path), ".authcheck-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(f.text)
	if err = errors.Join(err, file.Chmod(f.mode), file.Close()); err != nil {
		os.Remove(file.Name())
	}
	return file.Name(), err
}

// place gives a file its name, and notes how that is undone.
func (s *fileSet) place(temporary, path string, undo *undoList) error {
	if !s.replace {
		// A link is never put in the place of a file.
		if err := os.Link(temporary, path); err != nil {
			return placeFailure(path, err)
		}
		undo.afterError(func() { os.Remove(path) })
		return nil
	}
	before := temporary + "-before"
	switch err := os.Link(path, before); {
	case err == nil:
		undo.always(func() { os.Remove(before) })
		undo.afterError(func() { _ = os.Rename(before, path) }) // nothing else is left to try
	case errors.Is(err, fs.ErrNotExist):
		undo.afterError(func() { os.Remove(path) })
	default:
		return placeFailure(path, err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return placeFailure(path, err)
	}
	return nil
}

func placeFailure(path string, err error) error {
	if cause := (*os.LinkError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; nothing was written (--force replaces it)", path)
	}
	return outputError{writeFailure(path, err)}
}

// undoList is what is left to do at the end, the last first.
type undoList []func(err error)

func (u *undoList) always(do func()) { *u = append(*u, func(error) { do() }) }

func (u *undoList) afterError(do func()) {
	*u = append(*u, func(err error) {
		if err != nil {
			do()
		}
	})
}

func (u *undoList) end(err error) {
	for _, do := range slices.Backward(*u) {
		do(err)
	}
}
