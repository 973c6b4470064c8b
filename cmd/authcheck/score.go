package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/render"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/score"
)

// scoreFlags are what only score has.
type scoreFlags struct {
	profile, eml, sender, list string
	guess, weights             bool
	least                      *report.Points // --min-score; nil: no demand
}

// score gives a number from 0 to 10, and what each missing point costs.
func (a *app) score() *cobra.Command {
	var q check.ScoreRequest
	var o scoreFlags
	cmd := &cobra.Command{
		Use:   "score DOMAIN",
		Short: "Readiness from 0 to 10, and what wins each lost point back",
		Long: "score gives a domain a number from 0 to 10, names the rule behind every lost point and\n" +
			"lists the cures, the cheapest first, with the score that each leads to. With --eml it\n" +
			"scores a saved message together with the domain of its author. What could not be judged\n" +
			"costs nothing and lowers the confidence; where less than half of the points could be\n" +
			"judged, and no fault that caps the score is known, there is no number. With --min-score\n" +
			"the number alone decides the exit status, unless --fail-on is given, too. A baseline\n" +
			"spares findings, not points.",
		Example: "  authcheck score example.com --selector s2026a --ip 192.0.2.25 --helo mail.example.com\n" +
			"  authcheck score --eml message.eml --guess-envelope --profile google\n" +
			"  authcheck score example.com --min-score 8\n" +
			"  authcheck score --weights",
		Annotations: uses(reportFlags, networkFlags),
		RunE: func(cmd *cobra.Command, args []string) error {
			if q.Profile = score.Profile(o.profile); o.profile != "" && !slices.Contains(score.Profiles(), q.Profile) {
				return fmt.Errorf("--profile: %q is not one of %s", o.profile, profileNames())
			}
			if o.weights {
				return a.writeWeights(q.Profile)
			}
			if cmd.Flags().Changed("sender") {
				q.Mail.Envelope.Sender = &o.sender
			}
			if o.least != nil && !cmd.Flags().Changed("fail-on") && a.config.FailOn == "" {
				a.failOn = 0 // whoever names a score says what counts
			}
			if o.list != "" {
				suffixes, err := a.readSuffixes(o.list)
				if err != nil {
					return err
				}
				q.Domain.Suffixes, q.Mail.Suffixes = suffixes, suffixes
			}
			return a.runScore(cmd, args, q, o)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&q.Domain.Selectors, "selector", nil, "look at the DKIM key of this `NAME` (repeatable; default: well-known names, and those of the message)")
	f.Var(addrsFlag{&q.Domain.Senders}, "ip", "address that sends the domain's mail (repeatable), or that delivered the message")
	f.StringVar(&q.Domain.HELO, "helo", "", "`NAME` that the sender gives with HELO or EHLO")
	f.Var(addrsFlag{&q.Domain.Expect}, "expect", "address that is the domain's own (repeatable)")
	f.StringVar(&o.profile, "profile", "", "what the domain is `FOR`, or who shall take its mail: "+profileNames()+" (default: mail, or what its records say)")
	f.StringVar(&o.eml, "eml", "", "score the message in `FILE` with the domain of its author; - is standard input")
	f.Var(senderFlag{&o.sender}, "sender", "`ADDRESS` given with MAIL FROM; empty for a bounce")
	f.BoolVar(&o.guess, "guess-envelope", false, "take what is not given of client, sender and HELO from Received and Return-Path")
	f.Var(pointsFlag{&o.least}, "min-score", "exit with 1 for a score below `N`")
	f.BoolVar(&o.weights, "weights", false, "show the table of points and ask nothing")
	a.baselineFlags(cmd)
	f.Var(standardFlag{&q.Domain.Standard}, "dmarc-mode", "rfc9989 for the tree walk, rfc7489 for the Public Suffix List")
	f.StringVar(&o.list, "psl", "", "Public Suffix List to use instead of the built-in one (`FILE`)")
	return cmd
}

// profileNames lists the profiles for people.
func profileNames() string {
	var names []string
	for _, p := range score.Profiles() {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

// runScore scores a domain, or a message.
func (a *app) runScore(cmd *cobra.Command, args []string, q check.ScoreRequest, o scoreFlags) error {
	q.Domain.At = a.now()
	var words []string
	switch {
	case o.eml != "" && len(args) > 0:
		return fmt.Errorf("%q is one argument too many: with --eml the message names the domain", args[0])
	case o.eml == "" && (o.guess || cmd.Flags().Changed("sender")):
		return errors.New("--sender and --guess-envelope are about a message: name it with --eml")
	case o.eml != "":
		m, err := a.readMessage(&q, o)
		if err != nil {
			return err
		}
		defer m.Close()
		q.Message, words = m, []string{"score", "--eml", o.eml}
	default:
		if err := oneArg(cmd, args); err != nil {
			return err
		}
		target, err := a.target(args[0])
		if err != nil {
			return err
		}
		if _, err := lookup.FromUser(target); err != nil {
			return fmt.Errorf("%q is not a domain: %w", args[0], err)
		}
		q.Domain.Target = q.Domain.Or(a.config.Target(target)).Or(check.Target{Selectors: a.config.Selectors})
		q.Domain.Domain = target
		words = append([]string{"score", target}, repeated("--selector", q.Domain.Selectors)...)
	}
	var seen *report.Report
	err := a.look(cmd.Context(), words, func(ctx context.Context, s *source, options check.Options) *report.Report {
		q.Domain.Zone = s.zone
		seen = check.Score(ctx, s, q, options)
		return seen
	})
	if err != nil && !errors.As(err, new(outcome)) {
		return err
	}
	switch {
	case seen == nil:
		return err
	case seen.Score.Refused != "" && seen.Score.Applicable > 0: // too little is known
		return cmp.Or(err, error(outcome(exitUnknown)))
	case seen.Score.Refused != "" && len(seen.Unknown) == 0: // for what the domain or the message is
		return outcome(exitFound)
	case seen.Score.Refused == "" && o.least != nil && seen.Score.Value < *o.least:
		return outcome(exitFound)
	}
	return err
}

// readMessage opens the message of --eml, and completes what is asked about it.
func (a *app) readMessage(q *check.ScoreRequest, o scoreFlags) (*message.Message, error) {
	switch {
	case q.Profile != "" && !q.Profile.Sends():
		return nil, fmt.Errorf("--profile %s is for domains that send nothing: it makes no sense with --eml", q.Profile)
	case len(q.Domain.Senders) > 1:
		return nil, errors.New("--ip: one client delivered the message")
	case len(q.Domain.Senders) == 1:
		q.Mail.Envelope.Client = q.Domain.Senders[0]
	}
	if err := a.refuseOverwriting(o.eml); err != nil {
		return nil, err
	}
	q.Mail.Envelope.HELO, q.Mail.Standard, q.Mail.Now = q.Domain.HELO, q.Domain.Standard, a.now()
	q.Mail.At, _ = time.Parse(time.RFC3339, a.flags.at)
	if o.guess {
		q.Mail.Trace = check.Guess
	}
	if o.eml == "-" {
		return message.Spool(a.stdin, "stdin")
	}
	if info, err := os.Stat(o.eml); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: a folder; --eml takes one message", o.eml)
	}
	return message.Open(o.eml)
}

// writeWeights shows the table of points of a profile.
func (a *app) writeWeights(p score.Profile) error {
	if a.format != render.Text && a.format != render.Markdown {
		return fmt.Errorf("--weights has the formats text and markdown, not %s", a.format)
	}
	return a.write(func(w io.Writer) error { return render.Weights(w, a.format, score.Table(p)) })
}

// pointsFlag is a flag that takes a score.
type pointsFlag struct{ points **report.Points }

func (f pointsFlag) String() string { return "" }

func (f pointsFlag) Set(text string) error {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || !(number >= 0 && number <= 10) {
		return errors.New("not a score from 0 to 10")
	}
	points := report.Points(math.Ceil(number*10 - 1e-9)) // 7.25 wants 7.3: scores are tenths
	*f.points = &points
	return nil
}

func (f pointsFlag) Type() string { return "N" }
