// Command authcheck checks, lints and explains the DNS records that mail needs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := withSignals(context.Background())
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit codes of the tool. A signal ends it with 128 and the signal's number.
const (
	exitOK      = 0 // judged, and nothing at or above --fail-on
	exitFound   = 1 // a finding at or above --fail-on
	exitUsage   = 2 // wrong usage or configuration, input that cannot be read
	exitUnknown = 3 // something asked stayed unknown, or the output could not be written
)

// run is the whole program: arguments and streams in, exit code out.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := a.root()
	root.SetArgs(a.takeServers(root, args))
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		complete(root, args[1:])
	}
	err := root.ExecuteContext(ctx)
	var signaled signalError
	var out outcome
	switch {
	case errors.As(context.Cause(ctx), &signaled):
		return 128 + int(signaled.number)
	case err == nil:
		return exitOK
	case errors.As(err, &out):
		return int(out)
	}
	a.complain(err)
	var failed outputError
	if errors.As(err, &failed) {
		return exitUnknown
	}
	return exitUsage
}

// complain tells of a failure on standard error.
func (a *app) complain(err error) { fmt.Fprintln(a.stderr, "authcheck: "+printableLines(err.Error())) }

// outcome is an exit code that is no failure of the program: what a command
// returns when it has said all it had to say.
type outcome int

func (o outcome) Error() string { return fmt.Sprintf("exit code %d", int(o)) }

// outputError marks a result that could not be written.
type outputError struct{ error }

func (e outputError) Unwrap() error { return e.error }

// signalError is the cause of a context that a signal has ended.
type signalError struct{ number syscall.Signal }

func (e signalError) Error() string { return e.number.String() }

// grace is how long a run may take to end after a signal: what waits for input
// or is busy does not look at its context.
const grace = time.Second

// withSignals returns a context that the first SIGINT or SIGTERM ends; a second
// one, or the end of the grace period, ends the program.
func withSignals(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		s, ok := <-signals
		number, _ := s.(syscall.Signal)
		if !ok {
			return
		}
		cancel(signalError{number})
		select { // closed in time: the run has ended by itself
		case _, ok = <-signals:
		case <-time.After(grace):
		}
		if ok {
			os.Exit(128 + int(number))
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}

// takeServers cuts arguments such as "@1.1.1.1" out, which name a resolver as in
// dig. Values of flags and what follows "--" stay.
func (a *app) takeServers(root *cobra.Command, args []string) []string {
	cmd, _, err := root.Find(args)
	switch {
	case err != nil:
		cmd = root
	case !usesFlag(cmd, "resolver"):
		return args
	}
	var rest []string
	for i, arg := range args {
		if arg == "--" {
			return append(rest, args[i:]...)
		}
		if server, ok := strings.CutPrefix(arg, "@"); ok && server != "" && (i == 0 || !wantsValue(cmd, args[i-1])) {
			a.servers = append(a.servers, server)
			continue
		}
		rest = append(rest, arg)
	}
	return rest
}

// wantsValue reports whether an argument is a flag whose value is the next one.
func wantsValue(cmd *cobra.Command, arg string) bool {
	name := strings.TrimPrefix(arg, "--")
	if name == arg { // one letter, or several of which the last may take a value
		if len(arg) < 2 || arg[0] != '-' {
			return false
		}
		short := cmd.Root().PersistentFlags().ShorthandLookup(arg[len(arg)-1:])
		return short != nil && short.NoOptDefVal == ""
	}
	flag := cmd.Flag(name)
	return flag != nil && flag.NoOptDefVal == ""
}
