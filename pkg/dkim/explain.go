package dkim

import (
	"context"
	"errors"
	"fmt"

	"github.com/authcheck/authcheck/pkg/message"
)

// Cause is what happened to a message after it was signed, in a word.
type Cause string

// The causes of a body hash that differs.
const (
	Footer           Cause = "footer"            // lines were added at the end
	EmptyBody        Cause = "empty-body"        // the whole body was added
	BlankLines       Cause = "blank-lines"       // lines of white space were added at the end
	TrailingSpace    Cause = "trailing-space"    // white space was added at the ends of lines
	LineEndings      Cause = "line-endings"      // lines end in something else
	OtherForm        Cause = "other-form"        // the hash is that of the other canonicalization
	OtherLength      Cause = "other-length"      // the hash is of more or less of the body than l= says
	Banner           Cause = "banner"            // lines were added at the top of the body or of a part
	PartFooter       Cause = "part-footer"       // lines were added at the end of a part
	PartAdded        Cause = "part-added"        // a part was added to a multipart
	Wrapped          Cause = "wrapped"           // the body was made a part of a multipart
	LinesAdded       Cause = "lines-added"       // lines were added elsewhere
	LongLines        Cause = "long-lines"        // lines were broken because of their length
	DotStuffing      Cause = "dot-stuffing"      // dots at the start of lines were doubled or left out
	FromQuoting      Cause = "from-quoting"      // ">" was put before "From " or taken away
	TransferEncoding Cause = "transfer-encoding" // the content was encoded in another way
)

// Explanation says what happened to a message after it was signed. Undoing it gives
// what was signed: that was tried with bh=.
type Explanation struct {
	Cause Cause
	Text  string // one sentence without a full stop
	Lines [2]int // of the file, first and last, that were added or changed; zero where it is no matter of lines
}

// Explain looks for what made a signature fail: it undoes what relays, mailing lists
// and careless signers are known to do, one thing at a time, and names that with
// which the hash or the signature is right. No explanation means that none was
// confirmed.
//
// The work is bounded: some passes over the body.
func Explain(ctx context.Context, m *message.Message, r *Result) []Explanation {
	if r.Status != Fail || !errors.Is(r.Reason, ErrBodyHash) {
		return nil
	}
	// bh= is a part of the header: who changed that may have changed bh=.
	signed := "what was signed"
	if r.Header != Equal {
		signed = "what bh= says, which no signature confirms"
	}
	if found := newBodySearch(ctx, m, r).find(); found != nil {
		return []Explanation{*found.explain(signed)}
	}
	return nil
}

// lines names lines in a sentence.
func lines(at [2]int) string {
	if at[0] == at[1] {
		return fmt.Sprintf("line %d", at[0])
	}
	return fmt.Sprintf("lines %d-%d", at[0], at[1])
}

// counted is a number of things in a sentence.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
