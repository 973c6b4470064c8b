package main

import (
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/authcheck/authcheck/pkg/message"
)

// input is a message that can be read, or the reason why it cannot.
type input struct {
	open func() (*message.Message, error)
}

// failed is an input that cannot be read.
func failed(err error) input {
	return input{func() (*message.Message, error) { return nil, err }}
}

// messages yields every message that the paths lead to: files, the parts of mbox
// files, what lies in folders, and standard input.
func (a *app) messages(paths []string) iter.Seq[input] {
	return func(yield func(input) bool) {
		for _, path := range paths {
			more := true
			switch info, err := os.Stat(path); {
			case path == "-":
				more = yield(input{func() (*message.Message, error) { return message.Spool(a.stdin, "stdin") }})
			case err != nil:
				more = yield(failed(err))
			case info.IsDir():
				more = yieldFolder(path, yield)
			default:
				more = yieldFile(path, yield)
			}
			if !more {
				return
			}
		}
	}
}

// yieldFolder yields the messages of a folder: those of a Maildir, and files that end
// in .eml or .mbox in it and below.
func yieldFolder(folder string, yield func(input) bool) bool {
	found, more := false, true
	walkMessages(folder, func(path string, err error) error {
		found = true
		switch {
		case err != nil:
			more = yield(failed(err))
		case strings.EqualFold(filepath.Ext(path), ".mbox"):
			more = yieldFile(path, yield)
		default: // one message: nothing else is looked for
			more = yield(input{func() (*message.Message, error) { return message.Open(path) }})
		}
		if !more {
			return fs.SkipAll
		}
		return nil
	})
	if !found && more {
		return yield(failed(fmt.Errorf("%s: no message in this folder: neither .eml or .mbox files nor a Maildir", folder)))
	}
	return more
}

// walkMessages calls visit for each file in a folder and below that is meant to hold
// messages, and with an error for what cannot be looked at, until visit returns
// fs.SkipAll. A link to the folder is followed, and none that lies in it, so that no
// walk goes in circles.
func walkMessages(folder string, visit func(path string, err error) error) {
	place, err := resolved(folder)
	if err != nil {
		_ = visit("", err)
		return
	}
	root := strings.TrimRight(folder, string(filepath.Separator)) + string(filepath.Separator) // so a link is followed
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return visit("", err)
		}
		below, err := filepath.Rel(root, path)
		if err != nil {
			return visit("", err)
		}
		if entry.Type().IsRegular() && isMessageFile(filepath.Join(place, below)) {
			return visit(path, nil)
		}
		return nil
	})
}

// resolved returns where a path leads over links, absolute.
func resolved(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(whole)
}

// isMessageFile reports whether a file of a folder is meant to hold messages: by its
// ending, or because it lies where a Maildir has them. The path is absolute.
func isMessageFile(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".eml", ".mbox":
		return true
	}
	switch filepath.Base(filepath.Dir(path)) {
	case "cur", "new":
		return !strings.HasPrefix(filepath.Base(path), ".")
	}
	return false
}

// yieldFile yields the message of a file, or those of an mbox file.
func yieldFile(path string, yield func(input) bool) bool {
	whole := input{func() (*message.Message, error) { return message.Open(path) }}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return yield(whole)
	}
	file, err := os.Open(path)
	if err != nil {
		return yield(failed(err))
	}
	defer file.Close()
	if !isMbox(file) {
		return yield(whole)
	}
	for part, err := range parts(file) {
		in := failed(err)
		if err == nil {
			in = input{func() (*message.Message, error) { return message.OpenPart(path, part) }}
		}
		if !yield(in) {
			return false
		}
	}
	return true
}

// isMbox reports whether a file begins as mbox files do and holds more than one
// message: a single one is read as it is.
func isMbox(file *os.File) bool {
	start := make([]byte, 5)
	if n, _ := file.ReadAt(start, 0); n < len(start) || string(start) != "From " {
		return false
	}
	count := 0
	for _, err := range parts(file) {
		if count++; err != nil || count > 1 {
			break
		}
	}
	return count > 1
}

// parts yields the messages of an mbox file.
func parts(file *os.File) iter.Seq2[message.Part, error] {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return func(yield func(message.Part, error) bool) { yield(message.Part{}, err) }
	}
	return message.Split(file, size)
}
