package lookup

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Limits of master files, against files that are made to exhaust a machine.
const (
	maxFile    = 64 << 20  // octets of a file, and of what its $GENERATE lines expand to
	maxRecords = 2_000_000 // records of all files together
	maxNames   = 2_000_000 // names of all files together, empty non-terminals included
	maxData    = 65_535    // octets of the data of a record (RFC 1035, Section 3.2.1)
)

// defaultTTL is the TTL in seconds where a file states none: that of a record
// is unknown then, and no rule should judge it as extreme.
const defaultTTL = 3600

// reader reads one master file into a zone (RFC 1035, Section 5.1). $INCLUDE is
// refused: a file that is checked does not choose what else is read.
type reader struct {
	*scanner
	zone      *Zone
	origin    string     // canonical; the root until $ORIGIN says otherwise
	rooted    bool       // somebody has stated the origin
	owner     string     // of the entry before
	named     bool       // there was one
	ttl       uint32     // of entries without TTL
	fixedTTL  bool       // $TTL set it (RFC 2308, Section 4)
	recording bool       // the file is a recording: its SOA records are data only
	generated int        // octets that $GENERATE made
	judged    *judgement // keeps records and faults; nil: the first fault ends the reading
	lost      bool       // the owner name could not be read: entries without one are nobody's
}

// readFile adds the entries of a file to the zone, and to the file under judgement
// if it is one. The error is a *ParseError.
func (z *Zone) readFile(file, text string, judged *judgement) error {
	r := &reader{scanner: newScanner(file, text), zone: z, ttl: defaultTTL, judged: judged}
	if judged != nil {
		r.origin, r.rooted = judged.Origin, judged.Origin != ""
	}
	if len(text) > maxFile {
		return r.errorAt(r.here(), fmt.Sprintf("a file of %d octets", len(text)), fmt.Sprintf("%d at most", maxFile))
	}
	return r.readAll()
}

// readAll reads entries up to the end of the file.
func (r *reader) readAll() error {
	for {
		more, err := r.next()
		scanned := err == nil
		if more && scanned {
			err = r.entry()
		}
		switch {
		case err != nil && !r.survive(err, scanned):
			return err
		case err == nil && !more:
			return nil
		}
	}
}

// entry reads the tokens of one entry, of which there is at least one.
func (r *reader) entry() error {
	first := r.tokens[0]
	switch {
	case r.directive:
		return r.direct()
	case r.blank || first.quoted || !strings.HasPrefix(first.text, "$"):
		return r.record(r.tokens, r.blank)
	case first.is("$ORIGIN"):
		return r.setOrigin()
	case first.is("$TTL"):
		return r.setTTL()
	case first.is("$GENERATE"):
		return r.generate()
	case first.is("$INCLUDE") && r.judged != nil:
		return r.include()
	case first.is("$INCLUDE"):
		return r.unexpected(first, "the records themselves: other files are not read from within a file")
	}
	return r.unexpected(first, "$ORIGIN, $TTL, $GENERATE or a record")
}

// argument returns the only argument of a control entry.
func (r *reader) argument(expected string) (token, error) {
	switch len(r.tokens) {
	case 1:
		return token{}, r.missing(expected)
	case 2:
		return r.tokens[1], nil
	}
	return token{}, r.unexpected(r.tokens[2], "the end of the entry")
}

func (r *reader) setOrigin() error {
	t, err := r.argument("a domain name")
	if err != nil {
		return err
	}
	r.origin, err = r.name(t)
	r.rooted = true
	return err
}

func (r *reader) setTTL() error {
	const expected = "a TTL up to 2147483647 seconds"
	t, err := r.argument(expected)
	if err != nil {
		return err
	}
	ttl, ok := parseTTL(t)
	if !ok {
		return r.unexpected(t, expected)
	}
	r.ttl, r.fixedTTL = ttl, true
	return nil
}

