package lookup

import "errors"

// The reasons for which an answer is unknown. Each text is the word that
// reports show.
var (
	ErrTimeout   = errors.New("timeout")             // no answer within the time allowed
	ErrServFail  = errors.New("servfail")            // RCODE 2
	ErrRefused   = errors.New("refused")             // RCODE 5
	ErrRCode     = errors.New("unexpected rcode")    // any RCODE but 0, 2, 3 and 5
	ErrNetwork   = errors.New("network error")       // no connection, no route, a failed TLS handshake
	ErrMalformed = errors.New("malformed answer")    // not a DNS message, or one for another question
	ErrTruncated = errors.New("truncated, no TCP")   // TC over UDP, and TCP failed
	ErrReferral  = errors.New("referral")            // the server is not recursive and points elsewhere
	ErrCNAMELoop = errors.New("cname loop")          // aliases that lead back, or too many of them
	ErrOffline   = errors.New("no offline data")     // the zone files say nothing about it
	ErrCanceled  = errors.New("canceled")            // the run was interrupted
	ErrName      = errors.New("invalid domain name") // cannot be asked: empty or long label, long name
)

// Error says why a question has no answer. errors.Is finds its Reason.
type Error struct {
	Question Question
	Reason   error  // one of the sentinels above
	Server   string // who was asked last; empty where nobody was
	Detail   string // more, for people; may be empty
}

// Error returns the question and why it has no answer. It leaves out the server,
// so that a recording gives the same text as the run that it recorded.
func (e *Error) Error() string { return e.Question.String() + ": " + e.why() }

// why returns the reason and the detail.
func (e *Error) why() string {
	if e.Detail == "" {
		return e.Reason.Error()
	}
	return e.Reason.Error() + " (" + e.Detail + ")"
}

// Unwrap returns the Reason.
func (e *Error) Unwrap() error { return e.Reason }
