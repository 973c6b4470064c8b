package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// The global flags by what they are good for. A command names the groups that it
// uses; the others are hidden from its help and refused.
const (
	outputFlags  = "output"
	reportFlags  = "output format fail-on config no-config at color quiet verbose"
	networkFlags = "resolver zone overlay record timeout retries deadline rate trace"
)

// uses returns the annotation of a command that uses these groups of flags.
func uses(groups ...string) map[string]string {
	return map[string]string{"uses": strings.Join(groups, " ")}
}

// usesFlag reports whether a global flag means something to the command. The root
// shows all of them.
func usesFlag(cmd *cobra.Command, name string) bool {
	return !cmd.HasParent() || name == "help" || slices.Contains(strings.Fields(cmd.Annotations["uses"]), name)
}

// refuseUnused makes an error of a global flag that would do nothing.
func refuseUnused(cmd *cobra.Command) error {
	global := cmd.Root().PersistentFlags()
	for _, name := range strings.Fields(reportFlags + " " + networkFlags) {
		flag := global.Lookup(name)
		if flag.Changed && !usesFlag(cmd, name) {
			return fmt.Errorf("--%s means nothing to %s", name, cmd.CommandPath())
		}
	}
	return nil
}

// hideUnused keeps global flags that would do nothing out of a command's help.
func hideUnused(cmd *cobra.Command) {
	global := cmd.Root().PersistentFlags()
	for _, name := range strings.Fields(reportFlags + " " + networkFlags) {
		global.Lookup(name).Hidden = !usesFlag(cmd, name)
	}
}

// oneArg wants the one argument that the usage line of a command names.
func oneArg(cmd *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		_, name, _ := strings.Cut(cmd.Use, " ")
		return fmt.Errorf("an argument is missing: %s%s", name, seeHelp(cmd))
	case 1:
		return nil
	}
	return fmt.Errorf("%q is one argument too many%s", args[1], seeHelp(cmd))
}

// someArgs wants at least one of the arguments that the usage line names.
func someArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return oneArg(cmd, args)
	}
	return nil
}

// twoArgs wants the two arguments that the usage line of a command names.
func twoArgs(cmd *cobra.Command, args []string) error {
	_, names, _ := strings.Cut(cmd.Use, " ")
	switch {
	case len(args) < 2:
		return fmt.Errorf("an argument is missing: %s%s", names, seeHelp(cmd))
	case len(args) > 2:
		return fmt.Errorf("%q is one argument too many%s", args[2], seeHelp(cmd))
	}
	return nil
}

// seeHelp ends the message about a wrong command line. A record without quotation
// marks falls apart into arguments, and its -all into flags.
func seeHelp(cmd *cobra.Command) string {
	quotes := ""
	if strings.Contains(cmd.Use, " TEXT") {
		quotes = "; a record stands between quotation marks"
	}
	return fmt.Sprintf("%s (see %s --help)", quotes, cmd.CommandPath())
}
