package dkim

import (
	"errors"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/internal/taglist"
	"github.com/authcheck/authcheck/pkg/lint"
)

// version is the only version of key records (RFC 6376, Section 3.6.1).
const version = "DKIM1"

// Key types (RFC 6376, Section 3.6.1; RFC 8463, Section 4.2).
const (
	RSA     = "rsa"
	Ed25519 = "ed25519"
)

// Record is a key record as it was published, every octet of it. Parse never fails:
// what keeps receivers from using it stands in Faults.
type Record struct {
	List   *taglist.List
	Key    Key     // the zero Key where no key can be read
	Faults []Fault // in the order in which receivers notice them
}

// Fault is a reason for which receivers cannot use a record.
type Fault struct {
	Reason error     // one of the sentinels below
	Span   lint.Span // the octets at fault
}

// The reasons for which a record gives no key for mail. Each is explained by one rule.
var (
	ErrNotKey       = errors.New("not a key record")
	ErrTagSyntax    = errors.New("not a tag list")
	ErrDuplicateTag = errors.New("a tag occurs twice")
	ErrVersion      = errors.New("invalid version")
	ErrNoKey        = errors.New("no p= tag")
	ErrRevoked      = errors.New("the key is revoked")
	ErrKeyType      = errors.New("unknown key type")
	ErrBase64       = errors.New("the key is not base64")
	ErrTruncated    = errors.New("the key is cut off")
	ErrKeyForm      = errors.New("the octets are no key of that type")
	ErrEd25519Size  = errors.New("an Ed25519 key has 32 octets")
	ErrRSATooShort  = errors.New("the RSA key is shorter than 1024 bits")
	ErrRSATooLong   = errors.New("the RSA key is too long to be read")
	ErrExponent     = errors.New("the exponent is that of no RSA key")
	ErrModulus      = errors.New("the RSA key can be broken at once")
	ErrSHA1Only     = errors.New("only sha1 is allowed")
	ErrHashUnknown  = errors.New("no known hash is allowed")
	ErrService      = errors.New("the key is not for mail")
)

// Parse reads a key record.
func Parse(source *lint.Source) *Record {
	r := parse(source)
	// No receiver notices it: it comes last.
	if r.Key.Modulus != nil && r.Key.weakness() == nil && r.Key.breakable() {
		r.fault(ErrModulus, r.List.Get("p").Value)
	}
	return r
}

// parse reads a key record as receivers do, who do not try to break the key.
func parse(source *lint.Source) *Record {
	r := &Record{List: taglist.Parse(source)}
	if !r.meant() {
		r.fault(ErrNotKey, source.Whole())
		return r
	}
	r.checkTags()
	r.readKey()
	if !r.Is(ErrRevoked) {
		r.checkUse()
	}
	if r.Is(ErrTagSyntax) {
		// What else seems to be wrong comes of it.
		r.Faults = slices.DeleteFunc(r.Faults, func(f Fault) bool {
			return slices.Contains([]error{ErrVersion, ErrKeyType, ErrNoKey, ErrBase64, ErrKeyForm, ErrSHA1Only, ErrHashUnknown, ErrService}, f.Reason)
		})
	}
	return r
}

func (r *Record) fault(reason error, span lint.Span) {
	r.Faults = append(r.Faults, Fault{reason, span})
}

// meant reports whether the text was meant to be a key record: it says so, or it
// has a key and belongs to no other protocol.
func (r *Record) meant() bool {
	v, p := r.List.Find("v"), r.List.Find("p")
	if v != nil && strings.Contains(strings.ToUpper(v.Value.Text()), "DKIM") {
		return true
	}
	k := strings.ToLower(r.value("k", ""))
	// "p" is a tag of DMARC, too; a version of something else tells.
	other := v != nil && strings.Trim(v.Value.Text(), "0123456789.") != ""
	return !other && (p != nil || k == RSA || k == Ed25519)
}

// checkTags finds what makes receivers discard the record unread.
func (r *Record) checkTags() {
	for i := range r.List.Tags {
		switch t := &r.List.Tags[i]; {
		case t.Err == taglist.ErrEmpty: // no receiver stumbles over a semicolon too many
		case t.Err != nil:
			r.fault(ErrTagSyntax, t.Span)
		case t.Duplicate: // RFC 6376, Section 3.2
			r.fault(ErrDuplicateTag, t.Span)
		default:
			r.checkSeparator(t)
		}
	}
	v := r.List.Get("v")
	// RFC 6376, Section 3.6.1: if there, first, and compared as a string.
	if v != nil && (v.Value.Text() != version || v.Span != r.first()) {
		r.fault(ErrVersion, v.Span)
	}
}

// first returns the place of the first tag.
func (r *Record) first() lint.Span {
	for i := range r.List.Tags {
		if t := &r.List.Tags[i]; t.Err != taglist.ErrEmpty {
			return t.Span
		}
	}
	return r.List.Source.Whole()
}

