package publish

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Record is a TXT record to be published.
type Record struct {
	Name string // absolute, in A-labels, with or without the final dot
	TTL  int    // seconds; 0: DefaultTTL
	Text string // the value, all its strings joined
}

// DefaultTTL is how long records are kept in caches where nothing else is said, in
// seconds.
const DefaultTTL = 3600

// Form is a way to hand over records, by the name that the command line uses.
type Form string

// The forms.
const (
	BIND       Form = "bind"       // lines of a master file (RFC 1035, Section 5.1)
	Line       Form = "line"       // the value alone, a line each
	JSON       Form = "json"       // an array of objects
	Route53    Form = "route53"    // a change batch for the command line of AWS
	Cloudflare Form = "cloudflare" // a batch for the API of Cloudflare
	Terraform  Form = "terraform"  // resources of Terraform's AWS provider
	NSUpdate   Form = "nsupdate"   // commands for nsupdate (RFC 2136)
)

// Forms returns all forms.
func Forms() []Form { return []Form{BIND, Line, JSON, Route53, Cloudflare, Terraform, NSUpdate} }

// ParseForm returns the form of that name. The error lists the names.
func ParseForm(name string) (Form, error) {
	if f := Form(name); slices.Contains(Forms(), f) {
		return f, nil
	}
	return "", fmt.Errorf("form %q: not one of %s", name, strings.Trim(fmt.Sprint(Forms()), "[]"))
}

// Why a record is not written.
var (
	ErrName      = errors.New("not a name of letters, digits, hyphens, underscores and dots")
	ErrTTL       = errors.New("not a number of seconds that caches take")
	ErrLength    = errors.New("longer than a TXT record can be")
	ErrDuplicate = errors.New("named twice")
	ErrOctets    = errors.New("the value has octets that this form cannot hold")
)

// Format writes records in a form. Nothing that stands at their names already is
// replaced: where a form can say so, publishing fails if a record is there.
func Format(form Form, records ...Record) (string, error) {
	seen, complete := map[string]bool{}, make([]Record, len(records))
	for i, r := range records {
		r.Name, r.TTL = strings.TrimSuffix(r.Name, "."), cmp.Or(r.TTL, DefaultTTL)
		err := r.check()
		if err == nil && seen[strings.ToLower(r.Name)] {
			err = ErrDuplicate
		}
		if err != nil {
			return "", fmt.Errorf("TXT %q: %w", r.Name, err)
		}
		seen[strings.ToLower(r.Name)], complete[i] = true, r
	}
	switch form {
	case Line:
		return writeLines(complete)
	case JSON:
		return writeJSON(complete)
	case Route53:
		return writeRoute53(complete)
	case Cloudflare:
		return writeCloudflare(complete)
	case Terraform:
		return writeTerraform(complete), nil
	case NSUpdate:
		return writeNSUpdate(complete), nil
	}
	return writeBIND(complete), nil
}

const (
	maxTTL    = 1<<31 - 1 // seconds (RFC 2181, Section 8)
	maxName   = 253       // octets in text, so that the name has 255 on the wire (RFC 1035, Section 2.3.4)
	maxLabel  = 63        // octets (RFC 1035, Section 2.3.4)
	maxString = 255       // octets of a character-string (RFC 1035, Section 3.3)
	maxData   = 65535     // octets of a record's data (RFC 1035, Section 3.2.1)
)

func (r Record) check() error {
	if len(r.Name) > maxName {
		return ErrName
	}
	for label := range strings.SplitSeq(strings.TrimPrefix(r.Name, "*."), ".") {
		if label == "" || len(label) > maxLabel || strings.ContainsFunc(label, unusual) {
			return ErrName
		}
	}
	switch {
	case r.TTL < 0 || r.TTL > maxTTL:
		return ErrTTL
	case len(r.Text)+len(r.strings()) > maxData: // each string has an octet for its length
		return ErrLength
	}
	return nil
}

// unusual reports whether names that mail needs never have the character.
func unusual(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_'
}

// strings splits the value into character-strings, of which there is at least one.
func (r Record) strings() []string {
	var parts []string
	text := r.Text
	for len(text) > maxString {
		parts, text = append(parts, text[:maxString]), text[maxString:]
	}
	return append(parts, text)
}

// presentation returns the character-strings as master files have them, each between
// quotation marks (RFC 1035, Section 5.1).
func (r Record) presentation() []string {
	parts := r.strings()
	for i, part := range parts {
		parts[i] = `"` + escape(part, `\%03d`) + `"`
	}
	return parts
}

// escape puts a backslash before quotation marks and backslashes, and writes octets
// that are not printable as a number in the format given.
func escape(text, number string) string {
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, number, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