// record reads a resource record: [owner] [TTL] [class] type data, TTL and class
// in either order. sameOwner says that the owner is the one before.
func (r *reader) record(tokens []token, sameOwner bool) error {
	rest := tokens
	switch {
	case !sameOwner:
		owner, err := r.name(tokens[0])
		if r.lost = err != nil; r.lost {
			return err
		}
		r.owner, r.named, rest = owner, true, tokens[1:]
		if !r.rooted && r.judged != nil && !isAbsolute(tokens[0].text) {
			r.judged.adrift(owner)
		}
	case r.lost:
		return nil
	case !r.named:
		return r.unexpected(tokens[0], "an owner name at the start of the line: there is none before")
	}
	ttl, explicit, class := r.ttl, false, false
	for ; len(rest) > 0; rest = rest[1:] {
		t := rest[0]
		if seconds, ok := parseTTL(t); ok && !explicit {
			ttl, explicit = seconds, true
			continue
		}
		if isClass(t) && !class {
			if class = t.is("IN") || t.is("CLASS1"); !class {
				return r.unexpected(t, "class IN")
			}
			continue
		}
		break
	}
	const expected = "a record type"
	if len(rest) == 0 {
		return r.missing(expected)
	}
	typ, ok := parseType(rest[0])
	switch {
	case !ok && r.judged != nil && len(rest) > 1 && isMnemonic(rest[0]):
		return r.foreign(rest, tokens[0])
	case !ok:
		return r.unexpected(rest[0], expected)
	}
	if explicit && !r.fixedTTL {
		r.ttl = ttl // RFC 1035, Section 5.1: the last one stated stays in force
	}
	rec, err := r.data(Record{Name: r.owner, Type: typ, TTL: ttl}, rest[1:])
	switch {
	case err != nil && r.judged != nil && mayBeForeign(typ, rest[1:]):
		return r.foreign(rest, tokens[0])
	case err != nil:
		return err
	}
	if err := r.admit(rec.Name, tokens[0]); err != nil {
		return err
	}
	r.zone.addRecord(rec, typ == TypeSOA && !r.recording)
	r.keep(rec, rest[1:])
	return nil
}

// admit counts an entry of the zone at a name. at is where a limit is reported.
func (r *reader) admit(name string, at token) error {
	switch z := r.zone; {
	case z.entries == z.limit:
		return r.tooMany(at, fmt.Sprintf("more than %d records", z.limit))
	case len(z.nodes) >= maxNames && !z.exists(name):
		return r.tooMany(at, fmt.Sprintf("more than %d names", maxNames))
	}
	r.zone.entries++
	return nil
}

// tooMany is the error for an entry beyond what is read.
func (s *scanner) tooMany(t token, found string) error {
	return &ParseError{File: s.file, Line: t.line, Column: t.column, Found: found, Expected: "fewer", limit: true}
}

// isLimit reports whether an error is about more than is read.
func isLimit(err error) bool {
	parse, ok := errors.AsType[*ParseError](err)
	return ok && parse.limit
}

// name reads a domain name, relative to the origin unless it ends in a dot, and
// returns it canonical.
func (r *reader) name(t token) (string, error) {
	const expected = "a domain name of at most 255 octets, its labels 1 to 63"
	if t.quoted {
		return "", r.unexpected(t, expected)
	}
	if t.text == "@" {
		return r.origin, nil
	}
	text := t.text
	switch absolute, ok := strings.CutSuffix(text, "."); {
	case ok && isPlain(absolute):
		return absolute, nil
	case !isAbsolute(text) && r.origin != "":
		text += "." + r.origin
	}
	name, err := Canonical(text)
	if err != nil {
		return "", r.unexpected(t, expected)
	}
	return name, nil
}

// isAbsolute reports whether the name ends in a dot that no backslash quotes.
func isAbsolute(name string) bool {
	labels, ok := strings.CutSuffix(name, ".")
	return ok && (len(labels)-len(strings.TrimRight(labels, `\`)))%2 == 0
}

// parseTTL reads seconds, or numbers with the units w, d, h, m and s such as
// 1h30m. ok is false for anything else and above 2^31-1 (RFC 2181, Section 8).
func parseTTL(t token) (seconds uint32, ok bool) {
	if t.quoted || t.text == "" || !isDigit(t.text[0]) {
		return 0, false
	}
	if n, err := strconv.ParseUint(t.text, 10, 31); err == nil {
		return uint32(n), true
	}
	total := uint64(0)
	for rest := t.text; rest != ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseUint(rest[:digits], 10, 31)
		if err != nil || digits == len(rest) {
			return 0, false
		}
		unit := ttlUnit(rest[digits])
		if total += n * unit; unit == 0 || total > math.MaxInt32 {
			return 0, false
		}
		rest = rest[digits+1:]
	}
	return uint32(total), true
}

// ttlUnit returns the seconds of a unit, 0 for a letter that is none.
func ttlUnit(c byte) uint64 {
	switch c {
	case 'w', 'W':
		return 7 * 24 * 3600
	case 'd', 'D':
		return 24 * 3600
	case 'h', 'H':
		return 3600
	case 'm', 'M':
		return 60
	case 's', 'S':
		return 1
	}
	return 0
}

// isClass reports whether the token is the name of a class, known or CLASSn
// (RFC 3597, Section 5).
func isClass(t token) bool {
	if t.is("IN") || t.is("CH") || t.is("HS") || t.is("CS") {
		return true
	}
	const prefix = "CLASS"
	if t.quoted || len(t.text) <= len(prefix) || !strings.EqualFold(t.text[:len(prefix)], prefix) {
		return false
	}
	_, err := strconv.ParseUint(t.text[len(prefix):], 10, 16)
	return err == nil
}
