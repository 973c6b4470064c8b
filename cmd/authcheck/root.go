package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/publish"
	"github.com/authcheck/authcheck/pkg/render"
)

// app is one run of the program: its streams, flags and configuration.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	flags          globalFlags
	servers        []string // named by @ADDRESS
	config         check.Config
	baseline       *check.Baseline
	configFile     string        // where config was read; empty: nowhere
	failOn         lint.Severity // 0: never
	format         render.Format
}

// globalFlags mean the same for every command.
type globalFlags struct {
	resolvers                 []string
	zones, overlays           []string
	record, output            string
	baseline, writeBaseline   string
	form                      publish.Form // of records to publish; empty: a report
	format, failOn, color     string
	config                    string
	noConfig                  bool
	timeout, deadline         time.Duration
	retries                   int
	rate                      float64
	at                        string
	quiet, verbose, showTrace bool
	showQuery                 bool
}

// root builds the command tree.
func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "authcheck",
		Short: "Check the DNS records that mail needs",
		Long: "authcheck checks the DNS records that mail needs: it looks them up or reads them\n" +
			"from zone files, shows every fault with its place, and says what to publish instead.",
		Example: "  authcheck check example.com --selector s2026a\n" +
			"  authcheck spf example.com --ip 192.0.2.1 @9.9.9.9\n" +
			"  authcheck lint spf 'v=spf1 mx -all'\n" +
			"  authcheck explain spf-too-many-lookups",
		Version:                    version(),
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		Args:                       a.unknownCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE:          a.prepare,
	}
	cmd.SetVersionTemplate("authcheck {{.Version}}\n")
	f := cmd.PersistentFlags()
	f.StringArrayVarP(&a.flags.resolvers, "resolver", "s", nil, "ask the resolver at `URL`: ADDRESS, udp://, tcp://, tls://NAME@ADDRESS or https://NAME@ADDRESS/dns-query (repeatable; also @ADDRESS)")
	f.StringArrayVar(&a.flags.zones, "zone", nil, "answer every question from this master `FILE`, ask nobody (repeatable)")
	f.StringArrayVar(&a.flags.overlays, "overlay", nil, "answer from this master `FILE` what it holds, ask the DNS for the rest (repeatable)")
	f.StringVar(&a.flags.record, "record", "", "write every answer to `FILE`, for --zone to replay")
	f.DurationVar(&a.flags.timeout, "timeout", 5*time.Second, "time for one query")
	f.IntVar(&a.flags.retries, "retries", 2, "repeats of a query without answer")
	f.DurationVar(&a.flags.deadline, "deadline", time.Minute, "time for one target")
	f.Float64Var(&a.flags.rate, "rate", 0, "queries per second in total (0: no limit)")
	f.StringVarP(&a.flags.format, "format", "f", "text", "`FORM` of the result: text, json, ndjson, sarif, junit, github or markdown")
	f.StringVarP(&a.flags.output, "output", "o", "", "write the result to `FILE` (-: standard output)")
	f.StringVar(&a.flags.failOn, "fail-on", "error", "exit with 1 for findings from this `SEVERITY` on: error, warning, notice or never")
	f.StringVar(&a.flags.config, "config", "", "configuration `FILE` (default: .authcheck.yaml here or above, up to the repository's root)")
	f.BoolVar(&a.flags.noConfig, "no-config", false, "read no configuration")
	f.StringVar(&a.flags.at, "at", "", "judge as of this `TIME` (RFC 3339; default: now)")
	f.StringVar(&a.flags.color, "color", "auto", "`WHEN` to colour: auto, always or never")
	f.BoolVarP(&a.flags.quiet, "quiet", "q", false, "one line a target")
	f.BoolVarP(&a.flags.verbose, "verbose", "v", false, "notices, evidence and what was not checked too")
	f.BoolVar(&a.flags.showTrace, "trace", false, "show every query with server, time and answer on standard error")
	help := cmd.HelpFunc()
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		hideUnused(cmd)
		help(cmd, args)
	})
	cmd.AddCommand(a.check(), a.score(), a.a(), a.mx(), a.ptr(), a.helo(), a.spf(), a.dkim(), a.dmarc(), a.verify(), a.lint(), a.build(), a.explain(), a.rules(), a.schema(), a.init(), a.version())
	// man.go is there with the build tag docs: its library stays out of the tool.
	if docs, ok := any(a).(interface{ man() *cobra.Command }); ok {
		cmd.AddCommand(docs.man())
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w%s", err, seeHelp(cmd))
	})
	return cmd
}

