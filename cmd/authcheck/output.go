package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/report"
)

// finish writes the reports and returns the outcome as exit code: findings beat
// unknowns. Where a signal ended the run nothing is written.
func (a *app) finish(ctx context.Context, reports ...*report.Report) error {
	if cause := context.Cause(ctx); errors.As(cause, new(signalError)) {
		return cause
	}
	if a.flags.form != "" && len(reports) == 1 {
		if records := a.records(reports[0]); len(records) > 0 {
			return a.writeRecords(records)
		}
		a.stdout, a.flags.output = a.stderr, "" // whoever reads the result takes it for records
	}
	return a.report(check.Something, func(write func(*report.Report) error) error {
		for _, r := range reports {
			if err := write(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// report writes the reports that produce hands over, each as soon as it can be, and
// what is to be said of the configuration and of the baseline. complete says whether
// all that is configured was looked at.
func (a *app) report(complete check.Completeness, produce func(write func(*report.Report) error) error) error {
	var total report.Summary
	err := a.write(func(w io.Writer) error {
		out := render.New(w, a.format, a.renderOptions())
		write := func(r *report.Report) error {
			a.baseline.Apply(r)
			total = total.Add(r.Summary())
			if err := out.Write(r); err != nil {
				return err
			}
			return a.flush(w)
		}
		if err := produce(write); err != nil {
			return err
		}
		if r := a.config.Report(a.configFile, complete, a.options("")); r != nil {
			if err := write(r); err != nil {
				return err
			}
		}
		return out.Close(total)
	})
	if err != nil {
		return err
	}
	if gone := a.baseline.Gone(); len(gone) > 0 {
		fmt.Fprintf(a.stderr, "authcheck: no longer found, but in the baseline: %s\n", render.Printable(strings.Join(gone, ", ")))
	}
	if a.flags.writeBaseline != "" {
		err := writeWhole(a.flags.writeBaseline, func(w io.Writer) error {
			_, err := a.baseline.WriteTo(w)
			return err
		})
		return cmp.Or(outputFailure(err), a.unknownOutcome(total))
	}
	return a.outcome(total)
}

// options says how facts become a report; settle is the command that asks open
// questions elsewhere.
func (a *app) options(settle string) check.Options {
	return check.Options{Config: a.config, Settle: settle, At: a.now()}
}

// outcome returns the exit code for all that was found, nil for exitOK.
func (a *app) outcome(total report.Summary) error {
	if a.failOn > 0 && total.AtLeast(a.failOn) > 0 {
		return outcome(exitFound)
	}
	return a.unknownOutcome(total)
}

// unknownOutcome is the outcome of a run whose findings do not count.
func (a *app) unknownOutcome(total report.Summary) error {
	if total.Unknown > 0 {
		return outcome(exitUnknown)
	}
	return nil
}

// flush lets each line of NDJSON out as soon as it is there.
func (a *app) flush(w io.Writer) error {
	if buffered, ok := w.(*bufio.Writer); ok && a.format == render.NDJSON {
		return buffered.Flush()
	}
	return nil
}

// write calls produce with the place where the result goes: standard output, or
// a file that appears whole or not at all. NDJSON grows line by line.
func (a *app) write(produce func(io.Writer) error) error {
	if a.flags.output == "" {
		w := bufio.NewWriter(a.stdout)
		if err := produce(w); err != nil {
			return outputFailure(err)
		}
		return outputFailure(w.Flush())
	}
	if a.format == render.NDJSON {
		return outputFailure(writeThrough(a.flags.output, produce))
	}
	return outputFailure(writeWhole(a.flags.output, produce))
}

// writeWhole writes a file that appears whole or not at all. What is no regular
// file, a pipe or a device, is written to as it is.
func writeWhole(path string, produce func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return writeThrough(path, produce)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // the link stays, its target is replaced
	}
	out, err := create(path)
	if err != nil {
		return err
	}
	if err := produce(out); err != nil {
		out.abandon()
		return writeFailure(path, err)
	}
	return out.commit()
}

// writeThrough writes to what stands at a path, or makes a file there.
func writeThrough(path string, produce func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return writeFailure(path, err)
	}
	if err := errors.Join(produce(file), file.Close()); err != nil {
		return writeFailure(path, err)
	}
	return nil
}

func outputFailure(err error) error {
	if err == nil {
		return nil
	}
	return outputError{err}
}

// pending is a file under a temporary name beside its own.
type pending struct {
	*bufio.Writer
	file *os.File
	path string
}

// create starts a file that appears under its name only by commit.
func create(path string) (*pending, error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".authcheck-*")
	if err != nil {
		return nil, writeFailure(path, err)
	}
	return &pending{Writer: bufio.NewWriter(file), file: file, path: path}, nil
}

// abandon removes what was written.
func (p *pending) abandon() {
	p.file.Close()
	os.Remove(p.file.Name())
}

// commit gives the file its name. Permissions are those of an existing file, else
// those of a new one.
func (p *pending) commit() error {
	mode := os.FileMode(0o644)
	if info, err := os.Stat(p.path); err == nil {
		mode = info.Mode().Perm()
	}
	err := errors.Join(p.Flush(), p.file.Chmod(mode), p.file.Close())
	if err == nil {
		err = os.Rename(p.file.Name(), p.path)
	}
	if err != nil {
		os.Remove(p.file.Name())
		return writeFailure(p.path, err)
	}
	return nil
}

// writeFailure names the file that was to be written, not the temporary one.
func writeFailure(path string, err error) error {
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	return fmt.Errorf("write %s: %w", path, err)
}

// renderOptions says how the result looks where it goes.
func (a *app) renderOptions() render.Options {
	o := render.Options{Color: a.colored(), Version: version(), Width: 80, FailOn: a.failOn}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		o.Width = columns
	}
	switch {
	case a.flags.quiet:
		o.Verbosity = render.Quiet
	case a.flags.verbose:
		o.Verbosity = render.Verbose
	}
	return o
}

// colored decides whether the result gets colour: flag, then NO_COLOR, then
// CLICOLOR_FORCE, then whether it goes to a terminal.
func (a *app) colored() bool {
	switch {
	case a.flags.color != "auto":
		return a.flags.color == "always"
	case os.Getenv("NO_COLOR") != "":
		return false
	case os.Getenv("CLICOLOR_FORCE") != "" && os.Getenv("CLICOLOR_FORCE") != "0":
		return true
	case a.flags.output != "" || os.Getenv("TERM") == "dumb":
		return false
	}
	file, ok := a.stdout.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// printableLines keeps control bytes of arguments and files out of messages.
func printableLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = render.Printable(lines[i])
	}
	return strings.Join(lines, "\n")
}
