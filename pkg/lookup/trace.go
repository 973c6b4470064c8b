package lookup

import (
	"fmt"
	"time"
)

// Event is one exchange with a server, or one lookup by the system of a
// server's name.
type Event struct {
	Question
	Server   string        // URL; "system" for the lookup of a server's name
	Try      int           // from 1; 0 for a lookup by the system
	Duration time.Duration // of the whole exchange, connecting included
	Outcome  string        // "NOERROR 2 records", "NXDOMAIN", "timeout", ...
}

// String returns the event in one line, without the line's end.
func (e Event) String() string {
	line := fmt.Sprintf("%s %s: %s, %s", e.Server, e.Question, e.Outcome, e.Duration.Round(100*time.Microsecond))
	if e.Try > 1 {
		line += fmt.Sprintf(", try %d", e.Try)
	}
	return line
}

// outcome says in a few words how an exchange ended. It judges nothing: a
// response with a failure in it is a response.
func outcome(r response, failed *Error) string {
	switch {
	case failed != nil:
		return failed.why()
	case r.msg.Truncated:
		return "truncated, retrying over TCP"
	case len(r.msg.Answer) == 1:
		return rcodeName(r.msg.Rcode) + " 1 record"
	case len(r.msg.Answer) > 1 || r.msg.Rcode == 0:
		return fmt.Sprintf("%s %d records", rcodeName(r.msg.Rcode), len(r.msg.Answer))
	}
	return rcodeName(r.msg.Rcode)
}
