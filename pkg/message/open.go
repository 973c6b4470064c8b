package message

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// Limits of an input that cannot be read twice.
const (
	spoolMemory = 1 << 20 // octets kept in memory; more goes to a temporary file
	MaxSpool    = 4 << 30 // octets that a temporary file may take
)

// ErrSpool says that an input without an end in sight is not copied to the disk.
var ErrSpool = errors.New("the input is too large to be copied")

// Open reads the message in a file. What is no ordinary file, such as a pipe, is
// spooled. The error names the path; see Read for its kinds. Close the message.
func Open(path string) (*Message, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		defer f.Close()
		return Spool(f, path)
	}
	if err == nil && info.IsDir() {
		err = fmt.Errorf("read %s: is a folder", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	m, err := Read(f, info.Size(), Origin{File: path})
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	m.close = f.Close
	return m, nil
}

// OpenPart reads a message of the mbox file at a path, which Split found in it. The
// error names the path and the line. Close the message.
func OpenPart(path string, part Part) (*Message, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	_, offset, size := part.Outer()
	m, err := Read(io.NewSectionReader(f, offset, size), size, Origin{File: path, Line: part.Line})
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("read %s, line %d: %w", path, part.Line, err)
	}
	m.close = f.Close
	return m, nil
}

// Spool reads a message from standard input or the like: a small one into memory,
// a large one into a temporary file, which Close removes. name stands for it in
// findings and in the error.
func Spool(in io.Reader, name string) (*Message, error) {
	m, err := spool(in, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return m, nil
}

func spool(in io.Reader, name string) (*Message, error) {
	var memory bytes.Buffer
	n, err := io.CopyN(&memory, in, spoolMemory)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if n < spoolMemory {
		return Read(bytes.NewReader(memory.Bytes()), n, Origin{File: name})
	}
	f, err := os.CreateTemp("", "authcheck-*.eml")
	if err != nil {
		return nil, err
	}
	// Where an open file can be removed, nothing stays behind whatever happens.
	removed := os.Remove(f.Name()) == nil
	discard := func() error {
		err := f.Close()
		if !removed {
			err = errors.Join(err, os.Remove(f.Name()))
		}
		return err
	}
	size, err := io.Copy(f, io.MultiReader(&memory, io.LimitReader(in, MaxSpool)))
	if err == nil && size >= MaxSpool {
		err = ErrSpool
	}
	var m *Message
	if err == nil {
		m, err = Read(f, size, Origin{File: name})
	}
	if err != nil {
		return nil, errors.Join(err, discard())
	}
	m.close = discard
	return m, nil
}