// unknownCommand answers a first word that names no command.
func (a *app) unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if strings.Contains(args[0], ".") {
		return fmt.Errorf("%q is no command; did you mean `authcheck check %s`?", args[0], args[0])
	}
	message := fmt.Sprintf("%q is no command", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		message += fmt.Sprintf("; did you mean `authcheck %s`?", near[0])
	}
	return fmt.Errorf("%s (see authcheck --help)", message)
}

// prepare refuses flags that the command has no use for, reads the configuration
// if it has, and checks the flags that commands share.
func (a *app) prepare(cmd *cobra.Command, _ []string) error {
	if err := refuseUnused(cmd); err != nil {
		return err
	}
	if usesFlag(cmd, "config") {
		if err := a.readConfig(); err != nil {
			return err
		}
	}
	if a.flags.output == "-" {
		a.flags.output = ""
	}
	changed := cmd.Flags().Changed
	a.flags.resolvers = append(a.flags.resolvers, a.servers...)
	named := len(a.flags.resolvers) > 0
	if !named {
		a.flags.resolvers = a.config.Resolvers
	}
	if named && len(a.flags.zones) > 0 {
		return fmt.Errorf("--zone asks nobody: a resolver makes no sense with it")
	}
	if !changed("timeout") && a.config.Timeout > 0 {
		a.flags.timeout = a.config.Timeout
	}
	if !changed("deadline") && a.config.Deadline > 0 {
		a.flags.deadline = a.config.Deadline
	}
	if !changed("retries") && a.config.Retries != nil {
		a.flags.retries = *a.config.Retries
	}
	if !changed("rate") && a.config.Rate > 0 {
		a.flags.rate = a.config.Rate
	}
	if !changed("fail-on") && a.config.FailOn != "" {
		a.flags.failOn = a.config.FailOn
	}
	if err := a.checkFlags(); err != nil {
		return err
	}
	if err := a.readBaseline(); err != nil {
		return err
	}
	return a.refuseOverwriting()
}

func (a *app) checkFlags() (err error) {
	f := &a.flags
	if a.format, err = render.ParseFormat(f.format); err != nil {
		return fmt.Errorf("--%w", err)
	}
	var ok bool
	if a.failOn, ok = lint.ParseSeverity(f.failOn); !ok && f.failOn != "never" {
		return fmt.Errorf("--fail-on: %q is not one of error, warning, notice, never", f.failOn)
	}
	switch {
	case f.color != "auto" && f.color != "always" && f.color != "never":
		return fmt.Errorf("--color: %q is not one of auto, always, never", f.color)
	case f.timeout <= 0 || f.deadline <= 0:
		return fmt.Errorf("--timeout and --deadline take a time above 0")
	case f.retries < 0 || f.retries > 100:
		return fmt.Errorf("--retries takes a number from 0 to 100")
	case !(f.rate >= 0 && f.rate < 1e6):
		return fmt.Errorf("--rate takes a number from 0 on")
	case len(f.zones) > 0 && len(f.overlays) > 0:
		return fmt.Errorf("--zone asks nobody, --overlay asks the DNS for the rest: use one of them")
	}
	if f.at != "" {
		if _, err := time.Parse(time.RFC3339, f.at); err != nil {
			return fmt.Errorf("--at: %q is not a moment such as 2026-11-21T17:00:00Z", f.at)
		}
	}
	return nil
}

// configName is what a configuration is called.
const configName = ".authcheck.yaml"

// readConfig reads the configuration that was named or is found between the
// working directory and the root of its repository.
func (a *app) readConfig() error {
	path := a.flags.config
	if a.flags.noConfig {
		return nil
	}
	if path == "" {
		if path = findConfig(); path == "" {
			return nil
		}
	}
	text, err := readLimited(path, check.MaxConfig)
	if err != nil {
		return err
	}
	a.configFile = path
	a.config, err = check.ParseConfig(path, text)
	return err
}

// findConfig returns the path from the working directory, or "".
func findConfig() string {
	dir, err := os.Getwd()
	for up := ""; err == nil; up = filepath.Join("..", up) {
		path := filepath.Join(up, configName)
		// A link that leads nowhere is a configuration that cannot be read.
		if _, err := os.Lstat(path); err == nil {
			return path
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// version returns the version that the build has recorded.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// version prints the version.
func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(a.stdout, "authcheck "+version())
			return outputFailure(err)
		},
	}
}
