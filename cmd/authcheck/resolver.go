package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/report"
)

// source is where the answers of a run come from: the DNS or files, recorded if
// that was asked for, nothing asked twice.
type source struct {
	lookup.Resolver
	zone      *lookup.Zone // nil where the DNS is asked
	recorder  *lookup.Recorder
	questions *questions // nil without --show-query
	client    *lookup.Client
}

// open builds the chain Client | Zone | Overlay, Recorder, Cache; files alone need no
// cache.
func (a *app) open(now time.Time) (*source, error) {
	s := &source{}
	var base lookup.Resolver
	servers := "files"
	if len(a.flags.zones) > 0 {
		zone, err := lookup.ReadZone(a.flags.zones...)
		if err != nil {
			return nil, err
		}
		s.zone, base = zone, zone
	} else {
		client, err := lookup.NewClient(lookup.Config{
			Servers: a.flags.resolvers, Timeout: a.flags.timeout, Tries: a.flags.retries + 1, Rate: a.flags.rate, Trace: a.trace(),
		})
		if err != nil {
			return nil, err
		}
		s.client, base, servers = client, client, strings.Join(client.Servers(), " ")
	}
	if len(a.flags.overlays) > 0 {
		zone, err := lookup.ReadZone(a.flags.overlays...)
		if err != nil {
			return nil, err
		}
		base = lookup.NewOverlay(zone, base)
	}
	if a.flags.showQuery {
		s.questions = &questions{Resolver: base}
		base = s.questions
	}
	if a.flags.record != "" {
		s.recorder = lookup.NewRecorder(base, now, servers)
		base = s.recorder
	}
	if s.Resolver = base; !s.Instant() {
		s.Resolver = lookup.NewCache(base, 0)
	}
	return s, nil
}

// Instant reports whether answers come without waiting.
func (s *source) Instant() bool { return lookup.Instant(s.Resolver) }

// judge is what a command does once it knows where answers come from.
type judge func(context.Context, *source, check.Options) *report.Report

// look opens the source of answers, lets the command judge within the deadline and
// writes the report. words is the command line that asks the same.
func (a *app) look(ctx context.Context, words []string, j judge) error {
	s, err := a.open(a.now())
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, a.flags.deadline)
	defer cancel()
	settle := a.settle(report.Command(append([]string{"authcheck"}, words...)...))
	err = a.finish(ctx, j(limited, s, a.options(settle)))
	if failed := a.close(ctx, s); failed != nil {
		return failed
	}
	return err
}

// close writes the recording and ends connections.
func (a *app) close(ctx context.Context, s *source) error {
	if s.questions != nil && ctx.Err() == nil {
		s.questions.show(a.stderr, s.client)
	}
	if s.client != nil {
		s.client.Close()
	}
	if s.recorder == nil || ctx.Err() != nil {
		return nil
	}
	return outputFailure(writeWhole(a.flags.record, func(w io.Writer) error {
		_, err := s.recorder.WriteTo(w)
		return err
	}))
}

// trace returns the hook that shows queries, nil without --trace.
func (a *app) trace() func(lookup.Event) {
	if !a.flags.showTrace {
		return nil
	}
	var mu sync.Mutex
	return func(e lookup.Event) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(a.stderr, render.Printable(e.String()))
	}
}

// now returns the moment of --at, else that of the clock.
func (a *app) now() time.Time {
	if at, err := time.Parse(time.RFC3339, a.flags.at); err == nil {
		return at
	}
	return time.Now()
}

// settle returns the command that asks again elsewhere: the DNS where files were
// asked, another resolver where the DNS was.
func (a *app) settle(command string) string {
	if len(a.flags.zones) > 0 {
		return command
	}
	for _, server := range [...]string{"9.9.9.9", "1.1.1.1"} {
		if !strings.Contains(strings.Join(a.flags.resolvers, " "), server) {
			return command + " @" + server
		}
	}
	return command + " @8.8.8.8"
}

// readLimited reads a file, up to one octet more than limit.
func readLimited(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit+1))
}
