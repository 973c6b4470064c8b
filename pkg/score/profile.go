package score

import (
	"cmp"
	"slices"

	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/mailhost"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// Profile says what a domain is for, or whose demands it shall meet. The empty one
// means what the domain itself says, and Mail where it says nothing.
type Profile string

// The profiles. Those of mailbox providers score as Mail does and add a checklist;
// with them a message counts as bulk mail.
const (
	Mail      = Profile(mailhost.Mail)
	Parked    = Profile(mailhost.Parked)
	Smarthost = Profile(mailhost.Smarthost)
	NoSend    = Profile(mailhost.NoSend)
	Google    = Profile("google")
	Yahoo     = Profile("yahoo")
	Microsoft = Profile("microsoft")
)

// Profiles returns all profiles.
func Profiles() []Profile {
	return []Profile{Mail, Google, Yahoo, Microsoft, Parked, Smarthost, NoSend}
}

// Host returns what the profile says of the hosts of a domain.
func (p Profile) Host() mailhost.Profile {
	if p.bulk() {
		return mailhost.Mail
	}
	return mailhost.Profile(p)
}

// bulk reports whether the profile is that of a provider, whose demands are those on
// bulk mail.
func (p Profile) bulk() bool { return p == Google || p == Yahoo || p == Microsoft }

// Sends reports whether domains of the profile send mail.
func (p Profile) Sends() bool { return p != Parked && p != NoSend }

// out holds the rows that a profile takes out: a domain that sends nothing needs no
// key, and a provider answers for its own hosts.
var out = map[Profile][]string{
	Parked:    {"spf-sender", "dkim-key", "dkim-strength", "dkim-in-force", "dmarc-reports", "mx-hosts", "ptr", "ptr-own", "helo", "ipv6"},
	NoSend:    {"spf-sender", "dkim-key", "dkim-strength", "dkim-in-force", "ptr", "ptr-own", "helo"},
	Smarthost: {"ptr", "ptr-own", "helo"},
}

// fitting returns the profile that a report is scored by. Where nobody names one the
// domain says itself what it is for: by a null MX that it takes no mail, by an SPF record
// that lists nobody that it sends none (RFC 7505, Sections 3 and 4.2).
func fitting(r *report.Report, p Profile) Profile {
	h, keys := r.Results.Host, r.Results.DKIM
	switch {
	case p != "":
		return p
	case r.Results.Message != nil || h == nil || h.Sends():
		return Mail
	case h.NullMX() && !listsSenders(r.Results.SPF):
		return Parked
	case h.NullMX() || h.HELO != nil || keys != nil && keys.Named || hasKeys(keys):
		return Mail
	case r.Results.SPF != nil && r.Results.SPF.Root.Record != nil && r.Results.SPF.Root.Record.Nobody():
		return NoSend
	}
	return Mail
}

// listsSenders reports whether an SPF record, or the one that it leaves all to, names
// somebody.
func listsSenders(f *spf.Facts) bool {
	return f != nil && slices.ContainsFunc(f.Nodes, func(n *spf.Node) bool {
		return n.Record != nil && slices.ContainsFunc(n.Record.Terms, func(t spf.Term) bool { return t.Kind != spf.All && !t.Kind.Modifier() })
	})
}

// hasKeys reports whether a DKIM key was found that can be used: receivers take none of
// RSA with less than 1024 bits (RFC 8301, Section 3.2).
func hasKeys(f *dkim.Facts) bool {
	return f != nil && slices.ContainsFunc(f.Selectors, func(s dkim.Selector) bool {
		return s.Err == nil && (s.Record == nil || s.Record.Key.Type != dkim.RSA || s.Record.Key.Bits >= dkim.MinBits)
	})
}

// Column is one of the two columns of the table.
type Column int

// The columns.
const (
	Domain Column = iota
	Message
)

// Weight is a row with what it is worth.
type Weight struct {
	Row    Row
	Points report.Points
}

// Weighted returns the rows of a profile that are worth points. Together they are
// worth ten: what a profile takes out is spread over the others, by their weight.
func Weighted(p Profile, c Column) []Weight {
	var kept []Weight
	total := report.Points(0)
	for _, row := range Rows() {
		points := row.Domain
		if c == Message {
			points = row.Message
		}
		if points == 0 || slices.Contains(out[p], row.ID) {
			continue
		}
		kept, total = append(kept, Weight{row, points}), total+points
	}
	return scaled(kept, total)
}

// scaled makes weights sum to ten, in whole tenths: those that lose the most by
// rounding down get a tenth more.
func scaled(weights []Weight, total report.Points) []Weight {
	rest := make([]report.Points, len(weights))
	missing := report.MaxPoints
	order := make([]int, len(weights))
	for i := range weights {
		exact := weights[i].Points * report.MaxPoints
		weights[i].Points, rest[i], order[i] = exact/total, exact%total, i
		missing -= weights[i].Points
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range order[:missing] {
		weights[i].Points++
	}
	return weights
}

// Table returns the rows of a profile as they are shown, the caps last.
func Table(p Profile) []report.Weight {
	points := map[string][2]report.Points{}
	for _, c := range []Column{Domain, Message} {
		if c == Message && !p.Sends() {
			continue // no message comes from such a domain
		}
		for _, w := range Weighted(p, c) {
			of := points[w.Row.ID]
			of[c] = w.Points
			points[w.Row.ID] = of
		}
	}
	var table []report.Weight
	for _, row := range Rows() {
		of := points[row.ID]
		if row.Area == areaMessage && !p.Sends() {
			continue
		}
		if row.Cap > 0 || of[Domain]+of[Message] > 0 {
			table = append(table, report.Weight{Row: row.ID, Area: row.Area, Title: row.Title, Domain: of[Domain], Message: of[Message], Cap: row.Cap})
		}
	}
	return table
}