// checkSeparator finds a value that ends in a backslash, which zone files and web
// forms leave, or that holds other tags.
func (r *Record) checkSeparator(t *taglist.Tag) {
	if strings.HasSuffix(t.Value.Text(), `\`) {
		r.fault(ErrTagSyntax, t.Span.Source.Span(t.Span.End-1, t.Span.End))
		return
	}
	for _, at := range swallowed(t) {
		r.fault(ErrTagSyntax, at)
	}
}

// separators are what people write for the semicolon between tags.
const separators = whiteSpace + ",:"

// swallowed returns the names and equals signs of other tags that the value of a tag
// holds because no semicolon stands before them. Notes may hold anything.
func swallowed(t *taglist.Tag) []lint.Span {
	value, name := t.Value.Text(), t.Name.Text()
	var spans []lint.Span
	for i := 1; i+1 < len(value) && name != "n" && name != "p"; i++ {
		if value[i+1] == '=' && strings.IndexByte(keyTags, value[i]) >= 0 && strings.IndexByte(separators, value[i-1]) >= 0 {
			spans = append(spans, t.Span.Source.Span(t.Value.Start+i, t.Value.Start+i+2))
			name = value[i : i+1]
		}
	}
	return spans
}

// readKey takes the value of p= apart.
func (r *Record) readKey() {
	k, p := r.List.Get("k"), r.List.Get("p")
	keyType := r.KeyType()
	switch {
	case p != nil && p.Value.Empty(): // RFC 6376, Section 3.6.1
		r.fault(ErrRevoked, p.Span)
		return
	case k != nil && keyType != RSA && keyType != Ed25519:
		r.fault(ErrKeyType, k.Span)
		return
	case p == nil:
		r.fault(ErrNoKey, r.List.Source.Whole())
		return
	}
	octets, at, err := decode(p.Value)
	if err == nil {
		r.Key, err = readKey(octets, keyType)
	}
	if err != nil {
		r.fault(err, at)
	}
}

// checkUse finds what keeps a key that was read from being used for mail.
func (r *Record) checkUse() {
	if h := r.List.Get("h"); h != nil {
		hashes := texts(r.Hashes())
		switch {
		case slices.Contains(hashes, "sha256"):
		case slices.Contains(hashes, "sha1"): // RFC 8301, Section 3.1
			r.fault(ErrSHA1Only, h.Span)
		default:
			r.fault(ErrHashUnknown, h.Span)
		}
	}
	if s := r.List.Get("s"); s != nil {
		if services := texts(r.Services()); !slices.Contains(services, "*") && !slices.Contains(services, "email") {
			r.fault(ErrService, s.Span)
		}
	}
}

// Err returns why receivers cannot use the record, nil where they can.
func (r *Record) Err() error {
	if len(r.Faults) == 0 {
		return nil
	}
	return r.Faults[0].Reason
}

// Is reports whether the record has that fault.
func (r *Record) Is(reason error) bool {
	return slices.ContainsFunc(r.Faults, func(f Fault) bool { return f.Reason == reason })
}

// String returns the record as published.
func (r *Record) String() string { return r.List.Source.Text }

// KeyType returns the value of k=, or rsa, its default, as written.
func (r *Record) KeyType() string { return r.value("k", RSA) }

// value returns the text of a tag, or what stands for an absent one.
func (r *Record) value(name, absent string) string {
	if t := r.List.Get(name); t != nil {
		return t.Value.Text()
	}
	return absent
}

// Hashes returns the entries of h=; none where the tag is absent, which allows all.
func (r *Record) Hashes() []lint.Span { return r.entries("h") }

// Services returns the entries of s=; none where the tag is absent, which allows all.
func (r *Record) Services() []lint.Span { return r.entries("s") }

// Flags returns the entries of t=.
func (r *Record) Flags() []lint.Span { return r.entries("t") }

// Testing reports whether the domain is only trying DKIM out (t=y).
func (r *Record) Testing() bool { return slices.Contains(texts(r.Flags()), "y") }

// entries takes the colon-separated value of a tag apart.
func (r *Record) entries(name string) []lint.Span {
	t := r.List.Get(name)
	if t == nil || t.Value.Empty() {
		return nil
	}
	return entries(t.Value)
}

// entries takes a colon-separated value apart, white space around entries removed.
func entries(value lint.Span) []lint.Span {
	var spans []lint.Span
	at := value.Start
	for part := range strings.SplitSeq(value.Text(), ":") {
		left := len(part) - len(strings.TrimLeft(part, whiteSpace))
		word := strings.Trim(part, whiteSpace)
		spans = append(spans, value.Source.Span(at+left, at+left+len(word)))
		at += len(part) + 1
	}
	return spans
}

// whiteSpace may be folded into values (RFC 6376, Section 2.8).
const whiteSpace = " \t\r\n"

func texts(spans []lint.Span) []string {
	words := make([]string, len(spans))
	for i, s := range spans {
		words[i] = s.Text()
	}
	return words
}
