package dkim

import (
	"bytes"
	"cmp"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	msgauth "github.com/emersion/go-msgauth/dkim"
)

// SignOptions says how to sign. Domain and Selector are needed.
type SignOptions struct {
	Domain   string           // d=; as typed: U-labels become A-labels
	Selector string           // s=
	Header   Canonicalization // of the header; empty: Relaxed
	Body     Canonicalization // of the body; empty: Relaxed
	Fields   []string         // names of the header fields to sign, From among them; none: those of SignedFields
	Oversign []string         // names of which no further field may be added; nil: From
	Expires  time.Time        // x=; zero: never
}

// SignedFields lists the header fields that are signed where nothing else is said:
// those of RFC 6376, Section 5.4.1, those that say how to read the body, and the one
// that must be signed with List-Unsubscribe (RFC 8058, Section 4).
func SignedFields() []string {
	return []string{
		"From", "Reply-To", "Subject", "Date", "To", "Cc", "Resent-Date", "Resent-From", "Resent-To", "Resent-Cc",
		"In-Reply-To", "References", "List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Subscribe",
		"List-Post", "List-Owner", "List-Archive", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	}
}

// Why a message is not signed.
var (
	ErrLineEnds = errors.New("its lines end in different ways, which servers repair in different ways: CRLF and LF are mixed")
	ErrBareCR   = errors.New("it has a CR without LF, which servers repair in different ways")
	ErrHeader   = errors.New("not a header field")
	ErrFrom     = errors.New("a message has one From field")
	ErrUnsigned = errors.New("the From field must be signed")
)

// Sign returns the DKIM-Signature field to put in front of a message. Messages travel
// with CRLF at the end of lines, and so are signed; where all lines end in LF, as in
// files, the field's do so, too. Errors about the message are ErrLineEnds, ErrBareCR,
// ErrHeader and ErrFrom, wrapped.
func Sign(message []byte, key crypto.Signer, o SignOptions) (string, error) {
	end, err := lineEnd(message)
	if err != nil {
		return "", err
	}
	present, err := fieldNames(message)
	if err != nil {
		return "", err
	}
	if n := count(present, "From"); n != 1 { // RFC 5322, Section 3.6
		return "", fmt.Errorf("%w, this one has %d", ErrFrom, n)
	}
	options, err := o.complete(present)
	if err != nil {
		return "", err
	}
	options.Signer = key
	if public := publicHalf(key); public.Type == RSA && public.Bits < MinBits { // RFC 8301, Section 3.2
		return "", ErrRSATooShort
	}
	signer, err := msgauth.NewSigner(options)
	if err != nil {
		return "", err
	}
	_, err = signer.Write(travelling(message, end))
	if err := cmp.Or(signer.Close(), err); err != nil {
		return "", err
	}
	return strings.ReplaceAll(signer.Signature(), "\r\n", end), nil
}

// complete checks the options, and returns them for a message with these fields.
func (o SignOptions) complete(present []string) (*msgauth.SignOptions, error) {
	domain, selector, err := signerNames(o.Domain, o.Selector)
	if err != nil {
		return nil, err
	}
	options := &msgauth.SignOptions{
		Domain: domain, Selector: selector, Expiration: o.Expires,
		HeaderCanonicalization: msgauth.Canonicalization(cmp.Or(o.Header, Relaxed)),
		BodyCanonicalization:   msgauth.Canonicalization(cmp.Or(o.Body, Relaxed)),
	}
	fields, oversign := o.Fields, o.Oversign
	if len(fields) == 0 {
		fields = SignedFields()
	}
	if oversign == nil {
		oversign = []string{"From"}
	}
	for _, name := range slices.Concat(fields, oversign) {
		if !fieldName(name) {
			return nil, fmt.Errorf("%q: %w", name, ErrHeader)
		}
	}
	if count(fields, "From") == 0 { // RFC 6376, Section 5.4
		return nil, ErrUnsigned
	}
	for i, name := range fields {
		if count(fields[:i], name) == 0 {
			options.HeaderKeys = append(options.HeaderKeys, slices.Repeat([]string{name}, count(present, name))...)
		}
	}
	// RFC 6376, Section 5.4.2: a name once more than there are fields makes a further
	// field break the signature.
	for _, name := range oversign {
		missing := count(present, name) + 1 - count(options.HeaderKeys, name)
		options.HeaderKeys = append(options.HeaderKeys, slices.Repeat([]string{name}, max(missing, 0))...)
	}
	return options, nil
}

// count returns how many of the names are this one, in capitals or not.
func count(names []string, name string) int {
	n := 0
	for _, other := range names {
		if strings.EqualFold(other, name) {
			n++
		}
	}
	return n
}

// lineEnd returns what ends the lines of a message.
func lineEnd(message []byte) (string, error) {
	both, feeds, returns := bytes.Count(message, []byte("\r\n")), bytes.Count(message, []byte("\n")), bytes.Count(message, []byte("\r"))
	switch {
	case both == feeds && both == returns:
		return "\r\n", nil
	case both == 0 && returns == 0:
		return "\n", nil
	case returns > both:
		return "", ErrBareCR
	}
	return "", ErrLineEnds
}

// travelling returns a message as it goes from server to server. The library wants
// the line that ends the header even where no body follows.
func travelling(message []byte, end string) []byte {
	if end == "\n" {
		message = bytes.ReplaceAll(message, []byte("\n"), []byte("\r\n"))
	}
	if bytes.Contains(message, []byte("\r\n\r\n")) {
		return message
	}
	return slices.Concat(bytes.TrimSuffix(message, []byte("\r\n")), []byte("\r\n\r\n"))
}

// fieldNames returns the names of the header fields, from the top.
func fieldNames(message []byte) ([]string, error) {
	var names []string
	number := 0
	for line := range bytes.Lines(message) {
		number++
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if len(names) > 0 && (line[0] == ' ' || line[0] == '\t') {
			continue
		}
		name, _, ok := strings.Cut(string(line), ":")
		if name = strings.TrimRight(name, " \t"); !ok || !fieldName(name) {
			return nil, fmt.Errorf("line %d: %w", number, ErrHeader)
		}
		names = append(names, name)
	}
	return names, nil
}

// fieldName reports whether a text can name a header field (RFC 5322, Section 2.2)
// in a tag list.
func fieldName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c > '~' || c == ':' || c == ';' })
}

// proof is the message that new keys sign.
const proof = "From: proof@invalid.example\r\nSubject: proof\r\n\r\nThis verifies.\r\n"

// signAndVerify signs a message with a private key, and verifies it with the record
// of a pair.
func signAndVerify(private crypto.Signer, p *Pair) error {
	field, err := Sign([]byte(proof), private, SignOptions{Domain: p.Domain, Selector: p.Selector})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	results, err := msgauth.VerifyWithOptions(strings.NewReader(field+proof), &msgauth.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != p.Name() {
			return nil, ErrNoRecord
		}
		return []string{p.Record}, nil
	}})
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrProof, err)
	case len(results) != 1:
		return ErrProof
	case results[0].Err != nil:
		return fmt.Errorf("%w: %w", ErrProof, results[0].Err)
	}
	return nil
}
