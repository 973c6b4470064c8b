package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// batch is a list of domains and how many of them are looked at at once.
type batch struct {
	targets  []target
	list     string // file that targets were read from; empty: none, or standard input
	jobs     int
	complete check.Completeness // whether these are all that are configured
}

// target is a domain with the line of the list that names it, 0 where none does.
type target struct {
	domain string
	line   int
}

// maxTargets bounds one run.
const maxTargets = 10_000_000

// targets returns the domains that arguments and an input file name, and where there
// are neither those of the configuration.
func (a *app) targets(args []string, input string) (b batch, err error) {
	if len(args) == 0 && input == "" {
		for _, t := range a.config.Targets {
			b.targets = append(b.targets, target{domain: t.Domain})
		}
		if len(b.targets) == 0 {
			return b, a.noTargets()
		}
		b.complete = check.Everything
		return b, nil
	}
	for _, arg := range args {
		domain, err := a.target(arg)
		if err != nil {
			return b, err
		}
		if _, err := lookup.FromUser(domain); err != nil {
			return b, fmt.Errorf("%q is not a domain: %w", arg, err)
		}
		b.targets = append(b.targets, target{domain: domain})
	}
	if input != "" {
		listed, err := a.readTargets(input)
		if err != nil {
			return b, err
		}
		b.targets = append(b.targets, listed...)
		if input != "-" {
			b.list = input
		}
	}
	if len(b.targets) == 0 {
		return b, fmt.Errorf("check: %s names no domain", input)
	}
	b.complete = check.Something
	return b, nil
}

// noTargets says where check looked for domains in vain.
func (a *app) noTargets() error {
	if a.configFile == "" {
		return errors.New("check: no domain is named, and no configuration lists targets (authcheck init writes one)")
	}
	return fmt.Errorf("check: no domain is named, and %s lists no targets", a.configFile)
}

// readTargets reads domains, one a line, with comments and ranks left out.
func (a *app) readTargets(path string) ([]target, error) {
	var in io.Reader = a.stdin
	if path != "-" {
		if err := a.refuseOverwriting(path); err != nil {
			return nil, err
		}
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	var targets []target
	lines := bufio.NewScanner(in)
	number := 1
	for ; lines.Scan(); number++ {
		line := lines.Text()
		if number == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		line, _, _ = strings.Cut(line, "#")
		if rank, name, ok := strings.Cut(line, ","); ok && strings.Trim(rank, " 0123456789") == "" {
			line = name
		}
		domain := strings.TrimSpace(line)
		if domain == "" {
			continue
		}
		if _, err := lookup.FromUser(domain); err != nil || strings.ContainsFunc(domain, unicode.IsSpace) {
			return nil, fmt.Errorf("%s:%d: %q is not a domain", path, number, domain)
		}
		if targets = append(targets, target{domain, number}); len(targets) > maxTargets {
			return nil, fmt.Errorf("%s: more than %d domains", path, maxTargets)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("%s:%d: the line has more than %d octets, and is no domain", path, number, bufio.MaxScanTokenSize)
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return targets, nil
}

// lookEach lets judge look at each target of a batch, some at once, and writes the
// reports in the order of the targets, each as soon as it can be. A signal ends the
// batch after the reports that are written.
func (a *app) lookEach(ctx context.Context, b batch, judge func(context.Context, *source, string) *report.Report) error {
	s, err := a.open(a.now())
	if err != nil {
		return err
	}
	err = eachInOrder(ctx, a, b.jobs, slices.Values(b.targets), b.complete, func(ctx context.Context, t target) (*report.Report, error) {
		r := judge(ctx, s, t.domain)
		if t.line > 0 && b.list != "" {
			r.Listed = report.Place{File: b.list, Line: t.line}
		}
		return r, nil
	})
	if failed := a.close(ctx, s); failed != nil {
		return failed
	}
	return err
}

// eachInOrder lets judge look at each item, some at once, within the deadline of each,
// and writes the reports in the order of the items. An item that cannot be read is
// told on standard error, and makes the run one with wrong input.
func eachInOrder[T any](ctx context.Context, a *app, jobs int, items iter.Seq[T], complete check.Completeness, judge func(context.Context, T) (*report.Report, error)) error {
	// A cancelled run leaves no worker behind.
	working, stop := context.WithCancel(ctx)
	defer stop()
	results := inOrder(working, jobs, items, func(item T) result {
		limited, cancel := context.WithTimeout(working, a.flags.deadline)
		defer cancel()
		r, err := judge(limited, item)
		return result{r, err}
	})
	var unread error
	err := a.report(complete, func(write func(*report.Report) error) error {
		for r := range results {
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case r.err != nil && unread != nil:
				a.complain(r.err)
			case r.err != nil:
				unread = r.err
			default:
				if err := write(r.report); err != nil {
					return err
				}
			}
		}
		return context.Cause(ctx)
	})
	return andUnread(err, unread)
}

// andUnread is the outcome of a run that has judged what it could read: input that it
// could not read beats findings.
func andUnread(err, unread error) error {
	if unread != nil && (err == nil || errors.As(err, new(outcome))) {
		return unread
	}
	return err
}

// result is what became of an item.
type result struct {
	report *report.Report
	err    error // why it could not be read
}

// inOrder does a job for each item, at most so many at once, and yields the results in
// the order of the items. It ends with ctx.
func inOrder[T, R any](ctx context.Context, jobs int, items iter.Seq[T], job func(T) R) iter.Seq[R] {
	if jobs == 1 { // handing over from one goroutine to the other would take time
		return func(yield func(R) bool) {
			for item := range items {
				if ctx.Err() != nil || !yield(job(item)) {
					return
				}
			}
		}
	}
	return func(yield func(R) bool) {
		for result := range started(ctx, jobs, items, job) {
			if !yield(<-result) {
				return
			}
		}
	}
}

// maxAhead is how many results may wait for one before them: as long as a job takes
// long the others go on.
const maxAhead = 16

// started starts a job for each item, at most so many at once, and sends where its
// result will be.
func started[T, R any](ctx context.Context, jobs int, items iter.Seq[T], job func(T) R) <-chan chan R {
	results := make(chan chan R, jobs+maxAhead)
	running := make(chan struct{}, jobs)
	go func() {
		defer close(results)
		for item := range items {
			result := make(chan R, 1)
			select {
			case running <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case results <- result:
			case <-ctx.Done():
				return
			}
			go func() {
				result <- job(item)
				<-running
			}()
		}
	}()
	return results
}
