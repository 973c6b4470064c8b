package dkim

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
	TransferEncoding Cause = "transfer-encoding" // the content was encoded in another way; of the header, too
)

// The causes of a signature that does not fit the header.
const (
	SubjectTag   Cause = "subject-tag"     // words were added to the subject
	Refolded     Cause = "refolded"        // lines were folded in another way, or white space changed
	FieldAdded   Cause = "field-added"     // a field of a name that is signed was added
	FieldRemoved Cause = "field-removed"   // a field that was signed is gone
	FieldOrder   Cause = "field-order"     // fields of the same name were signed in another order
	FieldChanged Cause = "field-changed"   // fields differ from their copies in z=, or in a field that keeps the original
	FromChanged  Cause = "from-rewritten"  // another author stands in From
	NameForm     Cause = "name-form"       // quotes or brackets of an address changed
	EncodedWords Cause = "encoded-words"   // words were encoded in another way
	OtherKey     Cause = "other-key"       // the signature was made with the key of another selector
	NotThisKey   Cause = "not-this-key"    // the signature was not made with the key that is published
	MultipleWays Cause = "several-changes" // two fields were changed, for different causes
)

// Change is a field that was something else when it was signed.
type Change struct {
	Field    *message.Field // as it is now; nil: it is gone
	Original string         // the whole field as it was signed; "" where it was not there
}

// Explanation says what happened to a message after it was signed. Undoing it gives
// what was signed: that was tried with bh= or with the key.
type Explanation struct {
	Cause   Cause
	Text    string   // one sentence without a full stop; octets of the message are quoted in it
	Lines   [2]int   // of the file, first and last, that were added or changed; zero where it is no matter of lines
	Changes []Change // of fields; nil where the body or the key is the matter
}

// Explain looks for what made a signature fail: it undoes what relays, mailing lists
// and careless signers are known to do, one thing at a time, and names that with
// which the hash or the signature is right. A body and a header that both differ are
// explained one by one, the body first. No explanation means that none was
// confirmed. all are the results of the message: their keys are tried, too.
//
// The work is bounded: some passes over the body, and some thousand hashes of the header.
func Explain(ctx context.Context, m *message.Message, r *Result, all []Result) []Explanation {
	if r.Status != Fail || !errors.Is(r.Reason, ErrBodyHash) && !errors.Is(r.Reason, ErrSignature) {
		return nil
	}
	var header, body *Explanation
	if r.Header == Differs {
		header = newHeaderSearch(ctx, m, r).explain(all)
	}
	if r.BodyHash == Differs {
		// bh= is a part of the header: who changed that may have changed bh=.
		signed := "what was signed"
		if r.Header != Equal && (header == nil || header.Cause == NotThisKey) {
			signed = "what bh= says, which no signature confirms"
		}
		if found := newBodySearch(ctx, m, r).find(); found != nil {
			body = found.explain(signed)
		}
	}
	var explanations []Explanation
	for _, e := range []*Explanation{body, header} {
		if e != nil {
			explanations = append(explanations, *e)
		}
	}
	return explanations
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

// maxQuoted is how many octets of a field a sentence shows.
const maxQuoted = 100

// quoted shows a value on one line.
func quoted(value string) string {
	value = strings.Join(strings.Fields(value), " ")
	if len(value) > maxQuoted {
		value = strings.ToValidUTF8(value[:maxQuoted], "") + "..."
	}
	return fmt.Sprintf("%q", value)
}
