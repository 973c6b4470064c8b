package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// batch is a list of domains and how many of them are looked at at once.
type batch struct {
	targets  []string
	jobs     int
	complete check.Completeness // whether these are all that are configured
}

// maxTargets bounds one run.
const maxTargets = 10_000_000

// targets returns the domains that arguments and an input file name, and where there
// are neither those of the configuration.
func (a *app) targets(args []string, input string) (targets []string, complete check.Completeness, err error) {
	if len(args) == 0 && input == "" {
		for _, t := range a.config.Targets {
			targets = append(targets, t.Domain)
		}
		if len(targets) == 0 {
			return nil, 0, errors.New("check: no domain is named, and no configuration lists targets (authcheck init writes one)")
		}
		return targets, check.Everything, nil
	}
	for _, arg := range args {
		target, err := a.target(arg)
		if err != nil {
			return nil, 0, err
		}
		if _, err := lookup.FromUser(target); err != nil {
			return nil, 0, fmt.Errorf("%q is not a domain: %w", arg, err)
		}
		targets = append(targets, target)
	}
	if input != "" {
		listed, err := a.readTargets(input)
		if err != nil {
			return nil, 0, err
		}
		targets = append(targets, listed...)
	}
	if len(targets) == 0 {
		return nil, 0, fmt.Errorf("check: %s names no domain", input)
	}
	return targets, check.Something, nil
}

// readTargets reads domains, one a line, with comments and ranks left out.
func (a *app) readTargets(path string) ([]string, error) {
	var in io.Reader = a.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	var targets []string
	lines := bufio.NewScanner(in)
	for number := 1; lines.Scan(); number++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if rank, domain, ok := strings.Cut(line, ","); ok && strings.Trim(rank, " 0123456789") == "" {
			line = domain
		}
		target := strings.TrimSpace(line)
		if target == "" {
			continue
		}
		if _, err := lookup.FromUser(target); err != nil || strings.ContainsFunc(target, unicode.IsSpace) {
			return nil, fmt.Errorf("%s:%d: %q is not a domain", path, number, target)
		}
		if targets = append(targets, target); len(targets) > maxTargets {
			return nil, fmt.Errorf("%s: more than %d domains", path, maxTargets)
		}
	}
	if err := lines.Err(); err != nil {
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
	// A cancelled run leaves no worker behind.
	working, stop := context.WithCancel(ctx)
	defer stop()
	reports := inOrder(working, b, func(target string) *report.Report {
		limited, cancel := context.WithTimeout(working, a.flags.deadline)
		defer cancel()
		return judge(limited, s, target)
	})
	err = a.report(b.complete, func(write func(*report.Report) error) error {
		for next := range reports {
			r := <-next
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := write(r); err != nil {
				return err
			}
		}
		return context.Cause(ctx)
	})
	if failed := a.close(ctx, s); failed != nil {
		return failed
	}
	return err
}

// inOrder starts a job for each target, at most b.jobs at once, and sends where its
// result will be, in the order of the targets. It ends with ctx.
func inOrder(ctx context.Context, b batch, job func(string) *report.Report) <-chan chan *report.Report {
	results := make(chan chan *report.Report, b.jobs-1)
	go func() {
		defer close(results)
		for _, target := range b.targets {
			result := make(chan *report.Report, 1)
			select {
			case results <- result:
			case <-ctx.Done():
				return
			}
			go func() { result <- job(target) }()
		}
	}()
	return results
}
