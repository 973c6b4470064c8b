package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/publish"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/score"
)

// complete tells cobra what a shell may offer next in a command line that is being
// typed: flags that mean something to the command, the words that a flag takes, and
// files only where one is wanted.
func complete(root *cobra.Command, line []string) {
	cmd, _, err := root.Find(line)
	if err != nil {
		return
	}
	hideUnused(cmd)
	files := cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	if strings.HasSuffix(cmd.Use, " FILE...") || strings.HasSuffix(cmd.Use, " MSG...") {
		cmd.ValidArgsFunction = files
	}
	for _, flag := range []string{"baseline", "config", "eml", "input", "key", "output", "out", "overlay", "psl", "record", "write-baseline", "zone"} {
		offer(cmd, flag, files)
	}
	for _, flag := range []string{"color", "dmarc-mode", "fail-on", "format", "profile", "publish", "type"} {
		offer(cmd, flag, cobra.FixedCompletions(choice(cmd, flag), cobra.ShellCompDirectiveNoFileComp))
	}
	for _, flag := range []string{"spf", "dkim"} { // RESULT:DOMAIN
		offer(cmd, flag, cobra.FixedCompletions(completions(resultWords, ":"), cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace))
	}
}

// offer sets what completes the value of a flag, where the command has it.
func offer(cmd *cobra.Command, flag string, what cobra.CompletionFunc) {
	if cmd.Flag(flag) == nil {
		return
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, what); err != nil {
		panic(err) // a flag is listed twice
	}
}

// choice returns the words that a flag takes.
func choice(cmd *cobra.Command, flag string) []cobra.Completion {
	switch flag {
	case "format":
		if cmd.Name() == "rules" {
			return []cobra.Completion{"text", "markdown", "json"}
		}
		return completions(render.Formats(), "")
	case "fail-on":
		return []cobra.Completion{"error", "warning", "notice", "never"}
	case "publish":
		return completions(publish.Forms(), "")
	case "type":
		return []cobra.Completion{dkim.RSA, dkim.Ed25519, "both"}
	case "color":
		return []cobra.Completion{"auto", "always", "never"}
	case "profile":
		if cmd.Name() == "score" {
			return completions(score.Profiles(), "")
		}
		return completions(mailhost.Profiles(), "")
	case "dmarc-mode":
		return completions([]dmarc.Standard{dmarc.RFC9989, dmarc.RFC7489}, "")
	}
	return nil
}

func completions[T ~string](words []T, suffix string) []cobra.Completion {
	var list []cobra.Completion
	for _, word := range words {
		list = append(list, string(word)+suffix)
	}
	return list
}
