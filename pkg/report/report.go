// Package report holds the one value that every output is made of: what was
// looked at, what it said, what is wrong with it and what could not be learnt.
package report

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/spf"
)

// Report is the outcome for one target. Renderers show it and add nothing.
type Report struct {
	Target    string // as reports name it: a domain in A-labels, "text" for a given record, the path of a file or folder
	Kind      Kind
	Listed    Place     // in the list of targets; zero: in none
	At        time.Time // moment against which expiry was judged; zero: nothing expires
	AtSource  string    // where At is from: "flag", "received" or "now"; empty without At
	Results   Results
	Findings  []lint.Finding    // sorted by lint.Sort
	Corrected []lint.Correction // texts whose faults have all a correction
	Unknown   []Question        // asked, and no answer came
	Unchecked []Question        // nobody could ask
	Rules     []lint.Doc        // of the rules that fired, sorted by ID
	Score     *Score            // nil: nobody asked for one
}

// Title returns the target as it is told from others: a message of an mbox file has the
// line at which it begins.
func (r *Report) Title() string {
	if m := r.Results.Message; m != nil && m.Origin.Line > 1 {
		return fmt.Sprintf("%s:%d", r.Target, m.Origin.Line)
	}
	return r.Target
}

// Place is a line of a file, from 1. The zero value is no place.
type Place struct {
	File string
	Line int
}

// Kind says what a target is.
type Kind string

// The kinds of targets.
const (
	Domain Kind = "domain"
	Host   Kind = "host"
	Text   Kind = "record"
	Mail   Kind = "message"
	Zone   Kind = "zone"
	Config Kind = "configuration"
	Keys   Kind = "keys"
)

// Results holds what each protocol gathered; nil: not looked at.
type Results struct {
	DKIM        *dkim.Facts
	DMARC       *dmarc.Facts
	DMARCResult *dmarc.Result // on a message that was described; nil: none was
	SPF         *spf.Facts
	HELO        *spf.Result // on the HELO name, where SPF is nil; nil: no verdict
	Host        *mailhost.Facts
	Zone        *ZoneFile
	Message     *Message
	Keys        *KeyFolder
	Flattening  *spf.Flattening // of an SPF record
	Difference  *spf.Difference // of two SPF records
	Built       *Built
}

// Message is what was found out about a saved message.
type Message struct {
	*message.Message
	Envelope   Envelope
	SPF        spf.Result // on MAIL FROM; Status is none where the envelope is not known
	Signatures []dkim.Result
	ARC        *arc.Chain
	Routes     []*mailhost.Facts // whether mail gets to the domains of From and Return-Path, each once
	// What a receiver would write into the header, whole fields with CRLF line ends;
	// empty: not asked for, or nothing to say.
	AuthenticationResults, ReceivedSPF string
}

// Envelope is what is known of the delivery of a message: a saved one states nothing
// of it that could be trusted. The zero value knows nothing.
type Envelope struct {
	Client  netip.Addr     // SMTP client; invalid: not known
	HELO    string         // name that it gave; empty: not known
	Sender  *string        // MAIL FROM; nil: not known, "": the null sender
	Guessed []EnvelopePart // taken from Received and Return-Path, which anybody can write
}

// EnvelopePart names a part of an envelope.
type EnvelopePart string

// The parts of an envelope.
const (
	EnvelopeClient EnvelopePart = "client"
	EnvelopeHELO   EnvelopePart = "helo"
	EnvelopeSender EnvelopePart = "sender"
)

// KeyFolder is a folder of private keys, with what is published for them.
type KeyFolder struct {
	Keys    []StoredKey   // sorted by domain, selector and file, those without a domain last
	Domains []*dkim.Facts // those of Keys, sorted by domain
}

// StoredKey is a private key with what is published for it.
type StoredKey struct {
	Private  dkim.PrivateKey
	Selector *dkim.Selector // nil: the name of the file does not tell where to look
	State    dkim.State     // empty where Selector is nil
	Days     int            // age of the file
}

// Built is what a command wrote for publishing.
type Built struct {
	Records []BuiltRecord
	Notes   []string // sentences about them
	Next    string   // the command that shows more; may be empty
}

// BuiltRecord is a record to publish.
type BuiltRecord struct {
	Name  string // owner; empty: not known
	Type  string // "TXT", "MX"
	Text  string // of TXT the text, else the data in the form of a master file
	Parts []Part
}

// Part is a piece of a record with what it says.
type Part struct{ Text, Why string }

// ZoneFile is what a master file holds.
type ZoneFile struct {
	Records int      // all that can be read
	Unread  []string // files that $INCLUDE names and nobody gave
	Names   []string // those that have to do with mail, sorted
}

// Question is something that stayed open.
type Question struct {
	Question string // "TXT example.com", or a sentence where no single query settles it
	Reason   string // one line
	Settle   string // the command that would settle it; may be empty
	Rule     string // the rule that explains the reason; may be empty
}

// Summary counts what reports hold. Suppressed findings are not among the errors,
// warnings and notices.
type Summary struct {
	Targets, Errors, Warnings, Notices, Suppressed, Unknown, Unchecked int
}

// Summary counts what the report holds, as one target; a configuration is none.
func (r *Report) Summary() Summary {
	s := Summary{Targets: 1, Unknown: len(r.Unknown), Unchecked: len(r.Unchecked)}
	if r.Kind == Config {
		s.Targets = 0
	}
	for i := range r.Findings {
		switch f := &r.Findings[i]; {
		case f.Suppressed != "":
			s.Suppressed++
		case f.Severity == lint.Error:
			s.Errors++
		case f.Severity == lint.Warning:
			s.Warnings++
		default:
			s.Notices++
		}
	}
	return s
}

// Add sums two summaries.
func (s Summary) Add(t Summary) Summary {
	return Summary{
		Targets: s.Targets + t.Targets, Errors: s.Errors + t.Errors, Warnings: s.Warnings + t.Warnings,
		Notices: s.Notices + t.Notices, Suppressed: s.Suppressed + t.Suppressed,
		Unknown: s.Unknown + t.Unknown, Unchecked: s.Unchecked + t.Unchecked,
	}
}

// AtLeast returns how many findings that count are of the severity or harsher.
func (s Summary) AtLeast(severity lint.Severity) int {
	n := s.Errors
	if severity <= lint.Warning {
		n += s.Warnings
	}
	if severity <= lint.Notice {
		n += s.Notices
	}
	return n
}
